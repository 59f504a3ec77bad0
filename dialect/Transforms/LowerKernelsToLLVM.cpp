// Part of weft-lower-to-llvm: the functions that weft-outline-groups made. They have no frame; arguments and results are
// passed by value, several results as a struct.
#include "dialect/Transforms/LowerToLLVM.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace weft {

bool isKernel(func::FuncOp function) { return function.isPrivate() && !function.isDeclaration(); }

namespace {

/// The type of what a kernel returns: several results as a struct.
Type resultOf(const LLVMTypeConverter &types, TypeRange results, MLIRContext *context) {
  SmallVector<Type> converted;
  if (failed(types.convertTypes(results, converted)) || converted.size() != results.size())
    return nullptr;
  if (converted.empty())
    return LLVM::LLVMVoidType::get(context);
  return converted.size() == 1 ? converted[0] : LLVM::LLVMStructType::getLiteral(context, converted);
}

struct KernelPattern : ConvertOpToLLVMPattern<func::FuncOp> {
  explicit KernelPattern(const LLVMTypeConverter &types) : ConvertOpToLLVMPattern(types, /*benefit=*/20) {}

  LogicalResult matchAndRewrite(func::FuncOp op, OpAdaptor, ConversionPatternRewriter &b) const override {
    if (!isKernel(op))
      return failure();
    TypeConverter::SignatureConversion signature(op.getNumArguments());
    Type result = resultOf(*getTypeConverter(), op.getResultTypes(), b.getContext());
    if (!result || failed(getTypeConverter()->convertSignatureArgs(op.getArgumentTypes(), signature)))
      return failure();
    auto type = LLVM::LLVMFunctionType::get(result, signature.getConvertedTypes());
    auto function = LLVM::LLVMFuncOp::create(b, op.getLoc(), op.getName(), type, LLVM::Linkage::Internal);
    b.inlineRegionBefore(op.getBody(), function.getBody(), function.end());
    b.applySignatureConversion(&function.getBody().front(), signature, getTypeConverter());
    b.eraseOp(op);
    return success();
  }
};

struct KernelReturnPattern : ConvertOpToLLVMPattern<func::ReturnOp> {
  explicit KernelReturnPattern(const LLVMTypeConverter &types) : ConvertOpToLLVMPattern(types, /*benefit=*/20) {}

  LogicalResult matchAndRewrite(func::ReturnOp op, OneToNOpAdaptor adaptor, ConversionPatternRewriter &b) const override {
    auto function = dyn_cast<LLVM::LLVMFuncOp>(op->getParentOp());
    if (!function || function.getLinkage() != LLVM::Linkage::Internal)
      return failure();
    SmallVector<Value> results;
    for (ValueRange parts : adaptor.getOperands())
      llvm::append_range(results, parts);
    if (results.size() > 1) {
      Value all = LLVM::PoisonOp::create(b, op.getLoc(), function.getFunctionType().getReturnType());
      for (auto [k, v] : llvm::enumerate(results))
        all = LLVM::InsertValueOp::create(b, op.getLoc(), all, v, k);
      results = {all};
    }
    b.replaceOpWithNewOp<LLVM::ReturnOp>(op, results);
    return success();
  }
};

struct KernelCallPattern : ConvertOpToLLVMPattern<func::CallOp> {
  explicit KernelCallPattern(const LLVMTypeConverter &types) : ConvertOpToLLVMPattern(types, /*benefit=*/20) {}

  LogicalResult matchAndRewrite(func::CallOp op, OneToNOpAdaptor adaptor, ConversionPatternRewriter &b) const override {
    Type result = resultOf(*getTypeConverter(), op.getResultTypes(), b.getContext());
    if (!result)
      return failure();
    SmallVector<Value> arguments;
    for (ValueRange parts : adaptor.getOperands())
      llvm::append_range(arguments, parts);
    SmallVector<Type> results;
    if (op.getNumResults() > 0)
      results.push_back(result);
    auto call = LLVM::CallOp::create(b, op.getLoc(), results, op.getCallee(), arguments);
    if (op.getNumResults() <= 1) {
      b.replaceOp(op, call.getResults());
      return success();
    }
    SmallVector<Value> values;
    for (unsigned k = 0; k < op.getNumResults(); ++k)
      values.push_back(LLVM::ExtractValueOp::create(b, op.getLoc(), call.getResult(), k));
    b.replaceOp(op, values);
    return success();
  }
};

} // namespace

void populateKernelPatterns(const LLVMTypeConverter &types, RewritePatternSet &patterns) {
  patterns.add<KernelPattern, KernelReturnPattern, KernelCallPattern>(types);
}

} // namespace weft

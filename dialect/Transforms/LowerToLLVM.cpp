// weft-lower-to-llvm: from the Loops form to the LLVM form (docs/pipeline.md). First scf becomes blocks, then one
// dialect conversion takes everything else to the LLVM dialect: upstream's patterns for arithmetic and branches, and
// weft's own for buffers (LowerBuffersToLLVM.cpp), for what may fail and what the frame owns (LowerEffectsToLLVM.cpp), for
// functions of mathematics (LowerMathToLLVM.cpp), and, here, for the function itself, whose arguments and results live in
// the frame.
//
// A buffer becomes a pointer to its elements and its open sizes: its layout is always row-major, so nothing else is
// needed.
#include "dialect/Transforms/CheckForm.h"
#include "dialect/Transforms/LowerToLLVM.h"
#include "dialect/Transforms/FrameLayout.h"
#include "dialect/Transforms/Passes.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Transforms/DialectConversion.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_LOWERTOLLVMPASS
#include "dialect/Transforms/Passes.h.inc"

namespace {

void addTypes(LLVMTypeConverter &types) {
  types.addConversion([](StringType t) { return LLVM::LLVMPointerType::get(t.getContext()); });
  types.addConversion([](MemRefType t, SmallVectorImpl<Type> &parts) -> std::optional<LogicalResult> {
    if (!t.getLayout().isIdentity())
      return failure();
    parts.push_back(LLVM::LLVMPointerType::get(t.getContext()));
    parts.append(t.getNumDynamicDims(), IntegerType::get(t.getContext(), 64));
    return success();
  });
}

/// func.func @f(arguments) -> results becomes llvm.func @f(frame) -> i32.
struct FunctionPattern : EntryPattern<func::FuncOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(func::FuncOp op, Adaptor, ConversionPatternRewriter &b) const override {
    if (op.isDeclaration())
      return failure();
    Location loc = op.getLoc();
    auto pointer = LLVM::LLVMPointerType::get(b.getContext());
    auto type = LLVM::LLVMFunctionType::get(b.getI32Type(), {pointer});
    auto function = LLVM::LLVMFuncOp::create(b, loc, Entry::temporaryName, type);
    b.inlineRegionBefore(op.getBody(), function.getBody(), function.end());
    Block *body = &function.getBody().front();
    TypeConverter::SignatureConversion signature(body->getNumArguments());
    if (failed(getTypeConverter()->convertSignatureArgs(body->getArgumentTypes(), signature)))
      return failure();

    entry.begin(b, function);
    b.setInsertionPointToEnd(entry.first());
    SmallVector<Value> arguments = loadArguments(b, loc, op.getArgumentTypes());
    body = b.applySignatureConversion(body, signature, getTypeConverter());
    LLVM::BrOp::create(b, loc, arguments, body);
    b.eraseOp(op);
    return success();
  }

  SmallVector<Value> loadArguments(OpBuilder &b, Location loc, ArrayRef<Type> types) const {
    auto pointer = LLVM::LLVMPointerType::get(b.getContext());
    SmallVector<Value> arguments;
    Value inputs, dims;
    int64_t open = 0;
    for (auto [k, type] : llvm::enumerate(types)) {
      if (!inputs)
        inputs = emitLoad(b, loc, pointer, entry.frame(), layout::frameInputs);
      Value data = emitLoad(b, loc, pointer, inputs, 8 * static_cast<int64_t>(k));
      auto buffer = dyn_cast<MemRefType>(type);
      if (!buffer) {
        arguments.push_back(emitElementLoad(b, loc, *getTypeConverter(), type, data));
        continue;
      }
      arguments.push_back(data);
      for (unsigned i = 0, e = buffer.getNumDynamicDims(); i < e; ++i) {
        if (!dims)
          dims = emitLoad(b, loc, pointer, entry.frame(), layout::frameDims);
        arguments.push_back(emitLoad(b, loc, b.getI64Type(), dims, 8 * open++));
      }
    }
    return arguments;
  }
};

/// Scalars are stored into the results, buffers and strings are given to the caller.
struct ReturnPattern : EntryPattern<func::ReturnOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(func::ReturnOp op, Adaptor adaptor, ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    auto pointer = LLVM::LLVMPointerType::get(b.getContext());
    Value results;
    for (auto [k, type, parts] : llvm::enumerate(op.getOperandTypes(), adaptor.getOperands())) {
      int64_t at = layout::resultSize * static_cast<int64_t>(k);
      if (!results)
        results = emitLoad(b, loc, pointer, entry.frame(), layout::frameResults);
      if (isa<MemRefType, StringType>(type))
        entry.call(b, loc, Runtime::Give, {entry.frame(), emitInt(b, loc, 32, k), parts.front()});
      else
        emitStore(b, loc, parts.front(), results, at + layout::resultBits);
      for (auto [i, size] : llvm::enumerate(parts.drop_front()))
        emitStore(b, loc, size, results, at + layout::resultDims + 8 * static_cast<int64_t>(i));
    }
    b.replaceOpWithNewOp<LLVM::ReturnOp>(op, emitInt(b, loc, 32, 0));
    return success();
  }
};

/// uiN is iN here: the casts between them, which arith needs, go.
struct SignCastPattern : ConvertOpToLLVMPattern<UnrealizedConversionCastOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult matchAndRewrite(UnrealizedConversionCastOp op, OpAdaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    if (op->getNumOperands() != 1 || op->getNumResults() != 1 ||
        getTypeConverter()->convertType(op.getType(0)) != adaptor.getInputs()[0].getType())
      return failure();
    b.replaceOp(op, adaptor.getInputs());
    return success();
  }
};

bool isSignCast(UnrealizedConversionCastOp op) {
  auto hasSign = [](Type t) {
    Type element = getElementTypeOrSelf(t);
    return element.isUnsignedInteger() || element.isSignedInteger();
  };
  return llvm::any_of(op->getOperandTypes(), hasSign) || llvm::any_of(op->getResultTypes(), hasSign);
}

FailureOr<func::FuncOp> onlyFunction(ModuleOp module) {
  func::FuncOp only;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (function.isDeclaration() || isKernel(function))
      continue;
    if (only)
      return function.emitError("a module holds one public function, and this is the second");
    only = function;
  }
  if (!only)
    return module.emitError("holds no function");
  return only;
}

/// Only the functions of groups are called.
LogicalResult checkCalls(ModuleOp module) {
  WalkResult result = module.walk([&](func::CallOp call) {
    auto callee = module.lookupSymbol<func::FuncOp>(call.getCallee());
    if (callee && isKernel(callee))
      return WalkResult::advance();
    call.emitOpError("calls something else than a group's function");
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}

LogicalResult blocksToLLVM(ModuleOp module) {
  MLIRContext *context = module.getContext();
  LowerToLLVMOptions options(context);
  LLVMTypeConverter types(context, options);
  addTypes(types);

  FailureOr<func::FuncOp> function = onlyFunction(module);
  if (failed(function))
    return failure();
  Entry entry(module, function->getName());
  function->setName(Entry::temporaryName);
  RewritePatternSet patterns(context);
  patterns.add<FunctionPattern, ReturnPattern>(types, entry);
  patterns.add<SignCastPattern>(types);
  populateKernelPatterns(types, patterns);
  populateParallelPatterns(types, entry, patterns);
  populateBufferPatterns(types, entry, patterns);
  populateVectorPatterns(module, types, entry, patterns);
  populateEffectPatterns(types, entry, patterns);
  arith::populateArithToLLVMConversionPatterns(types, patterns);
  cf::populateControlFlowToLLVMConversionPatterns(types, patterns);
  index::populateIndexToLLVMConversionPatterns(types, patterns);
  ub::populateUBToLLVMConversionPatterns(types, patterns);
  populateFuncToLLVMConversionPatterns(types, patterns);
  populateMathPatterns(types, patterns);

  LLVMConversionTarget target(*context);
  target.addLegalOp<ModuleOp>();
  target.addDynamicallyLegalOp<UnrealizedConversionCastOp>(
      [](UnrealizedConversionCastOp op) { return !isSignCast(op); });
  ConversionConfig config;
  config.foldingMode = DialectConversionFoldingMode::Never;
  if (failed(applyFullConversion(module, target, std::move(patterns), config)))
    return failure();
  entry.end();
  return success();
}

struct LowerToLLVM : impl::LowerToLLVMPassBase<LowerToLLVM> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (failed(checkElementTypes(module)) || failed(checkCalls(module)))
      return signalPassFailure();
    shareStackBuffers(module);
    if (failed(controlFlowToBlocks(module)))
      return signalPassFailure();
    splitAfterFailures(module);
    if (failed(blocksToLLVM(module)))
      signalPassFailure();
  }
};

} // namespace
} // namespace weft

// Part of weft-lower-to-llvm: the functions that weft-outline-parallel made, and the calls that threads share. A task's
// operands lie in an array of words on the caller's stack.
#include "dialect/Transforms/LowerToLLVM.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace weft {
namespace {

/// func.func @f(begin, end, operands) -> i64 becomes llvm.func @f(words, begin, end) -> i64, a weft_task.
struct TaskPattern : ConvertOpToLLVMPattern<func::FuncOp> {
  explicit TaskPattern(const LLVMTypeConverter &types) : ConvertOpToLLVMPattern(types, /*benefit=*/30) {}

  LogicalResult matchAndRewrite(func::FuncOp op, OpAdaptor, ConversionPatternRewriter &b) const override {
    if (!op->hasAttr("weft.task"))
      return failure();
    Location loc = op.getLoc();
    TypeConverter::SignatureConversion signature(op.getNumArguments());
    if (failed(getTypeConverter()->convertSignatureArgs(op.getArgumentTypes(), signature)))
      return failure();
    Type pointer = LLVM::LLVMPointerType::get(b.getContext()), word = b.getI64Type();
    auto type = LLVM::LLVMFunctionType::get(word, {pointer, word, word});
    auto function = LLVM::LLVMFuncOp::create(b, loc, op.getName(), type, LLVM::Linkage::Internal);
    b.inlineRegionBefore(op.getBody(), function.getBody(), function.end());
    Block *body = b.applySignatureConversion(&function.getBody().front(), signature, getTypeConverter());
    Block *first = b.createBlock(body, {pointer, word, word}, {loc, loc, loc});
    SmallVector<Value> arguments{first->getArgument(1), first->getArgument(2)};
    for (auto [k, part] : llvm::enumerate(signature.getConvertedTypes().drop_front(2)))
      arguments.push_back(emitElementLoad(b, loc, *getTypeConverter(), part,
                                          emitOffset(b, loc, first->getArgument(0), 8 * static_cast<int64_t>(k))));
    LLVM::BrOp::create(b, loc, arguments, body);
    b.eraseOp(op);
    return success();
  }
};

struct CallParallelPattern : EntryPattern<CallParallelOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(CallParallelOp op, Adaptor adaptor, ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    SmallVector<Value> parts;
    for (ValueRange each : adaptor.getIns())
      llvm::append_range(parts, each);
    Value words = emitAlloca(b, loc, LLVM::LLVMArrayType::get(b.getI64Type(), parts.size()), 8);
    for (auto [k, part] : llvm::enumerate(parts))
      emitStore(b, loc, part, words, 8 * static_cast<int64_t>(k));
    Value task = LLVM::AddressOfOp::create(b, loc, words.getType(), op.getTask());
    b.replaceOp(op, entry.call(b, loc, Runtime::ParallelFor,
                               {task, words, adaptor.getTurns().front(), adaptor.getWork().front()}));
    return success();
  }
};

} // namespace

void populateParallelPatterns(const LLVMTypeConverter &types, Entry &entry, RewritePatternSet &patterns) {
  patterns.add<TaskPattern>(types);
  patterns.add<CallParallelPattern>(types, entry);
}

} // namespace weft

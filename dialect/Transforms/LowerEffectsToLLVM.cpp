// Part of weft-lower-to-llvm: what may fail or has an effect (checks, prints, variables) and strings, as calls of
// runtime functions (lib/tensor/runtime.h).
#include "dialect/Transforms/FrameLayout.h"
#include "dialect/Transforms/LowerToLLVM.h"

using namespace mlir;

namespace weft {
namespace {

/// What the runtime calls a value's elements. An index is a 64-bit number.
DType runtimeDType(Type t) {
  Type element = getElementTypeOrSelf(t);
  return element.isIndex() ? DType::Int64 : *dtypeOf(element);
}

/// An array of weft_print_argument on the stack, filled where the builder stands.
Value emitArguments(OpBuilder &b, Location loc, const LLVMTypeConverter &types, Entry &entry, TypeRange argumentTypes,
                    ArrayRef<ValueRange> arguments) {
  auto pointer = LLVM::LLVMPointerType::get(b.getContext());
  if (arguments.empty())
    return LLVM::ZeroOp::create(b, loc, pointer);
  auto record = LLVM::LLVMStructType::getLiteral(b.getContext(), {pointer, pointer, b.getI32Type(), b.getI32Type()});
  Value all = emitAlloca(b, loc, LLVM::LLVMArrayType::get(record, arguments.size()));
  for (auto [i, type, parts] : llvm::enumerate(argumentTypes, arguments)) {
    int64_t at = layout::printArgumentSize * static_cast<int64_t>(i);
    Value data = parts[0], dims;
    int64_t rank = 0;
    if (auto buffer = dyn_cast<MemRefType>(type)) {
      rank = buffer.getRank();
      dims = emitAlloca(b, loc, LLVM::LLVMArrayType::get(b.getI64Type(), rank));
      for (int64_t d = 0; d < rank; ++d)
        emitStore(b, loc, sizeOf(b, loc, buffer, parts, d), dims, 8 * d);
    } else {
      data = emitAlloca(b, loc, memoryType(types, type));
      emitStore(b, loc, parts[0], data, 0);
    }
    emitStore(b, loc, data, all, at);
    emitStore(b, loc, dims ? dims : LLVM::ZeroOp::create(b, loc, pointer), all, at + 8);
    emitStore(b, loc, emitInt(b, loc, 32, static_cast<int>(runtimeDType(type))), all, at + 16);
    emitStore(b, loc, emitInt(b, loc, 32, rank), all, at + 20);
  }
  return all;
}

struct PrintPattern : EntryPattern<PrintOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(PrintOp op, Adaptor adaptor, ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    Value arguments = emitArguments(b, loc, *getTypeConverter(), entry, op.getArgs().getTypes(), adaptor.getArgs());
    Value count = emitInt(b, loc, 64, op.getArgs().size());
    Value status = entry.call(b, loc, Runtime::Print, {entry.frame(), arguments, count});
    entry.failUnless(b, op, LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::eq, status, emitInt(b, loc, 32, 0)));
    b.eraseOp(op);
    return success();
  }
};

struct CheckPattern : EntryPattern<CheckOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(CheckOp op, Adaptor adaptor, ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    Block *before = op->getBlock();
    Block *after = b.splitBlock(before, Block::iterator(op));
    Block *failure = b.createBlock(entry.failed());
    emitFailure(op, adaptor, b);
    LLVM::BrOp::create(b, loc, ValueRange(), entry.failed());
    b.setInsertionPointToEnd(before);
    LLVM::CondBrOp::create(b, loc, adaptor.getCondition()[0], after, ValueRange(), failure, ValueRange());
    b.eraseOp(op);
    return success();
  }

  void emitFailure(CheckOp op, Adaptor adaptor, ConversionPatternRewriter &b) const {
    Location loc = op.getLoc();
    FileLineColLoc place = userPlace(loc);
    Value arguments = emitArguments(b, loc, *getTypeConverter(), entry, op.getArgs().getTypes(), adaptor.getArgs());
    entry.call(b, loc, Runtime::Fail,
               {entry.frame(), emitInt(b, loc, 32, op.getKind()), entry.constantCString(b, loc, op.getMessage()),
                entry.constantCString(b, loc, place ? place.getFilename().getValue() : ""),
                emitInt(b, loc, 32, place ? place.getLine() : 0), emitInt(b, loc, 32, place ? place.getColumn() : 0),
                arguments, emitInt(b, loc, 64, op.getArgs().size())});
  }
};

struct CheckSizesPattern : EntryPattern<CheckSizesOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(CheckSizesOp op, Adaptor adaptor, ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    auto sizes = adaptor.getSizes();
    Value all = emitAlloca(b, loc, LLVM::LLVMArrayType::get(b.getI64Type(), sizes.size()));
    for (auto [i, size] : llvm::enumerate(sizes))
      emitStore(b, loc, size.front(), all, 8 * static_cast<int64_t>(i));
    Value status =
        entry.call(b, loc, Runtime::CheckSizes, {entry.frame(), emitInt(b, loc, 32, op.getCheck()), all});
    // The step that does not fit tells its own place.
    Block *before = op->getBlock(), *after = b.splitBlock(before, Block::iterator(op));
    b.setInsertionPointToEnd(before);
    Value fits = LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::eq, status, emitInt(b, loc, 32, 0));
    LLVM::CondBrOp::create(b, loc, fits, after, ValueRange(), entry.failed(), ValueRange());
    b.eraseOp(op);
    return success();
  }
};

//===--- Routines ------------------------------------------------------------------------------------------------===//

struct CallRoutinePattern : EntryPattern<CallRoutineOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(CallRoutineOp op, Adaptor adaptor, ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    std::optional<detail::OpId> id = detail::find_op(op.getRoutine());
    if (!id || !detail::info(*id).routine)
      return b.notifyMatchFailure(op, "names no routine");
    Value results = emitResults(op, adaptor, b);
    Value arguments = emitArguments(b, loc, *getTypeConverter(), entry, op.getIns().getTypes(), adaptor.getIns());
    std::string attributes = detail::encode(attributesOf(op.getAttrs().getValue()));
    Value status = entry.call(b, loc, Runtime::CallRoutine,
                              {entry.frame(), emitInt(b, loc, 32, static_cast<int>(*id)), arguments,
                               emitInt(b, loc, 64, op.getIns().size()), entry.constantBytes(b, loc, attributes),
                               results});
    entry.failUnless(b, op, LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::eq, status, emitInt(b, loc, 32, 0)));
    b.replaceOpWithMultiple(op, loadResults(op, results, b));
    return success();
  }

  /// An array of weft_result that names the buffers that are there already.
  Value emitResults(CallRoutineOp op, Adaptor adaptor, ConversionPatternRewriter &b) const {
    Location loc = op.getLoc();
    auto words = LLVM::LLVMArrayType::get(b.getI64Type(), op.getStored().size() * layout::resultSize / 8);
    Value results = emitAlloca(b, loc, words, 8), none = emitInt(b, loc, 64, 0);
    for (auto [k, out] : llvm::enumerate(op.getStored()))
      emitStore(b, loc, out < 0 ? none : adaptor.getOuts()[out][0], results,
                layout::resultSize * static_cast<int64_t>(k) + layout::resultBits);
    return results;
  }

  SmallVector<SmallVector<Value>> loadResults(CallRoutineOp op, Value results, ConversionPatternRewriter &b) const {
    Location loc = op.getLoc();
    auto pointer = LLVM::LLVMPointerType::get(b.getContext());
    SmallVector<SmallVector<Value>> values;
    for (auto [k, out] : llvm::enumerate(op.getStored())) {
      if (out >= 0)
        continue;
      int64_t at = layout::resultSize * static_cast<int64_t>(k);
      Type type = op.getResult(values.size()).getType();
      auto &parts = values.emplace_back();
      auto buffer = dyn_cast<MemRefType>(type);
      if (!buffer) {
        Value address = emitOffset(b, loc, results, at + layout::resultBits);
        parts.push_back(emitElementLoad(b, loc, *getTypeConverter(), type, address));
        continue;
      }
      parts.push_back(emitLoad(b, loc, pointer, results, at + layout::resultBits));
      for (int64_t d = 0; d < buffer.getRank(); ++d)
        if (buffer.isDynamicDim(d))
          parts.push_back(emitLoad(b, loc, b.getI64Type(), results, at + layout::resultDims + 8 * d));
    }
    return values;
  }
};

//===--- Strings -------------------------------------------------------------------------------------------------===//

/// Constant tensors are memref.global by now; only a string is left as an operation.
struct ConstantPattern : EntryPattern<ConstantOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(ConstantOp op, Adaptor, ConversionPatternRewriter &b) const override {
    auto strings = dyn_cast<ArrayAttr>(op.getValue());
    if (!isa<StringType>(op.getResult().getType()) || !strings)
      return failure();
    b.replaceOp(op, entry.constantText(b, op.getLoc(), cast<StringAttr>(strings[0])));
    return success();
  }
};

struct TextCopyPattern : EntryPattern<TextCopyOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(TextCopyOp op, Adaptor adaptor, ConversionPatternRewriter &b) const override {
    b.replaceOp(op, entry.checkedCall(b, op, Runtime::TextCopy, {entry.frame(), adaptor.getX()[0]}));
    return success();
  }
};

struct TextConcatPattern : EntryPattern<TextConcatOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(TextConcatOp op, Adaptor adaptor, ConversionPatternRewriter &b) const override {
    b.replaceOp(op,
                entry.checkedCall(b, op, Runtime::TextConcat, {entry.frame(), adaptor.getX()[0], adaptor.getY()[0]}));
    return success();
  }
};

struct TextEqualPattern : EntryPattern<TextEqualOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(TextEqualOp op, Adaptor adaptor, ConversionPatternRewriter &b) const override {
    Value equal = entry.call(b, op.getLoc(), Runtime::TextEqual, {adaptor.getX()[0], adaptor.getY()[0]});
    b.replaceOpWithNewOp<LLVM::ICmpOp>(op, LLVM::ICmpPredicate::ne, equal, emitInt(b, op.getLoc(), 32, 0));
    return success();
  }
};

//===--- Variables -----------------------------------------------------------------------------------------------===//

struct VariableReadPattern : EntryPattern<VariableReadOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(VariableReadOp op, Adaptor, ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    Type type = op.getResult().getType();
    int64_t k = op.getVariable();
    if (auto buffer = dyn_cast<MemRefType>(type)) {
      if (!buffer.hasStaticShape())
        return b.notifyMatchFailure(op, "a variable has a fixed shape");
      b.replaceOp(op, entry.checkedCall(b, op, Runtime::VariableRead, {entry.frame(), emitInt(b, loc, 32, k)}));
      return success();
    }
    auto pointer = LLVM::LLVMPointerType::get(b.getContext());
    Value variables = emitLoad(b, loc, pointer, entry.frame(), layout::frameVariables);
    Value data = emitLoad(b, loc, pointer, variables, layout::variableSize * k + layout::variableData);
    Value v = emitElementLoad(b, loc, *getTypeConverter(), type, data);
    // The variable keeps its string until something is assigned; what was read must outlive that.
    if (isa<StringType>(type))
      v = entry.checkedCall(b, op, Runtime::TextCopy, {entry.frame(), v});
    b.replaceOp(op, v);
    return success();
  }
};

struct VariableAssignPattern : EntryPattern<VariableAssignOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(VariableAssignOp op, Adaptor adaptor, ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    Type type = op.getValue().getType();
    Value v = adaptor.getValue()[0], payload = v;
    if (!isa<MemRefType>(type))
      payload = emitScalarPayload(op, type, v, b);
    entry.call(b, loc, Runtime::VariableAssign, {entry.frame(), emitInt(b, loc, 32, op.getVariable()), payload});
    b.eraseOp(op);
    return success();
  }

  /// A buffer of one element that holds `v`, which is owned if it is a string.
  Value emitScalarPayload(VariableAssignOp op, Type type, Value v, ConversionPatternRewriter &b) const {
    Location loc = op.getLoc();
    bool isText = isa<StringType>(type);
    Value size = emitInt(b, loc, 64, 8), kind = emitInt(b, loc, 32, isText ? layout::kindTexts : layout::kindRaw);
    Value payload = entry.checkedCall(b, op, Runtime::Alloc, {entry.frame(), size, kind});
    if (!isText) {
      emitStore(b, loc, v, payload, 0);
      return payload;
    }
    Value status = entry.call(b, loc, Runtime::TextStore, {entry.frame(), payload, v});
    entry.failUnless(b, op, LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::eq, status, emitInt(b, loc, 32, 0)));
    entry.call(b, loc, Runtime::Free, {entry.frame(), v});
    return payload;
  }
};

} // namespace

void populateEffectPatterns(const LLVMTypeConverter &types, Entry &entry, RewritePatternSet &patterns) {
  patterns.add<PrintPattern, CheckPattern, CheckSizesPattern, CallRoutinePattern, ConstantPattern, TextCopyPattern, TextConcatPattern, TextEqualPattern,
               VariableReadPattern, VariableAssignPattern>(types, entry);
}

} // namespace weft

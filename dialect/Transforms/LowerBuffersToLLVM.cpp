// Part of weft-lower-to-llvm: buffers. A memref is a pointer to its elements and its open sizes; every layout is
// row-major.
#include "dialect/Transforms/FrameLayout.h"
#include "dialect/Transforms/LowerToLLVM.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace weft {
namespace {

LLVM::LLVMPointerType pointerType(OpBuilder &b) { return LLVM::LLVMPointerType::get(b.getContext()); }

int64_t elementSize(Type memory) { return isa<LLVM::LLVMPointerType>(memory) ? 8 : memory.getIntOrFloatBitWidth() / 8; }

/// Sizes and indices are within a buffer, so nothing wraps.
Value multiply(OpBuilder &b, Location loc, Value x, Value y) {
  return LLVM::MulOp::create(b, loc, x, y, LLVM::IntegerOverflowFlags::nsw | LLVM::IntegerOverflowFlags::nuw);
}
/// Sizes of an empty buffer may be so large that their product wraps before it reaches the 0.
Value multiplySizes(OpBuilder &b, Location loc, Value x, Value y) { return LLVM::MulOp::create(b, loc, x, y); }
Value add(OpBuilder &b, Location loc, Value x, Value y) {
  return LLVM::AddOp::create(b, loc, x, y, LLVM::IntegerOverflowFlags::nsw | LLVM::IntegerOverflowFlags::nuw);
}

} // namespace

Value elementAddress(OpBuilder &b, Location loc, MemRefType type, Type memory, ValueRange parts, ValueRange indices) {
  Value position;
  for (auto [d, index] : llvm::enumerate(indices))
    position = d ? add(b, loc, multiply(b, loc, position, sizeOf(b, loc, type, parts, d)), index) : index;
  if (!position)
    return parts[0];
  return LLVM::GEPOp::create(b, loc, pointerType(b), memory, parts[0], ArrayRef<LLVM::GEPArg>{position},
                             LLVM::GEPNoWrapFlags::inbounds);
}

namespace {

SmallVector<Value> flatten(ArrayRef<ValueRange> values) {
  SmallVector<Value> flat;
  for (ValueRange v : values)
    llvm::append_range(flat, v);
  return flat;
}

template <class Op> void passAccessGroup(Operation *from, Op to) {
  if (Attribute group = from->getAttr(accessGroupName))
    to.setAccessGroupsAttr(ArrayAttr::get(from->getContext(), group));
}

struct LoadPattern : EntryPattern<memref::LoadOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(memref::LoadOp op, Adaptor adaptor, ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    Type element = op.getType(), memory = memoryType(*getTypeConverter(), element);
    Value address =
        elementAddress(b, loc, op.getMemRefType(), memory, adaptor.getMemref(), flatten(adaptor.getIndices()));
    Value v = emitElementLoad(b, loc, *getTypeConverter(), element, address);
    Operation *load = element.isInteger(1) ? v.getDefiningOp()->getOperand(0).getDefiningOp() : v.getDefiningOp();
    passAccessGroup(op, cast<LLVM::LoadOp>(load));
    b.replaceOp(op, v);
    return success();
  }
};

struct StorePattern : EntryPattern<memref::StoreOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(memref::StoreOp op, Adaptor adaptor, ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    Type element = op.getMemRefType().getElementType(), memory = memoryType(*getTypeConverter(), element);
    Value address =
        elementAddress(b, loc, op.getMemRefType(), memory, adaptor.getMemref(), flatten(adaptor.getIndices()));
    Value v = adaptor.getValue()[0];
    if (isa<StringType>(element)) {
      Value status = entry.call(b, loc, Runtime::TextStore, {entry.frame(), address, v});
      entry.failUnless(b, op, LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::eq, status, emitInt(b, loc, 32, 0)));
      b.eraseOp(op);
      return success();
    }
    if (element.isInteger(1))
      v = LLVM::ZExtOp::create(b, loc, memory, v);
    auto store = LLVM::StoreOp::create(b, loc, v, address);
    passAccessGroup(op, store);
    b.replaceOp(op, store);
    return success();
  }
};

struct DimPattern : EntryPattern<memref::DimOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(memref::DimOp op, Adaptor adaptor, ConversionPatternRewriter &b) const override {
    auto type = dyn_cast<MemRefType>(op.getSource().getType());
    std::optional<int64_t> d = op.getConstantIndex();
    if (!type || !d || *d < 0 || *d >= type.getRank())
      return b.notifyMatchFailure(op, "needs a constant dimension");
    b.replaceOp(op, sizeOf(b, op.getLoc(), type, adaptor.getSource(), *d));
    return success();
  }
};

/// The bytes of a buffer; the largest number where they cannot be counted, which no allocator gives.
Value byteSize(OpBuilder &b, Location loc, MemRefType type, Type memory, ValueRange openSizes) {
  constexpr int64_t tooMuch = std::numeric_limits<int64_t>::max();
  int64_t fixed = elementSize(memory);
  if (llvm::is_contained(type.getShape(), 0))
    return emitInt(b, loc, 64, 0);
  bool countable = true;
  for (int64_t size : type.getShape())
    countable &= ShapedType::isDynamic(size) || !__builtin_mul_overflow(fixed, size, &fixed);
  if (!countable && openSizes.empty())
    return emitInt(b, loc, 64, tooMuch);
  Value bytes = emitInt(b, loc, 64, fixed), overflow;
  auto pair = LLVM::LLVMStructType::getLiteral(b.getContext(), {b.getI64Type(), b.getI1Type()});
  for (Value size : openSizes) {
    Value product = LLVM::SMulWithOverflowOp::create(b, loc, pair, bytes, size);
    bytes = LLVM::ExtractValueOp::create(b, loc, product, 0);
    Value more = LLVM::ExtractValueOp::create(b, loc, product, 1);
    overflow = overflow ? LLVM::OrOp::create(b, loc, overflow, more) : more;
  }
  if (!countable)
    bytes = emitInt(b, loc, 64, tooMuch);
  else if (overflow)
    bytes = LLVM::SelectOp::create(b, loc, overflow, emitInt(b, loc, 64, tooMuch), bytes);
  if (countable && openSizes.size() < 2)
    return bytes; // the only size is 0 where the product is
  // A product may pass the largest number before it reaches a 0.
  Value zero = emitInt(b, loc, 64, 0);
  for (Value size : openSizes) {
    Value empty = LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::eq, size, zero);
    bytes = LLVM::SelectOp::create(b, loc, empty, zero, bytes);
  }
  return bytes;
}

struct AllocPattern : EntryPattern<AllocOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(AllocOp op, Adaptor adaptor, ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    auto type = dyn_cast<MemRefType>(op.getBuffer().getType());
    if (!type || op.getSizes().size() != static_cast<size_t>(type.getNumDynamicDims()))
      return failure();
    SmallVector<Value> sizes = flatten(adaptor.getSizes());
    Value bytes = byteSize(b, loc, type, memoryType(*getTypeConverter(), type.getElementType()), sizes);
    uint8_t kind = isa<StringType>(type.getElementType()) ? layout::kindTexts : layout::kindRaw;
    SmallVector<Value> parts{
        entry.checkedCall(b, op, Runtime::Alloc, {entry.frame(), bytes, emitInt(b, loc, 32, kind)})};
    llvm::append_range(parts, sizes);
    b.replaceOpWithMultiple(op, {ValueRange(parts)});
    return success();
  }
};

struct TakePattern : EntryPattern<TakeBufferOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(TakeBufferOp op, Adaptor, ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    auto type = cast<MemRefType>(op.getBuffer().getType());
    Value bytes = byteSize(b, loc, type, memoryType(*getTypeConverter(), type.getElementType()), {});
    Value input = emitInt(b, loc, 32, op.getInput());
    b.replaceOp(op, entry.checkedCall(b, op, Runtime::Take, {entry.frame(), bytes, input}));
    return success();
  }
};

struct FreePattern : EntryPattern<FreeOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(FreeOp op, Adaptor adaptor, ConversionPatternRewriter &b) const override {
    entry.call(b, op.getLoc(), Runtime::Free, {entry.frame(), adaptor.getValue()[0]});
    b.eraseOp(op);
    return success();
  }
};

/// Room on the stack, of a size known now; loops use the same room in every turn.
struct AllocaPattern : EntryPattern<memref::AllocaOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(memref::AllocaOp op, Adaptor, ConversionPatternRewriter &b) const override {
    MemRefType type = op.getType();
    if (!type.hasStaticShape() || isa<StringType>(type.getElementType()))
      return b.notifyMatchFailure(op, "needs a fixed size and numbers");
    auto array =
        LLVM::LLVMArrayType::get(memoryType(*getTypeConverter(), type.getElementType()), type.getNumElements());
    b.replaceOp(op, emitAlloca(b, op.getLoc(), array, 64));
    return success();
  }
};

struct CopyPattern : EntryPattern<memref::CopyOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(memref::CopyOp op, Adaptor adaptor, ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    auto type = dyn_cast<MemRefType>(op.getSource().getType());
    if (!type || isa<StringType>(type.getElementType()))
      return b.notifyMatchFailure(op, "strings are copied element by element");
    Value bytes = emitInt(b, loc, 64, elementSize(memoryType(*getTypeConverter(), type.getElementType())));
    for (int64_t d = 0; d < type.getRank(); ++d)
      bytes = multiplySizes(b, loc, bytes, sizeOf(b, loc, type, adaptor.getSource(), d));
    LLVM::MemcpyOp::create(b, loc, adaptor.getTarget()[0], adaptor.getSource()[0], bytes, /*isVolatile=*/false);
    b.eraseOp(op);
    return success();
  }
};

/// The same elements under another shape: what stays is the pointer, and the sizes that are open in the new type.
template <class Op, class Size>
LogicalResult reshape(Op op, Value data, Type newType, Size size, ConversionPatternRewriter &b) {
  auto type = dyn_cast<MemRefType>(newType);
  if (!type || !type.getLayout().isIdentity())
    return failure();
  SmallVector<Value> parts{data};
  for (int64_t d = 0; d < type.getRank(); ++d)
    if (type.isDynamicDim(d))
      parts.push_back(size(d));
  b.replaceOpWithMultiple(op, {ValueRange(parts)});
  return success();
}

struct CastPattern : EntryPattern<memref::CastOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(memref::CastOp op, Adaptor adaptor, ConversionPatternRewriter &b) const override {
    auto from = dyn_cast<MemRefType>(op.getSource().getType());
    if (!from)
      return failure();
    auto size = [&](int64_t d) { return sizeOf(b, op.getLoc(), from, adaptor.getSource(), d); };
    return reshape(op, adaptor.getSource()[0], op.getType(), size, b);
  }
};

struct CollapsePattern : EntryPattern<memref::CollapseShapeOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(memref::CollapseShapeOp op, Adaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Location loc = op.getLoc();
    SmallVector<ReassociationIndices> groups = op.getReassociationIndices();
    auto size = [&](int64_t d) {
      Value product;
      for (int64_t part : groups[d]) {
        Value factor = sizeOf(b, loc, op.getSrcType(), adaptor.getSrc(), part);
        product = product ? multiplySizes(b, loc, product, factor) : factor;
      }
      return product;
    };
    return reshape(op, adaptor.getSrc()[0], op.getType(), size, b);
  }
};

/// The choice between two buffers of one type.
struct SelectPattern : EntryPattern<arith::SelectOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(arith::SelectOp op, Adaptor adaptor, ConversionPatternRewriter &b) const override {
    if (!isa<MemRefType>(op.getType()))
      return failure();
    SmallVector<Value> parts;
    for (auto [x, y] : llvm::zip(adaptor.getTrueValue(), adaptor.getFalseValue()))
      parts.push_back(LLVM::SelectOp::create(b, op.getLoc(), adaptor.getCondition()[0], x, y));
    b.replaceOpWithMultiple(op, {ValueRange(parts)});
    return success();
  }
};

/// The elements as one row of what LLVM knows: bools as bytes, unsigned as signless.
DenseElementsAttr memoryElements(DenseElementsAttr elements, Type memory) {
  auto type = RankedTensorType::get({elements.getNumElements()}, memory);
  if (elements.getElementType().isInteger(1)) {
    SmallVector<int8_t> bytes;
    for (bool v : elements.getValues<bool>())
      bytes.push_back(v);
    return DenseElementsAttr::get(type, ArrayRef(bytes));
  }
  return DenseElementsAttr::getFromRawBuffer(type, elements.getRawData());
}

struct GlobalPattern : EntryPattern<memref::GlobalOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(memref::GlobalOp op, Adaptor, ConversionPatternRewriter &b) const override {
    MemRefType type = op.getType();
    Type memory = memoryType(*getTypeConverter(), type.getElementType());
    auto array = LLVM::LLVMArrayType::get(memory, type.getNumElements());
    Attribute initial = op.getInitialValue().value_or(nullptr);
    if (auto numbers = dyn_cast_if_present<DenseElementsAttr>(initial);
        numbers && !isa<StringType>(type.getElementType())) {
      b.replaceOpWithNewOp<LLVM::GlobalOp>(op, array, /*isConstant=*/true, LLVM::Linkage::Private, op.getSymName(),
                                           memoryElements(numbers, memory), /*alignment=*/64);
      return success();
    }
    auto strings = dyn_cast_if_present<DenseStringElementsAttr>(initial);
    if (!strings)
      return b.notifyMatchFailure(op, "needs constant elements");
    auto global = LLVM::GlobalOp::create(b, op.getLoc(), array, /*isConstant=*/true, LLVM::Linkage::Private,
                                         op.getSymName(), Attribute(), /*alignment=*/64);
    b.createBlock(&global.getInitializer());
    Value all = LLVM::UndefOp::create(b, op.getLoc(), array);
    for (auto [i, text] : llvm::enumerate(strings.getValues<StringRef>()))
      all = LLVM::InsertValueOp::create(b, op.getLoc(), all, entry.constantText(b, op.getLoc(), text),
                                        static_cast<int64_t>(i));
    LLVM::ReturnOp::create(b, op.getLoc(), all);
    b.eraseOp(op);
    return success();
  }
};

struct GetGlobalPattern : EntryPattern<memref::GetGlobalOp> {
  using EntryPattern::EntryPattern;

  LogicalResult matchAndRewrite(memref::GetGlobalOp op, Adaptor, ConversionPatternRewriter &b) const override {
    b.replaceOpWithNewOp<LLVM::AddressOfOp>(op, pointerType(b), op.getNameAttr());
    return success();
  }
};

} // namespace

void populateBufferPatterns(const LLVMTypeConverter &types, Entry &entry, RewritePatternSet &patterns) {
  patterns
      .add<LoadPattern, StorePattern, DimPattern, AllocPattern, TakePattern, FreePattern, AllocaPattern, CopyPattern, CastPattern,
           CollapsePattern, SelectPattern, GlobalPattern, GetGlobalPattern>(types, entry);
}

} // namespace weft

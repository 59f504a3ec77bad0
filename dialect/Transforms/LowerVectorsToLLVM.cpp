// Part of weft-lower-to-llvm: vectors in buffers, as weft-vectorize-loops makes them. Upstream's patterns need its
// descriptors of buffers; they do the rest. A vector is aligned as its elements are, and a bool in memory is a byte.
#include "dialect/Transforms/LowerToLLVM.h"

#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace weft {
namespace {

/// The elements that one operation reads or writes.
template <class Op> struct VectorPattern : EntryPattern<Op> {
  using EntryPattern<Op>::EntryPattern;
  using Adaptor = typename EntryPattern<Op>::Adaptor;

  Type memory(MemRefType buffer) const { return memoryType(*this->getTypeConverter(), buffer.getElementType()); }
  Type memory(VectorType v) const {
    return VectorType::get(v.getShape(), memoryType(*this->getTypeConverter(), v.getElementType()));
  }
  static unsigned alignment(MemRefType buffer) { return (buffer.getElementTypeBitWidth() + 7) / 8; }

  Value address(Op op, Adaptor adaptor, MemRefType buffer, ValueRange indices, OpBuilder &b) const {
    return elementAddress(b, op.getLoc(), buffer, memory(buffer), adaptor.getBase(), indices);
  }
  /// Of elements that are apart: one for each lane.
  Value addresses(Op op, Adaptor adaptor, MemRefType buffer, ValueRange offsets, OpBuilder &b) const {
    Value base = address(op, adaptor, buffer, offsets, b), lanes = adaptor.getIndices()[0];
    auto type = cast<VectorType>(lanes.getType());
    return LLVM::GEPOp::create(b, op.getLoc(), VectorType::get(type.getShape(), base.getType()), memory(buffer), base,
                               ArrayRef<LLVM::GEPArg>{lanes});
  }

  Value toMemory(Value v, OpBuilder &b) const {
    auto type = cast<VectorType>(v.getType());
    return type.getElementType().isInteger(1) ? LLVM::ZExtOp::create(b, v.getLoc(), memory(type), v).getResult() : v;
  }
  /// A caller's byte may be any number; what is not 0 is true.
  Value fromMemory(Value v, VectorType type, OpBuilder &b) const {
    if (!type.getElementType().isInteger(1))
      return v;
    Value zero = LLVM::ZeroOp::create(b, v.getLoc(), v.getType());
    return LLVM::ICmpOp::create(b, v.getLoc(), LLVM::ICmpPredicate::ne, v, zero);
  }
};

SmallVector<Value> scalars(ArrayRef<ValueRange> values) {
  return llvm::map_to_vector(values, [](ValueRange v) { return v[0]; });
}

struct LoadPattern : VectorPattern<vector::LoadOp> {
  using VectorPattern::VectorPattern;
  LogicalResult matchAndRewrite(vector::LoadOp op, Adaptor adaptor, ConversionPatternRewriter &b) const override {
    VectorType type = op.getVectorType();
    Value from = address(op, adaptor, op.getMemRefType(), scalars(adaptor.getIndices()), b);
    Value v = LLVM::LoadOp::create(b, op.getLoc(), memory(type), from, alignment(op.getMemRefType()));
    b.replaceOp(op, fromMemory(v, type, b));
    return success();
  }
};

struct MaskedLoadPattern : VectorPattern<vector::MaskedLoadOp> {
  using VectorPattern::VectorPattern;
  LogicalResult matchAndRewrite(vector::MaskedLoadOp op, Adaptor adaptor, ConversionPatternRewriter &b) const override {
    VectorType type = op.getVectorType();
    Value from = address(op, adaptor, op.getMemRefType(), scalars(adaptor.getIndices()), b);
    Value v = LLVM::MaskedLoadOp::create(b, op.getLoc(), memory(type), from, adaptor.getMask()[0],
                                         toMemory(adaptor.getPassThru()[0], b), alignment(op.getMemRefType()));
    b.replaceOp(op, fromMemory(v, type, b));
    return success();
  }
};

struct GatherPattern : VectorPattern<vector::GatherOp> {
  using VectorPattern::VectorPattern;
  LogicalResult matchAndRewrite(vector::GatherOp op, Adaptor adaptor, ConversionPatternRewriter &b) const override {
    VectorType type = op.getVectorType();
    auto buffer = cast<MemRefType>(op.getBaseType());
    Value from = addresses(op, adaptor, buffer, scalars(adaptor.getOffsets()), b);
    Value v =
        LLVM::masked_gather::create(b, op.getLoc(), memory(type), from, adaptor.getMask()[0],
                                    toMemory(adaptor.getPassThru()[0], b), b.getI32IntegerAttr(alignment(buffer)));
    b.replaceOp(op, fromMemory(v, type, b));
    return success();
  }
};

struct StorePattern : VectorPattern<vector::StoreOp> {
  using VectorPattern::VectorPattern;
  LogicalResult matchAndRewrite(vector::StoreOp op, Adaptor adaptor, ConversionPatternRewriter &b) const override {
    Value to = address(op, adaptor, op.getMemRefType(), scalars(adaptor.getIndices()), b);
    b.replaceOpWithNewOp<LLVM::StoreOp>(op, toMemory(adaptor.getValueToStore()[0], b), to,
                                        alignment(op.getMemRefType()));
    return success();
  }
};

struct MaskedStorePattern : VectorPattern<vector::MaskedStoreOp> {
  using VectorPattern::VectorPattern;
  LogicalResult matchAndRewrite(vector::MaskedStoreOp op, Adaptor adaptor,
                                ConversionPatternRewriter &b) const override {
    Value to = address(op, adaptor, op.getMemRefType(), scalars(adaptor.getIndices()), b);
    b.replaceOpWithNewOp<LLVM::MaskedStoreOp>(op, toMemory(adaptor.getValueToStore()[0], b), to, adaptor.getMask()[0],
                                              b.getI32IntegerAttr(alignment(op.getMemRefType())));
    return success();
  }
};

struct ScatterPattern : VectorPattern<vector::ScatterOp> {
  using VectorPattern::VectorPattern;
  LogicalResult matchAndRewrite(vector::ScatterOp op, Adaptor adaptor, ConversionPatternRewriter &b) const override {
    auto buffer = cast<MemRefType>(op.getBaseType());
    Value to = addresses(op, adaptor, buffer, scalars(adaptor.getOffsets()), b);
    b.replaceOpWithNewOp<LLVM::masked_scatter>(op, toMemory(adaptor.getValueToStore()[0], b), to, adaptor.getMask()[0],
                                               b.getI32IntegerAttr(alignment(buffer)));
    return success();
  }
};

} // namespace

/// Many patterns, which take their time to be made: only where there is something for them.
void populateVectorPatterns(ModuleOp module, const LLVMTypeConverter &types, Entry &entry,
                            RewritePatternSet &patterns) {
  WalkResult found = module.walk([](Operation *op) {
    return isa_and_nonnull<vector::VectorDialect>(op->getDialect()) ? WalkResult::interrupt() : WalkResult::advance();
  });
  if (!found.wasInterrupted())
    return;
  patterns.add<LoadPattern, MaskedLoadPattern, GatherPattern, StorePattern, MaskedStorePattern, ScatterPattern>(types,
                                                                                                                entry);
  populateVectorToLLVMConversionPatterns(types, patterns);
}

} // namespace weft

// Questions about weft.fused groups, asked by weft-assign-buffers before buffers exist and by weft-lower-fused after.
#include "dialect/Transforms/Groups.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;

namespace weft {

MemRefType bufferTypeOf(RankedTensorType tensor) { return MemRefType::get(tensor.getShape(), tensor.getElementType()); }

Value rootOf(Value buffer) {
  for (;;)
    if (auto view = buffer.getDefiningOp<ViewLikeOpInterface>())
      buffer = view.getViewSource();
    else if (auto take = buffer.getDefiningOp<TakeBufferOp>())
      buffer = take.getDonor();
    else
      return buffer;
}

Value buildBufferDim(OpBuilder &b, Location loc, Value buffer, int64_t d) {
  auto type = cast<MemRefType>(buffer.getType());
  if (!type.isDynamicDim(d))
    return arith::ConstantIndexOp::create(b, loc, type.getDimSize(d));
  if (auto alloc = buffer.getDefiningOp<AllocOp>())
    return alloc.getSizes()[type.getDynamicDimIndex(d)];
  return memref::DimOp::create(b, loc, buffer, d);
}

Value buildGroupDim(OpBuilder &b, Location loc, ValueRange ins, Value tensor, int64_t d) {
  auto type = cast<RankedTensorType>(tensor.getType());
  if (!type.isDynamicDim(d))
    return arith::ConstantIndexOp::create(b, loc, type.getDimSize(d));
  if (auto arg = dyn_cast<BlockArgument>(tensor))
    return buildBufferDim(b, loc, ins[arg.getArgNumber()], d);
  auto dim = [&](Value operand, int64_t k) { return buildGroupDim(b, loc, ins, operand, k); };
  auto noElements = [](Value, ValueRange) { return Value(); };
  ElementBuilder elements(b, loc, noElements, dim);
  return buildDim(cast<OpResult>(tensor), d, elements);
}

llvm::BitVector elementwiseReads(FusedOp group) {
  Block &body = group.getBody().front();
  llvm::BitVector atElement(body.getNumArguments()), elsewhere(body.getNumArguments());
  llvm::DenseSet<Value> seen[2];
  SmallVector<std::pair<Value, bool>> work;
  for (Value v : body.getTerminator()->getOperands())
    work.push_back({v, true});
  while (!work.empty()) {
    auto [value, identity] = work.pop_back_val();
    if (!seen[identity].insert(value).second)
      continue;
    if (auto arg = dyn_cast<BlockArgument>(value)) {
      (identity ? atElement : elsewhere).set(arg.getArgNumber());
      continue;
    }
    Operation *op = value.getDefiningOp();
    auto indexed = dyn_cast<IndexedOpInterface>(op);
    for (auto [k, operand] : llvm::enumerate(op->getOperands())) {
      bool same = isa<ElementwiseOpInterface>(op) || (indexed && static_cast<int64_t>(k) == indexed.getBase());
      work.push_back({operand, identity && same && shapeOf(operand.getType()) == shapeOf(value.getType())});
    }
  }
  return atElement.reset(elsewhere);
}

bool isReductionGroup(FusedOp group) {
  return llvm::any_of(group.getBody().front(), [](Operation &op) { return isa<ReductionOpInterface>(op); });
}

} // namespace weft

// weft-lower-fused: every weft.fused group becomes one loop nest over its buffers. Elementwise groups are lowered here: one flat loop
// where each element depends on elements at the same position, else a loop for each dimension. Reductions.cpp has the rest.
#include "dialect/Transforms/Groups.h"
#include "dialect/Transforms/Lanes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Pass/Pass.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_LOWERFUSEDPASS
#include "dialect/Transforms/Passes.h.inc"
namespace {

using Range = std::pair<Value, Value>;

/// Loops over a box of indices of `base`.
void overBox(GroupEmitter &e, Value base, ArrayRef<Range> ranges, SmallVectorImpl<Value> &indices, function_ref<void()> body) {
  if (ranges.empty())
    return body();
  e.sharedLoop(base, ranges.front().first, ranges.front().second, 1, [&](Value i) {
    indices.push_back(i);
    overBox(e, base, ranges.drop_front(), indices, body);
    indices.pop_back();
  });
}

/// The elements outside of the window `part`: along each dimension those before and those behind it, where the dimensions before lie
/// inside.
void emitAround(GroupEmitter &e, Value base, const Part &part) {
  int64_t rank = part.first.size();
  SmallVector<Range> ranges;
  for (int64_t d = 0; d < rank; ++d)
    ranges.push_back({e.index(0), e.dim(base, d)});
  for (int64_t d = 0; d < rank; ++d) {
    Value from = part.first[d], to = e.add(from, e.dim(part.tensor, d));
    for (Range side : {Range(ranges[d].first, from), Range(to, ranges[d].second)}) {
      SmallVector<Range> slab(ranges);
      slab[d] = side;
      SmallVector<Value> indices;
      overBox(e, base, slab, indices, [&] { e.store(0, e.element(base, indices), indices); });
    }
    ranges[d] = {from, to};
  }
}

/// Gives each part of the only result loops of its own, which need no branches; false where that is not possible or would make much
/// code. The base is the output itself where it is written in place, and then only the part is.
bool emitParts(GroupEmitter &e, Value result) {
  auto op = result.getDefiningOp<IndexedOpInterface>();
  if (!op)
    return false;
  Value base = op.getBase() < 0 ? Value() : op->getOperand(op.getBase());
  auto arg = dyn_cast_if_present<BlockArgument>(base);
  if (base && !arg)
    return false;
  SmallVector<Part> parts = e.parts(op);
  if (base && e.buffer(arg) != e.group.getOuts()[0]) {
    bool box = parts.size() == 1 && llvm::all_of(parts[0].steps, [](int64_t step) { return step == 1; });
    auto dims = llvm::to_vector(llvm::seq<int64_t>(0, shapeOf(base.getType()).size()));
    SmallVector<Value> indices(dims.size());
    if (box)
      emitAround(e, base, parts[0]);
    else if (!parts.empty())
      e.sharedNest(base, dims, indices, /*unroll=*/true, [&] { e.store(0, e.element(base, indices), indices); });
  }
  for (const Part &part : parts) {
    auto dims = llvm::to_vector(llvm::seq<int64_t>(0, part.first.size()));
    SmallVector<Value> indices(dims.size());
    e.sharedNest(part.tensor, dims, indices, /*unroll=*/true, [&] {
      Value v = e.element(part.tensor, indices);
      SmallVector<Value> at;
      for (int64_t d : dims)
        at.push_back(e.add(part.first[d], e.mul(indices[d], e.index(part.steps[d]))));
      e.store(0, v, at);
    });
  }
  return !parts.empty();
}

/// Gives what the scalar results become.
SmallVector<Value> emitElements(GroupEmitter &e) {
  ValueRange yields = e.group.getBody().front().getTerminator()->getOperands();
  SmallVector<Value> scalars;
  for (Value v : yields)
    if (!isa<RankedTensorType>(v.getType()))
      scalars.push_back(e.element(v, {}));
  if (!scalars.empty())
    return scalars;

  // All elements are read before the first is stored: an output may be an input's buffer.
  Value shaped = yields.front();
  auto rank = static_cast<int64_t>(shapeOf(shaped.getType()).size());
  auto dims = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  auto type = cast<RankedTensorType>(shaped.getType());
  bool few = type.hasStaticShape() && type.getNumElements() <= GroupEmitter::fewTurns;
  if (rank > 1 && !few && llvm::all_of(yields, [&](Value v) { return e.canFlatten(v); })) {
    e.sharedLoop(shaped, e.index(0), e.count(shaped), 1, [&](Value position) {
      auto values = llvm::map_to_vector(yields, [&](Value v) { return e.flatElement(v, position); });
      for (auto [k, v] : llvm::enumerate(values))
        e.flatStore(k, v, position);
    });
    return scalars;
  }
  if (yields.size() == 1 && emitParts(e, shaped))
    return scalars;
  SmallVector<Value> indices(rank);
  e.sharedNest(shaped, dims, indices, /*unroll=*/true, [&] {
    auto values = llvm::map_to_vector(yields, [&](Value v) { return e.element(v, indices); });
    for (auto [k, v] : llvm::enumerate(values))
      e.store(k, v, indices);
  });
  return scalars;
}

//===--- Strings -------------------------------------------------------------------------------------------------===//

/// Whether it gives new strings: allocates them, or has regions that yield them. Others pass on what they borrow.
bool makesText(Operation &op) {
  return llvm::any_of(op.getResultTypes(), llvm::IsaPred<StringType>) &&
         (op.getNumRegions() > 0 || hasEffect<MemoryEffects::Allocate>(&op));
}

/// Frees the strings made between `begin` and `end` before `end`, but for those in `given`, which are passed on: what is borrowed is
/// copied there.
void ownTexts(Block::iterator begin, Block::iterator end, MutableArrayRef<Value> given) {
  llvm::SetVector<Value> made;
  for (Operation &op : llvm::make_range(begin, end)) {
    for (Region &region : op.getRegions())
      for (Block &block : region) {
        Operation *last = block.getTerminator();
        SmallVector<Value> yielded(last->getOperands());
        ownTexts(block.begin(), last->getIterator(), yielded);
        last->setOperands(yielded);
      }
    if (makesText(op))
      made.insert_range(llvm::make_filter_range(op.getResults(), [](Value v) { return isa<StringType>(v.getType()); }));
  }
  OpBuilder b(&*end);
  for (Value &v : given)
    if (isa<StringType>(v.getType()) && !made.remove(v))
      v = TextCopyOp::create(b, v.getLoc(), v);
  for (Value v : made)
    FreeOp::create(b, v.getLoc(), v);
}

bool hasTexts(FusedOp group) {
  auto text = [](Type t) { return isa<StringType>(getElementTypeOrSelf(t)); };
  return llvm::any_of(group.getOperandTypes(), text) || llvm::any_of(group.getResultTypes(), text);
}

//===--- The pass ------------------------------------------------------------------------------------------------===//

/// What the group holds is what can be emitted.
LogicalResult checkGroup(FusedOp group) {
  Block &body = group.getBody().front();
  bool reduces = isReductionGroup(group);
  for (Operation &op : body.without_terminator()) {
    auto constant = dyn_cast<ConstantOp>(op);
    auto elements = constant ? dyn_cast<DenseElementsAttr>(constant.getValue()) : nullptr;
    bool shaped = llvm::any_of(op.getResultTypes(), llvm::IsaPred<RankedTensorType>);
    bool known = isa<ElementwiseOpInterface, IndexedOpInterface, ReductionOpInterface>(op) || (elements && elements.isSplat());
    if ((shaped && !known) || op.getNumResults() != 1)
      return op.emitOpError("cannot be part of a loop");
  }
  for (Value v : body.getTerminator()->getOperands()) {
    if (reduces && !v.getDefiningOp<ReductionOpInterface>())
      return group.emitOpError("reduces and yields something else");
    if (isa<RankedTensorType>(v.getType()) && group.getOuts().empty())
      return group.emitOpError("has no buffers");
  }
  return success();
}

/// Whether threads may share the loops of a group that reduces.
bool mayShare(FusedOp group) {
  Operation *reduction = group.getBody().front().getTerminator()->getOperand(0).getDefiningOp();
  auto type = cast<RankedTensorType>(reduction->getOperand(0).getType());
  return GroupEmitter::mayShare(type.hasStaticShape() ? type.getNumElements() : ShapedType::kDynamic);
}

struct LowerFusedPass : impl::LowerFusedPassBase<LowerFusedPass> {
  void runOnOperation() override {
    if (getOperation().isExternal())
      return;
    SmallVector<FusedOp> groups;
    getOperation().walk([&](FusedOp group) { groups.push_back(group); });
    LaneBuffers lanes(getOperation().getBody().front());
    for (FusedOp group : groups) {
      if (failed(checkGroup(group)))
        return signalPassFailure();
      lower(group, lanes);
    }
  }

  void lower(FusedOp group, LaneBuffers &lanes) {
    Operation *previous = group->getPrevNode();
    GroupEmitter e(group);
    LaneBuffers own(getOperation().getBody().front()); // threads may each have some
    SmallVector<Value> scalars = !isReductionGroup(group) ? emitElements(e)
                                 : mayShare(group)        ? emitReductions(e, own)
                                                          : emitReductions(e, lanes);
    if (hasTexts(group))
      ownTexts(previous ? std::next(previous->getIterator()) : group->getBlock()->begin(), group->getIterator(), scalars);
    group->replaceAllUsesWith(scalars);
    group->erase();
  }
};

} // namespace
} // namespace weft

// One backward walk over each block: the first time that a value is met is its last use. A nested operation uses what its blocks
// use, so every question of weft-assign-buffers is answered without looking into regions again.
#include "dialect/Transforms/LastUses.h"

using namespace mlir;

namespace weft {

void LastUses::compute(Region &region) {
  for (Block &block : region)
    computeBlock(block);
}

void LastUses::computeBlock(Block &block) {
  llvm::SetVector<Value> seen;
  for (Operation &op : llvm::reverse(block)) {
    SmallVector<Value, 2> &last = ending[&op];
    auto use = [&](Value v) {
      if (isOwnable(v.getType()) && seen.insert(v))
        last.push_back(v);
    };
    llvm::for_each(op.getOperands(), use);
    if (isa<FusedOp>(op))
      continue; // isolated: it uses its operands only
    SmallVector<Value> nested;
    for (Region &region : op.getRegions())
      for (Block &inner : region) {
        computeBlock(inner);
        for (Value v : used[&inner])
          if (!region.isAncestor(v.getParentRegion()))
            nested.push_back(v);
      }
    // `ending` may have grown under `last`.
    SmallVector<Value, 2> &outer = ending[&op];
    for (Value v : nested)
      if (seen.insert(v))
        outer.push_back(v);
  }
  used[&block] = std::move(seen);
}

bool LastUses::usedIn(Operation *op, Value v) const {
  return llvm::any_of(op->getRegions(),
                      [&](Region &r) { return llvm::any_of(r, [&](Block &b) { return usedIn(b, v); }); });
}

} // namespace weft

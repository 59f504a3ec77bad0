// weft-fuse: wraps what computes tensors into weft.fused groups, one for each loop nest to come. What goes where is
// decided in FusePlan.cpp; here the block is prepared and rewritten. Ends the form Optimized.
#include "dialect/Transforms/CheckForm.h"
#include "dialect/Transforms/FusePlan.h"
#include "dialect/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_FUSEPASS
#include "dialect/Transforms/Passes.h.inc"
namespace {

/// scf's canonicalisation turns branches that only choose between tensors into arith.select. What they choose between may
/// have two sizes where they are open; weft-assign-buffers makes a branch of it again.
void replaceSelects(func::FuncOp function) {
  function.walk([](arith::SelectOp select) {
    auto type = dyn_cast<RankedTensorType>(select.getType());
    if (!type || !type.hasStaticShape())
      return;
    OpBuilder b(select);
    Value chosen = WhereOp::create(b, select.getLoc(), select.getType(), select.getCondition(), select.getTrueValue(),
                                   select.getFalseValue());
    select.replaceAllUsesWith(chosen);
    select.erase();
  });
}

/// Views cost nothing, so a region that reads one computes it itself instead of having it stored outside.
void sinkViews(func::FuncOp function) {
  SmallVector<IndexedOpInterface> views;
  function.walk([&](IndexedOpInterface op) {
    if (op.isCheap() && isMemoryEffectFree(op) && isa<RankedTensorType>(op->getResult(0).getType()))
      views.push_back(op);
  });
  for (IndexedOpInterface view : llvm::reverse(views)) { // users of views before the views they read
    DenseMap<Block *, Value> copies;
    for (OpOperand &use : llvm::make_early_inc_range(view->getUses())) {
      Operation *user = use.getOwner();
      if (user->getBlock() == view->getBlock() || !isFusable(user))
        continue;
      Value &copy = copies[user->getBlock()];
      if (!copy)
        copy = OpBuilder::atBlockBegin(user->getBlock()).clone(*view)->getResult(0);
      use.set(copy);
    }
    if (view->use_empty())
      view->erase();
  }
}

class Rewriter {
public:
  Rewriter(Block &block, const BlockPlan &plan) : block(block), plan(plan) {}

  void run() {
    Operation *end = block.getTerminator();
    for (const BlockPlan::Item &item : plan.order) {
      if (item.op)
        item.op->moveBefore(end);
      else
        build(item.group, end);
    }
    // What was copied into several groups, and what nobody used.
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
      if (isFusable(&op))
        op.erase();
  }
  unsigned copies = 0;

private:
  Block &block;
  const BlockPlan &plan;

  void build(unsigned number, Operation *before) {
    const GroupPlan &group = plan.groups[number];
    llvm::SetVector<Value> ins;
    for (Operation *op : group.members)
      for (Value v : op->getOperands())
        if (!v.getDefiningOp() || !plan.computes(number, v.getDefiningOp()))
          ins.insert(v);
    auto results = llvm::map_to_vector(group.roots, [](Operation *op) { return op->getResult(0).getType(); });
    OpBuilder b(before);
    auto fused = FusedOp::create(b, group.roots.front()->getLoc(), results, ins.getArrayRef(), ValueRange());
    Block &body = fused.getBody().emplaceBlock();
    IRMapping inside;
    for (Value v : ins)
      inside.map(v, body.addArgument(v.getType(), v.getLoc()));
    b.setInsertionPointToEnd(&body);
    for (Operation *op : group.members)
      moveInto(body, op, inside, b);
    SmallVector<Value> yields;
    for (auto [root, result] : llvm::zip(group.roots, fused.getResults())) {
      yields.push_back(root->getResult(0));
      root->getResult(0).replaceUsesWithIf(result, [&](OpOperand &use) { return use.getOwner()->getBlock() != &body; });
    }
    YieldOp::create(b, fused.getLoc(), yields);
  }

  void moveInto(Block &body, Operation *op, IRMapping &inside, OpBuilder &b) {
    if (plan.ops.find(op)->second.groups.size() > 1) {
      b.clone(*op, inside);
      ++copies;
      return;
    }
    op->moveBefore(&body, body.end());
    for (OpOperand &operand : op->getOpOperands())
      operand.set(inside.lookupOrDefault(operand.get()));
  }
};

struct FusePass : impl::FusePassBase<FusePass> {
  using FusePassBase::FusePassBase;

  void runOnOperation() override {
    if (failed(checkOneBlock(getOperation())))
      return signalPassFailure();
    replaceSelects(getOperation());
    if (merge)
      sinkViews(getOperation());
    SmallVector<Block *> blocks;
    getOperation()->walk<WalkOrder::PreOrder>([&](Block *block) { blocks.push_back(block); });
    for (Block *block : blocks) {
      FailureOr<BlockPlan> plan = planBlock(*block, merge);
      if (failed(plan)) {
        getOperation().emitError("fusion made groups that wait for each other");
        return signalPassFailure();
      }
      Rewriter rewriter(*block, *plan);
      rewriter.run();
      groups += plan->groups.size();
      copies += rewriter.copies;
    }
  }
};

} // namespace
} // namespace weft

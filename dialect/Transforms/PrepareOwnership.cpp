// Rewrites what would make ownership more than a matter of the block: choices between values, and constants that every user could
// as well have for itself.
#include "dialect/Transforms/PrepareOwnership.h"
#include "dialect/IR/Weft.h"
#include "dialect/Transforms/LastUses.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace weft {
namespace {

/// A choice between two tensors or strings would be a value with two owners; as scf.if it has one.
void expandSelects(func::FuncOp f) {
  f.walk([](arith::SelectOp select) {
    if (!isOwnable(select.getType()))
      return;
    OpBuilder b(select);
    auto choose = [](Value v) {
      return [v](OpBuilder &b, Location loc) { scf::YieldOp::create(b, loc, v); };
    };
    auto branch = scf::IfOp::create(b, select.getLoc(), select.getCondition(), choose(select.getTrueValue()),
                                    choose(select.getFalseValue()));
    select.replaceAllUsesWith(branch.getResult(0));
    select.erase();
  });
}

SmallVector<ConstantOp> splatsOutsideGroups(func::FuncOp f) {
  SmallVector<ConstantOp> splats;
  f.walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (isa<FusedOp>(op))
      return WalkResult::skip();
    if (auto constant = dyn_cast<ConstantOp>(op)) {
      auto elements = dyn_cast<DenseElementsAttr>(constant.getValue());
      if (elements && elements.isSplat() && isa<RankedTensorType>(constant.getResult().getType()))
        splats.push_back(constant);
    }
    return WalkResult::advance();
  });
  return splats;
}

/// Whether an operation of the group changes a part of it, which is best done in a buffer.
bool isBase(BlockArgument arg) {
  return llvm::any_of(arg.getUses(), [](OpOperand &use) {
    auto indexed = dyn_cast<IndexedOpInterface>(use.getOwner());
    return indexed && indexed.getBase() == static_cast<int64_t>(use.getOperandNumber());
  });
}

/// A constant with one value everywhere is not stored in the object: groups compute the value, and each other use fills a buffer of its
/// own, which it may then own.
void expandSplats(func::FuncOp f) {
  SmallVector<ConstantOp> splats = splatsOutsideGroups(f);
  for (ConstantOp constant : splats)
    for (OpOperand &use : llvm::make_early_inc_range(constant->getUses())) {
      auto group = dyn_cast<FusedOp>(use.getOwner());
      BlockArgument arg = group ? group.getBody().getArgument(use.getOperandNumber()) : BlockArgument();
      if (arg && !isBase(arg)) {
        OpBuilder inside = OpBuilder::atBlockBegin(arg.getOwner());
        arg.replaceAllUsesWith(inside.clone(*constant)->getResult(0));
        continue;
      }
      OpBuilder b(use.getOwner());
      auto fill = FusedOp::create(b, constant.getLoc(), constant->getResultTypes(), ValueRange(), ValueRange());
      OpBuilder inside = OpBuilder::atBlockBegin(&fill.getBody().emplaceBlock());
      YieldOp::create(inside, constant.getLoc(), inside.clone(*constant)->getResults());
      use.set(fill.getResult(0));
    }
  // What groups no longer read leaves their operands.
  f.walk([](FusedOp group) {
    for (unsigned i = group.getIns().size(); i-- > 0;)
      if (group.getIns()[i].getDefiningOp<ConstantOp>() && group.getBody().getArgument(i).use_empty()) {
        group.getBody().front().eraseArgument(i);
        group.getInsMutable().erase(i);
      }
  });
  for (ConstantOp constant : splats)
    if (constant->use_empty())
      constant.erase();
}

} // namespace

void prepareOwnership(func::FuncOp function) {
  expandSelects(function);
  expandSplats(function);
}

} // namespace weft

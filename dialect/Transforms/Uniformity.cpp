// See Uniformity.h. What varies grows until nothing is added: loops hand values on from turn to turn.
#include "dialect/Transforms/Uniformity.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace weft {

Uniformity::Uniformity(scf::ForOp loop) : counter(loop.getInductionVar()) {
  varying.insert(counter);
  while (std::exchange(changed, false))
    visit(*loop.getBody());
}

bool Uniformity::isCounter(Value v) const {
  while (auto cast = v.getDefiningOp<arith::IndexCastOp>())
    v = cast.getIn();
  return v == counter;
}

void Uniformity::visit(Block &block) {
  for (Operation &op : block.without_terminator()) {
    if (auto branch = dyn_cast<scf::IfOp>(op))
      visit(branch);
    else if (auto loop = dyn_cast<scf::ForOp>(op))
      visit(loop);
    else if (auto loop = dyn_cast<scf::WhileOp>(op))
      visit(loop);
    else
      for (Value result : op.getResults())
        mark(result, varies(op.getOperands()));
  }
}

void Uniformity::visit(scf::IfOp op) {
  visit(*op.thenBlock());
  if (op.elseBlock())
    visit(*op.elseBlock());
  for (OpResult result : op.getResults()) {
    unsigned k = result.getResultNumber();
    mark(result,
         varies(op.getCondition()) || varies(op.thenYield().getOperand(k)) || varies(op.elseYield().getOperand(k)));
  }
}

void Uniformity::visit(scf::ForOp op) {
  mark(op.getInductionVar(), varies({op.getLowerBound(), op.getStep()}));
  for (auto [arg, init, next] : llvm::zip(op.getRegionIterArgs(), op.getInitArgs(), op.getYieldedValues()))
    mark(arg, varies({init, next}));
  visit(*op.getBody());
  bool diverges = varies({op.getLowerBound(), op.getUpperBound(), op.getStep()});
  for (auto [result, arg] : llvm::zip(op.getResults(), op.getRegionIterArgs()))
    mark(result, diverges || varies(arg));
}

void Uniformity::visit(scf::WhileOp op) {
  for (auto [arg, init, next] : llvm::zip(op.getBeforeArguments(), op.getInits(), op.getYieldOp().getOperands()))
    mark(arg, varies({init, next}));
  visit(*op.getBeforeBody());
  scf::ConditionOp condition = op.getConditionOp();
  for (auto [arg, result, passed] : llvm::zip(op.getAfterArguments(), op.getResults(), condition.getArgs())) {
    mark(arg, varies(passed));
    mark(result, varies(condition.getCondition()) || varies(passed));
  }
  visit(*op.getAfterBody());
}

} // namespace weft

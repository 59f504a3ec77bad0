// weft-relax-math: in a program that gives up the promise of equal bits (FunctionOptions::fast_math), the user's
// arithmetic on floats may be contracted, and divide by a reciprocal. Not reassociated: LLVM would make y of (x + y) -
// x, also where x is NaN or infinite, and sums, the only ones to win, have their own order of 64 lanes. Before
// weft-expand-math: the functions of mathematics are made of exact steps, and keep their bounds.
#include "dialect/IR/Builders.h"
#include "dialect/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_RELAXMATHPASS
#include "dialect/Transforms/Passes.h.inc"
namespace {

struct RelaxMathPass : impl::RelaxMathPassBase<RelaxMathPass> {
  void runOnOperation() override {
    if (!getOperation()->getParentOfType<ModuleOp>()->hasAttr("weft.fast_math"))
      return;
    using arith::FastMathFlags;
    auto flags = arith::FastMathFlagsAttr::get(&getContext(), FastMathFlags::contract | FastMathFlags::arcp);
    getOperation().walk([&](Operation *op) {
      if (isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp, arith::NegFOp>(op) &&
          !op->hasAttr(exactDivisionName))
        op->setAttr(cast<arith::ArithFastMathInterface>(op).getFastMathAttrName(), flags);
    });
  }
};

} // namespace
} // namespace weft

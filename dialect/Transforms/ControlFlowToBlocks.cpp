// The first step of weft-lower-to-llvm: scf as blocks. Upstream's lowering loses what weft.parallel says; here the loads
// and stores of such a loop get an access group and the branch back an annotation that names it, so that LLVM's vectoriser
// asks for no alias checks. Loops come out as LLVM wants them, with the test at the end and a guard only where a loop may
// have no turn. From the last statement to the first: a split then moves only what follows up to the next one.
#include "dialect/Transforms/LowerToLLVM.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace weft {
namespace {

// From so many operations in a body on, LLVM's vectoriser is told the width that it would arrive at by costing every one, and the
// unroller that it need not look: that halves the time such a loop takes to compile.
constexpr int64_t largeBody = 48;
constexpr unsigned vectorBits = 512;

LLVM::LoopAnnotationAttr annotateParallel(scf::ForOp loop) {
  MLIRContext *context = loop.getContext();
  auto group = LLVM::AccessGroupAttr::get(context);
  int64_t operations = 0;
  unsigned widest = 8;
  bool calls = false;
  loop.getRegion().walk([&](Operation *op) {
    ++operations;
    calls |= isMathCall(op);
    if (isa<memref::LoadOp, memref::StoreOp>(op))
      op->setAttr(accessGroupName, group);
    for (Type t : op->getResultTypes())
      if (t.isIntOrFloat())
        widest = std::max(widest, t.getIntOrFloatBitWidth());
  });
  LLVM::LoopVectorizeAttr vectorize;
  LLVM::LoopInterleaveAttr interleave;
  LLVM::LoopUnrollAttr unroll;
  Builder b(context);
  // Several vectors at a time would only be stored around each call.
  if (operations >= largeBody || calls)
    interleave = LLVM::LoopInterleaveAttr::get(context, b.getI32IntegerAttr(1));
  if (operations >= largeBody) {
    BoolAttr yes = b.getBoolAttr(true), no = b.getBoolAttr(false);
    vectorize = LLVM::LoopVectorizeAttr::get(context, /*disable=*/no, {}, {}, b.getI32IntegerAttr(vectorBits / widest), {}, {}, {});
    unroll = LLVM::LoopUnrollAttr::get(context, /*disable=*/yes, {}, {}, {}, {}, {}, {});
  }
  return LLVM::LoopAnnotationAttr::get(context, {}, vectorize, interleave, unroll, {}, {}, {}, {}, {}, {}, {}, {}, {}, {},
                                       {group});
}

/// The blocks around a statement: it is taken out of its block, and what follows it becomes a block with an argument for each
/// of its results.
class Cut {
public:
  Cut(Operation *statement, bool resultsAsArguments, RewriterBase &b) : before(statement->getBlock()) {
    after = b.splitBlock(before, std::next(Block::iterator(statement)));
    if (resultsAsArguments)
      for (Value result : statement->getResults())
        b.replaceAllUsesWith(result, after->addArgument(result.getType(), result.getLoc()));
  }
  /// Moves the blocks of `region` before `after`; the first of them.
  Block *inlineRegion(Region &region, RewriterBase &b) {
    Block *first = &region.front();
    b.inlineRegionBefore(region, after);
    return first;
  }
  Block *before, *after;
};

/// Ends a region's last block with a branch instead of scf.yield.
void branchInsteadOfYield(Block *last, Block *target, RewriterBase &b) {
  Operation *yield = last->getTerminator();
  b.setInsertionPoint(yield);
  b.replaceOpWithNewOp<cf::BranchOp>(yield, target, yield->getOperands());
}

struct Bounds {
  explicit Bounds(scf::ForOp loop) {
    APInt l, u, s;
    if (!matchPattern(loop.getStep(), m_ConstantInt(&s)))
      return;
    unit = s.isOne();
    if (!matchPattern(loop.getLowerBound(), m_ConstantInt(&l)) || !matchPattern(loop.getUpperBound(), m_ConstantInt(&u)))
      return;
    entered = loop.getUnsignedCmp() ? l.ult(u) : l.slt(u);
    exact = entered && (u - l).urem(s) == 0;
  }
  bool unit = false;    // the step is 1
  bool entered = false; // there is a turn for certain
  bool exact = false;   // the counter meets the upper bound
};

void lower(scf::ForOp loop, RewriterBase &b) {
  Location loc = loop.getLoc();
  LLVM::LoopAnnotationAttr annotation = loop->hasAttr("weft.parallel") ? annotateParallel(loop) : nullptr;
  Bounds bounds(loop);
  auto less = loop.getUnsignedCmp() ? arith::CmpIPredicate::ult : arith::CmpIPredicate::slt;
  // A counter that meets its bound need not be compared by order: LLVM counts such turns without asking what guards them.
  auto more = bounds.unit || bounds.exact ? arith::CmpIPredicate::ne : less;
  Value upper = loop.getUpperBound();

  Cut cut(loop, /*resultsAsArguments=*/true, b);
  Block *last = &loop.getRegion().back();
  Block *body = cut.inlineRegion(loop.getRegion(), b);

  Operation *yield = last->getTerminator();
  SmallVector<Value> results(yield->getOperands());
  b.setInsertionPoint(yield);
  // Positions of a buffer do not wrap; a user's range may end at the largest integer.
  auto flags = annotation ? arith::IntegerOverflowFlags::nsw : arith::IntegerOverflowFlags::none;
  Value next = arith::AddIOp::create(b, loc, body->getArgument(0), loop.getStep(), flags);
  Value again = arith::CmpIOp::create(b, loc, more, next, upper);
  SmallVector<Value> turn{next};
  llvm::append_range(turn, results);
  auto back = b.replaceOpWithNewOp<cf::CondBranchOp>(yield, again, body, turn, cut.after, results);
  if (annotation)
    back->setAttr(loopAnnotationName, annotation);

  b.setInsertionPointToEnd(cut.before);
  SmallVector<Value> start{loop.getLowerBound()};
  llvm::append_range(start, loop.getInitArgs());
  if (bounds.entered) {
    cf::BranchOp::create(b, loc, body, start);
  } else {
    Value enter = arith::CmpIOp::create(b, loc, less, loop.getLowerBound(), upper);
    cf::CondBranchOp::create(b, loc, enter, body, start, cut.after, loop.getInitArgs());
  }
  b.eraseOp(loop);
}

void lower(scf::IfOp statement, RewriterBase &b) {
  Cut cut(statement, /*resultsAsArguments=*/true, b);
  auto branch = [&](Region &region) {
    if (region.empty())
      return cut.after;
    branchInsteadOfYield(&region.back(), cut.after, b);
    return cut.inlineRegion(region, b);
  };
  Block *then = branch(statement.getThenRegion()), *otherwise = branch(statement.getElseRegion());
  b.setInsertionPointToEnd(cut.before);
  cf::CondBranchOp::create(b, statement.getLoc(), statement.getCondition(), then, ValueRange(), otherwise, ValueRange());
  b.eraseOp(statement);
}

/// The results are what the condition passes on; it dominates all that follows.
void lower(scf::WhileOp loop, RewriterBase &b) {
  Cut cut(loop, /*resultsAsArguments=*/false, b);
  auto condition = cast<scf::ConditionOp>(loop.getBefore().back().getTerminator());
  b.replaceAllUsesWith(loop.getResults(), condition.getArgs());
  branchInsteadOfYield(&loop.getAfter().back(), &loop.getBefore().front(), b);
  Block *test = cut.inlineRegion(loop.getBefore(), b);
  Block *body = cut.inlineRegion(loop.getAfter(), b);
  b.setInsertionPoint(condition);
  b.replaceOpWithNewOp<cf::CondBranchOp>(condition, condition.getCondition(), body, condition.getArgs(), cut.after,
                                         ValueRange());
  b.setInsertionPointToEnd(cut.before);
  cf::BranchOp::create(b, loop.getLoc(), test, loop.getInits());
  b.eraseOp(loop);
}

} // namespace

LogicalResult controlFlowToBlocks(Operation *module) {
  SmallVector<Operation *> statements;
  module->walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (isa_and_nonnull<scf::SCFDialect>(op->getDialect()) && !isa<scf::YieldOp, scf::ConditionOp>(op))
      statements.push_back(op);
  });
  IRRewriter b(module->getContext());
  for (Operation *statement : llvm::reverse(statements)) {
    if (auto loop = dyn_cast<scf::ForOp>(statement)) {
      if (matchPattern(loop.getStep(), m_Zero()))
        return loop.emitOpError("has a step of 0 and would not end");
      lower(loop, b);
    } else if (auto branch = dyn_cast<scf::IfOp>(statement))
      lower(branch, b);
    else if (auto loop = dyn_cast<scf::WhileOp>(statement))
      lower(loop, b);
    else
      return statement->emitError("is no statement that the tracer makes");
  }
  return success();
}

void splitAfterFailures(Operation *module) {
  SmallVector<Operation *> failing;
  module->walk([&](Operation *op) {
    auto store = dyn_cast<memref::StoreOp>(op);
    if (op->hasTrait<FailsAtRunTime>() ||
        (store && isa<StringType>(store.getMemRefType().getElementType())))
      failing.push_back(op);
  });
  IRRewriter b(module->getContext());
  for (Operation *op : llvm::reverse(failing)) {
    Block *before = op->getBlock(), *after = b.splitBlock(before, std::next(Block::iterator(op)));
    b.setInsertionPointToEnd(before);
    cf::BranchOp::create(b, op->getLoc(), after);
  }
}

} // namespace weft

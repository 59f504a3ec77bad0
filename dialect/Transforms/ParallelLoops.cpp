// The first step of weft-lower-to-llvm: scf.for as blocks. Upstream's lowering loses what weft.parallel says; here the
// loads and stores of such a loop get an access group and the branch back an annotation that names it, so that LLVM's
// vectoriser asks for no alias checks. It has to happen while a loop and what is in it can still be told.
#include "dialect/Transforms/LowerToLLVM.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace weft {
namespace {

LLVM::LoopAnnotationAttr annotate(scf::ForOp loop) {
  auto group = LLVM::AccessGroupAttr::get(loop.getContext());
  loop.getBody()->walk([&](Operation *op) {
    if (isa<memref::LoadOp, memref::StoreOp>(op))
      op->setAttr(accessGroupName, group);
  });
  return LLVM::LoopAnnotationAttr::get(loop.getContext(), {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {group});
}

/// The blocks: before, header (tests), body, after. The counter of a parallel loop runs over positions of a buffer, so it does
/// not wrap; a user's range may end at the largest integer, and its counter wraps as the language of scf says nothing.
struct ForToBlocks : OpRewritePattern<scf::ForOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(scf::ForOp loop, PatternRewriter &b) const override {
    Location loc = loop.getLoc();
    bool parallel = loop->hasAttr("weft.parallel");
    LLVM::LoopAnnotationAttr annotation = parallel ? annotate(loop) : nullptr;

    Block *before = loop->getBlock();
    Block *after = b.splitBlock(before, Block::iterator(loop));
    Block *header = loop.getBody();
    Block *body = b.splitBlock(header, header->begin());
    Block *last = &loop.getRegion().back();
    b.inlineRegionBefore(loop.getRegion(), after);

    Operation *yield = last->getTerminator();
    b.setInsertionPoint(yield);
    auto flags = parallel ? arith::IntegerOverflowFlags::nsw : arith::IntegerOverflowFlags::none;
    SmallVector<Value> next{arith::AddIOp::create(b, loc, header->getArgument(0), loop.getStep(), flags)};
    llvm::append_range(next, yield->getOperands());
    auto back = cf::BranchOp::create(b, loc, header, next);
    if (annotation)
      back->setAttr("loop_annotation", annotation);
    b.eraseOp(yield);

    b.setInsertionPointToEnd(before);
    SmallVector<Value> start{loop.getLowerBound()};
    llvm::append_range(start, loop.getInitArgs());
    cf::BranchOp::create(b, loc, header, start);

    b.setInsertionPointToEnd(header);
    auto less = loop.getUnsignedCmp() ? arith::CmpIPredicate::ult : arith::CmpIPredicate::slt;
    Value more = arith::CmpIOp::create(b, loc, less, header->getArgument(0), loop.getUpperBound());
    cf::CondBranchOp::create(b, loc, more, body, ValueRange(), after, ValueRange());
    b.replaceOp(loop, header->getArguments().drop_front());
    return success();
  }
};

} // namespace

void populateLoopPatterns(RewritePatternSet &patterns) {
  patterns.add<ForToBlocks>(patterns.getContext(), /*benefit=*/10);
}

} // namespace weft

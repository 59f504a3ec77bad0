// weft-fuse-rows: loops that stand one after the other and take the same rows become one, where what one writes the other
// reads or writes in the same row only. A row then stays in the processor's nearest cache while all loops work on it: the
// four loops of a softmax read their matrix from memory once. Each element is computed as before.
#include "dialect/Transforms/Groups.h"
#include "dialect/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_FUSEROWSPASS
#include "dialect/Transforms/Passes.h.inc"

namespace {

bool isSame(Value a, Value b) {
  std::optional<int64_t> x = getConstantIntValue(a), y = getConstantIntValue(b);
  return a == b || (x && x == y);
}

/// How a loop uses one buffer.
struct Use {
  SmallVector<ValueRange> accesses; // their indices
  bool written = false;
};

/// A loop over rows, alone or as all that a weft.parallel does.
class Rows {
public:
  /// None where `op` is another thing, or does more than read and write elements of buffers that are known.
  static std::optional<Rows> of(Operation *op) {
    Rows rows;
    rows.op = op;
    rows.loop = dyn_cast<scf::ForOp>(op);
    if (auto shared = dyn_cast<ParallelOp>(op)) {
      if (shared.getStep() != 1 || shared.getNumResults() || !shared.getDivided().empty())
        return std::nullopt;
      for (Operation &inner : shared.getBody().front().without_terminator())
        if (auto loop = dyn_cast<scf::ForOp>(inner); loop && !rows.loop)
          rows.loop = loop;
        else if (!isMemoryEffectFree(&inner) || inner.getNumRegions())
          return std::nullopt;
      Block &turns = shared.getBody().front();
      if (rows.loop && (rows.loop.getLowerBound() != turns.getArgument(0) ||
                        rows.loop.getUpperBound() != turns.getArgument(1) || !isUnit(rows.loop.getStep())))
        return std::nullopt;
    }
    bool good = rows.loop && rows.loop.getNumResults() == 0 && rows.hasInnerLoop() && rows.findUses();
    return good ? std::optional(std::move(rows)) : std::nullopt;
  }

  bool takesTheRowsOf(const Rows &other) const {
    if (op->getName() != other.op->getName())
      return false;
    if (auto mine = dyn_cast<ParallelOp>(op)) {
      auto theirs = cast<ParallelOp>(other.op);
      return isSame(mine.getLower(), theirs.getLower()) && isSame(mine.getUpper(), theirs.getUpper());
    }
    scf::ForOp mine = loop, theirs = other.loop;
    return isSame(mine.getLowerBound(), theirs.getLowerBound()) &&
           isSame(mine.getUpperBound(), theirs.getUpperBound()) && isSame(mine.getStep(), theirs.getStep());
  }

  /// Whether turn i of `next` may run before turns after i of this.
  bool mayTake(const Rows &next) const {
    for (auto &[buffer, use] : uses) {
      auto other = next.uses.find(buffer);
      if (other == next.uses.end() || !(use.written || other->second.written))
        continue;
      // The lanes of reductions are set before they are read, in each turn of both.
      if (!buffer.getDefiningOp<memref::AllocaOp>() && !inSameRow(use, next, other->second))
        return false;
    }
    return true;
  }

  /// Puts the turns of `next`, which follows, behind those of this, turn by turn. What stands between has been moved.
  void take(Rows &next) {
    if (auto shared = dyn_cast<ParallelOp>(op)) {
      auto theirs = cast<ParallelOp>(next.op);
      OpBuilder b(op);
      shared.getWorkMutable().assign(arith::AddIOp::create(b, op->getLoc(), shared.getWork(), theirs.getWork()));
      Block &turns = shared.getBody().front(), &more = theirs.getBody().front();
      for (auto [mine, other] : llvm::zip(turns.getArguments(), more.getArguments()))
        other.replaceAllUsesWith(mine);
      for (Operation &inner : llvm::make_early_inc_range(more.without_terminator()))
        inner.moveBefore(&inner == next.loop.getOperation() ? turns.getTerminator() : loop.getOperation());
    }
    Block &turn = *loop.getBody(), &more = *next.loop.getBody();
    next.loop.getInductionVar().replaceAllUsesWith(loop.getInductionVar());
    more.getTerminator()->erase();
    turn.getOperations().splice(turn.getTerminator()->getIterator(), more.getOperations());
    if (!next.loop->hasAttr("weft.parallel")) // turns are independent where those of both are
      loop->removeAttr("weft.parallel");
    next.loop.erase();
    if (isa<ParallelOp>(op))
      next.op->erase();
  }

  Operation *op;
  scf::ForOp loop;

private:
  static bool isUnit(Value step) { return getConstantIntValue(step) == 1; }
  bool hasInnerLoop() { return !loop.getBody()->getOps<scf::ForOp>().empty(); }

  /// Whether both use the buffer at the index of their own turn only, in one of its dimensions.
  bool inSameRow(const Use &use, const Rows &next, const Use &other) const {
    scf::ForOp first = loop, second = next.loop;
    auto isAlong = [](const Use &u, unsigned d, Value turn) {
      return llvm::all_of(u.accesses, [&](ValueRange indices) { return indices[d] == turn; });
    };
    for (unsigned d = 0; d < use.accesses.front().size(); ++d)
      if (isAlong(use, d, first.getInductionVar()) && isAlong(other, d, second.getInductionVar()))
        return true;
    return false;
  }

  /// Buffers that cannot overlap: those the function makes and, as long as only they are written, what it is given. What a buffer may
  /// be taken from counts as that buffer (rootOf).
  static bool isKnown(Value buffer, bool written) {
    if (Operation *made = buffer.getDefiningOp())
      return isa<AllocOp, TakeBufferOp, memref::AllocaOp>(made) || (!written && isa<memref::GetGlobalOp>(made));
    auto argument = cast<BlockArgument>(buffer);
    return !written && argument.getOwner()->isEntryBlock() && isa<FunctionOpInterface>(argument.getOwner()->getParentOp());
  }

  bool findUses() {
    WalkResult result = loop.getBody()->walk([&](Operation *inner) {
      Value buffer;
      ValueRange indices;
      bool write = false;
      if (auto load = dyn_cast<memref::LoadOp>(inner)) {
        buffer = load.getMemRef();
        indices = load.getIndices();
      } else if (auto store = dyn_cast<memref::StoreOp>(inner)) {
        buffer = store.getMemRef();
        indices = store.getIndices();
        write = true;
      } else
        return isMemoryEffectFree(inner) || inner->hasTrait<OpTrait::HasRecursiveMemoryEffects>()
                   ? WalkResult::advance()
                   : WalkResult::interrupt();
      if (!isKnown(buffer, write))
        return WalkResult::interrupt();
      Use &use = uses[rootOf(buffer)];
      use.accesses.push_back(indices);
      use.written |= write;
      return WalkResult::advance();
    });
    return !result.wasInterrupted();
  }

  llvm::MapVector<Value, Use> uses;
};

/// Empties the space between two loops: computations and allocations go before the first, the ends of buffers behind the
/// second. False, with nothing moved, where something else stands there.
bool clearBetween(Operation *first, Operation *second) {
  SmallVector<Operation *> before, after;
  for (Operation *o = first->getNextNode(); o != second; o = o->getNextNode())
    if (isa<FreeOp>(o))
      after.push_back(o);
    else if (isa<AllocOp, TakeBufferOp>(o) || (isMemoryEffectFree(o) && !o->getNumRegions()))
      before.push_back(o);
    else
      return false;
  for (Operation *o : before)
    o->moveBefore(first);
  for (Operation *o : llvm::reverse(after))
    o->moveAfter(second);
  return true;
}

struct FuseRowsPass : impl::FuseRowsPassBase<FuseRowsPass> {
  void runOnOperation() override { fuseIn(getOperation().getBody().front()); }

  void fuseIn(Block &block) {
    for (Operation *o = &block.front(); o; o = o->getNextNode())
      if (std::optional<Rows> rows = Rows::of(o))
        while (takeNext(*rows))
          rows = Rows::of(o);
    for (Operation &o : block)
      for (Region &region : o.getRegions())
        for (Block &inner : region)
          fuseIn(inner);
  }

  bool takeNext(Rows &rows) {
    Operation *o = rows.op->getNextNode();
    while (o && !isa<scf::ForOp, ParallelOp>(o))
      o = o->getNextNode();
    std::optional<Rows> next = o ? Rows::of(o) : std::nullopt;
    if (!next || !next->takesTheRowsOf(rows) || !rows.mayTake(*next) || !clearBetween(rows.op, next->op))
      return false;
    rows.take(*next);
    ++fused;
    return true;
  }
};

} // namespace
} // namespace weft

// Loops that threads may share, as GroupEmitter writes them: the turns become the region of a weft.parallel, which
// weft-outline-parallel makes a function. Code that has other effects than elements, or that is too little work, is
// taken out again.
#include "dialect/Transforms/GroupEmitter.h"
#include "dialect/Transforms/LowerToLLVM.h"
#include "lib/parallel/parallel.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;

namespace weft {

/// What a call of a function of mathematics is, counted in simple operations.
static constexpr int64_t callWork = 16;
/// What no group counts more than for an element, so that small arrays are known to be little before any code is
/// written.
static constexpr int64_t mostWork = 128;

bool GroupEmitter::mayShare(int64_t elements) {
  // Not asked: how many threads there are. The code is kept, and other processes load it.
  int64_t least = detail::least_shared_work();
  return least != detail::never_shared && (ShapedType::isDynamic(elements) || elements >= least / mostWork);
}

static int64_t knownOr(Value v, int64_t otherwise) { return getConstantIntValue(v).value_or(otherwise); }

/// The operations that the group does for an element, reads and writes among them.
static int64_t workOfElement(FusedOp group, ParallelOp op) {
  int64_t work = group.getBody().front().getOperations().size() + group.getIns().size() + group.getOuts().size();
  op.walk([&](Operation *inner) { work += isMathCall(inner) ? callWork : 0; });
  return std::min(work, mostWork);
}

/// The checks that are made once, behind all turns.
static SmallVector<CheckOp> checksBehind(ParallelOp op) {
  return llvm::to_vector(llvm::make_filter_range(op.getBody().front().getOps<CheckOp>(),
                                                 [](CheckOp check) { return check.getArgs().empty(); }));
}

/// Whether the turns do nothing but read and write elements of numbers, but for `checks`.
static bool onlyComputes(ParallelOp op, ArrayRef<CheckOp> checks) {
  return !op.getBody()
              .walk([&](Operation *inner) {
                auto store = dyn_cast<memref::StoreOp>(inner);
                bool plain = store ? !isa<StringType>(store.getValue().getType())
                                   : isa<memref::LoadOp>(inner) ||
                                         inner->hasTrait<OpTrait::HasRecursiveMemoryEffects>() ||
                                         isMemoryEffectFree(inner) || llvm::is_contained(checks, inner);
                return plain ? WalkResult::advance() : WalkResult::interrupt();
              })
              .wasInterrupted();
}

/// The turns in place of the operation.
static void inlineTurns(ParallelOp op) {
  Block &turns = op.getBody().front();
  turns.getArgument(0).replaceAllUsesWith(op.getLower());
  turns.getArgument(1).replaceAllUsesWith(op.getUpper());
  turns.getTerminator()->erase();
  op->getBlock()->getOperations().splice(op->getIterator(), turns.getOperations());
  op->erase();
}

bool GroupEmitter::share(Value elements, Value lower, Value upper, int64_t step, ValueRange divided,
                         function_ref<void(Value, Value)> body) {
  if (levels.size() > 1 || !mayShare(knownOr(elements, ShapedType::kDynamic)))
    return false;
  auto op = ParallelOp::create(b, loc, TypeRange(), lower, upper, elements, step, divided);
  Type indexType = b.getIndexType();
  Block *turns = b.createBlock(&op.getBody(), {}, {indexType, indexType}, {loc, loc});
  YieldOp::create(b, loc, ValueRange());
  enter(turns);
  body(turns->getArgument(0), turns->getArgument(1));
  leave();

  SmallVector<CheckOp> checks = checksBehind(op);
  int64_t each = workOfElement(group, op), known = knownOr(elements, ShapedType::kDynamic);
  bool little = !ShapedType::isDynamic(known) && known < detail::least_shared_work() / each;
  if (little || !onlyComputes(op, checks)) {
    inlineTurns(op);
    return true;
  }
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPoint(op);
  SmallVector<Type> held(checks.size(), b.getI1Type());
  auto whole = ParallelOp::create(b, loc, held, lower, upper, mul(elements, index(each)), step, divided);
  whole.getBody().takeBody(op.getBody());
  op->erase();
  Operation *yield = turns->getTerminator(), *behind = whole;
  for (auto [check, result] : llvm::zip(checks, whole.getHeld())) {
    yield->insertOperands(yield->getNumOperands(), check.getCondition());
    check->moveAfter(behind);
    check.getConditionMutable().assign(result);
    behind = check;
  }
  return true;
}

void GroupEmitter::sharedLoop(Value tensor, Value lower, Value upper, int64_t step, function_ref<void(Value)> body) {
  auto turns = [&](Value begin, Value end) { loop(begin, end, step, /*independent=*/true, body); };
  std::optional<int64_t> from = getConstantIntValue(lower), to = getConstantIntValue(upper);
  bool several = !from || !to || *to - *from > step;
  auto type = cast<RankedTensorType>(tensor.getType());
  int64_t known = type.hasStaticShape() ? type.getNumElements() : ShapedType::kDynamic;
  if (!several || levels.size() > 1 || !mayShare(known) || !share(count(tensor), lower, upper, step, {}, turns))
    turns(lower, upper);
}

} // namespace weft

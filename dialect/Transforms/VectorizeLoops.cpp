// weft-vectorize-loops: a loop over rows whose turns have loops of their own, as weft::map makes, takes a vector of
// rows at a time, with masks where they part (LaneEmitter.h). LLVM vectorises innermost loops only, and none that it
// cannot count. In the Loops form, behind weft-expand-math.
//
// The turns have to be independent: apart from scalars, a turn touches what other turns write only in its own row.
// Operations of other kinds (checks, effects, calls) leave a loop as it is, except the check that a row exists: the
// vectors stop before the first row that does not, and the loop over single rows goes on from there to its error.
#include "dialect/Transforms/Groups.h"
#include "dialect/Transforms/LaneEmitter.h"
#include "dialect/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Iterators.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Pass/Pass.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_VECTORIZELOOPSPASS
#include "dialect/Transforms/Passes.h.inc"
namespace {

std::optional<int64_t> constantOf(Value v) {
  APInt n;
  return matchPattern(v, m_ConstantInt(&n)) ? std::optional(n.getSExtValue()) : std::nullopt;
}

constexpr int64_t fewestLanes = 4;

bool isLaneType(Type t) { return t.isIndex() || isa<IntegerType>(t) || t.isF32() || t.isF64(); }

/// Whether a loop is worth a look: it counts rows, and a turn of it has a loop that carries scalars only.
bool hasInnerLoop(scf::ForOp loop) {
  bool found = false, other = false;
  loop.getBody()->walk([&](Operation *op) {
    bool repeats = isa<scf::ForOp, scf::WhileOp>(op);
    found |= repeats;
    other |= repeats && (op->getNumResults() == 0 || !llvm::all_of(op->getResultTypes(), isLaneType));
  });
  return found && !other && constantOf(loop.getStep()) == 1 && !loop.getUnsignedCmp();
}

/// A loop that some lanes would leave before others, as one that asks before each turn.
void turnIntoWhile(scf::ForOp loop) {
  OpBuilder b(loop);
  Location loc = loop.getLoc();
  SmallVector<Value> inits{loop.getLowerBound()};
  llvm::append_range(inits, loop.getInitArgs());
  auto before = [&](OpBuilder &, Location, ValueRange args) {
    auto less = loop.getUnsignedCmp() ? arith::CmpIPredicate::ult : arith::CmpIPredicate::slt;
    Value more = arith::CmpIOp::create(b, loc, less, args[0], loop.getUpperBound());
    scf::ConditionOp::create(b, loc, more, args);
  };
  auto after = [&](OpBuilder &, Location, ValueRange args) {
    Operation *yield = loop.getBody()->getTerminator();
    for (auto [old, arg] : llvm::zip(loop.getBody()->getArguments(), args))
      old.replaceAllUsesWith(arg);
    b.getInsertionBlock()->getOperations().splice(b.getInsertionPoint(), loop.getBody()->getOperations(),
                                                  loop.getBody()->begin(), yield->getIterator());
    SmallVector<Value> next{arith::AddIOp::create(b, loc, args[0], loop.getStep())};
    llvm::append_range(next, yield->getOperands());
    scf::YieldOp::create(b, loc, next);
  };
  auto made = scf::WhileOp::create(b, loc, TypeRange(ValueRange(inits)), inits, before, after);
  loop.replaceAllUsesWith(made.getResults().drop_front());
  loop.erase();
}

/// One loop on its way to vectors. Works on a copy of it, from which the lanes are written in the end.
class LoopVectorizer {
public:
  LoopVectorizer(scf::ForOp loop, unsigned vectorBits) : loop(loop), vectorBits(vectorBits), b(loop) {}
  /// False where the loop is left as it was.
  bool run();

private:
  bool prepare();
  void foldCounter();
  bool takeBound(CheckOp check);
  Value outside(Value v);
  bool isVectorizable();
  bool isVectorizable(Operation *op);
  bool areTurnsIndependent();
  int64_t laneCount();
  void emit(int64_t lanes);

  scf::ForOp loop, copy;
  const unsigned vectorBits;
  OpBuilder b;
  std::optional<Uniformity> uniformity;
  SmallVector<Value> bounds; // of the rows there are
};

/// What `v` is in front of the loop, if it is known there.
Value LoopVectorizer::outside(Value v) {
  if (copy.isDefinedOutsideOfLoop(v))
    return v;
  if (std::optional<int64_t> n = constantOf(v))
    return arith::ConstantOp::create(b, loop.getLoc(), b.getIntegerAttr(v.getType(), *n));
  auto dim = v.getDefiningOp<memref::DimOp>();
  if (!dim || !dim.getConstantIndex() || !copy.isDefinedOutsideOfLoop(dim.getSource()))
    return {};
  return b.createOrFold<memref::DimOp>(loop.getLoc(), dim.getSource(), *dim.getConstantIndex());
}

/// A check that the counter is less than something known before the loop need not be made for the rows in front of
/// that.
bool LoopVectorizer::takeBound(CheckOp check) {
  auto test = check.getCondition().getDefiningOp<arith::CmpIOp>();
  if (!test || test.getPredicate() != arith::CmpIPredicate::ult || !uniformity->isCounter(test.getLhs()))
    return false;
  Value bound = outside(test.getRhs());
  if (!bound)
    return false;
  if (!llvm::is_contained(bounds, bound))
    bounds.push_back(bound);
  return true;
}

/// What is done to the counter of a loop that begins at 0 or behind, in case it were negative, and to an index in
/// general.
void LoopVectorizer::foldCounter() {
  copy.getBody()->walk([&](Operation *op) {
    if (auto select = dyn_cast<arith::SelectOp>(op)) {
      auto test = select.getCondition().getDefiningOp<arith::CmpIOp>();
      if (test && test.getPredicate() == arith::CmpIPredicate::slt && uniformity->isCounter(test.getLhs()) &&
          matchPattern(test.getRhs(), m_Zero()) && constantOf(loop.getLowerBound()).value_or(-1) >= 0)
        select.replaceAllUsesWith(select.getFalseValue());
    } else if (auto sum = dyn_cast<arith::AddIOp>(op); sum && matchPattern(sum.getRhs(), m_Zero())) {
      sum.replaceAllUsesWith(sum.getLhs());
    } else if (auto check = dyn_cast<CheckOp>(op); check && takeBound(check)) {
      check.erase();
    }
  });
  copy->walk<WalkOrder::PostOrder, ReverseIterator>([&](Operation *op) {
    if (op != copy && isOpTriviallyDead(op))
      op->erase();
  });
}

/// Makes the copy as simple as vectors need it. False where the loop carries something.
bool LoopVectorizer::prepare() {
  copy = cast<scf::ForOp>(b.clone(*loop));
  for (auto [arg, init, next] : llvm::zip(copy.getRegionIterArgs(), copy.getInitArgs(), copy.getYieldedValues())) {
    if (arg != next || !isa<MemRefType>(arg.getType()))
      return false;
    arg.replaceAllUsesExcept(init, copy.getBody()->getTerminator());
  }
  uniformity.emplace(copy);
  foldCounter();
  uniformity.emplace(copy);
  SmallVector<scf::ForOp> parting;
  copy.getBody()->walk([&](scf::ForOp inner) {
    if (uniformity->varies({inner.getLowerBound(), inner.getUpperBound(), inner.getStep()}))
      parting.push_back(inner);
  });
  llvm::for_each(parting, turnIntoWhile);
  if (!parting.empty())
    uniformity.emplace(copy);
  return true;
}

bool LoopVectorizer::isVectorizable(Operation *op) {
  if (isa<scf::YieldOp, scf::ConditionOp, scf::IfOp, scf::WhileOp, scf::ForOp>(op))
    return llvm::all_of(op->getResultTypes(), isLaneType);
  if (auto load = dyn_cast<memref::LoadOp>(op)) {
    // A counted loop over elements of its row is a reduction, which has vectors of its own.
    bool each = isa<scf::ForOp>(op->getParentOp()) && op->getParentOp() != copy;
    return isLaneType(load.getType()) && !(each && uniformity->isVector(load.getResult()));
  }
  if (auto store = dyn_cast<memref::StoreOp>(op))
    return isLaneType(store.getValueToStore().getType());
  if (!isMemoryEffectFree(op) || op->getNumRegions() > 0 || !llvm::all_of(op->getResultTypes(), isLaneType))
    return false;
  return op->hasTrait<OpTrait::Vectorizable>() || isa<UnrealizedConversionCastOp>(op) ||
         !uniformity->varies(op->getOperands());
}

bool LoopVectorizer::isVectorizable() {
  bool all = true;
  copy.getBody()->walk([&](Operation *op) {
    all &= isVectorizable(op);
    return all ? WalkResult::advance() : WalkResult::interrupt();
  });
  return all;
}

/// Different buffers have different elements (docs/pipeline.md), except for views and for what is chosen between two.
bool LoopVectorizer::areTurnsIndependent() {
  auto row = [&](ValueRange indices) {
    return llvm::find_if(indices, [&](Value v) { return uniformity->isCounter(v); }).getIndex();
  };
  llvm::SmallDenseMap<Value, ptrdiff_t> written; // which index of a buffer is the row
  bool independent = true;
  copy.getBody()->walk([&](memref::StoreOp store) {
    ptrdiff_t at = row(store.getIndices());
    auto [it, first] = written.try_emplace(store.getMemref(), at);
    independent &=
        at < std::ssize(store.getIndices()) && it->second == at && rootOf(store.getMemref()) == store.getMemref();
  });
  copy.getBody()->walk([&](memref::LoadOp load) {
    if (auto it = written.find(rootOf(load.getMemref())); it != written.end())
      independent &= it->first == load.getMemref() && it->second == row(load.getIndices());
  });
  return independent;
}

/// So many that the widest numbers that differ fill the vector bits, but no more than there are rows; 0 where those are
/// few.
int64_t LoopVectorizer::laneCount() {
  unsigned widest = 32;
  auto widen = [&](Value v) {
    if (uniformity->isVector(v) && !v.getType().isIndex())
      widest = std::max(widest, v.getType().getIntOrFloatBitWidth());
  };
  copy.getBody()->walk([&](Operation *op) {
    llvm::for_each(op->getResults(), widen);
    for (Region &region : op->getRegions())
      llvm::for_each(region.getArguments(), widen);
  });
  int64_t lanes = vectorBits / widest;
  std::optional<int64_t> lower = constantOf(loop.getLowerBound()), upper = constantOf(loop.getUpperBound());
  if (lower && upper)
    while (lanes > *upper - *lower)
      lanes /= 2;
  return lanes < fewestLanes ? 0 : lanes;
}

/// for (i = lower; i < last; i += lanes), where the last vector ends with the last row: some rows may be computed
/// again. Not where they read what they write: there the rest is left to the loop over single rows, as are fewer rows
/// than lanes.
void LoopVectorizer::emit(int64_t lanes) {
  Location loc = loop.getLoc();
  Type type = loop.getInductionVar().getType();
  auto cast = [&](OpBuilder &at, Type to, Value v) {
    return v.getType() == to ? v : at.createOrFold<arith::IndexCastOp>(loc, to, v);
  };
  // A narrow counter might wrap where it passes the last row.
  Type wide = type.isInteger(64) ? type : b.getIndexType();
  auto constant = [&](int64_t v) -> Value { return arith::ConstantOp::create(b, loc, b.getIntegerAttr(wide, v)); };
  Value lower = cast(b, wide, loop.getLowerBound()), upper = cast(b, wide, loop.getUpperBound());
  for (Value bound : bounds)
    upper = b.createOrFold<arith::MinSIOp>(loc, upper, cast(b, wide, bound));
  llvm::SmallDenseSet<Value> written;
  copy.getBody()->walk([&](memref::StoreOp store) { written.insert(store.getMemref()); });
  bool again = true;
  copy.getBody()->walk([&](memref::LoadOp load) { again &= !written.contains(load.getMemref()); });

  Value width = constant(lanes), rows = b.createOrFold<arith::SubIOp>(loc, upper, lower), end;
  if (again) {
    Value enough = b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::sge, rows, width);
    end = b.createOrFold<arith::SelectOp>(loc, enough, upper, lower);
  } else {
    Value whole = b.createOrFold<arith::MaxSIOp>(loc, rows, constant(0));
    whole = b.createOrFold<arith::SubIOp>(loc, whole, b.createOrFold<arith::RemUIOp>(loc, whole, width));
    end = b.createOrFold<arith::AddIOp>(loc, lower, whole);
  }
  Value latest = again ? b.createOrFold<arith::SubIOp>(loc, end, width) : Value();
  auto vectors = scf::ForOp::create(b, loc, lower, end, width);
  OpBuilder inside = OpBuilder::atBlockBegin(vectors.getBody());
  Value first = vectors.getInductionVar();
  if (again)
    first = arith::MinSIOp::create(inside, loc, first, latest);
  LaneEmitter(copy, *uniformity, lanes, inside).emit(cast(inside, type, first));
  loop.setLowerBound(cast(b, type, end));
}

bool LoopVectorizer::run() {
  if (!hasInnerLoop(loop))
    return false;
  int64_t lanes = prepare() && isVectorizable() && areTurnsIndependent() ? laneCount() : 0;
  if (lanes > 0)
    emit(lanes);
  copy.erase();
  if (lanes > 0 && constantOf(loop.getLowerBound()) &&
      constantOf(loop.getLowerBound()) == constantOf(loop.getUpperBound())) {
    loop.replaceAllUsesWith(loop.getInitArgs());
    loop.erase();
  }
  return lanes > 0;
}

struct VectorizeLoopsPass : impl::VectorizeLoopsPassBase<VectorizeLoopsPass> {
  using VectorizeLoopsPassBase::VectorizeLoopsPassBase;

  void runOnOperation() override {
    getOperation().walk<WalkOrder::PreOrder>([&](scf::ForOp loop) {
      if (!LoopVectorizer(loop, vectorBits).run())
        return WalkResult::advance();
      ++vectorized;
      return WalkResult::skip();
    });
  }
};

} // namespace
} // namespace weft

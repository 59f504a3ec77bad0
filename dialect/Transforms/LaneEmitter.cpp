// See LaneEmitter.h.
#include "dialect/Transforms/LaneEmitter.h"

#include "dialect/Transforms/LowerToLLVM.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace weft {
namespace {

/// A side of a branch that costs no more than this is computed whether or not a lane takes it.
constexpr int cheapSide = 24;

/// What computing a side costs in additions or so; nothing where it may only run if a lane takes it.
std::optional<int> costOf(Block &side) {
  int cost = 0;
  for (Operation &op : side.without_terminator()) {
    if (auto branch = dyn_cast<scf::IfOp>(op)) {
      for (Region &region : branch->getRegions()) {
        std::optional<int> inner = region.empty() ? 0 : costOf(region.front());
        if (!inner)
          return std::nullopt;
        cost += *inner;
      }
      continue;
    }
    if (!isMemoryEffectFree(&op) || op.getNumRegions() > 0)
      return std::nullopt;
    // A division of integers is one for each lane.
    bool divides = isa<arith::DivSIOp, arith::DivUIOp, arith::RemSIOp, arith::RemUIOp>(op) &&
                   !matchPattern(op.getOperand(1), m_Constant());
    bool calls = divides || isMathCall(&op) || isa<arith::RemFOp>(op);
    cost += calls ? cheapSide : isa<arith::DivFOp, math::SqrtOp>(op) ? 4 : 1;
  }
  return cost;
}

bool isCheap(Block &side) {
  std::optional<int> cost = costOf(side);
  return cost && *cost <= cheapSide;
}

} // namespace

//===--- Values --------------------------------------------------------------------------------------------------===//

Value LaneEmitter::splat(Type t, int64_t v) {
  ScalarBuilder scalars(b, loc);
  return vector::BroadcastOp::create(b, loc, vectorOf(t), scalars.constantInt(t, v));
}

Value LaneEmitter::scalar(Value v) const {
  Value made = values.lookup(v);
  return made ? made : v; // from outside of the loop
}

Value LaneEmitter::vector(Value v) {
  Value made = scalar(v);
  if (uniformity.isVector(v))
    return made;
  VectorType type = vectorOf(v.getType());
  Value all = vector::BroadcastOp::create(b, loc, type, made);
  if (!uniformity.varies(v))
    return all;
  SmallVector<Attribute> steps;
  for (int64_t lane = 0; lane < lanes; ++lane)
    steps.push_back(b.getIntegerAttr(v.getType(), lane));
  return arith::AddIOp::create(b, loc, all, arith::ConstantOp::create(b, loc, DenseElementsAttr::get(type, steps)));
}

Value LaneEmitter::both(Value mask, Value condition) {
  return mask ? arith::AndIOp::create(b, loc, mask, condition).getResult() : condition;
}

Value LaneEmitter::any(Value mask) { return vector::ReductionOp::create(b, loc, vector::CombiningKind::OR, mask); }

//===--- Operations ----------------------------------------------------------------------------------------------===//

void LaneEmitter::emit(Value first) {
  bind(loop.getInductionVar(), first);
  emitBlock(*loop.getBody(), nullptr);
}

void LaneEmitter::emitBlock(Block &block, Value mask) {
  for (Operation &op : block.without_terminator())
    emitOp(&op, mask);
}

void LaneEmitter::emitOp(Operation *op, Value mask) {
  loc = op->getLoc();
  if (auto branch = dyn_cast<scf::IfOp>(op))
    return emitIf(branch, mask);
  if (auto inner = dyn_cast<scf::ForOp>(op))
    return emitFor(inner, mask);
  if (auto inner = dyn_cast<scf::WhileOp>(op))
    return emitWhile(inner, mask);
  if (auto store = dyn_cast<memref::StoreOp>(op))
    return emitStore(store, mask);
  bool vectors = llvm::any_of(op->getResults(), [&](Value v) { return uniformity.isVector(v); });
  if (auto load = dyn_cast<memref::LoadOp>(op); load && vectors)
    return emitLoad(load, mask);
  OperationState state(loc, op->getName());
  for (Value v : op->getOperands())
    state.operands.push_back(vectors ? vector(v) : scalar(v));
  for (Value v : op->getResults())
    state.types.push_back(typeOf(v));
  state.attributes = op->getDiscardableAttrDictionary();
  state.propertiesAttr = op->getPropertiesAsAttribute();
  bind(op->getResults(), b.create(state)->getResults());
}

//===--- Branches ------------------------------------------------------------------------------------------------===//

SmallVector<Value> LaneEmitter::emitSide(Block &block, Value mask) {
  auto results = [&] {
    return llvm::map_to_vector(block.getTerminator()->getOperands(), [&](Value v) { return vector(v); });
  };
  if (isCheap(block)) {
    emitBlock(block, mask);
    return results();
  }
  auto taken = [&](OpBuilder &, Location at) {
    emitBlock(block, mask);
    scf::YieldOp::create(b, at, results());
  };
  auto skipped = [&](OpBuilder &, Location at) {
    SmallVector<Value> zeros;
    for (Type t : block.getTerminator()->getOperandTypes())
      zeros.push_back(splat(t, 0));
    scf::YieldOp::create(b, at, zeros);
  };
  return scf::IfOp::create(b, loc, any(mask), taken, skipped)->getResults();
}

void LaneEmitter::emitIf(scf::IfOp op, Value mask) {
  if (!uniformity.varies(op.getCondition())) {
    auto side = [&](Block *block) {
      return [this, op, block, mask](OpBuilder &, Location at) mutable {
        SmallVector<Value> yields;
        if (block) {
          emitBlock(*block, mask);
          for (auto [result, v] : llvm::zip(op.getResults(), block->getTerminator()->getOperands()))
            yields.push_back(as(result, v));
        }
        scf::YieldOp::create(b, at, yields);
      };
    };
    auto made = scf::IfOp::create(b, loc, scalar(op.getCondition()), side(op.thenBlock()), side(op.elseBlock()));
    return bind(op.getResults(), made.getResults());
  }
  Value condition = vector(op.getCondition());
  SmallVector<Value> then = emitSide(*op.thenBlock(), both(mask, condition)), otherwise;
  if (op.elseBlock()) {
    Value opposite = arith::XOrIOp::create(b, loc, condition, splat(b.getI1Type(), 1));
    otherwise = emitSide(*op.elseBlock(), both(mask, opposite));
  }
  for (auto [result, x, y] : llvm::zip(op.getResults(), then, otherwise))
    bind(result, arith::SelectOp::create(b, loc, condition, x, y));
}

//===--- Loops ---------------------------------------------------------------------------------------------------===//

/// Every lane takes the same turns.
void LaneEmitter::emitFor(scf::ForOp op, Value mask) {
  SmallVector<Value> inits;
  for (auto [arg, init] : llvm::zip(op.getRegionIterArgs(), op.getInitArgs()))
    inits.push_back(as(arg, init));
  auto body = [&](OpBuilder &, Location at, Value i, ValueRange args) {
    bind(op.getInductionVar(), i);
    bind(op.getRegionIterArgs(), args);
    emitBlock(*op.getBody(), mask);
    SmallVector<Value> next;
    for (auto [arg, v] : llvm::zip(op.getRegionIterArgs(), op.getYieldedValues()))
      next.push_back(as(arg, v));
    scf::YieldOp::create(b, at, next);
  };
  auto made = scf::ForOp::create(b, loc, scalar(op.getLowerBound()), scalar(op.getUpperBound()), scalar(op.getStep()),
                                 inits, body, op.getUnsignedCmp());
  bind(op.getResults(), made.getResults());
}

/// Where the lanes leave at different times, the loop also carries which are still in it. A result is what its lane had
/// when it left: an argument of the loop is left as it is then, another value is kept beside.
void LaneEmitter::emitWhile(scf::WhileOp op, Value mask) {
  scf::ConditionOp test = op.getConditionOp();
  ValueRange passed = test.getArgs();
  bool diverges = uniformity.varies(test.getCondition());
  SmallVector<Value> inits;
  for (auto [arg, init] : llvm::zip(op.getBeforeArguments(), op.getInits()))
    inits.push_back(as(arg, init));
  SmallVector<Type> types;
  for (Value arg : op.getAfterArguments())
    types.push_back(typeOf(arg));
  unsigned carried = inits.size(), handed = types.size();
  SmallVector<unsigned> kept;                   // the results kept beside
  llvm::SmallDenseMap<unsigned, unsigned> left; // by argument of the loop: the number by which it is passed
  if (diverges) {
    inits.push_back(mask ? mask : splat(b.getI1Type(), 1));
    for (auto [k, v] : llvm::enumerate(passed)) {
      auto arg = dyn_cast<BlockArgument>(v);
      if (op.getResult(k).use_empty())
        continue;
      if (arg && arg.getOwner() == op.getBeforeBody() && uniformity.isVector(arg)) {
        left[arg.getArgNumber()] = k;
      } else {
        kept.push_back(k);
        inits.push_back(splat(v.getType(), 0));
      }
    }
    llvm::append_range(types, TypeRange(ValueRange(inits).drop_front(carried)));
  }
  auto before = [&](OpBuilder &, Location at, ValueRange args) {
    bind(op.getBeforeArguments(), args.take_front(carried));
    Value active = diverges ? args[carried] : mask;
    emitBlock(*op.getBeforeBody(), active);
    SmallVector<Value> next;
    for (auto [arg, v] : llvm::zip(op.getAfterArguments(), passed))
      next.push_back(as(arg, v));
    if (!diverges) {
      scf::ConditionOp::create(b, at, scalar(test.getCondition()), next);
      return;
    }
    Value still = both(active, vector(test.getCondition()));
    next.push_back(still);
    for (auto [k, old] : llvm::zip(kept, args.drop_front(carried + 1)))
      next.push_back(arith::SelectOp::create(b, at, active, vector(passed[k]), old));
    scf::ConditionOp::create(b, at, any(still), next);
  };
  auto after = [&](OpBuilder &, Location at, ValueRange args) {
    bind(op.getAfterArguments(), args.take_front(handed));
    Value active = diverges ? args[handed] : mask;
    emitBlock(*op.getAfterBody(), active);
    SmallVector<Value> next;
    for (auto [i, arg, v] : llvm::enumerate(op.getBeforeArguments(), op.getYieldOp().getOperands())) {
      next.push_back(as(arg, v));
      if (auto it = left.find(i); it != left.end())
        next.back() = arith::SelectOp::create(b, at, active, next.back(), args[it->second]);
    }
    llvm::append_range(next, args.drop_front(handed));
    scf::YieldOp::create(b, at, next);
  };
  auto made = scf::WhileOp::create(b, loc, types, inits, before, after);
  bind(op.getResults(), made.getResults().take_front(handed));
  for (auto [i, k] : llvm::enumerate(kept))
    bind(op.getResult(k), made.getResult(handed + 1 + i));
}

//===--- Buffers -------------------------------------------------------------------------------------------------===//

/// Whether the lanes access neighbouring elements.
static bool isContiguous(const Uniformity &u, ValueRange indices) {
  return !indices.empty() && u.isCounter(indices.back()) && !u.varies(indices.drop_back());
}

/// The elements' numbers in row-major order.
Value LaneEmitter::positions(Value buffer, ValueRange indices) {
  Value position;
  for (auto [d, index] : llvm::enumerate(indices)) {
    Value next = vector(index);
    if (d > 0) {
      Value size = b.createOrFold<memref::DimOp>(loc, buffer, d);
      Value sizes = vector::BroadcastOp::create(b, loc, vectorOf(b.getIndexType()), size);
      next = arith::AddIOp::create(b, loc, arith::MulIOp::create(b, loc, position, sizes), next);
    }
    position = next;
  }
  return position;
}

void LaneEmitter::emitLoad(memref::LoadOp op, Value mask) {
  VectorType type = vectorOf(op.getType());
  Value buffer = scalar(op.getMemref()), result;
  bool contiguous = isContiguous(uniformity, op.getIndices());
  SmallVector<Value> at;
  for (Value index : op.getIndices())
    at.push_back(contiguous ? scalar(index) : arith::ConstantIndexOp::create(b, loc, 0).getResult());
  if (contiguous && !mask)
    result = vector::LoadOp::create(b, loc, type, buffer, at);
  else if (contiguous)
    result = vector::MaskedLoadOp::create(b, loc, type, buffer, at, mask, splat(op.getType(), 0));
  else
    result = vector::GatherOp::create(b, loc, type, buffer, at, positions(buffer, op.getIndices()),
                                      mask ? mask : splat(b.getI1Type(), 1), splat(op.getType(), 0));
  bind(op.getResult(), result);
}

void LaneEmitter::emitStore(memref::StoreOp op, Value mask) {
  Value buffer = scalar(op.getMemref()), v = vector(op.getValueToStore());
  bool contiguous = isContiguous(uniformity, op.getIndices());
  SmallVector<Value> at;
  for (Value index : op.getIndices())
    at.push_back(contiguous ? scalar(index) : arith::ConstantIndexOp::create(b, loc, 0).getResult());
  if (contiguous && !mask)
    vector::StoreOp::create(b, loc, v, buffer, at);
  else if (contiguous)
    vector::MaskedStoreOp::create(b, loc, buffer, at, mask, v);
  else
    vector::ScatterOp::create(b, loc, Type(), buffer, at, positions(buffer, op.getIndices()),
                              mask ? mask : splat(b.getI1Type(), 1), v);
}

} // namespace weft

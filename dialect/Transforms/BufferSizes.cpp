// Value numbering of sizes. That a size is the same in every turn is assumed and then disproved, as one carried buffer's size may
// depend on another's.
#include "dialect/Transforms/BufferSizes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace weft {
namespace {

/// What a loop's block argument is in the first turn, and in the next one.
struct Carried {
  BlockArgument arg;
  Value initial, next;
};

SmallVector<Carried> carriedBy(Operation *loop) {
  SmallVector<Carried> carried;
  if (auto whileOp = dyn_cast<scf::WhileOp>(loop)) {
    for (auto [arg, initial, next] :
         llvm::zip(whileOp.getBeforeArguments(), whileOp.getInits(), whileOp.getYieldOp()->getOperands()))
      carried.push_back({arg, initial, next});
    return carried;
  }
  auto forOp = cast<scf::ForOp>(loop);
  for (auto [arg, initial, next] : llvm::zip(forOp.getRegionIterArgs(), forOp.getInitArgs(), forOp.getYieldedValues()))
    carried.push_back({arg, initial, next});
  return carried;
}

enum Kind : uintptr_t { Constant, Opaque, OpaqueDim, Computed, Shifted };

uintptr_t id(Value v) { return reinterpret_cast<uintptr_t>(v.getAsOpaquePointer()); }

} // namespace

unsigned BufferSizes::number(Value index) {
  auto it = numbers.find(index);
  if (it != numbers.end())
    return it->second;
  unsigned n = compute(index);
  return numbers[index] = n;
}

unsigned BufferSizes::compute(Value index) {
  if (std::optional<int64_t> constant = getConstantIntValue(index))
    return of({Constant, static_cast<uintptr_t>(*constant)});
  Operation *op = index.getDefiningOp();
  if (auto size = dyn_cast_if_present<memref::DimOp>(op))
    if (std::optional<int64_t> d = size.getConstantIndex())
      return dim(size.getSource(), *d);
  if (isa_and_present<arith::AddIOp, arith::SubIOp>(op))
    if (std::optional<int64_t> by = getConstantIntValue(op->getOperand(1)))
      return shifted(number(op->getOperand(0)), isa<arith::AddIOp>(op) ? *by : -*by);
  if (isa_and_present<arith::MaxSIOp>(op) && getConstantIntValue(op->getOperand(1)) == 0)
    if (unsigned n = number(op->getOperand(0)); isSize.contains(n))
      return n;
  if (!op || op->getNumResults() != 1 || op->getNumRegions() != 0 || !isPure(op))
    return of({Opaque, id(index)});
  std::vector<uintptr_t> key{Computed, reinterpret_cast<uintptr_t>(op->getName().getAsOpaquePointer()),
                             reinterpret_cast<uintptr_t>(op->getAttrDictionary().getAsOpaquePointer())};
  for (Value operand : op->getOperands())
    key.push_back(number(operand));
  return of(std::move(key));
}

unsigned BufferSizes::dim(Value buffer, int64_t d) {
  auto it = dims.find({buffer, d});
  if (it != dims.end())
    return it->second;
  unsigned n = computeDim(buffer, d);
  isSize.insert(n);
  return dims[{buffer, d}] = n;
}

/// The beginning and the length of a slice add and take away again.
unsigned BufferSizes::shifted(unsigned n, int64_t by) {
  auto it = shifts.find(n);
  if (it != shifts.end()) {
    by += it->second.second;
    n = it->second.first;
  }
  if (by == 0)
    return n;
  unsigned result = of({Shifted, n, static_cast<uintptr_t>(by)});
  shifts[result] = {n, by};
  return result;
}

/// Another buffer with the same size along `d`, nearer to where it comes from; null at the origin.
Value BufferSizes::sameSize(Value buffer, int64_t d) const {
  auto conditionArg = [](scf::WhileOp loop, unsigned k) { return loop.getConditionOp().getArgs()[k]; };
  auto initial = [&](Operation *loop, BlockArgument arg) {
    if (fixed.contains({arg, d}))
      for (const Carried &c : carriedBy(loop))
        if (c.arg == arg)
          return c.initial;
    return Value();
  };
  if (auto arg = dyn_cast<BlockArgument>(buffer)) {
    Operation *loop = arg.getOwner()->getParentOp();
    auto whileOp = dyn_cast<scf::WhileOp>(loop);
    if (whileOp && arg.getOwner() == whileOp.getAfterBody())
      return conditionArg(whileOp, arg.getArgNumber());
    return initial(loop, arg);
  }
  unsigned k = cast<OpResult>(buffer).getResultNumber();
  Operation *op = buffer.getDefiningOp();
  if (auto forOp = dyn_cast<scf::ForOp>(op))
    return initial(op, forOp.getRegionIterArg(k));
  if (auto whileOp = dyn_cast<scf::WhileOp>(op))
    return conditionArg(whileOp, k);
  return {};
}

unsigned BufferSizes::computeDim(Value buffer, int64_t d) {
  auto type = cast<MemRefType>(buffer.getType());
  if (!type.isDynamicDim(d))
    return of({Constant, static_cast<uintptr_t>(type.getDimSize(d))});
  if (Value other = sameSize(buffer, d))
    return dim(other, d);
  if (auto alloc = buffer.getDefiningOp<AllocOp>())
    return number(alloc.getSizes()[type.getDynamicDimIndex(d)]);
  if (auto branch = buffer.getDefiningOp<scf::IfOp>()) {
    unsigned k = cast<OpResult>(buffer).getResultNumber(), then = dim(branch.thenYield().getOperand(k), d);
    if (then == dim(branch.elseYield().getOperand(k), d))
      return then;
  }
  return of({OpaqueDim, id(buffer), static_cast<uintptr_t>(d)});
}

Value BufferSizes::outside(Value index, LoopLikeOpInterface loop) {
  if (loop.isDefinedOutsideOfLoop(index))
    return index;
  Operation *op = index.getDefiningOp();
  if (auto size = dyn_cast_if_present<memref::DimOp>(op))
    if (std::optional<int64_t> d = size.getConstantIndex())
      return dimOutside(size.getSource(), *d, loop);
  if (!op || op->getNumResults() != 1 || op->getNumRegions() != 0 || !isPure(op))
    return {};
  IRMapping mapping;
  for (Value operand : op->getOperands()) {
    Value known = outside(operand, loop);
    if (!known)
      return {};
    mapping.map(operand, known);
  }
  return OpBuilder(loop).clone(*op, mapping)->getResult(0);
}

Value BufferSizes::dimOutside(Value buffer, int64_t d, LoopLikeOpInterface loop) {
  auto type = cast<MemRefType>(buffer.getType());
  OpBuilder b(loop);
  if (!type.isDynamicDim(d))
    return arith::ConstantIndexOp::create(b, loop.getLoc(), type.getDimSize(d));
  if (loop.isDefinedOutsideOfLoop(buffer))
    return memref::DimOp::create(b, loop.getLoc(), buffer, d);
  if (Value other = sameSize(buffer, d))
    return dimOutside(other, d, loop);
  if (auto alloc = buffer.getDefiningOp<AllocOp>())
    return outside(alloc.getSizes()[type.getDynamicDimIndex(d)], loop);
  if (auto branch = buffer.getDefiningOp<scf::IfOp>()) {
    unsigned k = cast<OpResult>(buffer).getResultNumber();
    if (dim(branch.thenYield().getOperand(k), d) == dim(branch.elseYield().getOperand(k), d))
      return dimOutside(branch.thenYield().getOperand(k), d, loop);
  }
  return {};
}

BufferSizes::BufferSizes(Operation *function) {
  SmallVector<std::pair<Carried, int64_t>> open;
  function->walk([&](Operation *op) {
    if (!isa<scf::ForOp, scf::WhileOp>(op))
      return;
    for (const Carried &c : carriedBy(op))
      if (auto type = dyn_cast<MemRefType>(c.arg.getType()))
        for (int64_t d = 0; d < type.getRank(); ++d)
          if (type.isDynamicDim(d)) {
            open.push_back({c, d});
            fixed.insert({c.arg, d});
          }
  });
  for (bool changed = true; changed;) {
    changed = false;
    forget();
    for (auto &[c, d] : open)
      if (fixed.contains({c.arg, d}) && dim(c.next, d) != dim(c.initial, d)) {
        fixed.erase({c.arg, d});
        changed = true;
      }
  }
}

void BufferSizes::addFixed(BlockArgument buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  for (int64_t d = 0; d < type.getRank(); ++d)
    if (type.isDynamicDim(d))
      fixed.insert({buffer, d});
}

void BufferSizes::forget() {
  keys.clear();
  numbers.clear();
  dims.clear();
  shifts.clear();
  isSize.clear();
}

} // namespace weft

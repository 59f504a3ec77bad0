// Elements of a group's values are written where they are asked for, through the producers inside the group down to loads. What
// does not depend on the inner loops goes before them: LLVM could not move the loads, since a store in the loop might change them.
#include "dialect/Transforms/GroupEmitter.h"
#include "dialect/IR/Positions.h"
#include "dialect/Transforms/Groups.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace weft {

GroupEmitter::GroupEmitter(FusedOp group)
    : group(group), b(group), loc(group.getLoc()), levels{group->getBlock()} {}

//===--- Elements ------------------------------------------------------------------------------------------------===//

Value GroupEmitter::element(Value tensor, ValueRange indices) {
  ArrayRef<int64_t> shape = shapeOf(tensor.getType());
  SmallVector<Value> at;
  for (size_t d = 0, skip = indices.size() - shape.size(); d < shape.size(); ++d)
    at.push_back(shape[d] == 1 ? index(0) : indices[skip + d]);
  return memoised(tensor, at, [&] { return compute(tensor, at); });
}

Value GroupEmitter::flatElement(Value tensor, Value position) {
  ArrayRef<int64_t> shape = shapeOf(tensor.getType());
  if (shape.size() == 1 || llvm::all_of(shape, [](int64_t size) { return size == 1; }))
    return element(tensor, SmallVector<Value>(shape.size(), position));
  return memoised(tensor, position, [&] { return computeFlat(tensor, position); });
}

bool GroupEmitter::canFlatten(Value tensor) {
  auto it = flattens.find(tensor);
  if (it != flattens.end())
    return it->second;
  ArrayRef<int64_t> shape = shapeOf(tensor.getType());
  auto compatible = [&](Value operand) {
    ArrayRef<int64_t> own = shapeOf(operand.getType());
    return llvm::all_of(own, [](int64_t size) { return size == 1; }) || (own == shape && canFlatten(operand));
  };
  Operation *op = tensor.getDefiningOp();
  auto indexed = dyn_cast_if_present<IndexedOpInterface>(op);
  bool result = !op || shape.size() <= 1 || isa<ConstantOp>(op) ||
                (isa<ElementwiseOpInterface>(op) && llvm::all_of(op->getOperands(), compatible)) ||
                (indexed && indexed.keepsOrder() && canFlatten(op->getOperand(0)));
  return flattens[tensor] = result;
}

/// Calls `use` with what the operations' own code reads the group by.
template <class Use> auto GroupEmitter::withElements(Operation *op, Use use) {
  auto read = [&](Value v, ValueRange at) { return element(v, at); };
  auto size = [&](Value v, int64_t d) { return dim(v, d); };
  ElementBuilder elements(b, op->getLoc(), read, size);
  elements.manyElements = true;
  return use(elements);
}

SmallVector<Part> GroupEmitter::parts(IndexedOpInterface op) {
  return withElements(op, [&](ElementBuilder &elements) { return op.buildParts(elements); });
}

Value GroupEmitter::compute(Value tensor, ValueRange indices) {
  if (auto arg = dyn_cast<BlockArgument>(tensor)) {
    Value in = buffer(arg);
    return isa<MemRefType>(in.getType()) ? memref::LoadOp::create(b, loc, in, indices) : in;
  }
  Operation *op = tensor.getDefiningOp();
  if (auto indexed = dyn_cast<IndexedOpInterface>(op))
    return withElements(op, [&](ElementBuilder &elements) { return indexed.buildElement(elements, indices); });
  return scalarOp(op, [&](Value operand) { return element(operand, indices); });
}

Value GroupEmitter::computeFlat(Value tensor, Value position) {
  if (auto arg = dyn_cast<BlockArgument>(tensor))
    return memref::LoadOp::create(b, loc, flatView(buffer(arg)), position);
  Operation *op = tensor.getDefiningOp();
  if (isa<IndexedOpInterface>(op))
    return flatElement(op->getOperand(0), position);
  return scalarOp(op, [&](Value operand) { return flatElement(operand, position); });
}

/// One element of an elementwise operation or of a constant, or an operation that is on scalars already.
Value GroupEmitter::scalarOp(Operation *op, function_ref<Value(Value)> operand) {
  if (auto constant = dyn_cast<ConstantOp>(op))
    return splat(constant);
  SmallVector<Value> operands = llvm::map_to_vector(op->getOperands(), operand);
  if (isa<ElementwiseOpInterface>(op)) {
    ScalarBuilder scalars(b, op->getLoc());
    scalars.manyElements = true;
    return buildScalar(op, scalars, operands);
  }
  IRMapping mapping;
  mapping.map(op->getOperands(), operands);
  return b.clone(*op, mapping)->getResult(0);
}

Value GroupEmitter::splat(ConstantOp constant) {
  auto elements = dyn_cast<DenseElementsAttr>(constant.getValue());
  if (!elements)
    return b.clone(*constant)->getResult(0); // one string
  Attribute value = elements.getSplatValue<Attribute>();
  if (auto number = dyn_cast<FloatAttr>(value))
    return arith::ConstantOp::create(b, loc, number);
  return ScalarBuilder(b, loc).constantInt(elements.getElementType(), cast<IntegerAttr>(value).getValue().getSExtValue());
}

void GroupEmitter::store(unsigned k, Value v, ValueRange indices) {
  memref::StoreOp::create(b, loc, v, group.getOuts()[k], indices);
}

void GroupEmitter::flatStore(unsigned k, Value v, Value position) {
  memref::StoreOp::create(b, loc, v, flatView(group.getOuts()[k]), position);
}

bool GroupEmitter::isPlain(Value v) {
  Operation *op = v.getDefiningOp();
  if (isa<StringType>(getElementTypeOrSelf(v.getType())))
    return false;
  if (!op)
    return true;
  auto it = plain.find(v);
  if (it != plain.end())
    return it->second;
  bool result = isMemoryEffectFree(op) && llvm::all_of(op->getOperands(), [&](Value x) { return isPlain(x); });
  return plain[v] = result;
}

//===--- Where code goes -----------------------------------------------------------------------------------------===//

/// The innermost of the open loops that `v` changes with.
unsigned GroupEmitter::levelOf(Value v) const {
  Block *block = v.getParentBlock();
  for (unsigned i = 0; i < levels.size(); ++i)
    if (levels[i] == block)
      return i;
  // From around the group, or from a branch inside the innermost loop.
  return levels[0]->getParent()->isProperAncestor(v.getParentRegion()) ? levels.size() - 1 : 0;
}

/// Code goes to loop number `at`, before the loop in it that is being written.
void GroupEmitter::insertAt(unsigned at) {
  if (Operation *inner = levels[at]->findAncestorOpInBlock(*b.getInsertionBlock()->getParentOp()))
    b.setInsertionPoint(inner);
  level = at;
}

/// Writes what all loops may use, before them.
template <class Make> Value GroupEmitter::before(Make make) {
  OpBuilder::InsertionGuard guard(b);
  unsigned current = level;
  insertAt(0);
  Value v = make();
  level = current;
  return v;
}

Value GroupEmitter::memoised(Value tensor, ValueRange indices, function_ref<Value()> make) {
  Region *here = b.getInsertionBlock()->getParent();
  for (Known &k : llvm::reverse(known[tensor]))
    if (ValueRange(k.indices) == indices && k.value.getParentRegion()->isAncestor(here))
      return k.value;

  OpBuilder::InsertionGuard guard(b);
  unsigned current = level, home = 0;
  for (Value i : indices)
    home = std::max(home, levelOf(i));
  // A branch guards what is written in it.
  if (home < level && b.getInsertionBlock() == levels[level] && isPlain(tensor))
    insertAt(home);
  Value v = make();
  level = current;
  known[tensor].push_back({llvm::to_vector(indices), v});
  return v;
}

//===--- Indices -------------------------------------------------------------------------------------------------===//

Value GroupEmitter::index(int64_t v) {
  Value &constant = indexConstants[v];
  if (!constant)
    constant = before([&] { return arith::ConstantIndexOp::create(b, loc, v); });
  return constant;
}

Value GroupEmitter::dim(Value tensor, int64_t d) {
  int64_t size = shapeOf(tensor.getType())[d];
  if (!ShapedType::isDynamic(size))
    return index(size);
  auto it = dims.find({tensor, d});
  if (it != dims.end())
    return it->second;
  Value v = before([&] { return buildGroupDim(b, loc, group.getIns(), tensor, d); });
  return dims[{tensor, d}] = v;
}

Value GroupEmitter::count(Value tensor, ArrayRef<int64_t> along) {
  Value product = index(1);
  for (int64_t d : along)
    product = mul(product, dim(tensor, d));
  return product;
}

Value GroupEmitter::flatView(Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  if (type.getRank() == 1)
    return buffer;
  Value &view = flatViews[buffer];
  if (!view)
    view = before([&]() -> Value {
      ReassociationIndices all = llvm::to_vector(llvm::seq<int64_t>(0, type.getRank()));
      int64_t size = type.hasStaticShape() ? type.getNumElements() : ShapedType::kDynamic;
      return memref::CollapseShapeOp::create(b, loc, MemRefType::get({size}, type.getElementType()), buffer,
                                             ArrayRef<ReassociationIndices>(all));
    });
  return view;
}

Value GroupEmitter::count(Value tensor) {
  return count(tensor, llvm::to_vector(llvm::seq<int64_t>(0, shapeOf(tensor.getType()).size())));
}

/// Folds what is known, so that equal constants are one value and no operation is left for +0, *1 and the like. `op` computes,
/// `neutral` is the right operand that changes nothing.
template <class Op, class Compute>
static Value foldIndex(GroupEmitter &e, Value x, Value y, std::optional<int64_t> neutral, Compute compute) {
  std::optional<int64_t> a = getConstantIntValue(x), b = getConstantIntValue(y);
  if (b && neutral && *b == *neutral)
    return x;
  if (a && b)
    return e.index(compute(*a, *b));
  return Op::create(e.b, e.loc, x, y);
}

/// As the operation itself does it at run time.
template <class Op> static int64_t wrapping(int64_t a, int64_t b) {
  return static_cast<int64_t>(Op()(static_cast<uint64_t>(a), static_cast<uint64_t>(b)));
}

Value GroupEmitter::add(Value x, Value y) {
  if (getConstantIntValue(x))
    std::swap(x, y);
  return foldIndex<arith::AddIOp>(*this, x, y, 0, wrapping<std::plus<uint64_t>>);
}
Value GroupEmitter::sub(Value x, Value y) { return foldIndex<arith::SubIOp>(*this, x, y, 0, wrapping<std::minus<uint64_t>>); }
Value GroupEmitter::mul(Value x, Value y) {
  if (getConstantIntValue(x))
    std::swap(x, y);
  if (getConstantIntValue(y) == 0)
    return y;
  return foldIndex<arith::MulIOp>(*this, x, y, 1, wrapping<std::multiplies<uint64_t>>);
}
Value GroupEmitter::min(Value x, Value y) {
  return foldIndex<arith::MinSIOp>(*this, x, y, {}, [](int64_t a, int64_t b) { return std::min(a, b); });
}
Value GroupEmitter::max(Value x, Value y) {
  return foldIndex<arith::MaxSIOp>(*this, x, y, {}, [](int64_t a, int64_t b) { return std::max(a, b); });
}
// Of positions and sizes: neither is negative, and no divisor is zero where code runs.
Value GroupEmitter::div(Value x, Value y) {
  return foldIndex<arith::DivUIOp>(*this, x, y, 1, [](int64_t a, int64_t b) { return b == 0 ? 0 : a / b; });
}
Value GroupEmitter::rem(Value x, Value y) {
  return foldIndex<arith::RemUIOp>(*this, x, y, {}, [](int64_t a, int64_t b) { return b == 0 ? 0 : a % b; });
}

Value GroupEmitter::linearize(Value tensor, ArrayRef<int64_t> along, ValueRange indices) {
  return linearPosition(*this, tensor, along, indices);
}

void GroupEmitter::delinearize(Value tensor, ArrayRef<int64_t> along, Value position, MutableArrayRef<Value> indices) {
  indicesAt(*this, tensor, along, position, indices);
}

//===--- Loops ---------------------------------------------------------------------------------------------------===//

void GroupEmitter::enter(Block *block) {
  levels.push_back(block);
  level = levels.size() - 1;
  if (block->mightHaveTerminator())
    b.setInsertionPoint(block->getTerminator());
  else
    b.setInsertionPointToEnd(block);
}

void GroupEmitter::leave() {
  b.setInsertionPointAfter(levels.pop_back_val()->getParentOp());
  level = levels.size() - 1;
}

/// Whether a loop's body only reads and writes elements of numbers.
static bool isPlainBody(Block &body) {
  return !body
              .walk([](Operation *op) {
                if (isa<LoopLikeOpInterface>(op))
                  return WalkResult::interrupt();
                if (isa<memref::LoadOp>(op))
                  return WalkResult::advance();
                if (auto store = dyn_cast<memref::StoreOp>(op))
                  return isa<StringType>(store.getValue().getType()) ? WalkResult::interrupt() : WalkResult::advance();
                bool plain = op->hasTrait<OpTrait::HasRecursiveMemoryEffects>() || isMemoryEffectFree(op);
                return plain ? WalkResult::advance() : WalkResult::interrupt();
              })
              .wasInterrupted();
}

/// Where the turns of a loop check what they could do without, checks once, behind the loop, whether all of it held: a
/// loop that may end early is not vectorised. Only what is shown with the error needs the turn itself.
static scf::ForOp withChecksBehind(scf::ForOp loop, OpBuilder &b) {
  auto checks = llvm::to_vector(
      llvm::make_filter_range(loop.getBody()->getOps<CheckOp>(), [](CheckOp c) { return c.getArgs().empty(); }));
  if (checks.empty())
    return loop;
  IRRewriter rewriter(loop);
  Value holds = arith::ConstantIntOp::create(rewriter, loop.getLoc(), 1, 1);
  auto conditions = [&](OpBuilder &yields, Location loc, ArrayRef<BlockArgument> before) {
    return llvm::map_to_vector(llvm::zip(checks, before), [&](auto each) -> Value {
      auto [check, all] = each;
      return arith::AndIOp::create(yields, loc, all, check.getCondition());
    });
  };
  auto carried = cast<scf::ForOp>(**loop.replaceWithAdditionalYields(
      rewriter, SmallVector<Value>(checks.size(), holds), /*replaceInitOperandUsesInLoop=*/false, conditions));
  Operation *behind = carried->getNextNode();
  for (auto [check, held] : llvm::zip(checks, carried.getResults())) {
    check->moveBefore(behind);
    check.getConditionMutable().assign(held);
  }
  b.setInsertionPointAfter(checks.back());
  return carried;
}

void GroupEmitter::loop(Value lower, Value upper, int64_t step, bool independent, function_ref<void(Value)> body) {
  std::optional<int64_t> from = getConstantIntValue(lower), to = getConstantIntValue(upper);
  if (from && to && *to <= *from)
    return;
  if (from && to && *to - *from <= step)
    return body(lower);
  auto loop = scf::ForOp::create(b, loc, lower, upper, index(step));
  enter(loop.getBody());
  body(loop.getInductionVar());
  leave();
  if (independent)
    loop = withChecksBehind(loop, b);
  if (independent && isPlainBody(*loop.getBody()))
    loop->setAttr("weft.parallel", b.getUnitAttr());
}

void GroupEmitter::nest(Value tensor, ArrayRef<int64_t> along, MutableArrayRef<Value> indices, bool unroll, bool shared,
                        function_ref<void()> body) {
  const int64_t few = unroll ? fewTurns : 1;
  if (along.empty())
    return body();
  // Not even the turns of the loops around it, which may be many.
  if (llvm::any_of(along, [&](int64_t k) { return shapeOf(tensor.getType())[k] == 0; }))
    return;
  int64_t d = along.front(), turns = 1;
  for (int64_t k : along) {
    int64_t size = shapeOf(tensor.getType())[k];
    turns = ShapedType::isDynamic(size) || turns > few ? few + 1 : turns * size;
  }
  auto inner = [&](Value i) {
    indices[d] = i;
    nest(tensor, along.drop_front(), indices, unroll, shared, body);
  };
  if (turns > few && shared)
    return sharedLoop(tensor, index(0), dim(tensor, d), 1, inner);
  if (turns > few)
    return loop(dim(tensor, d), /*independent=*/true, inner);
  for (int64_t i = 0; turns > 0 && i < shapeOf(tensor.getType())[d]; ++i)
    inner(index(i));
}

} // namespace weft

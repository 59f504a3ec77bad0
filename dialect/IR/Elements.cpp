// The operations that only move elements: where one element of the result comes from, as index arithmetic on the
// ElementBuilder. Lowering calls these for every element of a loop nest, through chains of such operations.
#include "dialect/IR/Positions.h"

#include <weft/detail/rules.h>

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/STLExtras.h"

#include <functional>

using namespace mlir;

namespace weft {
namespace {

constexpr int64_t open = ShapedType::kDynamic;

Value sizeOf(ElementBuilder &b, Value tensor, int64_t d) {
  int64_t size = shapeOf(tensor.getType())[d];
  return size == open ? b.dim(tensor, d) : b.index(size);
}

/// x + k on index values, without an operation where k is 0.
Value plus(ElementBuilder &b, Value x, int64_t k) { return k == 0 ? x : b.add(x, b.index(k)); }
Value times(ElementBuilder &b, Value x, int64_t k) { return k == 1 ? x : b.mul(x, b.index(k)); }
Value below(ElementBuilder &b, Value x, Value limit) { // 0 <= x < limit in one comparison
  return b.create<arith::CmpIOp>(arith::CmpIPredicate::ult, x, limit);
}
Value both(ElementBuilder &b, Value x, Value y) { return x ? b.create<arith::AndIOp>(x, y) : y; }

/// The values of a branch are computed only where it is taken, which LLVM turns into masked loads.
Value choose(ElementBuilder &b, Value condition, Type type, function_ref<Value()> then,
             function_ref<Value()> otherwise) {
  auto branch = scf::IfOp::create(b.builder, b.loc, type, condition, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b.builder);
  for (auto [region, value] :
       {std::pair(&branch.getThenRegion(), then), std::pair(&branch.getElseRegion(), otherwise)}) {
    b.builder.setInsertionPointToEnd(&region->front());
    scf::YieldOp::create(b.builder, b.loc, value());
  }
  return branch.getResult(0);
}

//===--- Reshape -------------------------------------------------------------------------------------------------===//

/// Neighbouring dimensions of both shapes that hold the same elements: only inside of a group are indices divided.
struct DimGroup {
  SmallVector<int64_t> from, to;
};

/// The product of dimensions, the open ones counted apart.
struct Extent {
  int64_t product = 1;
  int opens = 0;
  void take(int64_t size) {
    if (size == open)
      ++opens;
    else
      product = saturatingProduct(product, size);
  }
  bool operator==(const Extent &) const = default;
  bool operator<(const Extent &o) const { return std::pair(opens, product) < std::pair(o.opens, o.product); }
};

Extent extentOf(ArrayRef<int64_t> shape) {
  Extent e;
  for (int64_t size : shape)
    e.take(size);
  return e;
}

SmallVector<DimGroup> matchDims(ReshapeOp op) {
  ArrayRef<int64_t> from = shapeOf(op.getX().getType()), to = shapeOf(op.getResult().getType());
  Extent all = extentOf(from);
  auto wide = [](ArrayRef<int64_t> shape) {
    return llvm::to_vector(llvm::make_filter_range(shape, [](int64_t size) { return size != 1; }));
  };
  // One open dimension on each side is the same one if the rest agrees; several are if nothing but ones comes or goes.
  // Where there is no element nothing matters, and products that are too large to be known may differ.
  bool known = all.product != 0 && all.product != std::numeric_limits<int64_t>::max();
  bool matched = known && op.getLengths().empty() && all == extentOf(to) && (all.opens <= 1 || wide(from) == wide(to));
  if (!matched)
    return {{llvm::to_vector(llvm::seq<int64_t>(0, from.size())), llvm::to_vector(llvm::seq<int64_t>(0, to.size()))}};
  SmallVector<DimGroup> groups;
  size_t i = 0, j = 0;
  while (i < from.size() || j < to.size()) {
    DimGroup &g = groups.emplace_back();
    Extent a, b;
    do {
      if (j == to.size() || (i < from.size() && !(b < a) && (a < b || a == Extent()))) {
        g.from.push_back(i);
        a.take(from[i++]);
      } else {
        g.to.push_back(j);
        b.take(to[j++]);
      }
    } while (!(a == b) && (i < from.size() || j < to.size()));
  }
  return groups;
}

/// Positions and sizes: none is negative, and no divisor is zero where code runs.
struct Positions {
  ElementBuilder &b;
  Value index(int64_t v) { return b.index(v); }
  Value dim(Value tensor, int64_t d) { return sizeOf(b, tensor, d); }
  Value add(Value x, Value y) { return b.add(x, y); }
  Value mul(Value x, Value y) { return b.mul(x, y); }
  Value div(Value x, Value y) { return b.create<arith::DivUIOp>(x, y); }
  Value rem(Value x, Value y) { return b.create<arith::RemUIOp>(x, y); }
};

//===--- Windows -------------------------------------------------------------------------------------------------===//

/// What is asked of a window again and again.
struct Window {
  Value x, shaped; // `shaped` has the window's shape
  OperandRange offsets;
  ArrayRef<int64_t> starts, sizes, steps, dynamicDims, stops;
  bool checked;

  explicit Window(WindowOpInterface op)
      : x(op->getOperand(0)), shaped(op.getWindow()), offsets(op.getOffsets()), starts(op.getStarts()),
        sizes(op.getSizes()), steps(op.getSteps()), dynamicDims(op.getDynamicDims()), stops(op.getStops()),
        checked(op.getChecked()) {}

  int64_t extent(int64_t d) const { return shapeOf(x.getType())[d]; }
  int64_t rank() const { return starts.size(); }
  std::optional<int64_t> offsetOf(int64_t d) const {
    auto it = llvm::find(dynamicDims, d);
    return it == dynamicDims.end() ? std::nullopt : std::optional<int64_t>(it - dynamicDims.begin());
  }
  /// A window to the end of an open dimension fits by construction.
  bool mayFail(int64_t d) const { return sizes[d] != 0 && (offsetOf(d) || (extent(d) == open && sizes[d] != open)); }
  /// Where an open window ends, if not at the end of x.
  std::optional<int64_t> stopOf(int64_t d) const {
    return stops.empty() || stops[d] == open ? std::nullopt : std::optional<int64_t>(stops[d]);
  }
  bool whole(int64_t d) const {
    return !offsetOf(d) && starts[d] == 0 && steps[d] == 1 && sizes[d] == extent(d) && !stopOf(d);
  }

  /// The position in x of the window's first element; `offset` is null or an index that is not negative. An empty window
  /// has none, and may have been asked for anywhere.
  Value first(ElementBuilder &b, int64_t d, Value offset) const {
    if (sizes[d] == 0)
      return b.index(0);
    if (offset)
      return plus(b, offset, starts[d]);
    return bound(b, d, starts[d]);
  }
  /// Where an open window ends: the first position that is not in it.
  Value end(ElementBuilder &b, int64_t d) const {
    if (std::optional<int64_t> stop = stopOf(d))
      return bound(b, d, *stop);
    return steps[d] > 0 ? sizeOf(b, x, d) : b.index(-1);
  }
  /// `offsets` as buildWindowChecks gives them.
  Value first(ElementBuilder &b, int64_t d, ArrayRef<Value> offsets) const {
    std::optional<int64_t> k = offsetOf(d);
    return first(b, d, k ? b.cast(offsets[*k], b.builder.getIndexType()) : Value());
  }

private:
  /// A position counted from the end where it is negative; that of an open window is cut off, as Python does.
  Value bound(ElementBuilder &b, int64_t d, int64_t at) const {
    int64_t lowest = steps[d] > 0 ? 0 : -1;
    Value position = at < 0 ? plus(b, sizeOf(b, x, d), at) : b.index(at);
    if (sizes[d] != open || at == lowest)
      return position;
    return at < 0 ? b.max(position, b.index(lowest)) : b.min(position, plus(b, sizeOf(b, x, d), lowest));
  }
};

void check(ElementBuilder &b, const Window &w, int64_t d, Value first, Value offset) {
  Value extent = sizeOf(b, w.x, d), inside = below(b, first, extent);
  if (w.sizes[d] != 1) {
    Value count = plus(b, sizeOf(b, w.shaped, d), -1);
    Value last = b.add(first, times(b, count, w.steps[d])), lastInside = below(b, last, extent);
    inside = both(b, inside, lastInside);
    if (w.sizes[d] == open) // an empty window is inside of anything
      inside = b.create<arith::OrIOp>(inside, b.cmp(ScalarBuilder::Lt, count, b.index(0)));
  }
  Value shown = offset ? offset : b.cast(first, b.builder.getI64Type());
  std::string message = "index out of range for dimension " + std::to_string(d);
  SmallVector<Value> args{shown};
  if (w.extent(d) == open) {
    message += "; index and size:";
    args.push_back(b.cast(extent, b.builder.getI64Type()));
  } else {
    message += " of size " + std::to_string(w.extent(d)) + ":";
  }
  CheckOp::create(b.builder, b.loc, inside, args, message, static_cast<int32_t>(detail::ErrorKind::Index));
}

/// The offsets to add, checked where that has not been done.
SmallVector<Value> offsetsOf(Operation *op, const Window &w, ElementBuilder &b) {
  if (!w.checked)
    return buildWindowChecks(op, b);
  return llvm::map_to_vector(w.offsets, [&](Value v) { return b.element(v, {}); });
}

/// Whether position `index` of x is in the window along dimension d, and the window's index there.
std::pair<Value, Value> inWindow(ElementBuilder &b, const Window &w, int64_t d, Value index, Value first) {
  int64_t step = w.steps[d] < 0 ? -w.steps[d] : w.steps[d];
  Value from = w.steps[d] < 0 ? b.sub(first, index) : b.sub(index, first);
  Value size = sizeOf(b, w.shaped, d), inside = below(b, from, times(b, size, step));
  if (step == 1)
    return {inside, from};
  Value stride = b.index(step), left = b.create<arith::RemUIOp>(from, stride);
  return {both(b, inside, b.cmp(ScalarBuilder::Eq, left, b.index(0))), b.create<arith::DivUIOp>(from, stride)};
}

} // namespace

bool windowMayFail(Operation *op) {
  Window w(cast<WindowOpInterface>(op));
  return !w.checked && llvm::any_of(llvm::seq<int64_t>(0, w.rank()), [&](int64_t d) { return w.mayFail(d); });
}

SmallVector<Value> buildWindowChecks(Operation *op, ElementBuilder &b) {
  Window w(cast<WindowOpInterface>(op));
  SmallVector<Value> offsets(w.offsets.size());
  for (int64_t d = 0; d < w.rank(); ++d) {
    Value given, offset;
    if (std::optional<int64_t> k = w.offsetOf(d)) {
      given = b.element(w.offsets[*k], {});
      Value index = b.cast(given, b.builder.getIndexType());
      Value negative = b.cmp(ScalarBuilder::Lt, index, b.index(0));
      offset = b.select(negative, b.add(index, sizeOf(b, w.x, d)), index);
      offsets[*k] = b.cast(offset, b.builder.getI64Type());
    }
    if (w.mayFail(d))
      check(b, w, d, w.first(b, d, offset), given);
  }
  return offsets;
}

Value ReshapeOp::buildElement(ElementBuilder &b, ValueRange indices) {
  SmallVector<Value> from(shapeOf(getX().getType()).size());
  Positions p{b};
  for (const DimGroup &g : matchDims(*this))
    indicesAt(p, getX(), g.from, linearPosition(p, getResult(), g.to, indices), from);
  return b.element(getX(), from);
}

// element() broadcasts.
Value BroadcastToOp::buildElement(ElementBuilder &b, ValueRange indices) { return b.element(getX(), indices); }

bool BroadcastToOp::repeatsElements() {
  return isa<RankedTensorType>(getX().getType()) &&
         !(extentOf(shapeOf(getX().getType())) == extentOf(shapeOf(getResult().getType())));
}

Value PermuteDimsOp::buildElement(ElementBuilder &b, ValueRange indices) {
  SmallVector<Value> from(indices.size());
  for (auto [index, axis] : llvm::zip(indices, getAxes()))
    from[axis] = index;
  return b.element(getX(), from);
}

Value DiagonalOp::buildElement(ElementBuilder &b, ValueRange indices) {
  int64_t offset = getOffset();
  SmallVector<Value> from(indices);
  from.push_back(plus(b, from.back(), std::max<int64_t>(offset, 0)));
  Value &row = from[from.size() - 2];
  row = plus(b, row, offset < 0 ? -offset : 0);
  return b.element(getX(), from);
}

Value SliceOp::buildElement(ElementBuilder &b, ValueRange indices) {
  Window w(cast<WindowOpInterface>(getOperation()));
  SmallVector<Value> offsets = offsetsOf(*this, w, b), from(indices);
  for (int64_t d = 0; d < w.rank(); ++d)
    if (!w.whole(d))
      from[d] = b.add(w.first(b, d, offsets), times(b, from[d], w.steps[d]));
  return b.element(getX(), from);
}

Value InsertOp::buildElement(ElementBuilder &b, ValueRange indices) {
  Window w(cast<WindowOpInterface>(getOperation()));
  SmallVector<Value> offsets = offsetsOf(*this, w, b), from(indices);
  Value inside;
  for (int64_t d = 0; d < w.rank(); ++d) {
    if (w.whole(d))
      continue;
    auto [in, at] = inWindow(b, w, d, indices[d], w.first(b, d, offsets));
    inside = both(b, inside, in);
    from[d] = at;
  }
  if (!inside)
    return b.element(getY(), indices);
  return choose(
      b, inside, getElementTypeOrSelf(getResult().getType()), [&] { return b.element(getY(), from); },
      [&] { return b.element(getX(), indices); });
}
bool InsertOp::isCheap() { return false; }
int64_t InsertOp::getBase() { return 0; }

SmallVector<Part> InsertOp::buildParts(ElementBuilder &b) {
  Window w(cast<WindowOpInterface>(getOperation()));
  SmallVector<Value> offsets = offsetsOf(*this, w, b);
  auto first = llvm::map_to_vector(llvm::seq<int64_t>(0, w.rank()), [&](int64_t d) { return w.first(b, d, offsets); });
  return {{getY(), first, llvm::to_vector(w.steps)}};
}

Value ConcatOp::buildElement(ElementBuilder &b, ValueRange indices) {
  int64_t axis = getAxis();
  SmallVector<Value> parts =
      llvm::to_vector(llvm::make_filter_range(getXs(), [&](Value x) { return shapeOf(x.getType())[axis] != 0; }));
  if (parts.empty()) // no element is ever asked for
    parts.assign({getXs().front()});
  Type type = getElementTypeOrSelf(getResult().getType());
  std::function<Value(size_t, Value)> from = [&](size_t k, Value index) {
    SmallVector<Value> at(indices);
    at[axis] = index;
    if (k + 1 == parts.size())
      return b.element(parts[k], at);
    Value size = sizeOf(b, parts[k], axis);
    return choose(
        b, below(b, index, size), type, [&] { return b.element(parts[k], at); },
        [&] { return from(k + 1, b.sub(index, size)); });
  };
  return from(0, indices[axis]);
}
bool ConcatOp::isCheap() { return false; }

SmallVector<Part> ConcatOp::buildParts(ElementBuilder &b) {
  int64_t axis = getAxis(), rank = shapeOf(getResult().getType()).size();
  SmallVector<Part> parts;
  Value at = b.index(0);
  for (Value x : getXs()) {
    Part &part = parts.emplace_back(Part{x, SmallVector<Value>(rank, b.index(0)), SmallVector<int64_t>(rank, 1)});
    part.first[axis] = at;
    at = b.add(at, sizeOf(b, x, axis));
  }
  return parts;
}

Value ArangeOp::buildElement(ElementBuilder &b, ValueRange indices) {
  Type type = getElementTypeOrSelf(getResult().getType());
  return b.add(b.element(getStart(), {}), b.mul(b.cast(indices[0], type), b.element(getStep(), {})));
}

Value PositionsOp::buildElement(ElementBuilder &b, ValueRange indices) {
  return b.cast(indices[0], getElementTypeOrSelf(getResult().getType()));
}

//===--- Sizes of results ----------------------------------------------------------------------------------------===//

/// In its group of dimensions, what the others leave.
Value ReshapeOp::buildDim(ElementBuilder &b, int64_t d) {
  ArrayRef<int64_t> to = shapeOf(getResult().getType());
  if (!getLengths().empty()) {
    auto opens = llvm::count(getShape().take_front(d), open);
    return getShape()[d] == open ? sizeOf(b, getLengths()[opens], 0) : b.index(to[d]);
  }
  SmallVector<DimGroup> groups = matchDims(*this);
  const DimGroup &g = *llvm::find_if(groups, [&](const DimGroup &g) { return llvm::is_contained(g.to, d); });
  Value total;
  for (int64_t from : g.from)
    total = total ? b.mul(total, sizeOf(b, getX(), from)) : sizeOf(b, getX(), from);
  int64_t others = 1;
  for (int64_t other : g.to)
    others = saturatingProduct(others, other == d ? 1 : to[other]);
  if (others == 0)
    return b.index(0);
  return others == 1 ? total : b.create<arith::DivUIOp>(total, b.index(others));
}

bool ReshapeOp::keepsOrder() { return true; }

Value PermuteDimsOp::buildDim(ElementBuilder &b, int64_t d) { return sizeOf(b, getX(), getAxes()[d]); }

Value DiagonalOp::buildDim(ElementBuilder &b, int64_t d) {
  int64_t rank = shapeOf(getX().getType()).size(), offset = getOffset();
  if (d < rank - 2)
    return sizeOf(b, getX(), d);
  Value below = plus(b, sizeOf(b, getX(), rank - 2), std::min<int64_t>(offset, 0));
  Value right = plus(b, sizeOf(b, getX(), rank - 1), offset > 0 ? -offset : 0);
  return b.max(b.min(below, right), b.index(0));
}

/// From the first element to the end, in steps.
Value SliceOp::buildDim(ElementBuilder &b, int64_t d) {
  Window w(cast<WindowOpInterface>(getOperation()));
  Value first = w.first(b, d, Value()), end = w.end(b, d);
  int64_t step = w.steps[d] < 0 ? -w.steps[d] : w.steps[d];
  Value span = w.steps[d] < 0 ? b.sub(first, end) : b.sub(end, first);
  span = b.max(span, b.index(0));
  return step == 1 ? span : b.create<arith::DivUIOp>(plus(b, span, step - 1), b.index(step));
}

Value InsertOp::buildDim(ElementBuilder &b, int64_t d) { return sizeOf(b, getX(), d); }

Value ConcatOp::buildDim(ElementBuilder &b, int64_t d) {
  if (d != static_cast<int64_t>(getAxis()))
    return sizeOf(b, getXs().front(), d);
  Value total = b.index(0);
  for (Value x : getXs())
    total = b.add(total, sizeOf(b, x, d));
  return total;
}

Value PositionsOp::buildDim(ElementBuilder &b, int64_t) { return sizeOf(b, getX(), getAxis()); }

Value buildBroadcastDim(Operation *op, int64_t d, ElementBuilder &b) {
  int64_t rank = shapeOf(op->getResult(0).getType()).size();
  for (Value x : op->getOperands()) {
    int64_t own = d - (rank - static_cast<int64_t>(shapeOf(x.getType()).size()));
    if (own >= 0 && shapeOf(x.getType())[own] != 1)
      return sizeOf(b, x, own);
  }
  return b.index(1);
}

static Value reductionDim(ReductionOpInterface op, int64_t d, ElementBuilder &b) {
  Value x = op->getOperand(0);
  bool keepdims = shapeOf(x.getType()).size() == shapeOf(op->getResult(0).getType()).size();
  if (!keepdims)
    for (int64_t axis : op.getReducedAxes()) // ascending
      d += axis <= d;
  return sizeOf(b, x, d);
}

Value buildDim(OpResult result, int64_t d, ElementBuilder &b) {
  if (int64_t size = shapeOf(result.getType())[d]; size != open)
    return b.index(size);
  Operation *op = result.getOwner();
  if (auto reduction = dyn_cast<ReductionOpInterface>(op))
    return reductionDim(reduction, d, b);
  if (auto indexed = dyn_cast<IndexedOpInterface>(op))
    return indexed.buildDim(b, d);
  return buildBroadcastDim(op, d, b);
}

} // namespace weft

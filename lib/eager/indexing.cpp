// Basic indexing: x[i], x(…) and set(x, v, …). An index list becomes one window (start, size and step of every
// dimension; starts that are only known at run time are operands) and a reshape that drops and adds dimensions. A mask
// as the only index is boolean_mask.
#include "lib/eager/dispatch.h"
#include "lib/eager/place.h"
#include "lib/tensor/rules.h"
#include "lib/tensor/weak.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <span>
#include <tuple>

namespace weft {

using detail::Attr;
using detail::ErrorKind;
using detail::OpId;
using detail::raise;
using detail::ValueRef;

namespace {

struct Window {
  Shape starts, sizes, steps, dynamic_dims;
  std::vector<ValueRef> offsets;
  Shape result;      // after dropping indexed and adding new dimensions
  bool whole = true; // the window is all of x

  std::array<Attr, 4> attrs() const {
    return {Attr{"starts", starts}, Attr{"sizes", sizes}, Attr{"steps", steps}, Attr{"dynamic_dims", dynamic_dims}};
  }
};

/// The same for a dimension of open size: what does not ask for the size while tracing. A window of known size must fit, or the call is
/// traced with its own sizes.
void add_open_slice(Window &w, const Slice &s, std::int64_t step, const SourceLocation &loc) {
  auto bound = [](const SliceBound &b) { return b.set() ? std::optional(b.value()) : std::nullopt; };
  // No tensor is so large that the last one would be another.
  constexpr std::int64_t lowest = -std::numeric_limits<std::int64_t>::max();
  std::optional<std::int64_t> start = bound(s.start), stop = bound(s.stop);
  std::int64_t first = std::max(start.value_or(step > 0 ? 0 : -1), lowest), size = dynamic;
  step = std::max(step, lowest);
  if (step > 0 && stop && (first < 0) == (*stop < 0))
    size = *stop > first ? (*stop - first - 1) / step + 1 : 0;
  else if (step > 0 && !stop && first < 0)
    size = (-first - 1) / step + 1;
  else if (stop || (step < 0 && start))
    raise(ErrorKind::Trace, loc,
          "this slice depends on a size that is not known while tracing: take it from the start or from the end, as in slice(2, none), "
          "slice(4), slice(-3, none) and slice(none, none, -1), or leave the dimension's size in the signature");
  w.starts.push_back(first), w.sizes.push_back(size), w.steps.push_back(step);
  w.result.push_back(size);
  w.whole = false;
}

/// Python's slice rules for a dimension of `n` elements.
void add_slice(Window &w, const Slice &s, std::int64_t n, const SourceLocation &loc) {
  std::int64_t step = s.step.set() ? s.step.value() : 1;
  bool all = !s.start.set() && !s.stop.set() && step == 1;
  if (step == 0)
    raise(ErrorKind::Index, loc, "a slice's step cannot be zero");
  if (n == dynamic && !all)
    return add_open_slice(w, s, step, loc);
  if (all) {
    w.starts.push_back(0), w.sizes.push_back(n), w.steps.push_back(1);
    w.result.push_back(n);
    return;
  }
  auto clamp = [&](const SliceBound &b, std::int64_t otherwise) {
    if (!b.set())
      return otherwise;
    std::int64_t v = b.value() < 0 ? b.value() + n : b.value();
    return std::clamp<std::int64_t>(v, step > 0 ? 0 : -1, step > 0 ? n : n - 1);
  };
  std::int64_t start = clamp(s.start, step > 0 ? 0 : n - 1), stop = clamp(s.stop, step > 0 ? n : -1);
  std::uint64_t stride = step > 0 ? static_cast<std::uint64_t>(step) : 0 - static_cast<std::uint64_t>(step);
  std::int64_t distance = step > 0 ? stop - start : start - stop; // both are within the dimension
  std::int64_t size = distance > 0 ? static_cast<std::int64_t>((static_cast<std::uint64_t>(distance) - 1) / stride) + 1 : 0;
  w.starts.push_back(size ? start : 0), w.sizes.push_back(size), w.steps.push_back(step);
  w.result.push_back(size);
  w.whole = false;
}

void add_index(Window &w, const IndexItem &item, std::int64_t n, int dim) {
  const ValueRef &v = item.index.value();
  if (v->type.dtype == DType::Bool && !item.index.weak())
    raise(ErrorKind::Index, item.index.loc(),
          "a mask is the only index where there is one; beside others, choose with weft::boolean_mask or weft::where");
  if (v->type.shape.rank() != 0 && is_integer(v->type.dtype))
    raise(ErrorKind::Index, item.index.loc(),
          fmt::format("an index is an int32 or int64 of rank 0, not {}; several are read by weft::take", to_string(v->type)));
  if (v->type.shape.rank() != 0 || (v->type.dtype != DType::Int32 && v->type.dtype != DType::Int64))
    raise(ErrorKind::Index, item.index.loc(), fmt::format("an index is an int32 or int64 of rank 0, not {}", to_string(v->type)));
  w.sizes.push_back(1), w.steps.push_back(1);
  w.whole = false;
  if (v->kind == detail::Value::Kind::Symbolic || n == dynamic) {
    w.starts.push_back(0), w.dynamic_dims.push_back(dim);
    w.offsets.push_back(v);
    return;
  }
  auto i = static_cast<std::int64_t>(detail::read_integer(*v));
  if (i < -n || i >= n)
    raise(ErrorKind::Index, item.index.loc(), fmt::format("index out of range for dimension {} of size {}: {}", dim, n, i));
  w.starts.push_back(i < 0 ? i + n : i);
}

Window window(const Shape &shape, std::span<const IndexItem> items, const SourceLocation &loc) {
  using Kind = IndexItem::Kind;
  auto used = std::count_if(items.begin(), items.end(), [](const IndexItem &i) { return i.kind == Kind::Index || i.kind == Kind::Slice; });
  auto ellipses = std::count_if(items.begin(), items.end(), [](const IndexItem &i) { return i.kind == Kind::Ellipsis; });
  if (ellipses > 1)
    raise(ErrorKind::Index, loc, "an index can have one ellipsis");
  if (used > shape.rank())
    raise(ErrorKind::Index, loc, fmt::format("{} indices for a tensor of shape {}", used, to_string(shape)));
  auto added = std::count_if(items.begin(), items.end(), [](const IndexItem &i) { return i.kind == Kind::NewAxis; });
  auto dropped = std::count_if(items.begin(), items.end(), [](const IndexItem &i) { return i.kind == Kind::Index; });
  detail::check_rank(static_cast<int>(shape.rank() + added - dropped), loc);
  Window w;
  int dim = 0;
  auto rest = [&] {
    for (auto left = shape.rank() - used; left > 0; --left)
      add_slice(w, {}, shape[dim++], loc);
  };
  for (const IndexItem &item : items) {
    switch (item.kind) {
    case Kind::Index: add_index(w, item, shape[dim], dim); ++dim; break;
    case Kind::Slice: add_slice(w, item.slice, shape[dim++], item.index.loc()); break;
    case Kind::NewAxis: w.result.push_back(1); break;
    case Kind::Ellipsis: rest(); break;
    }
  }
  if (!ellipses)
    rest();
  return w;
}

bool is_mask(const IndexItem &item) {
  return item.kind == IndexItem::Kind::Index && !item.index.weak() && item.index.dtype() == DType::Bool;
}

/// Slices that one window cannot say of a dimension whose size is open, said by several: x and the slice that is left.
std::pair<Tensor, Slice> simplified(const Tensor &x, int d, const Slice &s, const std::source_location &loc) {
  auto cut = [&](const Tensor &t, const Slice &part) { return detail::cut(Operand(t, loc), d, part); };
  std::int64_t step = s.step.set() ? s.step.value() : 1;
  auto before = [](const SliceBound &b, std::int64_t position) { return b.set() && b.value() < 0 && position >= 0; };
  if (step < 0 && (s.start.set() || s.stop.set())) { // the same elements forwards, then turned round
    auto behind = [](const SliceBound &b) { return b.set() && b.value() != -1 ? SliceBound(b.value() + 1) : none; };
    bool nothing = s.stop.set() && s.stop.value() == -1;
    return {cut(x, nothing ? slice(0, 0) : slice(behind(s.stop), behind(s.start))), slice(none, none, step)};
  }
  if (step > 0 && before(s.stop, s.start.set() ? s.start.value() : 0)) { // without the last ones, from the other end
    Tensor turned = cut(cut(x, slice(none, none, -1)), slice(-s.stop.value(), none));
    return {cut(turned, slice(none, none, -1)), slice(s.start, none, step)};
  }
  return {x, s};
}

/// Simplifies the slices of open dimensions.
ValueRef simplified(const ValueRef &whole, std::vector<IndexItem> &items, const SourceLocation &loc) {
  using Kind = IndexItem::Kind;
  auto dims = [](const IndexItem &i) { return i.kind == Kind::Index || i.kind == Kind::Slice; };
  int rank = whole->type.shape.rank(), used = static_cast<int>(std::count_if(items.begin(), items.end(), dims)), d = 0;
  Tensor x(whole);
  for (IndexItem &i : items) {
    if (i.kind == Kind::Slice && d < rank && whole->type.shape[d] == dynamic)
      std::tie(x, i.slice) = simplified(x, d, i.slice, i.index.source_location());
    d += i.kind == Kind::Ellipsis ? rank - used : dims(i);
  }
  return x.checked(loc);
}

Tensor read(const ValueRef &whole, std::initializer_list<IndexItem> given, const SourceLocation &loc) {
  if (given.size() == 1 && is_mask(*given.begin()))
    return boolean_mask(Operand(Tensor(whole), given.begin()->index.source_location()), given.begin()->index);
  ValueRef x = whole;
  std::span<const IndexItem> items(given.begin(), given.size());
  std::vector<IndexItem> simple;
  if (!x->type.shape.is_static()) {
    simple = given;
    x = simplified(whole, simple, loc);
    items = simple;
  }
  Window w = window(x->type.shape, items, loc);
  ValueRef part = x;
  if (!w.whole) {
    std::vector<ValueRef> operands{x};
    operands.insert(operands.end(), w.offsets.begin(), w.offsets.end());
    part = detail::apply(OpId::Slice, operands, w.attrs(), loc).checked(loc);
  }
  if (part->type.shape == w.result)
    return Tensor(part);
  Attr attr{"shape", w.result};
  return detail::apply(OpId::Reshape, std::span(&part, 1), {&attr, 1}, loc);
}

/// `value` in the shape of a window of x. Open sizes of the window are those of x's own elements there, none of which is read.
ValueRef spread(const Operand &x, const ValueRef &value, const Window &w, std::initializer_list<IndexItem> items) {
  std::source_location loc = x.source_location();
  Operand y(Tensor(value), loc);
  Tensor all = w.result.is_static() ? broadcast_to(y, w.result)
                                    : where(Operand(Tensor(true), loc), y, Operand(read(x.value(), items, x.loc()), loc));
  ValueRef v = all.checked(x.loc());
  if (v->type.shape.rank() != w.result.rank())
    raise(ErrorKind::Shape, x.loc(),
          fmt::format("set: the shape {} does not broadcast to {}", to_string(value->type.shape), to_string(w.result)));
  if (w.result == w.sizes)
    return v;
  Attr attr{"shape", w.sizes};
  return detail::apply(OpId::Reshape, std::span(&v, 1), {&attr, 1}, x.loc()).checked(x.loc());
}

} // namespace

Tensor Tensor::operator[](const Operand &i) const {
  ValueRef x = checked(i.loc());
  IndexItem item(i);
  if (x->type.shape.rank() == 0 && !is_mask(item))
    raise(ErrorKind::Index, i.loc(), "a tensor of rank 0 has no elements to index");
  return read(x, {item}, i.loc());
}

namespace {

/// `value` where the mask, of x's leading dimensions, is true.
Tensor set_where(const Operand &x, const Operand &value, const Operand &mask) {
  int rank = mask.shape().rank();
  if (rank > x.shape().rank())
    raise(ErrorKind::Shape, mask.loc(), fmt::format("set: the mask {} has more dimensions than {}", to_string(mask.value()->type), to_string(x.value()->type)));
  for (int d = 0; d < rank; ++d)
    if (!detail::may_equal(mask.shape()[d], x.shape()[d]))
      raise(ErrorKind::Shape, mask.loc(), fmt::format("set: the mask {} does not have the shape of the leading dimensions of {}", to_string(mask.value()->type), to_string(x.value()->type)));
  Tensor m(mask.value());
  for (; rank < x.shape().rank(); ++rank)
    m = expand_dims(Operand(m, mask.source_location()), -1);
  std::vector<ValueRef> resolved = detail::resolve_into(x, value, "set");
  std::array<ValueRef, 3> operands{m.checked(mask.loc()), resolved[1], resolved[0]};
  Tensor r = detail::apply(OpId::Where, operands, {}, x.loc());
  if (r.checked(x.loc())->type.shape.rank() != x.shape().rank())
    raise(ErrorKind::Shape, x.loc(), fmt::format("set: the shape {} does not broadcast to {}", to_string(value.shape()), to_string(x.shape())));
  return r;
}

} // namespace

namespace detail {

Tensor index(const Tensor &x, std::initializer_list<IndexItem> items) {
  SourceLocation loc = items.size() ? items.begin()->index.loc() : SourceLocation{};
  return read(x.checked(loc), items, loc);
}

Tensor set(const Operand &x, const Operand &value, std::initializer_list<IndexItem> items) {
  SourceLocation loc = x.loc();
  if (items.size() == 1 && is_mask(*items.begin()))
    return set_where(x, value, items.begin()->index);
  Window w = window(x.shape(), std::span(items.begin(), items.size()), loc);
  std::vector<ValueRef> resolved = resolve_into(x, value, "set");
  std::vector<ValueRef> operands{resolved[0], spread(x, resolved[1], w, items)};
  operands.insert(operands.end(), w.offsets.begin(), w.offsets.end());
  return apply(OpId::Insert, operands, w.attrs(), loc);
}

} // namespace detail
} // namespace weft

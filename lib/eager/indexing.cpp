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
#include <span>

namespace weft {

using detail::Attr;
using detail::ErrorKind;
using detail::OpId;
using detail::raise;
using detail::ValueRef;

namespace {

struct Window {
  Shape starts, sizes, steps, dynamic_dims, stops;
  std::vector<ValueRef> offsets;
  Shape result;      // after dropping indexed and adding new dimensions
  bool whole = true; // the window is all of x

  std::array<Attr, 5> attrs() const {
    return {Attr{"starts", starts}, Attr{"sizes", sizes}, Attr{"steps", steps}, Attr{"dynamic_dims", dynamic_dims},
            Attr{"stops", stops}};
  }
};

/// A slice of a dimension of open size. Where no size can change how many elements it takes, it takes as many: they
/// must be there, or the call is traced with its own sizes.
void add_open_slice(Window &w, int rank, std::int64_t start, std::int64_t stop, std::int64_t step) {
  std::int64_t first = start != dynamic ? start : step > 0 ? 0 : -1, size = dynamic;
  if (step > 0 && stop != dynamic && (first < 0) == (stop < 0))
    size = stop > first ? (stop - first - 1) / step + 1 : 0;
  else if (step > 0 && stop == dynamic && first < 0)
    size = (-first - 1) / step + 1;
  else if (stop != dynamic) {
    while (w.stops.rank() < rank)
      w.stops.push_back(dynamic);
    w.stops[w.starts.rank()] = stop;
  }
  w.starts.push_back(first), w.sizes.push_back(size), w.steps.push_back(step);
  w.result.push_back(size);
  w.whole = false;
}

/// Python's slice rules for dimension number `d` of x.
void add_slice(Window &w, const Slice &s, const Shape &x, int d, const SourceLocation &loc) {
  // No tensor is so large that the last one would be another; the lowest number says that there is no bound.
  static constexpr std::int64_t lowest = -std::numeric_limits<std::int64_t>::max();
  auto bound = [](const SliceBound &b, std::int64_t otherwise) {
    return b.set() ? std::max(b.value(), lowest) : otherwise;
  };
  std::int64_t start = bound(s.start, dynamic), stop = bound(s.stop, dynamic), step = bound(s.step, 1);
  if (step == 0)
    raise(ErrorKind::Index, loc, "a slice's step cannot be zero");
  if (start == dynamic && stop == dynamic && step == 1) {
    w.starts.push_back(0), w.sizes.push_back(x[d]), w.steps.push_back(1);
    w.result.push_back(x[d]);
    return;
  }
  if (x[d] == dynamic)
    return add_open_slice(w, x.rank(), start, stop, step);
  auto [first, size] = detail::sliced(start, stop, step, x[d]);
  w.starts.push_back(size ? first : 0), w.sizes.push_back(size), w.steps.push_back(step);
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
          fmt::format("an index is an int32 or int64 of rank 0, not {}; several are read by weft::take",
                      to_string(v->type)));
  if (v->type.shape.rank() != 0 || (v->type.dtype != DType::Int32 && v->type.dtype != DType::Int64))
    raise(ErrorKind::Index, item.index.loc(),
          fmt::format("an index is an int32 or int64 of rank 0, not {}", to_string(v->type)));
  w.sizes.push_back(1), w.steps.push_back(1);
  w.whole = false;
  if (v->kind == detail::Value::Kind::Symbolic || n == dynamic) {
    w.starts.push_back(0), w.dynamic_dims.push_back(dim);
    w.offsets.push_back(v);
    return;
  }
  auto i = static_cast<std::int64_t>(detail::read_integer(*v));
  if (i < -n || i >= n)
    raise(ErrorKind::Index, item.index.loc(),
          fmt::format("index out of range for dimension {} of size {}: {}", dim, n, i));
  w.starts.push_back(i < 0 ? i + n : i);
}

Window window(const Shape &shape, std::initializer_list<IndexItem> items, const SourceLocation &loc) {
  using Kind = IndexItem::Kind;
  auto used = std::count_if(items.begin(), items.end(),
                            [](const IndexItem &i) { return i.kind == Kind::Index || i.kind == Kind::Slice; });
  auto ellipses =
      std::count_if(items.begin(), items.end(), [](const IndexItem &i) { return i.kind == Kind::Ellipsis; });
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
      add_slice(w, {}, shape, dim++, loc);
  };
  for (const IndexItem &item : items) {
    switch (item.kind) {
    case Kind::Index:
      add_index(w, item, shape[dim], dim);
      ++dim;
      break;
    case Kind::Slice:
      add_slice(w, item.slice, shape, dim++, item.index.loc());
      break;
    case Kind::NewAxis:
      w.result.push_back(1);
      break;
    case Kind::Ellipsis:
      rest();
      break;
    }
  }
  if (!ellipses)
    rest();
  return w;
}

bool is_mask(const IndexItem &item) {
  return item.kind == IndexItem::Kind::Index && !item.index.weak() && item.index.dtype() == DType::Bool;
}

Tensor read(const ValueRef &x, std::initializer_list<IndexItem> items, const SourceLocation &loc) {
  if (items.size() == 1 && is_mask(*items.begin()))
    return boolean_mask(Operand(Tensor(x), items.begin()->index.source_location()), items.begin()->index);
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

/// `value` in the shape of a window of x. Open sizes of the window are those of x's own elements there, none of which
/// is read.
ValueRef spread(const Operand &x, const ValueRef &value, const Window &w, std::initializer_list<IndexItem> items) {
  std::source_location loc = x.source_location();
  Operand y(Tensor(value), loc);
  Tensor all = w.result.is_static()
                   ? broadcast_to(y, w.result)
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
    raise(ErrorKind::Shape, mask.loc(),
          fmt::format("set: the mask {} has more dimensions than {}", to_string(mask.value()->type),
                      to_string(x.value()->type)));
  for (int d = 0; d < rank; ++d)
    if (!detail::may_equal(mask.shape()[d], x.shape()[d]))
      raise(ErrorKind::Shape, mask.loc(),
            fmt::format("set: the mask {} does not have the shape of the leading dimensions of {}",
                        to_string(mask.value()->type), to_string(x.value()->type)));
  Tensor m(mask.value());
  for (; rank < x.shape().rank(); ++rank)
    m = expand_dims(Operand(m, mask.source_location()), -1);
  std::vector<ValueRef> resolved = detail::resolve_into(x, value, "set");
  std::array<ValueRef, 3> operands{m.checked(mask.loc()), resolved[1], resolved[0]};
  Tensor r = detail::apply(OpId::Where, operands, {}, x.loc());
  if (r.checked(x.loc())->type.shape.rank() != x.shape().rank())
    raise(ErrorKind::Shape, x.loc(),
          fmt::format("set: the shape {} does not broadcast to {}", to_string(value.shape()), to_string(x.shape())));
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
  Window w = window(x.shape(), items, loc);
  std::vector<ValueRef> resolved = resolve_into(x, value, "set");
  std::vector<ValueRef> operands{resolved[0], spread(x, resolved[1], w, items)};
  operands.insert(operands.end(), w.offsets.begin(), w.offsets.end());
  return apply(OpId::Insert, operands, w.attrs(), loc);
}

} // namespace detail
} // namespace weft

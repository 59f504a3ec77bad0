// See direct.h.
#include "lib/eager/direct.h"

#include "lib/eager/strided.h"
#include "lib/routines/routine.h"
#include "lib/tensor/rules.h"
#include "lib/tensor/weak.h"

#include <fmt/format.h>

#include <cstring>
#include <numeric>

namespace weft::detail {
namespace {

template <class T> const T &attr(AttrList attrs, std::string_view name) { return std::get<T>(attribute(attrs, name)); }

char *bytes_of(const Value &v) { return const_cast<char *>(static_cast<const char *>(v.data)); }
StridedView view_of(const Value &v) { return {bytes_of(v), row_major(v.type.shape)}; }

/// `x`'s elements from `data` on, under another type of the same dtype. A single element is copied, so that it does not keep
/// x's buffer alive.
ValueRef share(const Value &x, const char *data, const TensorType &type) {
  ValueRef v;
  if (type.shape.elements() == 1) {
    if (type.dtype == DType::String)
      if (auto *text = *reinterpret_cast<void *const *>(data))
        retain(Storage::of(text));
    v = make_scalar(type.dtype, data);
  } else {
    v = ValueRef::adopt(new Value);
    v->data = data;
    v->storage = x.storage;
    retain(x.storage);
  }
  v->type = type;
  return v;
}

/// Where a slice or insert is in its tensor: the attributes, with the offsets that are known now.
StridedView window(const Value &x, AttrList attrs, std::span<const ValueRef> offsets, const SourceLocation &loc) {
  const Shape &sizes = attr<Shape>(attrs, "sizes"), &steps = attr<Shape>(attrs, "steps"), &open = attr<Shape>(attrs, "dynamic_dims");
  Shape starts = attr<Shape>(attrs, "starts");
  for (int k = 0; k < open.rank(); ++k) {
    const Value &o = *offsets[static_cast<std::size_t>(k)];
    int d = static_cast<int>(open[k]);
    auto offset = static_cast<std::int64_t>(read_integer(o));
    std::int64_t n = x.type.shape[d], start = starts[d] + (offset < 0 ? offset + n : offset);
    __int128 last = start + static_cast<__int128>(sizes[d] - 1) * steps[d];
    if (sizes[d] > 0 && (start < 0 || start >= n || last < 0 || last >= n))
      raise(ErrorKind::Index, loc, fmt::format("index out of range for dimension {} of size {}: {}", d, n, offset));
    starts[d] = start;
  }
  StridedView v = view_of(x);
  for (int d = 0; d < x.type.shape.rank(); ++d) {
    v.data += starts[d] * v.strides[d] * static_cast<std::int64_t>(itemsize(x.type.dtype));
    if (sizes[d] > 1) // a step of any size is no step where there is one element
      v.strides[d] *= steps[d];
  }
  return v;
}

ValueRef copy(const StridedView &source, const TensorType &type, const SourceLocation &loc) {
  ValueRef result = make_uninitialized(type, loc);
  copy_elements(type.dtype, type.shape, view_of(*result), source);
  return result;
}

ValueRef slice(std::span<const ValueRef> operands, AttrList attrs, const TensorType &type, const SourceLocation &loc) {
  const Value &x = *operands[0];
  StridedView part = window(x, attrs, operands.subspan(1), loc);
  if (type.shape.elements() == 0)
    return make_uninitialized(type, loc);
  if (is_contiguous(type.shape, part.strides))
    return share(x, part.data, type);
  return copy(part, type, loc);
}

ValueRef insert(std::span<const ValueRef> operands, AttrList attrs, const TensorType &type, const SourceLocation &loc) {
  const Value &x = *operands[0], &y = *operands[1];
  StridedView whole = view_of(x), part = window(x, attrs, operands.subspan(2), loc);
  ValueRef result = copy(whole, type, loc);
  part.data = bytes_of(*result) + (part.data - whole.data);
  copy_elements(type.dtype, y.type.shape, part, view_of(y));
  return result;
}

ValueRef permute(const Value &x, const Shape &axes, const TensorType &type, const SourceLocation &loc) {
  StridedView from = view_of(x), to = from;
  for (int d = 0; d < axes.rank(); ++d)
    to.strides[d] = from.strides[axes[d]];
  return is_contiguous(type.shape, to.strides) && type.shape.elements() ? share(x, to.data, type) : copy(to, type, loc);
}

ValueRef diagonal(const Value &x, std::int64_t offset, const TensorType &type, const SourceLocation &loc) {
  if (type.shape.elements() == 0)
    return make_uninitialized(type, loc);
  StridedView from = view_of(x);
  auto last = static_cast<std::size_t>(x.type.shape.rank()) - 1;
  std::int64_t row = from.strides[last - 1], column = from.strides[last];
  std::int64_t first = offset < 0 ? -offset * row : offset * column;
  StridedView to{from.data + first * static_cast<std::int64_t>(itemsize(type.dtype)), from.strides};
  to.strides[last - 1] = row + column;
  return copy(to, type, loc);
}

ValueRef broadcast(const Value &x, const TensorType &type, const SourceLocation &loc) {
  StridedView from = view_of(x), to{from.data, {}};
  int missing = type.shape.rank() - x.type.shape.rank();
  for (int d = missing; d < type.shape.rank(); ++d)
    to.strides[d] = x.type.shape[d - missing] == 1 ? 0 : from.strides[d - missing];
  return copy(to, type, loc);
}

ValueRef concat(std::span<const ValueRef> operands, int axis, const TensorType &type, const SourceLocation &loc) {
  ValueRef result = make_uninitialized(type, loc);
  StridedView to = view_of(*result);
  for (const ValueRef &x : operands) {
    copy_elements(type.dtype, x->type.shape, to, view_of(*x));
    to.data += x->type.shape[axis] * to.strides[axis] * static_cast<std::int64_t>(itemsize(type.dtype));
  }
  return result;
}

/// As compiled code does it: integers wrap, a product is rounded before it is added.
template <class T> void fill_range(T *out, std::int64_t n, const Value &start, const Value &step) {
  T first = *static_cast<const T *>(start.data), by = *static_cast<const T *>(step.data);
  for (std::int64_t i = 0; i < n; ++i)
    if constexpr (std::is_floating_point_v<T>)
      out[i] = first + static_cast<T>(i) * by;
    else
      out[i] = static_cast<T>(static_cast<std::uint64_t>(first) + static_cast<std::uint64_t>(i) * static_cast<std::uint64_t>(by));
}

ValueRef arange(const Value &start, const Value &step, const TensorType &type, const SourceLocation &loc) {
  ValueRef result = make_uninitialized(type, loc);
  bool filled = with_type(type.dtype, [&]<class T>(TypeTag<T>) {
    constexpr bool is_plain = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;
    if constexpr (is_plain)
      fill_range(reinterpret_cast<T *>(bytes_of(*result)), type.shape.elements(), start, step);
    return is_plain;
  });
  return filled ? result : nullptr; // half precision: a kernel converts
}

ValueRef positions(const TensorType &type, const SourceLocation &loc) {
  ValueRef result = make_uninitialized(type, loc);
  std::iota(reinterpret_cast<std::int64_t *>(bytes_of(*result)),
            reinterpret_cast<std::int64_t *>(bytes_of(*result)) + type.shape.elements(), std::int64_t{0});
  return result;
}

} // namespace

ValueRef run_directly(OpId op, std::span<const ValueRef> operands, AttrList attrs, const TensorType &type, const SourceLocation &loc) {
  switch (op) {
  case OpId::Reshape:
    return type.shape.elements() ? share(*operands[0], bytes_of(*operands[0]), type) : make_uninitialized(type, loc);
  case OpId::Slice: return slice(operands, attrs, type, loc);
  case OpId::Insert: return insert(operands, attrs, type, loc);
  case OpId::PermuteDims: return permute(*operands[0], attr<Shape>(attrs, "axes"), type, loc);
  case OpId::Diagonal:
    return diagonal(*operands[0], attr<std::int64_t>(attrs, "offset"), type, loc);
  case OpId::BroadcastTo: return broadcast(*operands[0], type, loc);
  case OpId::Concat: return concat(operands, static_cast<int>(attr<std::int64_t>(attrs, "axis")), type, loc);
  case OpId::Positions: return positions(type, loc);
  case OpId::Arange: return arange(*operands[0], *operands[1], type, loc);
  default: return nullptr;
  }
}

} // namespace weft::detail

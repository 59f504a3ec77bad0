// The operations: free functions and operators over Operand, generated from the one operation table
// (dialect/IR/Ops.td), and the few whose C++ form is more than their operation.
#pragma once
#include <weft/operand.h>

#include <weft/ops.h.inc>

namespace weft {

// Creation. Without a value to look at, the dtype is float32.
WEFT_API Tensor zeros(const Shape &shape, DType dtype = float32,
                      std::source_location loc = std::source_location::current());
WEFT_API Tensor ones(const Shape &shape, DType dtype = float32,
                     std::source_location loc = std::source_location::current());
/// A tensor of `shape` filled with the rank-0 `value`, whose dtype it takes.
WEFT_API Tensor full(const Shape &shape, const Operand &value);
WEFT_API Tensor zeros_like(const Operand &x);
WEFT_API Tensor ones_like(const Operand &x);
/// start, start + step, … before stop, in the dtype of the values (int: int32). While tracing the values must be known:
/// they decide the size.
WEFT_API Tensor arange(const Operand &stop);
WEFT_API Tensor arange(const Operand &start, const Operand &stop);
WEFT_API Tensor arange(const Operand &start, const Operand &stop, const Operand &step);

/// The same elements in row-major order under another shape; one dimension may be -1.
WEFT_API Tensor reshape(const Operand &x, const Shape &shape);
/// Dimension 0..n-1 of the result is dimension axes[i] of x.
WEFT_API Tensor permute_dims(const Operand &x, const Shape &axes);
WEFT_API Tensor broadcast_to(const Operand &x, const Shape &shape);
WEFT_API Tensor expand_dims(const Operand &x, int axis);
WEFT_API Tensor squeeze(const Operand &x, const Axis &axis = all_axes);
/// Joined along an existing axis / stacked along a new one. All operands need one dtype.
WEFT_API Tensor concat(std::initializer_list<Operand> xs, int axis = 0,
                       std::source_location loc = std::source_location::current());
WEFT_API Tensor stack(std::initializer_list<Operand> xs, int axis = 0,
                      std::source_location loc = std::source_location::current());

/// x's elements converted to `dtype`: float to integer truncates and saturates (NaN gives 0), to bool is `!= 0`.
WEFT_API Tensor cast(const Operand &x, DType dtype);
/// The sizes of x as an int64 tensor of rank 1, and of one dimension as rank 0.
WEFT_API Tensor shape(const Operand &x);
WEFT_API Tensor dim(const Operand &x, int axis);

namespace detail {
WEFT_API Tensor set(const Operand &x, const Operand &value, std::initializer_list<IndexItem> items);
}
/// x with the elements at an index or slice replaced by `value`, which is broadcast to their shape: what `x[i] = v` means
/// for an immutable value.
template <class... I> Tensor set(const Operand &x, const Operand &value, const I &...items) {
  return detail::set(x, value, {IndexItem(items, x.source_location())...});
}

/// `!x` of a Tensor: an exact match, because the conversions to Operand and to bool would compete. An operator has no place for
/// a default argument, so its line is that of the operation before.
template <std::same_as<Tensor> T> Tensor operator!(const T &x) {
  return logical_not(Operand(x, std::source_location{}));
}

/// True if shape, dtype and every element are equal; a host bool, so a TraceError while tracing.
WEFT_API bool array_equal(const Operand &a, const Operand &b);

} // namespace weft

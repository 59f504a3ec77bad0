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
/// The same with `value`, of rank 0 (ShapeError), in x's dtype. Array API `full_like`.
WEFT_API Tensor full_like(const Operand &x, const Operand &value);
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

// Made of other operations. Floating dtypes only (DTypeError), unless it says otherwise; IndexError for an axis out of range.

/// The sum along the axes over how many there are; NaN where there are none. Array API `mean`.
WEFT_API Tensor mean(const Operand &x, const Axis &axis = all_axes, bool keepdims = false);
/// The mean squared distance from the mean, with the count less `correction` below: 1 for a sample's. Array API `var`, and
/// `std`, its square root.
WEFT_API Tensor var(const Operand &x, const Axis &axis = all_axes, double correction = 0, bool keepdims = false);
WEFT_API Tensor std(const Operand &x, const Axis &axis = all_axes, double correction = 0, bool keepdims = false);
/// How many elements are not 0 (NaN is not), as int64; every dtype but string. Array API `count_nonzero`.
WEFT_API Tensor count_nonzero(const Operand &x, const Axis &axis = all_axes, bool keepdims = false);
/// log(sum(exp(x))) without overflow on the way. SciPy `logsumexp`.
WEFT_API Tensor logsumexp(const Operand &x, const Axis &axis = all_axes, bool keepdims = false);

/// The larger of x and 0; every number. TensorFlow `relu`.
WEFT_API Tensor relu(const Operand &x);
/// 1 / (1 + exp(-x)); x * sigmoid(x); log(1 + exp(x)). TensorFlow `sigmoid`, `silu`, `softplus`.
WEFT_API Tensor sigmoid(const Operand &x);
WEFT_API Tensor silu(const Operand &x);
WEFT_API Tensor softplus(const Operand &x);
/// exp(x) over its sum along the axis, and the logarithm of that. TensorFlow `softmax`, `log_softmax`.
WEFT_API Tensor softmax(const Operand &x, int axis = -1);
WEFT_API Tensor log_softmax(const Operand &x, int axis = -1);
/// A new last dimension of `depth`: 1 at the index, else 0; nothing but 0 for an index out of range. Indices are integers
/// (DTypeError). TensorFlow `one_hot`.
WEFT_API Tensor one_hot(const Operand &indices, std::int64_t depth, DType dtype = float32);

/// The elements in reverse order along the axes; every dtype. Array API `flip`.
WEFT_API Tensor flip(const Operand &x, const Axis &axis = all_axes);
/// Moved by `shift` along the axis, round the end; every dtype. Array API `roll`.
WEFT_API Tensor roll(const Operand &x, std::int64_t shift, int axis);
/// Dimension `source` of x is dimension `destination` of the result; every dtype. Array API `moveaxis`.
WEFT_API Tensor moveaxis(const Operand &x, int source, int destination);
/// The last two dimensions exchanged (ShapeError below rank 2); every dtype. Array API `matrix_transpose`.
WEFT_API Tensor matrix_transpose(const Operand &x);
/// Matrices with 0 above (tril) or below (triu) diagonal k: 0 is the main one, higher ones are above it. ShapeError below
/// rank 2; every dtype but string. Array API `tril`, `triu`.
WEFT_API Tensor tril(const Operand &x, std::int64_t k = 0);
WEFT_API Tensor triu(const Operand &x, std::int64_t k = 0);
/// x repeated reps[d] times along dimension d, as a whole; and each element `count` times along an axis; every dtype. NumPy
/// `tile` and `repeat`, for as many reps as x has dimensions (ShapeError).
WEFT_API Tensor tile(const Operand &x, const Shape &reps);
WEFT_API Tensor repeat(const Operand &x, std::int64_t count, int axis);
/// x[i + 1] - x[i] along the axis; every number. Array API `diff` for n = 1.
WEFT_API Tensor diff(const Operand &x, int axis = -1);
/// The sum of products along the axis; every number. Array API `vecdot`, without complex numbers.
WEFT_API Tensor vecdot(const Operand &x, const Operand &y, int axis = -1);
/// x[i] * y[j] of two vectors (ShapeError); every number. Array API `linalg.outer`.
WEFT_API Tensor outer(const Operand &x, const Operand &y);
/// `count` numbers evenly from start to stop, both among them; floating, of rank 0 and one dtype. Array API `linspace`.
WEFT_API Tensor linspace(const Operand &start, const Operand &stop, std::int64_t count);
/// 1 on diagonal k, else 0. Array API `eye`.
WEFT_API Tensor eye(std::int64_t rows, std::int64_t columns, std::int64_t k = 0, DType dtype = float32,
                    std::source_location loc = std::source_location::current());

// Sorting and searching. Every dtype, unless it says otherwise; IndexError for an axis out of range.

/// The elements along the axis in ascending order, or descending. false comes before true, texts are ordered by their bytes,
/// NaN is last (first where descending). Array API `sort`; `argsort` gives the indices (int64), and equal elements keep
/// their order.
WEFT_API Tensor sort(const Operand &x, int axis = -1, bool descending = false);
WEFT_API Tensor argsort(const Operand &x, int axis = -1, bool descending = false);

/// True if shape, dtype and every element are equal; a host bool, so a TraceError while tracing.
WEFT_API bool array_equal(const Operand &a, const Operand &b);

} // namespace weft

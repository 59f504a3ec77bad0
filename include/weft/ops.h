// The operations: free functions and operators over Operand, generated from the one operation table
// (dialect/IR/Ops.td), and the few whose C++ form is more than their operation.
#pragma once
#include <weft/operand.h>
#include <weft/tree.h>

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
WEFT_API Tensor concat(const std::vector<Tensor> &xs, int axis = 0,
                       std::source_location loc = std::source_location::current());
WEFT_API Tensor stack(const std::vector<Tensor> &xs, int axis = 0,
                      std::source_location loc = std::source_location::current());
/// x's parts along the axis, without it: what `stack` undoes. As many tensors as the size says, which must be known
/// while tracing (TraceError). Array API `unstack`.
WEFT_API std::vector<Tensor> unstack(const Operand &x, int axis = 0);
/// Each of them in the shape that all broadcast to; their dtypes stay. Array API `broadcast_arrays`.
WEFT_API std::vector<Tensor> broadcast_arrays(std::initializer_list<Operand> xs);
/// Of vectors (ShapeError) the tensors with an element for each point of their grid: result k is xs[k] along dimension k, with
/// "xy" the first two dimensions exchanged; "ij" is the other `indexing` (CheckError). Array API `meshgrid`.
WEFT_API std::vector<Tensor> meshgrid(std::initializer_list<Operand> xs, std::string_view indexing = "xy",
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
/// x[i + 1] - x[i] along the axis, and that n times (ShapeError below 0); every number. Array API `diff`.
WEFT_API Tensor diff(const Operand &x, int axis = -1, std::int64_t n = 1);
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

/// The k largest elements along the last axis in descending order, and their indices (int64); of equal ones the lower index comes
/// first. ShapeError where there are fewer. TensorFlow `top_k`.
struct TopK {
  Tensor values, indices;
};
WEFT_API TopK top_k(const Operand &x, std::int64_t k);
/// Where the first largest or smallest element is along one axis, or among all of them (the index in x as a vector), as int64. NaN
/// is found first. ShapeError where there is no element; numbers and bool. Array API `argmax`, `argmin`.
WEFT_API Tensor argmax(const Operand &x, const Axis &axis = all_axes, bool keepdims = false);
WEFT_API Tensor argmin(const Operand &x, const Axis &axis = all_axes, bool keepdims = false);
/// The first index (int64) at which each value can be inserted into the vector `sorted` (ShapeError) so that it stays in order; the
/// last one with `right`. A vector that is not sorted gives indices without meaning. Array API `searchsorted`.
WEFT_API Tensor searchsorted(const Operand &sorted, const Operand &values, bool right = false);
/// The positions of the elements that are not 0: a vector of int64 for each dimension (ShapeError at rank 0), in row-major order. NaN
/// is not 0; numbers and bool. Array API `nonzero`.
WEFT_API std::vector<Tensor> nonzero(const Operand &x);
/// The sum, or product, of the elements up to each one along the axis, from left to right; with `include_initial` 0, or 1, stands
/// before them. dtypes as for `sum`; numbers and bool. Array API `cumulative_sum`, `cumulative_prod`.
WEFT_API Tensor cumulative_sum(const Operand &x, int axis = -1, bool include_initial = false);
WEFT_API Tensor cumulative_prod(const Operand &x, int axis = -1, bool include_initial = false);

/// The distinct elements in the order of `sort`; each NaN is one of its own. Array API `unique_values`; the others also give how
/// many there are of each (`counts`), where each element of x is among them (`inverse_indices`, of x's shape), and where each is
/// first in x as a vector (`indices`), all int64. Array API `unique_counts`, `unique_inverse`, `unique_all`.
struct UniqueCounts {
  Tensor values, counts;
};
struct UniqueInverse {
  Tensor values, inverse_indices;
};
struct UniqueAll {
  Tensor values, indices, inverse_indices, counts;
};
WEFT_API Tensor unique_values(const Operand &x);
WEFT_API UniqueCounts unique_counts(const Operand &x);
WEFT_API UniqueInverse unique_inverse(const Operand &x);
WEFT_API UniqueAll unique_all(const Operand &x);

// Elements by index. Every dtype, unless it says otherwise. Indices are int32 or int64 (DTypeError); a negative one counts from the
// end, and one out of range is an IndexError when it is found.

/// x's parts at `indices`, whose shape stands where the axis was. Array API `take`, TensorFlow `gather`.
WEFT_API Tensor take(const Operand &x, const Operand &indices, int axis = 0);
WEFT_API Tensor gather(const Operand &params, const Operand &indices, int axis = 0);
/// For each index one element along the axis: indices have x's rank and broadcast with x in the other dimensions (ShapeError).
/// Array API `take_along_axis`.
WEFT_API Tensor take_along_axis(const Operand &x, const Operand &indices, int axis = -1);
/// x with its rows (what x[i] is) at `indices` replaced by `updates`, or with the updates added, which are in x's dtype and of shape
/// indices.shape + x.shape[1:] or broadcast to it (ShapeError). Of equal indices the last one wins, or all are added in order.
/// scatter_add takes numbers. TensorFlow `tensor_scatter_nd_update`, `tensor_scatter_nd_add` along axis 0.
WEFT_API Tensor scatter_update(const Operand &x, const Operand &indices, const Operand &updates);
WEFT_API Tensor scatter_add(const Operand &x, const Operand &indices, const Operand &updates);
/// Row i of the result is the sum of what has the id i; negative ids are left out, and others must be below `num_segments`. The ids
/// have the shape of x's leading dimensions; numbers. TensorFlow `unsorted_segment_sum`.
WEFT_API Tensor segment_sum(const Operand &x, const Operand &segment_ids, std::int64_t num_segments);
/// x's elements where the mask is true, along one dimension: the mask is bool (DTypeError) and has the shape of x's leading dimensions
/// (ShapeError). The same as x[mask]. TensorFlow `boolean_mask`.
WEFT_API Tensor boolean_mask(const Operand &x, const Operand &mask);

// Comparison of whole tensors.

/// |x - y| <= atol + rtol * |y|, or equal infinities; NaN is close to nothing, or to NaN with `equal_nan`. Integers and bool are
/// compared as float64. NumPy `isclose`.
WEFT_API Tensor isclose(const Operand &x, const Operand &y, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false);
/// True if isclose holds for all of them; a host bool, so a TraceError while tracing. NumPy `allclose`.
WEFT_API bool allclose(const Operand &x, const Operand &y, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false);
/// True if shape, dtype and every element are equal; a host bool, so a TraceError while tracing.
WEFT_API bool array_equal(const Operand &a, const Operand &b);

// So that traced functions can return them.
template <> struct Tree<TopK> {
  static auto fields(auto &r) { return std::tie(r.values, r.indices); }
};
template <> struct Tree<UniqueCounts> {
  static auto fields(auto &r) { return std::tie(r.values, r.counts); }
};
template <> struct Tree<UniqueInverse> {
  static auto fields(auto &r) { return std::tie(r.values, r.inverse_indices); }
};
template <> struct Tree<UniqueAll> {
  static auto fields(auto &r) { return std::tie(r.values, r.indices, r.inverse_indices, r.counts); }
};

} // namespace weft

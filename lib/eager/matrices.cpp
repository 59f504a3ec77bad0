// The functions of matrices and vectors that are made of other operations.
#include "lib/eager/place.h"
#include "lib/tensor/rules.h"

#include <weft/linalg.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace weft {

using detail::axis_of;
using detail::check_floating;
using detail::check_matrices;
using detail::ErrorKind;
using detail::Place;
using detail::raise;

namespace {

std::string described(const Operand &x) { return to_string(x.value()->type); }

/// x with `count` dimensions from `first` on in the place of `sizes`, of which as many elements are made.
Tensor with_sizes(const Operand &x, int first, int count, const Shape &sizes, const char *operation) {
  Shape shape;
  for (int d = 0; d < first; ++d)
    shape.push_back(x.shape()[d]);
  for (std::int64_t d : sizes)
    shape.push_back(d);
  for (int d = first + count; d < x.shape().rank(); ++d)
    shape.push_back(x.shape()[d]);
  if (std::count(shape.begin(), shape.end(), dynamic) > 1)
    raise(ErrorKind::Trace, x.loc(),
          fmt::format("{} of {}: at most one of the sizes may be unknown while tracing", operation, described(x)));
  for (int d = 0; d < shape.rank(); ++d)
    if (shape[d] == dynamic)
      shape[d] = -1;
  return reshape(x, shape);
}

/// `count` dimensions from `first` on as one.
Tensor merged(const Operand &x, int first, int count, const char *operation) {
  if (count == 1)
    return Tensor(x.value());
  std::int64_t size = 1;
  for (int d = first; d < first + count; ++d)
    size = size == dynamic || x.shape()[d] == dynamic ? dynamic : size * x.shape()[d];
  return with_sizes(x, first, count, {size}, operation);
}

} // namespace

// --- tensordot

namespace {

/// The axes counted from the front; IndexError for one out of range or named twice.
Shape distinct_axes(const Operand &x, const std::vector<std::int64_t> &axes) {
  Shape result;
  for (std::int64_t a : axes) {
    std::int64_t axis = axis_of(a, x, "tensordot");
    if (std::find(result.begin(), result.end(), axis) != result.end())
      raise(ErrorKind::Index, x.loc(), fmt::format("tensordot: axis {} is named twice", a));
    result.push_back(axis);
  }
  return result;
}

/// x with the axes last, or first, the others before or behind them in their order.
Tensor with_axes(const Operand &x, const Shape &axes, bool last) {
  Shape order;
  auto others = [&] {
    for (int d = 0; d < x.shape().rank(); ++d)
      if (std::find(axes.begin(), axes.end(), d) == axes.end())
        order.push_back(d);
  };
  if (last)
    others();
  for (std::int64_t a : axes)
    order.push_back(a);
  if (!last)
    others();
  return permute_dims(x, order);
}

} // namespace

Tensor tensordot(const Operand &x, const Operand &y, const std::vector<std::int64_t> &x_axes,
                 const std::vector<std::int64_t> &y_axes) {
  Place at(x);
  Shape from_x = distinct_axes(x, x_axes), from_y = distinct_axes(y, y_axes);
  bool fit = from_x.rank() == from_y.rank();
  for (int k = 0; fit && k < from_x.rank(); ++k)
    fit = detail::may_equal(x.shape()[static_cast<int>(from_x[k])], y.shape()[static_cast<int>(from_y[k])]);
  if (!fit)
    raise(ErrorKind::Shape, x.loc(),
          fmt::format("tensordot of {} and {}: axes {} of the first do not fit axes {} of the second", described(x),
                      described(y), to_string(from_x), to_string(from_y)));
  int summed = from_x.rank(), x_free = x.shape().rank() - summed, y_free = y.shape().rank() - summed;
  Tensor columns_as_they_are = with_axes(y, from_y, false);
  Shape columns;
  for (int d = summed; d < y.shape().rank(); ++d)
    columns.push_back(at(columns_as_they_are).shape()[d]);
  Tensor rows = merged(at(with_axes(x, from_x, true)), x_free, summed, "tensordot");
  Tensor matrix = merged(at(merged(at(columns_as_they_are), 0, summed, "tensordot")), 1, y_free, "tensordot");
  Tensor product = matmul(at(rows), at(matrix));
  return y_free == 1 ? product : with_sizes(at(product), x_free, 1, columns, "tensordot");
}

Tensor tensordot(const Operand &x, const Operand &y, int axes) {
  int most = std::min(x.shape().rank(), y.shape().rank());
  if (axes < 0 || axes > most)
    raise(ErrorKind::Index, x.loc(),
          fmt::format("tensordot of {} and {}: {} axes; there are 0 to {}", described(x), described(y), axes, most));
  std::vector<std::int64_t> last, first;
  for (int k = 0; k < axes; ++k) {
    last.push_back(k - axes);
    first.push_back(k);
  }
  return tensordot(x, y, last, first);
}

namespace linalg {

// --- norms

Tensor vector_norm(const Operand &x, const Axis &axis, bool keepdims, double ord) {
  check_floating(x, "vector_norm");
  Place at(x);
  if (ord == 2)
    return sqrt(at(sum(at(square(x)), axis, keepdims)));
  if (ord == 0)
    return cast(at(count_nonzero(x, axis, keepdims)), x.dtype());
  Tensor magnitudes = abs(x);
  if (std::isinf(ord))
    return ord > 0 ? max(at(magnitudes), axis, keepdims) : min(at(magnitudes), axis, keepdims);
  if (ord == 1)
    return sum(at(magnitudes), axis, keepdims);
  return pow(at(sum(at(pow(at(magnitudes), at.like(ord))), axis, keepdims)), at.like(1 / ord));
}

Tensor norm(const Operand &x, const Axis &axis, bool keepdims) {
  check_floating(x, "norm");
  return vector_norm(x, axis, keepdims);
}

namespace {

[[noreturn]] void no_such_norm(const Operand &x, const std::string &ord) {
  raise(ErrorKind::Check, x.loc(),
        fmt::format("matrix_norm: there is no norm {}; there are \"fro\", \"nuc\", 1, -1, 2, -2, inf and -inf", ord));
}

/// The matrices' numbers with the two dimensions of size 1 that keepdims asks for, or as they are.
Tensor kept(const Operand &x, bool keepdims) {
  Place at(x);
  return keepdims ? expand_dims(at(expand_dims(x, -1)), -1) : Tensor(x.value());
}

} // namespace

Tensor matrix_norm(const Operand &x, bool keepdims, std::string_view ord) {
  check_matrices(x, "matrix_norm");
  check_floating(x, "matrix_norm");
  Place at(x);
  if (ord == "fro")
    return vector_norm(x, {-2, -1}, keepdims);
  if (ord != "nuc")
    no_such_norm(x, fmt::format("\"{}\"", ord));
  return kept(at(sum(at(svdvals(x)), -1)), keepdims);
}

Tensor matrix_norm(const Operand &x, bool keepdims, double ord) {
  check_matrices(x, "matrix_norm");
  check_floating(x, "matrix_norm");
  Place at(x);
  double kind = std::fabs(ord);
  if (kind != 1 && kind != 2 && !std::isinf(kind))
    no_such_norm(x, fmt::format("{}", ord));
  // The columns are summed along their rows; what is left is the last dimension.
  Tensor numbers = kind == 2 ? svdvals(x) : sum(at(abs(x)), kind == 1 ? -2 : -1);
  return kept(at(ord > 0 ? max(at(numbers), -1) : min(at(numbers), -1)), keepdims);
}

// --- ranks and inverses

namespace {

/// Up to what a singular value of x counts as 0; `s` has at least one for each matrix.
Tensor cutoff(const Operand &x, const Tensor &s, std::optional<double> rtol) {
  Place at(x);
  Tensor largest = max(at(s), -1, true);
  if (rtol)
    return multiply(at(largest), at.like(*rtol));
  double epsilon =
      x.dtype() == float32 ? std::numeric_limits<float>::epsilon() : std::numeric_limits<double>::epsilon();
  std::int64_t m = x.shape()[-2], n = x.shape()[-1];
  if (m != dynamic && n != dynamic)
    return multiply(at(largest), at.like(static_cast<double>(std::max(m, n)) * epsilon));
  Tensor longest = cast(at(maximum(at(dim(x, -2)), at(dim(x, -1)))), x.dtype());
  return multiply(at(largest), at(multiply(at(longest), at.like(epsilon))));
}

} // namespace

Tensor matrix_rank(const Operand &x, std::optional<double> rtol) {
  Place at(x);
  Tensor s = svdvals(x);
  bool none = at(s).shape()[-1] == 0;
  return count_nonzero(at(none ? s : greater(at(s), at(cutoff(x, s, rtol)))), -1);
}

Tensor pinv(const Operand &x, std::optional<double> rtol) {
  Place at(x);
  auto [u, s, vh] = svd(x, false);
  Tensor inverse = s;
  if (at(s).shape()[-1] != 0)
    inverse = where(at(greater(at(s), at(cutoff(x, s, rtol)))), at(reciprocal(at(s))), at.like(0));
  Tensor rows = multiply(at(expand_dims(at(inverse), -1)), at(matrix_transpose(at(u))));
  return matmul(at(matrix_transpose(at(vh))), at(rows));
}

Tensor matrix_power(const Operand &x, std::int64_t n) {
  Place at(x);
  check_matrices(x, "matrix_power");
  std::int64_t rows = x.shape()[-2], columns = x.shape()[-1];
  if (!detail::may_equal(rows, columns))
    raise(ErrorKind::Shape, x.loc(), fmt::format("matrix_power of {}: the matrices must be square", described(x)));
  if (!is_number(x.dtype()))
    raise(ErrorKind::DType, x.loc(), fmt::format("matrix_power of {}: a number is needed", described(x)));
  if (n == 0) {
    if (!x.shape().is_static())
      raise(ErrorKind::Trace, x.loc(),
            fmt::format("matrix_power of {} to 0: the sizes must be known while tracing", described(x)));
    return broadcast_to(at(eye(rows, columns, 0, x.dtype(), x.source_location())), x.shape());
  }
  Tensor power = n < 0 ? inv(x) : Tensor(x.value()), result;
  for (std::uint64_t rest = n < 0 ? -static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n);;) {
    if (rest % 2)
      result = result.defined() ? matmul(at(result), at(power)) : power;
    if ((rest /= 2) == 0)
      return result;
    power = matmul(at(power), at(power));
  }
}

// --- diagonals and cross products

Tensor diagonal(const Operand &x, std::int64_t offset) {
  check_matrices(x, "diagonal");
  Place at(x);
  std::int64_t rows = x.shape()[-2], columns = x.shape()[-1];
  if (rows == dynamic || columns == dynamic)
    raise(ErrorKind::Trace, x.loc(),
          fmt::format("diagonal of {}: the sizes of the matrix must be known while tracing", described(x)));
  Tensor elements = merged(x, x.shape().rank() - 2, 2, "diagonal");
  std::int64_t first = 0, behind = 0; // one step is to the next row and column
  if (offset < columns && offset > -rows && rows > 0 && columns > 0) {
    std::int64_t count = offset < 0 ? std::min(rows + offset, columns) : std::min(rows, columns - offset);
    first = offset < 0 ? -offset * columns : offset;
    behind = first + (count - 1) * (columns + 1) + 1;
  }
  return detail::cut(at(elements), x.shape().rank() - 2, slice(first, behind, columns + 1));
}

Tensor trace(const Operand &x, std::int64_t offset) {
  Place at(x);
  return sum(at(diagonal(x, offset)), -1);
}

Tensor cross(const Operand &x, const Operand &y, int axis) {
  Place at(x);
  int in_x = axis_of(axis, x, "cross"), from_end = in_x - x.shape().rank(), in_y = axis_of(from_end, y, "cross");
  for (const auto &[operand, d] : {std::pair(&x, in_x), std::pair(&y, in_y)})
    if (std::int64_t size = operand->shape()[d]; size != 3)
      raise(ErrorKind::Shape, x.loc(),
            fmt::format("cross of {} and {}: the vectors must have 3 elements", described(x), described(y)));
  auto part = [&](const Operand &of, int d, int i) { return detail::cut(of, d, slice(i % 3, i % 3 + 1)); };
  auto times = [&](int i, int j) { return multiply(at(part(x, in_x, i)), at(part(y, in_y, j))); };
  auto element = [&](int i) { return subtract(at(times(i + 1, i + 2)), at(times(i + 2, i + 1))); };
  return concat({at(element(0)), at(element(1)), at(element(2))}, from_end, x.source_location());
}

} // namespace linalg
} // namespace weft

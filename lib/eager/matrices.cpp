// The functions of matrices and vectors that are made of other operations.
#include "lib/eager/dispatch.h"
#include "lib/eager/open_shape.h"
#include "lib/eager/place.h"
#include "lib/tensor/rules.h"

#include <weft/linalg.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace weft {

using detail::apply;
using detail::Attr;
using detail::axis_of;
using detail::check_floating;
using detail::check_matrices;
using detail::ErrorKind;
using detail::OpenShape;
using detail::OpId;
using detail::Place;
using detail::positions;
using detail::raise;

namespace {

std::string described(const Operand &x) { return to_string(x.value()->type); }

/// The dimensions from `first` to before `end` as one.
Tensor merged(const Operand &x, int first, int end) {
  OpenShape shape;
  shape.add(x, 0, first);
  shape.add_product(x, first, end);
  shape.add(x, end, x.shape().rank());
  return reshape(x, shape);
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
  int summed = from_x.rank(), x_free = x.shape().rank() - summed;
  Operand left = at(with_axes(x, from_x, true)), right = at(with_axes(y, from_y, false));
  Operand rows = at(merged(left, x_free, left.shape().rank()));
  Operand columns = at(merged(at(merged(right, summed, right.shape().rank())), 0, summed));
  OpenShape result;
  result.add(left, 0, x_free);
  result.add(right, summed, right.shape().rank());
  return reshape(at(matmul(rows, columns)), result);
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
    int last = x.shape().rank() - 1;
    Tensor place = maximum(at(positions(x, last - 1)), at(positions(x, last))); // the same, and so are their sizes
    return where(at(equal(at(expand_dims(at(place), 1)), at(place))), at(ones_like(x)), at(zeros_like(x)));
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
  // Far outside of every matrix one offset is as good as another.
  Attr attr{"offset", std::max(offset, -std::numeric_limits<std::int64_t>::max())};
  return apply(OpId::Diagonal, std::span(&x.value(), 1), {&attr, 1}, x.loc());
}

Tensor trace(const Operand &x, std::int64_t offset) {
  Place at(x);
  return sum(at(diagonal(x, offset)), -1);
}

namespace {

/// x, whose size along `axis` must be 3: an open one meets it.
Tensor of_three(const Operand &x, int axis) {
  if (x.shape()[axis] == 3)
    return Tensor(x.value());
  if (x.shape()[axis] != dynamic)
    raise(ErrorKind::Shape, x.loc(), fmt::format("cross of {}: the vectors must have 3 elements", described(x)));
  Shape three;
  for (int d = 0; d < x.shape().rank(); ++d)
    three.push_back(d == axis ? 3 : 1);
  Place at(x);
  return where(at(ones(three, boolean, x.source_location())), x, x);
}

} // namespace

Tensor cross(const Operand &x, const Operand &y, int axis) {
  Place at(x);
  int in_x = axis_of(axis, x, "cross"), from_end = in_x - x.shape().rank(), in_y = axis_of(from_end, y, "cross");
  Operand left = at(of_three(x, in_x)), right = Place(y)(of_three(y, in_y));
  auto part = [&](const Operand &of, int d, int i) { return detail::cut(of, d, slice(i % 3, i % 3 + 1)); };
  auto times = [&](int i, int j) { return multiply(at(part(left, in_x, i)), at(part(right, in_y, j))); };
  auto element = [&](int i) { return subtract(at(times(i + 1, i + 2)), at(times(i + 2, i + 1))); };
  return concat({at(element(0)), at(element(1)), at(element(2))}, from_end, x.source_location());
}

} // namespace linalg
} // namespace weft

// Public operations that are made of others: compiled they fuse, eager they are several kernels. What they compute
// keeps the user's place, so an error names his line.
#include "lib/eager/place.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace weft {

using detail::axis_of;
using detail::check_floating;
using detail::check_matrices;
using detail::cut;
using detail::ErrorKind;
using detail::moved;
using detail::Place;
using detail::positions;
using detail::raise;
using detail::widened;

namespace detail {

void check_floating(const Operand &x, const char *operation) {
  if (!is_floating(x.dtype()))
    raise(ErrorKind::DType, x.loc(),
          fmt::format("{} of {}: only floating dtypes have one; convert it: weft::cast(x, weft::float32)", operation,
                      to_string(x.value()->type)));
}

void check_matrices(const Operand &x, const char *operation) {
  if (x.shape().rank() < 2)
    raise(ErrorKind::Shape, x.loc(),
          fmt::format("{} of {}: a matrix has two dimensions", operation, to_string(x.value()->type)));
}

Shape moved(int rank, int from, int to) {
  Shape order;
  for (int d = 0; d < rank; ++d)
    if (d != from)
      order.push_back(d);
  Shape result;
  for (int d = 0, k = 0; d < rank; ++d)
    result.push_back(d == to ? from : order[k++]);
  return result;
}

Tensor cut(const Operand &x, int axis, const Slice &window) {
  Place at(x);
  int rank = x.shape().rank();
  Tensor first = permute_dims(x, moved(rank, axis, 0));
  return permute_dims(at(first(IndexItem(window, x.source_location()))), moved(rank, 0, axis));
}

} // namespace detail

namespace {

/// How many elements each result of a reduction is made of.
Tensor reduced_count(const Operand &x, const Axis &axis, const char *operation) {
  Place at(x);
  std::array<bool, Shape::max_rank> reduced{};
  for (int d = 0; axis.all() && d < x.shape().rank(); ++d)
    reduced[static_cast<std::size_t>(d)] = true;
  for (std::int64_t a : axis.axes())
    reduced[static_cast<std::size_t>(axis_of(a, x, operation))] = true;
  std::int64_t known = 1;
  Tensor open;
  for (int d = 0; d < x.shape().rank(); ++d) {
    if (!reduced[static_cast<std::size_t>(d)])
      continue;
    if (x.shape()[d] != dynamic)
      known *= x.shape()[d];
    else
      open = open.defined() ? multiply(at(open), at(dim(x, d))) : dim(x, d);
  }
  Tensor count = open.defined() ? multiply(at(open), at.number(known)) : Tensor(known);
  return cast(at(count), x.dtype());
}

/// x with what is not on the chosen side of diagonal k set to 0.
Tensor triangle(const Operand &x, std::int64_t k, bool lower, const char *operation) {
  Place at(x);
  check_matrices(x, operation);
  int rank = x.shape().rank();
  Tensor row = expand_dims(at(positions(x, rank - 2)), 1), column = positions(x, rank - 1);
  Tensor edge = add(at(row), at.number(k));
  Tensor keep = lower ? less_equal(at(column), at(edge)) : greater_equal(at(column), at(edge));
  return where(at(keep), x, at.like(0));
}

} // namespace

// --- statistics

Tensor mean(const Operand &x, const Axis &axis, bool keepdims) {
  return widened(x, "mean", [&](const Operand &x, const Place &at) {
    return divide(at(sum(x, axis, keepdims)), at(reduced_count(x, axis, "mean")));
  });
}

Tensor var(const Operand &x, const Axis &axis, double correction, bool keepdims) {
  return widened(x, "var", [&](const Operand &x, const Place &at) {
    Tensor distance = subtract(x, at(mean(x, axis, true)));
    Tensor count = subtract(at(reduced_count(x, axis, "var")), at.like(correction));
    return divide(at(sum(at(square(at(distance))), axis, keepdims)), at(count));
  });
}

Tensor std(const Operand &x, const Axis &axis, double correction, bool keepdims) {
  return widened(x, "std", [&](const Operand &x, const Place &at) {
    return sqrt(at(var(x, axis, correction, keepdims)));
  });
}

Tensor count_nonzero(const Operand &x, const Axis &axis, bool keepdims) {
  Place at(x);
  return sum(at(cast(at(cast(x, boolean)), int64)), axis, keepdims);
}

Tensor logsumexp(const Operand &x, const Axis &axis, bool keepdims) {
  return widened(x, "logsumexp", [&](const Operand &x, const Place &at) {
    Tensor top = max(x, axis, true);
    Tensor shift = where(at(isfinite(at(top))), at(top), at.like(0));
    Tensor total = log(at(sum(at(exp(at(subtract(x, at(shift))))), axis, true)));
    Tensor result = add(at(total), at(shift));
    return keepdims ? result : squeeze(at(result), axis);
  });
}

// --- neural networks

Tensor relu(const Operand &x) {
  Place at(x);
  return maximum(x, at.like(0));
}

Tensor sigmoid(const Operand &x) {
  return widened(x, "sigmoid", [](const Operand &x, const Place &at) {
    // exp of what is not above 0 cannot overflow.
    Tensor e = exp(at(negative(at(abs(x)))));
    Tensor top = where(at(greater_equal(x, at.like(0))), at.like(1), at(e));
    return divide(at(top), at(add(at.like(1), at(e))));
  });
}

Tensor silu(const Operand &x) {
  return widened(x, "silu", [](const Operand &x, const Place &at) { return multiply(x, at(sigmoid(x))); });
}

Tensor softplus(const Operand &x) {
  return widened(x, "softplus", [](const Operand &x, const Place &at) { return logaddexp(x, at.like(0)); });
}

Tensor softmax(const Operand &x, int axis) {
  return widened(x, "softmax", [&](const Operand &x, const Place &at) {
    Tensor e = exp(at(subtract(x, at(max(x, axis, true)))));
    return divide(at(e), at(sum(at(e), axis, true)));
  });
}

Tensor log_softmax(const Operand &x, int axis) {
  return widened(x, "log_softmax", [&](const Operand &x, const Place &at) {
    Tensor shifted = subtract(x, at(max(x, axis, true)));
    return subtract(at(shifted), at(log(at(sum(at(exp(at(shifted))), axis, true)))));
  });
}

Tensor one_hot(const Operand &indices, std::int64_t depth, DType dtype) {
  Place at(indices);
  if (!is_integer(indices.dtype()))
    raise(ErrorKind::DType, indices.loc(), fmt::format("one_hot: indices are integers, not {}", name(indices.dtype())));
  Tensor column = expand_dims(indices, -1);
  return cast(at(equal(at(column), at(cast(at(arange(at.number(depth))), indices.dtype())))), dtype);
}

// --- shapes

Tensor flip(const Operand &x, const Axis &axis) {
  Place at(x);
  Tensor result(x.value());
  auto turn = [&](int d) { result = cut(at(result), d, slice(none, none, -1)); };
  for (int d = 0; axis.all() && d < x.shape().rank(); ++d)
    turn(d);
  for (std::int64_t a : axis.axes())
    turn(axis_of(a, x, "flip"));
  return result;
}

Tensor roll(const Operand &x, std::int64_t shift, int axis) {
  Place at(x);
  int d = axis_of(axis, x, "roll");
  std::int64_t n = x.shape()[d];
  if (n == dynamic) {
    Tensor size = maximum(at(dim(x, d)), at.number(1));
    return take(x, at(remainder(at(subtract(at(positions(x, d)), at.number(shift))), at(size))), d);
  }
  std::int64_t by = n ? (shift % n + n) % n : 0;
  if (by == 0)
    return Tensor(x.value());
  return concat({at(cut(x, d, slice(n - by, none))), at(cut(x, d, slice(0, n - by)))}, d, x.source_location());
}

Tensor moveaxis(const Operand &x, int source, int destination) {
  int from = axis_of(source, x, "moveaxis"), to = axis_of(destination, x, "moveaxis");
  return permute_dims(x, moved(x.shape().rank(), from, to));
}

Tensor matrix_transpose(const Operand &x) {
  check_matrices(x, "matrix_transpose");
  return moveaxis(x, -1, -2);
}

Tensor tril(const Operand &x, std::int64_t k) { return triangle(x, k, true, "tril"); }
Tensor triu(const Operand &x, std::int64_t k) { return triangle(x, k, false, "triu"); }

namespace {

void check_count(const Operand &x, std::int64_t count, const char *operation) {
  if (count < 0)
    raise(ErrorKind::Shape, x.loc(), fmt::format("{}: a count cannot be negative: {}", operation, count));
}

/// A new dimension at `axis`, of that size, merged with the one behind it.
Tensor repeated(const Operand &x, int d, std::int64_t count, int axis) {
  Place at(x);
  Shape merged = x.shape();
  Tensor with = expand_dims(x, axis);
  Shape wide = with.shape();
  wide[axis] = count;
  merged[d] *= count;
  return reshape(at(broadcast_to(at(with), wide)), merged);
}

/// The positions along an open dimension, `count` times: 0, 1, 2, 0, 1, 2.
Tensor positions_again(const Operand &x, int d, std::int64_t count) {
  Place at(x);
  Tensor once = positions(x, d);
  if (count == 0)
    return once(IndexItem(slice(0, 0), x.source_location()));
  return concat(std::vector<Tensor>(static_cast<std::size_t>(count), once), 0, x.source_location());
}

} // namespace

Tensor tile(const Operand &x, const Shape &reps) {
  Place at(x);
  if (reps.rank() != x.shape().rank())
    raise(ErrorKind::Shape, x.loc(),
          fmt::format("tile of {}: there must be a number for each dimension, not {}", to_string(x.value()->type),
                      reps.rank()));
  Tensor result(x.value());
  for (int d = 0; d < reps.rank(); ++d) {
    check_count(x, reps[d], "tile");
    if (reps[d] != 1)
      result = x.shape().is_static() ? repeated(at(result), d, reps[d], d)
                                     : take(at(result), at(positions_again(at(result), d, reps[d])), d);
  }
  return result;
}

Tensor repeat(const Operand &x, std::int64_t count, int axis) {
  Place at(x);
  int d = axis_of(axis, x, "repeat");
  check_count(x, count, "repeat");
  if (x.shape().is_static())
    return repeated(x, d, count, d + 1);
  Tensor all = positions_again(x, d, count);
  return take(x, at(floor_divide(at(positions(at(all), 0)), at.number(std::max<std::int64_t>(count, 1)))), d);
}

// --- sums and products

Tensor diff(const Operand &x, int axis, std::int64_t n) {
  Place at(x);
  int d = axis_of(axis, x, "diff");
  if (n < 0)
    raise(ErrorKind::Shape, x.loc(), fmt::format("diff: a count cannot be negative: {}", n));
  Tensor result(x.value());
  // Nothing is left of a size after as many differences.
  for (; n > 0 && result.checked(x.loc())->type.shape[d] != 0; --n)
    result = subtract(at(cut(at(result), d, slice(1, none))), at(cut(at(result), d, slice(0, -1))));
  return result;
}

Tensor vecdot(const Operand &x, const Operand &y, int axis) {
  Place at(x);
  return sum(at(multiply(x, y)), axis);
}

Tensor outer(const Operand &x, const Operand &y) {
  Place at(x);
  if (x.shape().rank() != 1 || y.shape().rank() != 1)
    raise(ErrorKind::Shape, x.loc(),
          fmt::format("outer of {} and {}: both are vectors", to_string(x.value()->type), to_string(y.value()->type)));
  return multiply(at(expand_dims(x, 1)), y);
}

// --- creation

Tensor linspace(const Operand &start, const Operand &stop, std::int64_t count) {
  check_floating(start, "linspace");
  Place at(start);
  if (count < 0)
    raise(ErrorKind::Shape, start.loc(), fmt::format("linspace: a count cannot be negative: {}", count));
  Tensor i = cast(at(arange(at.number(count))), start.dtype());
  Operand gaps = at.like(count > 1 ? count - 1 : 1);
  Tensor step = divide(at(subtract(stop, start)), gaps);
  Tensor inner = add(at(multiply(at(i), at(step))), start);
  // The end is exactly what was asked for.
  return count > 1 ? where(at(equal(at(i), gaps)), stop, at(inner)) : inner;
}

Tensor eye(std::int64_t rows, std::int64_t columns, std::int64_t k, DType dtype, std::source_location loc) {
  auto at = [&](const Tensor &t) { return Operand(t, loc); };
  if (rows < 0 || columns < 0)
    raise(ErrorKind::Shape, loc, fmt::format("eye: a matrix cannot have the shape ({}, {})", rows, columns));
  Tensor diagonal = add(at(expand_dims(at(arange(Operand(rows, loc))), 1)), Operand(k, loc));
  return cast(at(equal(at(arange(Operand(columns, loc))), at(diagonal))), dtype);
}

} // namespace weft

// Public functions of several tensors, or that give several: made of other operations, as those of composite.cpp.
#include "lib/eager/place.h"
#include "lib/tensor/rules.h"

#include <fmt/format.h>

namespace weft {

using detail::axis_of;
using detail::ErrorKind;
using detail::Place;
using detail::raise;

namespace {

/// A tensor of bool in the shape that all of them broadcast to, when some sizes are open. Only its shape is used.
Tensor common_shape(std::span<const Operand> xs) {
  Tensor all;
  for (const Operand &x : xs) {
    Place at(x);
    Tensor one = equal(x, x);
    all = all.defined() ? logical_and(at(all), at(one)) : one;
  }
  return all;
}

std::vector<Tensor> spread(std::span<const Operand> xs) {
  Shape shape;
  for (const Operand &x : xs) {
    detail::TypeResult r = detail::broadcast(shape, x.shape(), x.dtype());
    if (!r.type)
      raise(r.kind, x.loc(), fmt::format("broadcast_arrays: {}", r.message));
    shape = r.type->shape;
  }
  Tensor like = shape.is_static() ? Tensor() : common_shape(xs);
  std::vector<Tensor> results;
  for (const Operand &x : xs)
    results.push_back(shape.is_static() ? broadcast_to(x, shape) : where(Place(x)(like), x, x));
  return results;
}

} // namespace

std::vector<Tensor> unstack(const Operand &x, int axis) {
  Place at(x);
  int d = axis_of(axis, x, "unstack");
  std::int64_t count = x.shape()[d];
  if (count == dynamic)
    raise(ErrorKind::Trace, x.loc(),
          fmt::format("unstack of {}: how many tensors it gives must be known while tracing; loop over the rows with "
                      "`for (Tensor row : x)`, or leave the size of dimension {} in the signature",
                      to_string(x.value()->type), d));
  Tensor rows = moveaxis(x, d, 0);
  std::vector<Tensor> parts;
  for (std::int64_t i = 0; i < count; ++i)
    parts.push_back(rows[at.number(i)]);
  return parts;
}

std::vector<Tensor> broadcast_arrays(std::initializer_list<Operand> xs) { return spread({xs.begin(), xs.size()}); }

std::vector<Tensor> meshgrid(std::initializer_list<Operand> xs, std::string_view indexing, std::source_location loc) {
  if (indexing != "xy" && indexing != "ij")
    raise(ErrorKind::Check, loc, fmt::format("meshgrid: the indexing is \"xy\" or \"ij\", not \"{}\"", indexing));
  if (xs.size() > Shape::max_rank)
    raise(ErrorKind::Shape, loc,
          fmt::format("meshgrid of {} vectors: a tensor has at most {} dimensions", xs.size(), Shape::max_rank));
  int rank = static_cast<int>(xs.size()), k = 0;
  std::vector<Operand> lines;
  for (const Operand &x : xs) {
    Place at(x);
    if (x.shape().rank() != 1)
      raise(ErrorKind::Shape, x.loc(), fmt::format("meshgrid of {}: vectors are needed", to_string(x.value()->type)));
    int dimension = indexing == "xy" && rank > 1 && k < 2 ? 1 - k : k;
    Tensor line(x.value());
    for (int d = 0; d < rank; ++d)
      if (d != dimension)
        line = expand_dims(at(line), d);
    lines.push_back(at(line));
    ++k;
  }
  return spread(lines);
}

} // namespace weft

// The public operations whose C++ form is more than their operation: creation, conversion and shape. Indexing is in
// indexing.cpp. All of them end in detail::apply.
#include "lib/eager/axis.h"
#include "lib/eager/dispatch.h"
#include "lib/eager/place.h"
#include "lib/function/compiler.h"
#include "lib/function/graph_registry.h"
#include "lib/function/tracer_scope.h"
#include "lib/tensor/rules.h"
#include "lib/tensor/value.h"
#include "lib/tensor/weak.h"

#include <weft/ops.h>

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace weft {

using detail::apply;
using detail::Attr;
using detail::ErrorKind;
using detail::OpId;
using detail::normalized_axis;
using detail::raise;
using detail::ValueRef;

namespace {

Tensor filled(const Shape &shape, const ValueRef &value, const SourceLocation &loc) {
  Attr attr{"shape", shape};
  for (std::int64_t d : shape)
    if (d < 0)
      raise(ErrorKind::Shape, loc, fmt::format("a tensor cannot have the shape {}", to_string(shape)));
  return apply(OpId::BroadcastTo, std::span(&value, 1), {&attr, 1}, loc);
}

/// `value` in every element of a tensor like x, whose sizes may be open: then x's own elements say where, and none is read.
Tensor filled_like(const Operand &x, const ValueRef &value) {
  if (x.shape().is_static())
    return filled(x.shape(), value, x.loc());
  std::array<ValueRef, 3> operands{Tensor(true).checked(x.loc()), value, x.value()};
  return apply(OpId::Where, operands, {}, x.loc());
}

ValueRef number(DType dtype, int v, const SourceLocation &loc) {
  return detail::convert(detail::make_scalar(DType::Int32, &v), dtype, loc);
}

/// How many numbers start, start + step, … lie before stop.
std::int64_t arange_size(const std::array<ValueRef, 3> &v, const SourceLocation &loc) {
  auto as_double = [](const ValueRef &x) {
    return x->type.dtype == DType::Float32 ? double(*static_cast<const float *>(x->data)) : *static_cast<const double *>(x->data);
  };
  double count = 0;
  if (is_floating(v[0]->type.dtype)) {
    double step = as_double(v[2]);
    count = step == 0 ? NAN : std::ceil((as_double(v[1]) - as_double(v[0])) / step);
  } else {
    detail::Integer start = read_integer(*v[0]), stop = read_integer(*v[1]), step = read_integer(*v[2]);
    count = step == 0 ? NAN : double(step > 0 ? (stop - start + step - 1) / step : (start - stop - step - 1) / -step);
  }
  if (!(count < 9e15))
    raise(ErrorKind::Shape, loc, std::isnan(count) ? "arange: the step cannot be zero or NaN" : "arange: too many elements");
  return count < 0 ? 0 : static_cast<std::int64_t>(count);
}

/// A bound that the user left out: of the dtype that `like` has, so that it never decides.
Operand bound(int v, const Operand &like) {
  DType d = like.dtype();
  return d == DType::Float32 ? Operand(static_cast<float>(v), like.source_location())
         : is_floating(d)    ? Operand(static_cast<double>(v), like.source_location())
                             : Operand(v, like.source_location());
}

} // namespace

Tensor detail::positions(const Operand &x, int d) {
  Attr attr{"axis", std::int64_t{d}};
  return apply(OpId::Positions, std::span(&x.value(), 1), {&attr, 1}, x.loc());
}

Tensor zeros(const Shape &shape, DType dtype, std::source_location loc) {
  return filled(shape, dtype == DType::String ? detail::make_text("") : number(dtype, 0, loc), loc);
}

Tensor ones(const Shape &shape, DType dtype, std::source_location loc) {
  if (dtype == DType::String)
    raise(ErrorKind::DType, loc, "ones: a string has no 1");
  return filled(shape, number(dtype, 1, loc), loc);
}

Tensor full(const Shape &shape, const Operand &value) {
  if (value.shape().rank() != 0)
    raise(ErrorKind::Shape, value.loc(),
          fmt::format("full: one value is needed, not {}; see broadcast_to", to_string(value.value()->type)));
  return filled(shape, value.value(), value.loc());
}

Tensor zeros_like(const Operand &x) { return filled_like(x, number(x.dtype(), 0, x.loc())); }
Tensor full_like(const Operand &x, const Operand &value) {
  Tensor v = cast(value, x.dtype());
  if (v.shape().rank())
    raise(ErrorKind::Shape, value.loc(), fmt::format("full_like: the value has rank 0, not {}", to_string(value.value()->type)));
  return filled_like(x, v.checked(x.loc()));
}
Tensor ones_like(const Operand &x) { return filled_like(x, number(x.dtype(), 1, x.loc())); }

Tensor arange(const Operand &stop) { return arange(bound(0, stop), stop, bound(1, stop)); }
Tensor arange(const Operand &start, const Operand &stop) { return arange(start, stop, bound(1, stop)); }
Tensor arange(const Operand &start, const Operand &stop, const Operand &step) {
  SourceLocation loc = stop.loc();
  std::array<const Operand *, 3> operands{&start, &stop, &step};
  for (const Operand *o : operands)
    if (o->value()->kind != detail::Value::Kind::Concrete)
      raise(ErrorKind::Trace, loc, "arange: the size must be known while tracing; loop over weft::range instead");
  std::vector<ValueRef> resolved;
  {
    detail::TracerScope outside(nullptr); // what meets in one dtype now has a value now
    resolved = detail::resolve(operands, "arange");
  }
  std::array<ValueRef, 3> v{resolved[0], resolved[1], resolved[2]};
  for (const ValueRef &x : v) {
    DType d = x->type.dtype;
    if (x->type.shape.rank() != 0)
      raise(ErrorKind::Shape, loc, fmt::format("arange: numbers of rank 0 are needed, not {}", to_string(x->type)));
    if (d != DType::Int32 && d != DType::Int64 && d != DType::Float32 && d != DType::Float64)
      raise(ErrorKind::DType, loc, fmt::format("arange: int32, int64, float32 or float64 is needed, not {}", name(d)));
    if (d != v[0]->type.dtype)
      raise(ErrorKind::DType, loc, fmt::format("arange: {} and {} do not mix", name(v[0]->type.dtype), name(d)));
  }
  Attr attr{"size", arange_size(v, loc)};
  std::array<ValueRef, 2> args{v[0], v[2]};
  return apply(OpId::Arange, args, {&attr, 1}, loc);
}

Tensor cast(const Operand &x, DType dtype) { return Tensor(detail::convert(x.value(), dtype, x.loc())); }

Tensor reshape(const Operand &x, const Shape &shape) {
  const Shape &from = x.shape();
  Shape to = shape;
  int open = -1;
  for (int d = 0; d < to.rank(); ++d) {
    if (to[d] < -1 || (to[d] == -1 && open >= 0))
      raise(ErrorKind::Shape, x.loc(), fmt::format("reshape: {} is no shape; one dimension may be -1", to_string(shape)));
    if (to[d] == -1)
      open = d;
  }
  if (open >= 0) {
    to[open] = 1;
    std::int64_t known = to.elements(); // the largest number where there are more: more than `from` has, unless that has none
    if (known == 0 || (from.is_static() && from.elements() % known))
      raise(ErrorKind::Shape, x.loc(),
            fmt::format("reshape: {}the shape {} cannot become {}",
                        from.is_static() ? fmt::format("{} elements of ", from.elements()) : std::string(), to_string(from), to_string(shape)));
    to[open] = from.is_static() ? from.elements() / known : dynamic;
  }
  if (to == from)
    return Tensor(x.value());
  Attr attr{"shape", to};
  return apply(OpId::Reshape, std::span(&x.value(), 1), {&attr, 1}, x.loc());
}

Tensor permute_dims(const Operand &x, const Shape &axes) {
  Shape a;
  for (std::int64_t axis : axes)
    a.push_back(axis < 0 ? axis + x.shape().rank() : axis);
  Attr attr{"axes", a};
  return apply(OpId::PermuteDims, std::span(&x.value(), 1), {&attr, 1}, x.loc());
}

Tensor broadcast_to(const Operand &x, const Shape &shape) {
  if (x.shape() == shape)
    return Tensor(x.value());
  Attr attr{"shape", shape};
  return apply(OpId::BroadcastTo, std::span(&x.value(), 1), {&attr, 1}, x.loc());
}

/// To a shape that has the open dimensions of x in their order.
static Tensor reshaped(const Operand &x, const Shape &to) {
  Attr attr{"shape", to};
  return apply(OpId::Reshape, std::span(&x.value(), 1), {&attr, 1}, x.loc());
}

Tensor expand_dims(const Operand &x, int axis) {
  detail::check_rank(x.shape().rank() + 1, x.loc());
  int at = normalized_axis(axis, x.shape().rank() + 1, x, "expand_dims");
  Shape to;
  for (int d = 0; d <= x.shape().rank(); ++d)
    to.push_back(d < at ? x.shape()[d] : d == at ? 1 : x.shape()[d - 1]);
  return reshaped(x, to);
}

Tensor squeeze(const Operand &x, const Axis &axis) {
  const Shape &from = x.shape();
  std::array<bool, Shape::max_rank> drop{};
  for (int d = 0; axis.all() && d < from.rank(); ++d)
    drop[d] = from[d] == 1;
  for (std::int64_t a : axis.axes()) {
    int d = normalized_axis(a, from.rank(), x, "squeeze");
    if (from[d] != 1)
      raise(ErrorKind::Shape, x.loc(), fmt::format("squeeze: dimension {} of {} is not 1", d, to_string(from)));
    drop[d] = true;
  }
  Shape to;
  for (int d = 0; d < from.rank(); ++d)
    if (!drop[d])
      to.push_back(from[d]);
  return reshaped(x, to);
}

namespace {

Tensor joined(std::span<const Operand> xs, int axis, const SourceLocation &loc) {
  if (xs.empty())
    raise(ErrorKind::Shape, loc, "concat: there is nothing to join");
  std::vector<const Operand *> operands;
  for (const Operand &x : xs)
    operands.push_back(&x);
  Attr attr{"axis", std::int64_t{normalized_axis(axis, xs[0].shape().rank(), xs[0], "concat")}};
  return apply(OpId::Concat, detail::resolve(operands, "concat"), {&attr, 1}, xs[0].loc());
}

Tensor stacked(std::span<const Operand> xs, int axis, const SourceLocation &loc) {
  if (xs.empty())
    raise(ErrorKind::Shape, loc, "stack: there is nothing to join");
  std::vector<const Operand *> operands;
  for (const Operand &x : xs)
    operands.push_back(&x);
  std::vector<ValueRef> rows = detail::resolve(operands, "stack");
  const Operand &first = xs[0];
  int at = normalized_axis(axis, first.shape().rank() + 1, first, "stack");
  for (ValueRef &row : rows) {
    if (!detail::may_equal(row->type.shape, first.shape()))
      raise(ErrorKind::Shape, first.loc(), fmt::format("stack: the shapes {} and {} differ", to_string(first.shape()), to_string(row->type.shape)));
    row = expand_dims(Operand(Tensor(row), first.source_location()), at).checked(first.loc());
  }
  Attr attr{"axis", std::int64_t{at}};
  return apply(OpId::Concat, rows, {&attr, 1}, first.loc());
}

std::vector<Operand> operands_of(const std::vector<Tensor> &xs, std::source_location loc) {
  std::vector<Operand> operands;
  for (const Tensor &x : xs)
    operands.emplace_back(x, loc);
  return operands;
}

} // namespace

Tensor concat(std::initializer_list<Operand> xs, int axis, std::source_location loc) {
  return joined({xs.begin(), xs.size()}, axis, loc);
}
Tensor concat(const std::vector<Tensor> &xs, int axis, std::source_location loc) {
  return joined(operands_of(xs, loc), axis, loc);
}
Tensor stack(std::initializer_list<Operand> xs, int axis, std::source_location loc) {
  return stacked({xs.begin(), xs.size()}, axis, loc);
}
Tensor stack(const std::vector<Tensor> &xs, int axis, std::source_location loc) {
  return stacked(operands_of(xs, loc), axis, loc);
}

Tensor shape(const Operand &x) {
  const Shape &s = x.shape();
  if (s.is_static())
    return detail::copy_buffer(s.begin(), s.size(), Shape(s.rank()), DType::Int64);
  std::vector<ValueRef> sizes;
  for (int d = 0; d < s.rank(); ++d)
    sizes.push_back(expand_dims(Operand(dim(x, d), x.source_location()), 0).checked(x.loc()));
  Attr attr{"axis", std::int64_t{0}};
  return apply(OpId::Concat, sizes, {&attr, 1}, x.loc());
}

Tensor dim(const Operand &x, int axis) {
  int d = normalized_axis(axis, x.shape().rank(), x, "dim");
  if (x.shape()[d] != dynamic)
    return Tensor(x.shape()[d]);
  const ValueRef &v = x.value();
  if (detail::Tracer *t = detail::tracer_for(std::span(&v, 1), x.loc()))
    return Tensor(t->dim(v, d, x.loc()));
  raise(ErrorKind::Trace, x.loc(), fmt::format("dimension {} of {} has no size outside of a trace", d, to_string(x.shape())));
}

} // namespace weft

// The type rules of dialect/IR/SearchOps.td.
#include "lib/tensor/rules.h"

#include "lib/tensor/value.h"

#include <fmt/format.h>

namespace weft::detail {
namespace {

std::optional<TypeResult> bad_indices(const TensorType &indices) {
  if (indices.dtype == DType::Int32 || indices.dtype == DType::Int64)
    return std::nullopt;
  std::string hint = is_integer(indices.dtype) ? "; convert them with weft::cast(x, weft::int64)" : "";
  return dtype_error(fmt::format("indices are int32 or int64, not {}{}", name(indices.dtype), hint));
}

/// The indices' shape with dimensions of x around it: those before `axis` and those behind it.
std::optional<Shape> in_place_of(const Shape &x, int axis, const Shape &indices) {
  if (x.rank() - 1 + indices.rank() > Shape::max_rank)
    return std::nullopt;
  Shape r;
  for (int d = 0; d < axis; ++d)
    r.push_back(x[d]);
  for (std::int64_t n : indices)
    r.push_back(n);
  for (int d = axis + 1; d < x.rank(); ++d)
    r.push_back(x[d]);
  return r;
}

TypeResult too_many(const Shape &x, const Shape &indices) {
  return shape_error(fmt::format("indices of shape {} for {} would give more than {} dimensions", to_string(indices),
                                 to_string(x), Shape::max_rank));
}

} // namespace

TypeResult along_axis(const RuleArguments &a, const DTypeClass &accepts, DType result) {
  if (auto e = unaccepted(a.operands[0], accepts))
    return *e;
  if (auto e = bad_axis(a))
    return *e;
  return TypeResult::ok(result, a.operands[0].shape);
}

TypeResult top_k(const RuleArguments &a) {
  const TensorType &x = a.operands[0];
  std::int64_t k = a.integer("k");
  if (x.shape.rank() == 0)
    return shape_error("there is no axis to choose along");
  std::int64_t last = x.shape[x.shape.rank() - 1];
  if (k < 0)
    return shape_error(fmt::format("{} elements cannot be chosen", k));
  if (last != dynamic && k > last)
    return shape_error(fmt::format("there are no {} elements along the last axis, but {}", k, last));
  Shape chosen = x.shape;
  chosen[-1] = k;
  return TypeResult::ok({TensorType{x.dtype, chosen}, TensorType{DType::Int64, chosen}});
}

TypeResult extreme_index(const RuleArguments &a) {
  TypeResult r = along_axis(a, number_or_bool, DType::Int64);
  if (!r.type)
    return r;
  const Shape &x = a.operands[0].shape;
  auto axis = static_cast<int>(a.integer("axis"));
  if (x[axis] == 0)
    return shape_error(fmt::format("there is no element along axis {} of {}", axis, to_string(x)));
  Shape out;
  for (int d = 0; d < x.rank(); ++d)
    if (d != axis)
      out.push_back(x[d]);
    else if (a.flag("keepdims"))
      out.push_back(1);
  return TypeResult::ok(DType::Int64, out);
}

TypeResult searchsorted(const RuleArguments &a) {
  const TensorType &sorted = a.operands[0], &values = a.operands[1];
  if (sorted.dtype != values.dtype)
    return mismatch(sorted.dtype, values.dtype);
  if (sorted.shape.rank() != 1)
    return shape_error("the sorted values are a vector");
  return TypeResult::ok(DType::Int64, values.shape);
}

TypeResult nonzero(const RuleArguments &a) {
  const TensorType &x = a.operands[0];
  if (auto e = unaccepted(x, number_or_bool))
    return *e;
  if (x.shape.rank() == 0)
    return shape_error("a tensor of rank 0 has no positions");
  return TypeResult::ok(DType::Int64, {x.shape.rank(), dynamic});
}

TypeResult cumulative(const RuleArguments &a) {
  TypeResult r = along_axis(a, number_or_bool, accumulator_of(a.operands[0].dtype));
  if (!r.type || !a.flag("include_initial"))
    return r;
  std::int64_t &size = r.type->shape[static_cast<int>(a.integer("axis"))];
  if (size != dynamic && __builtin_add_overflow(size, 1, &size))
    return shape_error("the size along the axis and 1 add up to more than an int64 holds");
  return r;
}

TypeResult take(const RuleArguments &a) {
  const TensorType &x = a.operands[0], &indices = a.operands[1];
  if (auto e = bad_axis(a))
    return *e;
  if (auto e = bad_indices(indices))
    return *e;
  std::optional<Shape> shape = in_place_of(x.shape, static_cast<int>(a.integer("axis")), indices.shape);
  return shape ? TypeResult::ok(x.dtype, *shape) : too_many(x.shape, indices.shape);
}

TypeResult take_along_axis(const RuleArguments &a) {
  const TensorType &x = a.operands[0], &indices = a.operands[1];
  if (auto e = bad_axis(a))
    return *e;
  if (auto e = bad_indices(indices))
    return *e;
  if (x.shape.rank() != indices.shape.rank())
    return shape_error("the indices must have as many dimensions as x; weft::take has no such rule");
  auto axis = static_cast<int>(a.integer("axis"));
  Shape others = x.shape;
  others[axis] = indices.shape[axis];
  return broadcast(others, indices.shape, x.dtype);
}

TypeResult scatter(const RuleArguments &a, const DTypeClass &accepts) {
  const TensorType &x = a.operands[0], &indices = a.operands[1], &updates = a.operands[2];
  if (auto e = unaccepted(x, accepts))
    return *e;
  if (x.dtype != updates.dtype)
    return mismatch(x.dtype, updates.dtype);
  if (auto e = bad_indices(indices))
    return *e;
  if (x.shape.rank() == 0)
    return shape_error("a tensor of rank 0 has no rows");
  std::optional<Shape> rows = in_place_of(x.shape, 0, indices.shape);
  if (!rows)
    return too_many(x.shape, indices.shape);
  TypeResult spread = broadcast(updates.shape, *rows, x.dtype);
  if (!spread.type || !may_equal(spread.type->shape, *rows))
    return shape_error(
        fmt::format("updates of shape {} are not, and do not broadcast to, the shape {} of the rows they go to",
                    to_string(updates.shape), to_string(*rows)));
  return TypeResult::ok(x.dtype, x.shape);
}

TypeResult boolean_mask(const RuleArguments &a) {
  const TensorType &x = a.operands[0], &mask = a.operands[1];
  if (mask.dtype != DType::Bool)
    return dtype_error(
        fmt::format("the mask has dtype {}, bool is needed: compare it, or cast it to bool", name(mask.dtype)));
  bool leads = mask.shape.rank() <= x.shape.rank();
  for (int d = 0; leads && d < mask.shape.rank(); ++d)
    leads = may_equal(mask.shape[d], x.shape[d]);
  if (!leads)
    return shape_error(
        fmt::format("the mask's shape {} is not how {} begins", to_string(mask.shape), to_string(x.shape)));
  if (x.shape.rank() - mask.shape.rank() + 1 > Shape::max_rank)
    return too_many(x.shape, mask.shape);
  Shape out{dynamic};
  for (int d = mask.shape.rank(); d < x.shape.rank(); ++d)
    out.push_back(x.shape[d]);
  return TypeResult::ok(x.dtype, out);
}

TypeResult unique(const RuleArguments &a, std::size_t results) {
  const TensorType &x = a.operands[0];
  Shape found{dynamic};
  std::vector<TensorType> types{
      {x.dtype, found}, {DType::Int64, found}, {DType::Int64, x.shape}, {DType::Int64, found}};
  types.resize(results);
  return TypeResult::ok(std::move(types));
}

} // namespace weft::detail

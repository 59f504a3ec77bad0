// The type rules of windows: slice and insert.
#include "lib/tensor/rules.h"

#include <fmt/format.h>

#include <algorithm>

namespace weft::detail {

Extent sliced(std::int64_t start, std::int64_t stop, std::int64_t step, std::int64_t n) {
  auto bound = [&](std::int64_t given, std::int64_t otherwise) {
    if (given == dynamic)
      return otherwise;
    return std::clamp<std::int64_t>(given < 0 ? given + n : given, step > 0 ? 0 : -1, step > 0 ? n : n - 1);
  };
  std::int64_t first = bound(start, step > 0 ? 0 : n - 1), end = bound(stop, step > 0 ? n : -1);
  auto stride = step > 0 ? static_cast<std::uint64_t>(step) : 0 - static_cast<std::uint64_t>(step);
  std::int64_t distance = step > 0 ? end - first : first - end; // both are within the dimension
  return {first, distance > 0 ? static_cast<std::int64_t>((static_cast<std::uint64_t>(distance) - 1) / stride) + 1 : 0};
}

namespace {

/// A window's first position in a dimension of `n` elements: a negative one counts from the end.
std::int64_t first_of(std::int64_t start, std::int64_t n) { return start < 0 ? start + n : start; }

/// What slice and insert have in common: positions inside x, and the rank-0 integer offsets of dynamic dimensions.
std::optional<TypeResult> bad_window(const RuleArguments &a, std::span<const TensorType> offsets) {
  const Shape &x = a.operands[0].shape, &starts = a.list("starts"), &sizes = a.list("sizes"), &steps = a.list("steps"),
              &open = a.list("dynamic_dims"), &stops = a.list("stops");
  if (starts.rank() != x.rank() || sizes.rank() != x.rank() || steps.rank() != x.rank() ||
      (stops.rank() && stops.rank() != x.rank()))
    return index_error(fmt::format("a window of rank {} for a tensor of shape {}", starts.rank(), to_string(x)));
  if (offsets.size() != open.size())
    return index_error(fmt::format("{} offsets for {} dimensions", offsets.size(), open.size()));
  for (const TensorType &o : offsets)
    if (o.shape.rank() != 0 || (o.dtype != DType::Int32 && o.dtype != DType::Int64))
      return index_error(fmt::format("an index is an int32 or int64 of rank 0, not {}", to_string(o)));
  for (int d = 0; d < x.rank(); ++d) {
    if (steps[d] == 0)
      return index_error("a slice's step cannot be zero");
    if (x[d] == dynamic || sizes[d] <= 0 || std::find(open.begin(), open.end(), d) != open.end())
      continue;
    std::int64_t start = first_of(starts[d], x[d]);
    __int128 end = start + static_cast<__int128>(sizes[d] - 1) * steps[d];
    auto last = static_cast<std::int64_t>(std::clamp<__int128>(end, -1, x[d]));
    if (start < 0 || start >= x[d] || last < 0 || last >= x[d])
      return index_error(fmt::format("index {} is out of range for dimension {} of size {}",
                                     start < 0 || start >= x[d] ? starts[d] : last, d, x[d]));
  }
  return std::nullopt;
}

/// A window's sizes; one that is open reaches from its start to its stop or the end, if that is known.
Shape window_sizes(const RuleArguments &a) {
  const Shape &x = a.operands[0].shape, &starts = a.list("starts"), &steps = a.list("steps"), &stops = a.list("stops");
  Shape sizes = a.list("sizes");
  for (int d = 0; d < sizes.rank(); ++d)
    if (sizes[d] == dynamic && x[d] != dynamic)
      sizes[d] = sliced(starts[d], stops.rank() ? stops[d] : dynamic, steps[d], x[d]).size;
  return sizes;
}

} // namespace

TypeResult slice(const RuleArguments &a) {
  if (auto e = bad_window(a, a.operands.subspan(1)))
    return *e;
  return TypeResult::ok(a.operands[0].dtype, window_sizes(a));
}

TypeResult insert(const RuleArguments &a) {
  const TensorType &x = a.operands[0], &y = a.operands[1];
  if (x.dtype != y.dtype)
    return mismatch(x.dtype, y.dtype);
  if (auto e = bad_window(a, a.operands.subspan(2)))
    return *e;
  if (Shape sizes = window_sizes(a); !may_equal(y.shape, sizes))
    return shape_error(
        fmt::format("a value of shape {} for a window of shape {}", to_string(y.shape), to_string(sizes)));
  return TypeResult::ok(x.dtype, x.shape);
}

} // namespace weft::detail

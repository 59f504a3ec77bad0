// The type rules of dialect/IR/NeuralOps.td.
#include "lib/tensor/rules.h"

#include <fmt/format.h>

namespace weft::detail {
namespace {

std::optional<TypeResult> no_images(const TensorType &t) {
  if (t.shape.rank() != 4)
    return shape_error(fmt::format("images are (n, height, width, channels), not {}", to_string(t.shape)));
  return std::nullopt;
}

/// What a window's sizes, steps and gaps are below, so that no sum of positions overflows.
constexpr std::int64_t too_large = std::int64_t{1} << 31;

/// The error of a list that is not two numbers above 0.
std::optional<TypeResult> no_pair(const RuleArguments &a, std::string_view name) {
  const Shape &s = a.list(name);
  if (s.rank() != 2 || s[0] < 1 || s[1] < 1 || s[0] >= too_large || s[1] >= too_large)
    return shape_error(fmt::format("{} must be two numbers above 0 and below 2^31, not {}", name, to_string(s)));
  return std::nullopt;
}

/// How many windows, of which one spans `extent`, lie along `size` elements.
std::int64_t positions(std::int64_t size, std::int64_t extent, std::int64_t stride, bool same) {
  if (size == dynamic || (extent == dynamic && !same))
    return dynamic;
  std::int64_t room = same ? size : size - extent + 1;
  return room <= 0 ? 0 : (room - 1) / stride + 1;
}

} // namespace

TypeResult conv2d(const RuleArguments &a) {
  const TensorType &x = a.operands[0], &w = a.operands[1];
  if (auto e = not_of_one(a.operands, floating))
    return *e;
  if (auto e = no_images(x))
    return *e;
  if (w.shape.rank() != 4)
    return shape_error(fmt::format("filters are (height, width, in, out), not {}", to_string(w.shape)));
  if (!may_equal(x.shape[3], w.shape[2]))
    return shape_error(fmt::format("images of {} channels with filters for {}", x.shape[3], w.shape[2]));
  for (const char *list : {"strides", "dilations"})
    if (auto e = no_pair(a, list))
      return *e;
  Shape result = x.shape;
  for (int d = 0; d < 2; ++d) {
    std::int64_t filter = w.shape[d];
    if (filter == 0 || filter >= too_large)
      return shape_error(fmt::format("filters of {} elements along a dimension", filter));
    std::int64_t extent = filter == dynamic ? dynamic : (filter - 1) * a.list("dilations")[d] + 1;
    result[1 + d] = positions(x.shape[1 + d], extent, a.list("strides")[d], a.flag("same"));
  }
  result[3] = w.shape[3];
  return TypeResult::ok(x.dtype, result);
}

TypeResult pool2d(const RuleArguments &a, const DTypeClass &accepts) {
  const TensorType &x = a.operands[0];
  if (auto e = unaccepted(x, accepts))
    return *e;
  if (auto e = no_images(x))
    return *e;
  for (const char *list : {"window", "strides"})
    if (auto e = no_pair(a, list))
      return *e;
  Shape result = x.shape;
  for (int d = 0; d < 2; ++d)
    result[1 + d] = positions(x.shape[1 + d], a.list("window")[d], a.list("strides")[d], a.flag("same"));
  return TypeResult::ok(x.dtype, result);
}

} // namespace weft::detail

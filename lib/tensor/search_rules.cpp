// The type rules of dialect/IR/SearchOps.td.
#include "lib/tensor/rules.h"

#include "lib/tensor/value.h"

#include <fmt/format.h>

namespace weft::detail {

std::optional<TypeResult> bad_axis(const RuleArguments &a, std::string_view name) {
  const Shape &x = a.operands[0].shape;
  std::int64_t axis = a.integer(name);
  if (axis >= 0 && axis < x.rank())
    return std::nullopt;
  return index_error(fmt::format("axis {} is out of range for rank {}", axis, x.rank()));
}

TypeResult along_axis(const RuleArguments &a, const DTypeClass &accepts, DType result) {
  if (auto e = unaccepted(a.operands[0], accepts))
    return *e;
  if (auto e = bad_axis(a))
    return *e;
  return TypeResult::ok(result, a.operands[0].shape);
}

} // namespace weft::detail

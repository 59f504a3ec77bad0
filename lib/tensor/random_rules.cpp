// The type rules of dialect/IR/RandomOps.td.
#include "lib/tensor/rules.h"

#include "lib/tensor/value.h"

#include <fmt/format.h>

namespace weft::detail {
namespace {

/// The error of a first operand that is no key.
std::optional<TypeResult> bad_key(const RuleArguments &a) {
  const TensorType &key = a.operands[0];
  if (key.dtype != DType::UInt32)
    return dtype_error(fmt::format("a key is uint32 (2,), made with weft::random::key(seed), not {}", to_string(key)));
  if (!may_equal(key.shape, Shape{2}))
    return shape_error(fmt::format("a key is uint32 (2,), not {}; take one of several: keys[i]", to_string(key)));
  return std::nullopt;
}

} // namespace

TypeResult random_bits(const RuleArguments &a) {
  if (auto e = bad_key(a))
    return *e;
  DType dtype = a.dtype("dtype");
  if (!is_unsigned_integer(dtype))
    return dtype_error(fmt::format("bits are uint8, uint16, uint32 or uint64, not {}", name(dtype)));
  auto sized = with_lengths(a, 1);
  if (auto *error = std::get_if<TypeResult>(&sized))
    return *error;
  const Shape &shape = std::get<Shape>(sized);
  for (std::int64_t d : shape)
    if (d < 0 && (d != dynamic || a.operands.size() == 1))
      return shape_error(fmt::format("a shape has known sizes and no negative ones, not {}", to_string(shape)));
  return TypeResult::ok(dtype, shape);
}

TypeResult random_keys(const RuleArguments &a) {
  if (auto e = bad_key(a))
    return *e;
  const TensorType &numbers = a.operands[1];
  if (numbers.dtype != DType::Int64 && numbers.dtype != DType::UInt64)
    return dtype_error(fmt::format("int64 or uint64 is needed, not {}", name(numbers.dtype)));
  if (numbers.shape.rank() == Shape::max_rank)
    return shape_error("its result would have more than 8 dimensions");
  Shape shape = numbers.shape;
  shape.push_back(2);
  return TypeResult::ok(DType::UInt32, shape);
}

} // namespace weft::detail

// The type rules of dialect/IR/TextOps.td.
#include "lib/tensor/rules.h"

#include "lib/tensor/value.h"

#include <fmt/format.h>

namespace weft::detail {

const DTypeClass text{[](DType d) { return d == DType::String; }, "string"};

TypeResult of_strings(const RuleArguments &a, DType result) {
  if (auto e = unaccepted(a.operands[0], text))
    return *e;
  return TypeResult::ok(result, a.operands[0].shape);
}

TypeResult string_substr(const RuleArguments &a) {
  if (auto e = unaccepted(a.operands[0], text))
    return *e;
  Shape shape = a.operands[0].shape;
  for (const TensorType &t : a.operands.subspan(1)) {
    if (t.dtype != DType::Int64)
      return dtype_error(fmt::format("int64 is needed for position and length, not {}", name(t.dtype)));
    TypeResult both = broadcast(shape, t.shape, DType::String);
    if (!both.type)
      return both;
    shape = both.type->shape;
  }
  return TypeResult::ok(DType::String, shape);
}

TypeResult string_replace(const RuleArguments &a) {
  if (std::get<std::string>(a.attr("from")).empty())
    return TypeResult::error(ErrorKind::Check, "an empty text is everywhere, and cannot be replaced");
  return of_strings(a, DType::String);
}

TypeResult string_to_number(const RuleArguments &a) {
  DType dtype = a.dtype("dtype");
  if (!is_number(dtype))
    return dtype_error(fmt::format("its result is of a number dtype, not {}", name(dtype)));
  return of_strings(a, dtype);
}

TypeResult as_string(const RuleArguments &a) {
  if (auto e = unaccepted(a.operands[0], number_or_bool))
    return *e;
  return TypeResult::ok(DType::String, a.operands[0].shape);
}

TypeResult string_split(const RuleArguments &a) {
  if (auto e = unaccepted(a.operands[0], text))
    return *e;
  if (a.operands[0].shape.rank() != 0)
    return shape_error("one text is split at a time, of rank 0: take x[i]");
  return TypeResult::ok(DType::String, Shape{dynamic});
}

} // namespace weft::detail

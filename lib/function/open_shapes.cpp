// See open_shapes.h.
#include "lib/function/open_shapes.h"

#include "lib/function/small_vector.h"
#include "lib/tensor/rules.h"

#include <fmt/format.h>

#include <algorithm>

namespace weft::detail {
namespace {

/// An open dimension is never 1: code that was traced for any size does not repeat that one element.
bool as_traced(const Shape &traced, const Shape &actual) {
  bool same = traced.rank() == actual.rank();
  for (int d = 0; same && d < traced.rank(); ++d)
    same = traced[d] == dynamic ? actual[d] != 1 && actual[d] != dynamic : actual[d] == traced[d];
  return same;
}

std::optional<ShapeMisfit> run(const ShapeStep &s, std::span<const Shape> shapes, Shape &result) {
  SmallVector<TensorType, 4> operands;
  for (const ShapeStep::Operand &o : s.operands)
    operands.push_back({o.dtype, shapes[static_cast<std::size_t>(o.step)]});
  if (s.kind == ShapeStep::Kind::Same) {
    if (operands[0].shape == operands[1].shape)
      return std::nullopt;
    return ShapeMisfit{ErrorKind::Trace, s.loc,
                       fmt::format("a Tensor has the shape {} on one way through this statement and {} on another",
                                   to_string(operands[0].shape), to_string(operands[1].shape))};
  }
  TypeResult r = infer(s.op, operands, s.attrs);
  if (!r.type)
    return ShapeMisfit{r.kind, s.loc, fmt::format("{}: {}", describe(s.op, operands), r.message)};
  result = r.type->shape;
  if (as_traced(s.shape, result))
    return std::nullopt;
  return ShapeMisfit{ErrorKind::Shape, s.loc,
                     fmt::format("{}: the result has the shape {} where {} was traced (an open dimension is never 1)",
                                 describe(s.op, operands), to_string(result), to_string(s.shape))};
}

} // namespace

std::optional<ShapeMisfit> misfit(std::span<const ShapeStep> steps, std::span<Value *const> leaves) {
  auto asks = [](const ShapeStep &s) { return s.kind == ShapeStep::Kind::Operation || s.kind == ShapeStep::Kind::Same; };
  if (std::none_of(steps.begin(), steps.end(), asks))
    return std::nullopt;
  SmallVector<Shape, 16> shapes(steps.size());
  for (std::size_t k = 0; k < steps.size(); ++k) {
    const ShapeStep &s = steps[k];
    if (s.kind == ShapeStep::Kind::Known)
      shapes[k] = s.shape;
    else if (s.kind == ShapeStep::Kind::Argument)
      shapes[k] = leaves[static_cast<std::size_t>(s.argument)]->type.shape;
    else if (auto m = run(s, shapes, shapes[k]))
      return m;
  }
  return std::nullopt;
}

} // namespace weft::detail

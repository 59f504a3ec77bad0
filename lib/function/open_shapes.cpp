// See open_shapes.h.
#include "lib/function/open_shapes.h"

#include "lib/tensor/rules.h"
#include "lib/tensor/small_vector.h"

#include <fmt/format.h>

#include <algorithm>

namespace weft::detail {
namespace {

/// What is known when the shapes are asked for.
enum class When { Called, Running };

/// Called: an open dimension is never 1, as code that was traced for any size does not repeat that one element.
bool as_traced(const Shape &traced, const Shape &actual, When when) {
  bool same = traced.rank() == actual.rank();
  for (int d = 0; same && d < traced.rank(); ++d)
    same = traced[d] == dynamic ? actual[d] != dynamic && (actual[d] != 1 || when == When::Running)
                                : actual[d] == traced[d];
  return same;
}

/// Whether an operand that is open where the result is has its size there.
bool repeats(const Shape &traced, const Shape &operand, const Shape &result) {
  for (int d = 1; d <= operand.rank(); ++d)
    if (traced[-d] == dynamic && operand[-d] != result[-d])
      return true;
  return false;
}

std::optional<ShapeMisfit> run(const ShapeStep &s, std::span<const ShapeStep> steps, std::span<const Shape> shapes,
                               When when, Shape &result) {
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
  result = r.of(static_cast<std::size_t>(s.result)).shape;
  if (info(s.op).finds_sizes)
    return std::nullopt;
  if (!as_traced(s.shape, result, when))
    return ShapeMisfit{ErrorKind::Shape, s.loc,
                       fmt::format("{}: the result has the shape {} where {} was traced{}", describe(s.op, operands),
                                   to_string(result), to_string(s.shape),
                                   when == When::Called ? " (an open dimension is never 1)" : "")};
  if (when == When::Called || !info(s.op).broadcasts)
    return std::nullopt;
  for (const ShapeStep::Operand &o : s.operands) {
    auto k = static_cast<std::size_t>(o.step);
    if (repeats(steps[k].shape, shapes[k], result))
      return ShapeMisfit{
          ErrorKind::Shape, s.loc,
          fmt::format("{}: compiled code does not repeat along a dimension whose size it has found while "
                      "it ran, and that is 1 here; give both tensors one size",
                      describe(s.op, operands))};
  }
  return std::nullopt;
}

template <class Argument>
std::optional<ShapeMisfit> walk(std::span<const ShapeStep> steps, When when, const Argument &argument) {
  auto asks = [](const ShapeStep &s) {
    return s.kind == ShapeStep::Kind::Operation || s.kind == ShapeStep::Kind::Same;
  };
  if (std::none_of(steps.begin(), steps.end(), asks))
    return std::nullopt;
  SmallVector<Shape, 16> shapes(steps.size());
  for (std::size_t k = 0; k < steps.size(); ++k) {
    const ShapeStep &s = steps[k];
    if (s.kind == ShapeStep::Kind::Known)
      shapes[k] = s.shape;
    else if (s.kind == ShapeStep::Kind::Argument)
      shapes[k] = argument(static_cast<std::size_t>(s.argument));
    else if (s.kind == ShapeStep::Kind::Found)
      continue; // the code asks itself about what follows from it
    else if (auto m = run(s, steps, shapes, when, shapes[k]))
      return m;
  }
  return std::nullopt;
}

} // namespace

std::optional<ShapeMisfit> misfit(std::span<const ShapeStep> steps, std::span<Value *const> leaves) {
  return walk(steps, When::Called, [&](std::size_t k) -> const Shape & { return leaves[k]->type.shape; });
}

std::optional<ShapeMisfit> misfit(const SizeCheck &check, const std::int64_t *sizes) {
  SmallVector<Shape, 4> shapes;
  for (const Shape &traced : check.arguments) {
    Shape actual = traced;
    for (int d = 0; d < actual.rank(); ++d)
      if (actual[d] == dynamic)
        actual[d] = *sizes++;
    shapes.push_back(actual);
  }
  return walk(check.steps, When::Running, [&](std::size_t k) -> const Shape & { return shapes[k]; });
}

} // namespace weft::detail

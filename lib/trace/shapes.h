// The shapes of a trace that has open dimensions: which values have the same one, and the steps by which a call is
// asked whether its sizes fit (lib/function/open_shapes.h).
#pragma once
#include "lib/function/compiler.h"

#include <map>
#include <optional>

namespace weft::trace {

/// Shapes are numbers; -1 stands for a shape that has no open dimension.
class TracedShapes {
public:
  int argument(int leaf, const Shape &shape);
  /// A shape that only running the code will tell.
  int found(const Shape &shape);
  /// The shape of another value that is shaped `like` one: where that is found, or nothing is known, this is found too.
  int again(const Shape &shape, int like);
  /// Whether a shape is one of those that are found.
  bool is_found(int shape) const;
  /// The shapes of the results. `operands` has one shape for each operand. With `check`, the code must ask whether the
  /// sizes fit, because they are not known before it runs.
  void operation(const detail::OpCall &call, std::span<const int> operands, std::span<int> results,
                 std::optional<detail::SizeCheck> &check);
  /// The shape of what has the shape `a` on one way through a statement and `b` on the other, neither of them found; a
  /// call where they differ does not fit.
  int same(const detail::TensorType &type, int a, int b, const SourceLocation &loc);
  /// The same where the two may differ: then the shape is found.
  int either(const detail::TensorType &type, int a, int b);
  /// Takes in the steps of a callee whose arguments have the shapes `leaves`, none of them found; where each of them
  /// is now.
  std::vector<int> join(std::span<const detail::ShapeStep> steps, std::span<const int> leaves);
  const std::vector<detail::ShapeStep> &steps() const { return steps_; }

private:
  int add(detail::ShapeStep step);
  int known(const Shape &shape);
  int representative(int shape) const;
  /// The shape that an elementwise operation gives without asking for anything, or -1.
  int unchanged(const detail::OpCall &call, std::span<const int> operands) const;

  std::vector<detail::ShapeStep> steps_;
  std::vector<int> same_as_; // of each step: an earlier one with the same shape, or itself
  std::map<std::vector<std::int64_t>, int> known_;
};

} // namespace weft::trace

// What a trace with open dimensions takes for granted: a trace decides what broadcasts, where a window ends and how a
// loop's state is shaped while sizes are unknown. Its shapes are kept as steps, and a call asks the operations' own
// type rules again, now with the sizes of its arguments: where one of them refuses, or gives another shape than the
// trace has, the code must not run.
#pragma once
#include "lib/tensor/trace_list.h"

#include <optional>
#include <span>
#include <vector>

namespace weft::detail {

/// One shape that depends on open dimensions, computed from those before it; or the demand that two of them are the
/// same.
struct ShapeStep {
  enum class Kind : std::uint8_t {
    Known,     // `shape`
    Argument,  // that of tensor leaf `argument`
    Operation, // that of result `result` by the rule of `op`
    Same,      // no shape: both operands have one shape, in a loop or branch at `loc`
    Found      // it is known when the code has run so far: a branch chose it, a loop grew it
  } kind;
  struct Operand {
    int step;
    DType dtype = DType::Float32;
  };
  Shape shape = {}; // as traced
  int argument = -1;
  OpId op = {};
  int result = 0;
  std::vector<Operand> operands = {};
  std::vector<Attr> attrs = {};
  SourceLocation loc = {};
};

/// Why sizes do not fit: what eager code would say, or that a dimension which was taken not to be 1 is 1.
struct ShapeMisfit {
  ErrorKind kind;
  SourceLocation where;
  std::string message;
};

/// Whether the sizes of these arguments are as the steps take them to be.
WEFT_API std::optional<ShapeMisfit> misfit(std::span<const ShapeStep> steps, std::span<Value *const> leaves);

/// What is asked in the middle of the code, where a size was found by running it.
struct SizeCheck {
  std::vector<ShapeStep> steps;
  std::vector<Shape> arguments; // as traced: those of the steps that are Argument
};
/// Whether these sizes of the arguments' open dimensions, in order, fit. A size of 1 does, as long as nothing repeats
/// that one element.
WEFT_API std::optional<ShapeMisfit> misfit(const SizeCheck &check, const std::int64_t *sizes);

} // namespace weft::detail

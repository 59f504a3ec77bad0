// weft's own functions of mathematics, for one number and for vectors of them: compiled code calls them, and the JIT
// tells LLVM's vectoriser which vector forms there are. All forms of a function have the same bits. docs/accuracy.md
// has their errors, at most 2 units in the last place.
#pragma once
#include <weft/detail/export.h>

#include <span>

namespace weft::detail {

/// A function of one or two operands for `lanes` numbers at once, in the C calling convention for such vectors.
struct MathForm {
  const char *name; ///< C's
  bool wide;        ///< float64, else float32
  int operands, lanes;
  void *address;
};

/// Levels of instructions. Results have the same bits at each.
enum class Isa {
  Baseline, ///< what every processor of the architecture has
  Avx2,     ///< and FMA
  Avx512    ///< F, BW, DQ and VL
};
/// What the processor has.
WEFT_API Isa processor_isa();
/// What code is made for: that, or less where the environment variable WEFT_MAX_ISA says baseline or avx2.
WEFT_API Isa isa();

/// The forms for isa().
WEFT_API std::span<const MathForm> math_forms();

} // namespace weft::detail

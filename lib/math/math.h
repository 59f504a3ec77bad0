// weft's own functions of mathematics, for one number and for vectors of them: compiled code calls them, and the JIT
// tells LLVM's vectoriser which vector forms there are. All forms of a function have the same bits. docs/accuracy.md
// has their errors, at most 2 units in the last place.
#pragma once
#include <weft/detail/export.h>

#include <span>
#include <string>
#include <string_view>

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
  Avx2,     ///< x86-64-v3 of the processor supplement of the System V ABI: FMA, BMI and F16C, too
  Avx512    ///< x86-64-v4: F, BW, CD, DQ and VL
};
/// What the processor has.
WEFT_API Isa processor_isa();
/// What code is made for: that, or less where the environment variable WEFT_MAX_ISA says baseline or avx2.
WEFT_API Isa isa();

/// The name by which compiled code calls the function that C calls `name`, on so many numbers. LLVM knows no such name, so
/// it neither folds a call of constants nor makes another function of it, which would give other bits than the same
/// operation on variables.
WEFT_API std::string math_symbol(std::string_view name, bool wide, int lanes = 1);
WEFT_API std::string symbol_of(const MathForm &form);

/// The forms for isa().
WEFT_API std::span<const MathForm> math_forms();

} // namespace weft::detail

// The functions of mathematics that compiled code calls: lowering (LowerMathToLLVM.cpp) writes the calls, lib/math has
// the functions, and the JIT (jit/MathForms.h) brings them together by these names.
#pragma once
#include <string>
#include <string_view>

namespace weft {

/// The name by which compiled code calls the function that C calls `name`, on one number or on a vector of so many.
/// LLVM knows no such name, so it neither folds a call of constants nor makes another function of it, which would give
/// other bits than the same operation on variables.
inline std::string mathSymbol(std::string_view name, bool wide, int lanes = 1) {
  return "weft_" + std::string(name) + (wide ? "" : "f") + (lanes == 1 ? "" : ".x" + std::to_string(lanes));
}

} // namespace weft

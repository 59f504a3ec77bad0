// The functions of mathematics that compiled code calls, one row each: what lowering (LowerMathToLLVM.cpp) and the JIT
// (jit/MathLibrary.h) make of the table gives every function its scalar form, its vector forms and their addresses.
#pragma once
#include "mlir/Support/LLVM.h"

#include <string>

namespace weft {

/// A function of SLEEF's, whose scalar and vector forms have the same bits, or one of libm's.
struct MathFunction {
  enum DTypes { Float32, Float64, Both };

  llvm::StringRef op;       ///< of the math dialect
  llvm::StringRef name;     ///< SLEEF's, which is C's
  llvm::StringRef accuracy; ///< how SLEEF names the largest error: u10 is 1.0 units in the last place; empty for libm's
  unsigned operands;
  DTypes dtypes; ///< for which it is called

  bool isSleefs() const { return !accuracy.empty(); }
  bool serves(bool wide) const { return dtypes == Both || wide == (dtypes == Float64); }
  /// The name by which compiled code calls the scalar function. LLVM knows no such name, so it neither folds a call of
  /// constants nor makes another function of it, which would give other bits than the same operation on variables.
  std::string symbol(bool wide) const { return ("weft_" + name + (wide ? "" : "f")).str(); }
};

llvm::ArrayRef<MathFunction> mathFunctions();

} // namespace weft

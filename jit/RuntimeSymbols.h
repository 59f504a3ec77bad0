// The functions that compiled code may call by name, and where they are.
#pragma once
#include <span>

namespace weft::jit {

struct RuntimeSymbol {
  const char *name;
  void *address;
};
/// libweft's runtime functions (lib/tensor/runtime.h), and the functions of libc and libm that LLVM calls on its own;
/// those of mathematics are in MathForms.h.
std::span<const RuntimeSymbol> runtimeSymbols();

} // namespace weft::jit

// SLEEF, which has the functions of dialect/Transforms/MathFunctions.h in scalar and in vector form, for processors
// with and without fused multiply-add. Results depend on the processor having that, and on nothing else.
#pragma once
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace llvm {
class Module;
}

namespace weft::jit {

/// Tells LLVM's vectoriser which vector forms there are of the functions that the module calls.
void offerVectorFunctions(llvm::Module &module);

/// Whether the module calls functions of the library.
bool callsMathLibrary(const llvm::Module &module);

/// The library is not installed. The message names its package.
class NoMathLibrary : public llvm::ErrorInfo<NoMathLibrary, llvm::StringError> {
public:
  using ErrorInfo::ErrorInfo;
  static char ID;
};

/// Opens the library and names every function that compiled code may call.
llvm::Error findMathFunctions(llvm::function_ref<void(llvm::StringRef symbol, void *address)> found);

} // namespace weft::jit

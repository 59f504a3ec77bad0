// The functions of lib/math as compiled code calls them.
#pragma once
#include "lib/math/math.h"

#include <string>

namespace llvm {
class Module;
}

namespace weft::jit {

/// The symbol of a form: of a scalar one, MathFunction::symbol's.
std::string symbolOf(const detail::MathForm &form);

/// Tells LLVM's vectoriser which vector forms there are of the functions that the module calls.
void offerVectorForms(llvm::Module &module);

} // namespace weft::jit

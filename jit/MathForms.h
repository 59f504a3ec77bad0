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

/// Makes the module's calls on vectors calls of forms there are, and tells LLVM's vectoriser which those are.
void offerVectorForms(llvm::Module &module);

} // namespace weft::jit

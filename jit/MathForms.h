// The functions of lib/math as compiled code calls them.
#pragma once

namespace llvm {
class Module;
}

namespace weft::jit {

/// Makes the module's calls on vectors calls of forms there are, and tells LLVM's vectoriser which those are.
void offerVectorForms(llvm::Module &module);

} // namespace weft::jit

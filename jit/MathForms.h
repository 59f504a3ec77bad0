// The functions of lib/math as compiled code calls them.
#pragma once

namespace llvm {
class Module;
}

namespace weft::jit {

/// Tells LLVM's vectoriser which vector forms there are of the functions that the module calls.
void offerVectorForms(llvm::Module &module);

} // namespace weft::jit

// From an object file to an image of code that any process can load.
#pragma once
#include "lib/code/image.h"

#include "llvm/Support/Error.h"

namespace llvm {
class MemoryBuffer;
}

namespace weft::jit {

/// What of a name can be in a symbol on any system: letters, digits, '_' and '.', at most 64 of them.
std::string linkable(llvm::StringRef name);

/// Links an object file whose entry is the symbol `entry`. Any thread.
llvm::Expected<detail::CodeImage> link(const llvm::MemoryBuffer &object, llvm::StringRef entry);

} // namespace weft::jit

// A function written as MLIR text instead of traced: what `weft run|bench|dump FILE.mlir` starts from.
#pragma once
#include "lib/function/compiler.h"

namespace weft::trace {

/// Reads a module of one function in the Traced form (docs/pipeline.md) whose arguments and results are tensors. Throws
/// IoError, one line that starts with the place in the text, for anything else.
WEFT_API detail::TracedFunction read_function(const std::string &text, const std::string &file);

} // namespace weft::trace

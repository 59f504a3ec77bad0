// Reads one translation unit with Clang and writes it again: the whole job of weft-autograph.
#pragma once
#include "Arguments.h"

namespace weft::autograph {

/// The exit code: 0, or 1 after messages on stderr; then nothing is left where the output should be.
int rewrite(const Request &Asked);

} // namespace weft::autograph

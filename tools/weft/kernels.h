// The eager kernels that most programs need, compiled ahead.
#pragma once
#include <cstddef>

namespace tool {

/// Runs every elementwise operation and reduction of the operation table on small operands of the common dtypes and
/// layouts, so that the disk cache has their kernels. How many calls that were.
std::size_t run_common_kernels();

} // namespace tool

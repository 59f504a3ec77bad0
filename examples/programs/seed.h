// The program weft began with: a function over tensors that prints in a loop, adds, and tells when it is traced.
#pragma once
#include <weft/weft.h>

namespace programs {

/// Prints 0, 1, 2 on every run and "tracing" whenever its host statements run; gives a + b.
weft::Tensor myadd(weft::Tensor a, weft::Tensor b);

} // namespace programs

// See levels.h. Compiled for AVX-512, so nothing here may run before math.cpp has asked the processor.
#if defined(__AVX512F__)
#include "lib/math/forms.h"

void weft::detail::math::add_avx512_forms(FormTable &table) { add_forms<Vector<float, 16>, Vector<double, 8>>(table); }
#endif

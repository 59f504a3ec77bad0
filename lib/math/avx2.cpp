// See levels.h. Compiled for AVX2, so nothing here may run before math.cpp has asked the processor.
#if defined(__AVX2__) && defined(__FMA__)
#include "lib/math/forms.h"

void weft::detail::math::add_avx2_forms(FormTable &table) {
  add_forms<float, double>(table);
  add_forms<Vector<float, 4>, Vector<double, 2>>(table);
  add_forms<Vector<float, 8>, Vector<double, 4>>(table);
}
#endif

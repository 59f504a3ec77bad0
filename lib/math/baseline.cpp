// See levels.h.
#include "lib/math/forms.h"

void weft::detail::math::add_baseline_forms(FormTable &table) { add_forms<float, double>(table); }

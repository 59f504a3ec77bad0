// Running sums and products, from left to right and rounded at each step, as NumPy's.
#include "lib/routines/routine.h"

#include <algorithm>

namespace weft::detail {
namespace {

/// combine(total, element) along the axis, in the result's dtype. `initial` stands first where the call asks for it.
template <class To, class From, class F> void accumulate(RoutineCall &call, const To &initial, F combine) {
  AlongAxis a(call.in[0].type.shape, call.integer("axis"));
  bool first = call.flag("include_initial");
  const From *x = call.in[0].as<From>();
  To *out = call.out[0].as<To>();
  for (std::int64_t o = 0; o < a.outer; ++o) {
    if (first)
      out = std::fill_n(out, a.inner, initial);
    for (std::int64_t i = 0; i < a.length; ++i, x += a.inner, out += a.inner) {
      const To *total = out - a.inner;
      if (i == 0)
        std::copy_n(x, a.inner, out);
      else
        for (std::int64_t n = 0; n < a.inner; ++n)
          out[n] = combine(total[n], To(x[n]));
    }
  }
}

/// combine(x, y) of two elements of one dtype; integers wrap.
template <class F> void run(RoutineCall &call, int initial, F combine) {
  with_type(call.in[0].type.dtype, [&]<class From>(TypeTag<From>) {
    if constexpr (std::is_same_v<From, TextElement>)
      return;
    else if constexpr (std::is_integral_v<From>) {
      using To = std::conditional_t<sizeof(From) < sizeof(std::int32_t), std::int32_t, From>;
      using Wrapping = std::make_unsigned_t<To>;
      accumulate<To, From>(call, static_cast<To>(initial),
                           [&](To x, To y) { return static_cast<To>(combine(Wrapping(x), Wrapping(y))); });
    } else
      accumulate<From, From>(call, static_cast<From>(initial), [&](From x, From y) { return From(combine(x, y)); });
  });
}

} // namespace

void routine::cumulative_sum(RoutineCall &call) {
  run(call, 0, [](auto x, auto y) { return x + y; });
}
void routine::cumulative_prod(RoutineCall &call) {
  run(call, 1, [](auto x, auto y) { return x * y; });
}

} // namespace weft::detail

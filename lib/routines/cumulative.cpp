// Running sums and products, from left to right.
#include "lib/routines/routine.h"

#include <algorithm>
#include <vector>

namespace weft::detail {
namespace {

/// combine(total, element) along the axis, in Total; each result is rounded once. `initial` stands first where the call
/// asks for it.
template <class From, class To, class Total, class F> void accumulate(RoutineCall &call, int initial, F combine) {
  AlongAxis a(call.in[0].type.shape, call.integer("axis"));
  bool first = call.flag("include_initial");
  const From *x = call.in[0].as<From>();
  To *out = call.out[0].as<To>();
  std::vector<Total> totals(static_cast<std::size_t>(a.inner));
  for (std::int64_t o = 0; o < a.outer; ++o) {
    if (first)
      out = std::fill_n(out, a.inner, static_cast<To>(initial));
    auto step = [&](Total &total, std::int64_t i) {
      total = i == 0 ? static_cast<Total>(*x) : static_cast<Total>(combine(total, static_cast<Total>(*x)));
      *out++ = static_cast<To>(total);
      ++x;
    };
    if (a.inner == 1) { // in a register
      Total total{};
      for (std::int64_t i = 0; i < a.length; ++i)
        step(total, i);
    } else
      for (std::int64_t i = 0; i < a.length; ++i)
        for (Total &total : totals)
          step(total, i);
  }
}

/// combine(x, y) of two elements of one dtype; integers wrap, and floats of 16 bits are float32.
template <class F> void run(RoutineCall &call, int initial, F combine) {
  with_type(call.in[0].type.dtype, [&]<class From>(TypeTag<From>) {
    if constexpr (std::is_same_v<From, TextElement>)
      return;
    else if constexpr (std::is_integral_v<From>) {
      using To = std::conditional_t<sizeof(From) < sizeof(std::int32_t), std::int32_t, From>;
      accumulate<From, To, std::make_unsigned_t<To>>(call, initial, combine);
    } else
      accumulate<From, From, std::conditional_t<std::is_floating_point_v<From>, From, float>>(call, initial, combine);
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

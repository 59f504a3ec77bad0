// Sorting: each line along the axis is ordered by its indices, stably.
#include "lib/routines/routine.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace weft::detail {
namespace {

/// What decides the order of an element: NaN is above every number.
template <class T> bool before(const T &a, const T &b) {
  if constexpr (std::is_same_v<T, TextElement>)
    return a.view() < b.view();
  else if constexpr (std::is_integral_v<T>)
    return a < b;
  else {
    auto x = static_cast<std::conditional_t<std::is_same_v<T, double>, double, float>>(a);
    auto y = static_cast<decltype(x)>(b);
    return x < y || (y != y && x == x);
  }
}

/// line(o, n, order): the order of each line along the axis.
template <class T, class F> void each_line(const RoutineCall &call, F line) {
  AlongAxis a(call.in[0].type.shape, call.integer("axis"));
  bool descending = call.flag("descending");
  std::vector<std::int64_t> order(static_cast<std::size_t>(a.length));
  for (std::int64_t o = 0; o < a.outer; ++o)
    for (std::int64_t n = 0; n < a.inner; ++n) {
      const T *x = call.in[0].as<T>() + o * a.length * a.inner + n;
      std::iota(order.begin(), order.end(), std::int64_t{0});
      std::stable_sort(order.begin(), order.end(), [&](std::int64_t i, std::int64_t j) {
        return descending ? before(x[j * a.inner], x[i * a.inner]) : before(x[i * a.inner], x[j * a.inner]);
      });
      line(o * a.length * a.inner + n, a.inner, order);
    }
}

} // namespace

void routine::argsort(RoutineCall &call) {
  with_type(call.in[0].type.dtype, [&]<class T>(TypeTag<T>) {
    each_line<T>(call, [&](std::int64_t first, std::int64_t stride, const std::vector<std::int64_t> &order) {
      for (std::size_t i = 0; i < order.size(); ++i)
        call.out[0].as<std::int64_t>()[first + static_cast<std::int64_t>(i) * stride] = order[i];
    });
  });
}

void routine::sort(RoutineCall &call) {
  with_type(call.in[0].type.dtype, [&]<class T>(TypeTag<T>) {
    each_line<T>(call, [&](std::int64_t first, std::int64_t stride, const std::vector<std::int64_t> &order) {
      for (std::size_t i = 0; i < order.size(); ++i) {
        std::int64_t to = first + static_cast<std::int64_t>(i) * stride, from = first + order[i] * stride;
        if constexpr (std::is_same_v<T, TextElement>)
          store_text(call.out[0], to, call.in[0].as<T>()[from]);
        else
          call.out[0].as<T>()[to] = call.in[0].as<T>()[from];
      }
    });
  });
}

} // namespace weft::detail

// Searching: the place of the extreme element, of a value in a sorted vector, and of everything that is not 0.
#include "lib/routines/order.h"

namespace weft::detail {
namespace {

/// A key that is largest where the element is the one looked for; NaN always is.
template <bool largest, class T> auto score(const T &v) {
  auto key = order_key(v);
  return largest || is_nan(v) ? key : static_cast<decltype(key)>(~key);
}

template <bool largest, class T> std::int64_t best_of(const T *x, std::int64_t length) {
  auto best = score<largest>(x[0]);
  std::int64_t at = 0;
  for (std::int64_t i = 1; i < length; ++i)
    if (auto s = score<largest>(x[i]); s > best)
      best = s, at = i;
  return at;
}

/// Lines side by side, in one pass over memory.
template <bool largest, class T>
void best_of_lines(const T *x, const AlongAxis &a, std::vector<decltype(order_key(*x))> &best, std::int64_t *at) {
  for (std::int64_t n = 0; n < a.inner; ++n)
    best[static_cast<std::size_t>(n)] = score<largest>(x[n]), at[n] = 0;
  for (std::int64_t i = 1; i < a.length; ++i)
    for (std::int64_t n = 0; n < a.inner; ++n)
      if (auto s = score<largest>(x[i * a.inner + n]); s > best[static_cast<std::size_t>(n)])
        best[static_cast<std::size_t>(n)] = s, at[n] = i;
}

template <bool largest> void find_extreme(RoutineCall &call) {
  const RoutineInput &x = call.in[0];
  AlongAxis a(x.type.shape, call.integer("axis"));
  with_type(x.type.dtype, [&]<class T>(TypeTag<T>) {
    if constexpr (!std::is_same_v<T, TextElement>) {
      std::vector<OrderKey<T>> best(static_cast<std::size_t>(a.inner));
      for (std::int64_t o = 0; o < a.outer; ++o) {
        const T *lines = x.as<T>() + o * a.length * a.inner;
        std::int64_t *at = call.out[0].as<std::int64_t>() + o * a.inner;
        if (a.inner == 1)
          *at = best_of<largest>(lines, a.length);
        else
          best_of_lines<largest>(lines, a, best, at);
      }
    }
  });
}

template <class T> bool is_true(const T &v) {
  if constexpr (std::is_integral_v<T>)
    return v != 0;
  else
    return order_key(v) != order_key(T(0));
}

} // namespace

void routine::argmax(RoutineCall &call) { find_extreme<true>(call); }
void routine::argmin(RoutineCall &call) { find_extreme<false>(call); }

void routine::searchsorted(RoutineCall &call) {
  bool right = call.flag("right");
  with_type(call.in[0].type.dtype, [&]<class T>(TypeTag<T>) {
    const T *first = call.in[0].as<T>(), *last = first + call.in[0].size(), *values = call.in[1].as<T>();
    for (std::int64_t i = 0; i < call.in[1].size(); ++i)
      call.out[0].as<std::int64_t>()[i] = (right ? std::upper_bound(first, last, values[i], before<T>)
                                                 : std::lower_bound(first, last, values[i], before<T>)) -
                                          first;
  });
}

void routine::nonzero(RoutineCall &call) {
  const RoutineInput &x = call.in[0];
  int rank = x.type.shape.rank();
  with_type(x.type.dtype, [&]<class T>(TypeTag<T>) {
    if constexpr (!std::is_same_v<T, TextElement>) {
      std::int64_t count = std::count_if(x.as<T>(), x.as<T>() + x.size(), is_true<T>);
      call.make(0, {rank, count});
      std::int64_t found = 0;
      for (std::int64_t i = 0; i < x.size(); ++i) {
        if (!is_true(x.as<T>()[i]))
          continue;
        std::int64_t rest = i;
        for (int d = rank - 1; d >= 0; rest /= x.type.shape[d], --d)
          call.out[0].as<std::int64_t>()[d * count + found] = rest % x.type.shape[d];
        ++found;
      }
    }
  });
}

} // namespace weft::detail

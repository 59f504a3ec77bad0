// Searching: the place of the extreme element, of a value in a sorted vector, and of everything that is not 0.
#include "lib/routines/order.h"

namespace weft::detail {
namespace {

/// A key that is largest where the element is the one looked for; NaN always is.
template <bool largest, class T> auto score(const T &v) {
  auto key = order_key(v);
  return largest || is_nan(v) ? key : static_cast<decltype(key)>(~key);
}

/// The index of the first best element of a line.
template <bool largest, class T> std::int64_t best_of(const T *x, std::int64_t length) {
  std::int64_t at = 0;
  if constexpr (std::is_floating_point_v<T>) { // compared faster than their keys are made
    T best = x[0];
    for (std::int64_t i = 1; i < length && !is_nan(best); ++i)
      if (!(largest ? x[i] <= best : x[i] >= best))
        best = x[i], at = i;
  } else {
    auto best = score<largest>(x[0]);
    for (std::int64_t i = 1; i < length; ++i)
      if (auto s = score<largest>(x[i]); s > best)
        best = s, at = i;
  }
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
    return order_key(v) != order_key(T{});
}

/// Writes the positions of the elements that are not 0, a column each.
template <class T> void write_positions(const T *x, const Shape &shape, std::int64_t count, std::int64_t *positions) {
  int last = shape.rank() - 1;
  Shape at = shape;
  for (std::int64_t row = 0, rows = shape.elements() / std::max<std::int64_t>(shape[last], 1); row < rows; ++row) {
    std::int64_t rest = row;
    for (int d = last - 1; d >= 0; rest /= shape[d], --d)
      at[d] = rest % shape[d];
    for (at[last] = 0; at[last] < shape[last]; ++at[last], ++x)
      if (is_true(*x)) {
        for (int d = 0; d <= last; ++d)
          positions[d * count] = at[d];
        ++positions;
      }
  }
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
  with_type(x.type.dtype, [&]<class T>(TypeTag<T>) {
    if constexpr (!std::is_same_v<T, TextElement>) {
      std::int64_t count = std::count_if(x.as<T>(), x.as<T>() + x.size(), is_true<T>);
      call.make(0, {x.type.shape.rank(), count});
      write_positions(x.as<T>(), x.type.shape, count, call.out[0].as<std::int64_t>());
    }
  });
}

} // namespace weft::detail

// Searching: the place of the extreme element, of a value in a sorted vector, and of everything that is not 0.
#include "lib/routines/order.h"

#include <algorithm>
#include <array>

namespace weft::detail {
namespace {

/// The order in which the best element is looked for. Numbers that C++ compares are compared as they are, others by
/// keys that are largest for what is looked for.
template <bool largest, class T> struct Search {
  static constexpr bool plain = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;
  using Value = std::conditional_t<plain, T, OrderKey<T>>;

  static Value value(const T &v) {
    if constexpr (plain)
      return v;
    else
      return largest || detail::is_nan(v) ? order_key(v) : static_cast<Value>(~order_key(v));
  }
  /// False where one is NaN.
  static bool above(Value a, Value b) { return plain && !largest ? a < b : a > b; }
  static bool is_nan(Value v) { return v != v; }
  static bool better(Value a, Value b) { return !(plain && !largest ? a >= b : a <= b) && !is_nan(b); }
};

/// Where the first best of some elements is.
template <class S, class T> std::int64_t best_of_few(const T *x, std::int64_t length) {
  auto best = S::value(x[0]);
  std::int64_t at = 0;
  for (std::int64_t i = 1; i < length; ++i)
    if (auto v = S::value(x[i]); S::better(v, best))
      best = v, at = i;
  return at;
}

/// The best of `best` and a block of elements. As many are compared at once as there are lanes, each with the best of
/// its own lane, and without a branch.
template <class S, std::int64_t block, class T> auto best_with_block(typename S::Value best, const T *x) {
  constexpr std::int64_t lanes = 128 / sizeof(best);
  std::array<typename S::Value, lanes> of_lane;
  std::array<typename UnsignedOf<sizeof(best)>::type, lanes> nan{};
  of_lane.fill(best);
  for (std::int64_t i = 0; i < block; i += lanes)
    for (std::size_t l = 0; l < lanes; ++l) {
      auto v = S::value(x[i + static_cast<std::int64_t>(l)]);
      of_lane[l] = S::above(v, of_lane[l]) ? v : of_lane[l];
      nan[l] |= S::is_nan(v);
    }
  for (auto v : of_lane)
    best = S::above(v, best) ? v : best;
  return std::count(nan.begin(), nan.end(), 0) == lanes ? best : std::numeric_limits<typename S::Value>::quiet_NaN();
}

/// The index of the first best element of a line: in the block that holds it, which is found first.
template <class S, class T> std::int64_t best_of(const T *x, std::int64_t length) {
  constexpr std::int64_t block = 256;
  if (sizeof(typename S::Value) > 4) // vectors of two, which every processor has, are no faster
    return best_of_few<S>(x, length);
  std::int64_t best_block = 0, begin = 0;
  auto best = S::value(x[0]);
  for (; length - begin >= block && !S::is_nan(best); begin += block)
    if (auto v = best_with_block<S, block>(best, x + begin); S::better(v, best))
      best = v, best_block = begin;
  if (begin < length && !S::is_nan(best)) {
    std::int64_t at = begin + best_of_few<S>(x + begin, length - begin);
    if (begin == 0 || S::better(S::value(x[at]), best))
      return at;
  }
  return best_block + best_of_few<S>(x + best_block, std::min(block, length - best_block));
}

/// Lines side by side, in one pass over memory.
template <class S, class T>
void best_of_lines(const T *x, const AlongAxis &a, std::vector<typename S::Value> &best, std::int64_t *at) {
  for (std::int64_t n = 0; n < a.inner; ++n)
    best[static_cast<std::size_t>(n)] = S::value(x[n]), at[n] = 0;
  for (std::int64_t i = 1; i < a.length; ++i)
    for (std::int64_t n = 0; n < a.inner; ++n)
      if (auto v = S::value(x[i * a.inner + n]); S::better(v, best[static_cast<std::size_t>(n)]))
        best[static_cast<std::size_t>(n)] = v, at[n] = i;
}

template <bool largest> void find_extreme(RoutineCall &call) {
  const RoutineInput &x = call.in[0];
  AlongAxis a(x.type.shape, call.integer("axis"));
  with_type(x.type.dtype, [&]<class T>(TypeTag<T>) {
    if constexpr (!std::is_same_v<T, TextElement>) {
      using S = Search<largest, T>;
      std::vector<typename S::Value> best(static_cast<std::size_t>(a.inner));
      for (std::int64_t o = 0; o < a.outer; ++o) {
        const T *lines = x.as<T>() + o * a.length * a.inner;
        std::int64_t *at = call.out[0].as<std::int64_t>() + o * a.inner;
        if (a.inner == 1)
          *at = best_of<S>(lines, a.length);
        else
          best_of_lines<S>(lines, a, best, at);
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

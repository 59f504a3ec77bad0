// Sorting: each line along the axis on its own, stably.
#include "lib/routines/order.h"

namespace weft::detail {
namespace {

/// A bool in a vector of one byte each.
template <class T> using Kept = std::conditional_t<std::is_same_v<T, bool>, std::uint8_t, T>;

/// line(first): for each line along the axis where it begins.
template <class F> void each_line(const AlongAxis &a, F line) {
  for (std::int64_t o = 0; o < a.outer; ++o)
    for (std::int64_t n = 0; n < a.inner; ++n)
      line(o * a.length * a.inner + n);
}

/// The elements themselves, a line at a time in memory of its own.
template <class T> void sort_values(RoutineCall &call, const AlongAxis &a) {
  const T *x = call.in[0].as<T>();
  std::vector<T> line(static_cast<std::size_t>(a.length)), scratch;
  bool descending = call.flag("descending");
  each_line(a, [&](std::int64_t first) {
    for (std::int64_t i = 0; i < a.length; ++i)
      line[static_cast<std::size_t>(i)] = x[first + i * a.inner];
    sort_items(line, scratch, descending, [](const T &v) { return order_key(v); });
    for (std::int64_t i = 0; i < a.length; ++i)
      if constexpr (std::is_same_v<T, TextElement>)
        store_text(call.out[0], first + i * a.inner, line[static_cast<std::size_t>(i)]);
      else
        call.out[0].as<T>()[first + i * a.inner] = line[static_cast<std::size_t>(i)];
  });
}

/// The `k` ranks that are first where the largest is first, in order.
template <class T> void choose_largest(Ranks<T> &ranks, Ranks<T> &scratch, std::size_t k) {
  // Where much of a line is chosen, sorting all of it is no more work.
  if (k > ranks.size() / 8)
    return sort_ranks<T>(ranks, scratch, true);
  std::partial_sort(
      ranks.begin(), ranks.begin() + static_cast<std::ptrdiff_t>(k), ranks.end(),
      [](const Ranked<T> &x, const Ranked<T> &y) { return y.key < x.key || (x.key == y.key && x.index < y.index); });
}

} // namespace

void routine::sort(RoutineCall &call) {
  AlongAxis a(call.in[0].type.shape, call.integer("axis"));
  with_type(call.in[0].type.dtype, [&]<class T>(TypeTag<T>) { sort_values<Kept<T>>(call, a); });
}

void routine::argsort(RoutineCall &call) {
  AlongAxis a(call.in[0].type.shape, call.integer("axis"));
  with_type(call.in[0].type.dtype, [&]<class T>(TypeTag<T>) {
    Ranks<T> ranks, scratch;
    each_line(a, [&](std::int64_t first) {
      rank(call.in[0].as<T>() + first, a.inner, a.length, ranks);
      sort_ranks<T>(ranks, scratch, call.flag("descending"));
      for (std::int64_t i = 0; i < a.length; ++i)
        call.out[0].as<std::int64_t>()[first + i * a.inner] = ranks[static_cast<std::size_t>(i)].index;
    });
  });
}

void routine::top_k(RoutineCall &call) {
  const RoutineInput &x = call.in[0];
  AlongAxis a(x.type.shape, x.type.shape.rank() - 1);
  std::int64_t k = call.integer("k");
  with_type(x.type.dtype, [&]<class T>(TypeTag<T>) {
    Ranks<T> ranks, scratch;
    for (std::int64_t o = 0; o < a.outer; ++o) {
      rank(x.as<T>() + o * a.length, 1, a.length, ranks);
      choose_largest<T>(ranks, scratch, static_cast<std::size_t>(k));
      for (std::int64_t i = 0; i < k; ++i) {
        std::int64_t index = ranks[static_cast<std::size_t>(i)].index;
        copy_elements(call.out[0], o * k + i, x, o * a.length + index, 1);
        call.out[1].as<std::int64_t>()[o * k + i] = index;
      }
    }
  });
}

} // namespace weft::detail

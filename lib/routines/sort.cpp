// Sorting: each line along the axis on its own, stably.
#include "lib/routines/order.h"
#include "lib/routines/short_lines.h"

namespace weft::detail {
namespace {

/// line(first): for each line along the axis where it begins.
template <class F> void each_line(const AlongAxis &a, F line) {
  for (std::int64_t o = 0; o < a.outer; ++o)
    for (std::int64_t n = 0; n < a.inner; ++n)
      line(o * a.length * a.inner + n);
}

/// Where many short lines are, place(first, i, p) for each: p is the place in the line of what comes i-th in order.
/// False where they are not short, not many, or wide.
template <class T, class F> bool sort_short_lines(const T *x, const AlongAxis &a, bool descending, F place) {
  // Vectors of two keys, which every processor has, are no faster than one.
  if constexpr (!std::is_same_v<T, TextElement> && sizeof(T) <= 4) {
    using Key = OrderKey<T>;
    using Lines = ShortLines<Key>;
    auto length = static_cast<std::size_t>(a.length);
    if (length > Lines::longest || a.outer * a.inner < static_cast<std::int64_t>(Lines::lanes) / 2)
      return false;
    Lines lines;
    std::array<std::int64_t, Lines::lanes> firsts;
    std::size_t count = 0;
    auto finish = [&] {
      lines.sort(length);
      for (std::size_t l = 0; l < count; ++l)
        for (std::size_t i = 0; i < length; ++i)
          place(firsts[l], static_cast<std::int64_t>(i), static_cast<std::int64_t>(lines.place(l, i)));
      count = 0;
    };
    Key flip = descending ? static_cast<Key>(~Key(0)) : Key(0);
    each_line(a, [&](std::int64_t first) {
      for (std::size_t i = 0; i < length; ++i)
        lines.set(count, i, order_key(x[first + static_cast<std::int64_t>(i) * a.inner]) ^ flip);
      firsts[count++] = first;
      if (count == Lines::lanes)
        finish();
    });
    if (count)
      finish();
    return true;
  }
  return false;
}

/// The elements themselves, a line at a time in memory of its own.
template <class T> void sort_values(RoutineCall &call, const AlongAxis &a) {
  const T *x = call.in[0].as<T>();
  bool descending = call.flag("descending");
  auto moved = [&](std::int64_t first, std::int64_t i, std::int64_t place) {
    call.out[0].as<T>()[first + i * a.inner] = x[first + place * a.inner];
  };
  if (sort_short_lines(x, a, descending, moved))
    return;
  std::vector<T> line(static_cast<std::size_t>(a.length)), scratch;
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
  bool descending = call.flag("descending");
  auto *out = call.out[0].as<std::int64_t>();
  with_type(call.in[0].type.dtype, [&]<class T>(TypeTag<T>) {
    const T *x = call.in[0].as<T>();
    auto placed = [&](std::int64_t first, std::int64_t i, std::int64_t place) { out[first + i * a.inner] = place; };
    if (sort_short_lines(x, a, descending, placed))
      return;
    Ranks<T> ranks, scratch;
    each_line(a, [&](std::int64_t first) {
      rank(x + first, a.inner, a.length, ranks);
      sort_ranks<T>(ranks, scratch, descending);
      for (std::int64_t i = 0; i < a.length; ++i)
        out[first + i * a.inner] = ranks[static_cast<std::size_t>(i)].index;
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

// The largest elements and the means of windows.
#include "lib/routines/products.h"
#include "lib/routines/windows.h"

#include <limits>

namespace weft::detail {
namespace {

/// combine(sum, x) of the elements of each window, one for each channel, from `start`; then finish(sum, how many).
template <class T, class A, class Combine, class Finish>
void pool(RoutineCall &call, A start, Combine combine, Finish finish) {
  const Shape &x = call.in[0].type.shape, &out = call.out[0].type.shape;
  auto along = [&](int d) {
    return Windows(x[1 + d], call.list("window")[d], 1, call.list("strides")[d], out[1 + d], call.flag("same"));
  };
  Windows rows = along(0), columns = along(1);
  std::int64_t channels = x[3];
  std::vector<A> sums(static_cast<std::size_t>(channels));
  T *to = call.out[0].as<T>();
  for (std::int64_t n = 0; n < x[0]; ++n)
    for (std::int64_t row = 0; row < rows.count; ++row)
      for (std::int64_t column = 0; column < columns.count; ++column, to += channels) {
        std::fill(sums.begin(), sums.end(), start);
        std::int64_t begin = columns.begin(column), end = columns.end(column);
        for (std::int64_t i = rows.begin(row); i < rows.end(row); ++i) {
          const T *from =
              call.in[0].as<T>() +
              ((n * rows.image + rows.first(row) + i) * columns.image + columns.first(column) + begin) * channels;
          for (std::int64_t j = begin; j < end; ++j)
            for (A &sum : sums)
              sum = combine(sum, static_cast<A>(*from++));
        }
        std::int64_t count = (rows.end(row) - rows.begin(row)) * (end - begin);
        std::transform(sums.begin(), sums.end(), to, [&](A sum) { return static_cast<T>(finish(sum, count)); });
      }
}

} // namespace

void routine::max_pool2d(RoutineCall &call) {
  if (call.out[0].size() == 0)
    return;
  with_type(call.in[0].type.dtype, [&]<class T>(TypeTag<T>) {
    if constexpr (!std::is_same_v<T, bool> && !std::is_same_v<T, TextElement>) {
      using A = Product<T>;
      constexpr A lowest = std::is_integral_v<A> ? std::numeric_limits<A>::min() : -std::numeric_limits<A>::infinity();
      pool<T, A>(call, lowest, [](A a, A b) { return b > a || b != b ? b : a; }, [](A a, std::int64_t) { return a; });
    }
  });
}

void routine::avg_pool2d(RoutineCall &call) {
  if (call.out[0].size() == 0)
    return;
  with_type(call.in[0].type.dtype, [&]<class T>(TypeTag<T>) {
    using A = Product<T>;
    if constexpr (std::is_floating_point_v<A>)
      pool<T, A>(
          call, A{0}, [](A a, A b) { return a + b; },
          [](A a, std::int64_t count) { return a / static_cast<A>(count); });
  });
}

} // namespace weft::detail

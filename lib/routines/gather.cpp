// Elements by index: taken, put, added, and chosen by a mask. An index is looked at before anything is written.
#include "lib/routines/routine.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace weft::detail {
namespace {

/// Which elements of an axis some indices mean.
class Positions {
public:
  Positions(const RoutineInput &indices, std::int64_t axis, std::int64_t size)
      : indices(indices), axis(axis), size(size) {}

  /// Of all indices, counted from the front.
  std::vector<std::int64_t> all() const {
    std::vector<std::int64_t> p(static_cast<std::size_t>(indices.size()));
    each([&](std::int64_t k, std::int64_t position) { p[static_cast<std::size_t>(k)] = position; });
    return p;
  }
  /// f(k, position of index k) for all k. Where an index is wrong, f may have been called before that is found.
  template <class F> void each(F f) const {
    if (indices.type.dtype == DType::Int32)
      each(indices.as<std::int32_t>(), f);
    else
      each(indices.as<std::int64_t>(), f);
  }

private:
  /// One look back at the end of every block, in place of a branch for every index.
  template <class T, class F> void each(const T *given, F f) const {
    constexpr std::int64_t block = 1024;
    for (std::int64_t first = 0, n = indices.size(); first < n; first += block) {
      std::int64_t end = std::min(n, first + block);
      bool good = size > 0;
      for (std::int64_t k = first; k < end && size > 0; ++k) {
        std::int64_t p = given[k] + (given[k] < 0 ? size : 0);
        bool inside = static_cast<std::uint64_t>(p) < static_cast<std::uint64_t>(size);
        good &= inside;
        f(k, inside ? p : 0);
      }
      for (std::int64_t k = first; !good; ++k)
        if (given[k] >= size || given[k] < -size)
          throw RoutineError{ErrorKind::Index,
                             fmt::format("index {} is out of range for axis {} of size {}", given[k], axis, size)};
    }
  }

  const RoutineInput &indices;
  std::int64_t axis, size;
};

/// f(TypeTag<T>{}) for a type that elements of the dtype can be moved as: what they mean does not matter here.
template <class F> void with_size(DType d, F f) {
  if (d == DType::String)
    return f(TypeTag<TextElement>{});
  switch (itemsize(d)) {
  case 1:
    return f(TypeTag<std::uint8_t>{});
  case 2:
    return f(TypeTag<std::uint16_t>{});
  case 4:
    return f(TypeTag<std::uint32_t>{});
  default:
    return f(TypeTag<std::uint64_t>{});
  }
}

/// Element `i` of a result is element `from` of an operand.
template <class T> void copy_element(RoutineOutput &out, std::int64_t i, const RoutineInput &in, std::int64_t from) {
  if constexpr (std::is_same_v<T, TextElement>)
    store_text(out, i, in.as<T>()[from]);
  else
    out.as<T>()[i] = in.as<T>()[from];
}

/// The steps between an operand's elements in the dimensions of `to`, 0 where it is repeated.
Shape strides_in(const Shape &from, const Shape &to) {
  Shape strides;
  for (int d = 0; d < to.rank(); ++d)
    strides.push_back(0);
  std::int64_t step = 1;
  for (int d = from.rank() - 1, k = to.rank() - 1; d >= 0; step *= from[d], --d, --k)
    strides[k] = from[d] == 1 ? 0 : step;
  return strides;
}

/// f(i, first, second): for each element of `shape` in order, where it is by two lists of strides.
template <class F> void each_element(const Shape &shape, const Shape &first, const Shape &second, F f) {
  Shape at;
  for (int d = 0; d < shape.rank(); ++d)
    at.push_back(0);
  std::int64_t total = shape.elements(), a = 0, b = 0;
  for (std::int64_t i = 0; i < total; ++i) {
    f(i, a, b);
    for (int d = shape.rank() - 1; d >= 0; --d) {
      a += first[d], b += second[d];
      if (++at[d] < shape[d])
        break;
      a -= first[d] * shape[d], b -= second[d] * shape[d], at[d] = 0;
    }
  }
}

/// What the updates of a scatter are for each element of the rows that they go to; `kept` holds them where they are
/// repeated.
template <class T> const T *spread_updates(const RoutineInput &updates, const Shape &rows, std::vector<T> &kept) {
  if (updates.type.shape == rows)
    return updates.as<T>();
  Shape strides = strides_in(updates.type.shape, rows);
  kept.resize(static_cast<std::size_t>(rows.elements()));
  each_element(rows, strides, strides, [&](std::int64_t i, std::int64_t from, std::int64_t) {
    kept[static_cast<std::size_t>(i)] = updates.as<T>()[from];
  });
  return kept.data();
}

/// put(i, update): for each update in order, with the element that it goes to.
template <class T, class F> void scatter(RoutineCall &call, F put) {
  const RoutineInput &x = call.in[0];
  std::vector<std::int64_t> to = Positions(call.in[1], 0, x.type.shape[0]).all();
  Shape rows = call.in[1].type.shape;
  std::int64_t inner = 1;
  for (int d = 1; d < x.type.shape.rank(); ++d)
    rows.push_back(x.type.shape[d]), inner *= x.type.shape[d];
  std::vector<T> kept;
  const T *update = spread_updates<T>(call.in[2], rows, kept);
  if (call.out[0].data != x.data)
    copy_elements(call.out[0], 0, x, 0, x.size());
  for (std::int64_t row : to)
    for (std::int64_t n = 0; n < inner; ++n)
      put(row * inner + n, *update++);
}

} // namespace

void routine::take(RoutineCall &call) {
  const RoutineInput &x = call.in[0];
  std::int64_t axis = call.integer("axis");
  AlongAxis a(x.type.shape, axis);
  std::int64_t count = call.in[1].size();
  Positions from(call.in[1], axis, a.length);
  for (std::int64_t o = 0; o < a.outer; ++o)
    if (a.inner == 1)
      with_size(x.type.dtype, [&]<class T>(TypeTag<T>) {
        from.each(
            [&](std::int64_t k, std::int64_t p) { copy_element<T>(call.out[0], o * count + k, x, o * a.length + p); });
      });
    else
      from.each([&](std::int64_t k, std::int64_t p) {
        copy_elements(call.out[0], (o * count + k) * a.inner, x, (o * a.length + p) * a.inner, a.inner);
      });
}

void routine::take_along_axis(RoutineCall &call) {
  const RoutineInput &x = call.in[0], &indices = call.in[1];
  auto axis = static_cast<int>(call.integer("axis"));
  AlongAxis a(x.type.shape, axis);
  std::vector<std::int64_t> along = Positions(indices, axis, a.length).all();
  const Shape &shape = call.out[0].type.shape;
  Shape one = x.type.shape;
  one[axis] = 1; // x at the first index: the step along the axis is not the result's
  Shape lines = strides_in(one, shape), chosen = strides_in(indices.type.shape, shape);
  for (int d = 0; d < axis; ++d)
    lines[d] *= a.length;
  with_size(x.type.dtype, [&]<class T>(TypeTag<T>) {
    each_element(shape, lines, chosen, [&](std::int64_t i, std::int64_t line, std::int64_t k) {
      copy_element<T>(call.out[0], i, x, line + along[static_cast<std::size_t>(k)] * a.inner);
    });
  });
}

void routine::scatter_update(RoutineCall &call) {
  with_size(call.in[0].type.dtype, [&]<class T>(TypeTag<T>) {
    scatter<T>(call, [&](std::int64_t i, const T &update) {
      if constexpr (std::is_same_v<T, TextElement>)
        replace_text(call.out[0], i, update);
      else
        call.out[0].as<T>()[i] = update;
    });
  });
}

void routine::scatter_add(RoutineCall &call) {
  with_type(call.in[0].type.dtype, [&]<class T>(TypeTag<T>) {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) // they wrap
      scatter<T>(call, [&](std::int64_t i, T update) {
        T &sum = call.out[0].as<T>()[i];
        sum = static_cast<T>(std::uint64_t(sum) + std::uint64_t(update));
      });
    else if constexpr (!std::is_same_v<T, bool> && !std::is_same_v<T, TextElement>)
      scatter<T>(call, [&](std::int64_t i, T update) {
        T &sum = call.out[0].as<T>()[i];
        sum = T(sum + update);
      });
  });
}

void routine::boolean_mask(RoutineCall &call) {
  const RoutineInput &x = call.in[0], &mask = call.in[1];
  const bool *chosen = mask.as<bool>();
  Shape found{std::count(chosen, chosen + mask.size(), true)};
  std::int64_t inner = 1;
  for (int d = mask.type.shape.rank(); d < x.type.shape.rank(); ++d)
    found.push_back(x.type.shape[d]), inner *= x.type.shape[d];
  call.make(0, found);
  std::int64_t to = 0;
  with_size(x.type.dtype, [&]<class T>(TypeTag<T>) {
    for (std::int64_t i = 0; i < mask.size(); ++i) {
      if (!chosen[i])
        continue;
      if (inner == 1)
        copy_element<T>(call.out[0], to, x, i);
      else
        copy_elements(call.out[0], to * inner, x, i * inner, inner);
      ++to;
    }
  });
}

} // namespace weft::detail

// See strided.h. Dimensions are merged where both sides allow it; what is left is an odometer over an inner loop, or over square
// tiles where source and target run along different dimensions.
#include "lib/eager/strided.h"

#include "lib/eager/transposed.h"

#include <algorithm>
#include <cstring>

namespace weft::detail {
namespace {

struct Dim {
  std::int64_t size, target, source; // strides
};

/// The dimensions of a copy, outermost first, without those of size 1 and merged where both sides run through.
struct Loops {
  std::array<Dim, Shape::max_rank> dims;
  int rank = 0;

  Loops(const Shape &shape, const Strides &target, const Strides &source) {
    for (int d = 0; d < shape.rank(); ++d) {
      Dim next{shape[d], target[d], source[d]};
      if (next.size == 1)
        continue;
      Dim *last = rank ? &dims[rank - 1] : nullptr;
      if (last && last->target == next.target * next.size && last->source == next.source * next.size)
        *last = {last->size * next.size, next.target, next.source};
      else
        dims[rank++] = next;
    }
    if (!rank)
      dims[rank++] = {1, 1, 1};
  }
};

/// Calls body(target offset, source offset) for every index of the first `outer` dimensions.
template <class F> void odometer(const Loops &l, int outer, F body) {
  std::array<std::int64_t, Shape::max_rank> index{};
  std::int64_t t = 0, s = 0;
  for (;;) {
    body(t, s);
    int d = outer - 1;
    for (; d >= 0; --d) {
      t += l.dims[d].target, s += l.dims[d].source;
      if (++index[d] < l.dims[d].size)
        break;
      t -= l.dims[d].target * l.dims[d].size, s -= l.dims[d].source * l.dims[d].size;
      index[d] = 0;
    }
    if (d < 0)
      return;
  }
}

template <class T> void copy_row(T *t, const T *s, const Dim &d) {
  if (d.target == 1 && d.source == 1)
    std::memcpy(t, s, static_cast<std::size_t>(d.size) * sizeof(T));
  else if (d.target == 1 && d.source == 0)
    std::fill_n(t, d.size, *s);
  else
    for (std::int64_t i = 0; i < d.size; ++i)
      t[i * d.target] = s[i * d.source];
}

/// Of a block where neighbours of the source are along `a`.
template <class T> void copy_block(T *t, const T *s, const Dim &a, const Dim &b) {
  if (b.target == 1)
    return copy_transposed(t, s, {a.size, b.size, a.target, b.source});
  for (std::int64_t i = 0; i < a.size; ++i)
    for (std::int64_t j = 0; j < b.size; ++j)
      t[i * a.target + j * b.target] = s[i + j * b.source];
}

template <class T> void copy_as(Loops l, char *target, const char *source) {
  auto *t = reinterpret_cast<T *>(target);
  auto *s = reinterpret_cast<const T *>(source);
  const Dim inner = l.dims[l.rank - 1];
  if (inner.source > 1 || inner.source < -1) {
    auto *end = l.dims.begin() + l.rank - 1;
    auto *along = std::find_if(l.dims.begin(), end, [](const Dim &d) { return d.source == 1; });
    if (along != end) {
      const Dim rows = *along;
      std::copy(along + 1, end, along);
      odometer(l, l.rank - 2, [&](std::int64_t to, std::int64_t from) { copy_block(t + to, s + from, rows, inner); });
      return;
    }
  }
  odometer(l, l.rank - 1, [&](std::int64_t to, std::int64_t from) { copy_row(t + to, s + from, inner); });
}

void copy_texts(const Loops &l, char *target, const char *source) {
  auto *t = reinterpret_cast<void **>(target);
  auto *s = reinterpret_cast<void *const *>(source);
  odometer(l, l.rank, [&](std::int64_t to, std::int64_t from) {
    if (s[from])
      retain(Storage::of(s[from]));
    if (t[to])
      release(Storage::of(t[to]));
    t[to] = s[from];
  });
}

} // namespace

Strides row_major(const Shape &shape) {
  Strides strides{};
  std::int64_t n = 1;
  for (int d = shape.rank() - 1; d >= 0; --d) {
    strides[d] = n;
    n *= shape[d];
  }
  return strides;
}

bool is_contiguous(const Shape &shape, const Strides &strides) {
  Strides wanted = row_major(shape);
  for (int d = 0; d < shape.rank(); ++d)
    if (shape[d] != 1 && strides[d] != wanted[d])
      return false;
  return true;
}

void copy_elements(DType dtype, const Shape &shape, const StridedView &target, const StridedView &source) {
  if (shape.elements() == 0)
    return;
  Loops l(shape, target.strides, source.strides);
  if (dtype == DType::String)
    return copy_texts(l, target.data, source.data);
  switch (itemsize(dtype)) {
  case 1: return copy_as<std::uint8_t>(l, target.data, source.data);
  case 2: return copy_as<std::uint16_t>(l, target.data, source.data);
  case 4: return copy_as<std::uint32_t>(l, target.data, source.data);
  default: return copy_as<std::uint64_t>(l, target.data, source.data);
  }
}

} // namespace weft::detail

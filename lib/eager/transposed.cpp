// See transposed.h. Tiles of a cache line on both sides are transposed in registers, as weft-tile-transposes does it in
// compiled code, and in its order: down the columns within blocks of rows, so that what is read of a line stays near,
// and is foreseen.
#include "lib/eager/transposed.h"

#include "lib/math/math.h"

#include <algorithm>
#include <utility>

namespace weft::detail {
namespace {

#define WEFT_INLINE __attribute__((always_inline)) inline

constexpr std::int64_t block_rows = 256;

/// Elements along a tile: those of a line, and no more than make 16 vectors.
template <class T> constexpr int tile_size = std::min<int>(64 / sizeof(T), 16);

/// A square of n elements a side, a power of two. Each stage lays the elements of rows k and k + n / 2 in turns.
template <class T, int n, int... lane>
WEFT_INLINE void copy_square(T *to, const T *from, const TransposedBlock &block, std::integer_sequence<int, lane...>) {
  typedef T Vector __attribute__((vector_size(sizeof(T) * n), aligned(sizeof(T)), may_alias));
  Vector rows[n], next[n];
  for (int k = 0; k < n; ++k)
    rows[k] = *reinterpret_cast<const Vector *>(from + k * block.source);
#pragma GCC unroll 4
  for (int stage = 1; stage < n; stage *= 2) {
#pragma GCC unroll 8
    for (int k = 0; k < n / 2; ++k) {
      next[2 * k] = __builtin_shufflevector(rows[k], rows[k + n / 2], (lane / 2 + lane % 2 * n)...);
      next[2 * k + 1] = __builtin_shufflevector(rows[k], rows[k + n / 2], (lane / 2 + lane % 2 * n + n / 2)...);
    }
#pragma GCC unroll 16
    for (int k = 0; k < n; ++k)
      rows[k] = next[k];
  }
  for (int k = 0; k < n; ++k)
    *reinterpret_cast<Vector *>(to + k * block.target) = rows[k];
}

template <class T> void copy_one_by_one(T *to, const T *from, const TransposedBlock &block) {
  for (std::int64_t i = 0; i < block.rows; ++i)
    for (std::int64_t j = 0; j < block.columns; ++j)
      to[i * block.target + j] = from[i + j * block.source];
}

/// With registers of so many bytes.
template <class T, int bytes> WEFT_INLINE void copy_tiles(T *to, const T *from, const TransposedBlock &b) {
  constexpr int tile = tile_size<T>, n = std::min<int>(bytes / sizeof(T), tile);
  std::int64_t rows = b.rows - b.rows % tile, columns = b.columns - b.columns % tile;
  for (std::int64_t first = 0; first < rows; first += block_rows)
    for (std::int64_t j = 0; j < columns; j += tile)
      for (std::int64_t i = first; i < std::min(rows, first + block_rows); i += tile)
        for (int down = 0; down < tile; down += n)
          for (int across = 0; across < tile; across += n)
            copy_square<T, n>(to + (i + across) * b.target + j + down, from + i + across + (j + down) * b.source, b,
                              std::make_integer_sequence<int, n>());
  copy_one_by_one(to + columns, from + columns * b.source, {rows, b.columns - columns, b.target, b.source});
  copy_one_by_one(to + rows * b.target, from + rows, {b.rows - rows, b.columns, b.target, b.source});
}

template <class T> void with_sse(T *to, const T *from, const TransposedBlock &b) { copy_tiles<T, 16>(to, from, b); }
template <class T> __attribute__((target("avx2"))) void with_avx2(T *to, const T *from, const TransposedBlock &b) {
  copy_tiles<T, 32>(to, from, b);
}
template <class T>
__attribute__((target("avx512f,avx512bw,avx512vl"))) void with_avx512(T *to, const T *from, const TransposedBlock &b) {
  copy_tiles<T, 64>(to, from, b);
}

} // namespace

template <class T> void copy_transposed(T *to, const T *from, const TransposedBlock &block) {
  switch (isa()) {
  case Isa::Avx512:
    return with_avx512(to, from, block);
  case Isa::Avx2:
    return with_avx2(to, from, block);
  default:
    return with_sse(to, from, block);
  }
}

template void copy_transposed(std::uint8_t *, const std::uint8_t *, const TransposedBlock &);
template void copy_transposed(std::uint16_t *, const std::uint16_t *, const TransposedBlock &);
template void copy_transposed(std::uint32_t *, const std::uint32_t *, const TransposedBlock &);
template void copy_transposed(std::uint64_t *, const std::uint64_t *, const TransposedBlock &);

} // namespace weft::detail

// Many short lines sorted side by side, one in each lane, so that a compiler can compare a vector of them at once. The
// order of comparisons is the same for all of them: Batcher's merge exchange (Knuth, The Art of Computer
// Programming, 5.2.2M).
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

namespace weft::detail {

/// Lines of unsigned keys with the places that they had; equal keys keep the order of their places.
template <class Key> class ShortLines {
public:
  static constexpr std::size_t lanes = 128 / sizeof(Key), longest = 64;

  void set(std::size_t lane, std::size_t i, Key key) {
    keys_[i][lane] = key;
    places_[i][lane] = static_cast<Key>(i);
  }
  std::size_t place(std::size_t lane, std::size_t i) const { return places_[i][lane]; }

  void sort(std::size_t length) {
    std::size_t top = std::bit_ceil(length) / 2;
    for (std::size_t p = top; p > 0; p /= 2)
      for (std::size_t q = top, r = 0, d = p;; d = q - p, q /= 2, r = p) {
        for (std::size_t i = 0; i + d < length; ++i)
          if ((i & p) == r)
            order(i, i + d);
        if (q == p)
          break;
      }
  }

private:
  using Row = std::array<Key, lanes>;

  void order(std::size_t i, std::size_t j) {
    const Row x = keys_[i], y = keys_[j], of_x = places_[i], of_y = places_[j]; // copies, which overlap with nothing
    Row low, high, of_low, of_high;
    for (std::size_t l = 0; l < lanes; ++l) {
      bool later = (x[l] > y[l]) | ((x[l] == y[l]) & (of_x[l] > of_y[l]));
      low[l] = later ? y[l] : x[l];
      high[l] = later ? x[l] : y[l];
      of_low[l] = later ? of_y[l] : of_x[l];
      of_high[l] = later ? of_x[l] : of_y[l];
    }
    keys_[i] = low, keys_[j] = high, places_[i] = of_low, places_[j] = of_high;
  }

  std::array<Row, longest> keys_{}, places_{};
};

} // namespace weft::detail

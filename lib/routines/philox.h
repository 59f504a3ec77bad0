// Philox4x32-10, the counter-based generator of "Parallel Random Numbers: As Easy as 1, 2, 3" (Salmon, Moraes, Dror and
// Shaw 2011): a bijection of 128-bit counters for each 64-bit key. Blocks are made many at a time, word by word, so
// that a compiler can put one block into each vector lane.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace weft::detail {

/// N counters, changed into N blocks: word w of block i is words[w][i].
template <std::size_t N> struct PhiloxBlocks {
  std::array<std::array<std::uint32_t, N>, 4> words;

  void encrypt(std::uint32_t key0, std::uint32_t key1) {
    constexpr std::uint64_t multiplier0 = 0xD2511F53, multiplier1 = 0xCD9E8D57;
    constexpr std::uint32_t weyl0 = 0x9E3779B9, weyl1 = 0xBB67AE85; // the golden ratio, and the root of 3 less 1
    auto &[x0, x1, x2, x3] = words;
    for (int round = 0; round < 10; ++round) {
      for (std::size_t i = 0; i < N; ++i) {
        std::uint64_t product0 = multiplier0 * x0[i], product1 = multiplier1 * x2[i];
        x0[i] = static_cast<std::uint32_t>(product1 >> 32) ^ x1[i] ^ key0;
        x1[i] = static_cast<std::uint32_t>(product1);
        x2[i] = static_cast<std::uint32_t>(product0 >> 32) ^ x3[i] ^ key1;
        x3[i] = static_cast<std::uint32_t>(product0);
      }
      key0 += weyl0;
      key1 += weyl1;
    }
  }
};

} // namespace weft::detail

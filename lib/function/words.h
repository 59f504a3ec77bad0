// The hash of signatures and kernel keys.
#pragma once
#include <cstdint>
#include <span>

namespace weft::detail {

inline std::uint64_t hash_words(std::span<const std::uint64_t> words) {
  std::uint64_t h = 0x9e3779b97f4a7c15;
  for (std::uint64_t w : words) {
    auto product = static_cast<unsigned __int128>(h ^ w) * 0xd6e8feb86659fd93;
    h = static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64) ^ h >> 29;
  }
  return h;
}

} // namespace weft::detail

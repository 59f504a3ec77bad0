// Random bits and keys. A counter is a number in its low words and a domain in its high word, so that the bits of a key
// and the keys derived from it come from blocks of their own.
#include "lib/routines/philox.h"
#include "lib/routines/routine.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace weft::detail {

static_assert(std::endian::native == std::endian::little, "the words of a block are its bytes in little-endian order");

namespace {

constexpr std::size_t lanes = 64;
constexpr std::uint32_t bits_domain = 0;

std::uint32_t low(std::uint64_t v) { return static_cast<std::uint32_t>(v); }
std::uint32_t high(std::uint64_t v) { return static_cast<std::uint32_t>(v >> 32); }

} // namespace

void routine::random_bits(RoutineCall &call) {
  const auto *key = call.in[0].as<std::uint32_t>();
  RoutineOutput &out = call.out[0];
  std::size_t bytes = static_cast<std::size_t>(out.size()) * itemsize(out.type.dtype);
  PhiloxBlocks<lanes> blocks;
  std::array<std::uint32_t, 4 * lanes> text;
  std::uint64_t number = 0;
  for (std::size_t at = 0; at < bytes; at += sizeof text) {
    for (std::size_t i = 0; i < lanes; ++i, ++number) {
      blocks.words[0][i] = low(number);
      blocks.words[1][i] = high(number);
    }
    blocks.words[2].fill(0);
    blocks.words[3].fill(bits_domain);
    blocks.encrypt(key[0], key[1]);
    for (std::size_t i = 0; i < lanes; ++i)
      for (std::size_t w = 0; w < 4; ++w)
        text[4 * i + w] = blocks.words[w][i];
    std::memcpy(out.data + at, text.data(), std::min(bytes - at, sizeof text));
  }
}

void routine::random_keys(RoutineCall &call) {
  const auto *key = call.in[0].as<std::uint32_t>();
  const auto *numbers = call.in[1].as<std::uint64_t>(); // or int64, of the same bits
  auto *out = call.out[0].as<std::uint32_t>();
  for (std::int64_t i = 0; i < call.in[1].size(); ++i) {
    PhiloxBlocks<1> block{
        {{{low(numbers[i])}, {high(numbers[i])}, {0}, {low(static_cast<std::uint64_t>(call.integer("domain")))}}}};
    block.encrypt(key[0], key[1]);
    out[2 * i] = block.words[0][0];
    out[2 * i + 1] = block.words[1][0];
  }
}

} // namespace weft::detail

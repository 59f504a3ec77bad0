// Philox4x32-10 against the known answers of its authors' library (Random123, kat_vectors), and how random_bits counts.
#include "lib/routines/philox.h"

#include <weft/random.h>

#include <gtest/gtest.h>

namespace weft {
namespace {

using Words = std::array<std::uint32_t, 4>;

Words block(const Words &counter, std::uint32_t key0, std::uint32_t key1) {
  detail::PhiloxBlocks<1> b{};
  for (std::size_t w = 0; w < 4; ++w)
    b.words[w][0] = counter[w];
  b.encrypt(key0, key1);
  return {b.words[0][0], b.words[1][0], b.words[2][0], b.words[3][0]};
}

TEST(PhiloxTest, KnownAnswers) {
  constexpr std::uint32_t ones = 0xffffffff;
  EXPECT_EQ(block({0, 0, 0, 0}, 0, 0), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(block({ones, ones, ones, ones}, ones, ones), (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(block({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0xa4093822, 0x299f31d0),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(PhiloxTest, ManyBlocksAreThoseOfTheirCounters) {
  detail::PhiloxBlocks<7> many{};
  for (std::uint32_t i = 0; i < 7; ++i)
    many.words[0][i] = i;
  many.encrypt(3, 4);
  for (std::uint32_t i = 0; i < 7; ++i)
    EXPECT_EQ((Words{many.words[0][i], many.words[1][i], many.words[2][i], many.words[3][i]}),
              block({i, 0, 0, 0}, 3, 4));
}

TEST(PhiloxTest, BitsAreTheWordsOfTheBlocksInOrder) {
  std::vector<std::uint32_t> words = random::bits(random::key(0), {4}).to_vector<std::uint32_t>();
  EXPECT_EQ(words, (std::vector<std::uint32_t>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  Tensor key = random::key(0x299f31d0a4093822);
  EXPECT_EQ(key.to_vector<std::uint32_t>(), (std::vector<std::uint32_t>{0xa4093822, 0x299f31d0}));
  // A size that is no whole number of blocks or batches: the beginning of a longer run.
  std::vector<std::uint8_t> all = random::bits(key, {5000}, uint8).to_vector<std::uint8_t>();
  for (int n : {1, 15, 16, 17, 1023, 1024, 1025})
    EXPECT_EQ(random::bits(key, {n}, uint8).to_vector<std::uint8_t>(), std::vector(all.begin(), all.begin() + n)) << n;
}

TEST(PhiloxTest, SeedsOfEveryType) {
  EXPECT_EQ(random::key(-1).to_vector<std::uint32_t>(), (std::vector<std::uint32_t>{0xffffffff, 0xffffffff}));
  EXPECT_EQ(random::key(std::int64_t{-1}).to_vector<std::uint32_t>(),
            random::key(~std::uint64_t{0}).to_vector<std::uint32_t>());
  EXPECT_EQ(random::key(7u).to_vector<std::uint32_t>(), (std::vector<std::uint32_t>{7, 0}));
}

TEST(PhiloxTest, KeysDoNotShareBlocksWithBits) {
  Tensor key = random::key(11);
  std::vector<std::uint32_t> bits = random::bits(key, {4000}).to_vector<std::uint32_t>();
  for (const Tensor &keys :
       {random::split(key, 100), random::fold_in(key, from_span(std::vector<std::uint64_t>{0, 1, 2, 3}))}) {
    std::vector<std::uint32_t> words = keys.to_vector<std::uint32_t>();
    for (std::size_t k = 0; k < words.size(); k += 2)
      for (std::size_t i = 0; i + 1 < bits.size(); ++i)
        EXPECT_FALSE(words[k] == bits[i] && words[k + 1] == bits[i + 1]) << k;
  }
}

} // namespace
} // namespace weft

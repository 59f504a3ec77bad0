// float16 and bfloat16. The bit patterns are those of NumPy 2.4 and ml_dtypes.
#include "lib/tensor/half.h"

#include <gtest/gtest.h>

#include <cstring>

namespace weft::detail {
namespace {

TEST(HalfTest, Float16) {
  struct Row {
    double value;
    std::uint16_t bits;
  };
  const Row exact[] = {{0, 0x0000},           {-0.0, 0x8000},     {1, 0x3c00},        {-2, 0xc000},
                       {65504, 0x7bff},       {0.5, 0x3800},      {0x1p-14, 0x0400},  {0x1p-24, 0x0001},
                       {0x1.ff8p-15, 0x03ff}, {INFINITY, 0x7c00}, {-INFINITY, 0xfc00}};
  for (const Row &r : exact) {
    EXPECT_EQ(float16_format.encode(r.value), r.bits) << r.value;
    EXPECT_EQ(float16_format.decode(r.bits), r.value) << r.value;
  }
  const Row rounded[] = {{0.1, 0x2e66},         {65519, 0x7bff},  {65520, 0x7c00},   {1e9, 0x7c00},
                         {2049, 0x6800},        {2051, 0x6802},   {0x1p-25, 0x0000}, {0x1.8p-25, 0x0001},
                         {0x1.ffcp-15, 0x0400}, {1.0 / 3, 0x3555}};
  for (const Row &r : rounded)
    EXPECT_EQ(float16_format.encode(r.value), r.bits) << r.value;
  EXPECT_TRUE(std::isnan(float16_format.decode(float16_format.encode(NAN))));
}

TEST(HalfTest, Bfloat16IsTheUpperHalfOfFloat32) {
  for (float v : {0.f, -0.f, 1.f, -3.140625f, 0x1p-126f, 0x1p127f, 0x1p-133f, INFINITY}) {
    std::uint32_t word;
    std::memcpy(&word, &v, sizeof word);
    ASSERT_EQ(word & 0xffff, 0u);
    EXPECT_EQ(bfloat16_format.encode(v), word >> 16) << v;
    EXPECT_EQ(bfloat16_format.decode(static_cast<std::uint16_t>(word >> 16)), v);
  }
  EXPECT_EQ(bfloat16_format.encode(0.1), 0x3dcd);
  EXPECT_EQ(bfloat16_format.encode(3.39e38), 0x7f7f);
  EXPECT_EQ(bfloat16_format.encode(3.4e38), 0x7f80); // past the largest, 3.3895e38, by more than half a unit
}

TEST(HalfTest, EveryPatternSurvives) {
  for (const HalfFormat &format : {float16_format, bfloat16_format})
    for (int bits = 0; bits <= 0xffff; ++bits) {
      double v = format.decode(static_cast<std::uint16_t>(bits));
      if (!std::isnan(v)) {
        ASSERT_EQ(format.encode(v), bits);
      }
    }
}

} // namespace
} // namespace weft::detail

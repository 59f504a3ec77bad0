// Weak numbers: what a C++ value becomes beside a tensor of another dtype (api.md, "Dtypes").
#include "lib/tensor/weak.h"

#include <weft/operand.h>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace weft::detail {
namespace {

WeakResult adapt(const Operand &number, DType dtype) { return adapt_weak(number.value(), dtype); }
template <class T> T as(const Operand &number) {
  WeakResult r = adapt(number, dtype_of<T>);
  EXPECT_TRUE(r.value) << r.refusal;
  if (!r.value)
    return T();
  EXPECT_EQ(r.value->type, (TensorType{dtype_of<T>, {}}));
  return *static_cast<const T *>(r.value->data);
}

TEST(WeakTest, NumbersThatFitAreConverted) {
  EXPECT_EQ(as<std::int8_t>(-128), -128);
  EXPECT_EQ(as<std::uint8_t>(255), 255);
  EXPECT_EQ(as<std::int64_t>(7), 7);
  EXPECT_EQ(as<std::uint64_t>(std::uint64_t(-1)), std::uint64_t(-1));
  EXPECT_EQ(as<std::uint16_t>(std::int64_t{65535}), 65535);
  EXPECT_EQ(as<std::int64_t>(std::numeric_limits<std::int64_t>::min()), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(as<float>(3), 3.f);
  EXPECT_EQ(as<double>(2.5f), 2.5);
}

TEST(WeakTest, RealNumbersRoundOnce) {
  EXPECT_EQ(as<float>(0.1), 0.1f);
  EXPECT_EQ(as<float>(16777217), 16777216.f);
  EXPECT_EQ(as<float>(1e-60), 0.f);
  // One past the middle of two floats; by way of double it would be the middle itself, and round the other way.
  EXPECT_EQ(as<float>((std::int64_t{1} << 54) + (std::int64_t{1} << 30) + 1), 0x1.000002p54f);
  EXPECT_EQ(as<float>(INFINITY), INFINITY);
  EXPECT_TRUE(std::isnan(as<float>(static_cast<double>(NAN))));
}

TEST(WeakTest, HalfPrecision) {
  auto bits = [](const Operand &number, DType dtype) {
    WeakResult r = adapt(number, dtype);
    return r.value ? *static_cast<const std::uint16_t *>(r.value->data) : 0xffff;
  };
  EXPECT_EQ(bits(1.5, float16), 0x3e00);
  EXPECT_EQ(bits(1.5, bfloat16), 0x3fc0);
  EXPECT_EQ(bits(65504, float16), 0x7bff);
  EXPECT_FALSE(adapt(70000, float16).value);
  EXPECT_TRUE(adapt(70000, bfloat16).value);
}

TEST(WeakTest, WhatDoesNotFitIsRefusedWithTheReason) {
  struct Row {
    Operand number;
    DType dtype;
    const char *words;
  };
  const Row rows[] = {
      {128, int8, "128 does not fit into int8"},
      {-1, uint8, "-1 does not fit into uint8"},
      {256, uint8, "256"},
      {std::int64_t{1} << 31, int32, "2147483648 does not fit into int32"},
      {std::uint64_t(-1), int64, "18446744073709551615 does not fit into int64"},
      {-1, uint64, "-1"},
      {2.5, int32, "real number 2.5 beside an int32 tensor"},
      {2.0, int32, "write an integer"},
      {1e39, float32, "overflows float32"},
      {true, int32, "bool"},
      {1, boolean, "bool"},
      {1, string, "string"},
  };
  for (const Row &r : rows) {
    WeakResult result = adapt(r.number, r.dtype);
    EXPECT_FALSE(result.value) << r.words;
    EXPECT_NE(result.refusal.find(r.words), std::string::npos) << result.refusal;
  }
}

TEST(WeakTest, TheSameDtypeIsTheSameValue) {
  Operand number = 5;
  EXPECT_EQ(adapt(number, int32).value.get(), number.value().get());
}

} // namespace
} // namespace weft::detail

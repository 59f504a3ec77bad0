// What dtypes meet in, hold and are, against the tables of the Array API standard; and comparisons that give a C++
// bool.
#include <weft/weft.h>

#include <gtest/gtest.h>

#include <array>
#include <cfloat>
#include <limits>
#include <vector>

namespace weft {
namespace {

// The standard's promotion tables, type_promotion.html: signed, unsigned, mixed, floating.
TEST(DTypesTest, MeetByTheStandardsTable) {
  struct Entry {
    DType a, b, result;
  };
  const Entry table[] = {
      {int8, int16, int16},        {int8, int32, int32},        {int8, int64, int64},         {int16, int32, int32},
      {int16, int64, int64},       {int32, int64, int64},       {uint8, uint16, uint16},      {uint8, uint32, uint32},
      {uint8, uint64, uint64},     {uint16, uint32, uint32},    {uint16, uint64, uint64},     {uint32, uint64, uint64},
      {int8, uint8, int16},        {int8, uint16, int32},       {int8, uint32, int64},        {int16, uint8, int16},
      {int16, uint16, int32},      {int16, uint32, int64},      {int32, uint8, int32},        {int32, uint16, int32},
      {int32, uint32, int64},      {int64, uint8, int64},       {int64, uint16, int64},       {int64, uint32, int64},
      {float32, float64, float64}, {float16, float32, float32}, {bfloat16, float64, float64},
  };
  for (const Entry &e : table) {
    EXPECT_EQ(result_type(e.a, e.b), e.result) << name(e.a) << ", " << name(e.b);
    EXPECT_EQ(result_type(e.b, e.a), e.result) << name(e.b) << ", " << name(e.a);
    EXPECT_TRUE(can_cast(e.a, e.result) && can_cast(e.b, e.result));
    EXPECT_EQ(can_cast(e.result, e.a), e.result == e.a);
  }
  for (int d = 0; d < dtype_count; ++d)
    EXPECT_EQ(result_type(static_cast<DType>(d)), static_cast<DType>(d));
}

TEST(DTypesTest, SomeMeetInNone) {
  const std::array<DType, 2> apart[] = {
      {int32, float32}, {boolean, int8}, {boolean, float64}, {string, int8}, {int64, uint64}};
  for (auto [a, b] : apart) {
    EXPECT_THROW(result_type(a, b), DTypeError) << name(a) << ", " << name(b);
    EXPECT_FALSE(can_cast(a, b)) << name(a) << ", " << name(b);
  }
}

TEST(DTypesTest, TensorsMeetAsTheirDTypes) {
  Tensor x = {1, 2}, y = 2LL;
  Variable v(Tensor(std::int8_t{1}), "v");
  EXPECT_EQ(result_type(x, y), int64);
  EXPECT_EQ(result_type(int8, uint16, x), int32);
  EXPECT_EQ(result_type(v, uint8), int16);
  EXPECT_TRUE(can_cast(x, int64));
  EXPECT_EQ(function([](Tensor t) { return zeros({1}, result_type(t, float64)); })(1.0f).dtype(), float64);
}

TEST(DTypesTest, AreOfKinds) {
  struct Kind {
    const char *name;
    std::vector<DType> members;
  };
  const std::vector<DType> is{int8, int16, int32, int64}, us{uint8, uint16, uint32, uint64},
      fs{float16, bfloat16, float32, float64};
  auto both = [](std::vector<DType> a, const std::vector<DType> &b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
  };
  const Kind kinds[] = {
      {"bool", {boolean}},   {"signed integer", is},   {"unsigned integer", us},           {"integral", both(is, us)},
      {"real floating", fs}, {"complex floating", {}}, {"numeric", both(both(is, us), fs)}};
  for (const Kind &k : kinds)
    for (int d = 0; d < dtype_count; ++d) {
      auto dtype = static_cast<DType>(d);
      bool member = std::find(k.members.begin(), k.members.end(), dtype) != k.members.end();
      EXPECT_EQ(isdtype(dtype, k.name), member) << name(dtype) << ", " << k.name;
    }
  EXPECT_TRUE(isdtype(int8, {"bool", "integral"}));
  EXPECT_FALSE(isdtype(float32, {"bool", "integral"}));
  EXPECT_TRUE(isdtype(int8, int8));
  EXPECT_FALSE(isdtype(int8, int16));
}

template <class T> void expect_limits(DType d) {
  using L = std::numeric_limits<T>;
  if constexpr (std::is_integral_v<T>) {
    IntegerInfo i = iinfo(d);
    EXPECT_EQ(i.bits, int(8 * sizeof(T)));
    EXPECT_EQ(i.max, std::uint64_t(L::max())) << name(d);
    EXPECT_EQ(i.min, std::int64_t(L::min())) << name(d);
    EXPECT_EQ(i.dtype, d);
  } else {
    FloatInfo f = finfo(d);
    EXPECT_EQ(f.bits, int(8 * sizeof(T)));
    EXPECT_EQ(f.eps, L::epsilon());
    EXPECT_EQ(f.max, L::max());
    EXPECT_EQ(f.min, L::lowest());
    EXPECT_EQ(f.smallest_normal, L::min());
    EXPECT_EQ(f.dtype, d);
  }
}

TEST(DTypesTest, HoldWhatCppSaysTheyDo) {
  expect_limits<std::int8_t>(int8), expect_limits<std::int16_t>(int16), expect_limits<std::int32_t>(int32);
  expect_limits<std::int64_t>(int64), expect_limits<std::uint8_t>(uint8), expect_limits<std::uint16_t>(uint16);
  expect_limits<std::uint32_t>(uint32), expect_limits<std::uint64_t>(uint64);
  expect_limits<float>(float32), expect_limits<double>(float64);
  // IEEE 754 binary16, and the upper half of binary32.
  FloatInfo half = finfo(float16), brain = finfo(bfloat16);
  EXPECT_EQ(half.max, 65504);
  EXPECT_EQ(half.eps, 0x1p-10);
  EXPECT_EQ(half.smallest_normal, 0x1p-14);
  EXPECT_EQ(brain.max, 0x1.fep127);
  EXPECT_EQ(brain.eps, 0x1p-7);
  EXPECT_EQ(brain.smallest_normal, double(FLT_MIN));
}

TEST(CompareTest, AllcloseIsAHostBool) {
  Tensor x = {1.0f, 2.0f, 3.0f}, nan = {std::numeric_limits<float>::quiet_NaN()};
  EXPECT_TRUE(allclose(x, x));
  EXPECT_TRUE(allclose(x, {1.000001f, 2.0f, 3.0f}));
  EXPECT_FALSE(allclose(x, {1.001f, 2.0f, 3.0f}));
  EXPECT_TRUE(allclose(x, {1.001f, 2.0f, 3.0f}, 1e-2));
  EXPECT_TRUE(allclose(x, {1.001f, 2.0f, 3.0f}, 0, 0.01));
  EXPECT_TRUE(allclose(zeros({0}), zeros({0})));
  EXPECT_TRUE(allclose(Tensor{2.0f, 2.0f}, 2));
  EXPECT_FALSE(allclose(nan, nan));
  EXPECT_TRUE(allclose(nan, nan, 1e-5, 1e-8, true));
  EXPECT_THROW(allclose(x, zeros({2})), ShapeError);
  EXPECT_THROW(function([](Tensor t) { return Tensor(allclose(t, t)); })(x), TraceError);
}

// Sizes that are open while tracing.
TEST(ArraysTest, SpreadOverOpenSizes) {
  auto options = FunctionOptions{.input_signature = {spec(float32, {dynamic}), spec(int32, {dynamic, 1})}};
  auto f = function([](Tensor x, Tensor y) { return broadcast_arrays({x, y}); }, options);
  auto got = f(Tensor{1.0f, 2.0f, 3.0f}, Tensor{{1}, {2}});
  EXPECT_TRUE(array_equal(got[0], Tensor{{1.0f, 2.0f, 3.0f}, {1.0f, 2.0f, 3.0f}}));
  EXPECT_TRUE(array_equal(got[1], Tensor{{1, 1, 1}, {2, 2, 2}}));
  got = f(Tensor{5.0f}, Tensor{{1}, {2}, {3}});
  EXPECT_TRUE(array_equal(got[1], Tensor{{1}, {2}, {3}}));
}

} // namespace
} // namespace weft

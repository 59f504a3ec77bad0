// Operations that run at once: how layouts collapse to kernels, how often something is compiled, and what is only moved.
#include "tests/unit/fake_compiler.h"

#include "lib/eager/kernels.h"

#include <weft/weft.h>

#include <gtest/gtest.h>

#include <limits>
#include <numeric>
#include <thread>

namespace weft {
namespace {

using detail::KernelCache;
using testing::FakeCompiler;

class KernelsTest : public ::testing::Test {
protected:
  FakeCompiler compiler;
};

Tensor iota(Shape shape) {
  std::vector<float> v(static_cast<std::size_t>(shape.elements()));
  std::iota(v.begin(), v.end(), 0.f);
  return from_span(v, shape);
}
std::vector<float> floats(const Tensor &t) { return t.to_vector<float>(); }
std::vector<std::string> texts(const Tensor &t) { return t.to_vector<std::string>(); }

/// a + b by the definition of broadcasting: every index of the result, one element of each operand.
std::vector<float> added(const Tensor &a, const Tensor &b, const Shape &shape) {
  std::vector<float> r, x = floats(a), y = floats(b);
  auto at = [&](const Shape &s, std::int64_t flat) {
    std::int64_t position = 0, stride = 1;
    for (int d = 1; d <= shape.rank(); ++d) {
      std::int64_t i = flat % shape[-d];
      flat /= shape[-d];
      if (d <= s.rank()) {
        position += (s[-d] == 1 ? 0 : i) * stride;
        stride *= s[-d];
      }
    }
    return static_cast<std::size_t>(position);
  };
  for (std::int64_t i = 0; i < shape.elements(); ++i)
    r.push_back(x[at(a.shape(), i)] + y[at(b.shape(), i)]);
  return r;
}

TEST_F(KernelsTest, BroadcastsOfEveryPatternAreRight) {
  struct Case {
    Shape a, b, result;
  };
  for (const Case &c : {Case{{}, {}, {}}, Case{{3}, {}, {3}}, Case{{}, {2, 3}, {2, 3}}, Case{{2, 3}, {2, 3}, {2, 3}},
                        Case{{2, 3}, {3}, {2, 3}}, Case{{2, 1}, {1, 3}, {2, 3}}, Case{{1, 1}, {1}, {1, 1}},
                        Case{{2, 1, 3, 1}, {1, 4, 1, 5}, {2, 4, 3, 5}}, Case{{2, 3, 4}, {3, 4}, {2, 3, 4}},
                        Case{{4, 1, 1}, {4, 2, 3}, {4, 2, 3}}, Case{{1, 5}, {5, 1}, {5, 5}}, Case{{0, 3}, {3}, {0, 3}},
                        Case{{2, 0}, {1, 1}, {2, 0}}, Case{{1, 3, 1, 1}, {2, 1, 1, 4}, {2, 3, 1, 4}}}) {
    Tensor a = iota(c.a), b = iota(c.b), r = a + b;
    EXPECT_EQ(r.shape(), c.result);
    EXPECT_EQ(floats(r), added(a, b, c.result)) << to_string(c.a) << " + " << to_string(c.b);
  }
}

TEST_F(KernelsTest, ANewShapeCompilesNothing) {
  auto compiles = [&](auto... operations) {
    int before = compiler.compiles;
    (operations(), ...);
    return compiler.compiles - before;
  };
  auto add_shapes = [](Shape a, Shape b) { return [=] { (void)(iota(a) + iota(b)); }; };
  EXPECT_EQ(compiles(add_shapes({2, 3}, {2, 3}), add_shapes({7}, {7}), add_shapes({2, 1, 3}, {2, 1, 3})), 1);
  EXPECT_EQ(compiles(add_shapes({}, {}), add_shapes({1}, {1, 1})), 1);
  EXPECT_EQ(compiles(add_shapes({5}, {}), add_shapes({2, 3}, {1, 1})), 1);
  EXPECT_EQ(compiles(add_shapes({2, 3}, {3}), add_shapes({4, 5, 6}, {5, 6}), add_shapes({7, 1, 2}, {1, 2})), 1);
  EXPECT_EQ(compiles(add_shapes({2, 3}, {2, 1}), add_shapes({4, 5, 6}, {4, 1, 1})), 1);
  EXPECT_EQ(compiles([] { (void)(Tensor{1} + Tensor{2}); }), 1) << "another dtype";
  auto sum_of = [](Shape s, Axis axis) { return [=] { (void)sum(iota(s), axis); }; };
  EXPECT_EQ(compiles(sum_of({5}, all_axes), sum_of({2, 3, 4}, all_axes), sum_of({1, 6}, 1)), 1);
  EXPECT_EQ(compiles(sum_of({2, 3}, 0), sum_of({2, 3, 4}, 0), sum_of({2, 3, 4}, {0}), sum_of({2, 2, 5}, {0, 1})), 1);
  EXPECT_EQ(compiles(sum_of({2, 3}, 1), sum_of({2, 3, 4}, 2)), 1);
  EXPECT_EQ(compiles(sum_of({2, 3, 4}, 1), sum_of({5, 1, 6, 7}, {2})), 1);
}

TEST_F(KernelsTest, ReductionsOfEveryLayout) {
  Tensor x = iota({2, 3, 4});
  EXPECT_EQ(sum(x).item<float>(), 276);
  EXPECT_EQ(floats(sum(x, 0)), (std::vector<float>{12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34}));
  EXPECT_EQ(floats(sum(x, 1)), (std::vector<float>{12, 15, 18, 21, 48, 51, 54, 57}));
  EXPECT_EQ(floats(sum(x, -1)), (std::vector<float>{6, 22, 38, 54, 70, 86}));
  EXPECT_EQ(floats(sum(x, {0, 2})), (std::vector<float>{60, 92, 124}));
  Tensor kept = sum(x, {0, 2}, true);
  EXPECT_EQ(kept.shape(), (Shape{1, 3, 1}));
  EXPECT_EQ(floats(kept), (std::vector<float>{60, 92, 124}));
  EXPECT_EQ(floats(max(x, {1, 2})), (std::vector<float>{11, 23}));
  EXPECT_EQ(sum(x, all_axes, true).shape(), (Shape{1, 1, 1}));
  EXPECT_EQ(floats(sum(iota({3, 1}), 1)), (std::vector<float>{0, 1, 2}));
  EXPECT_EQ(floats(sum(iota({1, 3}), 0, true)), (std::vector<float>{0, 1, 2}));
  EXPECT_EQ(sum(Tensor(5.f)).item<float>(), 5);
  EXPECT_EQ(sum(iota({0})).item<float>(), 0);
  EXPECT_EQ(floats(sum(iota({2, 0}), 1)), (std::vector<float>{0, 0}));
  EXPECT_EQ(sum(iota({2, 0}), 0).shape(), Shape{0});
}

TEST_F(KernelsTest, OneElementOfAnyRank) {
  Tensor a = {{{2.f}}}, r = a + a;
  EXPECT_EQ(r.shape(), (Shape{1, 1, 1}));
  EXPECT_EQ(r[0][0][0].item<float>(), 4);
  Tensor s = Tensor{{"a"}} + Tensor{"b"};
  EXPECT_EQ(s.shape(), (Shape{1, 1}));
  EXPECT_EQ(texts(s), (std::vector<std::string>{"ab"}));
  EXPECT_EQ(texts(reshape(s, {1})), (std::vector<std::string>{"ab"}));
}

TEST_F(KernelsTest, StringsAreCountedRight) {
  std::int64_t before = detail::live_storage();
  {
    Tensor a = {"x", "y"}, b = a + "!", c = b + a;
    EXPECT_EQ(texts(c), (std::vector<std::string>{"x!x", "y!y"}));
    Tensor row = stack({a, b}), turned = permute_dims(row, {1, 0});
    EXPECT_EQ(texts(turned), (std::vector<std::string>{"x", "x!", "y", "y!"}));
    EXPECT_EQ(texts(set(turned, "new", slice(none), 0)), (std::vector<std::string>{"new", "x!", "new", "y!"}));
    EXPECT_EQ(turned[1][1].item<std::string>(), "y!");
    EXPECT_EQ(texts(broadcast_to(a, {2, 2})), (std::vector<std::string>{"x", "y", "x", "y"}));
  }
  EXPECT_EQ(detail::live_storage(), before);
}

TEST_F(KernelsTest, ErrorsHaveThePlaceOfEachUse) {
  Tensor zero = 0;
  for (int i = 0; i < 2; ++i) {
    unsigned line = 0;
    try {
      line = i ? __LINE__ + 1 : __LINE__ + 3;
      if (i)
        (void)(Tensor(1) / zero);
      else
        (void)(Tensor(2) / zero);
      ADD_FAILURE();
    } catch (const CheckError &e) {
      EXPECT_STREQ(e.where().file, __FILE__);
      EXPECT_NEAR(e.where().line, line, 2);
    }
  }
  EXPECT_EQ(compiler.compiles, 1);
}

TEST_F(KernelsTest, AFailedCompileIsTriedAgain) {
  compiler.fail_compiles = true;
  EXPECT_THROW((void)(Tensor(1) + Tensor(2)), InternalError);
  compiler.fail_compiles = false;
  EXPECT_EQ((Tensor(1) + Tensor(2)).item<std::int32_t>(), 3);
}

TEST_F(KernelsTest, ThreadsCompileAKernelOnce) {
  compiler.while_compiling = [] { std::this_thread::sleep_for(std::chrono::milliseconds(20)); };
  std::vector<std::jthread> threads;
  for (int t = 0; t < 6; ++t)
    threads.emplace_back([t] { EXPECT_EQ((Tensor(t) + Tensor(1)).item<std::int32_t>(), t + 1); });
  threads.clear();
  EXPECT_EQ(compiler.compiles, 1);
  EXPECT_EQ(KernelCache::size_for_testing(), 1u);
}

// --- what only moves elements

TEST_F(KernelsTest, ReshapesAndLeadingSlicesShareTheBuffer) {
  Tensor x = iota({4, 6});
  const float *data = x.span<float>().data();
  auto data_of = [](const Tensor &t) { return static_cast<const float *>(t.value()->data); };
  EXPECT_EQ(data_of(reshape(x, {8, 3})), data);
  EXPECT_EQ(data_of(x[2]), data + 12);
  EXPECT_EQ(data_of(x(slice(1, 3))), data + 6);
  EXPECT_EQ(data_of(x(1, slice(2, 5))), data + 8);
  EXPECT_NE(data_of(x(slice(none), slice(2, 5))), data + 2);
  EXPECT_EQ(compiler.compiles, 0);
  Tensor row = x[3];
  x = Tensor();
  EXPECT_EQ(floats(row), (std::vector<float>{18, 19, 20, 21, 22, 23}));
}

TEST_F(KernelsTest, SlicesCopyWhatIsNotContiguous) {
  Tensor x = iota({3, 4});
  EXPECT_EQ(floats(x(slice(none), slice(1, 3))), (std::vector<float>{1, 2, 5, 6, 9, 10}));
  EXPECT_EQ(floats(x(slice(none, none, -1), slice(none, none, 2))), (std::vector<float>{8, 10, 4, 6, 0, 2}));
  EXPECT_EQ(floats(x(slice(none), -1)), (std::vector<float>{3, 7, 11}));
  EXPECT_EQ(x(slice(2, 2)).shape(), (Shape{0, 4}));
  EXPECT_EQ(x[1][2].item<float>(), 6);
  EXPECT_EQ(x[Tensor(-1)][Tensor(std::int64_t{0})].item<float>(), 8);
  EXPECT_THROW(x[3], IndexError);
  EXPECT_THROW(x[Tensor(-4)], IndexError);
}

TEST_F(KernelsTest, StepsLargerThanTheDimension) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max(), least = std::numeric_limits<std::int64_t>::min();
  Tensor x = iota({5, 2});
  struct Case {
    Slice rows;
    std::vector<float> taken; // as CPython 3.11 slices a list of these rows
  };
  for (const Case &c : {Case{slice(none, none, most), {0, 1}}, Case{slice(none, none, -most), {8, 9}}, Case{slice(none, none, least), {8, 9}},
                        Case{slice(2, none, most), {4, 5}}, Case{slice(2, none, least), {4, 5}}, Case{slice(4, 2, most), {}},
                        Case{slice(1, 3, least), {}}, Case{slice(least, most, most), {0, 1}}, Case{slice(most, least, least), {8, 9}},
                        Case{slice(none, none, 4), {0, 1, 8, 9}}, Case{slice(none, none, 5), {0, 1}}, Case{slice(-2, none, -2), {6, 7, 2, 3}}})
    EXPECT_EQ(floats(x(c.rows)), c.taken);
  EXPECT_EQ(floats(set(x, -1.f, slice(none, none, least), 0)), (std::vector<float>{0, 1, 2, 3, 4, 5, 6, 7, -1, 9}));
}

TEST_F(KernelsTest, TheTableSaysWhatReducesAndWhatChooses) {
  std::vector<std::string> reductions, choosing;
  for (int k = 0; k <= static_cast<int>(*detail::find_op("arange")); ++k) {
    const detail::OpInfo &op = detail::info(static_cast<detail::OpId>(k));
    if (op.reduction)
      reductions.emplace_back(op.name);
    if (op.conditions)
      choosing.emplace_back(op.name);
  }
  EXPECT_EQ(reductions, (std::vector<std::string>{"sum", "prod", "max", "min", "any", "all"}));
  EXPECT_EQ(choosing, (std::vector<std::string>{"where"}));
}

TEST_F(KernelsTest, PermutationsOfAllSizes) {
  EXPECT_EQ(floats(permute_dims(iota({2, 3}), {1, 0})), (std::vector<float>{0, 3, 1, 4, 2, 5}));
  for (DType d : {DType::Bool, DType::Int32, DType::Int64}) {
    Tensor x = cast(iota({70, 3, 45}), d), y = permute_dims(x, {2, 1, 0});
    ASSERT_EQ(y.shape(), (Shape{45, 3, 70}));
    std::size_t size = itemsize(d);
    auto *from = static_cast<const char *>(x.value()->data), *to = static_cast<const char *>(y.value()->data);
    bool equal = true;
    for (int i = 0; i < 70; ++i)
      for (int j = 0; j < 3; ++j)
        for (int k = 0; k < 45; ++k)
          equal &= std::memcmp(from + size * ((i * 3 + j) * 45 + k), to + size * ((k * 3 + j) * 70 + i), size) == 0;
    EXPECT_TRUE(equal) << name(d);
  }
  EXPECT_EQ(permute_dims(iota({0, 3}), {1, 0}).shape(), (Shape{3, 0}));
}

TEST_F(KernelsTest, JoiningSettingAndFilling) {
  EXPECT_EQ(floats(concat({iota({2, 2}), iota({2, 1})}, 1)), (std::vector<float>{0, 1, 0, 2, 3, 1}));
  EXPECT_EQ(floats(concat({iota({1, 2}), iota({0, 2}), iota({2, 2})})), (std::vector<float>{0, 1, 0, 1, 2, 3}));
  EXPECT_EQ(floats(stack({iota({2}), iota({2})}, 1)), (std::vector<float>{0, 0, 1, 1}));
  Tensor x = iota({3, 3});
  EXPECT_EQ(floats(set(x, 9.f, slice(none), 1)), (std::vector<float>{0, 9, 2, 3, 9, 5, 6, 9, 8}));
  EXPECT_EQ(floats(set(x, iota({3}), -1)), (std::vector<float>{0, 1, 2, 3, 4, 5, 0, 1, 2}));
  EXPECT_EQ(floats(set(x, iota({2}), 0, slice(none, none, -2))), (std::vector<float>{1, 1, 0, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(floats(x), floats(iota({3, 3})));
  EXPECT_EQ(floats(full({2, 2}, 7.f)), (std::vector<float>(4, 7.f)));
  EXPECT_EQ(floats(broadcast_to(iota({2, 1}), {2, 2, 3})), (std::vector<float>{0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1}));
  EXPECT_EQ(arange(2, 11, 3).to_vector<std::int32_t>(), (std::vector<std::int32_t>{2, 5, 8}));
  EXPECT_EQ(arange(3, 0, -1).to_vector<std::int32_t>(), (std::vector<std::int32_t>{3, 2, 1}));
  EXPECT_EQ(floats(arange(0.f, 1.f, 0.25f)), (std::vector<float>{0, 0.25f, 0.5f, 0.75f}));
  EXPECT_EQ(arange(0).shape(), Shape{0});
}

} // namespace
} // namespace weft

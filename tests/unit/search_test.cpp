// Searching, sets and indices where sizes are open while tracing: one trace, the eager values, and what only a size
// that is known at last can say.
#include <weft/weft.h>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace weft {
namespace {

/// A program over float32 (?, ?) and int32 (?).
struct Open {
  const char *name;
  Tensor (*program)(Tensor x, Tensor i);
};
void PrintTo(const Open &o, std::ostream *os) { *os << o.name; }

const Open opens[] = {
    {"Sort", [](Tensor x, Tensor) { return sort(x, 0, true); }},
    {"Argmax", [](Tensor x, Tensor) { return argmax(x); }},
    {"ArgminAlongAnAxis", [](Tensor x, Tensor) { return argmin(x, 1, true); }},
    {"TopValues", [](Tensor x, Tensor) { return top_k(x, 2).values; }},
    {"TopIndices", [](Tensor x, Tensor) { return top_k(x, 2).indices; }},
    {"Searchsorted", [](Tensor x, Tensor) { return searchsorted(sort(reshape(x, {-1})), x); }},
    {"Nonzero", [](Tensor x, Tensor) { return nonzero(x)[1]; }},
    {"Cumulative", [](Tensor x, Tensor) { return cumulative_sum(x, 1, true); }},
    {"Take", [](Tensor x, Tensor i) { return take(x, i, 1); }},
    {"TakeAlongAxis", [](Tensor x, Tensor) { return take_along_axis(x, argsort(x)); }},
    {"ScatterUpdate", [](Tensor x, Tensor i) { return scatter_update(x, i % 2, 7); }},
    {"ScatterAdd", [](Tensor x, Tensor i) { return scatter_add(x, i % 2, x[0]); }},
    {"UniqueValues", [](Tensor x, Tensor) { return unique_values(x); }},
    {"UniqueCounts", [](Tensor x, Tensor) { return unique_counts(x).counts; }},
    {"UniqueInverse", [](Tensor x, Tensor) { return unique_inverse(x).inverse_indices; }},
    {"Mask", [](Tensor x, Tensor) { return x[x > 2]; }},
    {"MaskOfRows", [](Tensor x, Tensor) { return x[sum(x, 1) > 6]; }},
    {"SumOfAMask", [](Tensor x, Tensor) { return sum(x[x > 2]); }},
    {"TakeWhatWasFound", [](Tensor x, Tensor) { return take(reshape(x, {-1}), nonzero(reshape(x, {-1}) > 2)[0]); }},
    {"Meshgrid", [](Tensor, Tensor i) { return meshgrid({i, i * 2})[0]; }},
};

class OpenSizes : public testing::TestWithParam<Open> {};

TEST_P(OpenSizes, AreTracedOnce) {
  FunctionOptions options{.input_signature = {spec(float32, {dynamic, dynamic}), spec(int32, {dynamic})}};
  auto f = function(GetParam().name, GetParam().program, options);
  const Tensor xs[] = {{{3.0f, 1.0f, 2.0f}, {0.0f, 5.0f, 4.0f}}, {{1.0f, 1.0f}, {2.0f, 9.0f}, {3.0f, 0.0f}}};
  const Tensor is[] = {{1, 0, -1, 0}, {-2, 1}};
  for (int k = 0; k < 2; ++k)
    EXPECT_TRUE(array_equal(f(xs[k], is[k]), GetParam().program(xs[k], is[k]))) << k;
  EXPECT_EQ(f.trace_count(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Search, OpenSizes, testing::ValuesIn(opens),
                         [](const auto &info) { return std::string(info.param.name); });

TEST(SearchTest, FindsWrongSizesWhenTheyAreKnown) {
  FunctionOptions options{.input_signature = {spec(float32, {dynamic, dynamic}), spec(boolean, {dynamic})}};
  Tensor mask = {true, false}, empty = zeros({2, 0}), x = zeros({2, 2});
  auto best = function([](Tensor v, Tensor) { return argmax(v); }, options);
  auto top = function([](Tensor v, Tensor) { return top_k(v, 2).values; }, options);
  auto masked = function([](Tensor v, Tensor m) { return v[m]; }, options);
  EXPECT_THROW(best(empty, mask), ShapeError);
  EXPECT_THROW(top(empty, mask), ShapeError);
  EXPECT_THROW(masked(zeros({3, 2}), mask), ShapeError);
  EXPECT_EQ(best(x, mask).item<std::int64_t>(), 0);
  EXPECT_EQ(top(x, mask).shape(), (Shape{2, 2}));
  EXPECT_EQ(masked(x, mask).shape(), (Shape{1, 2}));
}

TEST(SearchTest, GivesAllResultsOfOneCall) {
  auto f = function([](Tensor x) { return unique_all(x); });
  UniqueAll r = f(Tensor{3, 1, 3, 2});
  EXPECT_TRUE(array_equal(r.values, Tensor{1, 2, 3}));
  EXPECT_TRUE(array_equal(r.indices, Tensor{1LL, 3LL, 0LL}));
  EXPECT_TRUE(array_equal(r.inverse_indices, Tensor{2LL, 0LL, 2LL, 1LL}));
  EXPECT_TRUE(array_equal(r.counts, Tensor{1LL, 1LL, 2LL}));
  TopK top = function([](Tensor x) { return top_k(x, 2); })(Tensor{3, 1, 3, 2});
  EXPECT_TRUE(array_equal(top.values, Tensor{3, 3}));
  EXPECT_TRUE(array_equal(top.indices, Tensor{0LL, 2LL}));
  UniqueCounts counts = function([](Tensor x) { return unique_counts(x); })(Tensor{3, 1, 3});
  EXPECT_TRUE(array_equal(counts.counts, Tensor{1LL, 2LL}));
  UniqueInverse inverse = function([](Tensor x) { return unique_inverse(x); })(Tensor{3, 1, 3});
  EXPECT_TRUE(array_equal(inverse.inverse_indices, Tensor{1LL, 0LL, 1LL}));
}

TEST(SearchTest, ScattersInALoopOfTheGraph) {
  auto f = function([](Tensor n) {
    return fori_loop(0, n, [](Tensor i, Tensor acc) { return scatter_add(acc, i % 3, 1.0f); }, zeros({4}));
  });
  EXPECT_TRUE(array_equal(f(7), Tensor{3.0f, 2.0f, 2.0f, 0.0f}));
}

TEST(SearchTest, AScatterLeavesItsOperandAsItWas) {
  Tensor x = {1, 2, 3}, words = {"a", "b"};
  EXPECT_TRUE(array_equal(scatter_update(x, {0}, 9), Tensor{9, 2, 3}));
  EXPECT_TRUE(array_equal(scatter_update(words, {1, 1}, Tensor{"c", "d"}), Tensor{"a", "d"}));
  EXPECT_TRUE(array_equal(x, Tensor{1, 2, 3}));
  EXPECT_TRUE(array_equal(words, Tensor{"a", "b"}));
}

} // namespace
} // namespace weft

// What random numbers are for: keys, a Generator's program order, eager and traced, and the distributions, by
// statistics over fixed keys. The bounds are those of the statistics' own distributions: each says how often a right
// generator would exceed it.
#include <weft/weft.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace weft;

namespace {

constexpr int samples = 200000;

/// Of a statistic that is nearly normal: more than 5 deviations are one in 1.7 million.
constexpr double sigmas = 5;

struct Moments {
  double mean, variance;
};
Moments moments(const std::vector<double> &v) {
  double n = static_cast<double>(v.size()), mean = std::accumulate(v.begin(), v.end(), 0.0) / n, squares = 0;
  for (double x : v)
    squares += (x - mean) * (x - mean);
  return {mean, squares / n};
}

/// The mean of n has a deviation of sqrt(variance / n), and the sample variance one of sqrt((m4 - variance^2) / n),
/// with the distribution's fourth central moment m4.
void expect_moments(const std::vector<double> &v, double mean, double variance, double m4) {
  Moments m = moments(v);
  double n = static_cast<double>(v.size());
  EXPECT_NEAR(m.mean, mean, sigmas * std::sqrt(variance / n));
  EXPECT_NEAR(m.variance, variance, sigmas * std::sqrt((m4 - variance * variance) / n));
}

/// Kolmogorov and Smirnov: the largest distance D between the empirical and the true distribution function has
/// P(sqrt(n) D > t) = 2 exp(-2 t^2) nearly, which is 3e-8 for t = 3.
template <class F> void expect_distribution(std::vector<double> v, F cdf) {
  std::sort(v.begin(), v.end());
  double n = static_cast<double>(v.size()), distance = 0;
  for (std::size_t i = 0; i < v.size(); ++i) {
    double below = static_cast<double>(i) / n, p = cdf(v[i]);
    distance = std::max({distance, std::fabs(p - below), std::fabs(below + 1 / n - p)});
  }
  EXPECT_LT(std::sqrt(n) * distance, 3);
}

/// Chi-square of counts that are expected to be `expected`: with k - 1 degrees of freedom its mean is k - 1 and its
/// variance 2 (k - 1); for the k here, of 6 and more, 8 deviations above the mean are less than one in 100000.
void expect_counts(const std::vector<std::int64_t> &counts, const std::vector<double> &expected) {
  double chi = 0, freedom = static_cast<double>(counts.size() - 1);
  for (std::size_t k = 0; k < counts.size(); ++k)
    chi +=
        (static_cast<double>(counts[k]) - expected[k]) * (static_cast<double>(counts[k]) - expected[k]) / expected[k];
  EXPECT_LT(chi, freedom + 8 * std::sqrt(2 * freedom));
}

std::vector<double> doubles(const Tensor &x) { return cast(x, float64).to_vector<double>(); }

TEST(Random, UniformIsUniform) {
  for (DType d : {float32, float64})
    for (int seed : {0, 1, 2}) {
      std::vector<double> v = doubles(random::uniform(random::key(seed), {samples}, 0, 1, d));
      expect_moments(v, 0.5, 1.0 / 12, 1.0 / 80);
      expect_distribution(v, [](double x) { return x; });
      EXPECT_GE(*std::min_element(v.begin(), v.end()), 0);
      EXPECT_LT(*std::max_element(v.begin(), v.end()), 1);
    }
}

TEST(Random, UniformNeverReachesItsEnd) {
  // From 16777216 on, float32 has every second integer: all but a few of the fractions are rounded.
  Tensor x = random::uniform(random::key(5), {samples}, 16777216, 16777220);
  EXPECT_EQ(min(x).item<float>(), 16777216);
  EXPECT_EQ(max(x).item<float>(), 16777218);
  Tensor y = random::uniform(random::key(5), {samples}, -1e-45, 1e-45); // the denormals next to 0
  EXPECT_TRUE(all(y < 1e-45).item<bool>());
}

TEST(Random, NormalIsNormal) {
  auto cdf = [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); };
  for (DType d : {float32, float64})
    for (int seed : {0, 1, 2}) {
      Tensor x = random::normal(random::key(seed), {samples}, 0, 1, d);
      expect_moments(doubles(x), 0, 1, 3);
      expect_distribution(doubles(x), cdf);
      EXPECT_TRUE(all(isfinite(x)).item<bool>());
    }
  std::vector<double> v = doubles(random::normal(random::key(9), {samples}, -3, 0.5));
  expect_moments(v, -3, 0.25, 3 * 0.0625);
  // Of a normal distribution, 2 in 1000 are beyond 3.09 deviations.
  auto far = std::count_if(v.begin(), v.end(), [](double x) { return std::fabs(x + 3) > 3.0902323 * 0.5; });
  EXPECT_NEAR(static_cast<double>(far), 0.002 * samples, sigmas * std::sqrt(0.002 * 0.998 * samples));
}

TEST(Random, BernoulliHasItsProbability) {
  for (double p : {0.0, 0.01, 0.5, 0.9, 1.0}) {
    double count =
        static_cast<double>(count_nonzero(random::bernoulli(random::key(3), {samples}, p)).item<std::int64_t>());
    EXPECT_NEAR(count, p * samples, sigmas * std::sqrt(p * (1 - p) * samples)); // a binomial count
  }
  Tensor p = {0.0f, 1.0f};
  EXPECT_EQ(random::bernoulli(random::key(3), {3, 2}, p).to_vector<bool>(),
            (std::vector<bool>{false, true, false, true, false, true}));
}

TEST(Random, RandintIsUniform) {
  for (DType d : {int8, int32, int64, uint64})
    for (int seed : {0, 1}) {
      std::vector<std::int64_t> counts(6);
      for (std::int64_t v :
           cast(random::randint(random::key(seed), {samples}, 1, 7, d), int64).to_vector<std::int64_t>())
        ++counts.at(static_cast<std::size_t>(v - 1));
      expect_counts(counts, std::vector<double>(6, samples / 6.0));
    }
  std::vector<std::int64_t> bytes(256);
  for (std::uint8_t v : random::randint(random::key(4), {samples}, 0, 256, uint8).to_vector<std::uint8_t>())
    ++bytes[v];
  expect_counts(bytes, std::vector<double>(256, samples / 256.0));
}

// With one draw of 64 bits, the remainder by two thirds of 2^64 would fall into the lower half twice as often as into
// the upper.
TEST(Random, RandintOfWideRangesIsUniform) {
  std::uint64_t two_thirds = 12297829382473034411u;
  std::vector<std::int64_t> counts(8);
  for (std::uint64_t v : random::randint(random::key(6), {samples}, 0, two_thirds, uint64).to_vector<std::uint64_t>())
    ++counts.at(static_cast<std::size_t>(v / (two_thirds / 8 + 1)));
  expect_counts(counts, std::vector<double>(8, samples / 8.0));
}

TEST(Random, PermutationHasEveryNumberOnce) {
  std::vector<std::int64_t> order = random::permutation(random::key(0), 1000).to_vector<std::int64_t>();
  std::vector<std::int64_t> sorted = order, first(24);
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i)
    ASSERT_EQ(sorted[i], static_cast<std::int64_t>(i));
  EXPECT_NE(order, sorted);
  // Each of the 24 orders of 4 alike.
  constexpr int trials = 4800;
  for (int k = 0; k < trials; ++k) {
    std::vector<std::int64_t> p = random::permutation(random::fold_in(random::key(1), k), 4).to_vector<std::int64_t>();
    std::size_t number = 0;
    for (std::size_t i = 0; i < 4; ++i)
      number =
          number * (4 - i) + static_cast<std::size_t>(std::count_if(p.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                                                    p.end(), [&](std::int64_t v) { return v < p[i]; }));
    ++first.at(number);
  }
  expect_counts(first, std::vector<double>(24, trials / 24.0));
}

TEST(Random, CategoricalFollowsItsLogits) {
  std::vector<double> p{0.05, 0.2, 0.1, 0.3, 0.15, 0.2}, expected;
  std::vector<float> logits;
  for (double v : p) {
    logits.push_back(static_cast<float>(std::log(v) + 7)); // a constant more changes nothing
    expected.push_back(v * samples);
  }
  std::vector<std::int64_t> counts(p.size());
  for (std::int64_t v : random::categorical(random::key(2), from_span(logits), {samples}).to_vector<std::int64_t>())
    ++counts.at(static_cast<std::size_t>(v));
  expect_counts(counts, expected);
  Tensor never = {{-INFINITY, 0.0f}, {0.0f, -INFINITY}};
  EXPECT_EQ(random::categorical(random::key(2), never).to_vector<std::int64_t>(), (std::vector<std::int64_t>{1, 0}));
  EXPECT_EQ(random::categorical(random::key(2), never, {5}).shape(), Shape(5, 2));
}

TEST(Random, KeysAreIndependent) {
  Tensor key = random::key(7), keys = random::split(key, 3);
  std::vector<std::vector<double>> streams;
  for (const Tensor &k : {key, keys[0], keys[1], keys[2], random::fold_in(key, 0), random::fold_in(key, 1)})
    streams.push_back(doubles(random::uniform(k, {samples})));
  for (std::size_t a = 0; a < streams.size(); ++a)
    for (std::size_t b = 0; b < a; ++b) {
      double products = 0;
      for (std::size_t i = 0; i < streams[a].size(); ++i)
        products += (streams[a][i] - 0.5) * (streams[b][i] - 0.5);
      EXPECT_LT(std::fabs(products), sigmas * std::sqrt(double{samples}) / 12)
          << a << ' ' << b; // of variance 1/144 each
    }
}

TEST(Random, TheSameKeyGivesTheSameNumbersTraced) {
  auto f = function([](Tensor key) {
    return std::vector{random::uniform(key, {1001}), random::normal(key, {33}),
                       cast(random::randint(key, {77}, -5, 1000), float32)};
  });
  Tensor key = random::key(123);
  std::vector<Tensor> traced = f(key), eager{random::uniform(key, {1001}), random::normal(key, {33}),
                                             cast(random::randint(key, {77}, -5, 1000), float32)};
  for (std::size_t k = 0; k < eager.size(); ++k)
    EXPECT_EQ(traced[k].to_vector<float>(), eager[k].to_vector<float>()) << k;
}

// --- Generator

TEST(RandomGenerator, GoesOnWithEachUse) {
  random::Generator g(42), same(42), other(43);
  Tensor a = g.uniform({100}), b = g.uniform({100});
  EXPECT_FALSE(array_equal(a, b));
  EXPECT_TRUE(array_equal(a, same.uniform({100})));
  EXPECT_TRUE(array_equal(b, same.uniform({100})));
  EXPECT_FALSE(array_equal(a, other.uniform({100})));
  random::Generator copy = g; // shares the state
  Tensor c = copy.uniform({100});
  EXPECT_TRUE(array_equal(c, same.uniform({100})));
  EXPECT_FALSE(array_equal(g.uniform({100}), c));
}

TEST(RandomGenerator, GoesOnInATracedFunctionInProgramOrder) {
  random::Generator traced(7), eager(7);
  auto program = [](const random::Generator &g, Tensor n) {
    Tensor total = 0.0f;
    for (Tensor i : range(n))
      total += g.uniform();
    if (n > 2)
      total += g.normal();
    total += cast(g.randint({}, 0, 100), float32);
    return total;
  };
  auto f = function([&](Tensor n) { return program(traced, n); });
  for (int n : {0, 3, 1, 5, 3})
    EXPECT_EQ(f(n).item<float>(), program(eager, n).item<float>()) << n;
  EXPECT_EQ(f.trace_count(), 1u);
  EXPECT_EQ(traced.state().value().to_vector<std::uint32_t>(), eager.state().value().to_vector<std::uint32_t>());
}

TEST(RandomGenerator, IsAParameter) {
  random::Generator a(1), b(1), c(2);
  auto f = function([](random::Generator g, Tensor x) { return x + g.uniform() + g.uniform(); });
  EXPECT_EQ(f(a, 1.0f).item<float>(), f(b, 1.0f).item<float>());
  EXPECT_EQ(a.next().to_vector<std::uint32_t>(), b.next().to_vector<std::uint32_t>());
  EXPECT_NE(f(a, 1.0f).item<float>(), f(c, 1.0f).item<float>());
}

TEST(RandomGenerator, IsRepeatedFromItsState) {
  random::Generator g(1);
  Tensor state = g.state().value(), a = g.permutation(10), b = g.bernoulli({10}),
         c = g.categorical(Tensor{0.0f, 1.0f}, {10}), d = g.bits({2});
  g.state().assign(state);
  EXPECT_TRUE(array_equal(g.permutation(10), a));
  EXPECT_TRUE(array_equal(g.bernoulli({10}), b));
  EXPECT_TRUE(array_equal(g.categorical(Tensor{0.0f, 1.0f}, {10}), c));
  EXPECT_TRUE(array_equal(g.bits({2}), d));
}

} // namespace

// weft::map of functions with branches and loops of their own, which compiled code takes for a vector of rows at a
// time: every row has its own way through them. Each function is a template: the expected values are what C++ computes
// with numbers.
#include "lib/math/math.h"
#include "tests/support/program.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace {

using namespace weft;
using namespace weft::test;

/// The function of tensors, compiled for known and for open sizes, against that of numbers, for so many rows that they
/// fill vectors of any width and leave a rest.
template <class In, class Out>
void expect_rows(Tensor (*tensors)(Tensor), Out (*numbers)(In), const std::vector<In> &values) {
  auto rows = [tensors](Tensor x) { return map(tensors, x); };
  auto known = function("known", rows);
  auto open = function("open", rows, {.input_signature = {spec(dtype_of<In>, {dynamic})}});
  bool vectors = occurrences(open.ir(Stage::Loops, spec(dtype_of<In>, {dynamic})), "vector<") > 0;
  EXPECT_EQ(vectors, detail::isa() != detail::Isa::Baseline);
  for (std::size_t n : {1, 2, 5, 16, 17, 31, 32, 33, 34, 64, 65, 100}) {
    std::vector<In> x(n);
    for (std::size_t i = 0; i < n; ++i)
      x[i] = values[i * 7 % values.size()];
    Tensor given = from_span(x);
    std::vector<Out> got[] = {known(given).template to_vector<Out>(), open(given).template to_vector<Out>()};
    for (std::size_t i = 0; i < n; ++i)
      for (const std::vector<Out> &result : got) {
        Out expected = numbers(x[i]);
        EXPECT_TRUE(result[i] == expected || (result[i] != result[i] && expected != expected))
            << "row " << i << " of " << n << ", " << x[i] << ": " << result[i] << " is not " << expected;
      }
  }
}

template <class N, class K> K collatz_steps(N n) {
  K steps = 0;
  while (n != 1) {
    if (n % 2 == 0)
      n = n / 2;
    else
      n = n * 3 + 1;
    steps += 1;
  }
  return steps;
}

TEST(MapOfLoops, EachRowHasItsOwnNumberOfTurns) {
  std::vector<std::int64_t> x;
  for (int i = 0; i < 60; ++i)
    x.push_back(1 + i * i * 5);
  expect_rows<std::int64_t, int>(collatz_steps<Tensor, Tensor>, collatz_steps<std::int64_t, int>, x);
  expect_rows<int, int>(collatz_steps<Tensor, Tensor>, collatz_steps<int, int>, std::vector<int>(x.begin(), x.end()));
}

template <class F, class K> K turns_inside(F re) {
  F x = 0.0f, y = 0.0f;
  K turn = 0;
  while (turn < 100 && x * x + y * y < 4.0f) {
    F next = x * x - y * y + re;
    y = 2.0f * x * y + 0.25f;
    x = next;
    turn += 1;
  }
  return turn;
}

constexpr float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();

TEST(MapOfLoops, ConditionsThatAreNaNEndTheirRowOnly) {
  expect_rows<float, int>(turns_inside<Tensor, Tensor>, turns_inside<float, int>,
                          {0.3f, nan, -1.9f, -0.2f, infinity, 0.26f, -1.2f, 0.0f, -0.5f, nan, 0.35f});
}

/// The square root by halving an interval.
template <class D> D bisect(D a) {
  D low = 0.0, high = a + 1.0;
  while (high - low > 1e-9) {
    D middle = 0.5 * (low + high);
    if (middle * middle < a)
      low = middle;
    else
      high = middle;
  }
  return low;
}

TEST(MapOfLoops, ResultsAreThoseOfTheTurnInWhichARowLeft) {
  expect_rows<double, double>(bisect<Tensor>, bisect<double>,
                              {2, 0.01, 9, 1e6, 0, -1, -5, 123.456, 4, 0.5, double(nan)});
}

template <class N> N nested(N n) {
  N total = 0, i = 0;
  while (i < n) {
    N j = i;
    while (j > 0) {
      if (j % 3 == 0) {
        total += j;
        j -= 2;
      } else {
        if (j % 2 == 0)
          total += 1;
        j -= 1;
      }
    }
    i += 1;
  }
  return total;
}

template <class N> N until_passed(N n) {
  N sum = 0, i = 0;
  do {
    i += 1;
    if (i % 3 == 1)
      continue;
    if (i * i > n)
      break;
    sum += i;
  } while (i < 20);
  return sum * 100 + i;
}

template <class N> N first_multiple(N n) {
  N k = 0;
  while (k < 30) {
    if (k * n > 40)
      return k;
    k += 1;
  }
  return n;
}

TEST(MapOfLoops, LoopsInLoopsAndEveryWayOutOfThem) {
  const std::vector<int> x{7, 0, 25, 1, -3, 12, 30, 2, 9, 400, 5};
  expect_rows<int, int>(nested<Tensor>, nested<int>, {7, 0, 25, 1, -3, 12, 30, 2, 9, 19, 5});
  expect_rows<int, int>(until_passed<Tensor>, until_passed<int>, x);
  expect_rows<int, int>(first_multiple<Tensor>, first_multiple<int>, x);
}

Tensor sum_below(Tensor n) {
  Tensor sum = 0;
  for (Tensor i : range(n))
    if (i % 2 == 0)
      sum += i;
    else
      sum -= 1;
  return sum;
}
int sum_below_number(int n) { return n <= 0 ? 0 : (n - 1) / 2 * ((n - 1) / 2 + 1) - n / 2; }

Tensor newton(Tensor x) {
  for (Tensor i : range(20))
    x = 0.5f * (x + 2.0f / x) + 0.5f * cast(i, float32);
  return x;
}
float newton_number(float x) {
  for (int i = 0; i < 20; ++i)
    x = 0.5f * (x + 2.0f / x) + 0.5f * float(i);
  return x;
}

TEST(MapOfLoops, CountedLoops) {
  expect_rows<int, int>(sum_below, sum_below_number, {7, 0, 25, 1, -3, 12, 30, 2, 9, 400, 5});
  expect_rows<float, float>(newton, newton_number, {1, 2, 0.5f, -3, infinity, nan, 1e30f, 1e-30f});
}

Tensor ones(Tensor x) {
  Tensor n = cast(0, uint32), one = cast(1, uint32);
  while (x != cast(0, uint32)) {
    n += x & one;
    x = x >> 1;
  }
  return n;
}
std::uint32_t ones_number(std::uint32_t x) { return static_cast<std::uint32_t>(std::popcount(x)); }

Tensor down(Tensor x) {
  Tensor n = 0;
  while (x > 0) {
    x = x - cast(7, int8);
    n += 1;
  }
  return logical_and(n > 3, n % 2 == 1);
}
bool down_number(std::int8_t x) { return x > 21 && (x + 6) / 7 % 2 == 1; }

TEST(MapOfLoops, EveryWidthOfNumber) {
  expect_rows<std::uint32_t, std::uint32_t>(ones, ones_number,
                                            {0, 1, 0xffffffff, 0x80000000, 77, 1u << 20, 3, 0xf0f0f0f0});
  std::vector<std::int8_t> x;
  for (int i = -128; i < 128; i += 5)
    x.push_back(static_cast<std::int8_t>(i));
  auto rows = function([](Tensor v) { return map(down, v); });
  std::vector<bool> got = rows(from_span(x)).to_vector<bool>();
  for (std::size_t i = 0; i < x.size(); ++i)
    EXPECT_EQ(got[i], down_number(x[i])) << int(x[i]);
}

/// Eager code calls the same functions with numbers, one at a time.
Tensor grow(Tensor x) {
  Tensor turns = 0;
  while (x < 10 && turns < 500) {
    if (x > 3)
      x += 1.5f + sin(x);
    else
      x += exp(0.1f * x) + pow(0.5f, x);
    turns += 1;
  }
  return x + cast(turns, float32);
}

TEST(MapOfLoops, FunctionsOfMathematicsHaveTheSameBits) {
  std::vector<float> x;
  for (int i = 0; i < 133; ++i)
    x.push_back(static_cast<float>(i) * 0.173f - 11);
  Tensor given = from_span(x);
  EXPECT_EQ(function([](Tensor v) { return map(grow, v); })(given).to_vector<float>(),
            map(grow, given).to_vector<float>());
}

/// Rows of two numbers from two tensors, two results.
std::pair<Tensor, Tensor> divmod(Tensor row, Tensor by) {
  Tensor left = row[0] + row[1], times = 0;
  while (left >= by) {
    left -= by;
    times += 1;
  }
  return {times, stack({left, by})};
}

TEST(MapOfLoops, RowsOfSeveralNumbers) {
  constexpr int n = 70;
  std::vector<int> x, by;
  for (int i = 0; i < n; ++i) {
    x.insert(x.end(), {i * 3, i % 5});
    by.push_back(1 + i % 9);
  }
  auto f = function([](Tensor a, Tensor b) { return map(divmod, a, b); });
  auto [times, rest] = f(from_span(x, {n, 2}), from_span(by));
  for (int i = 0; i < n; ++i) {
    int sum = i * 3 + i % 5;
    EXPECT_EQ(times[i].item<int>(), sum / by[i]);
    EXPECT_EQ(rest[i].to_vector<int>(), (std::vector<int>{sum % by[i], by[i]}));
  }
}

Tensor gcd(Tensor a, Tensor b) {
  check(b >= 0, "negative", b);
  while (b != 0) {
    Tensor rest = a % b;
    a = b;
    b = rest;
  }
  return 60 / a;
}

/// The first row with an error is the one that is told, whatever the rows beside it do.
TEST(MapOfLoops, ErrorsAreThoseOfTheFirstRow) {
  std::vector<int> a(80, 12), b(80, 18);
  auto f = function([](Tensor x, Tensor y) { return map(gcd, x, y); });
  EXPECT_EQ(ints(f(from_span(a), from_span(b))), std::vector<int>(80, 10));
  auto error = [&] {
    try {
      f(from_span(a), from_span(b));
    } catch (const CheckError &e) {
      return std::string(e.what());
    }
    return std::string();
  };
  a[60] = b[60] = 0;
  EXPECT_NE(error().find("division by zero"), std::string::npos) << error();
  b[50] = -3, b[51] = -4;
  EXPECT_NE(error().find("negative -3"), std::string::npos) << error();
  a[33] = b[33] = 0;
  EXPECT_NE(error().find("division by zero"), std::string::npos) << error();
}

} // namespace

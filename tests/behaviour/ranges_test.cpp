// Range-for over weft::range and over the rows of a tensor. These loops are traced whether weft-autograph has rewritten
// them or not, so this file is compiled both ways: plain_ranges_test.cpp includes it, and is not rewritten.
#include "tests/support/program.h"

#include <cstdint>
#include <limits>
#include <utility>

using namespace weft;
using namespace weft::test;

namespace {

// --- every integer dtype, up to the ends of what it holds: turns and indices are those of the list written out

template <class T> constexpr T lowest = std::numeric_limits<T>::min();
template <class T> constexpr T highest = std::numeric_limits<T>::max();

template <class T> struct Case {
  T start, stop, step;
  std::vector<T> indices;
};

/// The indices joined, in the range's own dtype.
Tensor walked(Tensor start, Tensor stop, Tensor step) {
  Tensor turns = std::int64_t{0}, seen = zeros({4}, start.dtype());
  for (Tensor i : range(start, stop, step)) {
    seen = set(seen, i, turns);
    turns += 1;
  }
  return concat({seen, reshape(cast(turns, start.dtype()), {1})});
}

template <class T> void expect_ranges(const std::vector<Case<T>> &cases) {
  auto f = function(walked);
  for (const Case<T> &c : cases) {
    SCOPED_TRACE(std::to_string(c.start) + " " + std::to_string(c.stop) + " " + std::to_string(c.step));
    std::vector<T> expected = c.indices;
    expected.resize(4);
    expected.push_back(static_cast<T>(c.indices.size()));
    EXPECT_EQ(walked(c.start, c.stop, c.step).template to_vector<T>(), expected) << "eager";
    EXPECT_EQ(f(c.start, c.stop, c.step).template to_vector<T>(), expected) << "traced";
  }
  EXPECT_EQ(f.trace_count(), 1u);
}

template <class T> void expect_unsigned() {
  expect_ranges<T>({{0, 3, 1, {0, 1, 2}},
                    {3, 0, 1, {}},
                    {5, 5, 1, {}},
                    {0, 7, 3, {0, 3, 6}},
                    {T(highest<T> - 2), highest<T>, 1, {T(highest<T> - 2), T(highest<T> - 1)}},
                    {0, highest<T>, T(highest<T> / 2), {0, T(highest<T> / 2), T(highest<T> - 1)}},
                    {1, highest<T>, highest<T>, {1}},
                    {highest<T>, 0, highest<T>, {}}});
}

template <class T> void expect_signed() {
  T half = highest<T> / 2;
  expect_ranges<T>({{0, 3, 1, {0, 1, 2}},
                    {3, 0, -1, {3, 2, 1}},
                    {3, 0, 1, {}},
                    {0, 3, -1, {}},
                    {-2, 2, 3, {-2, 1}},
                    {T(highest<T> - 2), highest<T>, 1, {T(highest<T> - 2), T(highest<T> - 1)}},
                    {T(lowest<T> + 1), lowest<T>, -1, {T(lowest<T> + 1)}},
                    {T(-half - 1), highest<T>, highest<T>, {T(-half - 1), T(highest<T> - half - 1)}},
                    {lowest<T>, highest<T>, highest<T>, {lowest<T>, -1, T(highest<T> - 1)}},
                    {highest<T>, lowest<T>, lowest<T>, {highest<T>, -1}},
                    {lowest<T>, highest<T>, lowest<T>, {}}});
}

TEST(Ranges, Unsigned) {
  expect_unsigned<std::uint8_t>();
  expect_unsigned<std::uint16_t>();
  expect_unsigned<std::uint32_t>();
  expect_unsigned<std::uint64_t>();
}

TEST(Ranges, Signed) {
  expect_signed<std::int8_t>();
  expect_signed<std::int16_t>();
  expect_signed<std::int32_t>();
  expect_signed<std::int64_t>();
}

/// With a step that is known to be 1, which is another loop.
TEST(Ranges, ByOne) {
  auto count = [](auto start, auto stop) {
    auto f = function([](Tensor a, Tensor b) {
      Tensor last = a, turns = std::int64_t{0};
      for (Tensor i : range(a, b)) {
        last = i;
        turns += 1;
      }
      return std::pair(turns, last);
    });
    auto [turns, last] = f(start, stop);
    return std::pair(turns.template item<std::int64_t>(), last.template item<decltype(start)>());
  };
  EXPECT_EQ(count(std::uint8_t{250}, highest<std::uint8_t>), std::pair(std::int64_t{5}, std::uint8_t{254}));
  EXPECT_EQ(count(highest<std::uint64_t> - 3, highest<std::uint64_t>),
            std::pair(std::int64_t{3}, highest<std::uint64_t> - 1));
  EXPECT_EQ(count(highest<std::uint64_t>, std::uint64_t{0}), std::pair(std::int64_t{0}, highest<std::uint64_t>));
  EXPECT_EQ(count(std::int8_t{-128}, std::int8_t{127}), std::pair(std::int64_t{255}, std::int8_t{126}));
  EXPECT_EQ(count(highest<std::int64_t> - 2, highest<std::int64_t>),
            std::pair(std::int64_t{2}, highest<std::int64_t> - 1));
}

/// More turns than an int64 counts: left early.
TEST(Ranges, OfMoreTurnsThanAnInt64Counts) {
  auto f = function([](Tensor a, Tensor b, Tensor s) {
    Tensor turns = std::int64_t{0};
    for (Tensor i : range(a, b, s)) {
      check(turns < 5, "enough");
      turns += 1;
    }
    return turns;
  });
  EXPECT_THROW(f(lowest<std::int64_t>, highest<std::int64_t>, std::int64_t{1}), CheckError);
  EXPECT_THROW(f(std::uint64_t{0}, highest<std::uint64_t>, std::uint64_t{1}), CheckError);
}

// --- loops over ranges and rows

using Arguments = const std::vector<Tensor> &;

/// start, stop, step -> the numbers of the loop as decimal digits base 100, and how many.
Tensor visited(Tensor start, Tensor stop, Tensor step) {
  Tensor last = -99, count = 0, total = 0;
  for (Tensor i : range(start, stop, step)) {
    last = i;
    count += 1;
    total += i;
  }
  return (last * 100 + count) * 1000 + total;
}

TEST(Ranges, UpAndDownWithTracedBounds) {
  auto expected = [](int start, int stop, int step) {
    int last = -99, count = 0, total = 0;
    for (int i = start; step > 0 ? i < stop : i > stop; i += step)
      last = i, ++count, total += i;
    return (last * 100 + count) * 1000 + total;
  };
  std::vector<Sample> samples;
  for (int start : {-3, 0, 5})
    for (int stop : {-4, 0, 5, 9})
      for (int step : {1, 2, 3, 7, -1, -2, -5})
        samples.push_back({{start, stop, step}, expected(start, stop, step)});
  expect_runs([](Arguments a) { return visited(a[0], a[1], a[2]); }, samples);
}

TEST(Ranges, WithKnownBoundsAndSteps) {
  expect_runs([](Arguments a) { return visited(a[0], 10, 3); },
              {{{0}, (900 + 4) * 1000 + 18}, {{9}, (900 + 1) * 1000 + 9}});
  expect_runs([](Arguments a) { return visited(a[0], 0, -2); }, {{{5}, (100 + 3) * 1000 + 9}, {{0}, -9900 * 1000}});
  expect_runs([](Arguments a) { return visited(0, a[0], 1); }, {{{3}, (200 + 3) * 1000 + 3}, {{-5}, -9900 * 1000}});
}

TEST(Ranges, OfInt64KeepTheirDtypeAndWidth) {
  auto f = function([](Tensor n) {
    Tensor last = std::int64_t{0}, count = 0;
    for (Tensor i : range(std::int64_t{1} << 40, n, std::int64_t{1} << 38)) {
      last = i;
      count += 1;
    }
    return std::pair<Tensor, Tensor>{last, count};
  });
  auto [last, count] = f(std::int64_t{1} << 41);
  EXPECT_EQ(last.item<std::int64_t>(), (std::int64_t{1} << 41) - (std::int64_t{1} << 38));
  EXPECT_EQ(as_int(count), 4);
}

TEST(Ranges, ToTheLargestNumberEnd) {
  auto f = function([](Tensor start) {
    Tensor count = 0;
    for ([[maybe_unused]] Tensor i : range(start, 2147483647, 3))
      count += 1;
    return count;
  });
  EXPECT_EQ(as_int(f(2147483640)), 3);
  auto down = function([](Tensor start) {
    Tensor count = 0;
    for ([[maybe_unused]] Tensor i : range(start, -2147483647 - 1, -2147483647))
      count += 1;
    return count;
  });
  EXPECT_EQ(as_int(down(5)), 2);
  EXPECT_EQ(as_int(down(-2147483647)), 1);
}

TEST(Ranges, AZeroStepIsACheckError) {
  auto program = [](Tensor step) { return visited(0, 3, step); };
  EXPECT_THROW(program(0), CheckError);
  auto f = function(program);
  EXPECT_THROW(f(0), CheckError);
  EXPECT_EQ(as_int(f(2)), (200 + 2) * 1000 + 2);
}

TEST(Ranges, TheLoopVariableIsTheBodysOwn) {
  expect_runs(
      [](Arguments a) {
        Tensor s = 0;
        for (Tensor i : range(a[0])) {
          s = s * 10 + i;
          i = i * 100; // changes nothing outside of this turn
        }
        return s;
      },
      {{{4}, 123}});
}

TEST(Ranges, ForOverTheRowsOfATensor) {
  auto program = [](Tensor x) {
    Tensor total = zeros({2}), best = -1000.0f;
    for (Tensor row : x) {
      total = total * 2.0f + row;
      best = maximum(best, max(row));
    }
    return std::pair<Tensor, Tensor>{total, best};
  };
  Tensor x = {{1.0f, 2.0f}, {30.0f, 4.0f}, {5.0f, 6.0f}};
  auto f = function(program);
  for (auto [total, best] : {program(x), f(x)}) {
    EXPECT_EQ(floats(total), (std::vector<float>{69, 22}));
    EXPECT_EQ(best.item<float>(), 30.0f);
  }
  auto [total, best] = f(zeros({0, 2}));
  EXPECT_EQ(floats(total), (std::vector<float>{0, 0}));
  EXPECT_EQ(best.item<float>(), -1000.0f);
  EXPECT_EQ(f.trace_count(), 2u);
  EXPECT_EQ(occurrences(f.ir(Stage::Traced, x), "scf.for"), 1);
}

TEST(Ranges, ForOverTheElementsOfAVectorAndOfStrings) {
  auto f = function([](Tensor x) {
    Tensor all = "";
    for (Tensor word : x)
      all = word + all;
    return all;
  });
  EXPECT_EQ(f(Tensor{"a", "bc", "def"}).item<std::string>(), "defbca");
}

TEST(Ranges, TensorsCarriedByALoop) {
  auto program = [](Tensor n) {
    Tensor x = {1.0f, 2.0f, 3.0f}, y = zeros({3});
    for (Tensor i : range(n)) {
      Tensor t = x + y;
      y = x;
      x = t * 0.5f + cast(i, float32);
    }
    return x;
  };
  std::vector<float> x{1, 2, 3}, y{0, 0, 0};
  for (int i = 0; i < 10; ++i)
    for (int k = 0; k < 3; ++k) {
      float t = x[k] + y[k];
      y[k] = x[k];
      x[k] = t * 0.5f + static_cast<float>(i);
    }
  EXPECT_EQ(floats(program(10)), x);
  EXPECT_EQ(floats(function(program)(10)), x);
}

TEST(Ranges, LoopsOfTensorsKeepTheirInputsWhole) {
  Tensor x = {1.0f, 2.0f, 3.0f};
  auto f = function([](Tensor x, Tensor n) {
    for ([[maybe_unused]] Tensor i : range(n))
      x = x * 2.0f;
    return x;
  });
  EXPECT_EQ(floats(f(x, 3)), (std::vector<float>{8, 16, 24}));
  EXPECT_EQ(floats(f(x, 0)), (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(floats(x), (std::vector<float>{1, 2, 3}));
}

TEST(Ranges, WritingOneElementPerTurn) {
  auto program = [](Tensor n) {
    Tensor x = zeros({6}, int32);
    for (Tensor i : range(n))
      x = set(x, i * i + x[(i + 5) % 6], i);
    return x;
  };
  const std::vector<int> expected{0, 1, 5, 14, 30, 55};
  EXPECT_EQ(ints(program(6)), expected);
  EXPECT_EQ(ints(function(program)(6)), expected);
}

// --- variables first set in a loop

TEST(Ranges, ATensorFirstSetInALoopHasItsLastValue) {
  expect_runs(
      [](Arguments a) {
        Tensor last;
        for (Tensor i : range(a[0]))
          last = i * 10;
        return last + 1;
      },
      {{{1}, 1}, {{4}, 31}});
}

TEST(Ranges, ATensorFirstSetInALoopThatDidNotRunIsACheckError) {
  constexpr int loop = __LINE__ + 3, use = loop + 2;
  auto f = function([](Tensor n) {
    Tensor last;
    for (Tensor i : range(n))
      last = i * 10;
    return last + 1;
  });
  try {
    f(0);
    FAIL() << "a tensor without a value was used";
  } catch (const CheckError &e) {
    std::string what = e.what(), file = __FILE__;
    EXPECT_EQ(what.rfind(file + ":" + std::to_string(use) + ":", 0), 0u) << what;
    EXPECT_NE(what.find(file + ":" + std::to_string(loop) + ":"), std::string::npos) << what;
  }
  EXPECT_EQ(as_int(f(3)), 21);
  EXPECT_EQ(f.trace_count(), 1u);
}

TEST(Ranges, ATensorFirstSetInALoopAndNeverUsedIsNoError) {
  expect_runs(
      [](Arguments a) {
        Tensor t;
        for (Tensor i : range(a[0])) {
          t = i;
          t += 1;
        }
        return a[0];
      },
      {{{0}, 0}, {{3}, 3}});
}

} // namespace

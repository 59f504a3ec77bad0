// Loops: range-for over weft::range and over the rows of a tensor, and the functional forms cond, while_loop, fori_loop.
#include "tests/support/program.h"

#include <map>
#include <optional>
#include <utility>

using namespace weft;
using namespace weft::test;

namespace {

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

TEST(Loops, RangesUpAndDownWithTracedBounds) {
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

TEST(Loops, RangesWithKnownBoundsAndSteps) {
  expect_runs([](Arguments a) { return visited(a[0], 10, 3); }, {{{0}, (900 + 4) * 1000 + 18}, {{9}, (900 + 1) * 1000 + 9}});
  expect_runs([](Arguments a) { return visited(a[0], 0, -2); }, {{{5}, (100 + 3) * 1000 + 9}, {{0}, -9900 * 1000}});
  expect_runs([](Arguments a) { return visited(0, a[0], 1); }, {{{3}, (200 + 3) * 1000 + 3}, {{-5}, -9900 * 1000}});
}

TEST(Loops, Int64RangesKeepTheirDtypeAndWidth) {
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

TEST(Loops, ARangeToTheLargestNumberEnds) {
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

TEST(Loops, AZeroStepIsACheckError) {
  auto program = [](Tensor step) { return visited(0, 3, step); };
  EXPECT_THROW(program(0), CheckError);
  auto f = function(program);
  EXPECT_THROW(f(0), CheckError);
  EXPECT_EQ(as_int(f(2)), (200 + 2) * 1000 + 2);
}

TEST(Loops, TheLoopVariableIsTheBodysOwn) {
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

TEST(Loops, ForOverTheRowsOfATensor) {
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

TEST(Loops, ForOverTheElementsOfAVectorAndOfStrings) {
  auto f = function([](Tensor x) {
    Tensor all = "";
    for (Tensor word : x)
      all = word + all;
    return all;
  });
  EXPECT_EQ(f(Tensor{"a", "bc", "def"}).item<std::string>(), "defbca");
}

TEST(Loops, NestedLoopsOverRowsAndElements) {
  auto program = [](Tensor x) {
    Tensor s = 0, n = 0;
    for (Tensor row : x) {
      n += 1;
      for (Tensor e : row)
        ag::if_stmt(e > 0, [&] { s += e * n; });
    }
    return s;
  };
  Tensor x = {{1, -2, 3}, {-4, 5, 6}};
  EXPECT_EQ(as_int(program(x)), 26);
  EXPECT_EQ(as_int(function(program)(x)), 26);
}

TEST(Loops, TensorsCarriedByALoop) {
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

TEST(Loops, LoopsOfTensorsKeepTheirInputsWhole) {
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

TEST(Loops, WritingOneElementPerTurn) {
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

TEST(Loops, ATensorFirstSetInALoopHasItsLastValue) {
  expect_runs(
      [](Arguments a) {
        Tensor last;
        for (Tensor i : range(a[0]))
          last = i * 10;
        return last + 1;
      },
      {{{1}, 1}, {{4}, 31}});
  expect_runs(
      [](Arguments a) {
        Tensor i = 0, half;
        ag::while_stmt([&] { return i < a[0]; }, [&] {
          i += 1;
          half = i / 2;
        });
        return half;
      },
      {{{1}, 0}, {{9}, 4}});
}

TEST(Loops, ATensorFirstSetInALoopThatDidNotRunIsACheckError) {
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

TEST(Loops, ATensorFirstSetInALoopAndNeverUsedIsNoError) {
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

// --- functional forms

TEST(Loops, CondChoosesOneSide) {
  Printed printed;
  auto f = function([](Tensor x) {
    return cond(x > 0, [&] {
      print("positive");
      return x * 2;
    }, [&] { return x - 1; });
  });
  EXPECT_EQ(as_int(f(5)), 10);
  EXPECT_EQ(printed.take(), "positive\n");
  EXPECT_EQ(as_int(f(-5)), -6);
  EXPECT_EQ(printed.take(), "");
  EXPECT_EQ(f.trace_count(), 1u);
}

TEST(Loops, WhileLoopWithOneAndSeveralValues) {
  auto one = [](Tensor x) { return while_loop([](Tensor v) { return v < 100; }, [](Tensor v) { return v * 3; }, x); };
  auto several = [](Tensor n) {
    auto [i, a, b] = while_loop([&](Tensor i, Tensor, Tensor) { return i < n; },
                                [](Tensor i, Tensor a, Tensor b) { return std::tuple<Tensor, Tensor, Tensor>(i + 1, b, a + b); }, 0, 0, 1);
    return i * 1000 + a;
  };
  EXPECT_EQ(as_int(one(2)), 162);
  EXPECT_EQ(as_int(function(one)(2)), 162);
  EXPECT_EQ(as_int(function(one)(200)), 200);
  EXPECT_EQ(as_int(several(10)), 10055); // Fibonacci
  EXPECT_EQ(as_int(function(several)(10)), 10055);
}

TEST(Loops, WhileLoopStopsAtMaximumIterations) {
  auto program = [](Tensor limit, int turns) {
    return while_loop(LoopOptions{.maximum_iterations = turns}, [&](Tensor v) { return v < limit; }, [](Tensor v) { return v + 1; }, 0);
  };
  auto f = function(program);
  for (auto [limit, turns, result] : {std::tuple(10, 3, 3), std::tuple(2, 3, 2), std::tuple(5, 0, 0)}) {
    EXPECT_EQ(as_int(program(limit, turns)), result);
    EXPECT_EQ(as_int(f(limit, turns)), result);
  }
}

TEST(Loops, ForiLoopWithOneAndSeveralValues) {
  auto one = [](Tensor n) { return fori_loop(1, n + 1, [](Tensor i, Tensor product) { return product * i; }, 1); };
  EXPECT_EQ(as_int(one(6)), 720);
  EXPECT_EQ(as_int(function(one)(6)), 720);
  EXPECT_EQ(as_int(function(one)(0)), 1);
  auto two = function([](Tensor n) {
    auto [s, t] = fori_loop(0, n, [](Tensor i, Tensor s, Tensor t) { return std::tuple<Tensor, Tensor>(s + i, t + s); }, 0, 100);
    return s * 1000 + t;
  });
  EXPECT_EQ(as_int(two(4)), 6104);
}

// The state may be a container: its tensors are carried round the loop one by one.
TEST(Loops, FunctionalLoopsOverContainers) {
  using Pair = std::vector<Tensor>;
  auto swapped = [](Tensor n) {
    Pair s = fori_loop(0, n, [](Tensor i, Pair v) { return Pair{v[1], v[0] + i}; }, Pair{Tensor(0), Tensor(1)});
    return s[0] * 100 + s[1];
  };
  auto fibonacci = [](Tensor n) {
    Pair s = while_loop([&](Pair v) { return v[2] < n; }, [](Pair v) { return Pair{v[1], v[0] + v[1], v[2] + 1}; },
                        Pair{Tensor(0), Tensor(1), Tensor(0)});
    return s[0];
  };
  auto several = [](Tensor n) {
    using State = std::map<std::string, Tensor>;
    auto [i, s] = while_loop([&](Tensor i, State) { return i < n; },
                             [](Tensor i, State s) { return std::tuple<Tensor, State>(i + 1, State{{"sum", s["sum"] + i}, {"last", i}}); }, 0,
                             State{{"sum", 0}, {"last", -1}});
    return s["sum"] * 100 + s["last"];
  };
  auto pairs = [](Tensor n) {
    using P = std::pair<Tensor, std::optional<Tensor>>;
    P p = fori_loop(0, n, [](Tensor, P p) { return P{*p.second, p.first}; }, P{3, Tensor(4)});
    return p.first;
  };
  for (int n : {0, 1, 2, 5, 10}) {
    int a = 0, b = 1, f = 0, g = 1, sum = 0;
    for (int i = 0; i < n; ++i) {
      a = std::exchange(b, a + i);
      f = std::exchange(g, f + g);
      sum += i;
    }
    for (bool traced : {false, true}) {
      auto run = [&](auto program) { return as_int(traced ? function(program)(n) : program(n)); };
      EXPECT_EQ(run(swapped), a * 100 + b) << n;
      EXPECT_EQ(run(fibonacci), f) << n;
      EXPECT_EQ(run(several), sum * 100 + n - 1) << n;
      EXPECT_EQ(run(pairs), n % 2 ? 4 : 3) << n;
    }
  }
}

// --- strings

TEST(Strings, GrowInLoopsAndBranches) {
  Printed printed;
  auto program = [](Tensor word, Tensor n) {
    Tensor all = "<", last;
    for (Tensor i : range(n)) {
      ag::if_stmt(i % 2 == 0, [&] { all = all + word; }, [&] { all += "-"; });
      last = word + all;
      ag::if_stmt(all == "<ab-ab", [&] { print("now", all, i); });
    }
    return all + ">" + last;
  };
  EXPECT_EQ(program("ab", 4).item<std::string>(), "<ab-ab->ab<ab-ab-");
  EXPECT_EQ(printed.take(), "now <ab-ab 2\n");
  auto f = function(program);
  EXPECT_EQ(f("ab", 4).item<std::string>(), "<ab-ab->ab<ab-ab-");
  EXPECT_EQ(printed.take(), "now <ab-ab 2\n");
  EXPECT_EQ(f("long enough for a buffer of its own, twice", 1).item<std::string>(),
            "<long enough for a buffer of its own, twice>long enough for a buffer of its own, twice<long enough for a buffer of its own, twice");
  EXPECT_EQ(f.trace_count(), 1u);
}

TEST(Strings, TensorsOfStringsInAWhileLoop) {
  auto f = function([](Tensor words, Tensor n) {
    Tensor i = 0;
    ag::while_stmt([&] { return i < n; }, [&] {
      words = words + Tensor{"!", "~"};
      ag::if_stmt(i == 1, [&] { words = words(slice(none, none, -1)); });
      i += 1;
    });
    return words;
  });
  EXPECT_EQ(f(Tensor{"a", "b"}, 3).to_vector<std::string>(), (std::vector<std::string>{"b~~!", "a!!~"}));
  EXPECT_EQ(f(Tensor{"a", "b"}, 0).to_vector<std::string>(), (std::vector<std::string>{"a", "b"}));
}

TEST(Strings, SwapInALoop) {
  auto f = function([](Tensor a, Tensor b, Tensor n) {
    for ([[maybe_unused]] Tensor i : range(n))
      std::swap(a, b);
    return a + "/" + b;
  });
  EXPECT_EQ(f("x", "y", 3).item<std::string>(), "y/x");
  EXPECT_EQ(f("x", "y", 4).item<std::string>(), "x/y");
}

} // namespace

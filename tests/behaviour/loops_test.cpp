// Loops beyond those of ranges_test.cpp: with branches in them, the functional forms cond, while_loop and fori_loop,
// and strings.
#include "tests/support/program.h"

#include <map>
#include <optional>
#include <utility>

using namespace weft;
using namespace weft::test;

namespace {

TEST(Loops, NestedLoopsOverRowsAndElements) {
  auto program = [](Tensor x) {
    Tensor s = 0, n = 0;
    for (Tensor row : x) {
      n += 1;
      for (Tensor e : row)
        if (e > 0)
          s += e * n;
    }
    return s;
  };
  Tensor x = {{1, -2, 3}, {-4, 5, 6}};
  EXPECT_EQ(as_int(program(x)), 26);
  EXPECT_EQ(as_int(function(program)(x)), 26);
}

// --- functional forms

TEST(Loops, CondChoosesOneSide) {
  Printed printed;
  auto f = function([](Tensor x) {
    return cond(
        x > 0,
        [&] {
          print("positive");
          return x * 2;
        },
        [&] { return x - 1; });
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
    auto [i, a, b] = while_loop(
        [&](Tensor i, Tensor, Tensor) { return i < n; },
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
    return while_loop(
        LoopOptions{.maximum_iterations = turns}, [&](Tensor v) { return v < limit; }, [](Tensor v) { return v + 1; },
        0);
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
    auto [s, t] =
        fori_loop(0, n, [](Tensor i, Tensor s, Tensor t) { return std::tuple<Tensor, Tensor>(s + i, t + s); }, 0, 100);
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
    auto [i, s] = while_loop(
        [&](Tensor i, State) { return i < n; },
        [](Tensor i, State s) { return std::tuple<Tensor, State>(i + 1, State{{"sum", s["sum"] + i}, {"last", i}}); },
        0, State{{"sum", 0}, {"last", -1}});
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
      if (i % 2 == 0)
        all = all + word;
      else
        all += "-";
      last = word + all;
      if (all == "<ab-ab")
        print("now", all, i);
    }
    return all + ">" + last;
  };
  EXPECT_EQ(program("ab", 4).item<std::string>(), "<ab-ab->ab<ab-ab-");
  EXPECT_EQ(printed.take(), "now <ab-ab 2\n");
  auto f = function(program);
  EXPECT_EQ(f("ab", 4).item<std::string>(), "<ab-ab->ab<ab-ab-");
  EXPECT_EQ(printed.take(), "now <ab-ab 2\n");
  EXPECT_EQ(f("long enough for a buffer of its own, twice", 1).item<std::string>(),
            "<long enough for a buffer of its own, twice>long enough for a buffer of its own, twice<long enough for a "
            "buffer of its own, twice");
  EXPECT_EQ(f.trace_count(), 1u);
}

TEST(Strings, TensorsOfStringsInAWhileLoop) {
  auto f = function([](Tensor words, Tensor n) {
    Tensor i = 0;
    while (i < n) {
      words = words + Tensor{"!", "~"};
      if (i == 1)
        words = words(slice(none, none, -1));
      i += 1;
    }
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

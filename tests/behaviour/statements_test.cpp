// The control-flow statements that weft-autograph writes, ag::if_stmt, while_stmt, for_stmt, if_exp, and_, or_: each program
// runs eagerly and traced, over arguments that take every path. The numbers were worked out by running the same programs on
// plain integers.
#include "tests/support/program.h"

#include <array>
#include <map>
#include <memory>
#include <optional>

using namespace weft;
using namespace weft::test;

namespace {

using Arguments = const std::vector<Tensor> &;

TEST(Statements, Collatz) {
  expect_runs(
      [](Arguments a) {
        Tensor n = a[0], s = 0;
        ag::while_stmt([&] { return n != 1; }, [&] {
          ag::if_stmt(n % 2 == 0, [&] { n = n / 2; }, [&] { n = 3 * n + 1; });
          s += 1;
        });
        return s;
      },
      {{{1}, 0}, {{7}, 16}, {{27}, 111}, {{97}, 118}});
}

TEST(Statements, ALoopThatMayNotRun) {
  expect_runs(
      [](Arguments a) {
        Tensor i = a[0], s = 7;
        ag::while_stmt([&] { return i < a[1]; }, [&] {
          i += 1;
          s = s * 2;
        });
        return s + i;
      },
      {{{5, 3}, 12}, {{1, 4}, 60}});
}

TEST(Statements, IfWithoutElseKeepsTheOldValue) {
  expect_runs(
      [](Arguments a) {
        Tensor x = a[0], y = 1;
        ag::if_stmt(x > 3, [&] { y = x * 2; });
        return y;
      },
      {{{5}, 10}, {{3}, 1}});
}

TEST(Statements, ATensorSetInBothBranchesNeedsNoValueBefore) {
  expect_runs(
      [](Arguments a) {
        Tensor r;
        ag::if_stmt(a[0] > 2, [&] { r = 1; }, [&] { r = a[0] + 5; });
        return r;
      },
      {{{0}, 5}, {{4}, 1}});
}

TEST(Statements, BranchesSeeTheStateBeforeTheIf) {
  expect_runs(
      [](Arguments a) {
        Tensor x = a[0], y = 1, z = 2;
        ag::if_stmt(x > 0, [&] {
          y = z + 10;
          z = y + 10;
        }, [&] {
          z = y + 100;
          y = z + 100;
        });
        return y * 1000 + z;
      },
      {{{1}, 12022}, {{0}, 201101}});
}

TEST(Statements, NestedIfsLoopsAndLazyConditions) {
  expect_runs(
      [](Arguments a) {
        Tensor s = 0;
        for (Tensor i : range(a[0])) {
          Tensor j = 0;
          ag::while_stmt([&] { return ag::and_(j < a[1], [&] { return j < i; }); }, [&] {
            ag::if_stmt((i + j) % 3 == 0, [&] {
              s += i * j;
              ag::if_stmt(s > 50, [&] { s -= 50; });
            }, [&] { s += 1; });
            j += 1;
          });
        }
        return s;
      },
      {{{0, 0}, 0}, {{4, 3}, 6}, {{7, 9}, 17}});
}

TEST(Statements, HostConditionsDecideWhileTracing) {
  expect_runs(
      [](Arguments a) {
        Tensor s = 0;
        for (int k = 0; k < 4; ++k)
          ag::if_stmt(k % 2 == 0, [&] { s += a[0]; }, [&] { s = s * 10; });
        int turns = 0;
        ag::while_stmt([&] { return turns < 3; }, [&] {
          ++turns;
          s += 1;
        });
        return s;
      },
      {{{2}, 223}, {{0}, 3}});
}

TEST(Statements, AConditionWithSideEffectsRunsOncePerTest) {
  expect_runs(
      [](Arguments a) {
        Tensor i = 0, v = 0;
        ag::while_stmt([&] {
          i += 1;
          v = v * 10 + i;
          print("test", i);
          return i <= a[0];
        }, [&] { v += 1; });
        return v * 100 + i;
      },
      {{{0}, 101, "test 1\n"}, {{2}, 23303, "test 1\ntest 2\ntest 3\n"}});
}

TEST(Statements, ATensorFirstSetInACondition) {
  expect_runs(
      [](Arguments a) {
        Tensor t, s = 0, i = 0;
        ag::while_stmt([&] {
          t = i * i;
          return t < a[0];
        }, [&] {
          s += t;
          i += 1;
        });
        return s * 100 + t;
      },
      {{{0}, 0}, {{5}, 509}});
}

TEST(Statements, ExpressionsAreLazy) {
  expect_runs(
      [](Arguments a) {
        return ag::if_exp(a[0] > 0, [&] {
          print("positive");
          return a[0] * 2;
        }, [&] { return ag::if_exp(a[0] < 0, [&] { return Tensor(1); }, [&] { return Tensor(9); }); });
      },
      {{{0}, 9}, {{3}, 6, "positive\n"}, {{-3}, 1}});
}

Tensor tick(const Tensor &t) {
  print(t);
  return t;
}

TEST(Statements, AndOrRunTheirRightSideOnlyIfItDecides) {
  expect_runs(
      [](Arguments a) {
        Tensor r = 0;
        ag::if_stmt(ag::and_(tick(a[0]) > 0, [&] { return tick(a[1]) > 0; }), [&] { r += 1; });
        ag::if_stmt(ag::or_(tick(a[0]) > 5, [&] { return tick(a[1]) > 5; }), [&] { r += 10; });
        return r;
      },
      {{{1, 1}, 1, "1\n1\n1\n1\n"}, {{0, 9}, 10, "0\n0\n9\n"}, {{9, 0}, 10, "9\n0\n9\n"}});
}

TEST(Statements, AForStatementOverRangeTensorAndContainer) {
  expect_runs(
      [](Arguments a) {
        Tensor s = 0;
        ag::for_stmt(range(a[0]), [&](Tensor i) { s += i; });
        ag::for_stmt(Tensor{10, 20, 30}, [&](Tensor row) { s += row; });
        ag::for_stmt(std::vector<int>{100, 200}, [&](int k) { s += k; });
        return s;
      },
      {{{0}, 360}, {{4}, 366}});
}

TEST(Statements, ConditionsOfOneElementInAnyRank) {
  expect_runs(
      [](Arguments a) {
        Tensor x = reshape(a[0], {1, 1}), r = 0;
        ag::if_stmt(x > 2, [&] { r = 1; }, [&] { r = 2; });
        ag::while_stmt([&] { return reshape(r, {1}) < 10; }, [&] { r += 4; });
        return r;
      },
      {{{3}, 13}, {{0}, 10}});
}

TEST(Statements, RegionsAreTracedOnce) {
  int then = 0, otherwise = 0, condition = 0, body = 0;
  auto f = function([&](Tensor x) {
    Tensor r = 0;
    ag::if_stmt(x > 0, [&] { ++then, r = 1; }, [&] { ++otherwise, r = 2; });
    ag::while_stmt([&] { return ++condition, r < 100; }, [&] { ++body, r += x * x + 1; });
    return r;
  });
  EXPECT_EQ(as_int(f(3)), 101);
  EXPECT_EQ(as_int(f(-3)), 102);
  EXPECT_EQ(then + otherwise + condition + body, 4);
}

// --- what a program may do with its Tensor handles

TEST(Handles, FieldsArraysMapsAndPointersAreSeen) {
  struct Node {
    std::array<Tensor, 2> w;
    std::map<std::string, Tensor> m;
  };
  expect_runs(
      [](Arguments a) {
        Node n;
        n.w[0] = 1;
        n.w[1] = a[0];
        n.m["x"] = 3;
        auto heap = std::make_unique<Tensor>(a[0]);
        ag::if_stmt(a[0] > 2, [&] {
          n.w[0] = n.w[1] * 2;
          n.m["x"] += 5;
          *heap += 100;
        });
        for (Tensor i : range(a[0])) {
          n.m["x"] += n.w[0] + i;
          Tensor *pointer = &n.w[1];
          *pointer += 1;
        }
        return n.m["x"] * 1000 + n.w[1] + *heap;
      },
      {{{0}, 3000}, {{2}, 6006}, {{3}, 29109}});
}

TEST(Handles, ASwapUnderATracedIf) {
  expect_runs(
      [](Arguments a) {
        Tensor x = a[0], y = a[1], z = 7;
        ag::if_stmt(x < y, [&] { std::swap(x, y); });
        ag::if_stmt(y < z, [&] { std::swap(y, z); }, [&] { std::swap(x, z); });
        return x * 100 + y * 10 + z;
      },
      {{{1, 2}, 271}, {{2, 1}, 271}, {{8, 9}, 789}});
}

TEST(Handles, LoopCarriedSwap) {
  expect_runs(
      [](Arguments a) {
        Tensor x = 1, y = 2, z = 3;
        for ([[maybe_unused]] Tensor i : range(a[0])) {
          std::swap(x, y);
          std::swap(y, z);
        }
        return x * 100 + y * 10 + z;
      },
      {{{0}, 123}, {{1}, 231}, {{2}, 312}, {{3}, 123}});
}

TEST(Handles, EuclidWithSwap) {
  expect_runs(
      [](Arguments a) {
        Tensor x = a[0], y = a[1];
        ag::while_stmt([&] { return y != 0; }, [&] {
          x = x % y;
          std::swap(x, y);
        });
        return x;
      },
      {{{48, 18}, 6}, {{17, 5}, 1}, {{5, 0}, 5}});
}

TEST(Handles, Moves) {
  expect_runs(
      [](Arguments a) {
        Tensor x = a[0], y = a[1], z;
        ag::if_stmt(x < y, [&] {
          Tensor t = std::move(x);
          z = t + 1;
          x = std::move(t);
        }, [&] {
          z = std::move(y);
          y = 5;
        });
        return x * 100 + y * 10 + z;
      },
      {{{1, 2}, 122}, {{2, 1}, 251}});
}

TEST(Handles, AVectorGrowsAndShrinksInABranch) {
  expect_runs(
      [](Arguments a) {
        std::vector<Tensor> v;
        v.push_back(1);
        v.push_back(2);
        v.shrink_to_fit();
        ag::if_stmt(a[0] > 2, [&] {
          v[0] = 5;
          v.push_back(9);
          v.push_back(9);
          v.push_back(9);
          v[1] = 7;
          v.resize(2);
        });
        return v[0] * 10 + v[1];
      },
      {{{0}, 12}, {{4}, 57}});
}

TEST(Handles, AVectorOfTensorsInsideAndOutsideALoop) {
  expect_runs(
      [](Arguments a) {
        std::vector<Tensor> outer;
        for (int k = 0; k < 3; ++k)
          outer.push_back(k + 1);
        Tensor s = 0;
        for (Tensor i : range(a[0])) {
          std::vector<Tensor> inner;
          for (int k = 0; k < 5; ++k)
            inner.push_back(i * k);
          for (Tensor &t : inner)
            s += t;
          for (Tensor &t : outer)
            t = t * 2 + i;
          std::swap(outer[0], outer[2]);
        }
        return ((outer[0] * 100 + outer[1]) * 100 + outer[2]) * 100 + s;
      },
      {{{0}, 1020300}, {{2}, 5091310}, {{3}, 28201230}});
}

TEST(Handles, OptionalAndLocalTensors) {
  expect_runs(
      [](Arguments a) {
        std::optional<Tensor> o;
        o = a[0];
        ag::if_stmt(*o > 2, [&] {
          std::optional<Tensor> q = *o + 1;
          *o = *q;
          q.reset();
        });
        return *o;
      },
      {{{0}, 0}, {{4}, 5}});
}

TEST(Handles, AValueAssignedUnchangedInALoop) {
  expect_runs(
      [](Arguments a) {
        Tensor x = 1, y = a[0], z = 5;
        for ([[maybe_unused]] Tensor i : range(3))
          z = y;
        return x + y * z;
      },
      {{{2}, 5}, {{3}, 10}});
}

TEST(Handles, HelpersTakeReferencesAndValues) {
  struct Helper {
    static Tensor magnitude(Tensor x) {
      ag::if_stmt(x < 0, [&] { x = -x; });
      return x;
    }
    static void bump(Tensor &x) {
      ag::if_stmt(x > 5, [&] { x -= 5; }, [&] { x += 1; });
    }
  };
  expect_runs(
      [](Arguments a) {
        Tensor s = 0;
        for (Tensor i : range(a[0])) {
          s += Helper::magnitude(2 - i);
          Helper::bump(s);
        }
        return Helper::magnitude(s - 30);
      },
      {{{0}, 30}, {{4}, 28}, {{9}, 27}});
}

} // namespace

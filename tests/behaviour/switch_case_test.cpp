// weft::switch_case: eager and compiled choose the same branch. Out of range it is the last one, as api.md says (and as
// tf.switch_case does).
#include "tests/support/program.h"

using namespace weft;
using namespace weft::test;

namespace {

Tensor of_three(Tensor k, Tensor x) {
  return switch_case(k, [&] { return x + 1; }, [&] { return x * 10; }, [&] { return -x; });
}

TEST(SwitchCase, GivesItsBranchsTensor) {
  auto f = function(of_three);
  for (auto [k, result] : {std::pair{0, 6}, {1, 50}, {2, -5}, {3, -5}, {-1, -5}, {2147483647, -5}, {-2147483647, -5}}) {
    EXPECT_EQ(as_int(of_three(k, 5)), result) << "eager, " << k;
    EXPECT_EQ(as_int(f(k, 5)), result) << "compiled, " << k;
  }
  EXPECT_EQ(f.trace_count(), 1u);
}

TEST(SwitchCase, TakesEveryIntegerAsAnIndex) {
  auto chosen = [](Tensor k) { return switch_case(k, [] { return Tensor(1); }, [] { return Tensor(2); }); };
  auto f = function(chosen);
  for (DType d : {int8, int16, int32, int64, uint8, uint16, uint32, uint64}) {
    EXPECT_EQ(as_int(f(cast(Tensor(0), d))), 1) << name(d);
    EXPECT_EQ(as_int(f(cast(Tensor(1), d))), 2) << name(d);
  }
  // Above what an int64 holds.
  EXPECT_EQ(as_int(chosen(Tensor(std::uint64_t{1} << 63))), 2);
  EXPECT_EQ(as_int(f(Tensor(std::uint64_t{1} << 63))), 2);
}

TEST(SwitchCase, WithoutResultsRunsOneBranch) {
  Printed printed;
  auto program = [](Tensor k, Tensor x) {
    switch_case(
        k, [&] { print("none"); }, [&] { x += 1; },
        [&] {
          print("last", x);
          x = 0;
        });
    return x;
  };
  auto f = function(program);
  struct {
    int k, result;
    const char *text;
  } const rows[] = {{0, 4, "none\n"}, {1, 5, ""}, {2, 0, "last 4\n"}, {9, 0, "last 4\n"}};
  for (const auto &r : rows) {
    EXPECT_EQ(as_int(program(r.k, 4)), r.result);
    EXPECT_EQ(printed.take(), r.text) << "eager";
    EXPECT_EQ(as_int(f(r.k, 4)), r.result);
    EXPECT_EQ(printed.take(), r.text) << "compiled";
  }
}

TEST(SwitchCase, AHostIndexDecidesWhileTracing) {
  int traced = 0;
  auto f = function([&](int k, Tensor x) {
    return switch_case(
        k, [&] { return x; },
        [&] {
          ++traced;
          return x * 2;
        },
        [&] {
          ADD_FAILURE();
          return x;
        });
  });
  EXPECT_EQ(as_int(f(1, 4)), 8);
  EXPECT_EQ(as_int(f(1, 5)), 10);
  EXPECT_EQ(traced, 1);
}

TEST(SwitchCase, InALoop) {
  auto program = [](Tensor n) {
    Tensor s = 0;
    for (Tensor i : range(n))
      s = switch_case(i % 3, [&] { return s + 1; }, [&] { return s * 2; }, [&] { return s - i; });
    return s;
  };
  // (0+1)*2-2 = 0, (0+1)*2-5 = -3, -3+1 = -2
  EXPECT_EQ(as_int(program(7)), -2);
  EXPECT_EQ(as_int(function(program)(7)), -2);
}

TEST(SwitchCase, BranchesOfTwoSizes) {
  auto f = function(
      [](Tensor k) { return switch_case(k, [] { return Tensor{1, 2}; }, [] { return Tensor{1, 2, 3}; }) * 2; });
  EXPECT_EQ(ints(f(0)), (std::vector<int>{2, 4}));
  EXPECT_EQ(ints(f(1)), (std::vector<int>{2, 4, 6}));
}

TEST(SwitchCase, BadIndexAndBranches) {
  auto two = [](Tensor k) { return switch_case(k, [] { return Tensor(1); }, [] { return Tensor(2); }); };
  auto disagreeing = [](Tensor k) {
    return switch_case(k, [] { return Tensor(1); }, [] { return Tensor(2); }, [] { return Tensor(2.5f); });
  };
  for (bool traced : {false, true}) {
    auto run = [&](auto program, Tensor k) { return traced ? function(program)(k) : Tensor(program(k)); };
    EXPECT_THROW(run(two, 1.0f), DTypeError);
    EXPECT_THROW(run(two, true), DTypeError);
    EXPECT_THROW(run(two, Tensor{1, 0}), ShapeError);
  }
  EXPECT_EQ(as_int(disagreeing(0)), 1);
  try {
    function(disagreeing)(0);
    ADD_FAILURE();
  } catch (const TraceError &e) {
    EXPECT_NE(std::string(e.what()).find("branch 0 gives int32 (), branch 1 gives int32 (), branch 2 gives float32 ()"),
              std::string::npos)
        << e.what();
  }
}

} // namespace

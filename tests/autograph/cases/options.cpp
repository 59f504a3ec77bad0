// loop_options, do_not_convert, Variables, prints and checks in native control flow, and what the graph holds: each loop once.
#include "tests/autograph/told.h"

#if __has_include(<weft/autograph.h>)

using namespace weft;
using namespace weft::autograph;

namespace {

// --- loop_options

Tensor at_most_three_turns(Tensor n) {
  Tensor i = 0, s = 0;
  while (i < n) {
    weft::loop_options({.maximum_iterations = 3});
    i += 1;
    if (i == 2)
      continue;
    s += i;
  }
  for (Tensor k = 10; k < n * 10; k += 10) {
    weft::loop_options({.maximum_iterations = 2});
    s += k;
    if (k == 20)
      break;
  }
  for (Tensor k : range(n)) {
    loop_options({.maximum_iterations = 4});
    s += 1000 + k - k;
  }
  do {
    weft::loop_options({.maximum_iterations = 2});
    s += 10000;
    n -= 1;
  } while (n > 0);
  return s;
}
TEST(LoopOptions, TheLargestNumberOfTurns) {
  NEEDS_THE_REWRITER; // without it the options are not seen
  auto f = function(at_most_three_turns);
  for (auto [n, expected] : {std::pair(0, 10000), std::pair(1, 11001), std::pair(2, 22011), std::pair(9, 24034)}) {
    EXPECT_EQ(at_most_three_turns(n).item<int>(), expected) << "eager " << n;
    EXPECT_EQ(f(n).item<int>(), expected) << "compiled " << n;
  }
}

Tensor grows(Tensor n) {
  Tensor x = zeros({1}, int32), i = 0;
  while (i < n) {
    weft::loop_options({.shape_invariants = {{x, {weft::dynamic}}}});
    x = concat({x, broadcast_to(i, {1})});
    i += 1;
  }
  return x;
}
TEST(LoopOptions, ShapeInvariants) {
  EXPECT_EQ(grows(3).to_vector<int>(), (std::vector<int>{0, 0, 1, 2}));
  NEEDS_THE_REWRITER;
  auto f = function(grows);
  EXPECT_EQ(f(3).to_vector<int>(), (std::vector<int>{0, 0, 1, 2}));
  EXPECT_EQ(f(0).to_vector<int>(), (std::vector<int>{0}));
  EXPECT_EQ(f.trace_count(), 1u);
}

// --- do_not_convert

Tensor left_alone(Tensor x) {
  weft::ag::do_not_convert();
  if (x > 0) //@ not converted
    return x;
  return -x;
}
TEST(DoNotConvert, LeavesAFunctionAlone) {
  EXPECT_EQ(left_alone(-3).item<int>(), 3);
  expect_told(told(left_alone, Tensor(1)), "TraceError", {AT("not converted"), "condition"});
}

// --- state, prints, checks

TEST(Effects, VariablesAreReadAndAssignedInRegions) {
  NEEDS_THE_REWRITER;
  Variable v(0, "v"), turns(0, "turns");
  auto program = [&](Tensor x) -> Tensor {
    if (v > 5) {
      v.assign(0);
      return v.value();
    }
    while (v < x) {
      v.assign_add(2);
      turns.assign_add(1);
      if (v == 8)
        break;
      print("v", v);
    }
    return v.value() * 10;
  };
  auto f = function(program);
  std::string printed;
  set_print_sink([&](std::string_view line) { printed += line; });
  EXPECT_EQ(f(3).item<int>(), 40);
  EXPECT_EQ(printed, "v 2\nv 4\n");
  EXPECT_EQ(f(20).item<int>(), 80);
  EXPECT_EQ(f(20).item<int>(), 0);
  EXPECT_EQ(program(3).item<int>(), 40);
  set_print_sink({});
  EXPECT_EQ(printed, "v 2\nv 4\nv 6\nv 2\nv 4\n");
  EXPECT_EQ(turns.value().item<int>(), 6);
}

Tensor checked(Tensor n) {
  Tensor i = 0;
  while (i < n) {
    if (i > 2)
      check(n < 5, "too many turns:", i); //@ check
    i += 1;
  }
  return i;
}
TEST(Effects, ChecksInRegions) {
  EXPECT_EQ(checked(4).item<int>(), 4);
  expect_told(told_by([] { checked(7); }), "CheckError", {"too many turns:", "3", AT("check")});
  NEEDS_THE_REWRITER;
  auto f = function(checked);
  EXPECT_EQ(f(4).item<int>(), 4);
  expect_told(told_by([&] { f(7); }), "CheckError", {"too many turns:", "3", AT("check")});
  EXPECT_EQ(f(3).item<int>(), 3);
}

// --- the graph

int count_of(const std::string &text, const std::string &part) {
  int n = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++n;
  return n;
}

Tensor one_loop(Tensor n) {
  Tensor s = 0;
  while (s < n)
    s += 1;
  return s;
}
Tensor one_range(Tensor n) {
  Tensor s = 0;
  for (Tensor i : range(n))
    s += i;
  return s;
}
Tensor one_if(Tensor n) {
  if (n > 0)
    n = n * 2;
  else
    n = n * 3;
  return n;
}
Tensor host_only(Tensor n) {
  for (int k = 0; k < 3; ++k)
    if (k != 1)
      n += k;
  return n;
}
TEST(Graph, EachStatementIsThereOnce) {
  NEEDS_THE_REWRITER;
  auto ir = [](Tensor (*program)(Tensor)) { return function(program).ir(Stage::Traced, spec(int32)); };
  EXPECT_EQ(count_of(ir(one_loop), "scf.while"), 1) << ir(one_loop);
  EXPECT_EQ(count_of(ir(one_loop), "scf.if"), 0) << ir(one_loop);
  EXPECT_EQ(count_of(ir(one_range), "scf.for"), 1) << ir(one_range);
  EXPECT_EQ(count_of(ir(one_if), "scf.if"), 1) << ir(one_if);
  EXPECT_EQ(count_of(ir(host_only), "scf."), 0) << ir(host_only);
}

} // namespace

#endif

// Programs that cannot be traced: what they are told names the user's variables and both places, all at once, and leaves nothing
// behind. Eagerly they run, as far as their path goes.
#include "tests/autograph/told.h"

using namespace weft;
using namespace weft::autograph;

namespace {

// --- branches

Tensor two_dtypes(Tensor x) {
  Tensor total = x; //@ total before
  if (x > 0)        //@ if total
    total = x * 2; //@ total int
  else
    total = 0.5f; //@ total float
  return total;
}
TEST(Branches, TwoDtypesNameTheVariable) {
  EXPECT_EQ(two_dtypes(2).item<int>(), 4);
  EXPECT_EQ(two_dtypes(-2).item<float>(), 0.5f);
  NEEDS_THE_REWRITER;
  expect_told(told(two_dtypes, Tensor(1)), "TraceError", {"'total'", "int32 ()", "float32 ()", AT("total int"), AT("total float"), "cast"});
}

Tensor several_disagree(Tensor x) {
  Tensor p = 1, q = x, r = "text", good = 1;
  if (x > 0) { //@ several
    p = cast(x, float64);
    q = broadcast_to(x, {2});
    good = 2;
  } else {
    r = cast(x, int64);
  }
  return x + good;
}
TEST(Branches, AllThatDisagreeAreNamedAtOnce) {
  NEEDS_THE_REWRITER;
  Told t = told(several_disagree, Tensor(1));
  expect_told(t, "TraceError", {"'p'", "'q'", "'r'", "float64 ()", "int32 (2,)", "string ()", "int64 ()", AT("several")});
  EXPECT_EQ(t.text.find("'good'"), std::string::npos) << t.text;
  EXPECT_EQ(t.text.find("'x'"), std::string::npos) << t.text;
}

struct State {
  Tensor weight = 1;
  std::vector<Tensor> list{1, 2};
};
Tensor parts_disagree(Tensor x) {
  State s;
  if (x > 0)
    s.weight = 0.5f;
  else
    s.list[1] = true;
  return x;
}
TEST(Branches, FieldsAndElementsAreNamedAsTheyWereWritten) {
  NEEDS_THE_REWRITER;
  expect_told(told(parts_disagree, Tensor(1)), "TraceError", {"s.weight", "float32 ()", "s.list[1]", "bool ()"});
}

Tensor set_on_one_side(Tensor x) {
  Tensor result;
  if (x > 0) //@ one side
    result = x * 2; //@ result set
  return result + 1; //@ result used
}
TEST(Branches, SetOnOneSideOnly) {
  EXPECT_EQ(set_on_one_side(2).item<int>(), 5);
  NEEDS_THE_REWRITER;
  expect_told(told(set_on_one_side, Tensor(1)), "TraceError", {"'result'", "else branch", AT("result set")});
}
Tensor set_on_one_side_unused(Tensor x) {
  Tensor result;
  if (x > 0)
    result = x * 2;
  return x;
}
CASE(set_on_one_side_unused, {{1}, 1}, {{-1}, -1}); // no error where nobody reads it

Tensor set_in_else_only(Tensor x) {
  Tensor result;
  if (x > 0) {
  } else
    result = x * 2; //@ else only
  return result + 1;
}
TEST(Branches, SetInElseOnly) {
  NEEDS_THE_REWRITER;
  expect_told(told(set_in_else_only, Tensor(1)), "TraceError", {"'result'", "then branch", AT("else only")});
}

Tensor two_sides_of_a_conditional(Tensor x) { return cast(x > 0 ? x : Tensor(0.5f), float32); } //@ conditional
TEST(Branches, AConditionalOfTwoDtypes) {
  EXPECT_EQ(two_sides_of_a_conditional(-1).item<float>(), 0.5f);
  NEEDS_THE_REWRITER;
  expect_told(told(two_sides_of_a_conditional, Tensor(1)), "TraceError", {"int32 ()", "float32 ()", AT("conditional")});
}

// A dimension may differ: it is open behind the if.
Tensor two_sizes(Tensor x) {
  Tensor v = {1, 2};
  if (x > 0)
    v = Tensor{1, 2, 3};
  return sum(v * x);
}
CASE(two_sizes, {{2}, 12}, {{-1}, -3});

// --- loops

Tensor loop_changes_dtype(Tensor n) {
  Tensor total = 0; //@ total starts
  while (n > 0) {   //@ while total
    total = cast(n, float32) * 0.5f; //@ total changes
    n -= 1;
  }
  return total;
}
TEST(Loops, ADtypeChanges) {
  EXPECT_EQ(loop_changes_dtype(2).item<float>(), 0.5f);
  NEEDS_THE_REWRITER;
  expect_told(told(loop_changes_dtype, Tensor(1)), "TraceError",
              {"'total'", "int32 ()", "float32 ()", AT("total changes"), "before the loop"});
}

Tensor loop_changes_all(Tensor n) {
  Tensor a = 1, b = zeros({2}), c = "text", good = 0;
  for (Tensor i : range(n)) {
    a = cast(i, float64);
    b = zeros({2, 2}, int64) + cast(i, int64);
    c = i;
    good += 1;
    if (i == 100)
      break;
  }
  return good;
}
TEST(Loops, AllThatChangeAreNamedAtOnce) {
  NEEDS_THE_REWRITER;
  Told t = told(loop_changes_all, Tensor(1));
  expect_told(t, "TraceError", {"'a'", "'b'", "'c'", "int32 ()", "float64 ()", "float32 (2,)", "int64 (2, 2)", "string ()"});
  EXPECT_EQ(t.text.find("'good'"), std::string::npos) << t.text;
}

Tensor loop_changes_a_dimension(Tensor n) {
  Tensor x = zeros({1});
  do {
    x = concat({x, x}); //@ x grows
    n -= 1;
  } while (n > 0);
  return x;
}
TEST(Loops, ADimensionChanges) {
  EXPECT_EQ(loop_changes_a_dimension(2).shape(), Shape({4}));
  NEEDS_THE_REWRITER;
  expect_told(told(loop_changes_a_dimension, Tensor(1)), "TraceError", {"'x'", "(1,)", "(2,)", "shape_invariants", AT("x grows")});
}

Tensor never_set_in_no_turns(Tensor n) {
  Tensor last;
  for (Tensor i : range(n)) {
    if (i == 7)
      break;
    last = i * 10; //@ last set
  }
  return last + 1; //@ last used
}
TEST(Loops, FirstSetInALoopOfNoTurns) {
  EXPECT_EQ(never_set_in_no_turns(3).item<int>(), 21);
  EXPECT_THROW(never_set_in_no_turns(0), TraceError); // an empty Tensor
  NEEDS_THE_REWRITER;
  auto f = function(never_set_in_no_turns);
  EXPECT_EQ(f(3).item<int>(), 21);
  expect_told(told_by([&] { f(0); }), "CheckError", {"'last'", AT("last set")});
  EXPECT_EQ(f(20).item<int>(), 61);
  EXPECT_EQ(f.trace_count(), 1u);
}

Tensor read_before_it_is_set(Tensor n) {
  Tensor s;
  while (n > 0) {
    s = s + n; //@ s read
    n -= 1;
  }
  return s;
}
TEST(Loops, ReadBeforeItIsSet) {
  EXPECT_THROW(read_before_it_is_set(1), TraceError);
  NEEDS_THE_REWRITER;
  expect_told(told(read_before_it_is_set, Tensor(1)), "TraceError", {AT("s read"), "empty Tensor"});
}

// --- conditions

Tensor an_integer(Tensor x) {
  if (x) //@ integer if
    return 1;
  return 2;
}
Tensor two_elements(Tensor x) {
  while (broadcast_to(x, {2}) > 0) //@ two while
    x -= 1;
  return x;
}
Tensor an_integer_in_and(Tensor x) {
  if (x > 0 && x) //@ integer and
    return 1;
  return 2;
}
Tensor two_elements_in_a_conditional(Tensor x) {
  return broadcast_to(x, {2}) > 0 ? 1 : 2; //@ two conditional
}
TEST(Conditions, OfAnotherDtypeOrOfMoreElements) {
  for (bool traced : {false, true}) {
    if (traced)
      NEEDS_THE_REWRITER;
    auto run = [&](auto f) { return traced ? told(f, Tensor(1)) : told_by([&] { f(1); }); };
    expect_told(run(an_integer), "DTypeError", {"int32", "bool"});
    expect_told(run(two_elements), "ShapeError", {"(2,)", "any", "all"});
    expect_told(run(an_integer_in_and), "DTypeError", {"int32", "bool"});
    expect_told(run(two_elements_in_a_conditional), "ShapeError", {"(2,)", "any"});
  }
  expect_told(told(an_integer, Tensor(1)), "DTypeError", {AT("integer if")});
  expect_told(told(two_elements, Tensor(1)), "ShapeError", {AT("two while")});
  expect_told(told(an_integer_in_and, Tensor(1)), "DTypeError", {AT("integer and")});
  expect_told(told(two_elements_in_a_conditional, Tensor(1)), "ShapeError", {AT("two conditional")});
}

// --- results

Tensor results_of_two_dtypes(Tensor x) {
  if (x > 0)
    return x; //@ returns int
  return 0.5f; //@ returns float
}
TEST(Results, OfTwoDtypes) {
  EXPECT_EQ(results_of_two_dtypes(-1).item<float>(), 0.5f);
  NEEDS_THE_REWRITER;
  expect_told(told(results_of_two_dtypes, Tensor(1)), "TraceError", {"int32 ()", "float32 ()", AT("returns int"), AT("returns float")});
}

std::vector<Tensor> results_of_two_sizes(Tensor x) {
  while (x > 0) {
    if (x == 5)
      return {x}; //@ returns one
    x -= 1;
  }
  return {x, x}; //@ returns two
}
TEST(Results, OfTwoSizes) {
  EXPECT_EQ(results_of_two_sizes(7).size(), 1u);
  EXPECT_EQ(results_of_two_sizes(3).size(), 2u);
  NEEDS_THE_REWRITER;
  expect_told(told(results_of_two_sizes, Tensor(1)), "TraceError", {AT("returns one"), AT("returns two")});
}

// --- exceptions of the user

struct Mine : std::runtime_error {
  using std::runtime_error::runtime_error;
};
int made_by_the_host(bool wrong) {
  if (wrong)
    throw Mine("mine");
  return 7;
}
Tensor throws_in_a_branch(Tensor x, bool wrong) {
  Tensor r = x;
  if (x > 0) {
    while (r < 100)
      r += made_by_the_host(wrong);
  }
  return r;
}
TEST(Exceptions, OfTheUserPassThroughAndLeaveNothing) {
  EXPECT_THROW(throws_in_a_branch(1, true), Mine);
  NEEDS_THE_REWRITER;
  auto f = function(throws_in_a_branch);
  for (int k = 0; k < 3; ++k)
    EXPECT_THROW(f(1, true), Mine);
  EXPECT_EQ(f.trace_count(), 0u);
  EXPECT_FALSE(tracing());
  EXPECT_EQ(f(1, false).item<int>(), 106);
  EXPECT_EQ(f(-1, false).item<int>(), -1);
  EXPECT_EQ(f.trace_count(), 1u);
}

Tensor caught_inside(Tensor x) {
  Tensor r = x;
  try {
    if (x > 0) {
      r = r * 2;
      made_by_the_host(true);
    }
  } catch (const Mine &) {
    r = 50;
  }
  return r + 1;
}
TEST(Exceptions, CaughtAroundATracedBranch) {
  EXPECT_EQ(caught_inside(1).item<int>(), 51);
  EXPECT_EQ(caught_inside(-1).item<int>(), 0);
  NEEDS_THE_REWRITER;
  // Which way the program goes on would depend on a tensor: it cannot be traced.
  EXPECT_EQ(told(caught_inside, Tensor(1)).type, "TraceError");
}

// --- host loops that are left under a traced condition

Tensor leaves_a_long_host_loop(Tensor x, int turns) {
  Tensor s = 0;
  for (int k = 0; k < turns; ++k) {
    if (x == k)
      break;
    s += 1;
  }
  return s;
}
TEST(HostLoops, LongOnesAreRefused) {
  EXPECT_EQ(leaves_a_long_host_loop(30, 20000).item<int>(), 30);
  NEEDS_THE_REWRITER;
  auto f = function(leaves_a_long_host_loop);
  EXPECT_EQ(f(30, 40).item<int>(), 30);
  EXPECT_EQ(f(50, 40).item<int>(), 40);
  expect_told(told(leaves_a_long_host_loop, Tensor(3), 20000), "TraceError", {"10", "weft::range"});
}

// --- traced functions within each other

TEST(Nesting, TracedFunctionsAreCalledInRegions) {
  NEEDS_THE_REWRITER;
  auto inner = function("inner", [](Tensor x) -> Tensor {
    if (x > 3)
      return x - 3;
    return x;
  });
  auto outer = function("outer", [&](Tensor x) {
    Tensor turns = 0;
    while (inner(x) != x) {
      x = inner(x);
      turns += 1;
    }
    return turns * 100 + x;
  });
  EXPECT_EQ(outer(10).item<int>(), 301);
  EXPECT_EQ(outer(2).item<int>(), 2);
  EXPECT_EQ(inner.trace_count(), 1u);
}

} // namespace

// Sizes that a function finds while it runs: a branch chooses them, a loop with a shape invariant grows them. Expected
// values are written out by hand. Operations on such tensors are in open_dimensions_test.cpp.
#include "tests/support/program.h"

#include <functional>

using namespace weft;
using namespace weft::test;

namespace {

using V = std::vector<int>;

struct Row {
  const char *name;
  Tensor (*program)(Tensor n);
  std::vector<std::pair<int, V>> results;
};
void PrintTo(const Row &r, std::ostream *os) { *os << r.name; }

Tensor chosen(Tensor n) {
  Tensor v = {1, 2};
  if (n > 0)
    v = {1, 2, 3};
  return v * n;
}
Tensor chosen_by_an_expression(Tensor n) { return (n > 0 ? Tensor{1, 2, 3} : Tensor{1, 2}) + 1; }
Tensor returned(Tensor n) {
  if (n > 0)
    return Tensor{1, 2, 3};
  return stack({n, n});
}
Tensor two_dimensions(Tensor n) {
  Tensor v = ones({2, 3}, int32);
  if (n > 0)
    v = ones({3, 2}, int32);
  return concat({shape(v), reshape(cast(sum(v), int64), {1})}) * 1;
}
Tensor one_side_of_three(Tensor n) {
  Tensor v = {7};
  if (n == 1)
    v = {1, 2};
  else if (n == 2)
    v = concat({v, v, v});
  return v;
}
Tensor through_a_counted_loop(Tensor n) {
  Tensor v = {1, 2};
  if (n > 1)
    v = {1, 2, 3};
  for (Tensor i : range(n))
    v = v + 1;
  return v;
}
Tensor grows_behind_a_choice(Tensor n) { // the choice has opened it
  Tensor v = {1};
  if (n > 1)
    v = {1, 2};
  for (Tensor i : range(n))
    v = concat({v, Tensor{9}});
  return v;
}
Tensor grows(Tensor n) {
  Tensor v = {0};
  while (n > 0) {
    loop_options({.shape_invariants = {{v, {dynamic}}}});
    v = concat({v, reshape(n, {1})});
    n -= 1;
  }
  return v;
}
Tensor grows_in_a_for(Tensor n) {
  Tensor v = {1};
  for (Tensor i : range(n)) {
    loop_options({.shape_invariants = {{v, {dynamic}}}});
    v = concat({v, v}) + i;
  }
  return v;
}
Tensor grows_over_rows(Tensor n) {
  Tensor v = {5};
  for (Tensor row : Tensor{1, 2, 3}) {
    loop_options({.shape_invariants = {{v, {dynamic}}}});
    if (row > n)
      continue;
    v = concat({v, reshape(row, {1})});
  }
  return v;
}
Tensor grows_in_two_loops(Tensor n) {
  Tensor v = {0};
  for (Tensor i : range(n)) {
    loop_options({.shape_invariants = {{v, {dynamic}}}});
    for (Tensor j : range(2)) {
      loop_options({.shape_invariants = {{v, {dynamic}}}});
      v = concat({v, reshape(i * 10 + j, {1})});
    }
  }
  return v;
}
Tensor grows_to_a_do(Tensor n) {
  Tensor v = {0};
  do {
    loop_options({.shape_invariants = {{v, {dynamic}}}});
    v = concat({v, v});
  } while (dim(v, 0) < cast(n, int64));
  return v;
}
Tensor shrinks(Tensor n) {
  Tensor v = {1, 2, 3, 4};
  while (n > 0) {
    loop_options({.shape_invariants = {{v, {dynamic}}}});
    v = v(slice(1, none));
    n -= 1;
  }
  return v;
}
Tensor other_columns_stay(Tensor n) {
  Tensor v = ones({1, 2}, int32);
  for (Tensor i : range(n)) {
    loop_options({.shape_invariants = {{v, {dynamic, 2}}}});
    v = concat({v, v});
  }
  return sum(v, 0);
}
Tensor functional(Tensor n) {
  Tensor v = {1};
  return while_loop(
      {.shape_invariants = {{v, {dynamic}}}}, [&](Tensor &w) { return dim(w, 0) < cast(n, int64); },
      [](Tensor w) { return concat({w, w + 1}); }, v);
}
Tensor unchanged_by_its_loop(Tensor n) {
  Tensor v = {1, 2};
  while (n > 0) {
    loop_options({.shape_invariants = {{v, {dynamic}}}});
    n -= 1;
  }
  return v + n;
}
auto inner = function([](Tensor a, Tensor b) { return a * b + 1; });
Tensor calls(Tensor n) {
  Tensor v = {1, 2};
  if (n > 0)
    v = {1, 2, 3};
  return inner(v, v);
}

const Row rows[] = {
    {"Chosen", chosen, {{2, V{2, 4, 6}}, {-1, V{-1, -2}}}},
    {"ChosenByAnExpression", chosen_by_an_expression, {{1, V{2, 3, 4}}, {0, V{2, 3}}}},
    {"Returned", returned, {{1, V{1, 2, 3}}, {-4, V{-4, -4}}}},
    {"OneSideOfThree", one_side_of_three, {{0, V{7}}, {1, V{1, 2}}, {2, V{7, 7, 7}}}},
    {"ThroughACountedLoop", through_a_counted_loop, {{0, V{1, 2}}, {1, V{2, 3}}, {2, V{3, 4, 5}}}},
    {"GrowsBehindAChoice", grows_behind_a_choice, {{0, V{1}}, {1, V{1, 9}}, {2, V{1, 2, 9, 9}}}},
    {"Grows", grows, {{0, V{0}}, {3, V{0, 3, 2, 1}}}},
    {"GrowsInAFor", grows_in_a_for, {{0, V{1}}, {2, V{2, 2, 2, 2}}}},
    {"GrowsOverRows", grows_over_rows, {{0, V{5}}, {2, V{5, 1, 2}}, {9, V{5, 1, 2, 3}}}},
    {"GrowsInTwoLoops", grows_in_two_loops, {{0, V{0}}, {2, V{0, 0, 1, 10, 11}}}},
    {"GrowsToADo", grows_to_a_do, {{0, V{0, 0}}, {3, V{0, 0, 0, 0}}}},
    {"Shrinks", shrinks, {{0, V{1, 2, 3, 4}}, {3, V{4}}, {4, V{}}, {5, V{}}}},
    {"OtherColumnsStay", other_columns_stay, {{0, V{1, 1}}, {3, V{8, 8}}}},
    {"Functional", functional, {{0, V{1}}, {3, V{1, 2, 2, 3}}}},
    {"UnchangedByItsLoop", unchanged_by_its_loop, {{0, V{1, 2}}, {3, V{1, 2}}}},
    {"Calls", calls, {{1, V{2, 5, 10}}, {0, V{2, 5}}}},
};

class FoundSizes : public testing::TestWithParam<Row> {};
INSTANTIATE_TEST_SUITE_P(, FoundSizes, testing::ValuesIn(rows), [](const auto &row) { return row.param.name; });

TEST_P(FoundSizes, AreAsEager) {
  auto f = function(GetParam().program);
  for (const auto &[n, result] : GetParam().results) {
    EXPECT_EQ(ints(GetParam().program(n)), result) << "eager, n = " << n;
    EXPECT_EQ(ints(f(n)), result) << "compiled, n = " << n;
  }
  EXPECT_EQ(f.trace_count(), 1u);
}

TEST(FoundSizesToo, OfTwoDimensions) {
  auto f = function(two_dimensions);
  EXPECT_EQ(f(1).to_vector<std::int64_t>(), (std::vector<std::int64_t>{3, 2, 6}));
  EXPECT_EQ(f(0).to_vector<std::int64_t>(), (std::vector<std::int64_t>{2, 3, 6}));
}

// One trace for every size of the argument as well.
TEST(FoundSizesToo, FromOpenArguments) {
  auto f = function(
      [](Tensor x) {
        Tensor v = x;
        if (sum(x) > 2)
          v = concat({x, x});
        return v + v;
      },
      {.input_signature = {spec(float32, {dynamic})}});
  EXPECT_EQ(floats(f(full({2}, 1.f))), (std::vector<float>{2, 2}));
  EXPECT_EQ(floats(f(full({3}, 1.f))), (std::vector<float>{2, 2, 2, 2, 2, 2}));
  EXPECT_EQ(f.trace_count(), 1u);
}

// As eager: the Variable is named, not the operation that would have repeated the value.
TEST(FoundSizesToo, AVariableKeepsItsShape) {
  Variable v(Tensor{0, 0}, "kept");
  auto f = function([&](Tensor n) {
    Tensor x = {1, 2};
    if (n > 0)
      x = {1, 2, 3};
    v.assign(x);
  });
  f(0);
  EXPECT_EQ(ints(v.value()), (V{1, 2}));
  try {
    f(1);
    ADD_FAILURE() << "no error";
  } catch (const VariableError &e) {
    EXPECT_NE(std::string(e.what()).find("'kept'"), std::string::npos) << e.what();
  }
  EXPECT_EQ(ints(v.value()), (V{1, 2}));
}

TEST(FoundSizesToo, SqueezedAndExpanded) {
  auto f = function([](Tensor n) {
    Tensor x = ones({2, 1}, int32);
    if (n > 0)
      x = ones({3, 1}, int32);
    return squeeze(x, 1) + squeeze(expand_dims(squeeze(x), 0));
  });
  EXPECT_EQ(ints(f(0)), (V{2, 2}));
  EXPECT_EQ(ints(f(1)), (V{2, 2, 2}));
}

// The size of an open argument is one that the loop may change, too.
Tensor doubled(Tensor n, Tensor x) {
  for (Tensor i : range(n)) {
    loop_options({.shape_invariants = {{x, {dynamic}}}});
    if (i % 2 == 0)
      x = concat({x, x});
  }
  return x;
}
TEST(FoundSizesToo, GrownFromAnOpenArgument) {
  auto f = function(doubled, {.input_signature = {spec(int32, {}), spec(int32, {dynamic})}});
  EXPECT_EQ(ints(f(3, Tensor{1, 2})), (V{1, 2, 1, 2, 1, 2, 1, 2}));
  EXPECT_EQ(ints(f(1, Tensor{1, 2, 3})), (V{1, 2, 3, 1, 2, 3}));
  EXPECT_EQ(f.trace_count(), 1u);
  Graph g;
  Tensor n = g.input("n", spec(int32, {})), x = g.input("x", spec(int32, {dynamic}));
  g.build([&] { g.output("y", doubled(n, x)); });
  EXPECT_EQ(ints(g.compile()({{"n", Tensor(1)}, {"x", Tensor{5, 6}}}).at("y")), (V{5, 6, 5, 6}));
}

// A traced function that is called with sizes which are found asks about them where it needs them.
TEST(FoundSizesToo, ACalleesBranches) {
  auto halves = function([](Tensor x) {
    if (dim(x, 0) >= 2)
      return x(slice(2));
    return concat({x, x});
  });
  auto program = [&](Tensor n) {
    Tensor a = {1};
    for (Tensor i : range(n)) {
      loop_options({.shape_invariants = {{a, {dynamic}}}});
      a = concat({a, reshape(i, {1})});
    }
    return halves(a);
  };
  auto f = function(program);
  for (int n : {0, 1, 3})
    EXPECT_EQ(ints(f(n)), ints(program(n))) << n;
  EXPECT_EQ(ints(f(0)), (V{1, 1}));
  EXPECT_EQ(ints(f(3)), (V{1, 0}));
}

struct Refused {
  const char *name;
  Tensor (*program)(Tensor n);
  std::vector<std::string> words;
};
void PrintTo(const Refused &r, std::ostream *os) { *os << r.name; }

Tensor without_an_invariant(Tensor n) {
  Tensor v = {0};
  for (Tensor i : range(n))
    v = concat({v, v});
  return v;
}
Tensor invariant_of_another_rank(Tensor n) {
  Tensor v = {0};
  for (Tensor i : range(n)) {
    loop_options({.shape_invariants = {{v, {dynamic, 2}}}});
    v = concat({v, v});
  }
  return v;
}
Tensor invariant_of_another_size(Tensor n) {
  Tensor v = zeros({1, 2});
  for (Tensor i : range(n)) {
    loop_options({.shape_invariants = {{v, {dynamic, 3}}}});
    v = concat({v, v});
  }
  return v;
}
Tensor another_column(Tensor n) {
  Tensor v = zeros({1, 2});
  for (Tensor i : range(n)) {
    loop_options({.shape_invariants = {{v, {dynamic, 2}}}});
    v = concat({v, v}, 1);
  }
  return v;
}
Tensor chosen_in_a_loop(Tensor n) {
  Tensor v = {1, 2};
  for (Tensor i : range(n))
    if (i > 0)
      v = {1};
  return v;
}

const Refused refused[] = {
    {"WithoutAnInvariant",
     without_an_invariant,
     {"'v' is int32 (1,) before the loop", "shape_invariants = {{v, {weft::dynamic}}}"}},
    {"InvariantOfAnotherRank", invariant_of_another_rank, {"'v' is int32 (1,)", "(?, 2) does not allow"}},
    {"InvariantOfAnotherSize", invariant_of_another_size, {"'v' is float32 (1, 2)", "(?, 3) does not allow"}},
    {"AnotherColumn", another_column, {"'v'", "float32 (?, 4) after one turn"}},
    {"ChosenInALoop",
     chosen_in_a_loop,
     {"'v' is int32 (2,) before the loop", "int32 (?,) after one turn", "weft::dynamic"}},
};
class FoundSizesRefused : public testing::TestWithParam<Refused> {};
INSTANTIATE_TEST_SUITE_P(, FoundSizesRefused, testing::ValuesIn(refused), [](const auto &r) { return r.param.name; });

TEST_P(FoundSizesRefused, IsAnError) {
  auto f = function(GetParam().program);
  try {
    f(3);
    ADD_FAILURE() << "no error";
  } catch (const Error &e) {
    for (const std::string &w : GetParam().words)
      EXPECT_NE(std::string(e.what()).find(w), std::string::npos) << w << " is not in: " << e.what();
  }
}

} // namespace

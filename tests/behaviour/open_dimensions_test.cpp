// Functions and graphs traced for open dimensions: with any sizes they do what the same program does eagerly. Sizes
// that do not fit are the error that eager code raises, at the operation's line; expected values are written out by
// hand.
#include "tests/support/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>

using namespace weft;
using namespace weft::test;

namespace {

const TensorSpec open_vector = spec(float32, {dynamic});

/// 1, 2, 3, … and 10, 20, 30, …
Tensor counted(int n, float step = 1) {
  std::vector<float> v(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i)
    v[static_cast<std::size_t>(i)] = step * static_cast<float>(i + 1);
  return from_span(v);
}

struct Sizes {
  int x, y;
  std::optional<std::vector<float>> result; // none: a ShapeError at the program's line
};
struct Row {
  const char *name;
  unsigned line;
  Tensor (*program)(Tensor x, Tensor y);
  std::vector<Sizes> sizes;
};
void PrintTo(const Row &r, std::ostream *os) { *os << r.name; }

using V = std::vector<float>;
constexpr auto none_fits = std::nullopt;

// clang-format off: one program, one line, whose number is recorded beside it.
const Row rows[] = {
    {"Add", __LINE__, [](Tensor x, Tensor y) { return x + y; },
     {{3, 3, V{11, 22, 33}}, {2, 2, V{11, 22}}, {5, 3, none_fits}, {3, 5, none_fits}, {0, 0, V{}}, {0, 2, none_fits}, {1, 3, V{11, 21, 31}}, {3, 1, V{11, 12, 13}}}},
    {"AddToAConstant", __LINE__, [](Tensor x, Tensor) { return x + Tensor{0.f, 1.f, 2.f}; },
     {{3, 2, V{1, 3, 5}}, {2, 2, none_fits}, {6, 2, none_fits}, {1, 2, V{1, 2, 3}}}},
    {"AddInTwoSteps", __LINE__, [](Tensor x, Tensor y) { return exp(x - x) + y * x + y; },
     {{2, 2, V{21, 61}}, {3, 2, none_fits}}},
    {"Where", __LINE__, [](Tensor x, Tensor y) { return where(x > 1.5f, x, y); },
     {{3, 3, V{10, 2, 3}}, {4, 2, none_fits}}},
    {"Compare", __LINE__, [](Tensor x, Tensor y) { return cast(x * 10.f == y, float32); },
     {{2, 2, V{1, 1}}, {3, 2, none_fits}}},
    {"DotProduct", __LINE__, [](Tensor x, Tensor y) { return reshape(sum(x * y), {1}); },
     {{3, 3, V{140}}, {4, 2, none_fits}, {0, 0, V{0}}}},
    {"MaxAlong", __LINE__, [](Tensor x, Tensor) { return reshape(max(x), {1}); },
     {{3, 2, V{3}}, {0, 2, none_fits}}},
    {"MinAlong", __LINE__, [](Tensor x, Tensor y) { return min(stack({x, x}), 1) + reshape(sum(y), {1}); },
     {{2, 2, V{31, 31}}, {0, 2, none_fits}}},
    {"SumOfNothing", __LINE__, [](Tensor x, Tensor) { return reshape(sum(x), {1}); },
     {{0, 2, V{0}}, {2, 2, V{3}}}},
    {"ReshapeToKnown", __LINE__, [](Tensor x, Tensor) { return sum(reshape(x, {2, 3}), 0); },
     {{6, 2, V{5, 7, 9}}, {2, 2, none_fits}, {8, 2, none_fits}}},
    {"ReshapeTheRest", __LINE__, [](Tensor x, Tensor) { return sum(reshape(x, {2, -1}), 0); },
     {{4, 2, V{4, 6}}, {6, 2, V{5, 7, 9}}, {3, 2, none_fits}, {2, 2, V{3}}, {0, 2, V{}}}},
    {"ReshapedToOneIsRepeated", __LINE__, [](Tensor x, Tensor) { return sum(reshape(x, {2, -1}) + Tensor{0.f, 0.f, 1.f}, 0); },
     {{6, 2, V{5, 7, 11}}, {2, 2, V{3, 3, 5}}, {4, 2, none_fits}}},
    {"ReshapeAndBack", __LINE__, [](Tensor x, Tensor y) { return reshape(reshape(x, {-1, 1}), {-1}) + y; },
     {{3, 3, V{11, 22, 33}}, {3, 2, none_fits}}},
    {"BroadcastTo", __LINE__, [](Tensor x, Tensor) { return broadcast_to(x, {3}); },
     {{3, 2, V{1, 2, 3}}, {2, 2, none_fits}, {1, 2, V{1, 1, 1}}}},
    {"Outer", __LINE__, [](Tensor x, Tensor y) { return reshape(expand_dims(x, 1) * y, {-1}); },
     {{2, 3, V{10, 20, 30, 20, 40, 60}}, {0, 2, V{}}}},
    {"Concat", __LINE__, [](Tensor x, Tensor y) { return concat({x, y}); },
     {{2, 3, V{1, 2, 10, 20, 30}}, {0, 0, V{}}, {0, 1, V{10}}}},
    {"ConcatOfRows", __LINE__, [](Tensor x, Tensor) { return sum(concat({reshape(x, {1, -1}), ones({1, 3})}), 0); },
     {{3, 2, V{2, 3, 4}}, {5, 2, none_fits}}},
    {"Stack", __LINE__, [](Tensor x, Tensor y) { return sum(stack({x, y}), 0); },
     {{2, 2, V{11, 22}}, {2, 3, none_fits}}},
    {"StackWithAKnown", __LINE__, [](Tensor x, Tensor) { return sum(stack({Tensor{1.f, 1.f, 1.f}, x}), 0); },
     {{3, 2, V{2, 3, 4}}, {2, 2, none_fits}, {1, 2, none_fits}}},
    {"Joined", __LINE__, [](Tensor x, Tensor y) { return concat({x, y}) + concat({y, x}); },
     {{2, 2, V{11, 22, 11, 22}}, {2, 3, V{11, 22, 40, 21, 32}}, {0, 1, V{20}}}},
    {"Transposed", __LINE__, [](Tensor x, Tensor y) { return sum(permute_dims(stack({x, x, x}), {1, 0}) * expand_dims(y, 1), 1); },
     {{2, 2, V{30, 120}}, {2, 3, none_fits}}},
    {"SetAll", __LINE__, [](Tensor x, Tensor y) { return set(x, y, slice(none)); },
     {{2, 2, V{10, 20}}, {3, 5, none_fits}, {3, 1, V{10, 10, 10}}}},
    {"SetAllToANumber", __LINE__, [](Tensor x, Tensor) { return set(x, 7.0f, slice(none)); },
     {{3, 2, V{7, 7, 7}}, {0, 2, V{}}}},
    {"SetTheBeginning", __LINE__, [](Tensor x, Tensor) { return set(x, Tensor{8.f, 9.f}, slice(2)); },
     {{3, 2, V{8, 9, 3}}, {2, 2, V{8, 9}}}},
    {"SetFromTheFourth", __LINE__, [](Tensor x, Tensor) { return set(x, 7.0f, slice(3, none)); },
     {{5, 2, V{1, 2, 3, 7, 7}}, {4, 2, V{1, 2, 3, 7}}, {3, 2, V{1, 2, 3}}, {2, 2, V{1, 2}}, {0, 2, V{}}}},
    {"SetFarBehindTheEnd", __LINE__, [](Tensor x, Tensor) { return set(x, 7.0f, slice(100000000, none)); },
     {{3, 2, V{1, 2, 3}}, {0, 2, V{}}}},
    {"SetEveryOtherFromTheFourth", __LINE__, [](Tensor x, Tensor) { return set(x, 7.0f, slice(3, none, 2)); },
     {{6, 2, V{1, 2, 3, 7, 5, 7}}, {3, 2, V{1, 2, 3}}, {2, 2, V{1, 2}}, {0, 2, V{}}}},
    {"SetBackwards", __LINE__, [](Tensor x, Tensor y) { return set(x, y, slice(none, none, -1)); },
     {{3, 3, V{30, 20, 10}}, {3, 2, none_fits}, {0, 0, V{}}}},
    {"SetTheLastTwo", __LINE__, [](Tensor x, Tensor) { return set(x, Tensor{8.f, 9.f}, slice(-2, none)); },
     {{4, 2, V{1, 2, 8, 9}}, {2, 2, V{8, 9}}, {1, 2, none_fits}}},
    {"FromTheSecond", __LINE__, [](Tensor x, Tensor) { return x(slice(1, none)); },
     {{3, 2, V{2, 3}}, {2, 2, V{2}}, {1, 2, V{}}, {0, 2, V{}}}},
    {"EveryOther", __LINE__, [](Tensor x, Tensor) { return x(slice(none, none, 2)); },
     {{5, 2, V{1, 3, 5}}, {4, 2, V{1, 3}}, {0, 2, V{}}}},
    {"BackwardsByThree", __LINE__, [](Tensor x, Tensor) { return x(slice(none, none, -3)); },
     {{7, 2, V{7, 4, 1}}, {6, 2, V{6, 3}}, {4, 2, V{4, 1}}, {3, 2, V{3}}, {0, 2, V{}}}},
    {"Backwards", __LINE__, [](Tensor x, Tensor y) { return x(slice(none, none, -1)) + y; },
     {{3, 3, V{13, 22, 31}}, {2, 3, none_fits}}},
    {"TheFirstThree", __LINE__, [](Tensor x, Tensor) { return x(slice(3)); },
     {{5, 2, V{1, 2, 3}}, {3, 2, V{1, 2, 3}}, {2, 2, V{1, 2}}, {0, 2, V{}}}},
    {"TheLastTwo", __LINE__, [](Tensor x, Tensor) { return x(slice(-2, none)); },
     {{5, 2, V{4, 5}}, {2, 2, V{1, 2}}, {1, 2, V{1}}, {0, 2, V{}}}},
    {"BeforeTheLast", __LINE__, [](Tensor x, Tensor) { return x(slice(-3, -1)); },
     {{5, 2, V{3, 4}}, {2, 2, V{1}}, {0, 2, V{}}}},
    {"FromTheEndToAStop", __LINE__, [](Tensor x, Tensor) { return x(slice(-3, 4)); },
     {{5, 2, V{3, 4}}, {4, 2, V{2, 3, 4}}, {2, 2, V{1, 2}}, {8, 2, V{}}, {0, 2, V{}}}},
    {"BackwardsBetweenTheEnds", __LINE__, [](Tensor x, Tensor) { return x(slice(-2, 0, -1)); },
     {{5, 2, V{4, 3, 2}}, {4, 2, V{3, 2}}, {2, 2, V{}}, {1, 2, V{}}, {0, 2, V{}}}},
    {"SetAllButTheEnds", __LINE__, [](Tensor x, Tensor) { return set(x, 7.0f, slice(1, -1)); },
     {{5, 2, V{1, 7, 7, 7, 5}}, {2, 2, V{1, 2}}, {1, 2, V{1}}, {0, 2, V{}}}},
    {"DiagonalOfAProduct", __LINE__, [](Tensor x, Tensor y) { return linalg::diagonal(expand_dims(x, 1) * y, 1); },
     {{3, 3, V{20, 60}}, {2, 5, V{20, 60}}, {5, 4, V{20, 60, 120}}, {0, 3, V{}}, {3, 0, V{}}}},
    {"CrossProduct", __LINE__, [](Tensor x, Tensor y) { return linalg::cross(x, flip(y)); },
     {{3, 3, V{-40, 80, -40}}, {4, 4, none_fits}, {2, 2, none_fits}, {3, 2, none_fits}, {1, 3, none_fits}}},
    {"TensordotOfNoAxes", __LINE__, [](Tensor x, Tensor y) { return reshape(tensordot(x, expand_dims(x, 1) * y, 0), {-1}); },
     {{2, 2, V{10, 20, 20, 40, 20, 40, 40, 80}}, {2, 3, V{10, 20, 30, 20, 40, 60, 20, 40, 60, 40, 80, 120}}, {0, 2, V{}}, {2, 0, V{}}}},
    {"SumsOfRows", __LINE__, [](Tensor x, Tensor y) { return reshape(segment_sum(expand_dims(x, 1) * y, cast(x * 0.f, int32), 1), {-1}); },
     {{2, 3, V{30, 60, 90}}, {0, 2, V{0, 0}}, {2, 0, V{}}}},
    {"Permuted", __LINE__, [](Tensor x, Tensor) { return sort(random::permutation(random::key(1), x)); },
     {{3, 2, V{1, 2, 3}}, {0, 2, V{}}}},
    {"MatrixPowerOfZero", __LINE__, [](Tensor x, Tensor y) { return reshape(linalg::matrix_power(expand_dims(x, 1) * y, 0), {-1}); },
     {{2, 2, V{1, 0, 0, 1}}, {3, 2, none_fits}, {0, 0, V{}}}},
    {"LikeX", __LINE__, [](Tensor x, Tensor y) { return ones_like(x) + zeros_like(y); },
     {{2, 2, V{1, 1}}, {2, 3, none_fits}}},
    {"Sizes", __LINE__, [](Tensor x, Tensor y) { return cast(shape(stack({concat({x, y}), concat({y, x})})), float32); },
     {{2, 3, V{2, 5}}, {0, 0, V{2, 0}}}},
    {"MeanBySize", __LINE__, [](Tensor x, Tensor) { return reshape(sum(x) / cast(dim(x, -1), float32), {1}); },
     {{3, 2, V{2}}, {4, 2, V{2.5f}}}},
    {"InALoop", __LINE__, [](Tensor x, Tensor y) { Tensor z = zeros_like(x); for (Tensor i : range(2)) z = z + x * y; return z; },
     {{2, 2, V{20, 80}}, {2, 3, none_fits}}},
    {"FirstAssignedInALoop", __LINE__, [](Tensor x, Tensor y) { Tensor z; for (Tensor i : range(2)) z = x + y; return z; },
     {{2, 2, V{11, 22}}, {2, 3, none_fits}}},
    {"OverRows", __LINE__, [](Tensor x, Tensor y) { Tensor z = zeros_like(y); for (Tensor r : expand_dims(x, 1) * y) z = z + r; return z; },
     {{2, 3, V{30, 60, 90}}, {0, 2, V{0, 0}}}},
};
// clang-format on

class OpenSizes : public testing::TestWithParam<Row> {};
INSTANTIATE_TEST_SUITE_P(, OpenSizes, testing::ValuesIn(rows), [](const auto &row) { return row.param.name; });

void expect_outcome(const Row &row, const Sizes &sizes, const std::function<Tensor()> &run, const char *how) {
  SCOPED_TRACE(std::string(how) + " with sizes " + std::to_string(sizes.x) + " and " + std::to_string(sizes.y));
  try {
    Tensor t = run();
    ASSERT_TRUE(sizes.result) << "no error, but " << t;
    EXPECT_EQ(floats(t), *sizes.result);
  } catch (const ShapeError &e) {
    EXPECT_FALSE(sizes.result) << e.what();
    EXPECT_EQ(e.where().line, row.line) << e.what();
    EXPECT_EQ(std::string(e.where().file), __FILE__);
  } catch (const Error &e) {
    ADD_FAILURE() << "another error: " << e.what();
  }
}

/// The program on tensors whose sizes the code finds while it runs: a branch has chosen them.
Tensor with_found_sizes(const Row &row, Tensor x, Tensor y, Tensor longer) {
  if (longer) {
    x = concat({x, ones({1})});
    y = concat({y, ones({1})});
  }
  return row.program(x, y);
}

/// What the code does not do with sizes that it found, and says: to repeat a dimension that is 1 there, and to cut a
/// window at an end that the trace took to be inside.
const std::map<std::string, std::string> refused_when_found = {
    {"Add", "does not repeat"},
    {"AddToAConstant", "does not repeat"},
    {"ReshapedToOneIsRepeated", "does not repeat"},
    {"BroadcastTo", "does not repeat"},
    {"SetAll", "does not repeat"},
    {"SetTheLastTwo", "out of range"},
    {"TheFirstThree", "out of range"},
    {"TheLastTwo", "out of range"},
    {"BeforeTheLast", "out of range"},
};

TEST_P(OpenSizes, FoundWhileRunning) {
  const Row &row = GetParam();
  auto f = function([&](Tensor x, Tensor y, Tensor longer) { return with_found_sizes(row, x, y, longer); });
  auto refused = refused_when_found.find(row.name);
  int refusals = 0;
  for (const Sizes &s : row.sizes) {
    auto run = [&] { return f(counted(s.x), counted(s.y, 10), false); };
    if (refused != refused_when_found.end()) {
      try {
        run();
      } catch (const Error &e) {
        if (std::string(e.what()).find(refused->second) != std::string::npos) {
          EXPECT_EQ(e.where().line, row.line) << e.what();
          ++refusals;
          continue;
        }
      }
    }
    expect_outcome(row, s, run, "compiled");
  }
  EXPECT_EQ(refusals > 0, refused != refused_when_found.end());
}

TEST_P(OpenSizes, AreAsEager) {
  const Row &row = GetParam();
  auto f = function(row.program, {.input_signature = {open_vector, open_vector}});
  for (int again : {0, 1})
    for (const Sizes &s : row.sizes) {
      Tensor x = counted(s.x), y = counted(s.y, 10);
      if (!again)
        expect_outcome(row, s, [&] { return row.program(x, y); }, "eager");
      expect_outcome(row, s, [&] { return f(x, y); }, "compiled");
    }
  // Only sizes of 1 and those that do not fit are traced apart.
  std::size_t apart = 0;
  for (const Sizes &s : row.sizes)
    apart += s.result && (s.x == 1 || s.y == 1);
  EXPECT_LE(f.trace_count(), row.sizes.size() + 1);
  EXPECT_GE(f.trace_count(), 1 + apart);
}

TEST_P(OpenSizes, CalledFromAnotherTrace) {
  const Row &row = GetParam();
  auto inner = function(row.program, {.input_signature = {open_vector, open_vector}});
  auto sized = function([=](Tensor x, Tensor y) { return inner(x, y); });
  auto open =
      function([=](Tensor x, Tensor y) { return inner(x, y); }, {.input_signature = {open_vector, open_vector}});
  for (const Sizes &s : row.sizes) {
    Tensor x = counted(s.x), y = counted(s.y, 10);
    expect_outcome(row, s, [&] { return sized(x, y); }, "from a trace of these sizes");
    expect_outcome(row, s, [&] { return open(x, y); }, "from a trace of open sizes");
  }
}

TEST_P(OpenSizes, InAGraph) {
  const Row &row = GetParam();
  Graph g;
  Tensor x = g.input("x", open_vector), y = g.input("y", open_vector);
  g.build([&] { g.output("z", row.program(x, y)); });
  Executable exe = g.compile();
  for (const Sizes &s : row.sizes) {
    bool of_one = s.x == 1 || s.y == 1; // a graph has only its one trace
    try {
      Tensor t = exe({{"x", counted(s.x)}, {"y", counted(s.y, 10)}}).at("z");
      ASSERT_TRUE(s.result && !of_one) << t;
      EXPECT_EQ(floats(t), *s.result);
    } catch (const ShapeError &e) {
      if (!s.result && !of_one) {
        EXPECT_EQ(e.where().line, row.line) << e.what();
      }
    } catch (const IndexError &e) { // a window that eager code makes smaller
      EXPECT_TRUE(s.result) << e.what();
      EXPECT_EQ(e.where().line, row.line) << e.what();
    }
  }
}

TEST(OpenDimensions, OneTraceServesAllSizesThatFit) {
  auto f = function([](Tensor x, Tensor y) { return sum(x * y + x); }, {.input_signature = {open_vector, open_vector}});
  for (int n : {2, 3, 7, 100, 0})
    f(counted(n), counted(n));
  EXPECT_EQ(f.trace_count(), 1u);
  EXPECT_EQ(f(counted(3), counted(3)).item<float>(), 20);
}

TEST(OpenDimensions, ReducedRetracing) {
  auto f = function([](Tensor x, Tensor y) { return x + y; }, {.reduce_retracing = true});
  for (int n : {3, 4, 5})
    EXPECT_EQ(floats(f(counted(n), counted(n)))[2], 6);
  EXPECT_EQ(f.trace_count(), 2u);
  EXPECT_THROW(f(counted(7), counted(6)), ShapeError);
  EXPECT_EQ(floats(f(counted(8), counted(8)))[7], 16);
  EXPECT_EQ(f.trace_count(), 2u);
}

/// A dimension that changes from turn to turn is an error of the trace with these sizes, as it is without open
/// dimensions.
TEST(OpenDimensions, AGrowingLoopStateIsRefused) {
  auto f = function(
      [](Tensor x, Tensor y) {
        for (Tensor i : range(2))
          x = concat({x, y});
        return x;
      },
      {.input_signature = {open_vector, open_vector}});
  EXPECT_THROW(f(counted(2), counted(3)), TraceError);
  EXPECT_EQ(floats(f(counted(2), counted(0))), (V{1, 2}));
}

TEST(OpenDimensions, TheNumberOfResultsIsKnown) {
  auto f = function([](Tensor x) { return unstack(x)[0]; }, {.input_signature = {open_vector}});
  EXPECT_THROW(f(counted(2)), TraceError);
}

TEST(OpenDimensions, VariablesKeepTheirShape) {
  Variable v(zeros({3}), "v");
  auto f = function(
      [&](Tensor x) {
        v.assign(x);
        v.assign_add(x);
      },
      {.input_signature = {open_vector}});
  f(counted(3));
  EXPECT_EQ(floats(v.value()), (V{2, 4, 6}));
  EXPECT_THROW(f(counted(2)), VariableError);
  EXPECT_THROW(f(counted(1)), VariableError);
  EXPECT_EQ(floats(v.value()), (V{2, 4, 6}));
}

TEST(OpenDimensions, BranchesOfTwoSizes) {
  auto f = function([](Tensor x, Tensor y) { return cond(all(x > 0.f), [&] { return x; }, [&] { return y; }); },
                    {.input_signature = {open_vector, open_vector}});
  EXPECT_EQ(floats(f(counted(2), counted(3))), (V{1, 2}));
  EXPECT_EQ(floats(f(counted(2, -1), counted(3))), (V{1, 2, 3}));
  EXPECT_EQ(floats(f(counted(2), counted(2, -10))), (V{1, 2}));
  EXPECT_EQ(f.trace_count(), 1u);
}

TEST(OpenDimensions, MatricesWithTwoOpenDimensions) {
  auto f = function([](Tensor x, Tensor y) { return sum(x(ellipsis, slice(1, none)) * y, 0); },
                    {.input_signature = {spec(float32, {dynamic, dynamic}), spec(float32, {dynamic, dynamic})}});
  Tensor x = {{1.f, 2.f, 3.f}, {4.f, 5.f, 6.f}}, y = {{1.f, 10.f}, {100.f, 1000.f}};
  EXPECT_EQ(floats(f(x, y)), (V{502, 6030}));
  EXPECT_THROW(f(x, Tensor{{1.f, 10.f, 5.f}, {100.f, 1000.f, 5.f}}), ShapeError);
  EXPECT_EQ(floats(f(x, Tensor{{1.f, 10.f}})), (V{7, 90})); // one row is repeated
}

/// A loop that carries an open tensor, called from a trace that knows its size.
TEST(OpenDimensions, ALoopIsInlinedWithTheCallersSizes) {
  auto inner = function(
      [](Tensor x) {
        Tensor i = 0;
        while (i < 3) {
          x = x + 1.f;
          i = i + 1;
        }
        return x;
      },
      {.input_signature = {open_vector}});
  auto outer = function([=](Tensor x) { return inner(x) + zeros({3}); });
  EXPECT_EQ(floats(outer(counted(3))), (V{4, 5, 6}));
  EXPECT_THROW(outer(counted(2)), ShapeError);
}

/// Positions start, start + step, … of Python's x[start:stop:step], for x of n elements.
std::vector<int> positions(std::optional<int> start, std::optional<int> stop, int step, int n) {
  auto bound = [&](std::optional<int> given, int otherwise) {
    int at = given.value_or(otherwise);
    return given ? std::clamp(at < 0 ? at + n : at, step > 0 ? 0 : -1, step > 0 ? n : n - 1) : at;
  };
  std::vector<int> at;
  int last = bound(stop, step > 0 ? n : -1);
  for (int i = bound(start, step > 0 ? 0 : n - 1); step > 0 ? i < last : i > last; i += step)
    at.push_back(i);
  return at;
}

/// Slices are read and written by Python's rules, whatever their bounds are to the size; empty ones, too.
TEST(OpenDimensions, SlicesOfAnyBounds) {
  const std::optional<int> bounds[] = {std::nullopt, 0, 2, 9, -1, -9};
  auto given = [](std::optional<int> b) { return b ? SliceBound(*b) : SliceBound(none); };
  for (int step : {1, -2})
    for (auto start : bounds)
      for (auto stop : bounds) {
        auto f = function(
            [&](Tensor x) {
              Slice part = slice(given(start), given(stop), step);
              Tensor y = x(part);
              return std::vector<Tensor>{y, set(x, y * 10.f, part)};
            },
            {.input_signature = {open_vector}});
        for (int n : {0, 2, 3, 11}) {
          V read, written = floats(counted(n));
          for (int i : positions(start, stop, step, n)) {
            read.push_back(static_cast<float>(i + 1));
            written[static_cast<std::size_t>(i)] *= 10;
          }
          std::vector<Tensor> got = f(counted(n));
          std::string where = fmt::format("[{}:{}:{}] of {}", start.value_or(-99), stop.value_or(-99), step, n);
          EXPECT_EQ(floats(got[0]), read) << where;
          EXPECT_EQ(floats(got[1]), written) << where;
        }
      }
}

} // namespace

// Errors that only a run can find: integer division by zero, an index out of range, no memory, a failed check. They name the
// user's line, the trace stays, and the next call works.
#include "tests/error/wrong.h"

using namespace weft;
using namespace weft::test;

namespace {

/// A program over an int32 tensor, wrong for `bad` and right for `good`.
struct Fault {
  const char *name;
  bool (*is)(const Error &);
  unsigned line;
  Says says;
  Tensor (*program)(Tensor);
  std::function<Tensor()> bad, good;
};

Tensor zero() { return 0; }
Tensor one() { return 1; }
template <int... v> Tensor list() { return Tensor{v...}; }

// clang-format off: one program, one line, whose number is recorded beside it.
const Fault faults[] = {
    {"IndexAfterAPrint", a<IndexError>, __LINE__, {"2000000000"}, [](Tensor n) { print(n[0]); return n[n[1]]; }, list<5, 2'000'000'000>, list<5, 1>},
    {"Divide", a<CheckError>, __LINE__, {"zero"}, [](Tensor n) { return 7 / n; }, zero, one},
    {"Percent", a<CheckError>, __LINE__, {"zero"}, [](Tensor n) { return 7 % n; }, zero, one},
    {"FloorDivide", a<CheckError>, __LINE__, {"zero"}, [](Tensor n) { return floor_divide(7, n); }, zero, one},
    {"Remainder", a<CheckError>, __LINE__, {"zero"}, [](Tensor n) { return remainder(7, n); }, zero, one},
    {"DivideByOneOfMany", a<CheckError>, __LINE__, {"zero"}, [](Tensor n) { return 100 / n; }, list<1, 2, 0, 4>, list<1, 2, 3, 4>},
    {"DivideInt64", a<CheckError>, __LINE__, {"zero"}, [](Tensor n) { return cast(n, int64) / cast(n, int64); }, list<5, 0>, list<5, 1>},
    {"DivideUInt8", a<CheckError>, __LINE__, {"zero"}, [](Tensor n) { return cast(n, uint8) / cast(n, uint8); }, list<5, 0>, list<5, 1>},
    {"DivideByConstantZero", a<CheckError>, __LINE__, {"zero"}, [](Tensor n) { ag::if_stmt(n == 0, [&] { n = n / 0; }); return n; }, zero, one},
    {"DivideInAnUnusedResult", a<CheckError>, __LINE__, {"zero"}, [](Tensor n) { [[maybe_unused]] Tensor unused = 1 / n; return n; }, zero, one},
    {"DivideInALoop", a<CheckError>, __LINE__, {"zero"}, [](Tensor n) { Tensor s = 0; for (Tensor i : range(-2, n)) s += 10 / i; return s; }, one, zero},
    {"DivideInAFusedChain", a<CheckError>, __LINE__, {"zero"}, [](Tensor n) { return sum((n * 2 + 1) / (n - 3)); }, list<1, 3, 5>, list<1, 2, 5>},
    {"IndexTooLarge", a<IndexError>, __LINE__, {"5", "3"}, [](Tensor n) { return Tensor{1, 2, 3}[n]; }, [] { return Tensor(5); }, one},
    {"IndexTooSmall", a<IndexError>, __LINE__, {"-4", "3"}, [](Tensor n) { return arange(3)[n]; }, [] { return Tensor(-4); }, [] { return Tensor(-3); }},
    {"SetIndexTooLarge", a<IndexError>, __LINE__, {"3"}, [](Tensor n) { return set(arange(3), 7, n); }, [] { return Tensor(3); }, one},
    {"IndexInALoop", a<IndexError>, __LINE__, {"3"}, [](Tensor n) { Tensor x = arange(3), s = 0; for (Tensor i : range(n)) s += x[i]; return s; }, [] { return Tensor(9); }, one},
    {"Check", a<CheckError>, __LINE__, {"must be set", "0"}, [](Tensor n) { check(n != 0, "must be set:", n); return n; }, zero, one},
    {"StepOfZero", a<CheckError>, __LINE__, {"step", "zero"}, [](Tensor n) { Tensor s = 0; for (Tensor i : range(0, 9, n)) s += i; return s; }, zero, one},
    {"SetInALoopThatDidNotRun", a<CheckError>, __LINE__, {"zero times"}, [](Tensor n) { Tensor s; for (Tensor i : range(n)) s = i; return s + 1; }, zero, one},
};
// clang-format on

void PrintTo(const Fault &f, std::ostream *os) { *os << f.name; }

class Faults : public testing::TestWithParam<Fault> {};

TEST_P(Faults, Eager) {
  const Fault &p = GetParam();
  if (std::string(p.name) == "SetInALoopThatDidNotRun") // an unset Tensor, eagerly: operations_test.cpp
    return;
  Tensor bad = p.bad();
  p.program(p.good());
  auto wrong = [&] { expect_error([&] { p.program(bad); }, p.is, __FILE__, p.line, p.says); };
  wrong();
  std::int64_t before = detail::live_storage();
  wrong();
  EXPECT_EQ(detail::live_storage(), before);
  p.program(p.good());
}

TEST_P(Faults, Compiled) {
  const Fault &p = GetParam();
  auto f = function(p.name, p.program);
  Tensor bad = p.bad(), good = p.good(), expected = p.program(good);
  EXPECT_TRUE(array_equal(f(good), expected));
  std::int64_t before = detail::live_storage();
  for (int i = 0; i < 3; ++i)
    expect_error([&] { f(bad); }, p.is, __FILE__, p.line, p.says);
  EXPECT_EQ(detail::live_storage(), before);
  EXPECT_TRUE(array_equal(f(good), expected));
  EXPECT_EQ(f.trace_count(), 1u);
}

TEST_P(Faults, InsideAnotherFunction) {
  const Fault &p = GetParam();
  auto inner = function(p.name, p.program);
  auto outer = function([&](Tensor n) { return inner(n); });
  Tensor bad = p.bad(), good = p.good();
  EXPECT_TRUE(array_equal(outer(good), p.program(good)));
  expect_error([&] { outer(bad); }, p.is, __FILE__, p.line, p.says);
  EXPECT_TRUE(array_equal(outer(good), p.program(good)));
}

INSTANTIATE_TEST_SUITE_P(Errors, Faults, testing::ValuesIn(faults), [](const auto &info) { return std::string(info.param.name); });

TEST(Memory, AResultThatDoesNotFitIsAnError) {
  constexpr std::int64_t huge = std::int64_t{1} << 50;
  expect_error([&] { zeros({huge}); }, a<OutOfMemoryError>, __FILE__, __LINE__, {});
  auto f = function([](Tensor x, std::int64_t n) { return broadcast_to(x, {n}) * 2.0f; });
  EXPECT_EQ(f(1.0f, 2).to_vector<float>(), (std::vector<float>{2, 2}));
  std::int64_t before = detail::live_storage();
  EXPECT_THROW(f(1.0f, huge), OutOfMemoryError);
  EXPECT_EQ(detail::live_storage(), before);
  EXPECT_EQ(f(2.0f, 2).to_vector<float>(), (std::vector<float>{4, 4}));
}

// Their product passes the largest number before it reaches the 0.
TEST(Memory, AnEmptyResultOfHugeSizesFits) {
  constexpr std::int64_t huge = std::int64_t{1} << 40;
  auto fixed = function([](Tensor x) { return x + 1.0f; });
  auto open = function([](Tensor x) { return x + 1.0f; }, {.input_signature = {spec(float32, {dynamic, dynamic, dynamic})}});
  for (const Shape &s : {Shape{huge, huge, 0}, Shape{0, huge, huge}, Shape{huge, 0, huge}}) {
    Tensor x = zeros(s);
    EXPECT_EQ((x + 1.0f).shape(), s);
    EXPECT_EQ(fixed(x).shape(), s);
    EXPECT_EQ(open(x).shape(), s);
  }
}

TEST(Memory, ManyFailingCallsAndTracesHoldNothing) {
  auto f = function([](Tensor x, Tensor n, bool wrong) {
    Tensor words = Tensor{"some", "words that need a buffer of their own"} + "!";
    for (Tensor i : range(n)) {
      words = words + "?";
      check(i < 5, "too many", words);
    }
    return wrong ? x + zeros({7}) : x + cast(words[0] == "some!", float32);
  });
  Tensor x = ones({100, 3});
  f(x, 2, false);
  auto round = [&] {
    EXPECT_THROW(f(x, 20, false), CheckError);
    EXPECT_THROW(f(x, 2, true), ShapeError);
  };
  round();
  std::int64_t before = detail::live_storage();
  for (int i = 0; i < 50; ++i)
    round();
  EXPECT_EQ(detail::live_storage(), before);
  EXPECT_EQ(f.trace_count(), 1u);
}

} // namespace

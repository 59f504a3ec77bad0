// Errors that only a run can find: integer division by zero, an index out of range, no memory, a failed check. They
// name the user's line, the trace stays, and the next call works.
#include "tests/error/wrong.h"

#include <limits>

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
    {"DivideByConstantZero", a<CheckError>, __LINE__, {"zero"}, [](Tensor n) { if (n == 0) n = n / 0; return n; }, zero, one},
    {"DivideInAnUnusedResult", a<CheckError>, __LINE__, {"zero"}, [](Tensor n) { [[maybe_unused]] Tensor unused = 1 / n; return n; }, zero, one},
    {"DivideInALoop", a<CheckError>, __LINE__, {"zero"}, [](Tensor n) { Tensor s = 0; for (Tensor i : range(-2, n)) s += 10 / i; return s; }, one, zero},
    {"DivideInAFusedChain", a<CheckError>, __LINE__, {"zero"}, [](Tensor n) { return sum((n * 2 + 1) / (n - 3)); }, list<1, 3, 5>, list<1, 2, 5>},
    {"IndexTooLarge", a<IndexError>, __LINE__, {"5", "3"}, [](Tensor n) { return Tensor{1, 2, 3}[n]; }, [] { return Tensor(5); }, one},
    {"IndexTooSmall", a<IndexError>, __LINE__, {"-4", "3"}, [](Tensor n) { return arange(3)[n]; }, [] { return Tensor(-4); }, [] { return Tensor(-3); }},
    {"SetIndexTooLarge", a<IndexError>, __LINE__, {"3"}, [](Tensor n) { return set(arange(3), 7, n); }, [] { return Tensor(3); }, one},
    {"IndexInALoop", a<IndexError>, __LINE__, {"3"}, [](Tensor n) { Tensor x = arange(3), s = 0; for (Tensor i : range(n)) s += x[i]; return s; }, [] { return Tensor(9); }, one},
    {"TakeTooLarge", a<IndexError>, __LINE__, {"take", "index 5", "axis 0 of size 3"}, [](Tensor n) { return take(arange(3), n); }, list<1, 5>, list<1, 2>},
    {"TakeAlongTooSmall", a<IndexError>, __LINE__, {"take_along_axis", "index -4", "axis 0 of size 3"}, [](Tensor n) { return take_along_axis(arange(3), n); }, list<1, -4>, list<1, -3>},
    {"ScatterTooLarge", a<IndexError>, __LINE__, {"scatter_update", "index 3", "size 3"}, [](Tensor n) { return scatter_update(arange(3), n, 7); }, list<0, 3>, list<0, 2>},
    {"ScatterAddTooLarge", a<IndexError>, __LINE__, {"scatter_add", "index 3", "size 3"}, [](Tensor n) { return scatter_add(arange(3), n, n); }, list<0, 3>, list<0, 2>},
    {"SegmentTooLarge", a<IndexError>, __LINE__, {"index 2", "size 2"}, [](Tensor n) { return segment_sum(n, n, 2); }, list<0, 2>, list<0, -1>},
    {"TakeInAnUnusedResult", a<IndexError>, __LINE__, {"index 9"}, [](Tensor n) { [[maybe_unused]] Tensor unused = take(arange(3), n); return n; }, list<1, 9>, list<1, 2>},
    {"NegativePower", a<CheckError>, __LINE__, {"negative integer powers"}, [](Tensor n) { return pow(2, n); }, list<3, -1>, list<3, 1>},
    {"NegativePowerOfInt64", a<CheckError>, __LINE__, {"negative integer powers"}, [](Tensor n) { return pow(cast(n, int64), cast(n, int64)); }, list<3, -1>, list<3, 1>},
    {"Check", a<CheckError>, __LINE__, {"must be set", "0"}, [](Tensor n) { check(n != 0, "must be set:", n); return n; }, zero, one},
    {"StepOfZero", a<CheckError>, __LINE__, {"step", "zero"}, [](Tensor n) { Tensor s = 0; for (Tensor i : range(0, 9, n)) s += i; return s; }, zero, one},
    {"SetInALoopThatDidNotRun", a<CheckError>, __LINE__, {"'s'", "zero times"}, [](Tensor n) { Tensor s; for (Tensor i : range(n)) s = i; return s + 1; }, zero, one},
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

INSTANTIATE_TEST_SUITE_P(Errors, Faults, testing::ValuesIn(faults),
                         [](const auto &info) { return std::string(info.param.name); });

// --- C++ numbers given to a parameter of type Operand: as eagerly, they take the dtype of what they stand beside, and
// must fit.

struct Number {
  const char *name;
  bool (*is)(const Error &);
  Says says;
  Tensor (*program)(Operand x);
  Operand bad, good;
  double value; // of the result for `good`
};

Tensor beside(const Operand &x, DType dtype) { return cast(x + zeros({}, dtype), float64); }
template <DType dtype> Tensor plus(Operand x) { return beside(x, dtype); }

Variable byte(std::uint8_t{0}, "v");

constexpr double infinity = std::numeric_limits<double>::infinity();
// clang-format off: a table.
const Number numbers[] = {
    {"AboveUInt8", a<DTypeError>, {"add", "300", "uint8"}, plus<uint8>, 300, 255, 255},
    {"BelowUInt8", a<DTypeError>, {"-1", "uint8"}, plus<uint8>, -1, 0, 0},
    {"AboveInt8", a<DTypeError>, {"128", "int8"}, plus<int8>, 128, 127, 127},
    {"BelowInt8", a<DTypeError>, {"-129", "int8"}, plus<int8>, -129, -128, -128},
    {"AboveInt32", a<DTypeError>, {"2147483648", "int32"}, plus<int32>, std::int64_t{1} << 31, (std::int64_t{1} << 31) - 1, 2147483647},
    {"UnsignedAboveInt32", a<DTypeError>, {"4294967295", "int32"}, plus<int32>, 4294967295u, 7u, 7},
    {"NegativeBesideUInt32", a<DTypeError>, {"-1", "uint32"}, plus<uint32>, -1, 2147483647, 2147483647},
    {"NegativeBesideUInt64", a<DTypeError>, {"-5", "uint64"}, plus<uint64>, std::int64_t{-5}, std::int64_t{5}, 5},
    {"UInt64AboveInt64", a<DTypeError>, {"9223372036854775808", "int64"}, plus<int64>, std::uint64_t{1} << 63, std::uint64_t{9}, 9},
    {"AboveFloat32", a<DTypeError>, {"1e+300", "float32"}, plus<float32>, 1e300, 0.5, 0.5},
    {"BelowFloat32", a<DTypeError>, {"-1e+300", "float32"}, plus<float32>, -1e300, -infinity, -infinity},
    {"RealAboveFloat16", a<DTypeError>, {"70000", "float16"}, plus<float16>, 70000.0f, 65504.0f, 65504},
    {"IntegerAboveFloat16", a<DTypeError>, {"70000", "float16"}, plus<float16>, 70000, 2048, 2048},
    {"AboveBFloat16", a<DTypeError>, {"1e+300", "bfloat16"}, plus<bfloat16>, 1e300, 2.0, 2},
    {"OneChoiceOfWhere", a<DTypeError>, {"where", "300", "uint8"}, [](Operand x) { return cast(where(Tensor(true), x, zeros({}, uint8)), float64); }, 300, 200, 200},
    {"AssignedToAVariable", a<VariableError>, {"'v'", "assign", "300", "uint8"},
     [](Operand x) { byte.assign(x); return cast(byte, float64); }, 300, 44, 44},
    {"SubtractedFromAVariable", a<VariableError>, {"'v'", "assign_sub", "-1", "uint8"},
     [](Operand x) { byte.assign(9); byte.assign_sub(x); return cast(byte, float64); }, -1, 2, 7},
    {"ABoundOfARange", a<DTypeError>, {"range", "4294967296", "int32"},
     [](Operand x) { Tensor n = 0.0; for (Tensor i : range(Tensor(0), x)) n += 1; return n; }, std::int64_t{1} << 32, std::int64_t{3}, 3},
};
// clang-format on

void PrintTo(const Number &n, std::ostream *os) { *os << n.name; }

class Numbers : public testing::TestWithParam<Number> {};

TEST_P(Numbers, Eager) {
  const Number &p = GetParam();
  EXPECT_EQ(p.program(p.good).item<double>(), p.value);
  try {
    p.program(p.bad);
    ADD_FAILURE() << "no error";
  } catch (const Error &e) {
    EXPECT_TRUE(p.is(e)) << e.what();
  }
}
TEST_P(Numbers, Compiled) {
  const Number &p = GetParam();
  auto f = function(p.program);
  EXPECT_EQ(f(p.good).item<double>(), p.value);
  Operand bad = p.bad;
  for (int i = 0; i < 2; ++i) // the place is that of the call that gives the number, and not of the one that was traced
    expect_error([&] { f(bad); }, p.is, __FILE__, __LINE__, p.says);
  EXPECT_EQ(f(p.good).item<double>(), p.value);
  EXPECT_EQ(f.trace_count(), 1u);
}
INSTANTIATE_TEST_SUITE_P(Errors, Numbers, testing::ValuesIn(numbers),
                         [](const auto &info) { return std::string(info.param.name); });

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

// Their bytes pass the largest number before they reach the 0.
TEST(Memory, AnEmptyResultOfHugeSizesFits) {
  constexpr std::int64_t huge = std::int64_t{1} << 31;
  auto fixed = function([](Tensor x) { return x + 1.0f; });
  auto open =
      function([](Tensor x) { return x + 1.0f; }, {.input_signature = {spec(float32, {dynamic, dynamic, dynamic})}});
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

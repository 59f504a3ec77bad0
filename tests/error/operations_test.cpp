// Operations used wrongly: each line is an error of the same class, with the same place, eager and traced.
#include "tests/error/wrong.h"

using namespace weft;
using namespace weft::test;

namespace {

// clang-format off: one program, one line, whose number is recorded beside it.
const Wrong wrongs[] = {
    // dtypes
    {"IntegerAndFloat", a<DTypeError>, __LINE__, {"int32", "float32", "weft::cast(x, weft::float32)"}, [](Tensor x, Tensor n) { return x + n; }},
    {"FloatAndInteger", a<DTypeError>, __LINE__, {"int32", "float32", "weft::cast(x, weft::float32)"}, [](Tensor x, Tensor n) { return n * x; }},
    {"IntegerAndFloatCompared", a<DTypeError>, __LINE__, {"weft::cast"}, [](Tensor x, Tensor n) { return n < x; }},
    {"BoolAndInteger", a<DTypeError>, __LINE__, {"bool", "int32", "weft::cast"}, [](Tensor x, Tensor n) { return n + (x > 0); }},
    {"RealBesideInteger", a<DTypeError>, __LINE__, {"int32", "weft::cast"}, [](Tensor, Tensor n) { return n + 1.5; }},
    {"NumberThatDoesNotFit", a<DTypeError>, __LINE__, {"3000000000", "int32"}, [](Tensor, Tensor n) { return n + 3000000000; }},
    {"RealThatOverflows", a<DTypeError>, __LINE__, {"1e+300", "float32"}, [](Tensor x, Tensor) { return x * 1e300; }},
    {"BoolArithmetic", a<DTypeError>, __LINE__, {"bool", "weft::cast"}, [](Tensor x, Tensor) { return (x > 0) - (x > 1); }},
    {"StringDifference", a<DTypeError>, __LINE__, {"string", "number"}, [](Tensor, Tensor) { return Tensor("a") - Tensor("b"); }},
    {"StringAndNumber", a<DTypeError>, __LINE__, {"string", "int32"}, [](Tensor, Tensor n) { return Tensor("a") + n; }},
    {"StringsOrdered", a<DTypeError>, __LINE__, {"string"}, [](Tensor, Tensor) { return Tensor("a") < Tensor("b"); }},
    {"ExpOfInteger", a<DTypeError>, __LINE__, {"floating", "int32", "weft::cast(x, weft::float32)"}, [](Tensor, Tensor n) { return exp(n); }},
    {"BitsOfFloat", a<DTypeError>, __LINE__, {"integer", "float32"}, [](Tensor x, Tensor) { return x & x; }},
    {"ShiftOfFloat", a<DTypeError>, __LINE__, {"integer", "float32"}, [](Tensor x, Tensor) { return x << x; }},
    {"LogicOfInteger", a<DTypeError>, __LINE__, {"bool", "int32"}, [](Tensor, Tensor n) { return logical_and(n, n); }},
    {"WhereOfIntegers", a<DTypeError>, __LINE__, {"int32", "bool"}, [](Tensor x, Tensor n) { return where(n, x, x); }},
    {"WhereOfTwoDtypes", a<DTypeError>, __LINE__, {"float32", "int32"}, [](Tensor x, Tensor n) { return where(x > 0, x, n); }},
    {"AnyOfStrings", a<DTypeError>, __LINE__, {"bool", "string"}, [](Tensor, Tensor) { return any(Tensor{"a"}); }},
    {"BoolAndIntegerWithTheCastThatMendsIt", a<DTypeError>, __LINE__, {"weft::cast(x, weft::int32)"}, [](Tensor x, Tensor n) { return (x > 0) + n; }},
    {"IntegerBesideBool", a<DTypeError>, __LINE__, {"an int32 value beside a bool tensor"}, [](Tensor x, Tensor) { return (x > 0) + 1; }},
    {"ArangeOfAString", a<DTypeError>, __LINE__, {"arange", "string"}, [](Tensor, Tensor) { return arange("x"); }},
    {"NullText", a<DTypeError>, __LINE__, {"null"}, [](Tensor x, Tensor) { const char *none = nullptr; return x == Tensor(none); }},
    {"SumOfStrings", a<DTypeError>, __LINE__, {"string"}, [](Tensor, Tensor) { return sum(Tensor{"a", "b"}); }},
    {"CastOfString", a<DTypeError>, __LINE__, {"string", "int32"}, [](Tensor, Tensor) { return cast(Tensor("1"), int32); }},
    {"ConcatOfTwoDtypes", a<DTypeError>, __LINE__, {"float32", "int32"}, [](Tensor x, Tensor n) { return concat({x, broadcast_to(n, {1, 3})}); }},
    {"SetOfAnotherDtype", a<DTypeError>, __LINE__, {"int32"}, [](Tensor x, Tensor n) { return set(broadcast_to(n, {3}), x[0], slice(none)); }},
    {"OnesOfStrings", a<DTypeError>, __LINE__, {"string"}, [](Tensor, Tensor) { return ones({2}, string); }},

    // shapes
    {"ShapesThatDoNotBroadcast", a<ShapeError>, __LINE__, {"(2, 3)", "(4,)"}, [](Tensor x, Tensor) { return x + zeros({4}); }},
    {"ShapesOfComparison", a<ShapeError>, __LINE__, {"(2, 3)", "(3, 2)"}, [](Tensor x, Tensor) { return x == permute_dims(x, {1, 0}); }},
    {"ReshapeToAnotherSize", a<ShapeError>, __LINE__, {"(2, 3)", "(4, 2)"}, [](Tensor x, Tensor) { return reshape(x, {4, 2}); }},
    {"ReshapeWithTwoOpen", a<ShapeError>, __LINE__, {"-1"}, [](Tensor x, Tensor) { return reshape(x, {-1, -1}); }},
    {"ReshapeThatDoesNotDivide", a<ShapeError>, __LINE__, {"(4, -1)"}, [](Tensor x, Tensor) { return reshape(x, {4, -1}); }},
    {"ReshapeToNegative", a<ShapeError>, __LINE__, {"-3"}, [](Tensor x, Tensor) { return reshape(x, {-2, -3}); }},
    {"BroadcastToSmaller", a<ShapeError>, __LINE__, {"(2, 3)", "(3,)"}, [](Tensor x, Tensor) { return broadcast_to(x, {3}); }},
    {"BroadcastToAnother", a<ShapeError>, __LINE__, {"(2, 3)", "(4, 3)"}, [](Tensor x, Tensor) { return broadcast_to(x, {4, 3}); }},
    {"BroadcastToNegative", a<ShapeError>, __LINE__, {"(-1,)", "negative"}, [](Tensor, Tensor n) { return broadcast_to(n, {-1}); }},
    {"ReshapeAroundNothing", a<ShapeError>, __LINE__, {"(0, -1)"}, [](Tensor x, Tensor) { return reshape(x, {0, -1}); }},
    {"BroadcastToUnknown", a<ShapeError>, __LINE__, {"known"}, [](Tensor x, Tensor) { return broadcast_to(x, {dynamic, 3}); }},
    {"BroadcastToTooMany", a<ShapeError>, __LINE__, {"int64"}, [](Tensor, Tensor n) { return broadcast_to(n, {std::int64_t{1} << 40, std::int64_t{1} << 40}); }},
    {"ReshapeToTooMany", a<ShapeError>, __LINE__, {"int64"}, [](Tensor x, Tensor) { return reshape(x, {std::int64_t{1} << 62, 6}); }},
    {"ReshapeToTooManyAndTheRest", a<ShapeError>, __LINE__, {"(2, 3)"}, [](Tensor x, Tensor) { return reshape(x, {std::int64_t{1} << 62, 4, -1}); }},
    {"ReshapeOfNothingToTooMany", a<ShapeError>, __LINE__, {"int64"}, [](Tensor, Tensor) { return reshape(zeros({0}), {0, std::int64_t{1} << 62, 4}); }},
    {"ConcatOfTooMany", a<ShapeError>, __LINE__, {"int64"}, [](Tensor, Tensor) { Tensor y = broadcast_to(zeros({0, 1}), {0, std::int64_t{1} << 62}); return concat({y, y}, 1); }},
    {"SqueezeOfAnAxisBeyondInt", a<IndexError>, __LINE__, {"4294967296"}, [](Tensor, Tensor) { return squeeze(zeros({1, 3}), Axis(std::int64_t{1} << 32)); }},
    {"ConcatOfShapes", a<ShapeError>, __LINE__, {"(2, 3)", "(2, 2)"}, [](Tensor x, Tensor) { return concat({x, x(ellipsis, slice(2))}); }},
    {"StackOfShapes", a<ShapeError>, __LINE__, {"(2, 3)", "(3,)"}, [](Tensor x, Tensor) { return stack({x, x[0]}); }},
    {"SqueezeOfTwo", a<ShapeError>, __LINE__, {"(2, 3)"}, [](Tensor x, Tensor) { return squeeze(x, 0); }},
    {"MaxOfNothing", a<ShapeError>, __LINE__, {"(2, 0)"}, [](Tensor x, Tensor) { return max(x(ellipsis, slice(0)), 1); }},
    {"FullOfAVector", a<ShapeError>, __LINE__, {"broadcast_to"}, [](Tensor x, Tensor) { return full({2}, x); }},
    {"ZerosOfNegative", a<ShapeError>, __LINE__, {"-1"}, [](Tensor, Tensor) { return zeros({2, -1}); }},
    {"ConcatOfNothing", a<ShapeError>, __LINE__, {"nothing"}, [](Tensor, Tensor) { return concat({}); }},
    {"StackOfNothing", a<ShapeError>, __LINE__, {"nothing"}, [](Tensor, Tensor) { return stack({}); }},
    {"ExpandDimsPastEight", a<ShapeError>, __LINE__, {"8"}, [](Tensor x, Tensor) { return expand_dims(reshape(x, {1, 1, 1, 1, 1, 1, 2, 3}), 0); }},
    {"NewAxisPastEight", a<ShapeError>, __LINE__, {"8"}, [](Tensor x, Tensor) { return reshape(x, {1, 1, 1, 1, 1, 1, 2, 3})(newaxis, ellipsis); }},
    {"StackPastEight", a<ShapeError>, __LINE__, {"8"}, [](Tensor x, Tensor) { Tensor y = reshape(x, {1, 1, 1, 1, 1, 1, 2, 3}); return stack({y, y}); }},
    {"ReshapePastEight", a<ShapeError>, __LINE__, {"8"}, [](Tensor x, Tensor) { return reshape(x, {1, 1, 1, 1, 1, 1, 1, 2, 3}); }},
    {"ReshapeByAVectorPastEight", a<ShapeError>, __LINE__, {"8"}, [](Tensor x, Tensor) { return reshape(x, std::vector<int>(9, 1)); }},
    {"BracesPastEight", a<ShapeError>, __LINE__, {"8"}, [](Tensor x, Tensor) { return x + Tensor{{{{{{{{{1.0f}}}}}}}}}; }},
    {"AxesPastEight", a<ShapeError>, __LINE__, {"8"}, [](Tensor x, Tensor) { return sum(x, {0, 1, 2, 3, 4, 5, 6, 7, 8}); }},
    {"SetOfAnotherShape", a<ShapeError>, __LINE__, {"(5,)", "(3,)"}, [](Tensor x, Tensor) { return set(x, zeros({5}), 0); }},

    // axes and indices
    {"AxisOutOfRange", a<IndexError>, __LINE__, {"axis 2", "(2, 3)"}, [](Tensor x, Tensor) { return sum(x, 2); }},
    {"NegativeAxisOutOfRange", a<IndexError>, __LINE__, {"axis -3"}, [](Tensor x, Tensor) { return max(x, -3); }},
    {"AxisTwice", a<IndexError>, __LINE__, {"twice"}, [](Tensor x, Tensor) { return sum(x, {0, -2}); }},
    {"AxisOfConcat", a<IndexError>, __LINE__, {"axis 2"}, [](Tensor x, Tensor) { return concat({x, x}, 2); }},
    {"AxisOfExpandDims", a<IndexError>, __LINE__, {"axis 5"}, [](Tensor x, Tensor) { return expand_dims(x, 5); }},
    {"PermutationTwice", a<IndexError>, __LINE__, {"permutation", "(0, 0)"}, [](Tensor x, Tensor) { return permute_dims(x, {0, 0}); }},
    {"PermutationShort", a<IndexError>, __LINE__, {"permutation"}, [](Tensor x, Tensor) { return permute_dims(x, {0}); }},
    {"PermutationOutOfRange", a<IndexError>, __LINE__, {"permutation"}, [](Tensor x, Tensor) { return permute_dims(x, {0, 7}); }},
    {"IndexTooLarge", a<IndexError>, __LINE__, {"out of range", "size 2: 2"}, [](Tensor x, Tensor) { return x[2]; }},
    {"IndexTooSmall", a<IndexError>, __LINE__, {"out of range", "size 2: -3"}, [](Tensor x, Tensor) { return x[-3]; }},
    {"SecondIndexTooLarge", a<IndexError>, __LINE__, {"out of range", "dimension 1 of size 3: 3"}, [](Tensor x, Tensor) { return x(0, 3); }},
    {"TooManyIndices", a<IndexError>, __LINE__, {"3 indices", "(2, 3)"}, [](Tensor x, Tensor) { return x(0, 0, 0); }},
    {"TwoEllipses", a<IndexError>, __LINE__, {"ellipsis"}, [](Tensor x, Tensor) { return x(ellipsis, ellipsis); }},
    {"IndexOfFloat", a<IndexError>, __LINE__, {"float32", "int32"}, [](Tensor x, Tensor) { return x[x[0][0]]; }},
    {"IndexOfScalar", a<IndexError>, __LINE__, {"rank 0"}, [](Tensor, Tensor n) { return n[0]; }},
    {"StepOfZero", a<IndexError>, __LINE__, {"step", "zero"}, [](Tensor x, Tensor) { return x(slice(none, none, 0)); }},
    {"SetIndexTooLarge", a<IndexError>, __LINE__, {"out of range", "size 2: 9"}, [](Tensor x, Tensor) { return set(x, 1.0f, 9); }},

    // values
    {"UnsetTensor", a<TraceError>, __LINE__, {"empty Tensor", "assign"}, [](Tensor x, Tensor) { return x + Tensor(); }},
    {"UnsetLeft", a<TraceError>, __LINE__, {"empty Tensor"}, [](Tensor, Tensor) { return sum(Tensor()); }},
    {"MovedFrom", a<TraceError>, __LINE__ + 2, {"moved"}, [](Tensor x, Tensor) {
       Tensor taken = std::move(x);
       return x + 1.0f;
     }},
    {"RaggedBraces", a<ShapeError>, __LINE__, {"ragged"}, [](Tensor x, Tensor) { return x + Tensor({{1.0f, 2.0f}, {3.0f}}); }},
    {"RaggedDepth", a<ShapeError>, __LINE__, {"ragged"}, [](Tensor x, Tensor) { return x + Tensor({{1.0f, 2.0f}, 3.0f}); }},
    {"MixedBraces", a<DTypeError>, __LINE__, {"int32", "float32"}, [](Tensor x, Tensor) { return x + Tensor({1.0f, 2}); }},
    {"SpanOfAnotherSize", a<ShapeError>, __LINE__, {"(2, 2)"}, [](Tensor, Tensor) { return from_span(std::vector{1.0f, 2.0f}, {2, 2}); }},
    {"RangeOfFloat", a<DTypeError>, __LINE__, {"float32"}, [](Tensor x, Tensor n) { for (Tensor i : range(sum(x))) n += i; return n; }},
    {"RangeOfVector", a<ShapeError>, __LINE__, {"(2,)"}, [](Tensor, Tensor n) { for (Tensor i : range(broadcast_to(n, {2}))) n += i; return n; }},
    {"RowsOfScalar", a<ShapeError>, __LINE__, {"rank 0"}, [](Tensor, Tensor n) { for (Tensor i : n) n += i; return n; }},
    {"RangeStepOfZero", a<CheckError>, __LINE__, {"the step of a range cannot be zero"}, [](Tensor, Tensor n) { for (Tensor i : range(0, n, 0)) n += i; return n; }},
    {"ArangeStepOfZero", a<ShapeError>, __LINE__, {"step", "zero"}, [](Tensor, Tensor) { return arange(0, 5, 0); }},

    // conditions
    {"IfOfInteger", a<DTypeError>, __LINE__, {"int32", "bool", "!= 0"}, [](Tensor x, Tensor n) { if (n) x = x + 1; return x; }},
    {"IfOfSeveral", a<ShapeError>, __LINE__, {"(2, 3)", "any", "all"}, [](Tensor x, Tensor) { if (x > 0) x = x + 1; return x; }},
    {"WhileOfInteger", a<DTypeError>, __LINE__, {"this while", "int32", "bool"}, [](Tensor, Tensor n) { while (n) n -= 1; return n; }},
    {"WhileOfSeveral", a<ShapeError>, __LINE__, {"(2, 3)", "any", "all"}, [](Tensor x, Tensor) { while (x > 9) x = x + 1; return x; }},
    {"WhileLoopOfInteger", a<DTypeError>, __LINE__, {"int32", "bool"}, [](Tensor, Tensor n) { return while_loop([](Tensor v) { return v; }, [](Tensor v) { return v - 1; }, n); }},
    {"CheckOfInteger", a<DTypeError>, __LINE__, {"int32", "bool"}, [](Tensor, Tensor n) { check(n, "n"); return n; }},
    {"CheckOfSeveral", a<ShapeError>, __LINE__, {"(2, 3)", "all"}, [](Tensor x, Tensor) { check(x > 0, "x"); return x; }},
    {"CondOfString", a<DTypeError>, __LINE__, {"string", "bool"}, [](Tensor x, Tensor) { return cond(Tensor("yes"), [&] { return x; }, [&] { return x; }); }},
};

// Values that are only there when the program runs eagerly.
const Wrong eager_wrongs[] = {
    {"ItemOfAnotherType", a<DTypeError>, __LINE__, {"float32", "int32"}, [](Tensor, Tensor n) { return Tensor(n.item<float>()); }},
    {"ItemOfABool", a<DTypeError>, __LINE__, {"astype(weft::boolean)"}, [](Tensor, Tensor n) { return Tensor(n.item<bool>()); }},
    {"ItemOfSeveral", a<ShapeError>, __LINE__, {"(2, 3)"}, [](Tensor x, Tensor) { return Tensor(x.item<float>()); }},
    {"VectorOfAnotherType", a<DTypeError>, __LINE__, {"float32", "float64"}, [](Tensor x, Tensor) { return Tensor(x.to_vector<double>()[0]); }},
    {"BoundedWhileLoopOfInteger", a<DTypeError>, __LINE__, {"int32", "bool"}, [](Tensor, Tensor n) { return while_loop(LoopOptions{.maximum_iterations = 3}, [](Tensor v) { return v; }, [](Tensor v) { return v - 1; }, n); }},
    {"SpanOfAnotherType", a<DTypeError>, __LINE__, {"float32", "int64"}, [](Tensor x, Tensor) { return Tensor(x.span<std::int64_t>()[0]); }},
};
// clang-format on

class Operations : public testing::TestWithParam<Wrong> {};
TEST_P(Operations, Eager) { expect_wrong_when_eager(GetParam(), __FILE__); }
TEST_P(Operations, Traced) { expect_wrong_when_traced(GetParam(), __FILE__); }
INSTANTIATE_TEST_SUITE_P(Errors, Operations, testing::ValuesIn(wrongs),
                         [](const auto &info) { return std::string(info.param.name); });

class EagerValues : public testing::TestWithParam<Wrong> {};
TEST_P(EagerValues, Eager) { expect_wrong_when_eager(GetParam(), __FILE__); }
INSTANTIATE_TEST_SUITE_P(Errors, EagerValues, testing::ValuesIn(eager_wrongs),
                         [](const auto &info) { return std::string(info.param.name); });

// What no cast leads to is not suggested.
TEST(EagerValues, NoCastIsSuggestedBetweenStringsAndNumbers) {
  auto message = [](auto program) {
    try {
      program();
    } catch (const Error &e) {
      return std::string(e.what());
    }
    return std::string("no error");
  };
  for (const std::string &m : {message([] { Tensor("a") + Tensor(1); }), message([] { Tensor(1) + Tensor("a"); }),
                               message([] { Tensor("a") + 1; }), message([] { Tensor("a").item<float>(); }),
                               message([] { Variable(1, "v").assign(Tensor("a")); })}) {
    EXPECT_NE(m.find("string"), std::string::npos) << m;
    EXPECT_EQ(m.find("cast"), std::string::npos) << m;
    EXPECT_EQ(m.find("convert"), std::string::npos) << m;
    EXPECT_EQ(m.find("astype"), std::string::npos) << m;
  }
}

} // namespace

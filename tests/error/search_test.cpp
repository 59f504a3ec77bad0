// Sorting, searching, sets and elements by index used wrongly, where dtypes and shapes say so; what only a run finds is in
// running_test.cpp.
#include "tests/error/wrong.h"

using namespace weft;
using namespace weft::test;

namespace {

// clang-format off: one program, one line, whose number is recorded beside it.
const Wrong wrongs[] = {
    {"SortAlongNoAxis", a<IndexError>, __LINE__, {"sort", "axis 2", "(2, 3)"}, [](Tensor x, Tensor) { return sort(x, 2); }},
    {"SortOfAScalar", a<IndexError>, __LINE__, {"axis -1"}, [](Tensor, Tensor n) { return sort(n); }},
    {"TopOfTooFew", a<ShapeError>, __LINE__, {"top_k", "no 4 elements", "3"}, [](Tensor x, Tensor) { return top_k(x, 4).values; }},
    {"TopOfNegative", a<ShapeError>, __LINE__, {"-1"}, [](Tensor x, Tensor) { return top_k(x, -1).indices; }},
    {"TopOfAScalar", a<ShapeError>, __LINE__, {"axis"}, [](Tensor, Tensor n) { return top_k(n, 1).values; }},
    {"ArgmaxOfNothing", a<ShapeError>, __LINE__, {"argmax", "no element along axis 1", "(2, 0)"}, [](Tensor x, Tensor) { return argmax(x(ellipsis, slice(0)), 1); }},
    {"ArgminOfNothingAtAll", a<ShapeError>, __LINE__, {"argmin", "no element"}, [](Tensor x, Tensor) { return argmin(x(ellipsis, slice(0))); }},
    {"ArgmaxAlongNoAxis", a<IndexError>, __LINE__, {"axis -3"}, [](Tensor x, Tensor) { return argmax(x, -3); }},
    {"ArgmaxAlongTwo", a<IndexError>, __LINE__, {"argmax", "one axis", "2"}, [](Tensor x, Tensor) { return argmax(x, {0, 1}); }},
    {"ArgmaxOfStrings", a<DTypeError>, __LINE__, {"number or bool", "string"}, [](Tensor, Tensor) { return argmax(Tensor{"a"}); }},
    {"SearchInAMatrix", a<ShapeError>, __LINE__, {"searchsorted", "vector"}, [](Tensor x, Tensor) { return searchsorted(x, x); }},
    {"SearchForAnotherDtype", a<DTypeError>, __LINE__, {"float32", "int32", "weft::cast"}, [](Tensor x, Tensor n) { return searchsorted(x[0], n); }},
    {"PositionsOfAScalar", a<ShapeError>, __LINE__, {"nonzero", "rank 0"}, [](Tensor, Tensor n) { return nonzero(n)[0]; }},
    {"PositionsOfStrings", a<DTypeError>, __LINE__, {"string"}, [](Tensor, Tensor) { return nonzero(Tensor{"a"})[0]; }},
    {"CumulativeAlongNoAxis", a<IndexError>, __LINE__, {"cumulative_sum", "axis 5"}, [](Tensor x, Tensor) { return cumulative_sum(x, 5); }},
    {"CumulativeOfStrings", a<DTypeError>, __LINE__, {"string"}, [](Tensor, Tensor) { return cumulative_prod(Tensor{"a"}); }},

    {"TakeAlongNoAxis", a<IndexError>, __LINE__, {"take", "axis 2"}, [](Tensor x, Tensor n) { return take(x, n, 2); }},
    {"GatherAlongNoAxis", a<IndexError>, __LINE__, {"gather", "axis 2"}, [](Tensor x, Tensor n) { return gather(x, n, 2); }},
    {"TakeByFloats", a<DTypeError>, __LINE__, {"int32 or int64", "float32"}, [](Tensor x, Tensor) { return take(x, x[0]); }},
    {"TakeByNarrowIntegers", a<DTypeError>, __LINE__, {"uint8", "weft::cast(x, weft::int64)"}, [](Tensor x, Tensor n) { return take(x, cast(n, uint8)); }},
    {"TakePastEight", a<ShapeError>, __LINE__, {"8 dimensions"}, [](Tensor x, Tensor n) { return take(x, reshape(n, {1, 1, 1, 1, 1, 1, 1, 1})); }},
    {"TakeAlongByAnotherRank", a<ShapeError>, __LINE__, {"take_along_axis", "weft::take"}, [](Tensor x, Tensor n) { return take_along_axis(x, n); }},
    {"TakeAlongByAnotherShape", a<ShapeError>, __LINE__, {"broadcast"}, [](Tensor x, Tensor) { return take_along_axis(x, zeros({3, 3}, int32)); }},
    {"ScatterOfAnotherShape", a<ShapeError>, __LINE__, {"scatter_update", "(4,)", "(3,)"}, [](Tensor x, Tensor n) { return scatter_update(x, n, zeros({4})); }},
    {"ScatterOfALargerShape", a<ShapeError>, __LINE__, {"(2, 3)", "(3,)"}, [](Tensor x, Tensor n) { return scatter_add(x, n, x); }},
    {"ScatterOfAnotherDtype", a<DTypeError>, __LINE__, {"float32", "int32"}, [](Tensor x, Tensor n) { return scatter_update(x, n, n); }},
    {"ScatterOfAWiderDtype", a<DTypeError>, __LINE__, {"float32 elements cannot hold float64"}, [](Tensor x, Tensor n) { return scatter_update(x, n, cast(x[0], float64)); }},
    {"ScatterIntoAScalar", a<ShapeError>, __LINE__, {"rank 0"}, [](Tensor, Tensor n) { return scatter_update(n, n, n); }},
    {"ScatterAddOfStrings", a<DTypeError>, __LINE__, {"string"}, [](Tensor, Tensor n) { return scatter_add(Tensor{"a"}, n, "b"); }},
    {"SegmentsOfNegativeCount", a<ShapeError>, __LINE__, {"segment_sum", "-1"}, [](Tensor x, Tensor n) { return segment_sum(x, n, -1); }},
    {"SegmentsOfTooManyIds", a<ShapeError>, __LINE__, {"segment_sum", "int32 (2, 1, 1)"}, [](Tensor x, Tensor) { return segment_sum(x, zeros({2, 1, 1}, int32), 2); }},

    {"MaskOfIntegers", a<DTypeError>, __LINE__, {"boolean_mask", "int32", "bool"}, [](Tensor x, Tensor n) { return boolean_mask(x, n); }},
    {"MaskOfAnotherShape", a<ShapeError>, __LINE__, {"(3,)", "(2, 3)"}, [](Tensor x, Tensor) { return x[x[0] > 0]; }},
    {"MaskOfAHigherRank", a<ShapeError>, __LINE__, {"(2, 3)", "(3,)"}, [](Tensor x, Tensor) { return boolean_mask(x[0], x > 0); }},
    {"MaskBesideAnIndex", a<IndexError>, __LINE__, {"mask", "only index"}, [](Tensor x, Tensor) { return x(x[0] > 0, 0); }},
    {"MaskBesideAnIndexThatIsSet", a<IndexError>, __LINE__, {"weft::where"}, [](Tensor x, Tensor) { return set(x, 0, x[0] > 0, 1); }},
    {"MaskOfAnotherShapeThatIsSet", a<ShapeError>, __LINE__, {"set", "(3,)", "(2, 3)"}, [](Tensor x, Tensor) { return set(x, 0, x[0] > 0); }},
    {"IndexByAVector", a<IndexError>, __LINE__, {"weft::take"}, [](Tensor x, Tensor) { return x[Tensor{0, 1}]; }},
    {"IndexByTrue", a<IndexError>, __LINE__, {"int32 or int64", "bool"}, [](Tensor x, Tensor) { return x[true]; }},

    {"UnstackAlongNoAxis", a<IndexError>, __LINE__, {"unstack", "axis 2"}, [](Tensor x, Tensor) { return unstack(x, 2)[0]; }},
    {"GridOfMatrices", a<ShapeError>, __LINE__, {"meshgrid", "vectors"}, [](Tensor x, Tensor) { return meshgrid({x, x})[0]; }},
    {"GridOfAnotherOrder", a<CheckError>, __LINE__, {"meshgrid", "\"yx\"", "\"ij\""}, [](Tensor x, Tensor) { return meshgrid({x[0], x[1]}, "yx")[0]; }},
    {"ArraysThatDoNotBroadcast", a<ShapeError>, __LINE__, {"broadcast_arrays", "(2, 3)", "(4,)"}, [](Tensor x, Tensor) { return broadcast_arrays({x, zeros({4})})[0]; }},
    {"ConcatOfNoTensors", a<ShapeError>, __LINE__, {"nothing"}, [](Tensor, Tensor) { return concat(std::vector<Tensor>()); }},
    {"StackOfNoTensors", a<ShapeError>, __LINE__, {"nothing"}, [](Tensor, Tensor) { return stack(std::vector<Tensor>()); }},
    {"NegativeDifference", a<ShapeError>, __LINE__, {"diff", "-1"}, [](Tensor x, Tensor) { return diff(x, 0, -1); }},
    {"CloseStrings", a<DTypeError>, __LINE__, {"string"}, [](Tensor, Tensor) { return isclose("a", "b"); }},
    {"CloseToAnotherDtype", a<DTypeError>, __LINE__, {"float32", "int32"}, [](Tensor x, Tensor n) { return isclose(x, n); }},

    {"TypeOfIntegersAndFloats", a<DTypeError>, __LINE__, {"result_type", "float32", "int32"}, [](Tensor x, Tensor n) { return zeros({1}, result_type(x, n)); }},
    {"KindThatIsNone", a<CheckError>, __LINE__, {"isdtype", "\"float\"", "\"real floating\""}, [](Tensor x, Tensor) { return Tensor(isdtype(x.dtype(), "float")); }},
    {"LimitsOfAnInteger", a<DTypeError>, __LINE__, {"finfo", "int32"}, [](Tensor, Tensor n) { return Tensor(finfo(n).max); }},
    {"LimitsOfAFloat", a<DTypeError>, __LINE__, {"iinfo", "float32"}, [](Tensor x, Tensor) { return Tensor(iinfo(x).min); }},
};
// clang-format on

class Search : public testing::TestWithParam<Wrong> {};
TEST_P(Search, Eager) { expect_wrong_when_eager(GetParam(), __FILE__); }
TEST_P(Search, Traced) { expect_wrong_when_traced(GetParam(), __FILE__); }
INSTANTIATE_TEST_SUITE_P(Errors, Search, testing::ValuesIn(wrongs),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace

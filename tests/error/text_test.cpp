// Operations on strings used wrongly, eager and traced.
#include "tests/error/wrong.h"

using namespace weft;
using namespace weft::test;

namespace {

// clang-format off: one program, one line, whose number is recorded beside it.
const Wrong wrongs[] = {
    {"LowerOfNumbers", a<DTypeError>, __LINE__, {"string_lower", "string", "float32"}, [](Tensor x, Tensor) { return strings::lower(x); }},
    {"UpperOfNumbers", a<DTypeError>, __LINE__, {"string_upper", "int32"}, [](Tensor, Tensor n) { return strings::upper(n); }},
    {"LengthOfNumbers", a<DTypeError>, __LINE__, {"string_length", "int32"}, [](Tensor, Tensor n) { return strings::length(n); }},
    {"LengthInWords", a<CheckError>, __LINE__, {"UTF8_CHAR", "WORD"}, [](Tensor, Tensor) { return strings::length("a", "WORD"); }},
    {"SubstrByReals", a<DTypeError>, __LINE__, {"position", "integer", "float32"}, [](Tensor x, Tensor) { return strings::substr("abc", x, 1); }},
    {"SubstrByARealNumber", a<DTypeError>, __LINE__, {"length", "float64"}, [](Tensor, Tensor) { return strings::substr("abc", 0, 1.5); }},
    {"SubstrOfShapes", a<ShapeError>, __LINE__, {"(2,)", "(3,)"}, [](Tensor, Tensor) { return strings::substr(Tensor{"a", "b"}, Tensor{0, 0, 0}, 1); }},
    {"SubstrOfNumbers", a<DTypeError>, __LINE__, {"string", "float32"}, [](Tensor x, Tensor) { return strings::substr(x, 0, 1); }},
    {"ReplaceOfNothing", a<CheckError>, __LINE__, {"string_replace", "empty"}, [](Tensor, Tensor) { return strings::replace("abc", "", "x"); }},
    {"ReplaceInNumbers", a<DTypeError>, __LINE__, {"string", "int32"}, [](Tensor, Tensor n) { return strings::replace(n, "1", "2"); }},
    {"NumberToBool", a<DTypeError>, __LINE__, {"bool"}, [](Tensor, Tensor) { return strings::to_number("1", boolean); }},
    {"NumberOfANumber", a<DTypeError>, __LINE__, {"string", "int32"}, [](Tensor, Tensor n) { return strings::to_number(n); }},
    {"AsStringOfStrings", a<DTypeError>, __LINE__, {"number or bool", "string"}, [](Tensor, Tensor) { return strings::as_string("a"); }},
    {"JoinOfNothing", a<ShapeError>, __LINE__, {"nothing"}, [](Tensor, Tensor) { return join({}); }},
    {"JoinOfNumbers", a<DTypeError>, __LINE__, {"strings::join", "int32", "as_string"}, [](Tensor, Tensor n) { return join({"a", n}); }},
    {"JoinOfShapes", a<ShapeError>, __LINE__, {"(2,)", "(3,)"}, [](Tensor, Tensor) { return join({Tensor{"a", "b"}, Tensor{"a", "b", "c"}}, "-"); }},
    {"ReduceJoinOfAnAxis", a<IndexError>, __LINE__, {"axis 1", "(2,)"}, [](Tensor, Tensor) { return strings::reduce_join(Tensor{"a", "b"}, 1); }},
    {"ReduceJoinOfNumbers", a<DTypeError>, __LINE__, {"string", "float32"}, [](Tensor x, Tensor) { return strings::reduce_join(x); }},
    {"SplitOfSeveral", a<ShapeError>, __LINE__, {"rank 0", "x[i]"}, [](Tensor, Tensor) { return strings::split(Tensor{"a b", "c"}); }},
    {"SplitOfNumbers", a<DTypeError>, __LINE__, {"string", "int32"}, [](Tensor, Tensor n) { return strings::split(n); }},
};

// What only a run can find.
const Wrong wrong_values[] = {
    {"SubstrBehindTheEnd", a<IndexError>, __LINE__, {"position 4", "\"abc\"", "3 bytes"}, [](Tensor, Tensor) { return strings::substr("abc", 4, 1); }},
    {"SubstrBeforeTheBeginning", a<IndexError>, __LINE__, {"position -4", "\"abc\""}, [](Tensor, Tensor n) { return strings::substr(Tensor{"abcd", "abc"}, -n, 1); }},
    {"NumberOfWords", a<CheckError>, __LINE__, {"\"twelve\"", "float32"}, [](Tensor, Tensor) { return strings::to_number(Tensor{"12", "twelve"}); }},
    {"NumberOfTwo", a<CheckError>, __LINE__, {"\"1 2\""}, [](Tensor, Tensor) { return strings::to_number("1 2"); }},
    {"NumberOfNothing", a<CheckError>, __LINE__, {"\" \""}, [](Tensor, Tensor) { return strings::to_number(" "); }},
    {"NumberWithPlus", a<CheckError>, __LINE__, {"\"+1\""}, [](Tensor, Tensor) { return strings::to_number("+1", int32); }},
    {"NumberWithFraction", a<CheckError>, __LINE__, {"\"1.5\"", "int64"}, [](Tensor, Tensor) { return strings::to_number("1.5", int64); }},
    {"NegativeOfUnsigned", a<CheckError>, __LINE__, {"\"-1\"", "uint8"}, [](Tensor, Tensor) { return strings::to_number("-1", uint8); }},
    {"NumberBeyondInt8", a<CheckError>, __LINE__, {"\"128\"", "beyond int8"}, [](Tensor, Tensor) { return strings::to_number("128", int8); }},
    {"NumberBeyondFloat32", a<CheckError>, __LINE__, {"1e39", "beyond float32"}, [](Tensor, Tensor) { return strings::to_number("1e39"); }},
    {"NumberBeyondFloat16", a<CheckError>, __LINE__, {"65520", "beyond float16"}, [](Tensor, Tensor) { return strings::to_number("65520", float16); }},
};
// clang-format on

class Text : public testing::TestWithParam<Wrong> {};
TEST_P(Text, Eager) { expect_wrong_when_eager(GetParam(), __FILE__); }
TEST_P(Text, Traced) { expect_wrong_when_traced(GetParam(), __FILE__); }
INSTANTIATE_TEST_SUITE_P(Errors, Text, testing::ValuesIn(wrongs), [](const auto &info) { return std::string(info.param.name); });

class TextValues : public testing::TestWithParam<Wrong> {};
TEST_P(TextValues, Eager) { expect_wrong_when_eager(GetParam(), __FILE__); }
TEST_P(TextValues, Traced) { expect_wrong_when_traced(GetParam(), __FILE__, 2); }
INSTANTIATE_TEST_SUITE_P(Errors, TextValues, testing::ValuesIn(wrong_values), [](const auto &info) { return std::string(info.param.name); });

// A very long text is not shown as a whole.
TEST(TextErrors, AreNotAsLongAsTheText) {
  try {
    (void)strings::to_number(std::string(100000, 'x'));
    ADD_FAILURE() << "no error";
  } catch (const CheckError &e) {
    EXPECT_LT(std::string(e.what()).size(), 300u);
  }
}

} // namespace

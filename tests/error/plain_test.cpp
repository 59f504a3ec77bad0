// Native control flow over tensors in a source that weft-autograph has not rewritten, as this one: eagerly it is the
// compiler's own, in a trace it is an error that says how to have it rewritten.
#include "tests/error/wrong.h"

using namespace weft;
using namespace weft::test;

namespace {

// clang-format off: one program, one line, whose number is recorded beside it.
const Wrong wrongs[] = {
    {"TensorAsCondition", a<TraceError>, __LINE__, {"condition", "weft-c++", "weft_autograph", "ag::if_stmt"}, [](Tensor x, Tensor n) { if (sum(x) > 0) return n; return x; }},
    {"TensorAsLoopCondition", a<TraceError>, __LINE__, {"condition", "weft-c++"}, [](Tensor, Tensor n) { while (n > 0) n -= 1; return n; }},
    {"TensorInConditional", a<TraceError>, __LINE__, {"condition"}, [](Tensor x, Tensor n) { return n > 0 ? x : x + 1; }},
    {"BreakOfANativeLoop", a<TraceError>, __LINE__, {"break", "weft-c++"}, [](Tensor x, Tensor n) { for (Tensor i : range(n)) { x = x + 1; break; } return x + 1; }},
};
// clang-format on

class Plain : public testing::TestWithParam<Wrong> {};
TEST_P(Plain, RunsEagerly) {
  EXPECT_TRUE(GetParam().program(Tensor{{1.0f, 2.0f, 3.0f}, {4.0f, 5.0f, 6.0f}}, 4).defined());
}
TEST_P(Plain, Traced) { expect_wrong_when_traced(GetParam(), __FILE__); }
INSTANTIATE_TEST_SUITE_P(Errors, Plain, testing::ValuesIn(wrongs),
                         [](const auto &info) { return std::string(info.param.name); });

// An operator! has no place for a default argument (and the conversion to bool competes), so it has only words.
TEST(Plain, NotOfAnotherTypeSaysWhatToDo) {
  try {
    !Tensor(3);
    ADD_FAILURE() << "no error";
  } catch (const DTypeError &e) {
    EXPECT_NE(std::string(e.what()).find("bool is needed, not int32"), std::string::npos) << e.what();
  }
  EXPECT_THROW(function([](Tensor x) { return !x; })(3), DTypeError);
  Variable flag(true, "flag");
  EXPECT_FALSE((!flag).item<bool>());
}

// A conversion to bool has no argument that could carry its place, so eagerly only the words can be asked for.
TEST(Plain, AConditionOfAnotherTypeSaysWhatToDo) {
  auto message = [](const Tensor &t) {
    try {
      return std::string(t ? "true" : "false");
    } catch (const Error &e) {
      return std::string(e.what());
    }
  };
  EXPECT_NE(message(3).find("compare it"), std::string::npos) << message(3);
  EXPECT_NE(message(Tensor{true, false}).find("weft::any"), std::string::npos) << message(Tensor{true, false});
  EXPECT_EQ(message(Tensor{{true}}), "true");
}

} // namespace

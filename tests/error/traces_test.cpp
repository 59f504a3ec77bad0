// Programs that run eagerly but cannot be traced: values that are not known yet, branches and loops that disagree,
// values that leave their region.
#include "tests/error/wrong.h"


using namespace weft;
using namespace weft::test;

namespace {

Tensor outer = 1.0f;

/// What a container is filled through: where weft-autograph sees how it grows in a branch or loop, that is the error.
using Keep = void (*)(std::vector<Tensor> &, Tensor);
void push(std::vector<Tensor> &v, Tensor t) { v.push_back(t); }

// clang-format off: one program, one line, whose number is recorded beside it.
const Wrong wrongs[] = {
    // values that are not known while tracing
    {"Item", a<TraceError>, __LINE__, {"trac"}, [](Tensor x, Tensor n) { return x * static_cast<float>(n.item<int>()); }},
    {"ToVector", a<TraceError>, __LINE__, {"trac"}, [](Tensor x, Tensor) { return Tensor(x.to_vector<float>()[0]); }},
    {"Span", a<TraceError>, __LINE__, {"trac"}, [](Tensor x, Tensor) { return Tensor(x.span<float>()[0]); }},
    {"ArrayEqual", a<TraceError>, __LINE__, {"array_equal()", "trac"}, [](Tensor x, Tensor n) { return array_equal(x, x) ? x : n; }},
    {"ArangeOfTraced", a<TraceError>, __LINE__, {"weft::range"}, [](Tensor, Tensor n) { return arange(n); }},

    // sizes that no tensor has: eagerly there is no memory for what comes before
    {"ConcatOfTooMany", a<ShapeError>, __LINE__, {"concat", "int64"}, [](Tensor x, Tensor) { Tensor y = broadcast_to(x[0][0], {1LL << 62}); return concat({y, y})(slice(2)); }},

    // branches
    {"BranchesOfTwoDtypes", a<TraceError>, __LINE__, {"'r'", "then branch", "else branch", "int32 ()", "float32 ()", "cast"}, [](Tensor, Tensor n) { Tensor r; if (n > 0) r = n; else r = 1.0f; return r; }},
    {"BranchesOfTwoRanks", a<TraceError>, __LINE__, {"'x'", "float32 (2, 3)", "float32 (3,)"}, [](Tensor x, Tensor n) { if (n > 0) x = x + 1; else x = x[0]; return x; }},
    {"BranchesDisagreeInSeveral", a<TraceError>, __LINE__ + 2, {"'p'", "'q'", "'r'", "float64 ()", "int32 (2,)", "string ()", "int64 ()"}, [](Tensor x, Tensor n) {
       Tensor p = 1, q = n, r = "text", good = 1;
       if (n > 0) { p = cast(n, float64); q = broadcast_to(n, {2}); good = 2; } else r = cast(n, int64);
       return x;
     }},
    {"SetInThenOnly", a<TraceError>, __LINE__, {"'r'", "then branch", "else branch"}, [](Tensor, Tensor n) { Tensor r; if (n > 0) r = n; return r + 1; }},
    {"SetInElseOnly", a<TraceError>, __LINE__, {"'r'", "else branch", "then branch"}, [](Tensor, Tensor n) { Tensor r; if (n > 0) {} else r = n; return r + 1; }},
    {"UnsetInABranch", a<TraceError>, __LINE__, {"'x'", "else branch"}, [](Tensor x, Tensor n) { if (n > 0) x = Tensor(); return x + 1; }},
    {"IfExpOfTwoDtypes", a<TraceError>, __LINE__, {"float32 (2, 3)", "int32 ()"}, [](Tensor x, Tensor n) { return n > 0 ? x : n; }},
    {"CondOfTwoShapes", a<TraceError>, __LINE__, {"(2, 3)", "(3,)"}, [](Tensor x, Tensor n) { return cond(n > 0, [&] { return x; }, [&] { return x[0]; }); }},

    // loops
    {"LoopChangesDtype", a<TraceError>, __LINE__, {"'s'", "int32 ()", "float32 ()", "cast"}, [](Tensor, Tensor n) { Tensor s = 0; for (Tensor i : range(n)) s = cast(i, float32); return s; }},
    {"LoopChangesShape", a<TraceError>, __LINE__, {"'x'", "(2, 3)", "(4, 3)", "shape_invariants"}, [](Tensor x, Tensor n) { while (n > 0) { x = concat({x, x}); n -= 1; } return x; }},
    {"ConditionChangesDtype", a<TraceError>, __LINE__, {"'n'", "condition", "int32 ()", "bool ()"}, [](Tensor, Tensor n) { while (n = n > 0, n) ; return n; }},
    {"LoopUnsets", a<TraceError>, __LINE__, {"'x'", "no value"}, [](Tensor x, Tensor n) { for (Tensor i : range(n)) x = Tensor(); return x; }},
    {"WhileLoopOfTwoDtypes", a<TraceError>, __LINE__, {"int32 ()", "float32 ()"}, [](Tensor, Tensor n) { return while_loop([](Tensor i) { return i > 0; }, [](Tensor i) { return cast(i, float32); }, n); }},
    {"ForiLoopOfTwoShapes", a<TraceError>, __LINE__, {"int32 ()", "int32 (2,)"}, [](Tensor, Tensor n) { return fori_loop(0, n, [](Tensor i, Tensor s) { return broadcast_to(s + i, {2}); }, 0); }},
    {"ForiLoopThatGrowsAVector", a<TraceError>, __LINE__, {"structure"}, [](Tensor, Tensor n) { return fori_loop(0, n, [](Tensor i, std::vector<Tensor> v) { v.push_back(i); return v; }, std::vector<Tensor>{n})[0]; }},
    {"ReadBeforeSetInALoop", a<TraceError>, __LINE__, {"empty Tensor"}, [](Tensor, Tensor n) { Tensor s; for (Tensor i : range(n)) s = s + i; return s; }},

    // values outside of their region, their trace, or its tensors
    {"EscapeFromABranch", a<TraceError>, __LINE__, {"then branch", "outside"}, [](Tensor x, Tensor n) { std::vector<Tensor> v; Keep keep = push; if (n > 0) keep(v, x + 1); return v.at(0) * 2; }},
    {"EscapeFromALoop", a<TraceError>, __LINE__, {"body of the loop", "outside"}, [](Tensor x, Tensor n) { std::vector<Tensor> v; Keep keep = push; for (Tensor i : range(n)) keep(v, i * 2); return x + cast(v.back(), float32); }},
    {"ContainerThatShrinksInABranch", a<TraceError>, __LINE__, {"'v'"}, [](Tensor x, Tensor n) { std::vector<Tensor> v(3, n); if (n > 2) v.clear(); return x; }},
    {"ContainerThatShrinksUnseen", a<TraceError>, __LINE__, {"destroyed in its then branch"}, [](Tensor x, Tensor n) { std::vector<Tensor> v(3, n); Keep change = [](std::vector<Tensor> &all, Tensor) { all.clear(); }; if (n > 2) change(v, x); return x; }},
    {"OuterTensorAssigned", a<TraceError>, __LINE__, {"Variable"}, [](Tensor x, Tensor) { outer = x + 1; return x; }},
    {"OuterTensorUpdated", a<TraceError>, __LINE__, {"Variable"}, [](Tensor x, Tensor) { outer += sum(x); return x; }},
    {"VariableMade", a<VariableError>, __LINE__, {"'w'", "outside"}, [](Tensor x, Tensor) { return x * Variable(x, "w"); }},
};
// clang-format on

class Traces : public testing::TestWithParam<Wrong> {};
TEST_P(Traces, Traced) { expect_wrong_when_traced(GetParam(), __FILE__); }
INSTANTIATE_TEST_SUITE_P(Errors, Traces, testing::ValuesIn(wrongs),
                         [](const auto &info) { return std::string(info.param.name); });

// As eagerly: the caller gets an empty Tensor, and using that is the error.
TEST(Traces, AnUnsetResultIsAnEmptyTensor) {
  auto f = function([](Tensor x) { return std::vector<Tensor>{x, Tensor()}; });
  std::vector<Tensor> r = f(1);
  EXPECT_TRUE(r[0].defined());
  EXPECT_FALSE(r[1].defined());
  expect_error([&] { r[1] + 1; }, a<TraceError>, __FILE__, __LINE__, {"empty Tensor"});
}

TEST(Traces, AResultSetInOneBranchOnlyIsAnError) {
  auto f = function([](Tensor x) {
    Tensor r;
    if (x > 0)
      r = x;
    return r;
  });
  expect_error([&] { f(1); }, a<TraceError>, __FILE__, __LINE__ - 6, {"'r'", "then branch"});
  EXPECT_EQ(f.trace_count(), 0u);
}

TEST(Traces, AnUnsetArgumentNamesTheCall) {
  auto f = function([](Tensor x) { return x; });
  expect_error([&] { f(Tensor()); }, a<TraceError>, __FILE__, __LINE__, {"empty Tensor", "0"});
  EXPECT_EQ(f(1).item<int>(), 1);
}

TEST(Traces, AValueOfAFinishedTrace) {
  std::vector<Tensor> leaked;
  auto f = function([&](Tensor x) {
    leaked.push_back(x * 2);
    return x;
  });
  f(1);
  expect_error([&] { leaked[0] + 1; }, a<TraceError>, __FILE__, __LINE__, {"trace"});
  auto g = function([&](Tensor x) { return x + leaked[0]; });
  expect_error([&] { g(1); }, a<TraceError>, __FILE__, __LINE__ - 1, {"trace"});
}

TEST(Traces, AnErrorInOneFunctionLeavesAnothersTraceAlone) {
  auto inner = function([](Tensor x) { return x + Tensor{1, 2} + Tensor{1, 2, 3}; });
  auto outer_function = function([&](Tensor x) {
    try {
      inner(x);
    } catch (const ShapeError &) {
    }
    return x * 2;
  });
  EXPECT_EQ(outer_function(4).item<int>(), 8);
  EXPECT_EQ(inner.trace_count(), 0u);
}

} // namespace

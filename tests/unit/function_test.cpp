// Functions without a compiler behind them: traces, effects, failures, nesting, open shapes, and binding. Their cache is in
// function_cache_test.cpp.
#include "tests/unit/fake_compiler.h"

#include <weft/weft.h>

#include <gtest/gtest.h>

namespace weft {
namespace {

using testing::FakeCompiler;
using testing::has;
using testing::message_of;

template <class T> T item(const Tensor &t) { return t.item<T>(); }
std::vector<float> floats(const Tensor &t) { return t.to_vector<float>(); }
class FunctionTest : public ::testing::Test {
protected:
  FakeCompiler compiler;
};

// --- traces

TEST_F(FunctionTest, WrappingDoesNothing) {
  int runs = 0;
  auto f = function([&](Tensor x) {
    ++runs;
    return x + 1;
  });
  EXPECT_EQ(runs, 0);
  EXPECT_EQ(compiler.traces, 0);
  EXPECT_EQ(f.trace_count(), 0u);
}

TEST_F(FunctionTest, OneTraceForEachSignature) {
  int runs = 0;
  auto f = function([&](Tensor a, Tensor b) {
    ++runs;
    return a + b;
  });
  EXPECT_EQ(item<std::string>(f("hello", "world")), "helloworld");
  EXPECT_EQ(item<std::string>(f("good", "morning")), "goodmorning");
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(item<std::int32_t>(f(1, 2)), 3);
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(floats(f(Tensor{1.f, 2.f}, Tensor{10.f, 20.f})), (std::vector<float>{11, 22}));
  EXPECT_EQ(item<std::int32_t>(f(5, 6)), 11);
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(compiler.compiles, 3);
  EXPECT_EQ(compiler.runs, 5);
}

TEST_F(FunctionTest, HostValuesAreConstants) {
  auto f = function([](Tensor x, int n) { return x * n; });
  EXPECT_EQ(item<std::int32_t>(f(5, 2)), 10);
  EXPECT_EQ(item<std::int32_t>(f(5, 3)), 15);
  EXPECT_EQ(item<std::int32_t>(f(6, 2)), 12);
  EXPECT_EQ(f.trace_count(), 2u);
}

TEST_F(FunctionTest, ArgumentsAndConstantsAsResultsRunNoCode) {
  Tensor constant = {1.f, 2.f};
  auto f = function([=](Tensor x) { return std::pair(x, constant); });
  Tensor x = {3.f};
  auto [same, two] = f(x);
  EXPECT_EQ(same.value(), x.value());
  EXPECT_EQ(floats(two), (std::vector<float>{1, 2}));
  EXPECT_EQ(compiler.compiles, 0);
  EXPECT_EQ(compiler.runs, 0);
}

TEST_F(FunctionTest, AnEmptyResultStaysEmpty) {
  auto f = function([](Tensor x) { return std::vector<Tensor>{x, Tensor(), x + 1}; });
  std::vector<Tensor> r = f(1);
  EXPECT_EQ(item<std::int32_t>(r[0]), 1);
  EXPECT_FALSE(r[1].defined());
  EXPECT_EQ(item<std::int32_t>(r[2]), 2);
  EXPECT_FALSE(function([](Tensor) { return Tensor(); })(1).defined());
}

struct Model {
  Tensor w;
  int steps = 0;
};

TEST_F(FunctionTest, ResultsKeepStructureAndHostParts) {
  auto f = function([](std::vector<Tensor> xs, std::string key) {
    std::map<std::string, std::vector<Tensor>> m;
    for (Tensor &x : xs)
      m[key].push_back(x * 2);
    return std::tuple(m, int(xs.size()), std::optional<Tensor>());
  });
  auto [m, n, none] = f({1, 2, 3}, "k");
  ASSERT_EQ(m.at("k").size(), 3u);
  EXPECT_EQ(item<std::int32_t>(m.at("k")[2]), 6);
  EXPECT_EQ(n, 3);
  EXPECT_FALSE(none);
  auto [again, n2, none2] = f({4, 5, 6}, "k");
  EXPECT_EQ(item<std::int32_t>(again.at("k")[0]), 8);
  EXPECT_EQ(item<std::int32_t>(m.at("k")[0]), 2) << "results of different calls are different objects";
  EXPECT_EQ(f.trace_count(), 1u);
}

TEST_F(FunctionTest, ReferencesAndConstMakeNoOtherType) {
  Function<Tensor(Tensor, int)> f = function([](const Tensor &x, const int &n) -> Tensor { return x * n; });
  EXPECT_EQ(item<std::int32_t>(f(2, 3)), 6);
  auto twice = function(f); // a Function is a callable like others
  EXPECT_EQ(item<std::int32_t>(twice(2, 4)), 8);
}

TEST_F(FunctionTest, OperandParametersKeepWeakness) {
  // Weak numbers are told apart from tensors, so that what the trace does with them can differ.
  std::vector<bool> weak;
  auto f = function([&](Operand x) {
    weak.push_back(x.weak());
    return Tensor(x.value());
  });
  EXPECT_EQ(item<std::int32_t>(f(1)), 1);
  EXPECT_EQ(item<std::int32_t>(f(2)), 2);
  EXPECT_EQ(item<std::int32_t>(f(Tensor(3))), 3);
  EXPECT_EQ(weak, (std::vector<bool>{true, false}));
  // As eagerly, a C++ number takes the dtype of what it meets; as an input of the trace it may change.
  Variable v(0.5f, "v");
  auto g = function([&](Tensor x, Operand n) {
    v.assign(n);
    return x * n;
  });
  EXPECT_EQ(item<float>(g(1.5f, 2)), 3);
  EXPECT_EQ(item<float>(g(1.5f, 4)), 6);
  EXPECT_EQ(v.item<float>(), 4);
  EXPECT_EQ(g.trace_count(), 1u);
  EXPECT_THROW(g(Tensor(1), 2.5), DTypeError);
  EXPECT_THROW(g(1.5f, Tensor(2)), VariableError);
}

struct Scale : Module {
  Variable w = variable("w", 2.0f);
  Tensor operator()(Tensor x) const { return x * w.value(); }
};

TEST_F(FunctionTest, ModulesByReference) {
  auto f = function([](const Scale &m, Tensor x) { return m(x); });
  Scale a, b;
  b.w.assign(10.0f);
  EXPECT_EQ(item<float>(f(a, 3.0f)), 6);
  EXPECT_EQ(item<float>(f(b, 3.0f)), 30);
  a.w.assign(5.0f);
  EXPECT_EQ(item<float>(f(a, 3.0f)), 15);
  EXPECT_EQ(f.trace_count(), 2u);
  EXPECT_EQ(f.traces()[1].reason, "argument 0: another module");
  auto g = function([](Scale &m, Tensor x) { m.w.assign(x); });
  g(a, 7.0f);
  EXPECT_EQ(a.w.item<float>(), 7);
}

TEST_F(FunctionTest, CapturesAreTheValuesAtTraceTime) {
  Tensor captured = {1.f, 2.f, 3.f, 4.f, 5.f};
  auto f = function([&](Tensor x) { return captured * x; });
  EXPECT_EQ(floats(f(2.f)), (std::vector<float>{2, 4, 6, 8, 10}));
  captured = Tensor{0.f, 0.f, 0.f, 0.f, 0.f};
  EXPECT_EQ(floats(f(3.f)), (std::vector<float>{3, 6, 9, 12, 15}));
}

// --- variables and effects

TEST_F(FunctionTest, VariablesAreReadAndWritten) {
  Variable v(Tensor{1.f, 2.f}, "v");
  auto f = function([&](Tensor x) {
    v.assign(v.value() + x);
    return v.value() * 10.f;
  });
  EXPECT_EQ(floats(f(Tensor{1.f, 1.f})), (std::vector<float>{20, 30}));
  EXPECT_EQ(floats(v.value()), (std::vector<float>{2, 3}));
  Tensor before = v.value();
  f(Tensor{1.f, 1.f});
  EXPECT_EQ(floats(before), (std::vector<float>{2, 3})) << "a value that was read does not change";
  EXPECT_EQ(floats(v.value()), (std::vector<float>{3, 4}));
  EXPECT_EQ(f.trace_count(), 1u);
}

TEST_F(FunctionTest, VariablesOfRankZeroAndStrings) {
  Variable count(0, "count"), text("a", "text");
  auto f = function([&](Tensor x) {
    count.assign_add(1);
    text.assign(text.value() + x);
    text.assign(text.value() + x);
  });
  f("b"), f("c");
  EXPECT_EQ(item<std::int32_t>(count.value()), 2);
  EXPECT_EQ(item<std::string>(text.value()), "abbcc");
}

TEST_F(FunctionTest, ViewsInVariablesAreCopiedForTheCode) {
  Tensor rows = {{1.f, 2.f}, {3.f, 4.f}, {5.f, 6.f}};
  Variable v(rows[1], "v");
  auto f = function([&](Tensor x) { v.assign_add(x); });
  f(Tensor{10.f, 20.f});
  EXPECT_EQ(floats(v.value()), (std::vector<float>{13, 24}));
  EXPECT_EQ(floats(rows[1]), (std::vector<float>{3, 4}));
  Variable names(Tensor{"x", "y", "z"}(slice(1, 3)), "names");
  auto g = function([&](Tensor s) { names.assign(names.value() + s); });
  g("!");
  EXPECT_EQ(names.value().to_vector<std::string>(), (std::vector<std::string>{"y!", "z!"}));
}

TEST_F(FunctionTest, AFailedCallLeavesWhatItsEffectsWrote) {
  Variable v(1, "v");
  auto f = function([&](Tensor x) {
    v.assign(x);
    check(x < 10, "too large:", x);
    v.assign(0);
    return x + 1;
  });
  EXPECT_EQ(item<std::int32_t>(f(5)), 6);
  EXPECT_EQ(v.item<std::int32_t>(), 0);
  try {
    f(50);
    FAIL();
  } catch (const CheckError &e) {
    EXPECT_STREQ(e.what(), "user.cpp:7:3: too large: 50");
    EXPECT_STREQ(e.where().file, "user.cpp");
    EXPECT_EQ(e.where().line, 7u);
  }
  EXPECT_EQ(v.item<std::int32_t>(), 50);
  EXPECT_EQ(item<std::int32_t>(f(5)), 6);
}

struct SinkError {
  int code;
};

TEST_F(FunctionTest, WhatASinkThrowsPassesThroughAndSeesAssignments) {
  Variable v(1, "v");
  auto f = function([&](Tensor x) {
    v.assign(x);
    print("now", x);
    return x + 1;
  });
  std::vector<int> seen;
  set_print_sink([&](std::string_view line) {
    seen.push_back(v.item<std::int32_t>());
    if (line == "now 7\n")
      throw SinkError{42};
  });
  EXPECT_EQ(item<std::int32_t>(f(3)), 4);
  try {
    f(7);
    ADD_FAILURE();
  } catch (const SinkError &e) {
    EXPECT_EQ(e.code, 42);
  }
  set_print_sink({});
  EXPECT_EQ(seen, (std::vector<int>{3, 7}));
  EXPECT_EQ(v.item<std::int32_t>(), 7);
}

TEST_F(FunctionTest, CodeErrorsWithoutAPlaceGetTheCalls) {
  auto f = function([](Tensor x, Tensor y) { return x / y; });
  unsigned line = __LINE__ + 1;
  std::string message = message_of<CheckError>([&] { f(1, 0); });
  EXPECT_TRUE(has(message, "function_test.cpp:" + std::to_string(line) + ":")) << message;
  EXPECT_TRUE(message.ends_with(": division by zero")) << message;
  EXPECT_EQ(item<std::int32_t>(f(6, 3)), 2);
}

// --- failures

TEST_F(FunctionTest, AFailedTraceLeavesNothing) {
  bool fail = true;
  auto f = function([&](Tensor x) -> Tensor {
    Tensor y = x + 1;
    if (fail)
      throw std::out_of_range("the user's own");
    return y;
  });
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(message_of<std::out_of_range>([&] { f(1); }), "the user's own");
  EXPECT_FALSE(tracing());
  EXPECT_EQ(f.trace_count(), 0u);
  EXPECT_EQ(f.cache_stats().entries, 0u);
  EXPECT_EQ(compiler.compiles, 0);
  fail = false;
  EXPECT_EQ(item<std::int32_t>(f(1)), 2);
}

TEST_F(FunctionTest, AFailedCompileLeavesNothing) {
  auto f = function([](Tensor x) { return x + 1; });
  compiler.fail_compiles = true;
  EXPECT_THROW(f(1), InternalError);
  EXPECT_EQ(f.trace_count(), 0u);
  EXPECT_EQ(f.cache_stats().entries, 0u);
  compiler.fail_compiles = false;
  EXPECT_EQ(item<std::int32_t>(f(1)), 2);
  EXPECT_EQ(compiler.live_code, 1);
}

TEST_F(FunctionTest, RecursionWithTheSameSignatureIsAnErrorWithItsChain) {
  Function<Tensor(Tensor)> f, g;
  f = function("f", [&](Tensor x) { return g(x); });
  g = function("g", [&](Tensor x) { return f(x) + 1; });
  std::string text = message_of<TraceError>([&] { f(1); });
  EXPECT_TRUE(has(text, "f -> g -> f")) << text;
  EXPECT_TRUE(has(text, "function_test.cpp:")) << text;
  EXPECT_EQ(f.cache_stats().entries + g.cache_stats().entries, 0u);
  g = function("g", [&](Tensor x) { return x * 2; });
  EXPECT_EQ(item<std::int32_t>(f(4)), 8);
}

TEST_F(FunctionTest, RecursionOverHostArgumentsInlines) {
  Function<Tensor(Tensor, int)> power;
  power = function("power", [&](Tensor x, int n) { return n == 0 ? x * 0 + 1 : x * power(x, n - 1); });
  EXPECT_EQ(item<std::int32_t>(power(3, 4)), 81);
  EXPECT_EQ(power.trace_count(), 5u);
  EXPECT_EQ(item<std::int32_t>(power(3, 2)), 9);
  EXPECT_EQ(power.trace_count(), 5u) << "the inner traces are shared with later calls";
}

TEST_F(FunctionTest, EmptyArgumentsAreErrors) {
  auto f = function([](Tensor x) { return x; });
  EXPECT_TRUE(has(message_of<TraceError>([&] { f(Tensor()); }), "empty Tensor"));
  Function<Tensor(Tensor)> none;
  EXPECT_TRUE(has(message_of<TraceError>([&] { none(1); }), "empty weft::Function"));
}

// --- nested functions

TEST_F(FunctionTest, AnInnerFunctionIsTracedOnceForAllCallers) {
  int runs = 0;
  auto inner = function("inner", [&](Tensor x) {
    ++runs;
    return x * x;
  });
  auto outer = function([&](Tensor x) { return inner(x) + inner(x + 1); });
  auto other = function([&](Tensor x) { return inner(x) - 1; });
  EXPECT_EQ(item<std::int32_t>(outer(2)), 13);
  EXPECT_EQ(item<std::int32_t>(other(2)), 3);
  EXPECT_EQ(compiler.compiles, 2) << "an inner function is compiled when it is called by itself";
  EXPECT_EQ(item<std::int32_t>(inner(5)), 25);
  EXPECT_EQ(item<std::int32_t>(inner(6)), 36);
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(inner.trace_count(), 1u);
  EXPECT_EQ(compiler.compiles, 3);
  EXPECT_GT(inner.traces()[0].code_bytes, 0u);
}

TEST_F(FunctionTest, InnerEffectsAndCapturesComeAlong) {
  Variable v(0, "v");
  Tensor table = {1, 2, 3, 4, 5, 6};
  auto inner = function([&](Tensor x) {
    v.assign_add(1);
    return std::pair(table * x, x);
  });
  auto outer = function([&](Tensor x) {
    auto [a, same] = inner(x);
    return a + same;
  });
  EXPECT_EQ(outer(2).to_vector<std::int32_t>(), (std::vector<std::int32_t>{4, 6, 8, 10, 12, 14}));
  EXPECT_EQ(v.item<std::int32_t>(), 1);
}

TEST_F(FunctionTest, RunEagerlyCallsTheCallable) {
  int runs = 0;
  auto f = function([&](Tensor x) {
    ++runs;
    EXPECT_FALSE(tracing());
    return std::pair(x, runs);
  });
  run_functions_eagerly(true);
  EXPECT_EQ(f(1).second, 1);
  EXPECT_EQ(f(1).second, 2);
  run_functions_eagerly(false);
  EXPECT_EQ(f.trace_count(), 0u);
}

TEST_F(FunctionTest, WithoutCompilingItIsTracedAndRunOpByOp) {
  std::vector<bool> traced;
  auto f = function(
      [&](Tensor x) {
        traced.push_back(tracing());
        return x + x;
      },
      {.compile = false});
  EXPECT_EQ(item<std::int32_t>(f(2)), 4);
  EXPECT_EQ(item<std::int32_t>(f(3)), 6);
  EXPECT_EQ(traced, (std::vector<bool>{true, false, false}));
  EXPECT_EQ(f.trace_count(), 1u);
  EXPECT_EQ(f.traces()[0].code_bytes, 0u);
}

TEST_F(FunctionTest, VerifyComparesTheFirstRun) {
  int host = 0;
  Variable v(1, "v");
  std::string printed;
  set_print_sink([&](std::string_view line) { printed += line; });
  auto good = function(
      [&](Tensor x) {
        print("once");
        v.assign_add(1);
        return v.value() + x;
      },
      {.verify = true});
  EXPECT_EQ(item<std::int32_t>(good(1)), 3);
  EXPECT_EQ(item<std::int32_t>(good(1)), 4);
  EXPECT_EQ(printed, "once\nonce\n");
  set_print_sink({});
  auto bad = function("bad", [&](Tensor x) { return x + host++; }, {.verify = true});
  EXPECT_TRUE(has(message_of<TraceError>([&] { bad(1); }), "result 0 of bad differs"));
}

// --- shapes left open

TEST_F(FunctionTest, AnInputSignatureIsCheckedAndOpen) {
  auto f = function("f", [](Tensor x) { return x + x; }, {.input_signature = {spec(float32, {dynamic, 2})}});
  auto rows = [](int n) { return Tensor(zeros({n, 2})); };
  EXPECT_EQ(f(rows(3)).shape(), (Shape{3, 2}));
  EXPECT_EQ(f(rows(5)).shape(), (Shape{5, 2}));
  EXPECT_EQ(f(rows(0)).shape(), (Shape{0, 2}));
  EXPECT_EQ(f.trace_count(), 1u);
  EXPECT_EQ(f(rows(1)).shape(), (Shape{1, 2}));
  EXPECT_EQ(f.trace_count(), 2u) << "a size of 1 is another signature";
  EXPECT_EQ(f.traces()[0].signature, "(float32 (?, 2))");
  std::string shape = message_of<ShapeError>([&] { f(zeros({3, 4})); });
  EXPECT_TRUE(has(shape, "argument 0 of f: expected float32 (?, 2), got float32 (3, 4)")) << shape;
  EXPECT_TRUE(has(shape, "function_test.cpp:")) << shape;
  EXPECT_THROW(f(zeros({3, 2}, int32)), DTypeError);
  EXPECT_THROW(f(zeros({3})), ShapeError);
  EXPECT_EQ(f.trace_count(), 2u);
}

TEST_F(FunctionTest, ReduceRetracingOpensWhatDiffers) {
  auto f = function([](Tensor x) { return x + x; }, {.reduce_retracing = true});
  for (int n : {3, 4, 5, 6, 7})
    EXPECT_EQ(f(zeros({n, 2})).shape(), (Shape{n, 2}));
  EXPECT_EQ(f.trace_count(), 2u);
  EXPECT_EQ(f.traces()[1].signature, "(float32 (?, 2))");
  EXPECT_EQ(f.traces()[1].reason, "argument 0: dimension 0: 3 -> ?");
  f(zeros({1, 2}));
  EXPECT_EQ(f.trace_count(), 3u);
  f(zeros({8, 2}, int32)); // the same openings hold for another dtype
  f(zeros({9, 2}, int32));
  EXPECT_EQ(f.trace_count(), 4u);
  f(zeros({3, 5}));
  f(zeros({4, 6}));
  EXPECT_EQ(f.trace_count(), 5u);
}

TEST_F(FunctionTest, SizesThatATraceTookToBeEqualAreChecked) {
  using Step = detail::ShapeStep;
  Step x{Step::Kind::Argument, {dynamic}, 0}, y{Step::Kind::Argument, {dynamic}, 1}, same{Step::Kind::Same};
  same.operands = {{0}, {1}};
  compiler.shapes = {x, y, same};
  auto f = function([](Tensor x, Tensor y) { return std::pair(x + x, y + y); },
                    {.input_signature = {spec(float32, {dynamic}), spec(float32, {dynamic})}});
  EXPECT_EQ(f(zeros({3}), zeros({3})).first.shape(), Shape{3});
  EXPECT_EQ(f(zeros({4}), zeros({4})).first.shape(), Shape{4});
  EXPECT_EQ(f.trace_count(), 1u);
  EXPECT_EQ(f(zeros({4}), zeros({5})).second.shape(), Shape{5});
  EXPECT_EQ(f(zeros({4}), zeros({5})).second.shape(), Shape{5});
  EXPECT_EQ(f.trace_count(), 2u);
  EXPECT_EQ(f.traces()[1].signature, "(float32 (4,), float32 (5,))");
}

// --- concrete functions

TEST_F(FunctionTest, ConcreteFunctionsAreBound) {
  int runs = 0;
  auto f = function("f", [&](Tensor x, int n, std::string) {
    ++runs;
    return x * n;
  });
  auto c = f.concrete(spec(int32, {dynamic}), 3, "a");
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(compiler.compiles, 1);
  EXPECT_EQ(compiler.runs, 0);
  EXPECT_EQ(c(Tensor{1, 2}, 3, "a").to_vector<std::int32_t>(), (std::vector<std::int32_t>{3, 6}));
  EXPECT_EQ(c(Tensor{1, 2, 3}, 3, "a").size(), 3);
  EXPECT_EQ(runs, 1);
  std::string text = message_of<TraceError>([&] { c(Tensor{1, 2}, 4, "a"); });
  EXPECT_TRUE(has(text, "argument 1 of f: this concrete function is bound to 3, and was called with 4")) << text;
  EXPECT_TRUE(has(message_of<TraceError>([&] { c(Tensor{1, 2}, 3, "b"); }), "bound to \"a\", and was called with \"b\""));
  EXPECT_THROW(c(Tensor{1.f}, 3, "a"), DTypeError);
  EXPECT_THROW(c(Tensor{{1, 2}}, 3, "a"), ShapeError);
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(c(Tensor{7}, 3, "a").to_vector<std::int32_t>(), (std::vector<std::int32_t>{21}));
  EXPECT_EQ(runs, 2) << "a size of 1 is another specialisation, not an error";
  EXPECT_EQ(c.ir(Stage::Traced), "stage 0 of 3 nodes");
}

TEST_F(FunctionTest, AConcreteFunctionOutlivesCacheAndHandle) {
  auto make = [] {
    auto f = function([](Tensor x) { return x + 1; });
    auto c = f.concrete(spec(int32));
    f.clear_cache();
    return c;
  };
  auto c = make();
  EXPECT_EQ(compiler.live_code, 1);
  EXPECT_EQ(item<std::int32_t>(c(1)), 2);
}

TEST_F(FunctionTest, SpecsAreNoTensors) {
  auto f = function([](Tensor x) { return x + 1; });
  EXPECT_TRUE(has(message_of<TraceError>([&] { f(detail::placeholder(spec(int32))); }), "spec"));
  EXPECT_EQ(f.ir(Stage::Loops, spec(int32, {2})), "stage 2 of 3 nodes");
  EXPECT_EQ(f.trace_count(), 1u);
  EXPECT_EQ(compiler.compiles, 0);
  f(Tensor{1, 2});
  EXPECT_EQ(f.trace_count(), 1u);
}

} // namespace
} // namespace weft

// Calls with wrong arguments: against an input signature, a ConcreteFunction, a Graph.
#include "tests/error/wrong.h"

using namespace weft;
using namespace weft::test;

namespace {

TEST(InputSignature, OtherArgumentsAreErrors) {
  auto f = function([](Tensor x, Tensor y) { return x + sum(y); },
                    {.name = "f", .input_signature = {spec(float32), spec(float32, {2, 3})}});
  Tensor y = ones({2, 3});
  EXPECT_EQ(f(1.0f, y).item<float>(), 7);
  expect_error([&] { f(1, y); }, a<DTypeError>, __FILE__, __LINE__, {"int32", "float32"});
  expect_error([&] { f(1.0f, ones({2, 3}, float64)); }, a<DTypeError>, __FILE__, __LINE__, {"float64", "float32"});
  expect_error([&] { f(1.0f, ones({3, 2})); }, a<ShapeError>, __FILE__, __LINE__, {"(3, 2)", "(2, 3)"});
  expect_error([&] { f(ones({1}), y); }, a<ShapeError>, __FILE__, __LINE__, {"(1,)", "()"});
  EXPECT_EQ(f.trace_count(), 1u);
  EXPECT_EQ(f(2.0f, y).item<float>(), 8);
}

TEST(InputSignature, AnotherNumberOfTensorsIsAnError) {
  auto f = function([](std::vector<Tensor> v) { return v.at(0); }, {.input_signature = {spec(float32), spec(float32)}});
  EXPECT_EQ(f({1.0f, 2.0f}).item<float>(), 1);
  expect_error([&] { f({1.0f}); }, a<ShapeError>, __FILE__, __LINE__, {"2 tensors", "not 1"});
  expect_error([&] { f({1.0f, 2.0f, 3.0f}); }, a<ShapeError>, __FILE__, __LINE__, {"2 tensors", "not 3"});
  EXPECT_EQ(f.trace_count(), 1u);
}

TEST(ConcreteFunctions, OtherArgumentsAreErrors) {
  auto f = function([](Tensor x, int n) { return x * n; });
  auto c = f.concrete(spec(int32, {2}), 3);
  expect_error([&] { c({1, 2}, 4); }, a<TraceError>, __FILE__, __LINE__, {"3", "4"});
  expect_error([&] { c({1.0f, 2.0f}, 3); }, a<DTypeError>, __FILE__, __LINE__, {"float32", "int32"});
  expect_error([&] { c({1, 2, 3}, 3); }, a<ShapeError>, __FILE__, __LINE__, {"(3,)", "(2,)"});
  expect_error([&] { c(Tensor(), 3); }, a<TraceError>, __FILE__, __LINE__, {"empty Tensor"});
  EXPECT_EQ(c({1, 2}, 3).to_vector<int>(), (std::vector<int>{3, 6}));
  EXPECT_EQ(f.trace_count(), 1u);
}

TEST(ConcreteFunctions, ANegativeSizeIsNoSpec) {
  expect_error([] { (void)spec(int32, {2, -5}); }, a<ShapeError>, __FILE__, __LINE__, {"(2, -5)", "weft::dynamic"});
  EXPECT_EQ(spec(int32, {2, dynamic}).shape, (Shape{2, dynamic}));
}

TEST(ConcreteFunctions, AStageThatDoesNotExistIsAnError) {
  auto f = function([](Tensor x) { return x + x; });
  EXPECT_THROW(f.ir(static_cast<Stage>(99), 1), Error);
  EXPECT_EQ(f.trace_count(), 0u);
  EXPECT_THROW(f.concrete(spec(int32)).ir(static_cast<Stage>(-1)), Error);
}

TEST(ConcreteFunctions, APlaceholderHasNoValue) {
  auto f = function([](Tensor x, float scale) { return x * scale; });
  bool read = true;
  auto g = function([&](Tensor x) { return read ? x * static_cast<float>(x.item<float>()) : x; });
  expect_error([&] { g.concrete(spec(float32)); }, a<TraceError>, __FILE__, __LINE__ - 1, {"trac"});
  read = false;
  EXPECT_EQ(g.concrete(spec(float32))(2.0f).item<float>(), 2);
}

TEST(Options, FastMathCannotBeVerified) {
  auto f = [](Tensor x) { return x * x; };
  expect_error([&] { function("squared", f, {.fast_math = true, .verify = true}); }, a<TraceError>, __FILE__, __LINE__,
               {"squared", "fast_math", "verify"});
  EXPECT_EQ(function("squared", f, {.fast_math = true})(3).item<int>(), 9);
}

TEST(EmptyFunctions, EveryUseIsAnError) {
  Function<Tensor(Tensor)> f;
  expect_error([&] { f(1); }, a<TraceError>, __FILE__, __LINE__, {"empty", "weft::function"});
  EXPECT_THROW(f.traces(), TraceError);
  EXPECT_THROW(f.ir(Stage::Traced, 1), TraceError);
  EXPECT_THROW(f.concrete(spec(int32)), TraceError);
}

// --- graphs

Graph doubled() {
  Graph g;
  Tensor x = g.input("x", spec(float32, {2}));
  g.output("y", x * 2.0f);
  return g;
}

TEST(Graphs, WrongFeeds) {
  Executable run = doubled().compile();
  Tensor x = {1.0f, 2.0f};
  expect_error([&] { run({}); }, a<TraceError>, __FILE__, __LINE__, {"'x'", "float32 (2,)", "not fed"});
  expect_error([&] { run({{"x", x}, {"z", x}}); }, a<TraceError>, __FILE__, __LINE__, {"'z'"});
  expect_error([&] { run({{"x", Tensor{1, 2}}}); }, a<DTypeError>, __FILE__, __LINE__, {"float32", "int32"});
  expect_error([&] { run({{"x", ones({3})}}); }, a<ShapeError>, __FILE__, __LINE__, {"(2,)", "(3,)"});
  expect_error([&] { run({{"x", Tensor()}}); }, a<TraceError>, __FILE__, __LINE__, {"empty Tensor"});
  EXPECT_EQ(run({{"x", x}}).at("y").to_vector<float>(), (std::vector<float>{2, 4}));
}

TEST(Graphs, TwoGraphsDoNotMix) {
  Graph g, h;
  Tensor x = g.input("x", spec(float32)), y = h.input("y", spec(float32));
  expect_error([&] { x + y; }, a<TraceError>, __FILE__, __LINE__, {"graph"});
  g.output("sum", x + 1.0f);
  EXPECT_EQ(g.compile()({{"x", Tensor(2.0f)}}).at("sum").item<float>(), 3);
}

TEST(Graphs, AGraphInsideATraceDoesNotMix) {
  Graph g;
  Tensor x = g.input("x", spec(float32));
  auto f = function([&](Tensor t) { return t + x; });
  expect_error([&] { f(1.0f); }, a<TraceError>, __FILE__, __LINE__ - 1, {"graph"});
  EXPECT_EQ(f.trace_count(), 0u);
}

TEST(Graphs, ControlFlowAndEffectsNeedAnExtent) {
  Graph g;
  Tensor x = g.input("x", spec(float32));
  expect_error([&] { print(x); }, a<TraceError>, __FILE__, __LINE__, {"build"});
  expect_error([&] { check(x > 0, "x"); }, a<TraceError>, __FILE__, __LINE__, {"build"});
  auto branch = [&] {
    Tensor y;
    if (x > 0)
      y = x;
  };
  expect_error(branch, a<TraceError>, __FILE__, __LINE__ - 3, {"build"});
  expect_error([&] { x.item<float>(); }, a<TraceError>, __FILE__, __LINE__, {});
  g.output("x", x);
  EXPECT_EQ(g.compile()({{"x", Tensor(2.0f)}}).at("x").item<float>(), 2);
}

TEST(Graphs, NamesAreGivenOnce) {
  Graph g;
  Tensor x = g.input("x", spec(float32));
  expect_error([&] { g.input("x", spec(float32)); }, a<TraceError>, __FILE__, __LINE__, {"'x'"});
  g.output("y", x);
  expect_error([&] { g.output("y", x); }, a<TraceError>, __FILE__, __LINE__, {"'y'"});
}

TEST(Graphs, NothingIsAddedToACompiledGraph) {
  Graph g;
  Tensor x = g.input("x", spec(float32));
  g.output("y", x);
  Executable run = g.compile();
  expect_error([&] { g.input("z", spec(float32)); }, a<TraceError>, __FILE__, __LINE__, {"compiled"});
  expect_error([&] { g.output("z", x); }, a<TraceError>, __FILE__, __LINE__, {});
  expect_error([&] { x + 1.0f; }, a<TraceError>, __FILE__, __LINE__, {});
  Graph moved = std::move(g);
  expect_error([&] { g.input("z", spec(float32)); }, a<TraceError>, __FILE__, __LINE__, {"moved"});
  EXPECT_EQ(run({{"x", Tensor(2.0f)}}).at("y").item<float>(), 2);
}

TEST(Graphs, AFailedBuildLeavesTheGraphUsable) {
  Graph g;
  Tensor x = g.input("x", spec(float32, {2}));
  expect_error([&] { g.build([&] { x + Tensor{1.0f, 2.0f, 3.0f}; }); }, a<ShapeError>, __FILE__, __LINE__,
               {"(2,)", "(3,)"});
  EXPECT_FALSE(tracing());
  g.build([&] { g.output("y", x + 1.0f); });
  EXPECT_EQ(g.compile()({{"x", Tensor{1.0f, 2.0f}}}).at("y").to_vector<float>(), (std::vector<float>{2, 3}));
}

} // namespace

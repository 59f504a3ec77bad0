// Static graphs: building inside and outside of build(), feeding by name, and what must not be mixed.
#include "tests/unit/fake_compiler.h"

#include <weft/weft.h>

#include <gtest/gtest.h>

namespace weft {
namespace {

using testing::has;
using testing::message_of;

class GraphTest : public ::testing::Test {
protected:
  testing::FakeCompiler compiler;
};

TEST_F(GraphTest, BuiltCompiledAndFed) {
  Graph g;
  Tensor a = g.input("a", spec(float32, {2})), b = g.input("b", spec(float32));
  Tensor c = a * b + 1.0f;
  EXPECT_FALSE(tracing());
  std::string printed;
  set_print_sink([&](std::string_view line) { printed += line; });
  g.build([&] {
    EXPECT_TRUE(tracing());
    print("c", c);
    g.output("doubled", c + c);
  });
  g.output("c", c);
  g.output("a", a);
  EXPECT_EQ(printed, "");
  Executable exe = g.compile();
  auto r = exe({{"a", Tensor{1.f, 2.f}}, {"b", 10.f}});
  EXPECT_EQ(r.at("c").to_vector<float>(), (std::vector<float>{11, 21}));
  EXPECT_EQ(r["doubled"].to_vector<float>(), (std::vector<float>{22, 42}));
  EXPECT_EQ(r.at("a").to_vector<float>(), (std::vector<float>{1, 2}));
  EXPECT_EQ(printed, "c [11 21]\n");
  EXPECT_EQ((exe({{"a", Tensor{0.f, 0.f}}, {"b", 0.f}})["c"].to_vector<float>()), (std::vector<float>{1, 1}));
  set_print_sink({});
  EXPECT_EQ(compiler.compiles, 1);
  EXPECT_EQ(exe.ir(Stage::Traced).substr(0, 7), "stage 0");
  (void)g.compile();
  EXPECT_EQ(compiler.compiles, 1);
}

TEST_F(GraphTest, FeedsAreChecked) {
  Graph g;
  Tensor a = g.input("a", spec(float32, {dynamic, 2}));
  g.output("y", a + a);
  Executable exe = g.compile();
  EXPECT_EQ(exe({{"a", zeros({3, 2})}}).at("y").shape(), (Shape{3, 2}));
  EXPECT_TRUE(has(message_of<TraceError>([&] { exe({}); }), "input 'a' (float32 (?, 2)) is not fed"));
  EXPECT_TRUE(has(message_of<TraceError>([&] { exe({{"a", zeros({3, 2})}, {"x", 1}}); }), "no input 'x'"));
  EXPECT_TRUE(has(message_of<DTypeError>([&] { exe({{"a", zeros({3, 2}, int32)}}); }), "expected float32 (?, 2), got int32 (3, 2)"));
  EXPECT_THROW(exe({{"a", zeros({3, 3})}}), ShapeError);
  EXPECT_THROW(exe({{"a", Tensor()}}), TraceError);
  EXPECT_TRUE(has(message_of<ShapeError>([&] { exe({{"a", zeros({3})}}); }), "graph_test.cpp:"));
}

TEST_F(GraphTest, InputsWhoseSizesDisagreeAreNamed) {
  using Step = detail::ShapeStep;
  Step rows{Step::Kind::Argument, {2, dynamic}, 0}, bias{Step::Kind::Argument, {dynamic}, 1}, four{Step::Kind::Known, {4}};
  auto sum = [](Shape shape, int x, int y) {
    Step s{Step::Kind::Operation, shape};
    s.op = detail::OpId::Add;
    s.operands = {{x}, {y}};
    s.loc = SourceLocation(std::source_location::current());
    return s;
  };
  compiler.shapes = {rows, bias, sum({2, dynamic}, 0, 1), four, sum({4}, 1, 3)};
  Graph g;
  Tensor a = g.input("rows", spec(float32, {2, dynamic})), b = g.input("bias", spec(float32, {dynamic}));
  g.output("y", a + b);
  Executable exe = g.compile();
  EXPECT_EQ(exe({{"rows", zeros({2, 4})}, {"bias", zeros({4})}}).at("y").shape(), (Shape{2, 4}));
  std::string two = message_of<ShapeError>([&] { exe({{"rows", zeros({2, 9})}, {"bias", zeros({4})}}); });
  EXPECT_TRUE(has(two, "the shapes (2, 9) and (4,) do not broadcast; the graph was fed 'rows' (2, 9), 'bias' (4,)")) << two;
  EXPECT_TRUE(has(two, "graph_test.cpp:")) << two;
  std::string one = message_of<ShapeError>([&] { exe({{"rows", zeros({2, 5})}, {"bias", zeros({5})}}); });
  EXPECT_TRUE(has(one, "the shapes (5,) and (4,) do not broadcast") && has(one, "feed sizes that fit")) << one;
}

TEST_F(GraphTest, GraphsAreNotMixed) {
  Graph g, h;
  Tensor a = g.input("a", spec(float32)), b = h.input("b", spec(float32));
  EXPECT_TRUE(has(message_of<TraceError>([&] { (void)(a + b); }), "cannot be mixed"));
  EXPECT_THROW(g.output("y", b), TraceError);
  EXPECT_THROW(g.build([&] { (void)(a + b); }), TraceError);
  EXPECT_FALSE(tracing());
  auto f = function([&](Tensor x) { return x + a; });
  EXPECT_THROW(f(1.0f), TraceError);
  EXPECT_EQ(f.trace_count(), 0u);
  g.output("y", a + a); // neither graph is spoilt
  EXPECT_EQ(g.compile()({{"a", 2.f}})["y"].item<float>(), 4);
  h.output("y", b);
  EXPECT_EQ(h.compile()({{"b", 2.f}})["y"].item<float>(), 2);
}

TEST_F(GraphTest, EffectsAndControlFlowNeedBuild) {
  Graph g;
  Tensor a = g.input("a", spec(int32)), c = g.input("c", spec(boolean));
  EXPECT_TRUE(has(message_of<TraceError>([&] { print(a); }), "Graph::build"));
  EXPECT_TRUE(has(message_of<TraceError>([&] { check(c, "no"); }), "Graph::build"));
  EXPECT_TRUE(has(message_of<TraceError>([&] { cond(c, [&] { return a; }, [&] { return a; }); }), "Graph::build"));
  EXPECT_TRUE(has(message_of<TraceError>([&] {
    for (Tensor i : range(a))
      (void)i;
  }), "Graph::build"));
  Tensor row = g.input("rows", spec(int32, {3}));
  EXPECT_THROW(
      {
        for (Tensor r : row)
          (void)r;
      },
      TraceError);
}

TEST_F(GraphTest, FunctionsAreInlined) {
  int runs = 0;
  auto square = function([&](Tensor x) {
    ++runs;
    return x * x;
  });
  Graph g;
  Tensor a = g.input("a", spec(float32));
  g.output("outside", square(a));
  g.build([&] { g.output("inside", square(a) + 1.f); });
  auto r = g.compile()({{"a", 3.f}});
  EXPECT_EQ(r["outside"].item<float>(), 9);
  EXPECT_EQ(r["inside"].item<float>(), 10);
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(square.trace_count(), 1u);
}

TEST_F(GraphTest, ACompiledGraphIsClosed) {
  Graph g;
  Tensor a = g.input("a", spec(float32));
  g.output("y", a);
  EXPECT_THROW(g.output("y", a), TraceError);
  EXPECT_THROW(g.input("a", spec(float32)), TraceError);
  (void)g.compile();
  EXPECT_TRUE(has(message_of<TraceError>([&] { g.input("b", spec(float32)); }), "is compiled"));
  EXPECT_TRUE(has(message_of<TraceError>([&] { (void)(a + 1.f); }), "has no value here"));
  EXPECT_THROW(g.build([] {}), TraceError);
}

TEST_F(GraphTest, AnExceptionInBuildLeavesTheGraphOpen) {
  Graph g;
  Tensor a = g.input("a", spec(float32));
  EXPECT_THROW(g.build([&] { throw std::runtime_error("the user's"); }), std::runtime_error);
  EXPECT_FALSE(tracing());
  g.output("y", a + 1.f);
  Graph moved = std::move(g);
  EXPECT_EQ(moved.compile()({{"a", 1.f}})["y"].item<float>(), 2);
  EXPECT_THROW(g.build([] {}), TraceError);
}

} // namespace
} // namespace weft

// The rows of the product page, S1 to S13, each a test named by its id. The transcript of S3 and S6 to S8 is what
// TensorFlow printed for the same program.
#include "tests/support/program.h"

#include <cstdio>
#include <functional>
#include <random>

using namespace weft;
using namespace weft::test;

namespace {

/// How an error names a line of this file.
std::string place(int line) { return std::string(__FILE__) + ":" + std::to_string(line) + ":"; }

Tensor polynomial(Tensor x) { return x * x * 3.0f - x / 2.0f + 1.0f; }

TEST(Behaviour, S01_ThreeWaysGiveTheSameValues) {
  Tensor x = {{-2.0f, 0.5f}, {3.0f, 100.25f}};
  std::vector<float> eager = floats(polynomial(x));
  std::vector<float> traced = floats(function(polynomial)(x));
  Graph g;
  Tensor input = g.input("x", spec(float32, {2, 2}));
  g.output("y", polynomial(input));
  std::vector<float> built = floats(g.compile()({{"x", x}}).at("y"));
  EXPECT_EQ(eager, (std::vector<float>{14, 1.5f, 26.5f, 30101.0625f}));
  EXPECT_EQ(traced, eager);
  EXPECT_EQ(built, eager);
}

Tensor collatz(Tensor n) {
  Tensor steps = 0;
  while (n != 1) {
    if (n % 2 == 0)
      n = n / 2;
    else
      n = n * 3 + 1;
    steps += 1;
    if (steps % 50 == 0)
      print("at", steps, n);
  }
  return steps;
}

TEST(Behaviour, S01_ThreeWaysRunTheSameControlFlow) {
  Printed printed;
  EXPECT_EQ(as_int(collatz(27)), 111);
  std::string eager = printed.take();
  EXPECT_EQ(eager, "at 50 566\nat 100 53\n");
  EXPECT_EQ(as_int(function(collatz)(27)), 111);
  EXPECT_EQ(printed.take(), eager);
  Graph g;
  Tensor n = g.input("n", spec(int32));
  g.build([&] { g.output("steps", collatz(n)); });
  EXPECT_EQ(as_int(g.compile()({{"n", Tensor(27)}}).at("steps")), 111);
  EXPECT_EQ(printed.take(), eager);
}

TEST(Behaviour, S02_WrappingDoesNothing) {
  Printed printed;
  int calls = 0;
  auto f = function([&](Tensor x) {
    ++calls;
    print(x);
    return x;
  });
  auto copy = f;
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(printed.take(), "");
  EXPECT_EQ(f.trace_count(), 0u);
  EXPECT_TRUE(copy.traces().empty());
}

Tensor myadd(Tensor a, Tensor b) {
  for (Tensor i : range(3))
    print(i);
  Tensor c = a + b;
  std::puts("tracing");
  return c;
}

/// What the program writes to standard output, by any means.
template <class F> std::string output_of(F program) {
  testing::internal::CaptureStdout();
  try {
    program();
  } catch (...) {
    testing::internal::GetCapturedStdout();
    throw;
  }
  std::fflush(stdout);
  return testing::internal::GetCapturedStdout();
}

TEST(Behaviour, S03_TheFirstCallTracesOnceBeforeItRuns) {
  auto f = function(myadd);
  Tensor sum;
  EXPECT_EQ(output_of([&] { sum = f(1, 2); }), "tracing\n0\n1\n2\n");
  EXPECT_EQ(as_int(sum), 3);
  EXPECT_EQ(f.trace_count(), 1u);
}

TEST(Behaviour, S04_LoopsAndBranchesAreInTheGraphOnce) {
  auto f = function([](Tensor n) {
    Tensor s = 0;
    for (Tensor i : range(n))
      if (i % 2 == 0)
        s += i;
      else
        s -= 1;
    while (s > 100)
      s -= 7;
    return s;
  });
  std::string ir = f.ir(Stage::Traced, 3);
  EXPECT_EQ(occurrences(ir, "scf.for"), 1) << ir;
  EXPECT_EQ(occurrences(ir, "scf.if"), 1) << ir;
  EXPECT_EQ(occurrences(ir, "scf.while"), 1) << ir;
  EXPECT_EQ(occurrences(ir, "weft.fmod"), 1) << ir;
  EXPECT_EQ(f.ir(Stage::Traced, 1000000), ir); // the trip count is no part of the program
  EXPECT_EQ(as_int(f(3)), 1);                  // 0, -1, +2
  EXPECT_EQ(as_int(f(100)), 97);               // 2450 - 50 = 2400 = 329 * 7 + 97
  EXPECT_EQ(f.trace_count(), 1u);
}

TEST(Behaviour, S05_EffectsKeepProgramOrder) {
  Printed printed;
  Variable v(0, "v");
  auto program = [&](Tensor n) {
    print("start", v);
    for (Tensor i : range(n)) {
      v.assign_add(i + 1);
      print("turn", i, v);
      if (i == 1) {
        v.assign(v * 10);
        print("branch", v);
      } else
        print("other", v);
      check(v.value() < 1000, "too large", v);
    }
    print("end", v);
    return v.value();
  };
  const std::string expected = "start 0\nturn 0 1\nother 1\nturn 1 3\nbranch 30\nturn 2 33\nother 33\nend 33\n";
  EXPECT_EQ(as_int(program(3)), 33);
  EXPECT_EQ(printed.take(), expected);
  v.assign(0);
  auto f = function(program);
  EXPECT_EQ(as_int(f(3)), 33);
  EXPECT_EQ(printed.take(), expected);
  EXPECT_EQ(v.item<int>(), 33);
  EXPECT_EQ(as_int(f(0)), 33);
  EXPECT_EQ(printed.take(), "start 33\nend 33\n");
}

TEST(Behaviour, S05_AFailedCheckStopsWhatFollowsAndKeepsWhatWas) {
  Printed printed;
  Variable v(0, "v");
  auto f = function([&](Tensor n) {
    for (Tensor i : range(n)) {
      print("turn", i);
      v.assign(i);
      check(i < 2, "stop at", i);
      print("passed", i);
    }
    v.assign(100);
  });
  EXPECT_THROW(f(5), CheckError);
  EXPECT_EQ(printed.take(), "turn 0\npassed 0\nturn 1\npassed 1\nturn 2\n");
  EXPECT_EQ(v.item<int>(), 2);
  f(1);
  EXPECT_EQ(v.item<int>(), 100);
}

TEST(Behaviour, S06_AfterTracingTheGraphRuns) {
  auto f = function(myadd);
  Tensor sum;
  EXPECT_EQ(output_of([&] { sum = f("hello", "world"); }), "tracing\n0\n1\n2\n");
  EXPECT_EQ(sum.dtype(), string);
  EXPECT_EQ(sum.item<std::string>(), "helloworld");
}

TEST(Behaviour, S07_SameTypesRunWithoutTracing) {
  auto f = function(myadd);
  output_of([&] { f("hello", "world"); });
  Tensor sum;
  EXPECT_EQ(output_of([&] { sum = f("good", "morning"); }), "0\n1\n2\n");
  EXPECT_EQ(sum.item<std::string>(), "goodmorning");
  EXPECT_EQ(f.trace_count(), 1u);
}

TEST(Behaviour, S08_OtherDtypesTraceAgain) {
  auto f = function(myadd);
  output_of([&] { f("hello", "world"), f("good", "morning"); });
  Tensor sum;
  EXPECT_EQ(output_of([&] { sum = f(1, 2); }), "tracing\n0\n1\n2\n");
  EXPECT_EQ(sum.dtype(), int32);
  EXPECT_EQ(as_int(sum), 3);
  EXPECT_EQ(output_of([&] { sum = f("hello", "world"); }), "0\n1\n2\n"); // the first trace is still there
  EXPECT_EQ(f.trace_count(), 2u);
}

TEST(Behaviour, S09_HostArgumentsTraceOncePerValue) {
  int traced = 0;
  auto f = function([&](Tensor x, int n) {
    ++traced;
    return x * n;
  });
  EXPECT_EQ(as_int(f(10, 2)), 20);
  EXPECT_EQ(traced, 1);
  EXPECT_EQ(as_int(f(10, 3)), 30);
  EXPECT_EQ(traced, 2);
  EXPECT_EQ(as_int(f(11, 2)), 22);
  EXPECT_EQ(as_int(f(12, 3)), 36);
  EXPECT_EQ(traced, 2);
  EXPECT_EQ(f.trace_count(), 2u);
}

TEST(Behaviour, S10_HostFunctionsRunWhileTracingOnly) {
  Printed printed;
  std::mt19937 host_random(7);
  int host_calls = 0;
  auto f = function([&](Tensor x) {
    ++host_calls;
    print("graph", x);
    return x + static_cast<int>(host_random() % 1000);
  });
  int first = as_int(f(0));
  for (int i = 1; i < 5; ++i)
    EXPECT_EQ(as_int(f(i)), first + i); // the number drawn while tracing is part of the graph
  EXPECT_EQ(host_calls, 1);
  EXPECT_EQ(printed.take(), "graph 0\ngraph 1\ngraph 2\ngraph 3\ngraph 4\n");
}

TEST(Behaviour, S11_AVariableIsNotMadeInsideATrace) {
  bool make = true;
  constexpr int line = __LINE__ + 3;
  auto f = function([&](Tensor x) -> Tensor {
    if (make)
      Variable v(zeros({3}), "weights");
    return x + 1;
  });
  try {
    f(1);
    FAIL() << "a Variable was made inside a traced function";
  } catch (const VariableError &e) {
    std::string what = e.what();
    EXPECT_EQ(what.rfind(place(line), 0), 0u) << what;
    EXPECT_NE(what.find("weights"), std::string::npos) << what;
    EXPECT_NE(what.find("outside"), std::string::npos) << what;
  }
  EXPECT_EQ(f.trace_count(), 0u);
  make = false;
  EXPECT_EQ(as_int(f(1)), 2);
}

TEST(Behaviour, S12_AnOuterTensorIsNotAssignedInsideATrace) {
  Tensor outer = 5;
  bool write = true;
  constexpr int line = __LINE__ + 3;
  auto f = function([&](Tensor x) {
    if (write)
      outer = x + 1;
    return x;
  });
  try {
    f(1);
    FAIL() << "an outer Tensor was assigned inside a traced function";
  } catch (const TraceError &e) {
    std::string what = e.what();
    EXPECT_EQ(what.rfind(place(line), 0), 0u) << what;
    EXPECT_NE(what.find("Variable"), std::string::npos) << what;
  }
  EXPECT_EQ(as_int(outer), 5);
  write = false;
  EXPECT_EQ(as_int(f(1)), 1);
}

TEST(Behaviour, S12_AValueDoesNotLeaveItsRegion) {
  std::vector<Tensor> kept;
  // Where weft-autograph sees that a container grows in a loop, that is the error.
  void (*keep)(std::vector<Tensor> &, Tensor) = [](std::vector<Tensor> &all, Tensor t) { all.push_back(t); };
  constexpr int loop = __LINE__ + 2, made = loop + 1, use = made + 1;
  auto f = function([&](Tensor x) {
    for (Tensor i : range(x))
      keep(kept, i * 2);
    return kept[0] + 1;
  });
  try {
    f(3);
    FAIL() << "a value of a loop's body was used after the loop";
  } catch (const TraceError &e) {
    std::string what = e.what();
    EXPECT_EQ(what.rfind(place(use), 0), 0u) << what;
    EXPECT_NE(what.find(place(loop)), std::string::npos) << what;
    EXPECT_NE(what.find(place(made)), std::string::npos) << what;
  }
}

TEST(Behaviour, S12_ATensorDoesNotOutliveItsTrace) {
  std::vector<Tensor> kept;
  bool leak = true;
  auto f = function([&](Tensor x) {
    if (leak)
      kept.push_back(x + 1);
    return x;
  });
  try {
    f(1);
    Tensor y = kept.at(0) * 2;
    FAIL() << "a symbolic tensor was used after its trace";
  } catch (const TraceError &e) {
    EXPECT_EQ(std::string(e.what()).rfind(__FILE__, 0), 0u) << e.what();
  }
  kept.clear();
  leak = false;
  EXPECT_EQ(as_int(f(1)), 1);
}

struct Dense : Module {
  Variable w, b;
  Dense(int in, int out, float scale) {
    w = variable("w", ones({in, out}) * scale);
    b = variable("b", zeros({out}));
  }
  Tensor operator()(Tensor x) const { return sum(reshape(x, {-1, 1}) * w, 0) + b; }
};

struct Network : Module {
  Variable count = variable("count", 0);
  std::shared_ptr<Dense> first = module<Dense>("first", 2, 3, 0.5f);
  ModuleList<Dense> layers = modules<Dense>("layers");
  Function<Tensor(Tensor)> traced;
  int traces = 0;
  Network() {
    layers.emplace_back(3, 3, 2.0f);
    layers.emplace_back(3, 1, 1.0f);
    traced = function("Network.forward", [this](Tensor x) { return forward(x); });
  }
  Tensor forward(Tensor x) {
    ++traces;
    count.assign_add(1);
    x = (*first)(x);
    for (const auto &layer : layers)
      x = (*layer)(x);
    return x;
  }
};

TEST(Behaviour, S13_AModuleHandsOutItsVariables) {
  Network n;
  std::vector<std::string> names;
  for (auto &[name, v] : n.named_variables())
    names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"count", "first.w", "first.b", "layers.0.w", "layers.0.b", "layers.1.w",
                                             "layers.1.b"}));
  EXPECT_EQ(n.variables().size(), 7u);
  std::vector<const Module *> below = n.submodules();
  EXPECT_EQ(below.front(), n.first.get());
  EXPECT_EQ(std::count(below.begin(), below.end(), &n.layers[1]), 1);
  n.named_variables()[2].second.assign(Tensor{1.0f, 2.0f, 3.0f}); // the same variables, not copies
  EXPECT_EQ(floats(n.first->b.value()), (std::vector<float>{1, 2, 3}));
}

TEST(Behaviour, S13_AModulesTracedMethodReadsAndWritesItsVariables) {
  Network n;
  Tensor x = {1.0f, 3.0f};
  // first: (2, 2, 2); layers.0: 2 * 6 = 12 each; layers.1: 36.
  EXPECT_EQ(floats(n.forward(x)), (std::vector<float>{36}));
  EXPECT_EQ(floats(n.traced(x)), (std::vector<float>{36}));
  n.first->b.assign(Tensor{1.0f, 0.0f, 0.0f});
  EXPECT_EQ(floats(n.traced(x)), (std::vector<float>{42}));
  EXPECT_EQ(n.traces, 2); // once eagerly, once traced
  EXPECT_EQ(n.count.item<int>(), 3);
}

} // namespace

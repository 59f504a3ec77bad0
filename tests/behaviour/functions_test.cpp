// Traced functions as values: signatures, nesting, containers and structs as arguments and results, failures while
// tracing, threads, and what a function tells about itself.
#include "lib/math/math.h"
#include "tests/support/program.h"

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <stdexcept>
#include <thread>
#include <unordered_map>

using namespace weft;
using namespace weft::test;

struct State {
  Tensor position, velocity;
  int steps = 0;
};
template <> struct weft::Tree<State> {
  static auto fields(auto &s) { return std::tie(s.position, s.velocity, s.steps); }
};

namespace {

// --- signatures

TEST(Functions, DtypesAndShapesAreTheSignature) {
  auto f = function([](Tensor x) { return x + x; });
  f(1), f(2), f(1.0f), f(Tensor{1, 2}), f(Tensor{3, 4}), f(Tensor{1, 2, 3}), f(Tensor{{1, 2}});
  EXPECT_EQ(f.trace_count(), 5u);
  std::vector<TraceRecord> traces = f.traces();
  ASSERT_EQ(traces.size(), 5u);
  EXPECT_NE(traces[0].signature.find("int32 ()"), std::string::npos) << traces[0].signature;
  EXPECT_NE(traces[3].signature.find("int32 (3,)"), std::string::npos) << traces[3].signature;
  EXPECT_NE(traces[1].reason.find("float32"), std::string::npos) << traces[1].reason;
  EXPECT_EQ(traces[0].hits, 1u);
  EXPECT_GT(traces[0].code_bytes, 0u);
  EXPECT_EQ(std::string(traces[0].where.file), __FILE__);
  EXPECT_EQ(traces[0].where.line, static_cast<unsigned>(__LINE__ - 11));
  EXPECT_NE(f.explain().find("int32 (3,)"), std::string::npos) << f.explain();
}

enum class Mode { Up, Down };

TEST(Functions, HostArgumentsOfEveryKind) {
  auto f = function(
      [](Tensor x, double scale, bool negate, std::string name, Mode mode, DType d, Shape s, std::vector<int> add) {
        Tensor y = cast(x, d) * cast(scale, d);
        for (int a : add)
          y = y + cast(a, d);
        y = broadcast_to(negate ? -y : y, s);
        return mode == Mode::Up && name == "sum" ? sum(y) : y;
      });
  EXPECT_EQ(f(2, 1.5, false, "sum", Mode::Up, float32, {3}, {1}).item<float>(), 12);
  EXPECT_EQ(floats(f(2, 1.5, true, "sum", Mode::Down, float32, {2}, {})), (std::vector<float>{-3, -3}));
  EXPECT_EQ(f(2, 1.5, false, "sum", Mode::Up, float64, {3}, {1}).item<double>(), 12);
  EXPECT_EQ(f(2, 1.5, false, "sum", Mode::Up, float32, {3}, {1, 1}).item<float>(), 15);
  EXPECT_EQ(f(2, 0.5, false, "sum", Mode::Up, float32, {3}, {1}).item<float>(), 6);
  EXPECT_EQ(floats(f(2, 1.5, false, "other", Mode::Up, float32, {1}, {1})), (std::vector<float>{4}));
  EXPECT_EQ(f.trace_count(), 6u);
  EXPECT_EQ(f(4, 1.5, false, "sum", Mode::Up, float32, {3}, {1}).item<float>(), 21);
  EXPECT_EQ(f.trace_count(), 6u);
}

// More groups than stay in one function: sums, scalings in place and not, an index that is checked, strings.
TEST(Functions, ManyLoopsInOneFunction) {
  auto program = [](Tensor x, Tensor i, Tensor words) {
    Tensor total = 0.0f;
    for (int k = 0; k < 60; ++k) {
      x = x / sum(x);
      x = concat({x(slice(1, none)), x(slice(0, 1))}) * 4 + 1;
      total = total + max(x) - x[i];
      words = words + "x";
    }
    return std::tuple{x, total, words};
  };
  auto f = function(program);
  Tensor x = {1.0f, 2.0f, 4.0f, 9.0f, 0.5f}, words = {"a", "b"};
  auto [ex, et, ew] = program(x, 3, words);
  auto [cx, ct, cw] = f(x, 3, words);
  EXPECT_EQ(floats(cx), floats(ex));
  EXPECT_EQ(ct.item<float>(), et.item<float>());
  EXPECT_EQ(cw.to_vector<std::string>(),
            (std::vector<std::string>{"a" + std::string(60, 'x'), "b" + std::string(60, 'x')}));
  // sum(4 * x / sum(x) + 1) = 4 + 5, whatever x is.
  EXPECT_NEAR(sum(cx).item<float>(), 9, 1e-5);
  EXPECT_THROW(f(x, 5, words), IndexError);
  std::string loops = f.ir(Stage::Loops, x, 3, words);
  EXPECT_NE(loops.find("func.func private"), std::string::npos);
  // The turns are alike, so they share their loops.
  EXPECT_LT(occurrences(loops, "func.func private"), 12);
}

TEST(Functions, LiteralsConvertToDeclaredParameters) {
  auto f = function([](Tensor x, Tensor y) { return x + y; });
  EXPECT_EQ(floats(f({1.f, 2.f}, 3.f)), (std::vector<float>{4, 5}));
  EXPECT_EQ(f("a", std::string("b")).item<std::string>(), "ab");
  auto g = function<Tensor(Tensor, int)>([](auto x, auto n) { return x * n; });
  EXPECT_EQ(as_int(g(3, 4)), 12);
  Function<Tensor(Tensor, int)> copy = g;
  EXPECT_EQ(as_int(copy(5, 4)), 20);
  EXPECT_EQ(g.trace_count(), 1u);
}

TEST(Functions, FunctionsOfNothing) {
  int traced = 0;
  auto f = function([&] {
    ++traced;
    return arange(3) * 2;
  });
  EXPECT_EQ(ints(f()), (std::vector<int>{0, 2, 4}));
  EXPECT_EQ(ints(f()), (std::vector<int>{0, 2, 4}));
  EXPECT_EQ(traced, 1);
}

TEST(Functions, ResultsThatAreArgumentsOrConstants) {
  Tensor constant = {7, 8};
  auto f = function([=](Tensor x, Tensor y) { return std::vector<Tensor>{y, constant, x, x}; });
  std::vector<Tensor> r = f(1, "text");
  EXPECT_EQ(r[0].item<std::string>(), "text");
  EXPECT_EQ(ints(r[1]), (std::vector<int>{7, 8}));
  EXPECT_EQ(as_int(r[2]) + as_int(r[3]), 2);
}

TEST(Functions, VoidResults) {
  Variable v(0, "v");
  auto f = function([&](Tensor x) { v.assign_add(x); });
  static_assert(std::is_void_v<decltype(f(1))>);
  f(3), f(4);
  EXPECT_EQ(v.item<int>(), 7);
}

TEST(Functions, EveryHandleOfOneFunctionSharesItsTraces) {
  auto f = function([](Tensor x) { return x; });
  auto g = f;
  g(1);
  EXPECT_EQ(f.trace_count(), 1u);
  f.clear_cache();
  EXPECT_EQ(g.cache_stats().entries, 0u);
  EXPECT_EQ(as_int(g(2)), 2);
  EXPECT_EQ(f.trace_count(), 2u);
}

TEST(Functions, MayHaveAnyName) {
  for (std::string name :
       {std::string("\x01x"), std::string("a\0b", 3), std::string(), std::string(".Lx"), std::string("a b<c>\"d\"\n"),
        std::string("\xc3\xa9t\xc3\xa9"), std::string("memcpy"), std::string("weft_alloc"), std::string(300, 'n')}) {
    auto f = function(name, [](Tensor x) { return exp(x - x) + Tensor{1.f, 2.f, 3.f}; });
    EXPECT_EQ(floats(f(zeros({3}))), (std::vector<float>{2, 3, 4})) << name;
    EXPECT_NE(f.ir(Stage::LLVMOptimized, zeros({3})), "") << name;
  }
}

TEST(Functions, AHandleAssignedInItsOwnTraceLivesUntilTheCallEnds) {
  struct End {
    bool &ended;
    ~End() { ended = true; }
  };
  using Handle = Function<Tensor(Tensor)>;
  auto expect_kept = [](FunctionOptions options, auto use) {
    bool ended = false, ended_inside = false;
    Handle f;
    f = function(
        [&f, &ended, &ended_inside, end = std::make_shared<End>(ended)](Tensor x) {
          bool &now = ended, &inside = ended_inside; // what is captured may be gone in a moment
          f = function([](Tensor x) { return x * 100; });
          inside |= now;
          return x + 1;
        },
        options);
    use(f);
    EXPECT_FALSE(ended_inside);
    EXPECT_TRUE(ended) << "something holds it after the call";
    EXPECT_EQ(as_int(f(2)), 200);
  };
  auto call = [](Handle &f) { EXPECT_EQ(as_int(f(1)), 2); };
  expect_kept({}, call);
  expect_kept({.verify = true}, call);
  expect_kept({.compile = false}, [](Handle &f) { f(1); });
  expect_kept({}, [](Handle &f) { EXPECT_EQ(as_int(f.concrete(spec(int32))(1)), 2); });
  expect_kept({}, [](Handle &f) { EXPECT_NE(f.ir(Stage::Traced, 1).find("weft.add"), std::string::npos); });
  expect_kept({}, [](Handle &f) { EXPECT_EQ(as_int(function([&](Tensor x) { return f(x) * 3; })(1)), 6); });
  run_functions_eagerly(true);
  expect_kept({}, call);
  run_functions_eagerly(false);
}

/// Computes when the static objects of the program are destroyed, if asked to.
struct AtTheEnd {
  std::function<void()> compute;
  ~AtTheEnd() {
    if (compute)
      compute();
  }
};
AtTheEnd at_the_end; // made before the compiler's library is opened, so destroyed after its static objects

// What a static destructor asks for is there if it was compiled before; what is new is an error that says why.
TEST(Functions, DestructorsOfStaticObjectsRunWhatIsCompiled) {
  auto program = [] {
    auto f = function([](Tensor x) { return x * 3; });
    EXPECT_EQ(as_int(f(2)), 6);
    EXPECT_EQ(ints(Tensor{1, 2} * Tensor{3, 4}), (std::vector<int>{3, 8}));
    at_the_end.compute = [f] {
      std::string said =
          as_int(f(5)) == 15 && ints(Tensor{5, 6} * Tensor{2, 3}) == std::vector{10, 18} ? "kept, " : "lost, ";
      for (bool traced : {false, true})
        try {
          traced ? f(1.0f) : exp(Tensor{1.0, 2.0}) - exp(Tensor{1.0f});
          said += "computed, ";
        } catch (const TraceError &e) {
          said += std::string(e.what()).find("the program is ending") == std::string::npos ? e.what() : "refused, ";
        }
      std::fprintf(stderr, "%s\n", said.c_str());
    };
    std::exit(0);
  };
  EXPECT_EXIT(program(), testing::ExitedWithCode(0), "kept, refused, refused, ");
}

TEST(Functions, AnEmptyHandleSaysSo) {
  Function<Tensor(Tensor)> f;
  EXPECT_FALSE(f);
  EXPECT_THROW(f(1), TraceError);
  EXPECT_THROW(f.trace_count(), TraceError);
}

TEST(Functions, ConcreteFunctionsAreTracedAndNotRun) {
  Printed printed;
  int traced = 0;
  auto f = function([&](Tensor x, int n) {
    ++traced;
    print("running", x);
    return x * n;
  });
  auto c = f.concrete(spec(int32, {2}), 3);
  EXPECT_EQ(traced, 1);
  EXPECT_EQ(printed.take(), "");
  EXPECT_EQ(ints(c({1, 2}, 3)), (std::vector<int>{3, 6}));
  EXPECT_EQ(ints(f({4, 5}, 3)), (std::vector<int>{12, 15}));
  EXPECT_EQ(traced, 1);
  EXPECT_NE(c.ir(Stage::Traced).find("weft.multiply"), std::string::npos);
}

TEST(Functions, EveryStageCanBeLookedAt) {
  auto f = function("stages", [](Tensor x) { return sum(x * x + 1.0f); });
  struct Expectation {
    Stage stage;
    const char *has, *has_not;
  };
  for (auto [stage, has, has_not] :
       {Expectation{Stage::Traced, "weft.multiply", "llvm."}, Expectation{Stage::Optimized, "weft.fused", "llvm."},
        Expectation{Stage::Loops, "memref", "weft.multiply"}, Expectation{Stage::LLVM, "llvm.func", "memref.load"},
        Expectation{Stage::LLVMOptimized, "define", "memref"}, Expectation{Stage::Assembly, "ret", "define"}}) {
    std::string ir = f.ir(stage, spec(float32, {1000}));
    EXPECT_NE(ir.find(has), std::string::npos) << ir;
    EXPECT_EQ(ir.find(has_not), std::string::npos) << ir;
  }
}

TEST(Functions, RunningEagerlyForDebugging) {
  int calls = 0;
  auto f = function([&](Tensor x) {
    ++calls;
    return x + 1;
  });
  run_functions_eagerly(true);
  EXPECT_EQ(as_int(f(1)) + as_int(f(2)), 5);
  run_functions_eagerly(false);
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(f.trace_count(), 0u);
  EXPECT_EQ(as_int(f(1)) + as_int(f(2)), 5);
  EXPECT_EQ(calls, 3);
}

TEST(Functions, OptionsThatCompareAndThatDoNotCompile) {
  auto program = [](Tensor x) {
    if (sum(x) > 3)
      x = x * 2;
    return x / 3;
  };
  EXPECT_EQ(ints(function(program, {.verify = true})(Tensor{5, 6})), (std::vector<int>{3, 4}));
  EXPECT_EQ(ints(function(program, {.compile = false})(Tensor{5, 6})), (std::vector<int>{3, 4}));
  EXPECT_THROW(function(program, {.autograph = false})(Tensor{5, 6}), TraceError);
}

TEST(Functions, TracingSaysWhetherATraceRuns) {
  EXPECT_FALSE(tracing());
  bool inside = false;
  auto f = function([&](Tensor x) {
    inside = tracing();
    return x;
  });
  f(1);
  EXPECT_TRUE(inside);
  EXPECT_FALSE(tracing());
}

// --- nesting

TEST(Nesting, AnInnerFunctionIsTracedOnce) {
  int inner_traces = 0;
  auto inner = function([&](Tensor x) {
    ++inner_traces;
    return x * x;
  });
  auto outer = function([&](Tensor x) { return inner(x) + inner(x + 1) + inner(x + 2); });
  auto other = function([&](Tensor x) { return inner(x) * 10; });
  EXPECT_EQ(as_int(outer(1)), 14);
  EXPECT_EQ(as_int(other(3)), 90);
  EXPECT_EQ(as_int(inner(4)), 16);
  EXPECT_EQ(inner_traces, 1);
  EXPECT_EQ(inner.trace_count(), 1u);
}

TEST(Nesting, InnerEffectsKeepTheirPlace) {
  Printed printed;
  Variable v(0, "v");
  auto inner = function([&](Tensor x) {
    print("inner", x, v);
    v.assign_add(x);
    check(v.value() < 100, "inner check", v);
  });
  auto outer = function([&](Tensor n) {
    for (Tensor i : range(n)) {
      print("outer", i);
      inner(i * 10);
      v.assign_add(1);
    }
    return v.value();
  });
  EXPECT_EQ(as_int(outer(3)), 33);
  EXPECT_EQ(printed.take(), "outer 0\ninner 0 0\nouter 1\ninner 10 1\nouter 2\ninner 20 12\n");
  v.assign(95);
  EXPECT_THROW(outer(3), CheckError);
  EXPECT_EQ(v.item<int>(), 106);
}

TEST(Nesting, InnerCapturesAndStructures) {
  Tensor table = arange(100) * 3;
  auto inner =
      function([=](std::pair<Tensor, Tensor> p) { return std::vector<Tensor>{p.second, table[p.first], p.first + 1}; });
  auto outer = function([&](Tensor x) {
    std::vector<Tensor> r = inner({x, x * 2});
    return r[0] * 10000 + r[1] * 100 + r[2];
  });
  EXPECT_EQ(as_int(outer(5)), 101506);
}

TEST(Nesting, AnInnerFunctionUnderATracedCondition) {
  Printed printed;
  auto inner = function([](Tensor x) {
    print("inner", x);
    if (x > 5)
      x = x - 5;
    return x;
  });
  auto outer = function([&](Tensor x) {
    while (x > 3)
      x = inner(x) - 1;
    return x;
  });
  EXPECT_EQ(as_int(outer(20)), 2);
  EXPECT_EQ(printed.take(), "inner 20\ninner 14\ninner 8\n");
}

TEST(Nesting, AConcreteFunctionInsideAnother) {
  auto inner = function([](Tensor x, int n) { return x * n; });
  auto three = inner.concrete(spec(int32), 3);
  auto outer = function([&](Tensor x) { return three(x, 3) + 1; });
  EXPECT_EQ(as_int(outer(5)), 16);
  EXPECT_EQ(inner.trace_count(), 1u);
}

// --- arguments and results with structure

TEST(Structures, ContainersAsArgumentsAndResults) {
  using Map = std::map<std::string, Tensor>;
  auto f = function([](std::vector<Tensor> v, Map m, std::tuple<Tensor, int> t, std::array<Tensor, 2> a,
                       std::optional<Tensor> o, std::unordered_map<std::string, Tensor> u) {
    Map r;
    for (auto &[k, x] : m)
      r[k + "!"] = x + (o ? *o : Tensor(0));
    r["sum"] = std::get<0>(t) * std::get<1>(t) + a[0] - a[1] + u.at("p") * 1000 + u.at("q") * 10000;
    for (const Tensor &x : v)
      r["sum"] += x;
    return r;
  });
  Map r = f({1, 2, 3}, {{"x", 5}, {"y", 6}}, {10, 7}, {50, 8}, 100, {{"p", 1}, {"q", 2}});
  EXPECT_EQ(as_int(r.at("x!")), 105);
  EXPECT_EQ(as_int(r.at("y!")), 106);
  EXPECT_EQ(as_int(r.at("sum")), 6 + 70 + 42 + 1000 + 20000);
  r = f({1, 2, 3}, {{"x", 5}, {"y", 6}}, {10, 7}, {50, 8}, 1, {{"q", 3}, {"p", 0}});
  EXPECT_EQ(as_int(r.at("sum")), 6 + 70 + 42 + 30000);
  EXPECT_EQ(f.trace_count(), 1u);
  f({1, 2}, {{"x", 5}, {"y", 6}}, {10, 7}, {50, 8}, 1, {{"p", 1}, {"q", 2}});            // another size
  f({1, 2}, {{"x", 5}, {"z", 6}}, {10, 7}, {50, 8}, 1, {{"p", 1}, {"q", 2}});            // another key
  f({1, 2}, {{"x", 5}, {"z", 6}}, {10, 8}, {50, 8}, 1, {{"p", 1}, {"q", 2}});            // another host value
  f({1, 2}, {{"x", 5}, {"z", 6}}, {10, 8}, {50, 8}, std::nullopt, {{"p", 1}, {"q", 2}}); // absent
  EXPECT_EQ(f.trace_count(), 5u);
}

TEST(Structures, NestedContainers) {
  using Nested = std::vector<std::pair<Tensor, std::map<std::string, std::vector<Tensor>>>>;
  auto f = function([](Nested n) {
    for (auto &[t, m] : n)
      for (auto &[k, v] : m)
        for (Tensor &x : v)
          x = x * t;
    return n;
  });
  Nested r = f({{2, {{"a", {1, 2}}, {"b", {}}}}, {3, {}}, {4, {{"c", {5}}}}});
  EXPECT_EQ(as_int(r[0].second.at("a")[1]), 4);
  EXPECT_TRUE(r[0].second.at("b").empty());
  EXPECT_TRUE(r[1].second.empty());
  EXPECT_EQ(as_int(r[2].second.at("c")[0]), 20);
}

TEST(Structures, UserStructsThroughTree) {
  auto f = function([](State s, Tensor dt) {
    s.position = s.position + s.velocity * dt;
    s.steps += 1; // host state of the result, as it was while tracing
    return s;
  });
  State s{Tensor{0.0f, 1.0f}, Tensor{2.0f, 4.0f}, 10};
  State r = f(s, 0.5f);
  EXPECT_EQ(floats(r.position), (std::vector<float>{1, 3}));
  EXPECT_EQ(floats(r.velocity), (std::vector<float>{2, 4}));
  EXPECT_EQ(r.steps, 11);
  EXPECT_EQ(s.steps, 10);
  f(r, 0.5f);
  EXPECT_EQ(f.trace_count(), 2u); // steps is a host value
}

TEST(Structures, AStructInALoop) {
  struct Motion { // without the steps: a loop of the graph assigns no host state
    Tensor position, velocity;
  };
  auto program = [](State s, Tensor n) {
    Motion m{s.position, s.velocity};
    for ([[maybe_unused]] Tensor i : range(n)) {
      Motion next = m;
      next.position = m.position + m.velocity;
      next.velocity = m.velocity * 0.5f;
      m = next;
    }
    s.position = m.position;
    s.velocity = m.velocity;
    return s;
  };
  State start{0.0f, 8.0f, 0};
  for (State r : {program(start, 3), function(program)(start, 3)}) {
    EXPECT_EQ(r.position.item<float>(), 14);
    EXPECT_EQ(r.velocity.item<float>(), 1);
  }
}

// --- failures while tracing

struct UserError : std::runtime_error {
  using std::runtime_error::runtime_error;
  int code = 42;
};
/// A `throw` written in a traced region would be an error itself: the trace goes both ways.
void fail_if(bool wrong, const char *what) {
  if (wrong)
    throw UserError(what);
}

TEST(Failures, AUsersExceptionPassesThroughUnchanged) {
  int mode = 0;
  auto f = function([&](Tensor x) {
    Tensor y = x;
    if (mode == 1)
      throw UserError("while tracing");
    if (x > 0) {
      y = x * 2;
      fail_if(mode == 2, "in a branch");
    }
    for (Tensor i : range(x)) {
      y += i;
      fail_if(mode == 3, "in a loop");
    }
    while (fail_if(mode == 4, "in a condition"), y > 1000)
      y = y / 2;
    return y;
  });
  for (const char *expected : {"while tracing", "in a branch", "in a loop", "in a condition"}) {
    ++mode;
    try {
      f(3);
      ADD_FAILURE() << expected << " was lost";
    } catch (const UserError &e) {
      EXPECT_STREQ(e.what(), expected);
      EXPECT_EQ(e.code, 42);
    }
    EXPECT_EQ(f.trace_count(), 0u);
    EXPECT_FALSE(tracing());
  }
  mode = 0;
  EXPECT_EQ(as_int(f(3)), 9);
  EXPECT_EQ(f.trace_count(), 1u);
}

TEST(Failures, AFailedTraceLeavesNoEntryAndOtherEntriesWork) {
  bool wrong = false;
  auto f = function([&](Tensor x) { return wrong ? x + Tensor{1, 2} + Tensor{1, 2, 3} : x; });
  EXPECT_EQ(as_int(f(1)), 1);
  wrong = true;
  for (int i = 0; i < 3; ++i)
    EXPECT_THROW(f(1.0f), DTypeError);
  EXPECT_THROW(f(Tensor{1, 2}), ShapeError);
  EXPECT_EQ(f.trace_count(), 1u);
  EXPECT_EQ(f.cache_stats().entries, 1u);
  EXPECT_EQ(as_int(f(2)), 2);
  wrong = false;
  EXPECT_EQ(f(1.0f).item<float>(), 1);
}

TEST(Failures, AnExceptionCaughtInsideTheTracedFunction) {
  auto f = function([](Tensor x) {
    Tensor r = 0;
    try {
      for (Tensor i : range(x)) {
        r = r + i;
        fail_if(true, "inside");
      }
    } catch (const UserError &) {
    }
    return r + 1;
  });
  EXPECT_THROW(f(3), TraceError);
  EXPECT_EQ(f.trace_count(), 0u);
}

// --- fast_math

// x = 1 + 2^-12: x * x is 1 + 2^-11 + 2^-24, and rounded to float32 it is 1 + 2^-11.
TEST(FastMath, AProductThatIsAddedIsRoundedOnce) {
  Tensor x = full({100}, 1 + 0x1p-12f), y = full({100}, -(1 + 0x1p-11f));
  auto f = [](Tensor a, Tensor b) { return a * a + b; };
  bool fused = detail::isa() != detail::Isa::Baseline;
  EXPECT_EQ(floats(function("f", f)(x, y)), std::vector<float>(100, 0.0f));
  EXPECT_EQ(floats(function("f", f, {.fast_math = true})(x, y)), std::vector<float>(100, fused ? 0x1p-24f : 0.0f));
  EXPECT_EQ(floats(function("f", f)(x, y)), std::vector<float>(100, 0.0f));
}

TEST(FastMath, NaNAndInfinitiesKeepTheirMeaning) {
  constexpr float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  auto f =
      function("f", [](Tensor a) { return std::tuple(isnan(a * 2 + 1), isinf(a / 3 - 1), where(a == a, exp(a), 7), (a + 3) - a, a * 3 - a * 2); },
               {.fast_math = true});
  auto [is_nan, is_inf, e, back, difference] = f(Tensor{nan, inf, -inf, 0.0f});
  EXPECT_EQ(is_nan.to_vector<bool>(), (std::vector<bool>{true, false, false, false}));
  EXPECT_EQ(is_inf.to_vector<bool>(), (std::vector<bool>{false, true, true, false}));
  EXPECT_EQ(floats(e), (std::vector<float>{7, inf, 0, 1}));
  for (const Tensor &t : {back, difference})
    EXPECT_EQ(isnan(t).to_vector<bool>(), (std::vector<bool>{true, true, true, false}));
}

TEST(FastMath, WholeNumbersAreDividedExactly) {
  auto f = function("f", [](Tensor x, Tensor y) { return std::tuple(floor_divide(x, y), remainder(x, y)); }, {.fast_math = true});
  for (DType d : {int8, uint16, int32, uint32})
    for (int y : {7, 41, 49, 98, 103, 126}) {
      Tensor x = cast(arange(127), d);
      auto [q, r] = f(x, cast(Tensor(y), d));
      for (int k = 0; k < 127; ++k) {
        EXPECT_EQ(cast(q[k], int32).item<int>(), k / y) << k << " / " << y;
        EXPECT_EQ(cast(r[k], int32).item<int>(), k % y) << k << " % " << y;
      }
    }
}

// Reassociated, the steps that make exp and tanh exact would cancel.
TEST(FastMath, FunctionsOfMathematicsKeepTheirBounds) {
  auto f = [](Tensor a) { return std::tuple(exp(a), tanh(a), log(a), sin(a)); };
  Tensor x = cast(arange(5000), float32) / 300 + 0.01f;
  auto plain = function("f", f)(x), fast = function("f", f, {.fast_math = true})(x);
  EXPECT_EQ(floats(std::get<0>(fast)), floats(std::get<0>(plain)));
  EXPECT_EQ(floats(std::get<1>(fast)), floats(std::get<1>(plain)));
  EXPECT_EQ(floats(std::get<2>(fast)), floats(std::get<2>(plain)));
  EXPECT_EQ(floats(std::get<3>(fast)), floats(std::get<3>(plain)));
}

// --- threads

TEST(Threads, OneTraceForManyCallers) {
  std::atomic<int> traced{0};
  auto f = function([&](Tensor x) {
    ++traced;
    return x * 2;
  });
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 16; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i)
        wrong += as_int(f(t * 100 + i)) != 2 * (t * 100 + i);
    });
  for (std::thread &t : threads)
    t.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(traced, 1);
}

TEST(Threads, WritersOfOneVariableAreSerial) {
  Variable v(0, "v");
  auto f = function([&](Tensor n) {
    for ([[maybe_unused]] Tensor i : range(n))
      v.assign_add(1);
  });
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i)
        f(10);
    });
  for (std::thread &t : threads)
    t.join();
  EXPECT_EQ(v.item<int>(), 4000);
}

} // namespace

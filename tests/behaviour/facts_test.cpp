// What other systems' own tests say about the same behaviour, replayed: each test is named after its source test, in
// TensorFlow (polymorphic_function_test.py, autograph/tests), JAX (api_test.py, lax_control_flow_test.py) or MLX
// (compile_tests.cpp). Where weft decides otherwise, the test says so.
#include "tests/support/program.h"

#include <atomic>
#include <map>
#include <thread>

using namespace weft;
using namespace weft::test;

namespace {

// --- tracing and signatures

TEST(Facts, F01_testBasic) {
  auto transposed_product =
      function([](Tensor a, Tensor b) { return sum(expand_dims(permute_dims(a, {1, 0}), 2) * expand_dims(b, 0), 1); });
  Tensor t = {{1, 2}, {3, 4}};
  Tensor square = transposed_product(t, t);
  EXPECT_EQ(ints(square), (std::vector<int>{10, 14, 14, 20}));
  EXPECT_EQ(ints(transposed_product(square, t)), (std::vector<int>{52, 76, 74, 108}));
  EXPECT_EQ(transposed_product.trace_count(), 1u);
}

TEST(Facts, F03_test_experimental_get_tracing_count_method) {
  auto make = [] { return function([](Tensor x) { return x; }); };
  auto first = make(), second = make();
  first(1), first(1.0f), first(2);
  second(1), second(1.0f), second(Tensor{1});
  EXPECT_EQ(first.trace_count(), 2u);
  EXPECT_EQ(second.trace_count(), 3u);
  first(3.0f);
  EXPECT_EQ(first.trace_count(), 2u);
}

TEST(Facts, F05_testVariableRetracingDtypeShape) {
  auto f = function([](Variable v) { return v + v; });
  Variable scalar(1.0f), pair(Tensor{1.0f, 2.0f}), row(Tensor{{1.0f, 2.0f}});
  EXPECT_EQ(f(scalar).item<float>(), 2);
  EXPECT_EQ(floats(f(pair)), (std::vector<float>{2, 4}));
  EXPECT_EQ(floats(f(row)), (std::vector<float>{2, 4}));
  f(scalar), f(pair), f(row);
  EXPECT_EQ(f.trace_count(), 3u);
}

TEST(Facts, F07_testSameVariableTwice) {
  auto add = function([](Variable a, Variable b) {
    a.assign_add(10);
    return a + b;
  });
  Variable v(1, "v"), w(1, "w");
  EXPECT_EQ(as_int(add(v, v)), 22); // one variable: the second parameter sees the assignment
  EXPECT_EQ(as_int(add(w, v)), 22); // 11 + 11
  EXPECT_EQ(as_int(add(w, v)), 32);
  EXPECT_EQ(as_int(add(v, v)), 42);
}

TEST(Facts, F09_testInputSignatureConversionWithDefaultArg) {
  // C++ has no default arguments in a function object's type, so the second argument is always given.
  auto f = function([](Tensor a, bool training) { return training ? a : -a; }, {.input_signature = {spec(int32)}});
  EXPECT_EQ(as_int(f(1, true)), 1);
  EXPECT_EQ(as_int(f(1, false)), -1);
  EXPECT_EQ(as_int(f(5, true)), 5);
  EXPECT_EQ(f.trace_count(), 2u); // a host value is part of the signature
  EXPECT_THROW(f(1.0f, true), DTypeError);
  EXPECT_THROW(f(Tensor{1}, true), ShapeError);
}

TEST(Facts, F11_testPrettyPrintedSignature) {
  auto f = function([](Tensor x, int n, std::string, std::vector<Tensor> more) { return x * n + more[0]; });
  f(Tensor{1.0f, 2.0f}, 7, "octopus", {3.0f, 4});
  std::string s = f.traces().at(0).signature;
  for (const char *part : {"float32 (2,)", "7", "\"octopus\"", "float32 ()", "int32 ()"})
    EXPECT_NE(s.find(part), std::string::npos) << s;
}

TEST(Facts, F17_test_jit_static_args) {
  auto f = function([](Tensor x, bool flag, bool flag2, Tensor y) {
    return flag ? x * 100 + y * 10 + (flag2 ? 3 : 4) : y * 100 + x * 10 + (flag2 ? 3 : 4);
  });
  EXPECT_EQ(as_int(f(1, true, true, 2)), 123);
  EXPECT_EQ(as_int(f(1, true, true, 2)), 123);
  EXPECT_EQ(as_int(f(2, true, true, 1)), 213);
  EXPECT_EQ(f.trace_count(), 1u);
  EXPECT_EQ(as_int(f(1, true, false, 2)), 124);
  EXPECT_EQ(f.trace_count(), 2u);
}

TEST(Facts, F17_test_jit_static_argnums_requires_type_equality) {
  // A declared parameter has one type: 1, true and 1.0 become the same double, one key; 0.0 and -0.0 are two by their
  // bits.
  auto f = function([](Tensor x, double d) { return x + d; });
  f(1.0f, 1), f(1.0f, true), f(1.0f, 1.0);
  EXPECT_EQ(f.trace_count(), 1u);
  f(1.0f, 0.0), f(1.0f, -0.0);
  EXPECT_EQ(f.trace_count(), 3u);
}

TEST(Facts, F21_test_simple_compile) {
  auto f = function([](std::vector<Tensor> in) { return std::vector<Tensor>{in[0] + in[1]}; });
  EXPECT_EQ(f({1.0f, 2.0f})[0].item<float>(), 3);
  EXPECT_EQ(floats(f({Tensor{1.0f, 1.0f}, 2.0f})[0]), (std::vector<float>{3, 3}));
  EXPECT_EQ(as_int(f({1, 2})[0]), 3);
  EXPECT_EQ(f({1.0f, 2.0f})[0].item<float>(), 3);
  EXPECT_EQ(f.trace_count(), 3u);
}

TEST(Facts, F21_test_nested_compile) {
  auto inner = function([](Tensor x, Tensor y) { return x + y; });
  auto outer = function([&](Tensor x, Tensor y) { return inner(inner(x, y), inner(y, y)) + y; });
  EXPECT_EQ(as_int(outer(1, 2)), 9);
}

TEST(Facts, F23_test_compile_lambda) {
  Tensor x = 2;
  auto by_reference = function([&](Tensor y) { return x * y; });
  EXPECT_EQ(as_int(by_reference(1)), 2);
  x = 3;
  EXPECT_EQ(as_int(by_reference(1)), 2); // the value when it was traced
  Function<Tensor(Tensor)> f;
  {
    int local = 5;
    auto lambda = [=](Tensor y) { return y * local; };
    f = function(lambda);
  }
  EXPECT_EQ(as_int(f(3)), 15);
}

// --- effects, variables, threads

TEST(Facts, F25_testPythonCallWithSideEffects) {
  std::vector<int> state;
  auto append = [&](Tensor x) {
    state.push_back(static_cast<int>(state.size()));
    return x;
  };
  auto f = function(append);
  f(1), f(1);
  EXPECT_EQ(state, (std::vector<int>{0}));
  append(1);
  EXPECT_EQ(state, (std::vector<int>{0, 1}));
}

TEST(Facts, F27_testControlDependencyAfterInline) {
  Variable v(0.0f, "v");
  auto assign = function([&](Tensor x) { v.assign(x), v.assign_add(0.0f); });
  auto add = function([&](Tensor x) { v.assign_add(x); });
  auto program = function([&](Tensor one) {
    assign(one);
    Tensor first = v;
    add(one);
    return std::pair<Tensor, Tensor>{first, v};
  });
  for (int i = 0; i < 30; ++i) {
    auto [first, second] = program(1.0f);
    EXPECT_EQ(first.item<float>(), 1);
    EXPECT_EQ(second.item<float>(), 2);
  }
}

TEST(Facts, F27_testReadInFuncWriteOutside) {
  Variable v(1.0f, "v");
  auto inner = function([&] { return v + 1.0f; });
  auto outer = function([&] {
    Tensor read = inner();
    v.assign_add(2.0f);
    return read;
  });
  EXPECT_EQ(outer().item<float>(), 2);
  EXPECT_EQ(v.item<float>(), 3);
}

TEST(Facts, F29_testFailIfVariablesAreCreatedMoreThanOnce) {
  auto f = function([](Tensor x) {
    Variable v(1, "made_inside");
    return v + x;
  });
  for (int call = 0; call < 2; ++call) { // the first call is no exception
    try {
      f(1);
      ADD_FAILURE() << "a Variable was made while tracing";
    } catch (const VariableError &e) {
      EXPECT_NE(std::string(e.what()).find("made_inside"), std::string::npos) << e.what();
    }
  }
}

TEST(Facts, F29_testMethodNotAllowDynamicVariable) {
  struct Dynamic : Module {
    Variable w;
    Tensor operator()(Tensor x) {
      if (!w.defined())
        w = variable("w", ones({2}));
      return x * w;
    }
  } module;
  auto f = function([&](Tensor x) { return module(x); });
  EXPECT_THROW(f(2.0f), VariableError);
  EXPECT_FALSE(module.w.defined());
  EXPECT_TRUE(module.variables().empty());
  EXPECT_EQ(floats(module(2.0f)), (std::vector<float>{2, 2})); // made outside, it serves the trace
  EXPECT_EQ(floats(f(3.0f)), (std::vector<float>{3, 3}));
}

TEST(Facts, F31_testSymbolicTensorIllegalCaptureCallTimeError) {
  Tensor *leaked = nullptr;
  std::vector<Tensor> holder;
  holder.reserve(1);
  auto leaky = function([&](Tensor x) {
    holder.push_back(x * 2);
    leaked = &holder.back();
    return x;
  });
  leaky(1);
  auto user = function([&](Tensor x) { return x + *leaked; });
  try {
    user(1);
    FAIL() << "a symbolic tensor of another trace was used";
  } catch (const TraceError &e) {
    EXPECT_EQ(std::string(e.what()).rfind(__FILE__, 0), 0u) << e.what();
  }
  EXPECT_THROW(leaked->item<int>(), TraceError);
}

TEST(Facts, F33_testGetConcreteFunctionThreadSafety) {
  std::atomic<int> traced{0};
  auto f = function([&](Tensor x) {
    ++traced;
    return x * 2;
  });
  std::vector<std::thread> threads;
  for (int t = 0; t < 100; ++t)
    threads.emplace_back([&] { f.concrete(spec(float32, {3})); });
  for (std::thread &t : threads)
    t.join();
  EXPECT_EQ(traced, 1);
  EXPECT_EQ(f.cache_stats().entries, 1u);
}

TEST(Facts, F33_testExecutingStatelessDefunConcurrently) {
  auto f = function([](Tensor x) { return x * 2; });
  std::vector<int> results(100);
  std::vector<std::thread> threads;
  for (int x = 0; x < 100; ++x)
    threads.emplace_back([&, x] { results[x] = as_int(f(x)); });
  for (std::thread &t : threads)
    t.join();
  for (int x = 0; x < 100; ++x)
    EXPECT_EQ(results[x], 2 * x);
}

TEST(Facts, F33_test_concurrent_jit) {
  auto f = function([](Tensor x) { return x + x - 3.0f; });
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 10; ++t)
    threads.emplace_back([&, n = t + 1] {
      std::vector<float> x(n), expected(n);
      for (int i = 0; i < n; ++i)
        x[i] = static_cast<float>(i * n), expected[i] = x[i] + x[i] - 3;
      for (int i = 0; i < 20; ++i)
        wrong += floats(f(from_span(x))) != expected;
    });
  for (std::thread &t : threads)
    t.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(f.trace_count(), 10u);
}

TEST(Facts, F35_test_recursive_tf_function) {
  Function<Tensor(Tensor, int)> f;
  f = function([&](Tensor one, int n) -> Tensor { return n < 2 ? one : f(one, n - 1); });
  EXPECT_EQ(as_int(f(1, 5)), 1);
  EXPECT_EQ(f.trace_count(), 5u);
}

TEST(Facts, F35_test_recursive_tf_function_call_each_other) {
  Function<Tensor(Tensor, int)> f, g;
  f = function(
      [&](Tensor one, int n) -> Tensor { return n < 2 ? one : g(one, n - 1) + (n % 2 == 0 ? one : one - one); });
  g = function([&](Tensor one, int n) -> Tensor { return n < 2 ? one : f(one, n - 1); });
  EXPECT_EQ(as_int(f(1, 5)), 1);
  EXPECT_EQ(as_int(f(1, 6)), 4);
}

TEST(Facts, F35_test_recursive_tf_function_with_cond) {
  Function<Tensor(Tensor)> f;
  f = function([&](Tensor n) -> Tensor { return cond(n < 2, [] { return Tensor(1); }, [&] { return f(n - 1); }); });
  EXPECT_THROW(f(5), TraceError); // its own trace is not finished when it is needed: said, not a hang
  EXPECT_EQ(f.trace_count(), 0u);
}

TEST(Facts, F37_testUpdateVariableMultipleOutputs) {
  Variable v(3.1, "v");
  auto f = function([&](Tensor x) {
    v.assign_add(x);
    return x + v;
  });
  EXPECT_DOUBLE_EQ(f(0.42).item<double>(), 3.94);
  EXPECT_DOUBLE_EQ(v.item<double>(), 3.52);
}

TEST(Facts, F37_testNoExcessiveRetracing) {
  int inner_traces = 0;
  auto inner = function([&](Tensor a, Tensor b) {
    ++inner_traces;
    return a * b + a;
  });
  auto first = function([&](Tensor a, Tensor b) { return inner(a, b); });
  auto second = function([&](Tensor a, Tensor b) { return inner(a, b); });
  EXPECT_EQ(as_int(first(2, 3)), 8);
  EXPECT_EQ(as_int(second(3, 4)), 15);
  EXPECT_EQ(inner_traces, 1);
}

TEST(Facts, F37_testPythonStackTrace) {
  auto fails = function("fails", [](Tensor x) { return x + Tensor{1.0f, 2.0f}; });
  try {
    fails(1);
    FAIL();
  } catch (const DTypeError &e) {
    EXPECT_EQ(std::string(e.where().file), __FILE__);
    EXPECT_EQ(e.where().line, static_cast<unsigned>(__LINE__ - 6));
    EXPECT_NE(std::string(e.where().function), "");
  }
}

// --- control flow: facts 39 to 51 about native control flow are in tests/autograph/cases/facts.cpp

TEST(Facts, F49_new_key_of_a_dictionary_in_one_branch) {
  auto f = function([](Tensor c) {
    std::map<std::string, Tensor> x{{"a", 1}};
    if (c > 0)
      x["b"] = c + 1;
    return x["a"] + x["b"];
  });
  const unsigned made = __LINE__ - 3;
  try {
    f(1);
    FAIL() << "x[\"b\"] has no value in the else branch";
  } catch (const TraceError &e) {
    std::string what = e.what();
    EXPECT_EQ(e.where().line, made) << what; // operator[] makes the element, whatever the data
    EXPECT_NE(what.find("x[\"b\"]"), std::string::npos) << what;
  }
}

TEST(Facts, F51_testWhileTypeErrors) {
  auto condition = [](auto make) {
    try {
      function([=](Tensor x) { return while_loop([=](Tensor v) { return make(v); }, [](Tensor v) { return v; }, x); })(
          1);
    } catch (const Error &e) {
      return std::string(e.what());
    }
    return std::string("nothing");
  };
  std::string integer = condition([](Tensor v) { return v; });
  EXPECT_NE(integer.find("int32"), std::string::npos) << integer;
  EXPECT_NE(integer.find("bool"), std::string::npos) << integer;
  std::string several = condition([](Tensor v) { return broadcast_to(v, {2}) > 0; });
  EXPECT_NE(several.find("any"), std::string::npos) << several;
  auto body = function([](Tensor flag, Tensor x) {
    auto [a, b] = while_loop([](Tensor a, Tensor) { return a; },
                             [](Tensor a, Tensor) { return std::tuple<Tensor, Tensor>(a, a); }, flag, x);
    return b;
  });
  try {
    body(true, 1.0f);
    FAIL();
  } catch (const TraceError &e) {
    EXPECT_NE(std::string(e.what()).find("float32 ()"), std::string::npos) << e.what();
    EXPECT_NE(std::string(e.what()).find("bool ()"), std::string::npos) << e.what();
  }
}

} // namespace

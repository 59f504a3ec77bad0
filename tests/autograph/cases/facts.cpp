// What TensorFlow's and JAX's own tests say about native control flow, replayed: each test is named after its source test in
// autograph/tests (cond_basic_test.py, loop_control_flow_test.py, …), polymorphic_function_test.py or lax_control_flow_test.py. Where
// TensorFlow's message names a thing, ours must too. testWhileGradError (fact 53) needs gradients, which do not exist yet.
#include "tests/autograph/told.h"

#include <map>
#include <unordered_map>

using namespace weft;
using namespace weft::autograph;

namespace {

// --- 39: xla/jit and object fields

struct TestObject {
  Tensor field_1, field_2;
};

Tensor test_tensor_with_extra_test_object_vars(Tensor start) {
  TestObject o{0, 1};
  for (Tensor i : range(start, 5)) {
    if (!(o.field_1 < 6))
      break;
    o.field_1 += i;
    o.field_2 *= i;
  }
  return stack({o.field_1, o.field_2});
}
CASE(test_tensor_with_extra_test_object_vars, {{1}, {6, 6}}, {{4}, {4, 4}}, {{9}, {0, 1}});

Tensor test_tensor_with_side_effecting_condition(Tensor n) {
  Tensor i = 0, v = 0;
  while (print("condition", i), (v = v * 10 + i, i < n))
    i += 1;
  return stack({i, v});
}
// Five turns: v collects 0 1 2 3 4 5, and the condition runs six times.
CASE(test_tensor_with_side_effecting_condition,
     {{5}, {5, 12345}, "condition 0\ncondition 1\ncondition 2\ncondition 3\ncondition 4\ncondition 5\n"}, {{0}, {0, 0}, "condition 0\n"});

// --- 41: cond_basic_test.py

Tensor creates_var_imbalanced(Tensor c) {
  Tensor i;
  if (c > 0) //@ imbalanced if
    i = 3;   //@ imbalanced set
  return i * 2;
}
TEST(Facts, F41_test_creates_var_imbalanced_illegal) {
  NEEDS_THE_REWRITER;
  // TF: 'i' must also be initialized in the else branch
  expect_told(told(creates_var_imbalanced, Tensor(1)), "TraceError", {"'i'", "else branch", AT("imbalanced set")});
}

Tensor creates_var_imbalanced_on_the_host(Tensor c, bool host) {
  Tensor i;
  if (host)
    i = c;
  return i * 2; //@ used before assignment
}
TEST(Facts, F41_test_creates_var_imbalanced_legal_if_host_condition) {
  NEEDS_THE_REWRITER;
  auto f = function(creates_var_imbalanced_on_the_host);
  EXPECT_EQ(f(4, true).item<int>(), 8);
  expect_told(told(creates_var_imbalanced_on_the_host, Tensor(1), false), "TraceError", {"empty Tensor", AT("used before assignment")});
}

Tensor returns_none(Tensor c) {
  Tensor i = 1;
  if (c > 0)
    i = Tensor(); //@ none
  return i + 1;
}
TEST(Facts, F41_test_returns_none_illegal) {
  NEEDS_THE_REWRITER;
  // TF: 'i' is None at the end of the main branch.
  expect_told(told(returns_none, Tensor(1)), "TraceError", {"'i'", "then branch", AT("none")});
}

Tensor test_local_vars(Tensor x) {
  Tensor r = 0;
  if (x < 0) {
    Tensor local = x * 3;
    r = local;
  } else {
    Tensor local = cast(x, float32) * 0.5f;
    r = cast(local, int32);
  }
  return r;
}
CASE(test_local_vars, {{-2}, -6}, {{8}, 4});

Tensor nested_if_temporarily_undefined_return(Tensor x) {
  Tensor r;
  if (x > 0) {
    if (x > 1)
      r = 1;
  } else
    r = 2; //@ temporarily
  return r + 1;
}
TEST(Facts, F41_test_nested_if_temporarily_undefined_return_illegal) {
  NEEDS_THE_REWRITER;
  expect_told(told(nested_if_temporarily_undefined_return, Tensor(5)), "TraceError", {"'r'", "only in the else branch", AT("temporarily")});
}

// --- 43: loop_control_flow_test.py

/// The tests' loops over lists, with lists of any length.
Tensor continue_in_single_for(Tensor l) {
  Tensor s = 0;
  for (Tensor c : l) {
    if (c % 2 > 0)
      continue;
    s += c;
  }
  return s;
}
Tensor break_in_single_for(Tensor l) {
  Tensor s = 0;
  for (Tensor c : l) {
    if (c % 2 > 0)
      break;
    s += c;
  }
  return s;
}
Tensor unconditional_return_in_single_for(Tensor l) {
  Tensor s = 0;
  for (Tensor c : l) {
    s += c;
    if (c > 0)
      return s;
  }
  return s * 100;
}
TEST(Facts, F43_single_for) {
  auto expect = [](Tensor (*program)(Tensor), std::vector<std::pair<std::vector<int>, int>> samples) {
    auto f = function(program);
    for (auto &[list, expected] : samples) {
      Tensor l = list.empty() ? zeros({0}, int32) : from_span(list);
      EXPECT_EQ(program(l).item<int>(), expected);
      if (rewritten) {
        EXPECT_EQ(f(l).item<int>(), expected);
      }
    }
  };
  expect(continue_in_single_for, {{{1, 2, 3, 4}, 6}, {{1}, 0}, {{}, 0}, {{2, 4}, 6}});
  expect(break_in_single_for, {{{2, 4, 5, 8}, 6}, {{1, 2}, 0}, {{}, 0}});
  expect(unconditional_return_in_single_for, {{{0, -2, 5, 8}, 3}, {{-1}, -100}, {{}, 0}});
}

Tensor break_in_inner_for(Tensor n, Tensor m) {
  Tensor s = 0;
  for (Tensor i : range(n)) {
    for (Tensor j : range(m)) {
      if (j > i)
        break;
      s += 1;
    }
    s += 100;
  }
  return s;
}
CASE2(break_in_inner_for, {{3, 5}, 306}, {{3, 1}, 303}, {{0, 5}, 0});

Tensor multiple_breaks_in_single_while(Tensor n) {
  Tensor s = 1, i = 0;
  while (i < n) {
    i += 1;
    if (i > 10 * n)
      break;
    if (i == n)
      break;
    s = s * 10 + i;
  }
  return stack({i, s});
}
CASE(multiple_breaks_in_single_while, {{4}, {4, 1123}}, {{1}, {1, 1}}, {{0}, {0, 1}});

Tensor single_loop_return(Tensor n) {
  Tensor result;
  for (Tensor i : range(n))
    result = i;
  return result;
}
TEST(Facts, F43_test_single_loop_illegal_return) {
  NEEDS_THE_REWRITER;
  // TF: loop must iterate at least once to initialize …
  auto f = function(single_loop_return);
  expect_told(told_by([&] { f(0); }), "CheckError", {"'result'"});
  EXPECT_EQ(f(2).item<int>(), 1);
}

// --- 45: loop_with_variable_type_illegal_cases_test.py

template <class F> Told loop_told(F program) { return told(program, Tensor(3)); }

Tensor type_changes(Tensor n) {
  Tensor x = 1; //@ x is int
  while (n > 0) {
    x = 1.0f; //@ x is float
    n -= 1;
  }
  return x;
}
Tensor type_changes_and_breaks(Tensor n) {
  Tensor x = 1;
  while (n > 0) {
    x = 1.0f; //@ x is float, break
    n -= 1;
    if (n < 100)
      break;
  }
  return x;
}
Tensor type_changes_in_for(Tensor n) {
  Tensor x = 1;
  for ([[maybe_unused]] Tensor i : range(n)) {
    x = 1.0f; //@ x is float, for
    if (i > 0)
      break;
  }
  return x;
}
TEST(Facts, F45_test_dtype_changes) {
  NEEDS_THE_REWRITER;
  // TF: 'x' has dtype int32 before the loop, but dtype float32 after one iteration
  expect_told(loop_told(type_changes), "TraceError", {"'x'", "int32 ()", "float32 ()", AT("x is float")});
  expect_told(loop_told(type_changes_and_breaks), "TraceError", {"'x'", "int32 ()", "float32 ()", AT("x is float, break")});
  expect_told(loop_told(type_changes_in_for), "TraceError", {"'x'", "int32 ()", "float32 ()", AT("x is float, for")});
}

Tensor shape_changes(Tensor n) {
  Tensor x = zeros({1});
  for ([[maybe_unused]] Tensor i : range(n))
    x = concat({x, x}); //@ x grows
  return x;
}
Tensor shape_changes_and_breaks(Tensor n) {
  Tensor x = zeros({1});
  while (n > 0) {
    x = concat({x, x}); //@ x grows, break
    if (n < 5)
      break;
  }
  return x;
}
TEST(Facts, F45_test_shape_changes) {
  NEEDS_THE_REWRITER;
  // TF: 'x' has shape (1,) before the loop, but shape (2,) after one iteration. Use … to set shape invariants.
  expect_told(loop_told(shape_changes), "TraceError", {"'x'", "(1,)", "(2,)", "shape_invariants", AT("x grows")});
  expect_told(loop_told(shape_changes_and_breaks), "TraceError", {"'x'", "(1,)", "(2,)", "shape_invariants", AT("x grows, break")});
}

// --- 47: loop_created_variables_test.py

Tensor creates_var_in_while(Tensor n) {
  Tensor i = 0, made;
  while (i < n) {
    made = i * 100; //@ made in while
    i += 1;
  }
  return made + i;
}
Tensor creates_var_in_for(Tensor n) {
  Tensor made;
  for (Tensor i : range(n)) {
    if (i == 50)
      break;
    made = i * 100; //@ made in for
  }
  return made;
}
TEST(Facts, F47_loop_created_variables) {
  NEEDS_THE_REWRITER;
  auto f = function(creates_var_in_while);
  EXPECT_EQ(f(1).item<int>(), 1);
  EXPECT_EQ(f(5).item<int>(), 405);
  expect_told(told_by([&] { f(0); }), "CheckError", {"'made'", "no turn of the loop", AT("made in while")});
  auto g = function(creates_var_in_for);
  EXPECT_EQ(g(5).item<int>(), 400);
  EXPECT_EQ(g(70).item<int>(), 4900);
  expect_told(told_by([&] { g(0); }), "CheckError", {"'made'", AT("made in for")});
  EXPECT_EQ(g(1).item<int>(), 0);
  EXPECT_EQ(f.trace_count() + g.trace_count(), 2u);
}

Tensor loop_initializing_variant(Tensor n) {
  Tensor x;
  while (n > 0) {
    x = x + n; //@ variant
    n -= 1;
  }
  return x;
}
TEST(Facts, F47_test_loop_initializing_variant_variable_illegal) {
  NEEDS_THE_REWRITER;
  // TF: must be defined before the loop, for any n
  for (int n : {0, 3})
    expect_told(told(loop_initializing_variant, Tensor(n)), "TraceError", {"empty Tensor", AT("variant")});
}

// --- 49: composite_names_in_control_flow_test.py

Tensor one_sided_composite(Tensor c) {
  std::map<std::string, Tensor> x{{"a", 1}, {"b", Tensor()}};
  if (c > 0)
    x["b"] = c; //@ composite
  return x["a"] + x["b"];
}
TEST(Facts, F49_if_composite_undefined) {
  NEEDS_THE_REWRITER;
  // TF: 'x['b']' must also be initialized in the else branch
  expect_told(told(one_sided_composite, Tensor(1)), "TraceError", {"x[\"b\"]", "else branch", AT("composite")});
}

struct Tables {
  std::map<std::string, Tensor> table{{"k", {}}};
  std::unordered_map<int, std::pair<int, Tensor>> pairs{{-3, {}}};
  std::map<std::string, std::map<char, Tensor>> nested{{"key", {{'c', {}}}}};
};
Tensor one_sided_field(Tensor c) {
  Tables s;
  if (c > 0)
    s.table["k"] = c; //@ field
  return s.table["k"] + 1;
}
Tensor one_sided_pair(Tensor c) {
  Tables s;
  auto &pairs = s.pairs;
  if (c > 0)
    pairs[-3].second = c; //@ pair
  return pairs[-3].second + 1;
}
Tensor one_sided_nested(Tensor c) {
  Tables s, *p = &s;
  const std::string key = "key";
  if (c > 0)
    p->nested[key]['c'] = c; //@ nested
  return s.nested["key"]['c'] + 1;
}
template <class T> T one_sided_in_a_template(T c) {
  std::map<std::string, T> s{{"a", {}}};
  if (c > 0)
    s["a"] = c; //@ template
  return s["a"] + 1;
}
Tensor grows_a_map(Tensor c) {
  std::map<std::string, Tensor> x;
  if (c > 0)
    x["b"] = c; //@ grows
  else
    x["b"] = 5;
  return x["b"] + int(x.size());
}
Tensor grows_before(Tensor c) {
  std::map<std::string, Tensor> x;
  x["b"] = 0;
  if (c > 0) {
    std::map<int, Tensor> inner;
    inner[1] = c * 2;
    x["b"] = inner[1];
  } else
    x["b"] = 5;
  return x["b"] + int(x.size());
}
CASE(grows_before, {{3}, 7}, {{-3}, 6});
TEST(Facts, F49_elements_are_named) {
  EXPECT_EQ(grows_a_map(3).item<int>(), 4);
  NEEDS_THE_REWRITER;
  expect_told(told(one_sided_field, Tensor(1)), "TraceError", {"'s.table[\"k\"]'", "else branch", AT("field")});
  expect_told(told(one_sided_pair, Tensor(1)), "TraceError", {"'pairs[-3].second'", "else branch", AT("pair")});
  expect_told(told(one_sided_nested, Tensor(1)), "TraceError", {"'p->nested[key]['c']'", "else branch", AT("nested")});
  expect_told(told(one_sided_in_a_template<Tensor>, Tensor(1)), "TraceError", {"'s[\"a\"]'", "else branch", AT("template")});
  // What a map holds is host state.
  expect_told(told(grows_a_map, Tensor(1)), "TraceError", {"'x[\"b\"]'", "before the statement", AT("grows")});
}

Tensor composite_names_in_loops(Tensor n) {
  struct {
    std::map<std::string, Tensor> m;
    std::vector<Tensor> list;
  } x;
  x.m["a"] = n;
  x.list = {1, 2};
  for (Tensor i : range(n)) {
    x.m["a"] += i;
    x.list[1] = x.list[0] + x.list[1];
    x.list[0] = x.m["a"];
    if (i == 9)
      break;
  }
  while (x.list[0] > 5)
    x.list[0] -= 3;
  return stack({x.m["a"], x.list[0], x.list[1]});
}
// n 3: a 3, list (1, 2): a 3 (3, 3); a 4 (4, 6); a 6 (6, 10); then 6 -> 3.
CASE(composite_names_in_loops, {{0}, {0, 1, 2}}, {{3}, {6, 3, 10}});

// --- 51: lax_control_flow_test.py

Tensor condition_of_two_flags(Tensor x) {
  Tensor flag = true, number = cast(x, float32);
  while (flag) {  //@ carry
    number = flag; //@ number is a flag
    flag = x > 5;
  }
  return number;
}
TEST(Facts, F51_testWhileTypeErrors) {
  NEEDS_THE_REWRITER;
  // JAX: component c[1] has type float32[] but … bool[]
  expect_told(told(condition_of_two_flags, Tensor(1)), "TraceError", {"'number'", "float32 ()", "bool ()", AT("number is a flag")});
}

Tensor many_carried(Tensor n) {
  Tensor a = 1, b = zeros({2}), c = "text", good = 0;
  while (n > 0) {
    a = cast(n, float64);
    b = zeros({2, 2}, int64) + cast(n, int64);
    c = n;
    good += 1;
    n -= 1;
  }
  return good;
}
TEST(Facts, F51_testScanBodyCarryTypeMismatchErrors) {
  NEEDS_THE_REWRITER;
  expect_told(told(many_carried, Tensor(1)), "TraceError",
              {"'a'", "'b'", "'c'", "int32 ()", "float64 ()", "float32 (2,)", "int64 (2, 2)", "string ()"});
}

} // namespace

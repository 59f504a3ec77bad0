// Corners of the language around native control flow: where conditions may stand, what a body may declare, what a lambda cannot
// capture.
#include "tests/autograph/table.h"

#include <array>
#include <cassert>
#include <map>
#include <memory>
#include <optional>
#include <tuple>

using namespace weft;

namespace {

std::vector<std::pair<Tensor, Tensor>> pairs_of(Tensor x) { return {{x, 1}, {x + 1, 2}, {x + 2, 3}}; }

Tensor bindings_in_loops(Tensor x) {
  Tensor s = 0;
  for (auto &[value, weight] : pairs_of(x)) {
    if (value == 3)
      break;
    if (value > 5)
      continue;
    s += value * weight;
  }
  std::map<std::string, Tensor> m{{"a", x}, {"b", 2}};
  for (auto &[key, value] : m) {
    if (value > 1)
      value += 10;
    s = s * 100 + value;
  }
  return s;
}
// 0: 0*1 + 1*2 + 2*3 = 8; a 0, b 12. 2: 2, then 3 leaves; 12 12. 5: 5, 6 and 7 are skipped; 15, 12.
CASE(bindings_in_loops, {{0}, 80012}, {{2}, 21212}, {{5}, 51512});

Tensor bindings_in_ifs(Tensor x, Tensor y) {
  if (auto [a, b] = std::pair(x, y); a > b)
    return a * 10 + b;
  else if (auto &&[c, d] = std::tuple(x + 1, y + 1); c == d)
    x = c * d;
  auto [p, q] = x > y ? std::pair{x, y} : std::pair{y, x};
  std::array<Tensor, 2> list{p, q};
  auto &[first, second] = list;
  while (first > second)
    first -= 2;
  return list[0] * 10 + second;
}
CASE2(bindings_in_ifs, {{3, 1}, 31}, {{2, 2}, 12}, {{1, 4}, 1});

Tensor loops_with_init(Tensor n) {
  Tensor s = 0;
  for (Tensor k = 10; Tensor i : range(n)) {
    if (i == 3)
      break;
    k += i;
    s += k;
  }
  for (std::vector<int> v{1, 2, 3}; int k : v) {
    if (s > 40)
      break;
    s += k;
  }
  return s;
}
// 0: 6. 2: 10 + 11 = 21, 27. 9: 10 + 11 + 13 = 34, 35, 37, 40.
CASE(loops_with_init, {{0}, 6}, {{2}, 27}, {{9}, 40});

Tensor switch_with_init(Tensor x) {
  Tensor r = 0;
  for (int k = 0; k < 3; ++k)
    switch (int mode = k * 2; mode) {
    case 0:
    case 4: {
      Tensor t = x * 2;
      if (t > 4)
        r += t;
      break;
    }
    case 2:
      if (x > 1) {
        r += 100;
        break;
      }
      r += 1000;
      break;
    }
  return r;
}
CASE(switch_with_init, {{0}, 1000}, {{2}, 100}, {{3}, 112});

Tensor conditional_with_assignments(Tensor x) {
  Tensor a = 1, b = 2;
  x > 0 ? a += 10 : b += 20;
  x > 5 ? (void)(a = 5) : (void)(b = 6);
  x == 3 ? print("three") : print("other", x);
  return a * 100 + b;
}
CASE(conditional_with_assignments, {{-1}, 106, "other -1\n"}, {{3}, 1106, "three\n"}, {{6}, 502, "other 6\n"});

Tensor numbers_in_numbers(Tensor x) {
  bool host = true;
  return x + (host ? x > 1 ? 3 : 4 : 5) + (x > 2 ? 1 : host ? 2 : 3) + (x > 2 ? 1 : x > 1 ? 7 : 8);
}
CASE(numbers_in_numbers, {{0}, 14}, {{1}, 15}, {{2}, 14}, {{3}, 8});
Tensor numbers_of_two_types(Tensor x) { return Tensor(0.5f) + (x > 0 ? x > 1 ? 1 : 2 : 0.25); }
CASE(numbers_of_two_types, {{0}, 0.75}, {{1}, 2.5}, {{3}, 1.5});
Tensor numbers_beside_tensors(Tensor x) { return x > 1 ? x > 2 ? 1 : x : x > 0 ? Tensor(4) : 5; }
CASE(numbers_beside_tensors, {{0}, 5}, {{1}, 4}, {{2}, 2}, {{3}, 1});
Tensor numbers_as_conditions(Tensor x) {
  if (x > 1 ? x > 2 ? true : false : x == 0)
    return 1;
  if (x > 5 ? 1 : x > 1 ? 2 : 0)
    return 3;
  return 2;
}
CASE(numbers_as_conditions, {{0}, 1}, {{1}, 2}, {{2}, 3}, {{3}, 1});

struct Initialised {
  Tensor a, b = 4;
  explicit Initialised(Tensor x) : a(x > 2 ? x * 10 : x), b(x > 5 && x < 9 ? x : 4) {}
  Initialised(Tensor x, Tensor y) : Initialised(x > y ? x : y) {
    if (a > 50)
      b = a;
  }
};
Tensor initialisers(Tensor x) {
  Initialised i(x), j(x, 3);
  return ((i.a * 100 + i.b) * 100 + j.a) * 100 + j.b;
}
// 1: (1, 4); of 3: (30, 4). 7: (70, 7); (70, 7) and a > 50: b 70.
CASE(initialisers, {{1}, 1043004}, {{7}, 70077070});

Tensor with_default(Tensor x, Tensor y = 7) { return x > y ? x : y; }
struct WithMemberInitialiser {
  Tensor x;
  Tensor larger = x > 3 ? x : 3;
};
Tensor default_arguments(Tensor x) { return with_default(x) * 100 + with_default(x, 2) * 10 + WithMemberInitialiser{x}.larger; }
CASE(default_arguments, {{1}, 723}, {{9}, 999});

Tensor designated_and_braced(Tensor x) {
  struct Point {
    Tensor x, y;
  };
  Point p{.x = x > 1 ? x : 1, .y = 2};
  std::vector<Tensor> v{x > 2 ? Tensor(5) : x, p.x, x < 0 || x > 3 ? 8 : 9};
  Tensor braces{x > 1 ? v[0] : v[1]};
  auto heap = std::make_unique<Tensor>(x > 1 ? x : -x);
  auto *raw = new Tensor(x > 1 ? 3 : 4);
  Tensor r = ((p.x * 10 + v[2]) * 10 + braces) * 10 + *heap + *raw;
  delete raw;
  return r;
}
// 0: p.x 1, v (0, 1, 9), braces 1, heap 0, raw 4: 1914. 5: p.x 5, v (5, 5, 8), braces 5, heap 5, raw 3: 5850 + 8.
CASE(designated_and_braced, {{0}, 1914}, {{5}, 5858});

struct Inner {
  Tensor a;
  std::array<Tensor, 2> list;
  int k = 3;
};
struct Outer {
  Inner inner;
  Tensor last = 7;
};
Tensor sum_of(std::initializer_list<Tensor> list) {
  Tensor s = 0;
  for (const Tensor &e : list)
    s += e;
  return s;
}
template <class T> std::vector<T> two_of(T x) { return {x > 1 ? 4 : 6, x}; }
Tensor braces_everywhere(Tensor x) {
  Tensor array[] = {x > 1 ? 1 : 2, !(x > 2) ? 3 : x};
  Outer o{{x > 0 && x < 4 ? 5 : 6, {x > 1 ? 7 : 8, 9}}, x > 2 ? 1 : 2}, p{.inner{.a = x > 1 ? 3 : x, .list = {}}};
  Tensor s = sum_of({x, x > 3 ? 10 : 20});
  return stack({array[0], array[1], o.inner.a, o.inner.list[0], o.last, p.inner.a, p.last, s, two_of(x)[0], Tensor(two_of(1)[0])});
}
CASE(braces_everywhere, {{0}, {2, 3, 6, 8, 2, 0, 7, 20, 6, 6}}, {{2}, {1, 3, 5, 7, 2, 3, 7, 22, 4, 6}},
     {{4}, {1, 4, 6, 7, 1, 3, 7, 14, 4, 6}});

Tensor unevaluated(Tensor x) {
  static_assert(std::is_same_v<decltype(x > 0 ? x : x), Tensor &>);
  static_assert(sizeof(x > 0 ? 1 : 2) == sizeof(int));
  static_assert(!noexcept(x > 0 ? x : x));
  decltype(x > 0 && x < 1) b = true;
  if (x > 1)
    return b ? 5 : 6;
  return 7;
}
CASE(unevaluated, {{1}, 7}, {{2}, 5});

struct Flagged {
  bool flag = true;
  explicit operator bool() const { return flag; }
};
Tensor other_things_as_conditions(Tensor x) {
  Flagged f;
  int n = 2;
  std::optional<Tensor> none;
  auto shared = std::make_shared<Tensor>(x);
  Tensor r = 0;
  if (f && x > 1)
    r += 1;
  if (n && !none && shared && *shared < 5)
    r += 10;
  if (x > 1 || f)
    r += 100;
  for (int turns = n; turns-- && x > 0;)
    x -= 3;
  do
    r += 1000;
  while (none || r < 2500);
  return r * 10 + x;
}
// 0: 10 + 100, x 0; 3110. 4: 1 + 10 + 100; 4 - 3 - 3 = -2. 2: 2 - 3 = -1, and the loop ends.
CASE(other_things_as_conditions, {{0}, 31100}, {{4}, 31108}, {{2}, 31109});

// A host variable that the condition of an unrolled loop changes before it asks a tensor.
Tensor countdown_in_a_for(Tensor x) {
  Tensor r = 0;
  for (int turns = 3; turns-- && x > 0;) {
    x -= 3;
    r += turns;
  }
  return r * 100 + x;
}
// 4: turns 2, 1: r 3, x -2. 20: 2 + 1 + 0, x 11.
CASE(countdown_in_a_for, {{0}, 0}, {{4}, 298}, {{20}, 311});

Tensor countdown(Tensor x, int n) {
  while (n-- && x > 0)
    x -= 3;
  return x;
}
Tensor countdown_in_a_while(Tensor x) { return countdown(x, 2) * 100 + countdown(x, 0); }
// 4: -2, 4. 9: 3, 9.
CASE(countdown_in_a_while, {{0}, 0}, {{4}, -196}, {{9}, 309});

Tensor countdown_behind_the_tensor(Tensor x) {
  Tensor r = 0;
  for (Tensor i : range(x)) {
    int n = 3;
    do {
      x -= 3;
      r = r * 10 + n;
      if (x == 4)
        break;
    } while (x > 0 && --n);
    r += i;
  }
  return r * 100 + x;
}
// 1: r 3, x -2. 2: x -1, r 3; then x -4, r 33 + 1. 3: x 0, r 3; x -3, r 33 + 1; x -6, r 343 + 2.
CASE(countdown_behind_the_tensor, {{0}, 0}, {{1}, 298}, {{2}, 3396}, {{3}, 34494});

template <class... T> Tensor packs(T... values) {
  Tensor s = 0;
  ((s = values > 2 ? s + values : s), ...);
  for (Tensor v : {Tensor(values)...}) {
    if (v > 5)
      break;
    s = s * 10 + v;
  }
  auto all = [&](auto... more) { return (0 + ... + more); };
  if (s > 20)
    s = all(values...);
  return s;
}
Tensor parameter_packs(Tensor x) { return packs(x, x * 2, x + 1); }
// 1: s 0, then 1 12 122 -> 1+2+2 = 5. 2: 4 + 3 = 7; 72 724 7243 -> 2+4+3 = 9. 6: 6 + 12 + 7 = 25: 6 leaves; 25.
CASE(parameter_packs, {{1}, 5}, {{2}, 9}, {{6}, 25});

Tensor nested_lambdas_in_conditions(Tensor x) {
  if ([&] {
        Tensor t = x;
        while (t > 3)
          t -= 2;
        return t == 3;
      }())
    return 1;
  return [&](Tensor y) -> Tensor {
    for (Tensor i : range(y))
      if (i * i > x)
        return i;
    return y;
  }(x > 4 ? Tensor(2) : Tensor(4));
}
// 5: 3. 2: 2 is not 3; i 2: 4 > 2. 6: 4 2; range(2): none: 2.
CASE(nested_lambdas_in_conditions, {{5}, 1}, {{2}, 2}, {{6}, 2});

Tensor bit_fields_and_unions(Tensor x) {
  struct {
    unsigned low : 4, high : 4;
  } bits{3, 5};
  union {
    int i;
    float f;
  } u{7};
  Tensor r = 0;
  if (x > int(bits.low))
    r = x + int(bits.high);
  else
    r = u.i;
  return r;
}
CASE(bit_fields_and_unions, {{2}, 7}, {{4}, 9});

Tensor deep_nesting(Tensor x) {
  Tensor r = 0;
  { { { if (x > 0) { { if (x > 1) { { { if (x > 2) { r = 3; } else { { r = 2; } } } } } else r = 1; } } } } }
  return r;
}
CASE(deep_nesting, {{0}, 0}, {{1}, 1}, {{2}, 2}, {{3}, 3});

Tensor empty_and_odd_statements(Tensor x) {
  ;
  ;;
  if (x > 0)
    ;
  else
    ;
  for (; x > 5; x -= 1)
    ;
  while (x > 3 && (x -= 1) > 3)
    ;
  do
    ;
  while (x > 100);
  if (x > 0) {
    ;
    x += 1;
    ;
  };
  return x;
  ;
}
CASE(empty_and_odd_statements, {{-1}, -1}, {{9}, 4}, {{2}, 3});

Tensor with_declarations(Tensor x) {
  if (x > 1) {
    using Local = Tensor;
    typedef int Number;
    enum class Kind { A, B };
    struct Pair {
      Local a, b;
      Tensor sum() const {
        if (a > b)
          return a + b;
        return b;
      }
    };
    constexpr Number three = 3;
    static const int four = 4;
    Pair p{x, three};
    extern int declared_elsewhere;
    Kind kind = Kind::B;
    return kind == Kind::A ? x : p.sum() * four;
  }
  using std::swap;
  Tensor a = 5, b = x;
  if (x < 0)
    swap(a, b);
  return a * 10 + b;
}
CASE(with_declarations, {{1}, 51}, {{-2}, -15}, {{2}, 12}, {{4}, 28});

Tensor long_else_if_chain(Tensor x) {
  if (x == 0) return 10;
  else if (x == 1) return 11;
  else if (x == 2) return 12;
  else if (x == 3) return 13;
  else if (x == 4) return 14;
  else if (x == 5) return 15;
  else if (x == 6) return 16;
  else if (x == 7) return 17;
  else if (x == 8) return 18;
  else return 19;
}
CASE(long_else_if_chain, {{0}, 10}, {{5}, 15}, {{8}, 18}, {{99}, 19});

Tensor statements_after_forever(Tensor x) {
  for (;;) {
    while (true) {
      do {
        if (x > 10)
          return x;
        x += 4;
        if (x % 3 == 0)
          break;
      } while (1);
      if (x > 5)
        break;
      x += 1;
    }
    x *= 2;
  }
}
// 1: 5 9 leaves; 9 > 5; 18 returns. 2: 6; 12. 8: 12; 24. 20.
CASE(statements_after_forever, {{1}, 18}, {{2}, 12}, {{8}, 24}, {{20}, 20});

Tensor assertions(Tensor n, int host) {
  assert(host > 0 && "a host value");
  if (n > 1)
    assert(host != 5);
  return n * host;
}
Tensor assertions_on_the_host(Tensor x) { return assertions(x, 2); }
CASE(assertions_on_the_host, {{1}, 2}, {{3}, 6});

Variable state(3, "state");
Tensor variables_in_conditions(Tensor x) {
  Tensor r = 0;
  if (state > 2 && x > 1)
    r = state + 1;
  while (r < state)
    r += 1;
  return state == 3 ? r : -r;
}
CASE(variables_in_conditions, {{1}, 3}, {{2}, 4});

template <int N> struct Unrolled {
  static Tensor run(Tensor x) {
    if (x > N)
      return x;
    if constexpr (N > 0)
      return Unrolled<N - 1>::run(x + N);
    else
      return -x;
  }
};
Tensor recursive_templates(Tensor x) { return Unrolled<3>::run(x); }
// 4: 4. 0: 3 > 2. -3: 0, 2 > 1. -9: -6 -4 -3, then 3.
CASE(recursive_templates, {{4}, 4}, {{0}, 3}, {{-3}, 2}, {{-9}, 3});

} // namespace

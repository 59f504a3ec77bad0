// Results of every kind returned under traced conditions, and void functions.
#include "tests/autograph/table.h"

#include <array>
#include <map>
#include <optional>
#include <tuple>

using namespace weft;

struct Ends {
  Tensor lo, hi;
  int host = 3;
};
template <> struct weft::Tree<Ends> {
  static auto fields(auto &e) { return std::tie(e.lo, e.hi, e.host); }
};

namespace {

std::pair<Tensor, Tensor> ordered(Tensor a, Tensor b) {
  if (a < b)
    return {a, b};
  return {b, a};
}
Tensor a_pair(Tensor a, Tensor b) {
  auto [lo, hi] = ordered(a, b);
  if (lo < 3)
    lo = lo + 1000;
  return lo * 100 + hi;
}
CASE2(a_pair, {{1, 2}, 100102}, {{9, 4}, 409});

std::pair<Tensor, Tensor> found(Tensor n) {
  for (Tensor i : range(1, 10)) {
    Tensor j = i;
    while (j < 10) {
      if (i * j == n)
        return std::pair<Tensor, Tensor>(i, j);
      j += 1;
    }
  }
  return std::make_pair(Tensor(-1), n);
}
Tensor a_pair_from_two_loops(Tensor n) {
  std::pair<Tensor, Tensor> p = found(n);
  return p.first * 1000 + p.second;
}
CASE(a_pair_from_two_loops, {{12}, 2006}, {{49}, 7007}, {{11}, -989}, {{9}, 1009});

Ends ends(Tensor a, Tensor b) {
  if (a > b)
    return Ends{b, a};
  if (a == b)
    return {a, a + 1};
  Ends e;
  e.lo = a;
  e.hi = b;
  return e;
}
Tensor a_struct(Tensor a, Tensor b) {
  Ends e = ends(a, b);
  return e.lo * 100 + e.hi * 10 + e.host;
}
CASE2(a_struct, {{1, 2}, 123}, {{4, 1}, 143}, {{5, 5}, 563});

std::vector<Tensor> both(Tensor x) {
  if (x > 2)
    return {x, x + 1};
  while (x < 1)
    x += 5;
  return {x * 2, x * 3};
}
Tensor a_vector(Tensor x) {
  std::vector<Tensor> v = both(x);
  return v[0] * 100 + v[1] + int(v.size()) * 100000;
}
CASE(a_vector, {{1}, 200203}, {{9}, 200910}, {{0}, 201015});

std::array<Tensor, 2> rotated(Tensor x, Tensor y) {
  if (x < y)
    return {y, x};
  return {x, y};
}
Tensor an_array(Tensor x, Tensor y) { return rotated(x, y)[0] * 10 + rotated(y, x)[1]; }
CASE2(an_array, {{1, 2}, 21}, {{7, 3}, 73});

std::tuple<Tensor, int, Tensor> counted(Tensor x) {
  if (x > 5)
    return {x, 2, x - 5};
  return std::tuple(x, 2, Tensor(0));
}
Tensor a_tuple(Tensor x) {
  auto [a, n, b] = counted(x);
  return a * n * 10 + b;
}
CASE(a_tuple, {{5}, 100}, {{8}, 163});

std::map<std::string, Tensor> named(Tensor x) {
  if (x < 0)
    return {{"size", -x}, {"sign", -1}};
  return {{"sign", 1}, {"size", x}};
}
Tensor a_map(Tensor x) {
  auto m = named(x);
  return m["size"] * 10 + m["sign"];
}
CASE(a_map, {{4}, 41}, {{-7}, 69});

std::optional<Tensor> some(Tensor x) {
  if (x > 3)
    return x;
  return x * 100;
}
Tensor an_optional(Tensor x) { return *some(x) + 1; }
CASE(an_optional, {{3}, 301}, {{4}, 5});

std::optional<Tensor> known_on_the_host(Tensor x, int mode) {
  if (mode == 0)
    return std::nullopt;
  if (x > 3)
    return x - 1;
  return x;
}
Tensor an_empty_optional(Tensor x) {
  auto a = known_on_the_host(x, 0), b = known_on_the_host(x, 1);
  return a.has_value() ? *a : *b * 10;
}
CASE(an_empty_optional, {{3}, 30}, {{9}, 80});

std::vector<std::pair<Tensor, Tensor>> nested(Tensor x) {
  for (int k = 0; k < 3; ++k)
    if (x == k)
      return {{x, k}, {k, x}};
  return {{x, -1}, {-1, x}};
}
Tensor nested_containers(Tensor x) {
  auto v = nested(x);
  return v[0].first * 1000 + v[0].second * 100 + v[1].first * 10 + v[1].second;
}
CASE(nested_containers, {{0}, 0}, {{2}, 2222}, {{7}, 7000 - 100 - 10 + 7});

void to_zero(Tensor &x, Tensor &turns) {
  while (true) {
    if (x == 0)
      return;
    if (x < 0)
      x += 1;
    else
      x -= 1;
    turns += 1;
    if (turns > 6) {
      x = 50;
      return;
    }
  }
}
Tensor results_through_references(Tensor x) {
  Tensor turns = 0;
  to_zero(x, turns);
  return x * 10 + turns;
}
CASE(results_through_references, {{0}, 0}, {{-3}, 3}, {{5}, 5}, {{40}, 507});

void printed(Tensor x) {
  if (x > 2)
    return print("large", x);
  if (x < 0) {
    print("negative");
    return;
  }
  print("small");
}
Tensor a_void_call_is_returned(Tensor x) {
  printed(x);
  return x;
}
CASE(a_void_call_is_returned, {{3}, 3, "large 3\n"}, {{1}, 1, "small\n"}, {{-1}, -1, "negative\n"});

Tensor of_a_weaker_type(Tensor x) {
  if (x > 5)
    return 1;
  if (x > 3)
    return true ? x : 7;
  return 5;
}
Tensor converted_results(Tensor x) {
  if (x > 3)
    return of_a_weaker_type(x);
  return 9;
}
CASE(converted_results, {{3}, 9}, {{4}, 4}, {{8}, 1});

auto deduced(Tensor x) {
  if (x > 3)
    return x * 2;
  return x + 1;
}
auto deduced_trailing(Tensor x) -> Tensor {
  while (x > 3) {
    x -= 2;
    if (x == 5)
      return x * 10;
  }
  return x;
}
decltype(auto) deduced_twice(Tensor x) {
  if (x > 1)
    return Tensor(5);
  return Tensor(6);
}
Tensor deduced_results(Tensor x) { return deduced(x) * 1000 + deduced_trailing(x) * 10 + deduced_twice(x); }
CASE(deduced_results, {{1}, 2016}, {{4}, 8025}, {{9}, 18505});

/// A result type without a default constructor.
struct Scaled {
  explicit Scaled(Tensor v, int by) : value(v * by) {}
  Tensor value;
};
} // namespace
template <> struct weft::Tree<Scaled> {
  static auto fields(auto &s) { return std::tie(s.value); }
};
namespace {
Scaled scaled(Tensor x) {
  if (x > 3)
    return Scaled(x, 2);
  return Scaled(x, 3);
}
Tensor without_default_constructor(Tensor x) { return scaled(x).value; }
CASE(without_default_constructor, {{3}, 9}, {{4}, 8});

/// bool, int and other host results are fine where no tensor decides.
bool on_the_host(int k) {
  if (k > 1)
    return true;
  return false;
}
int largest(int a, int b) { return a > b ? a : b; }
Tensor host_results(Tensor x) {
  Tensor s = 0;
  for (int k = 0; k < 4; ++k)
    if (on_the_host(k) && x > k)
      s += largest(k, 2);
  return s;
}
CASE(host_results, {{2}, 0}, {{3}, 2}, {{4}, 5});

} // namespace

// The same bits whatever code is made: at each level of instructions, by each tier of the compiler, by any number of threads, eager
// and compiled.
// The program runs again for each way and prints what it computed, graph by graph and function by function.
#include "tests/ops/graphs.h"
#include "tests/support/itself.h"

#include <weft/control_flow.h>
#include <weft/effects.h>
#include <weft/function.h>
#include <weft/ops.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <random>
#include <sstream>

namespace weft::test {
namespace {

/// FNV-1a over the elements, any NaN as one.
class Hash {
public:
  void add(const Tensor &t) {
    Array a = array(t);
    std::size_t each = a.elements() ? a.bytes.size() / a.elements() : 0;
    for (std::int64_t i = 0; i < a.elements(); ++i)
      if (is_floating(a.dtype) && is_nan(a, i))
        add('N');
      else
        for (std::size_t k = 0; k < each; ++k)
          add(a.bytes[i * each + k]);
  }
  std::uint64_t value() const { return hash_; }

private:
  void add(char c) { hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3; }
  std::uint64_t hash_ = 0xcbf29ce484222325;
};

/// Numbers of all kinds: a part close to 1, the rest of any bits.
template <class T> Tensor operand(unsigned seed) {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  std::mt19937_64 random(seed);
  std::vector<T> x(4099); // vectors and a rest
  for (T &v : x)
    v = random() % 4 ? std::bit_cast<T>(static_cast<Bits>(random())) : T(double(random() % 100'000) / 30'000 - 1.5);
  return from_span(x);
}

using Unary = Tensor (*)(const Operand &);
using Binary = Tensor (*)(const Operand &, const Operand &);
#define WEFT_NAMED(NAME) {#NAME, weft::NAME}
const std::pair<const char *, Unary> unary[] = {
    WEFT_NAMED(exp),   WEFT_NAMED(exp2), WEFT_NAMED(expm1), WEFT_NAMED(log),  WEFT_NAMED(log2),  WEFT_NAMED(log10),
    WEFT_NAMED(log1p), WEFT_NAMED(sin),  WEFT_NAMED(cos),   WEFT_NAMED(tan),  WEFT_NAMED(asin),  WEFT_NAMED(acos),
    WEFT_NAMED(atan),  WEFT_NAMED(sinh), WEFT_NAMED(cosh),  WEFT_NAMED(tanh), WEFT_NAMED(asinh), WEFT_NAMED(acosh),
    WEFT_NAMED(atanh), WEFT_NAMED(erf),  WEFT_NAMED(erfc),  WEFT_NAMED(sqrt), WEFT_NAMED(rsqrt)};
const std::pair<const char *, Binary> binary[] = {WEFT_NAMED(pow), WEFT_NAMED(atan2), WEFT_NAMED(hypot),
                                                  WEFT_NAMED(logaddexp)};
#undef WEFT_NAMED

/// Shapes whose loops threads share in every way there is, reduced along each set of axes.
void print_large() {
  const Shape shapes[] = {{70'000}, {1, 70'000}, {70'000, 1}, {9'000, 5}, {9'000, 300}, {7, 9'001}, {3, 70, 1'000}, {40, 5'000, 2}};
  const std::pair<const char *, Tensor (*)(const Operand &, const Axis &, bool)> reductions[] = {
      {"sum", sum}, {"prod", prod}, {"max", max}, {"min", min}};
  for (const Shape &shape : shapes) {
    std::mt19937 random(5);
    std::vector<float> numbers(static_cast<std::size_t>(shape.elements()));
    for (float &v : numbers)
      v = static_cast<float>(random() % 100'000) / 30'000 - 1.5f;
    Tensor x = reshape(from_span(numbers), shape), n = cast(x * 1000, int32);
    Hash hash;
    auto add = [&](auto f) {
      hash.add(f(x, n));
      hash.add(function("large", f)(x, n));
    };
    for (int axes = 0; axes < 1 << shape.rank(); ++axes) {
      std::vector<std::int64_t> list;
      for (int d = 0; d < shape.rank(); ++d)
        if (axes >> d & 1)
          list.push_back(d);
      for (auto [name, reduce] : reductions) {
        add([&](const Tensor &a, const Tensor &) { return reduce(exp(a), Axis(list), false); });
        add([&](const Tensor &, const Tensor &b) { return reduce(b, Axis(list), false); });
      }
      add([&](const Tensor &a, const Tensor &) { return any(a > 1.4f, Axis(list)); });
      add([&](const Tensor &a, const Tensor &) { return mean(cast(a, float16), Axis(list)); });
    }
    for (int d = 0; d < shape.rank(); ++d)
      add([&](const Tensor &a, const Tensor &) { return softmax(a, d) + flip(a, d); });
    add([&](const Tensor &a, const Tensor &b) { return tanh(a * a) * 0.5f + cast(b / 7, float32); });
    add([&](const Tensor &a, const Tensor &b) { return concat({a, cast(floor_divide(b, abs(b) + 1), float32)}, 0); });
    fmt::print("large {} {:016x}\n", to_string(shape), hash.value());
  }
}

/// Rows for weft::map, each with its own number of turns.
Tensor grown(Tensor x) {
  auto [y, turns] =
      while_loop([](Tensor y, Tensor n) { return logical_and(y < 10, n < 50); },
                 [](Tensor y, Tensor n) {
                   Tensor next = cond(y > 3, [&] { return y + sin(y) + 1.5; }, [&] { return y * y + exp(y * 0.5); });
                   return std::tuple(next, n + 1);
                 },
                 x, Tensor(0));
  return y / cast(turns + 1, x.dtype());
}

TEST(Bits, DISABLED_Print) {
  set_warning_sink([](std::string_view) {}); // one line calls every operation
  print_large();
  for (std::uint32_t seed = 0; seed < 150; ++seed) {
    Graph g = random_graph(77'000'000 + seed);
    std::vector<Tensor> inputs;
    for (const Array &a : g.inputs)
      inputs.push_back(tensor(a));
    auto f = function("graph", [&](std::vector<Tensor> given) { return g.run(given); });
    Hash hash;
    for (const Tensor &t : f(inputs))
      hash.add(t);
    for (const Tensor &t : g.run(inputs))
      hash.add(t);
    fmt::print("graph {} {:016x}\n", seed, hash.value());
  }
  for (bool wide : {false, true}) {
    Tensor x = wide ? operand<double>(1) : operand<float>(1), y = wide ? operand<double>(2) : operand<float>(2);
    auto print = [&](const char *name, const Tensor &all, const Tensor &alone) {
      Hash hash;
      hash.add(all);
      hash.add(alone);
      fmt::print("{} {} {:016x}\n", name, wide ? "float64" : "float32", hash.value());
    };
    for (auto [name, f] : unary)
      print(name, f(x), f(x[7]));
    for (auto [name, f] : binary)
      print(name, f(x, y), f(x[7], y[7]));
    auto rows = function("rows", [](Tensor v) { return map(grown, v); });
    print("map", rows(x), map(grown, x(slice(70))));
  }
}

class Ways : public testing::TestWithParam<const char *> {};

TEST_P(Ways, GiveTheSameBits) {
  static const Finished first = run_itself("", "Bits.DISABLED_Print");
  ASSERT_EQ(first.status, 0);
  ASSERT_GT(std::count(first.output.begin(), first.output.end(), '\n'), 200);
  Finished other = run_itself(GetParam(), "Bits.DISABLED_Print");
  ASSERT_EQ(other.status, 0);
  if (first.output == other.output)
    return;
  std::istringstream expected(first.output), got(other.output);
  for (std::string a, b; std::getline(expected, a) && std::getline(got, b);)
    EXPECT_EQ(a, b);
}
INSTANTIATE_TEST_SUITE_P(Bits, Ways,
                         testing::Values("WEFT_MAX_ISA=avx2", "WEFT_MAX_ISA=baseline", "WEFT_TIER=quick",
                                         "WEFT_TIER=full", "WEFT_MAX_ISA=avx2 WEFT_TIER=quick", "WEFT_THREADS=1",
                                         "WEFT_THREADS=2 WEFT_PARALLEL_WORK=1", "WEFT_THREADS=3 WEFT_PARALLEL_WORK=1",
                                         "WEFT_THREADS=7 WEFT_PARALLEL_WORK=1", "WEFT_THREADS=7"));

} // namespace
} // namespace weft::test

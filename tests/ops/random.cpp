// Rows of the routines of dialect/IR/RandomOps.td, and of the distributions made of them: expected.py says which bits a key
// gives, by Python's integers, and NumPy what becomes of them.
#include "tests/ops/table.h"

#include <weft/weft.h>

#include <fmt/format.h>

namespace weft::test {

using detail::OpId;
using Arguments = std::span<const Tensor>;

namespace {

Array a_key(long double low, long double high) { return numbers(uint32, {2}, {low, high}); }

/// Keys: zero, all bits, and two others.
std::vector<Case> some_keys(DType) {
  return {{a_key(0, 0)}, {a_key(4294967295, 4294967295)}, {a_key(42, 0)}, {a_key(2752546610, 3735928559)}};
}

/// A key and integers of a dtype, in shapes of several ranks.
std::vector<Case> keys_and_numbers(DType dtype) {
  std::vector<Case> cases;
  for (const Shape &s : {Shape{}, Shape{7}, Shape{0}, Shape{2, 3}})
    cases.push_back({a_key(42, 7), plain(dtype, s)});
  std::vector<long double> limits = specials(dtype);
  cases.push_back({a_key(1, 2), numbers(dtype, Shape(limits.size()), limits)});
  return cases;
}

void add_bits(std::vector<Row> &rows) {
  auto bits = [&](std::string label, Shape shape, std::string tuple) {
    for (DType d : {uint8, uint16, uint32, uint64})
      rows.push_back({OpId::RandomBits, fmt::format("random_bits_{}_{}", label, name(d)),
                      [=](Arguments a) { return random::bits(a[0], shape, d); },
                      fmt::format("random_bits(x, {}, '{}')", tuple, name(d)), {uint32}, some_keys});
  };
  bits("scalar", {}, "()");
  bits("vector", {1000}, "(1000,)");
  bits("empty", {0, 3}, "(0, 3)");
  bits("cube", {2, 3, 5}, "(2, 3, 5)");
  rows.push_back({OpId::RandomKeys, "random_split", [](Arguments a) { return random::split(a[0], 5); },
                  "random_keys(x, np.arange(5), 1)", {uint32}, some_keys});
  rows.push_back({OpId::RandomKeys, "random_split_into_none", [](Arguments a) { return random::split(a[0], 0); },
                  "random_keys(x, np.arange(0), 1)", {uint32}, some_keys});
  rows.push_back({OpId::RandomKeys, "random_fold_in", [](Arguments a) { return random::fold_in(a[0], a[1]); },
                  "random_keys(x, y, 2)", integers, keys_and_numbers});
}

void add_real_distributions(std::vector<Row> &rows) {
  auto add = [&](std::string label, auto call, std::string numpy, Accuracy accuracy = Accuracy::Exact) {
    for (DType d : {float32, float64})
      rows.push_back({OpId::RandomBits, fmt::format("random_{}_{}", label, name(d)), [=](Arguments a) { return call(a[0], d); },
                      fmt::vformat(numpy, fmt::make_format_args(fmt::arg("d", name(d)))), {uint32}, some_keys, accuracy});
  };
  add("uniform", [](const Tensor &k, DType d) { return random::uniform(k, {3, 100}, 0, 1, d); }, "fraction(x, (3, 100), '{d}')");
  add("uniform_between", [](const Tensor &k, DType d) { return random::uniform(k, {1000}, 1, 2, d); },
      "between(fraction(x, (1000,), '{d}'), 1, 2)");
  add("uniform_between_tensors",
      [](const Tensor &k, DType d) {
        return random::uniform(k, {4, 3}, cast(Tensor{-1., 0., 5.}, d), cast(Tensor(5.25), d), d);
      },
      "between(fraction(x, (4, 3), '{d}'), np.array([-1, 0, 5], '{d}'), 5.25)");
  add("normal", [](const Tensor &k, DType d) { return random::normal(k, {3, 100}, 0, 1, d); }, "box_muller(x, (3, 100), '{d}')",
      Accuracy::Ulps8);
  add("normal_scalar", [](const Tensor &k, DType d) { return random::normal(k, {}, 0, 1, d); }, "box_muller(x, (), '{d}')",
      Accuracy::Ulps8);
  add("bernoulli", [](const Tensor &k, DType d) { return random::bernoulli(k, {500}, cast(Tensor(0.3), d)); },
      "fraction(x, (500,), '{d}') < np.dtype('{d}').type(0.3)");
  add("categorical",
      [](const Tensor &k, DType d) { return random::categorical(k, cast(Tensor{{0., 1., -2.}, {-1e30, 3., 3.}}, d), {50}); },
      "categorical(x, np.array([[0, 1, -2], [-1e30, 3, 3]], '{d}'), (50,))");
}

void add_whole_distributions(std::vector<Row> &rows) {
  auto randint = [&](std::string label, DType d, auto lo, auto hi) {
    rows.push_back({OpId::RandomBits, fmt::format("random_randint_{}_{}", name(d), label),
                    [=](Arguments a) { return random::randint(a[0], {2, 300}, lo, hi, d); },
                    fmt::format("randint(x, (2, 300), {}, {}, '{}')", lo, hi, name(d)), {uint32}, some_keys});
  };
  randint("die", int32, 1, 7);
  randint("all", int32, std::int64_t{-2147483648}, std::int64_t{2147483648});
  randint("all", int8, -128, 128);
  randint("all", uint8, 0, 256);
  randint("one", int16, 5, 6);
  randint("all", uint32, 0, std::int64_t{1} << 32);
  randint("die", int64, 1, 7);
  randint("most", int64, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
  randint("two_thirds", uint64, 0, std::uint64_t{12297829382473034411u});
  rows.push_back({OpId::RandomBits, "random_randint_tensors",
                  [](Arguments a) { return random::randint(a[0], {5, 2}, Tensor{-5, 0}, Tensor(9)); },
                  "np.where(np.arange(2) == 0, randint(x, (5, 2), -5, 9, 'int32'), randint(x, (5, 2), 0, 9, 'int32'))", {uint32},
                  some_keys});
  rows.push_back({OpId::Argsort, "random_permutation", [](Arguments a) { return random::permutation(a[0], 100); },
                  "np.argsort(random_bits(x, (100,), 'uint64'), kind='stable')", {uint32}, some_keys});
  rows.push_back({OpId::Argsort, "random_permutation_of_rows",
                  [](Arguments a) { return random::permutation(a[0], a[1]); },
                  "y[np.argsort(random_bits(x, (len(y),), 'uint64'), kind='stable')]", {boolean, int16, float64, string},
                  [](DType d) {
                    return std::vector<Case>{{a_key(9, 9), plain(d, {20})}, {a_key(9, 9), plain(d, {7, 2, 3})},
                                             {a_key(9, 9), plain(d, {0, 3})}, {a_key(9, 9), plain(d, {1})}};
                  }});
  rows.push_back({OpId::Argsort, "random_permutation_of_none", [](Arguments a) { return random::permutation(a[0], 0); },
                  "np.zeros(0, np.int64)", {uint32}, some_keys});
}

} // namespace

std::vector<Row> random_rows() {
  std::vector<Row> rows;
  add_bits(rows);
  add_real_distributions(rows);
  add_whole_distributions(rows);
  return rows;
}

} // namespace weft::test

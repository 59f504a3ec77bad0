// Rows of the routines of dialect/IR/SearchOps.td that sort, search and find sets.
#include "tests/ops/table.h"

#include <weft/ops.h>

#include <fmt/format.h>

namespace weft::test {

using detail::OpId;
using Arguments = std::span<const Tensor>;

namespace {

const std::vector<DType> numbers_and_bool = booleans | integers | floats,
                         everything = numbers_and_bool | strings;

/// Sizes on both sides of where sorting changes its way (16 times the bytes of an element), lines that are strided and lines that are not.
const std::vector<Shape> lines{{1}, {5}, {70}, {1000}, {3, 4}, {2, 300}, {2, 3, 4}, {2, 1, 3, 2}, {0}, {3, 0}};
const std::vector<Shape> columns{{5}, {300, 3}, {4, 3}, {2, 3, 4}, {0, 2}};

void add_sort_rows(std::vector<Row> &rows) {
  for (bool descending : {false, true})
    for (int axis : {-1, 0}) {
      std::string label = fmt::format("{}{}", axis ? "" : "_first", descending ? "_descending" : "");
      std::string arguments = fmt::format("(x, {}, {})", axis, descending ? "True" : "False");
      Inputs inputs = reducible(axis ? lines : columns);
      rows.push_back({OpId::Sort, "sort" + label, [=](Arguments a) { return weft::sort(a[0], axis, descending); },
                      "in_order" + arguments, everything, inputs});
      rows.push_back({OpId::Argsort, "argsort" + label,
                      [=](Arguments a) { return weft::argsort(a[0], axis, descending); }, "sort_order" + arguments,
                      everything, inputs});
    }
  for (int k : {0, 1, 3}) {
    Inputs inputs = reducible({{3}, {5}, {2, 100}, {1000}, {2, 3, 4}});
    rows.push_back({OpId::TopK, fmt::format("top_{}", k), [=](Arguments a) { return weft::top_k(a[0], k).values; },
                    fmt::format("in_order(x, -1, True)[..., :{}]", k), everything, inputs});
    rows.push_back({OpId::TopK, fmt::format("top_{}_indices", k),
                    [=](Arguments a) { return weft::top_k(a[0], k).indices; },
                    fmt::format("sort_order(x, -1, True)[..., :{}]", k), everything, inputs});
  }
}

void add_extreme_rows(std::vector<Row> &rows) {
  struct Form {
    const char *label, *arguments; // as Python writes them
    Axis axis;
    bool keepdims;
    std::vector<Shape> shapes;
  };
  for (const Form &f :
       {Form{"", "", all_axes, false, {{}, {1}, {5}, {1000}, {3, 4}, {2, 3, 4}}},
        Form{"_keepdims", ", keepdims=True", all_axes, true, {{}, {5}, {2, 3, 4}}},
        Form{"_first", ", axis=0", 0, false, {{5}, {70, 33}, {2, 3, 4}, {3, 0}}},
        Form{"_last_keepdims", ", axis=-1, keepdims=True", -1, true, {{5}, {3, 70}, {2, 3, 4}, {0, 3}}}}) {
    auto add = [&](OpId op, std::string name, auto call) {
      rows.push_back({op, name + f.label, [=](Arguments a) { return call(a[0], f.axis, f.keepdims); },
                      fmt::format("np.asarray(np.{}(x{}))", name, f.arguments), numbers_and_bool, reducible(f.shapes)});
    };
    add(OpId::Argmax, "argmax", weft::argmax);
    add(OpId::Argmin, "argmin", weft::argmin);
  }
}

/// A vector and values to look for, of shape `values`, special ones among them.
Inputs searches(std::vector<Shape> values) {
  return [values](DType dtype) {
    std::vector<Case> cases;
    Case vectors;
    for (Case &c : reducible({{67}})(dtype))
      vectors.push_back(c[0]);
    for (const Array &vector : vectors)
      for (const Shape &s : values)
        for (Case &c : reducible({s})(dtype))
          cases.push_back({vector, c[0]});
    cases.push_back({plain(dtype, {0}), plain(dtype, {3})});
    return cases;
  };
}

void add_search_rows(std::vector<Row> &rows) {
  const std::vector<Shape> values{{}, {40}, {2, 3}, {0}};
  rows.push_back({OpId::Searchsorted, "searchsorted",
                  [](Arguments a) { return weft::searchsorted(weft::sort(a[0]), a[1]); },
                  "np.asarray(np.searchsorted(np.sort(x), y))", everything, searches(values)});
  rows.push_back({OpId::Searchsorted, "searchsorted_right",
                  [](Arguments a) { return weft::searchsorted(weft::sort(a[0]), a[1], true); },
                  "np.asarray(np.searchsorted(np.sort(x), y, 'right'))", everything, searches(values)});
  auto nonzero = [&](std::string label, std::size_t dimension, std::vector<Shape> shapes) {
    rows.push_back({OpId::Nonzero, "nonzero" + label, [=](Arguments a) { return weft::nonzero(a[0])[dimension]; },
                    fmt::format("np.nonzero(x)[{}]", dimension), numbers_and_bool, reducible(shapes)});
  };
  nonzero("", 0, {{1}, {67}, {3, 4}, {0}, {2, 3, 4}});
  nonzero("_columns", 1, {{6, 7}, {2, 3, 4}, {2, 0}});
  nonzero("_last", 3, {{2, 3, 2, 5}});
}

void add_cumulative_rows(std::vector<Row> &rows) {
  auto add = [&](OpId op, std::string name, auto call, const char *combine, int identity) {
    for (bool initial : {false, true})
      for (int axis : {-1, 0})
        rows.push_back(
            {op, fmt::format("{}{}{}", name, axis ? "" : "_first", initial ? "_initial" : ""),
             [=](Arguments a) { return call(a[0], axis, initial); },
             fmt::format("cumulative(x, {}, {}, {})", axis, initial ? std::to_string(identity) : "None", combine),
             numbers_and_bool, reducible({{1}, {5}, {3, 70}, {2, 3, 4}, {0}, {3, 0}})});
  };
  add(OpId::CumulativeSum, "cumulative_sum", weft::cumulative_sum, "np.add", 0);
  add(OpId::CumulativeProd, "cumulative_prod", weft::cumulative_prod, "np.multiply", 1);
}

void add_set_rows(std::vector<Row> &rows) {
  Inputs inputs = reducible({{}, {1}, {5}, {400}, {3, 4}, {2, 3, 4}, {0}, {2, 0}});
  auto add = [&](OpId op, std::string name, auto call, int result) {
    rows.push_back(
        {op, name, [=](Arguments a) { return call(a[0]); }, fmt::format("unique(x)[{}]", result), everything, inputs});
  };
  add(OpId::UniqueValues, "unique_values", weft::unique_values, 0);
  add(OpId::UniqueAll, "unique_all_values", [](const Tensor &x) { return weft::unique_all(x).values; }, 0);
  add(OpId::UniqueAll, "unique_all_indices", [](const Tensor &x) { return weft::unique_all(x).indices; }, 1);
  add(OpId::UniqueAll, "unique_inverse", [](const Tensor &x) { return weft::unique_inverse(x).inverse_indices; }, 2);
  add(OpId::UniqueAll, "unique_counts", [](const Tensor &x) { return weft::unique_counts(x).counts; }, 3);
}

} // namespace

std::vector<Row> search_rows() {
  std::vector<Row> rows;
  add_sort_rows(rows);
  add_extreme_rows(rows);
  add_search_rows(rows);
  add_cumulative_rows(rows);
  add_set_rows(rows);
  // With the initial element an empty tensor has one.
  mark(rows, &Row::retraced, {"cumulative_sum_initial", "cumulative_sum_first_initial", "cumulative_prod_initial",
                              "cumulative_prod_first_initial"});
  return rows;
}

} // namespace weft::test

// Rows of the routines that take, put and add elements by index, or choose them by a mask.
#include "tests/ops/table.h"

#include <weft/ops.h>

#include <fmt/format.h>

namespace weft::test {

using detail::OpId;
using Arguments = std::span<const Tensor>;

namespace {

// Elements are only moved: one dtype of each size, and strings.
const std::vector<DType> sizes{boolean, int16, bfloat16, float32, int64, string};

/// Indices of an axis of `n` elements, from both ends and some of them twice.
Array indices(DType dtype, const Shape &shape, std::int64_t n) {
  std::vector<long double> values;
  for (std::int64_t i = 0; i < shape.elements(); ++i)
    values.push_back(static_cast<long double>((i * 7 + 3) % (2 * n) - n));
  return numbers(dtype, shape, values);
}

/// x with indices along an axis, and further operands.
Inputs indexed(Shape x, Shape at, int axis, std::vector<Shape> further = {}) {
  return [=](DType dtype) {
    std::vector<Case> cases;
    for (DType index : {int32, int64}) {
      Case c{plain(dtype, x), indices(index, at, x[axis])};
      for (const Shape &s : further)
        c.push_back(plain(dtype, s, static_cast<unsigned>(c.size() + 1)));
      cases.push_back(c);
    }
    return cases;
  };
}

void add_take_rows(std::vector<Row> &rows) {
  auto take = [&](std::string label, Shape x, Shape at, int axis) {
    rows.push_back({OpId::Take, "take_" + label, [=](Arguments a) { return weft::take(a[0], a[1], axis); },
                    fmt::format("np.take(x, y, {})", axis), sizes, indexed(x, at, axis)});
  };
  take("of_vector", {5}, {4}, 0);
  take("one", {5}, {}, 0);
  take("one_row", {5, 3}, {}, 0);
  take("rows", {5, 3}, {7}, 0);
  take("columns", {5, 3}, {7}, 1);
  take("last", {2, 3, 4}, {2, 2}, -1);
  take("middle", {2, 3, 4}, {5}, 1);
  take("nothing", {5, 3}, {0}, 0);
  take("of_empty_rows", {5, 0}, {2}, 0);
  take("matrix_of_rows", {6, 2}, {2, 3}, 0);
  rows.push_back({OpId::Take, "gather", [](Arguments a) { return weft::gather(a[0], a[1]); }, "np.take(x, y, 0)", sizes,
                  indexed({6, 2}, {2, 3}, 0)});
  auto along = [&](std::string label, Shape x, Shape at, int axis) {
    rows.push_back({OpId::TakeAlongAxis, "take_along_axis_" + label,
                    [=](Arguments a) { return weft::take_along_axis(a[0], a[1], axis); },
                    fmt::format("np.take_along_axis(x, y, {})", axis), sizes, indexed(x, at, axis)});
  };
  along("vector", {5}, {8}, -1);
  along("last", {3, 4}, {3, 2}, -1);
  along("first", {3, 4}, {5, 4}, 0);
  along("middle", {2, 3, 4}, {2, 5, 4}, 1);
  along("one_line_of_indices", {2, 3, 4}, {1, 5, 1}, 1);
  along("one_line_of_x", {1, 3, 1}, {2, 2, 4}, 1);
  along("nothing", {3, 4}, {3, 0}, 1);
  rows.push_back({OpId::TakeAlongAxis, "take_along_axis_of_argsort",
                  [](Arguments a) { return weft::take_along_axis(a[0], weft::argsort(a[0], 0), 0); },
                  "in_order(x, 0, False)", sizes, shaped({{5}, {4, 3}, {2, 3, 4}})});
}

void add_scatter_rows(std::vector<Row> &rows) {
  auto scatter = [&](std::string label, Shape x, Shape at, Shape updates) {
    Inputs inputs = indexed(x, at, 0, {updates});
    rows.push_back({OpId::ScatterUpdate, "scatter_update_" + label,
                    [](Arguments a) { return weft::scatter_update(a[0], a[1], a[2]); },
                    "scatter(x, y, z, lambda old, new: new)", sizes, inputs});
    rows.push_back({OpId::ScatterAdd, "scatter_add_" + label,
                    [](Arguments a) { return weft::scatter_add(a[0], a[1], a[2]); }, "scatter_add(x, y, z)",
                    integers | floats, inputs});
  };
  scatter("vector", {5}, {12}, {12});
  scatter("one", {5}, {}, {});
  scatter("one_row", {5, 3}, {}, {3});
  scatter("rows", {5, 3}, {11}, {11, 3});
  scatter("one_value", {5, 3}, {4}, {});
  scatter("one_row_for_all", {5, 3}, {2, 2}, {3});
  scatter("column", {4, 3}, {2, 2}, {2, 1, 3});
  scatter("deep", {3, 2, 2}, {2, 2}, {2, 2, 2, 2});
  scatter("nothing", {5, 3}, {0}, {0, 3});
  auto ids = [](Shape x, Shape at) {
    return [=](DType dtype) {
      return std::vector<Case>{{plain(dtype, x), indices(int32, at, 4)}, {plain(dtype, x), indices(int64, at, 4)}};
    };
  };
  auto segments = [&](std::string label, Shape x, Shape at) {
    rows.push_back({OpId::ScatterAdd, "segment_sum" + label,
                    [](Arguments a) { return weft::segment_sum(a[0], a[1], 5); }, "segment_sum(x, y, 5)",
                    integers | floats, ids(x, at)});
  };
  segments("", {20}, {20});
  segments("_of_rows", {9, 3}, {9});
  segments("_of_matrix", {3, 4}, {3, 4});
}

void add_mask_rows(std::vector<Row> &rows) {
  auto masked = [](Shape x, Shape mask) {
    return [=](DType dtype) {
      Case some{plain(dtype, x), plain(boolean, mask, 4)}, none = some;
      none[1] = numbers(boolean, mask, std::vector<long double>(static_cast<std::size_t>(mask.elements()), 0));
      return std::vector<Case>{some, none};
    };
  };
  auto add = [&](std::string label, Shape x, Shape mask) {
    rows.push_back({OpId::BooleanMask, "boolean_mask_" + label,
                    [](Arguments a) { return weft::boolean_mask(a[0], a[1]); }, "x[y]", sizes, masked(x, mask)});
  };
  add("vector", {67}, {67});
  add("matrix", {5, 7}, {5, 7});
  add("rows", {20, 3}, {20});
  add("leading", {2, 5, 3}, {2, 5});
  add("empty", {0, 3}, {0});
  add("empty_rows", {4, 0}, {4});
  add("scalar", {}, {});
  rows.push_back({OpId::BooleanMask, "index_by_mask", [](Arguments a) { return a[0][a[1]]; }, "x[y]", sizes,
                  masked({20, 3}, {20})});
  rows.push_back({OpId::BooleanMask, "index_by_mask_in_parentheses", [](Arguments a) { return a[0](a[1]); }, "x[y]",
                  sizes, masked({4, 5}, {4, 5})});
}

} // namespace

std::vector<Row> gather_rows() {
  std::vector<Row> rows;
  add_take_rows(rows);
  add_scatter_rows(rows);
  add_mask_rows(rows);
  return rows;
}

} // namespace weft::test

// Rows of the reductions: every operation over all axes, one, several, the outer, inner and middle ones. Float sums and
// products are compared bit for bit with the order that docs/pipeline.md fixes, written down again in expected.py.
#include "tests/ops/table.h"

#include <weft/ops.h>

#include <fmt/format.h>

namespace weft::test {

using detail::OpId;
using Arguments = std::span<const Tensor>;

namespace {

struct Reduction {
  OpId op;
  const char *name;
  Tensor (*f)(const Operand &, const Axis &, bool);
  std::vector<DType> dtypes;
  bool empty; // has a value where nothing is reduced
};

struct Form {
  const char *label, *axis; // the axis as Python writes it
  Axis axes;
  bool keepdims;
  std::vector<Shape> shapes;
  bool large = false; // takes long: the common dtypes only
};

std::vector<DType> some(const std::vector<DType> &dtypes) {
  std::vector<DType> r;
  for (DType d : dtypes)
    if (d == boolean || d == int32 || d == int64 || d == float32 || d == float64)
      r.push_back(d);
  return r;
}

std::vector<Form> forms(bool empty) {
  std::vector<Form> all{
      {"all", "None", all_axes, false, {{}, {1}, {5}, {64}, {100}, {4096}, {4097}, {3, 4}, {2, 3, 4}, {2, 3, 4, 5}}},
      {"all_large", "None", all_axes, false, {{10007}, {270, 1001}}, true},
      {"all_keepdims", "None", all_axes, true, {{}, {5}, {2, 3, 4}}},
      {"first", "0", 0, false, {{5}, {3, 4}, {70, 33}, {2, 3, 4}, {3, 0}}},
      {"first_keepdims", "0", 0, true, {{5}, {3, 4}, {3, 0}}},
      {"last", "-1", -1, false, {{5}, {3, 4}, {33, 70}, {2, 3, 4, 5}, {5, 4100}, {0, 3}}},
      {"last_keepdims", "-1", -1, true, {{3, 4}, {2, 3, 4, 5}}},
      {"middle", "1", 1, false, {{2, 3, 4}, {4, 200, 3}, {2, 3, 4, 5}, {0, 2, 3}}},
      {"outer_two", "(0, 1)", {0, 1}, false, {{2, 3, 4}, {9, 11, 5}, {2, 3, 4, 5}}},
      {"inner_two", "(-2, -1)", {-2, -1}, false, {{2, 3, 4}, {5, 9, 11}, {2, 3, 4, 5}}},
      {"ends", "(0, -1)", {0, -1}, false, {{2, 3, 4}, {9, 5, 11}, {2, 3, 4, 5}}},
      {"ends_keepdims", "(-1, 0)", {-1, 0}, true, {{2, 3, 4}, {2, 3, 4, 5}}},
  };
  if (empty) {
    all.push_back({"nothing", "None", all_axes, false, {{0}, {3, 0}, {0, 0, 2}}});
    all.push_back({"nothing_first", "0", 0, false, {{0}, {0, 3}, {0, 2, 3}, {0, 0}}});
    all.push_back({"nothing_last_keepdims", "-1", -1, true, {{0}, {3, 0}, {2, 3, 0}}});
  }
  return all;
}

} // namespace

std::vector<Row> reduction_rows() {
  const std::vector<DType> number = integers | floats, truths = booleans | std::vector<DType>{int32, uint8, float32, float64};
  const Reduction reductions[] = {{OpId::Sum, "sum", weft::sum, number | booleans, true},
                                  {OpId::Prod, "prod", weft::prod, number | booleans, true},
                                  {OpId::Max, "max", weft::max, number, false},
                                  {OpId::Min, "min", weft::min, number, false},
                                  {OpId::Any, "any", weft::any, truths, true},
                                  {OpId::All, "all", weft::all, truths, true}};
  std::vector<Row> rows;
  for (const Reduction &r : reductions)
    for (const Form &f : forms(r.empty)) {
      auto call = [g = r.f, axes = f.axes, keep = f.keepdims](Arguments a) { return g(a[0], axes, keep); };
      std::string numpy = fmt::format("reduce_{}(x, {}, {})", r.name, f.axis, f.keepdims ? "True" : "False");
      rows.push_back({r.op, fmt::format("{}_{}", r.name, f.label), call, numpy, f.large ? some(r.dtypes) : r.dtypes, reducible(f.shapes)});
    }
  return rows;
}

} // namespace weft::test

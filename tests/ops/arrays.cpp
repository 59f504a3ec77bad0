// Rows of the functions of several tensors, or that give several (lib/eager/arrays.cpp, compare.cpp).
#include "tests/ops/table.h"

#include <weft/ops.h>

#include <fmt/format.h>

namespace weft::test {

using detail::OpId;
using Arguments = std::span<const Tensor>;

std::vector<Row> array_rows() {
  const std::vector<DType> sizes{boolean, int16, int32, float64, string};
  const std::vector<DType> wide{float32, float64};
  std::vector<Row> rows;
  auto add = [&](OpId op, std::string label, auto call, std::string numpy, std::vector<Shape> shapes) {
    rows.push_back({op, label, call, numpy, sizes, operands(shapes)});
  };
  add(OpId::Concat, "concat_of_a_vector",
      [](Arguments a) { return concat(std::vector<Tensor>(a.begin(), a.end()), 1); }, "np.concatenate([x, y, z], 1)",
      {{2, 3}, {2, 1}, {2, 2}});
  add(OpId::Concat, "stack_of_a_vector", [](Arguments a) { return stack(std::vector<Tensor>(a.begin(), a.end()), 1); },
      "np.stack([x, y], 1)", {{2, 3}, {2, 3}});
  add(OpId::Slice, "unstack", [](Arguments a) { return unstack(a[0])[1]; }, "x[1]", {{2, 3, 4}});
  add(OpId::Slice, "unstack_of_vector", [](Arguments a) { return unstack(a[0])[2]; }, "x[2]", {{3}});
  add(OpId::Slice, "unstack_last", [](Arguments a) { return stack(unstack(a[0], -1)); }, "np.moveaxis(x, -1, 0)",
      {{2, 3, 4}});
  for (Row &row : rows)
    row.known_sizes = row.label.starts_with("unstack");
  for (std::size_t k = 0; k < 3; ++k) {
    std::string result = fmt::format("[{}]", k);
    add(OpId::BroadcastTo, fmt::format("broadcast_arrays_{}", k),
        [k](Arguments a) { return broadcast_arrays({a[0], a[1], a[2]})[k]; }, "np.broadcast_arrays(x, y, z)" + result,
        {{3}, {2, 1}, {}});
    add(OpId::BroadcastTo, fmt::format("meshgrid_{}", k), [k](Arguments a) { return meshgrid({a[0], a[1], a[2]})[k]; },
        "np.meshgrid(x, y, z)" + result, {{2}, {3}, {4}});
    add(OpId::BroadcastTo, fmt::format("meshgrid_ij_{}", k),
        [k](Arguments a) { return meshgrid({a[0], a[1], a[2]}, "ij")[k]; },
        "np.meshgrid(x, y, z, indexing='ij')" + result, {{2}, {3}, {4}});
  }
  add(OpId::BroadcastTo, "meshgrid_of_one", [](Arguments a) { return meshgrid({a[0]})[0]; }, "np.meshgrid(x)[0]",
      {{5}});
  add(OpId::BroadcastTo, "meshgrid_of_nothing", [](Arguments a) { return meshgrid({a[0], a[1]})[1]; },
      "np.meshgrid(x, y)[1]", {{0}, {3}});

  rows.push_back({OpId::Where, "isclose", [](Arguments a) { return weft::isclose(a[0], a[1]); }, "isclose(x, y, False)",
                  integers | wide, binary});
  rows.push_back({OpId::Where, "isclose_equal_nan",
                  [](Arguments a) { return weft::isclose(a[0], a[1], 1e-5, 1e-8, true); }, "isclose(x, y, True)",
                  wide, binary});
  rows.push_back({OpId::Where, "isclose_nearby",
                  [](Arguments a) { return weft::isclose(a[0], weft::add(a[0], weft::multiply(a[0], a[1]))); },
                  "isclose(x, x + x * y, False)", wide,
                  [](DType d) {
                    return std::vector<Case>{{plain(d, {200}), numbers(d, {200}, [] {
                                                std::vector<long double> v;
                                                for (int i = 0; i < 200; ++i)
                                                  v.push_back((i - 100) * 2.1e-7L);
                                                return v;
                                              }())}};
                  }});
  rows.push_back({OpId::Subtract,
                  "diff_twice",
                  [](Arguments a) { return weft::diff(a[0], -1, 2); },
                  "np.diff(x, 2)",
                  {int16, int32, float64},
                  shaped({{5}, {1}, {0}, {3, 4}})});
  rows.push_back({OpId::Subtract,
                  "diff_none",
                  [](Arguments a) { return weft::diff(a[0], 0, 0); },
                  "np.diff(x, 0, 0)",
                  {int16, int32, float64},
                  shaped({{5}, {3, 4}})});
  return rows;
}

} // namespace weft::test

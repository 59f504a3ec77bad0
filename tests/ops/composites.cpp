// Rows of the functions that are made of operations (lib/eager/composite.cpp).
#include "tests/ops/table.h"

#include <weft/ops.h>

#include <fmt/format.h>

namespace weft::test {

using detail::OpId;
using Arguments = std::span<const Tensor>;

namespace {

struct Form {
  const char *label, *axis; // the axis as Python writes it
  Axis axes;
  bool keepdims;
  std::vector<Shape> shapes;
};

std::vector<Form> forms() {
  return {{"all", "None", all_axes, false, {{}, {5}, {100}, {3, 4}, {4097}}},
          {"all_keepdims", "None", all_axes, true, {{2, 3, 4}}},
          {"first", "0", 0, false, {{5}, {70, 33}, {2, 3, 4}}},
          {"last_keepdims", "-1", -1, true, {{3, 4}, {5, 130}}},
          {"ends", "(0, -1)", {0, -1}, false, {{2, 3, 4}, {9, 5, 11}}}};
}

/// The functions of one operand and their options, over plain values.
void add_statistics(std::vector<Row> &rows) {
  for (const Form &f : forms()) {
    auto add = [&](std::string name, auto call, std::string numpy, std::vector<DType> dtypes) {
      rows.push_back({OpId::Sum, name + "_" + f.label, [=](Arguments a) { return call(a[0], f); }, numpy, dtypes,
                      shaped(f.shapes)});
    };
    std::string keep = f.keepdims ? "True" : "False", axis = f.axis;
    add(
        "mean", [](const Tensor &x, const Form &f) { return weft::mean(x, f.axes, f.keepdims); },
        fmt::format("mean(x, {}, {})", axis, keep), floats);
    add(
        "var", [](const Tensor &x, const Form &f) { return weft::var(x, f.axes, 0, f.keepdims); },
        fmt::format("var(x, {}, 0, {})", axis, keep), floats);
    add(
        "std", [](const Tensor &x, const Form &f) { return weft::std(x, f.axes, 0.5, f.keepdims); },
        fmt::format("var(x, {}, 0.5, {}, True)", axis, keep), floats);
    add(
        "count_nonzero", [](const Tensor &x, const Form &f) { return weft::count_nonzero(x, f.axes, f.keepdims); },
        fmt::format("count_nonzero(x, {}, {})", axis, keep), integers | floats | booleans);
    add(
        "logsumexp", [](const Tensor &x, const Form &f) { return weft::logsumexp(x, f.axes, f.keepdims); },
        fmt::format("logsumexp(x, {}, {})", axis, keep), floats);
    rows.back().accuracy = Accuracy::Ulps8OfOne;
  }
}

void add_activations(std::vector<Row> &rows) {
  auto add = [&](OpId op, std::string name, auto call, std::string numpy, Inputs inputs, Accuracy accuracy) {
    rows.push_back({op, name, call, numpy, floats, inputs, accuracy});
  };
  rows.push_back({OpId::Maximum, "relu", [](Arguments a) { return weft::relu(a[0]); },
                  "maximum(x, x.dtype.type(0))", integers | floats, unary});
  add(OpId::Divide, "sigmoid", [](Arguments a) { return weft::sigmoid(a[0]); }, "sigmoid(x)", sweep(-80, 80),
      Accuracy::Ulps8);
  add(OpId::Divide, "silu", [](Arguments a) { return weft::silu(a[0]); }, "wide(x) * sigmoid(x)",
      shaped({{}, {67}, {2, 3}}), Accuracy::Ulps8);
  add(OpId::Logaddexp, "softplus", [](Arguments a) { return weft::softplus(a[0]); }, "np.logaddexp(wide(x), 0)",
      sweep(-80, 80), Accuracy::Ulps8);
  const std::vector<Shape> shapes{{1}, {5}, {3, 4}, {4, 100}, {2, 3, 4}};
  add(OpId::Divide, "softmax", [](Arguments a) { return weft::softmax(a[0]); }, "softmax(x, -1)", shaped(shapes),
      Accuracy::Ulps8);
  add(OpId::Divide, "softmax_first", [](Arguments a) { return weft::softmax(a[0], 0); }, "softmax(x, 0)",
      shaped(shapes), Accuracy::Ulps8);
  add(OpId::Subtract, "log_softmax", [](Arguments a) { return weft::log_softmax(a[0]); }, "np.log(softmax(x, -1))",
      shaped(shapes), Accuracy::Ulps8OfOne);
  rows.push_back({OpId::Equal, "one_hot", [](Arguments a) { return weft::one_hot(a[0], 5); },
                  "(x[..., None] == np.arange(5)).astype(np.float32)", integers, shaped({{}, {7}, {2, 3}, {0}})});
}

void add_arrangements(std::vector<Row> &rows) {
  const std::vector<DType> sizes{boolean, int16, int32, float64, string}, numbers{boolean, int16, int32, float64};
  auto add = [&](OpId op, std::string name, auto call, std::string numpy, std::vector<Shape> shapes,
                 std::vector<DType> dtypes) { rows.push_back({op, name, call, numpy, dtypes, shaped(shapes)}); };
  add(OpId::Slice, "flip", [](Arguments a) { return weft::flip(a[0]); }, "np.flip(x)", {{}, {5}, {2, 3, 4}, {0, 2}}, sizes);
  add(OpId::Slice, "flip_axis", [](Arguments a) { return weft::flip(a[0], -2); }, "np.flip(x, -2)", {{3, 4}, {2, 3, 4}}, sizes);
  add(OpId::Concat, "roll", [](Arguments a) { return weft::roll(a[0], 2, 0); }, "np.roll(x, 2, 0)", {{5}, {3, 4}, {2, 3}, {0, 2}}, sizes);
  add(OpId::Concat, "roll_back", [](Arguments a) { return weft::roll(a[0], -7, -1); }, "np.roll(x, -7, -1)", {{5}, {3, 4}}, sizes);
  add(OpId::PermuteDims, "moveaxis", [](Arguments a) { return weft::moveaxis(a[0], 0, -1); }, "np.moveaxis(x, 0, -1)", {{5}, {2, 3, 4}}, sizes);
  add(OpId::PermuteDims, "moveaxis_to_front", [](Arguments a) { return weft::moveaxis(a[0], 2, 1); }, "np.moveaxis(x, 2, 1)", {{2, 3, 4, 5}}, sizes);
  add(OpId::PermuteDims, "matrix_transpose", [](Arguments a) { return weft::matrix_transpose(a[0]); }, "np.swapaxes(x, -1, -2)", {{3, 4}, {2, 3, 4}}, sizes);
  add(OpId::PermuteDims, "add_transpose", [](Arguments a) { return a[0] * 2 + weft::matrix_transpose(a[0]); },
      "x * x.dtype.type(2) + np.swapaxes(x, -1, -2)", {{3, 3}, {35, 35}, {2, 50, 50}}, {int16, int32, float64});
  add(OpId::PermuteDims, "add_transposes", [](Arguments a) { return weft::permute_dims(a[0], {2, 0, 1}) + weft::permute_dims(a[0], {1, 2, 0}); },
      "x.transpose(2, 0, 1) + x.transpose(1, 2, 0)", {{18, 18, 18}}, {int16, int32, float64});
  add(OpId::Where, "tril", [](Arguments a) { return weft::tril(a[0]); }, "np.tril(x)", {{3, 3}, {2, 5}, {2, 3, 4}}, numbers);
  add(OpId::Where, "tril_below", [](Arguments a) { return weft::tril(a[0], -1); }, "np.tril(x, -1)", {{3, 3}, {5, 2}}, numbers);
  add(OpId::Positions, "triu", [](Arguments a) { return weft::triu(a[0], 1); }, "np.triu(x, 1)", {{3, 3}, {2, 3, 4}, {0, 3}}, numbers);
  add(OpId::Reshape, "tile", [](Arguments a) { return weft::tile(a[0], {2, 3}); }, "np.tile(x, (2, 3))", {{3, 4}, {1, 2}, {0, 2}}, sizes);
  add(OpId::Reshape, "tile_nothing", [](Arguments a) { return weft::tile(a[0], {0, 1}); }, "np.tile(x, (0, 1))", {{3, 4}}, sizes);
  add(OpId::Reshape, "repeat", [](Arguments a) { return weft::repeat(a[0], 3, 0); }, "np.repeat(x, 3, 0)", {{5}, {3, 4}}, sizes);
  add(OpId::Reshape, "repeat_last", [](Arguments a) { return weft::repeat(a[0], 2, -1); }, "np.repeat(x, 2, -1)", {{5}, {2, 3, 4}}, sizes);
  add(OpId::Subtract, "diff", [](Arguments a) { return weft::diff(a[0]); }, "np.diff(x)", {{5}, {1}, {3, 4}}, {int16, int32, float64});
  add(OpId::Subtract, "diff_first", [](Arguments a) { return weft::diff(a[0], 0); }, "np.diff(x, axis=0)", {{3, 4}}, {int16, int32, float64});
  rows.push_back({OpId::Sum, "vecdot", [](Arguments a) { return weft::vecdot(a[0], a[1]); }, "reduce_sum(x * y, -1, False)",
                  {int32, float32, float64}, operands({{3, 70}, {70}})});
  rows.push_back({OpId::Multiply, "outer", [](Arguments a) { return weft::outer(a[0], a[1]); }, "np.outer(x, y)",
                  {int32, float32, float64}, operands({{5}, {70}})});
  rows.push_back({OpId::BroadcastTo, "full_like", [](Arguments a) { return weft::full_like(a[0], 7); }, "np.full_like(x, 7)",
                  integers | floats, operands({{2, 3}})});
  rows.push_back({OpId::Add, "linspace", [](Arguments a) { return weft::linspace(a[0], a[1], 50); },
                  "np.where(np.arange(50) == 49, y, np.arange(50, dtype=x.dtype) * ((y - x) / x.dtype.type(49)) + x)", wide,
                  operands({{}, {}})});
  rows.push_back({OpId::Add, "linspace_of_one", [](Arguments a) { return weft::linspace(a[0], a[1], 1); }, "x.reshape(1)", wide,
                  operands({{}, {}})});
  rows.push_back({OpId::Equal, "eye", [](Arguments a) { return weft::eye(3, 4, 1, a[0].dtype()); },
                  "np.eye(3, 4, 1, dtype=x.dtype)", integers | floats | booleans, operands({{}})});
}

} // namespace

std::vector<Row> composite_rows() {
  std::vector<Row> rows;
  add_statistics(rows);
  add_activations(rows);
  add_arrangements(rows);
  return rows;
}

} // namespace weft::test

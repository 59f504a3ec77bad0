// Rows of the routines of dialect/IR/NeuralOps.td, and gelu. Sums of products of plain values are exact.
#include "tests/ops/table.h"

#include <weft/nn.h>

#include <fmt/format.h>

namespace weft::test {

using detail::OpId;
using Arguments = std::span<const Tensor>;

namespace {

std::string words(const Shape &s) { return fmt::format("({}, {})", s[0], s[1]); }

/// Both paddings of each.
template <class F> void each_padding(F f) {
  f(Padding::Valid, "valid", "False");
  f(Padding::Same, "same", "True");
}

void add_convolutions(std::vector<Row> &rows) {
  auto add = [&](std::string label, Shape x, Shape w, Shape strides, Shape dilations) {
    each_padding([&](Padding padding, const char *name, const char *same) {
      rows.push_back({OpId::Conv2d, fmt::format("conv2d_{}_{}", label, name),
                      [=](Arguments a) { return conv2d(a[0], a[1], strides, padding, dilations); },
                      fmt::format("conv2d(x, y, {}, {}, {})", words(strides), same, words(dilations)), floats,
                      operands({x, w})});
    });
  };
  add("plain", {2, 6, 7, 3}, {3, 3, 3, 4}, {1, 1}, {1, 1});
  add("even", {1, 5, 6, 2}, {2, 4, 2, 3}, {1, 1}, {1, 1});
  add("strides", {2, 9, 8, 3}, {3, 2, 3, 2}, {2, 3}, {1, 1});
  add("wide_strides", {1, 9, 9, 1}, {2, 2, 1, 1}, {4, 4}, {1, 1});
  add("dilations", {1, 9, 10, 2}, {3, 2, 2, 3}, {1, 1}, {2, 3});
  add("strides_and_dilations", {1, 9, 10, 2}, {3, 2, 2, 3}, {2, 1}, {2, 3});
  add("pointwise", {2, 4, 5, 3}, {1, 1, 3, 6}, {1, 1}, {1, 1});
  add("pointwise_strides", {2, 4, 5, 3}, {1, 1, 3, 6}, {2, 2}, {1, 1});
  add("one_filter", {1, 28, 28, 1}, {5, 5, 1, 1}, {1, 1}, {1, 1});
  add("large_filter", {1, 2, 3, 2}, {5, 4, 2, 1}, {1, 1}, {1, 1});
  add("many_windows", {1, 40, 41, 16}, {3, 3, 16, 5}, {1, 1}, {1, 1});
  add("no_images", {0, 6, 7, 3}, {3, 3, 3, 4}, {1, 1}, {1, 1});
  add("no_channels", {1, 4, 4, 0}, {2, 2, 0, 3}, {1, 1}, {1, 1});
  add("no_filters", {1, 4, 4, 2}, {2, 2, 2, 0}, {1, 1}, {1, 1});
}

void add_pools(std::vector<Row> &rows) {
  auto add = [&](std::string label, Shape x, Shape window, Shape strides) {
    each_padding([&](Padding padding, const char *name, const char *same) {
      std::string arguments =
          fmt::format("(x, {}, {}, {})", words(window), words(strides.empty() ? window : strides), same);
      rows.push_back({OpId::MaxPool2d, fmt::format("max_pool2d_{}_{}", label, name),
                      [=](Arguments a) { return max_pool2d(a[0], window, strides, padding); }, "max_pool2d" + arguments,
                      integers | floats, operands({x})});
      rows.push_back({OpId::AvgPool2d, fmt::format("avg_pool2d_{}_{}", label, name),
                      [=](Arguments a) { return avg_pool2d(a[0], window, strides, padding); }, "avg_pool2d" + arguments,
                      floats, operands({x})});
    });
  };
  add("window", {2, 6, 8, 3}, {2, 2}, {});
  add("ragged", {1, 7, 5, 2}, {3, 2}, {});
  add("overlapping", {1, 7, 8, 2}, {3, 4}, {1, 2});
  add("gaps", {1, 9, 9, 2}, {2, 2}, {4, 3});
  add("large_window", {1, 2, 3, 2}, {5, 4}, {1, 1});
  add("one", {2, 3, 4, 1}, {1, 1}, {});
  add("no_images", {0, 4, 4, 3}, {2, 2}, {});
  add("no_channels", {1, 4, 4, 0}, {2, 2}, {});
  // Every special value, each in windows with its neighbours.
  rows.push_back({OpId::MaxPool2d, "max_pool2d_special",
                  [](Arguments a) { return max_pool2d(reshape(a[0], {1, -1, 1, 1}), {3, 1}, {1, 1}, Padding::Same); },
                  "max_pool2d(x.reshape(1, -1, 1, 1), (3, 1), (1, 1), True)", integers | floats,
                  [](DType dtype) {
                    std::vector<long double> values;
                    for (long double v : specials(dtype))
                      if (v != 0 || !std::signbit(v)) // which of two zeros is the larger is open
                        values.push_back(v);
                    return std::vector<Case>{{numbers(dtype, Shape(values.size()), values)}};
                  }});
}

void add_activations(std::vector<Row> &rows) {
  rows.push_back({OpId::Erf, "gelu", [](Arguments a) { return gelu(a[0]); },
                  "wide(x) * (1 + by_python(math.erf, wide(x) / np.sqrt(LONG(2)))) / 2", floats, sweep(-9, 9),
                  Accuracy::Ulps8OfOne});
  rows.push_back({OpId::Tanh, "gelu_approximate", [](Arguments a) { return gelu(a[0], true); },
                  "wide(x) * (1 + np.tanh(np.sqrt(2 / LONG(np.pi)) * (wide(x) + LONG(0.044715) * wide(x) ** 3))) / 2",
                  floats, sweep(-9, 9), Accuracy::Ulps8OfOne});
}

} // namespace

std::vector<Row> neural_rows() {
  std::vector<Row> rows;
  add_convolutions(rows);
  add_pools(rows);
  add_activations(rows);
  return rows;
}

} // namespace weft::test

// Rows of the operations that move elements: shapes, windows, joins. They do not look at elements, so a few dtypes stand for
// all: one of each size, and strings, whose elements are counted references.
#include "tests/ops/table.h"

#include <weft/ops.h>

namespace weft::test {

using detail::OpId;
using Arguments = std::span<const Tensor>;

namespace {

const std::vector<DType> sizes{boolean, int16, int32, float64, string};

template <class F> Row row(OpId op, std::string label, F call, std::string numpy, std::vector<Shape> shapes) {
  return {op, label, call, numpy, sizes, operands(shapes)};
}

void add_shape_rows(std::vector<Row> &rows) {
  auto reshape = [&](std::string label, Shape from, Shape to, std::string numpy) {
    rows.push_back(row(OpId::Reshape, "reshape_" + label, [to](Arguments a) { return weft::reshape(a[0], to); }, numpy, {from}));
  };
  reshape("flat", {2, 3, 4}, {24}, "x.reshape(24)");
  reshape("open", {2, 3, 4}, {-1, 6}, "x.reshape(-1, 6)");
  reshape("scalar_to_matrix", {}, {1, 1}, "x.reshape(1, 1)");
  reshape("to_scalar", {1, 1}, {}, "x.reshape(())");
  reshape("empty", {0, 3}, {2, 0, 5}, "x.reshape(2, 0, 5)");
  reshape("same", {2, 3}, {2, 3}, "x");
  auto simple = [&](OpId op, std::string label, auto call, std::string numpy, Shape from) {
    rows.push_back(row(op, label, call, numpy, {from}));
  };
  simple(OpId::Reshape, "expand_dims", [](Arguments a) { return weft::expand_dims(a[0], 1); }, "np.expand_dims(x, 1)", {2, 3});
  simple(OpId::Reshape, "expand_dims_last", [](Arguments a) { return weft::expand_dims(a[0], -1); }, "np.expand_dims(x, -1)", {2, 3});
  simple(OpId::Reshape, "squeeze", [](Arguments a) { return weft::squeeze(a[0]); }, "np.squeeze(x)", {1, 3, 1, 2});
  simple(OpId::Reshape, "squeeze_axis", [](Arguments a) { return weft::squeeze(a[0], -2); }, "np.squeeze(x, -2)", {1, 3, 1, 2});
  auto to = [&](std::string label, Shape from, Shape target, std::string numpy) {
    rows.push_back(row(OpId::BroadcastTo, "broadcast_to_" + label, [target](Arguments a) { return weft::broadcast_to(a[0], target); },
                       numpy, {from}));
  };
  to("from_scalar", {}, {2, 3}, "np.broadcast_to(x, (2, 3))");
  to("rows", {3}, {4, 3}, "np.broadcast_to(x, (4, 3))");
  to("columns", {4, 1}, {2, 4, 3}, "np.broadcast_to(x, (2, 4, 3))");
  to("empty", {1, 3}, {0, 3}, "np.broadcast_to(x, (0, 3))");
  simple(OpId::BroadcastTo, "full", [](Arguments a) { return weft::full({2, 3}, a[0]); }, "np.full((2, 3), x, x.dtype)", {});
  rows.push_back({OpId::BroadcastTo, "zeros", [](Arguments a) { return weft::zeros({2, 2}, a[0].dtype()); }, "np.zeros((2, 2), x.dtype)",
                  integers | floats | booleans, operands({{}})});
  rows.push_back({OpId::BroadcastTo, "ones_like", [](Arguments a) { return weft::ones_like(a[0]); }, "np.ones_like(x)",
                  integers | floats | booleans, operands({{2, 3}})});
  rows.push_back({OpId::BroadcastTo, "zeros_like", [](Arguments a) { return weft::zeros_like(a[0]); }, "np.zeros_like(x)",
                  integers | floats | booleans, operands({{2, 3}})});
  auto permute = [&](std::string label, Shape from, Shape axes, std::string numpy) {
    rows.push_back(row(OpId::PermuteDims, "permute_dims_" + label, [axes](Arguments a) { return weft::permute_dims(a[0], axes); },
                       numpy, {from}));
  };
  permute("transpose", {2, 3}, {1, 0}, "x.transpose(1, 0)");
  permute("large_transpose", {67, 130}, {1, 0}, "x.transpose(1, 0)");
  permute("large_reverse", {20, 3, 37}, {2, 1, 0}, "x.transpose(2, 1, 0)");
  permute("channels_first", {2, 5, 33, 17}, {0, 3, 1, 2}, "x.transpose(0, 3, 1, 2)");
  permute("block", {300, 16}, {1, 0}, "x.transpose(1, 0)");
  permute("cycle", {2, 3, 4}, {2, 0, 1}, "x.transpose(2, 0, 1)");
  permute("inner", {2, 3, 4, 5}, {0, 2, 1, 3}, "x.transpose(0, 2, 1, 3)");
  permute("negative", {2, 3, 4}, {-1, -2, -3}, "x.transpose(-1, -2, -3)");
  permute("nothing", {2, 3}, {0, 1}, "x");
  permute("scalar", {}, Shape{}, "x");
  permute("empty", {0, 3}, {1, 0}, "x.transpose(1, 0)");
}

void add_window_rows(std::vector<Row> &rows) {
  auto part = [&](std::string label, Shape from, auto call, std::string numpy) {
    rows.push_back(row(OpId::Slice, "slice_" + label, call, numpy, {from}));
  };
  part("row", {4, 3}, [](Arguments a) { return a[0][1]; }, "x[1]");
  part("row_from_the_end", {4, 3}, [](Arguments a) { return a[0][-1]; }, "x[-1]");
  part("element", {4, 3}, [](Arguments a) { return a[0](2, -2); }, "x[2, -2]");
  part("of_vector", {5}, [](Arguments a) { return a[0][3]; }, "x[3]");
  part("range", {7}, [](Arguments a) { return a[0](slice(1, -1)); }, "x[1:-1]");
  part("stop", {7, 2}, [](Arguments a) { return a[0](slice(3)); }, "x[:3]");
  part("step", {7, 5}, [](Arguments a) { return a[0](slice(1, none, 2), slice(none, none, 3)); }, "x[1::2, ::3]");
  part("reversed", {7, 3}, [](Arguments a) { return a[0](slice(none, none, -1)); }, "x[::-1]");
  part("backwards", {9}, [](Arguments a) { return a[0](slice(7, 1, -2)); }, "x[7:1:-2]");
  part("backwards_to_the_start", {9}, [](Arguments a) { return a[0](slice(-2, none, -3)); }, "x[-2::-3]");
  part("past_the_end", {4}, [](Arguments a) { return a[0](slice(2, 100)); }, "x[2:100]");
  part("last_of_the_first", {9}, [](Arguments a) { return a[0](slice(-7, 6)); }, "x[-7:6]");
  part(
      "first_of_the_last", {9, 7}, [](Arguments a) { return a[0](slice(1, -1, 3), slice(-1, 2, -1)); },
      "x[1:-1:3, -1:2:-1]");
  part("backwards_to_the_end", {9}, [](Arguments a) { return a[0](slice(7, -7, -2)); }, "x[7:-7:-2]");
  part("backwards_past_the_start", {5}, [](Arguments a) { return a[0](slice(30, -30, -2)); }, "x[30:-30:-2]");
  part("none_in_the_middle", {9}, [](Arguments a) { return a[0](slice(-2, 3)); }, "x[-2:3]");
  part(
      "none_of_few", {2, 3}, [](Arguments a) { return a[0](slice(3, -3, 2), slice(-1, 5, -1)); }, "x[3:-3:2, -1:5:-1]");
  part("before_the_start", {4}, [](Arguments a) { return a[0](slice(-100, 2)); }, "x[-100:2]");
  part("nothing", {4, 3}, [](Arguments a) { return a[0](slice(3, 1)); }, "x[3:1]");
  part("of_empty", {0, 3}, [](Arguments a) { return a[0](slice(none, none, 2), slice(1)); }, "x[::2, :1]");
  part("last_axis", {2, 3, 6}, [](Arguments a) { return a[0](ellipsis, slice(2, 5)); }, "x[..., 2:5]");
  part("mixed", {4, 5, 6}, [](Arguments a) { return a[0](1, newaxis, ellipsis, slice(none, none, -2)); }, "x[1, np.newaxis, ..., ::-2]");
  part("newaxis", {3}, [](Arguments a) { return a[0](newaxis, slice(none), newaxis); }, "x[np.newaxis, :, np.newaxis]");
  part("by_tensor", {4, 3}, [](Arguments a) { return a[0][sum(weft::ones({2}, int32))]; }, "x[2]");
  part("by_negative_tensor", {4, 3}, [](Arguments a) { return a[0](-sum(weft::ones({2}, int64)), slice(1)); }, "x[-2, :1]");

  auto set = [&](std::string label, Shape x, Shape y, auto call, std::string numpy) {
    rows.push_back(row(OpId::Insert, "set_" + label, call, numpy, {x, y}));
  };
  set("row", {4, 3}, {3}, [](Arguments a) { return weft::set(a[0], a[1], 1); }, "assign(x, y, np.s_[1])");
  set("row_broadcast", {4, 3}, {}, [](Arguments a) { return weft::set(a[0], a[1], -1); }, "assign(x, y, np.s_[-1])");
  set("element", {4, 3}, {}, [](Arguments a) { return weft::set(a[0], a[1], 2, 0); }, "assign(x, y, np.s_[2, 0])");
  set("of_vector", {5}, {}, [](Arguments a) { return weft::set(a[0], a[1], 3); }, "assign(x, y, np.s_[3])");
  set("range", {7, 2}, {3, 2}, [](Arguments a) { return weft::set(a[0], a[1], slice(1, 4)); }, "assign(x, y, np.s_[1:4])");
  set("step", {7, 6}, {2}, [](Arguments a) { return weft::set(a[0], a[1], slice(none, none, 3), slice(1, none, 3)); },
      "assign(x, y, np.s_[::3, 1::3])");
  set("reversed", {5}, {5}, [](Arguments a) { return weft::set(a[0], a[1], slice(none, none, -1)); }, "assign(x, y, np.s_[::-1])");
  set(
      "last_of_the_first", {9}, {4}, [](Arguments a) { return weft::set(a[0], a[1], slice(-7, 6)); },
      "assign(x, y, np.s_[-7:6])");
  set(
      "all_but_the_ends", {7, 6}, {}, [](Arguments a) { return weft::set(a[0], a[1], slice(1, -1), slice(-2, 0, -1)); },
      "assign(x, y, np.s_[1:-1, -2:0:-1])");
  set("none_of_few", {4, 3}, {}, [](Arguments a) { return weft::set(a[0], a[1], slice(1, -1), slice(5, -3)); }, "x");
  set("nothing", {5}, {}, [](Arguments a) { return weft::set(a[0], a[1], slice(3, 3)); }, "x");
  set("everything", {2, 3}, {3}, [](Arguments a) { return weft::set(a[0], a[1], ellipsis); }, "assign(x, y, np.s_[...])");
  set("last_axis", {2, 3, 4}, {2, 3}, [](Arguments a) { return weft::set(a[0], a[1], ellipsis, 1); }, "assign(x, y, np.s_[..., 1])");
  set("by_tensor", {4, 3}, {3}, [](Arguments a) { return weft::set(a[0], a[1], sum(weft::ones({2}, int32))); }, "assign(x, y, np.s_[2])");
}

void add_join_rows(std::vector<Row> &rows) {
  auto join = [&](std::string label, std::vector<Shape> shapes, auto call, std::string numpy) {
    rows.push_back(row(OpId::Concat, label, call, numpy, shapes));
  };
  join("concat_vectors", {{2}, {3}}, [](Arguments a) { return concat({a[0], a[1]}); }, "np.concatenate([x, y])");
  join("concat_rows", {{2, 3}, {1, 3}, {4, 3}}, [](Arguments a) { return concat({a[0], a[1], a[2]}, 0); }, "np.concatenate([x, y, z])");
  join("concat_columns", {{2, 3}, {2, 1}}, [](Arguments a) { return concat({a[0], a[1]}, -1); }, "np.concatenate([x, y], -1)");
  join("concat_middle", {{2, 3, 4}, {2, 2, 4}}, [](Arguments a) { return concat({a[0], a[1]}, 1); }, "np.concatenate([x, y], 1)");
  join("concat_one", {{2, 3}}, [](Arguments a) { return concat({a[0]}); }, "x");
  join("concat_itself", {{2, 3}}, [](Arguments a) { return concat({a[0], a[0]}, 1); }, "np.concatenate([x, x], 1)");
  join("concat_empty", {{0, 3}, {2, 3}, {0, 3}}, [](Arguments a) { return concat({a[0], a[1], a[2]}); }, "np.concatenate([x, y, z])");
  join("stack_scalars", {{}, {}, {}}, [](Arguments a) { return stack({a[0], a[1], a[2]}); }, "np.stack([x, y, z])");
  join("stack_rows", {{3}, {3}}, [](Arguments a) { return stack({a[0], a[1]}); }, "np.stack([x, y])");
  join("stack_columns", {{2, 3}, {2, 3}}, [](Arguments a) { return stack({a[0], a[1]}, -1); }, "np.stack([x, y], -1)");
}

void add_arange_rows(std::vector<Row> &rows) {
  auto numbers = [&](std::string label, std::vector<DType> dtypes, auto call, std::string numpy) {
    rows.push_back({OpId::Arange, "arange_" + label, call, numpy, dtypes, operands({{}})});
  };
  // NumPy's elements are start + i * (second - first); weft's are start + i * step, as the Array API says.
  numbers("stop", {int32}, [](Arguments) { return arange(7); }, "np.arange(7, dtype='int32')");
  numbers("none", {int32}, [](Arguments) { return arange(0); }, "np.arange(0, dtype='int32')");
  numbers("start", {int32}, [](Arguments) { return arange(-3, 4); }, "np.arange(-3, 4, dtype='int32')");
  numbers("step", {int32}, [](Arguments) { return arange(1, 20, 3); }, "np.arange(1, 20, 3, dtype='int32')");
  numbers("down", {int32}, [](Arguments) { return arange(5, -5, -2); }, "np.arange(5, -5, -2, dtype='int32')");
  numbers("away", {int32}, [](Arguments) { return arange(5, 1); }, "np.arange(5, 1, dtype='int32')");
  numbers("int64", {int64}, [](Arguments) { return arange(std::int64_t{1} << 40, (std::int64_t{1} << 40) + 5); },
          "np.arange(1 << 40, (1 << 40) + 5)");
  numbers("float32", {float32}, [](Arguments) { return arange(0.f, 1.f, 0.1f); },
          "np.float32(0) + np.arange(10, dtype='float32') * np.float32(0.1)");
  numbers("float64", {float64}, [](Arguments) { return arange(1.0, 2.0, 0.25); }, "np.arange(1.0, 2.0, 0.25)");
  numbers("stop_float32", {float32}, [](Arguments) { return arange(2.5f); }, "np.arange(2.5, dtype='float32')");
  numbers("stop_float64", {float64}, [](Arguments) { return arange(5.0); }, "np.arange(5.0)");
  numbers("start_float64", {float64}, [](Arguments) { return arange(0.5, 4.0); }, "np.arange(0.5, 4.0)");
  numbers("promoted", {int64}, [](Arguments) { return arange(Tensor(2), Tensor(5LL)); }, "np.arange(np.int32(2), np.int64(5))");
}

} // namespace

std::vector<Row> shape_rows() {
  std::vector<Row> rows;
  add_shape_rows(rows);
  add_window_rows(rows);
  add_join_rows(rows);
  add_arange_rows(rows);
  // What reaches beyond the tensor is cut off there: its size is not the slice's.
  mark(rows, &Row::retraced, {"slice_past_the_end"});
  return rows;
}

} // namespace weft::test

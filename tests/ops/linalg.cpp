// Rows of the routines of dialect/IR/LinalgOps.td and of lib/eager/matrices.cpp. Decompositions that are not unique are
// held to what they must be: products that give the matrix back, and vectors of length 1 at right angles.
#include "tests/ops/table.h"

#include <weft/linalg.h>

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace weft::test {

using detail::OpId;
using Arguments = std::span<const Tensor>;

namespace {

struct Pair {
  Shape x, y;
};

/// Two operands of each pair of shapes.
Inputs pairs(std::vector<Pair> shapes) {
  return [shapes](DType dtype) {
    std::vector<Case> cases;
    for (const auto &[x, y] : shapes)
      cases.push_back({plain(dtype, x, 1), plain(dtype, y, 2)});
    return cases;
  };
}

/// Matrices of plain values whose diagonals outweigh the rest, so that they are regular, well conditioned and, as their
/// lower or upper triangles say, positive definite.
Array dominant(DType dtype, const Shape &shape) {
  Array a = plain(dtype, shape);
  std::vector<long double> values;
  std::int64_t rows = shape[-2], columns = shape[-1];
  for (std::int64_t i = 0; i < a.elements(); ++i) {
    bool diagonal = i / columns % rows == i % columns;
    values.push_back(floating_value(a, i) + (diagonal ? 10.0L * static_cast<long double>(rows) : 0));
  }
  return numbers(dtype, shape, values);
}
Inputs regular(std::vector<Shape> shapes) {
  return [shapes](DType dtype) {
    std::vector<Case> cases;
    for (const Shape &s : shapes)
      cases.push_back({dominant(dtype, s)});
    return cases;
  };
}

const std::vector<Shape> square{{1, 1}, {2, 2}, {3, 3}, {40, 40}, {2, 3, 4, 4}, {0, 3, 3}, {2, 0, 0}, {0, 0}},
    oblong{{1, 1}, {3, 3}, {5, 3}, {3, 5}, {70, 20}, {20, 70}, {2, 3, 4, 2}, {1, 6}, {6, 1}, {0, 4, 3}, {0, 3}, {3, 0}};

/// Products of plain values are exact, so that every order of summation gives the same bits.
void add_products(std::vector<Row> &rows) {
  const std::vector<DType> every = integers | floats, some = {int32, float32, float64};
  rows.push_back({OpId::Matmul, "matmul", [](Arguments a) { return matmul(a[0], a[1]); }, "matmul(x, y)", every,
                  pairs({{{3}, {3}},
                         {{300}, {300}},
                         {{2, 3}, {3, 4}},
                         {{1, 1}, {1, 1}},
                         {{3}, {3, 4}},
                         {{2, 3}, {3}},
                         {{1, 300}, {300, 7}},
                         {{300, 7}, {7, 1}},
                         {{17, 9}, {9, 33}},
                         {{70, 130}, {130, 65}}})});
  rows.push_back({OpId::Matmul, "matmul_batches", [](Arguments a) { return matmul(a[0], a[1]); }, "matmul(x, y)", every,
                  pairs({{{5, 2, 3}, {3, 4}},
                         {{5, 2, 3}, {5, 3, 4}},
                         {{5, 1, 2, 3}, {4, 3, 2}},
                         {{2, 3}, {5, 3, 4}},
                         {{1, 2, 3}, {5, 3, 4}},
                         {{3}, {5, 3, 4}},
                         {{5, 2, 3}, {3}},
                         {{2, 1, 3, 4}, {1, 3, 4, 2}}})});
  rows.push_back({OpId::Matmul, "matmul_empty", [](Arguments a) { return matmul(a[0], a[1]); }, "matmul(x, y)", every,
                  pairs({{{0}, {0}},
                         {{2, 0}, {0, 3}},
                         {{2, 0}, {0}},
                         {{0, 3}, {3, 2}},
                         {{2, 3}, {3, 0}},
                         {{0, 2, 3}, {3, 4}},
                         {{4, 2, 0}, {4, 0, 3}}})});
  auto dot = [&](std::string label, Shape x, Shape y, auto call, std::string numpy) {
    rows.push_back({OpId::Matmul, "tensordot_" + label, call, numpy, some, operands({x, y})});
  };
  dot("two", {2, 3, 4}, {3, 4, 5}, [](Arguments a) { return tensordot(a[0], a[1]); }, "np.tensordot(x, y)");
  dot("one", {2, 3}, {3, 4, 5}, [](Arguments a) { return tensordot(a[0], a[1], 1); }, "np.tensordot(x, y, 1)");
  dot("none", {2, 3}, {4, 5}, [](Arguments a) { return tensordot(a[0], a[1], 0); }, "np.tensordot(x, y, 0)");
  dot("vectors", {7}, {7}, [](Arguments a) { return tensordot(a[0], a[1], 1); }, "np.tensordot(x, y, 1)");
  dot("all", {2, 3}, {2, 3}, [](Arguments a) { return tensordot(a[0], a[1], 2); }, "np.tensordot(x, y, 2)");
  dot(
      "lists", {2, 3, 4}, {4, 5, 2}, [](Arguments a) { return tensordot(a[0], a[1], {0, -1}, {2, 0}); },
      "np.tensordot(x, y, ([0, -1], [2, 0]))");
  dot(
      "matrix", {3, 2}, {3, 4, 5}, [](Arguments a) { return tensordot(a[0], a[1], {0}, {0}); },
      "np.tensordot(x, y, ([0], [0]))");
  dot("empty", {2, 0}, {0, 3, 2}, [](Arguments a) { return tensordot(a[0], a[1], 1); }, "np.tensordot(x, y, 1)");
}

/// NaN and infinities in one row and one column.
std::vector<Case> special_matrices(DType dtype) {
  auto with = [&](std::int64_t n, long double special) {
    std::vector<long double> values(static_cast<std::size_t>(n * n), 0.5L);
    values[static_cast<std::size_t>(n + 1)] = special;
    values[0] = 0;
    return numbers(dtype, {n, n}, values);
  };
  std::vector<Case> cases;
  long double infinity = std::numeric_limits<long double>::infinity();
  for (std::int64_t n : {2, 5, 40})
    for (long double special : {std::numeric_limits<long double>::quiet_NaN(), infinity, -infinity})
      cases.push_back({with(n, special), with(n, infinity)});
  return cases;
}

void add_rounded_products(std::vector<Row> &rows) {
  rows.push_back({OpId::Matmul, "matmul_special", [](Arguments a) { return matmul(a[0], a[1]); }, "np.matmul(x, y)",
                  wide, special_matrices});
  rows.push_back({OpId::Matmul, "matmul_special_vector", [](Arguments a) { return matmul(a[0], a[1][1]); },
                  "np.matmul(x, y[1])", wide, special_matrices});
  rows.push_back(
      {OpId::Matmul, "matmul_rounded", [](Arguments a) { return matmul(reciprocal(a[0]), reciprocal(a[1])); },
       "np.matmul(wide(1 / x), wide(1 / y))", wide,
       pairs({{{9, 7}, {7, 5}}, {{200, 300}, {300, 100}}, {{300}, {300}}, {{60, 90}, {90}}}), Accuracy::OfLargest});
}

void add_solutions(std::vector<Row> &rows) {
  auto add = [&](OpId op, std::string label, auto call, std::string numpy, Inputs inputs) {
    rows.push_back({op, label, call, numpy, wide, inputs, Accuracy::OfLargest});
  };
  add(
      OpId::Cholesky, "cholesky", [](Arguments a) { return linalg::cholesky(a[0]); },
      "wide(np.linalg.cholesky(double(x)))", regular(square));
  add(
      OpId::Cholesky, "cholesky_upper", [](Arguments a) { return linalg::cholesky(a[0], true); },
      "wide(swapped(np.linalg.cholesky(swapped(double(x)))))", regular(square));
  add(
      OpId::Inv, "inv", [](Arguments a) { return linalg::inv(a[0]); }, "wide(np.linalg.inv(double(x)))",
      regular(square));
  const std::vector<Shape> small{{1, 1}, {2, 2}, {3, 3}, {2, 3, 4, 4}, {0, 3, 3}, {2, 0, 0}, {0, 0}};
  add(OpId::Det, "det", [](Arguments a) { return linalg::det(a[0]); }, "det(x)", regular(small));
  add(
      OpId::Det, "det_of_plain", [](Arguments a) { return linalg::det(a[0]); }, "det(x)",
      shaped({{2, 2}, {3, 3}, {5, 3, 3}}));
  rows.push_back({OpId::Det, "det_of_singular", [](Arguments a) { return linalg::det(a[0] * 0); },
                  "np.zeros(x.shape[:-2], x.dtype)", wide, shaped({{3, 3}, {2, 40, 40}})});
  rows.push_back({OpId::Slogdet, "slogdet_sign", [](Arguments a) { return linalg::slogdet(a[0]).sign; },
                  "np.linalg.slogdet(double(x))[0].astype(x.dtype)", wide,
                  shaped({{1, 1}, {2, 2}, {7, 3, 3}, {0, 0}})});
  add(
      OpId::Slogdet, "slogdet", [](Arguments a) { return linalg::slogdet(a[0]).logabsdet; },
      "wide(np.linalg.slogdet(double(x))[1])", regular(square));
  rows.push_back(
      {OpId::Slogdet, "slogdet_of_singular",
       [](Arguments a) { return stack({linalg::slogdet(a[0] * 0).sign, linalg::slogdet(a[0] * 0).logabsdet}); },
       "np.array([0, -np.inf], x.dtype)", wide, shaped({{3, 3}})});
  auto equations = [](std::vector<Pair> shapes) {
    return [shapes](DType dtype) {
      std::vector<Case> cases;
      for (const auto &[x, y] : shapes)
        cases.push_back({dominant(dtype, x), plain(dtype, y, 2)});
      return cases;
    };
  };
  add(
      OpId::Solve, "solve", [](Arguments a) { return linalg::solve(a[0], a[1]); }, "solve(x, y)",
      equations({{{1, 1}, {1}},
                 {{3, 3}, {3}},
                 {{40, 40}, {40}},
                 {{40, 40}, {40, 7}},
                 {{5, 3, 3}, {3}},
                 {{3, 3}, {3, 4}},
                 {{5, 3, 3}, {3, 2}},
                 {{3, 3}, {5, 3, 2}},
                 {{2, 1, 3, 3}, {4, 3, 2}},
                 {{0, 0}, {0, 3}},
                 {{3, 3}, {3, 0}},
                 {{0, 3, 3}, {3}}}));
}

/// Matrices of which every row has to be exchanged.
void add_exchanges(std::vector<Row> &rows) {
  auto turned = [](const Tensor &x) { return flip(x, -2); }; // the dominant diagonal is the other one
  rows.push_back({OpId::Inv, "inv_exchanged", [=](Arguments a) { return linalg::inv(turned(a[0])); },
                  "wide(np.linalg.inv(double(np.flip(x, -2))))", wide, regular({{2, 2}, {40, 40}, {2, 5, 5}}),
                  Accuracy::OfLargest});
  rows.push_back({OpId::Solve, "solve_exchanged", [=](Arguments a) { return linalg::solve(turned(a[0]), a[0]); },
                  "solve(np.flip(x, -2), x)", wide, regular({{2, 2}, {40, 40}, {2, 5, 5}}), Accuracy::OfLargest});
  rows.push_back({OpId::Det, "det_exchanged", [=](Arguments a) { return linalg::det(turned(a[0])); },
                  "det(np.flip(x, -2))", wide, regular({{2, 2}, {3, 3}, {6, 5, 5}}), Accuracy::OfLargest});
}

/// A row over plain values, whose matrices are neither symmetric nor dominated by their diagonals.
template <class F>
void add_factor(std::vector<Row> &rows, OpId op, std::string label, F call, std::string numpy,
                const std::vector<Shape> &shapes) {
  rows.push_back(
      {op, label, [call](Arguments a) { return call(a[0]); }, numpy, wide, shaped(shapes), Accuracy::OfLargest});
}

/// The products of columns: 1 with themselves and 0 with others, where they are orthogonal.
Tensor squared(const Tensor &columns) { return matmul(matrix_transpose(columns), columns); }

void add_eigenvalues(std::vector<Row> &rows) {
  add_factor(
      rows, OpId::Eigh, "eigh", [](const Tensor &x) { return linalg::eigh(x).eigenvalues; },
      "wide(np.linalg.eigh(double(x))[0])", square);
  add_factor(
      rows, OpId::Eigh, "eigh_product",
      [](const Tensor &x) {
        auto [w, v] = linalg::eigh(x);
        return matmul(v * expand_dims(w, -2), matrix_transpose(v));
      },
      "wide(lower_symmetric(x))", square);
  add_factor(
      rows, OpId::Eigh, "eigh_orthogonal", [](const Tensor &x) { return squared(linalg::eigh(x).eigenvectors); },
      "identities(x, x.shape[-1])", square);
  add_factor(
      rows, OpId::Eigvalsh, "eigvalsh", [](const Tensor &x) { return linalg::eigvalsh(x); },
      "wide(np.linalg.eigvalsh(double(x)))", square);
}

void add_triangles(std::vector<Row> &rows) {
  for (const char *mode : {"reduced", "complete"}) {
    std::string name = mode, size = name == "reduced" ? "min(x.shape[-2:])" : "x.shape[-2]";
    add_factor(
        rows, OpId::Qr, "qr_product_" + name,
        [mode](const Tensor &x) {
          auto [q, r] = linalg::qr(x, mode);
          return matmul(q, r);
        },
        "wide(x)", oblong);
    add_factor(
        rows, OpId::Qr, "qr_orthogonal_" + name, [mode](const Tensor &x) { return squared(linalg::qr(x, mode).Q); },
        "identities(x, " + size + ")", oblong);
    // With both a dominant diagonal of R and LAPACK's choice of signs it is unique.
    rows.push_back({OpId::Qr, "qr_" + name, [mode](Arguments a) { return linalg::qr(a[0], mode).R; },
                    "wide(np.linalg.qr(double(x), '" + name + "')[1])", wide, regular(oblong), Accuracy::OfLargest});
  }
}

void add_singular_values(std::vector<Row> &rows) {
  add_factor(
      rows, OpId::Svdvals, "svdvals", [](const Tensor &x) { return linalg::svdvals(x); },
      "wide(np.linalg.svd(double(x), compute_uv=False))", oblong);
  for (bool full : {false, true}) {
    std::string name = full ? "full" : "reduced";
    add_factor(
        rows, OpId::Svd, "svd_" + name, [full](const Tensor &x) { return linalg::svd(x, full).S; },
        "wide(np.linalg.svd(double(x), compute_uv=False))", oblong);
    add_factor(
        rows, OpId::Svd, "svd_product_" + name,
        [full](const Tensor &x) {
          auto [u, s, vh] = linalg::svd(x, full);
          if (full) {
            std::int64_t k = s.shape()[-1];
            return matmul(u(ellipsis, slice(k)) * expand_dims(s, -2), vh(ellipsis, slice(k), slice(none)));
          }
          return matmul(u * expand_dims(s, -2), vh);
        },
        "wide(x)", oblong);
    add_factor(
        rows, OpId::Svd, "svd_left_" + name, [full](const Tensor &x) { return squared(linalg::svd(x, full).U); },
        full ? "identities(x, x.shape[-2])" : "identities(x, min(x.shape[-2:]))", oblong);
    add_factor(
        rows, OpId::Svd, "svd_right_" + name,
        [full](const Tensor &x) { return squared(matrix_transpose(linalg::svd(x, full).Vh)); },
        full ? "identities(x, x.shape[-1])" : "identities(x, min(x.shape[-2:]))", oblong);
  }
}

void add_norms(std::vector<Row> &rows) {
  auto add = [&](std::string label, auto call, std::string numpy, const std::vector<Shape> &shapes) {
    rows.push_back({OpId::Sqrt, label, [call](Arguments a) { return call(a[0]); }, numpy, wide, shaped(shapes),
                    Accuracy::OfLargest});
  };
  constexpr double inf = std::numeric_limits<double>::infinity();
  const std::vector<Shape> vectors{{}, {5}, {3, 4}, {2, 3, 130}}, matrices{{3, 3}, {5, 3}, {2, 3, 40, 5}};
  add("norm", [](const Tensor &x) { return linalg::norm(x); }, "np.asarray(np.sqrt(np.sum(wide(x) ** 2)))", vectors);
  add("norm_axis", [](const Tensor &x) { return linalg::norm(x, -1, true); },
      "np.sqrt(np.sum(wide(x) ** 2, -1, keepdims=True))", {{5}, {3, 70}});
  add(
      "vector_norm", [](const Tensor &x) { return linalg::vector_norm(x); },
      "np.asarray(np.sqrt(np.sum(wide(x) ** 2)))", vectors);
  for (const auto &[label, ord, numpy] :
       {std::tuple("inf", inf, "np.max(a, -1)"), std::tuple("minus_inf", -inf, "np.min(a, -1)"),
        std::tuple("0", 0.0, "np.sum(a != 0, -1).astype(LONG)"), std::tuple("1", 1.0, "np.sum(a, -1)"),
        std::tuple("3", 3.0, "np.sum(a ** 3, -1) ** (LONG(1) / 3)"),
        std::tuple("minus_2", -2.0, "np.sum(a ** -2, -1) ** LONG(-0.5)")})
    add(std::string("vector_norm_") + label,
        [ord = ord](const Tensor &x) { return linalg::vector_norm(x, -1, false, ord); },
        fmt::format("(lambda a: {})(np.abs(wide(x)))", numpy), {{5}, {3, 70}});
  auto of_matrix = [](std::string ord, bool keepdims) {
    return fmt::format("wide(np.linalg.norm(double(x), {}, (-2, -1), {}))", ord, keepdims ? "True" : "False");
  };
  for (const char *ord : {"fro", "nuc"})
    for (bool keepdims : {false, true})
      add(
          fmt::format("matrix_norm_{}{}", ord, keepdims ? "_keepdims" : ""),
          [=](const Tensor &x) { return linalg::matrix_norm(x, keepdims, ord); },
          of_matrix(fmt::format("'{}'", ord), keepdims), matrices);
  for (const auto &[label, ord, numpy] :
       {std::tuple("1", 1.0, "1"), std::tuple("minus_1", -1.0, "-1"), std::tuple("2", 2.0, "2"),
        std::tuple("minus_2", -2.0, "-2"), std::tuple("inf", inf, "np.inf"), std::tuple("minus_inf", -inf, "-np.inf")})
    for (bool keepdims : {false, true})
      add(
          fmt::format("matrix_norm_{}{}", label, keepdims ? "_keepdims" : ""),
          [=, ord = ord](const Tensor &x) { return linalg::matrix_norm(x, keepdims, ord); }, of_matrix(numpy, keepdims),
          // The smallest singular value of matrices that have none near 0.
          ord == -2 ? std::vector<Shape>{{1, 1}, {5, 1}, {40, 2}} : matrices);
}

void add_ranks(std::vector<Row> &rows) {
  auto product = [](Arguments a) { return matmul(a[0], a[1]); };
  const Inputs low = pairs({{{5, 2}, {2, 6}}, {{40, 3}, {3, 30}}, {{3, 4, 1}, {3, 1, 4}}, {{4, 0}, {0, 3}}});
  rows.push_back({OpId::Greater, "matrix_rank", [=](Arguments a) { return linalg::matrix_rank(product(a)); },
                  "np.asarray(np.linalg.matrix_rank(x @ y), np.int64)", wide, low});
  rows.push_back({OpId::Greater, "matrix_rank_rtol", [=](Arguments a) { return linalg::matrix_rank(a[0], 0.5); },
                  "np.sum(np.linalg.svd(double(x))[1] > 0.5 * np.linalg.svd(double(x))[1].max(-1, keepdims=True), -1)",
                  wide, shaped({{3, 3}, {40, 5}, {2, 3, 4}})});
  rows.push_back({OpId::Greater, "matrix_rank_of_nothing", [=](Arguments a) { return linalg::matrix_rank(a[0]); },
                  "np.zeros(x.shape[:-2], np.int64)", wide, shaped({{0, 3}, {2, 3, 0}})});
  rows.push_back({OpId::Matmul, "pinv", [](Arguments a) { return linalg::pinv(a[0]); },
                  "wide(np.linalg.pinv(double(x)))", wide,
                  regular({{1, 1}, {3, 3}, {5, 3}, {3, 5}, {40, 10}, {2, 4, 2}, {0, 3}}), Accuracy::OfLargest});
  rows.push_back({OpId::Matmul, "pinv_of_low_rank", [=](Arguments a) { return linalg::pinv(product(a), 1e-3); },
                  "wide(np.linalg.pinv(double(x) @ double(y), 1e-3))", wide,
                  pairs({{{5, 1}, {1, 6}}, {{3, 4, 1}, {3, 1, 4}}}), Accuracy::OfLargest});
  auto power = [&](std::string label, std::int64_t n, std::vector<DType> dtypes) {
    rows.push_back({OpId::Matmul, "matrix_power_" + label, [n](Arguments a) { return linalg::matrix_power(a[0], n); },
                    fmt::format("np.linalg.matrix_power(x, {})", n), dtypes, shaped({{1, 1}, {3, 3}, {2, 4, 4}})});
  };
  power("0", 0, integers | wide);
  power("1", 1, integers | wide);
  power("2", 2, integers | wide);
  power("3", 3, integers | wide);
  power("10", 10, integers);
  rows.push_back({OpId::Inv, "matrix_power_minus_2", [](Arguments a) { return linalg::matrix_power(a[0], -2); },
                  "wide(np.linalg.matrix_power(double(x), -2))", wide, regular({{1, 1}, {3, 3}, {2, 4, 4}}),
                  Accuracy::OfLargest});
}

void add_vectors(std::vector<Row> &rows) {
  const std::vector<DType> sizes{boolean, int16, int32, float64, string}, numbers{int16, int32, float32, float64};
  // No diagonal but that of a single element has the size 1, which an open one never is.
  const std::vector<Shape> matrices{{1, 1}, {4, 4}, {4, 7}, {6, 4}, {2, 4, 5}, {0, 3}, {3, 0}, {0, 4, 5}};
  for (int offset : {0, 1, -1, 2, -2, 9, -9}) {
    std::string label = fmt::format("{}{}", offset < 0 ? "minus_" : "", std::abs(offset));
    rows.push_back({OpId::Diagonal, "diagonal_" + label,
                    [offset](Arguments a) { return linalg::diagonal(a[0], offset); },
                    fmt::format("np.diagonal(x, {}, -2, -1)", offset), sizes, shaped(matrices)});
    rows.push_back({OpId::Sum, "trace_" + label, [offset](Arguments a) { return linalg::trace(a[0], offset); },
                    fmt::format("reduce_sum(np.diagonal(x, {}, -2, -1), -1, False)", offset), numbers,
                    shaped(matrices)});
  }
  auto cross = [&](std::string label, Shape x, Shape y, int axis, std::string numpy) {
    rows.push_back({OpId::Subtract, "cross_" + label, [axis](Arguments a) { return linalg::cross(a[0], a[1], axis); },
                    numpy, numbers, operands({x, y})});
  };
  cross("vectors", {3}, {3}, -1, "np.cross(x, y)");
  cross("rows", {5, 3}, {5, 3}, -1, "np.cross(x, y)");
  cross("broadcast", {4, 1, 3}, {5, 3}, -1, "np.cross(x, y)");
  cross("columns", {3, 5}, {3, 5}, 0, "np.cross(x, y, axis=0)");
  cross("middle", {2, 3, 4}, {2, 3, 1}, -2, "np.cross(x, np.broadcast_to(y, x.shape), axis=-2)");
}

} // namespace

std::vector<Row> linalg_rows() {
  std::vector<Row> rows;
  add_products(rows);
  add_rounded_products(rows);
  add_solutions(rows);
  add_exchanges(rows);
  add_eigenvalues(rows);
  add_triangles(rows);
  add_singular_values(rows);
  add_norms(rows);
  add_ranks(rows);
  add_vectors(rows);
  // The smaller of two sizes is 1 in some case, or a size of 1 is left.
  mark(rows, &Row::retraced,
       {"qr_orthogonal_reduced", "qr_product_reduced", "qr_reduced", "svd_full", "svd_reduced", "svd_left*",
        "svd_right*", "svd_product_reduced", "svdvals", "pinv", "matrix_norm_minus_2*", "matrix_rank_of_nothing"});
  mark(rows, &Row::known_sizes, {"svd_product_full"}); // asks how many singular values there are
  return rows;
}

} // namespace weft::test

// Matrices and images whose sizes are only known when the program runs: compiled once, with every size what eager code
// gives.
#include "tests/ops/array.h"
#include "tests/ops/inputs.h"

#include <weft/weft.h>

#include <gtest/gtest.h>

namespace weft::test {
namespace {

using Program = std::vector<Tensor> (*)(Tensor, Tensor);

void expect_eager(const char *name, Program program, const Shape &x_open, const Shape &y_open,
                  const std::vector<std::pair<Shape, Shape>> &sizes) {
  SCOPED_TRACE(name);
  auto f = function(name, program, {.input_signature = {spec(float32, x_open), spec(float32, y_open)}});
  for (const auto &[x_shape, y_shape] : sizes) {
    Tensor x = tensor(plain(float32, x_shape, 1)), y = tensor(plain(float32, y_shape, 2));
    std::vector<Tensor> eager = program(x, y), compiled = f(x, y);
    ASSERT_EQ(eager.size(), compiled.size());
    for (std::size_t k = 0; k < eager.size(); ++k)
      EXPECT_TRUE(array_equal(eager[k], compiled[k]))
          << to_string(x_shape) << " and " << to_string(y_shape) << ": " << eager[k] << " and " << compiled[k];
  }
}

const Shape open_matrix{dynamic, dynamic}, open_stack{dynamic, dynamic, dynamic};

TEST(OpenMatrices, Products) {
  expect_eager("matmul", [](Tensor x, Tensor y) { return std::vector{matmul(x, y)}; }, open_matrix, open_matrix,
               {{{2, 3}, {3, 4}}, {{40, 30}, {30, 20}}, {{0, 3}, {3, 2}}, {{2, 0}, {0, 3}}, {{1, 3}, {3, 1}}});
  expect_eager("matmul_batches", [](Tensor x, Tensor y) { return std::vector{matmul(x, y)}; }, open_stack, open_matrix,
               {{{5, 2, 3}, {3, 4}}, {{1, 2, 3}, {3, 4}}, {{0, 2, 3}, {3, 4}}});
  expect_eager("tensordot", [](Tensor x, Tensor y) { return std::vector{tensordot(x, y, 1)}; }, open_stack, open_matrix,
               {{{5, 2, 3}, {3, 4}}, {{4, 1, 2}, {2, 2}}});
}

TEST(OpenMatrices, Decompositions) {
  auto program = [](Tensor x, Tensor y) {
    auto [q, r] = linalg::qr(x);
    auto [u, s, vh] = linalg::svd(x, false);
    auto [w, v] = linalg::eigh(matmul(matrix_transpose(x), x));
    return std::vector{q, r, u, s, vh, w, v, linalg::pinv(x), linalg::matrix_rank(x), linalg::matrix_norm(x, false, 2),
                       y};
  };
  expect_eager("decompositions", program, open_matrix, {},
               {{{3, 3}, {}}, {{5, 2}, {}}, {{2, 7}, {}}, {{1, 1}, {}}, {{4, 1}, {}}});
  auto equations = [](Tensor x, Tensor y) {
    Tensor a = matmul(matrix_transpose(x), x);
    return std::vector{linalg::solve(a, y), linalg::inv(a), linalg::det(a), linalg::cholesky(a),
                       linalg::slogdet(a).logabsdet};
  };
  expect_eager("equations", equations, open_stack, open_matrix,
               {{{5, 4, 3}, {3, 2}}, {{2, 9, 2}, {2, 7}}, {{1, 2, 2}, {2, 1}}});
}

TEST(OpenMatrices, Images) {
  const Shape images{dynamic, dynamic, dynamic, 2};
  auto program = [](Tensor x, Tensor w) {
    return std::vector{conv2d(x, w), conv2d(x, w, {2, 2}, Padding::Same), max_pool2d(x, {2, 2}),
                       avg_pool2d(x, {2, 3}, {1, 1}, Padding::Same)};
  };
  expect_eager("images", program, images, {3, 3, 2, 4},
               {{{1, 5, 6, 2}, {3, 3, 2, 4}}, {{3, 9, 4, 2}, {3, 3, 2, 4}}, {{2, 4, 3, 2}, {3, 3, 2, 4}}});
}

TEST(OpenMatrices, ResultsAreReturnedWhole) {
  Tensor x = {{4.0f, 1.0f}, {1.0f, 3.0f}};
  auto same = [&](const Tensor &a, const Tensor &b) { EXPECT_TRUE(array_equal(a, b)) << a << " and " << b; };
  linalg::SvdResult svd = function("svd", [](Tensor x) { return linalg::svd(x); })(x);
  same(svd.U, linalg::svd(x).U);
  same(svd.S, linalg::svd(x).S);
  same(svd.Vh, linalg::svd(x).Vh);
  linalg::QrResult qr = function("qr", [](Tensor x) { return linalg::qr(x); })(x);
  same(qr.Q, linalg::qr(x).Q);
  same(qr.R, linalg::qr(x).R);
  linalg::EighResult eigh = function("eigh", [](Tensor x) { return linalg::eigh(x); })(x);
  same(eigh.eigenvalues, linalg::eigh(x).eigenvalues);
  same(eigh.eigenvectors, linalg::eigh(x).eigenvectors);
  linalg::SlogdetResult slogdet = function("slogdet", [](Tensor x) { return linalg::slogdet(x); })(x);
  same(slogdet.sign, linalg::slogdet(x).sign);
  same(slogdet.logabsdet, linalg::slogdet(x).logabsdet);
}

} // namespace
} // namespace weft::test

// Linear algebra: products of matrices, and the Array API standard's extension `linalg`. A matrix is the last two
// dimensions of a tensor, and the dimensions in front say how many there are.
#pragma once
#include <weft/ops.h>
#include <weft/tree.h>

#include <optional>
#include <string_view>
#include <vector>

namespace weft {

/// The product of matrices (..., m, k) and (..., k, n), or of vectors: see docs/operations.md. Array API `matmul`.
WEFT_API Tensor matmul(const Operand &x, const Operand &y);
/// The sum of products over the last `axes` dimensions of x and the first of y; or over axes of each, in pairs
/// (IndexError for one out of range, ShapeError where they do not fit). Every number. Array API `tensordot`.
WEFT_API Tensor tensordot(const Operand &x, const Operand &y, int axes = 2);
WEFT_API Tensor tensordot(const Operand &x, const Operand &y, const std::vector<std::int64_t> &x_axes,
                          const std::vector<std::int64_t> &y_axes);

namespace linalg {

using weft::matmul;
using weft::matrix_transpose;
using weft::outer;
using weft::tensordot;
using weft::vecdot;

// Decompositions, of float32 and float64 (DTypeError). ShapeError for what is no matrix, or not square where it must
// be; CheckError, which names the matrix, where one has no result.

/// The lower triangular factor L of symmetric positive definite matrices, x = L L^T; or the upper one, x = U^T U. Only
/// the triangle on that side is read. Array API `cholesky`.
WEFT_API Tensor cholesky(const Operand &x, bool upper = false);
/// The y with x y = b, for a vector b or matrices. Array API `solve`.
WEFT_API Tensor solve(const Operand &x, const Operand &b);
/// Inverses and determinants. Array API `inv`, `det`.
WEFT_API Tensor inv(const Operand &x);
WEFT_API Tensor det(const Operand &x);

struct SlogdetResult {
  Tensor sign, logabsdet;
};
/// A determinant as its sign (0 where it is 0) and the logarithm of its magnitude, which do not overflow. Array API
/// `slogdet`.
WEFT_API SlogdetResult slogdet(const Operand &x);

struct EighResult {
  Tensor eigenvalues, eigenvectors;
};
/// Eigenvalues of symmetric matrices, ascending, and the eigenvectors as columns. Only the lower triangle is read; NaN
/// and infinities there are a CheckError. Array API `eigh`, `eigvalsh`.
WEFT_API EighResult eigh(const Operand &x);
WEFT_API Tensor eigvalsh(const Operand &x);

struct QrResult {
  Tensor Q, R;
};
/// x = Q R, with orthogonal columns in Q and an upper triangular R. With mode "reduced" Q is (..., m, k) and R (..., k,
/// n), k = min(m, n); with "complete" (..., m, m) and (..., m, n). Another mode is a CheckError. Array API `qr`.
WEFT_API QrResult qr(const Operand &x, std::string_view mode = "reduced");

struct SvdResult {
  Tensor U, S, Vh;
};
/// x = U diag(S) Vh with the singular values S, descending. U is (..., m, m) and Vh (..., n, n), or without
/// `full_matrices`
/// (..., m, k) and (..., k, n), k = min(m, n). NaN and infinities are a CheckError. Array API `svd`, `svdvals`.
WEFT_API SvdResult svd(const Operand &x, bool full_matrices = true);
WEFT_API Tensor svdvals(const Operand &x);

// Made of other operations.

/// (Σ |x|^ord)^(1/ord) along the axes: 2 is the length; 0 counts what is not 0, infinity is the largest magnitude and
/// -infinity the smallest. Floating. Array API `vector_norm`.
WEFT_API Tensor vector_norm(const Operand &x, const Axis &axis = all_axes, bool keepdims = false, double ord = 2);
/// The norm of matrices: "fro" (the root of the sum of squares, floating), "nuc" (the sum of the singular values), 2
/// and -2 (the largest and smallest singular value), 1 and -1 (the largest and smallest column sum of magnitudes), inf
/// and -inf (row sum). Another one is a CheckError. Array API `matrix_norm`.
WEFT_API Tensor matrix_norm(const Operand &x, bool keepdims = false, std::string_view ord = "fro");
WEFT_API Tensor matrix_norm(const Operand &x, bool keepdims, double ord);
/// The root of the sum of squares along the axes: the length of a vector, the Frobenius norm of a matrix. Floating.
/// NumPy `linalg.norm` without `ord`.
WEFT_API Tensor norm(const Operand &x, const Axis &axis = all_axes, bool keepdims = false);
/// How many singular values are above `rtol` times the largest, as int64; max(m, n) epsilons of the dtype without
/// `rtol`. Array API `matrix_rank`.
WEFT_API Tensor matrix_rank(const Operand &x, std::optional<double> rtol = std::nullopt);
/// The Moore-Penrose inverse; singular values up to `rtol` times the largest count as 0, as in matrix_rank. Array API
/// `pinv`.
WEFT_API Tensor pinv(const Operand &x, std::optional<double> rtol = std::nullopt);
/// x multiplied by itself: the identity for 0, powers of the inverse below it. Every number (not integers below 0, a
/// DTypeError). Array API `matrix_power`.
WEFT_API Tensor matrix_power(const Operand &x, std::int64_t n);
/// The elements (i, i + offset) of each matrix, along the last dimension, and their sum: of every dtype, for trace
/// every number. Array API `diagonal`, `trace`.
WEFT_API Tensor diagonal(const Operand &x, std::int64_t offset = 0);
WEFT_API Tensor trace(const Operand &x, std::int64_t offset = 0);
/// The cross product of vectors of 3 along the axis (ShapeError), the other dimensions broadcast; every number. An axis
/// from the end means the same in both. Array API `cross`.
WEFT_API Tensor cross(const Operand &x, const Operand &y, int axis = -1);

} // namespace linalg

// So that traced functions can return them.
template <> struct Tree<linalg::SlogdetResult> {
  static auto fields(auto &r) { return std::tie(r.sign, r.logabsdet); }
};
template <> struct Tree<linalg::EighResult> {
  static auto fields(auto &r) { return std::tie(r.eigenvalues, r.eigenvectors); }
};
template <> struct Tree<linalg::QrResult> {
  static auto fields(auto &r) { return std::tie(r.Q, r.R); }
};
template <> struct Tree<linalg::SvdResult> {
  static auto fields(auto &r) { return std::tie(r.U, r.S, r.Vh); }
};

} // namespace weft

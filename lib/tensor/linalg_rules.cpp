// The type rules of dialect/IR/LinalgOps.td.
#include "lib/tensor/rules.h"

#include <fmt/format.h>

#include <algorithm>

namespace weft::detail {
namespace {

const DTypeClass of_lapack{[](DType d) { return d == DType::Float32 || d == DType::Float64; }, "float32 or float64"};

/// The first sizes of a shape.
Shape front(const Shape &s, int count) {
  Shape r;
  for (int d = 0; d < count; ++d)
    r.push_back(s[d]);
  return r;
}

/// The dimensions in front of the last two.
Shape batch_of(const Shape &s) { return front(s, std::max(s.rank() - 2, 0)); }

Shape with(Shape s, std::initializer_list<std::int64_t> sizes) {
  for (std::int64_t d : sizes)
    s.push_back(d);
  return s;
}

std::int64_t smaller(std::int64_t a, std::int64_t b) { return a == dynamic || b == dynamic ? dynamic : std::min(a, b); }

/// The error of an operand that is no stack of matrices for LAPACK.
std::optional<TypeResult> no_matrices(const TensorType &t) {
  if (auto e = unaccepted(t, of_lapack))
    return e;
  if (t.shape.rank() < 2)
    return shape_error(fmt::format("a matrix has two dimensions, {} has not", to_string(t.shape)));
  return std::nullopt;
}

std::optional<TypeResult> no_square_matrices(const TensorType &t) {
  if (auto e = no_matrices(t))
    return e;
  if (!may_equal(t.shape[-1], t.shape[-2]))
    return shape_error(fmt::format("the matrices must be square, not {} by {}", t.shape[-2], t.shape[-1]));
  return std::nullopt;
}

} // namespace

TypeResult matmul(const RuleArguments &a) {
  const TensorType &x = a.operands[0], &y = a.operands[1];
  if (auto e = not_of_one(a.operands, number))
    return *e;
  if (x.shape.rank() == 0 || y.shape.rank() == 0)
    return shape_error("a matrix or vector is needed, not a scalar: multiply (*) is for those");
  std::int64_t columns = x.shape[-1], rows = y.shape[y.shape.rank() == 1 ? -1 : -2];
  if (!may_equal(columns, rows))
    return shape_error(fmt::format("the last dimension of the first, {}, is not the {} of the second, {}", columns,
                                   y.shape.rank() == 1 ? "only one" : "last but one", rows));
  TypeResult r = broadcast(batch_of(x.shape), batch_of(y.shape), x.dtype);
  if (!r.type)
    return r;
  if (x.shape.rank() > 1)
    r.type->shape.push_back(x.shape[-2]);
  if (y.shape.rank() > 1)
    r.type->shape.push_back(y.shape[-1]);
  return r;
}

TypeResult of_square_matrices(const RuleArguments &a) {
  if (auto e = no_square_matrices(a.operands[0]))
    return *e;
  return TypeResult::ok(a.operands[0].dtype, a.operands[0].shape);
}

TypeResult solve(const RuleArguments &a) {
  const TensorType &x = a.operands[0], &b = a.operands[1];
  if (x.dtype != b.dtype)
    return mismatch(x.dtype, b.dtype);
  if (auto e = no_square_matrices(x))
    return *e;
  if (b.shape.rank() == 0)
    return shape_error("the right side is a vector or matrices, not a scalar");
  bool vector = b.shape.rank() == 1;
  std::int64_t rows = b.shape[vector ? -1 : -2];
  if (!may_equal(x.shape[-1], rows))
    return shape_error(fmt::format("{} equations with {} right sides", x.shape[-1], rows));
  std::int64_t size = x.shape[-1] == dynamic ? rows : x.shape[-1];
  if (vector)
    return TypeResult::ok(x.dtype, with(batch_of(x.shape), {size}));
  TypeResult r = broadcast(batch_of(x.shape), batch_of(b.shape), x.dtype);
  if (r.type)
    r.type->shape = with(r.type->shape, {size, b.shape[-1]});
  return r;
}

TypeResult determinants(const RuleArguments &a, std::size_t results) {
  if (auto e = no_square_matrices(a.operands[0]))
    return *e;
  return TypeResult::ok(std::vector(results, TensorType{a.operands[0].dtype, batch_of(a.operands[0].shape)}));
}

TypeResult eigen(const RuleArguments &a, bool vectors) {
  const TensorType &x = a.operands[0];
  if (auto e = no_square_matrices(x))
    return *e;
  TensorType values{x.dtype, front(x.shape, x.shape.rank() - 1)};
  return TypeResult::ok(vectors ? std::vector{values, x} : std::vector{values});
}

TypeResult qr(const RuleArguments &a) {
  const TensorType &x = a.operands[0];
  if (auto e = no_matrices(x))
    return *e;
  std::int64_t m = x.shape[-2], n = x.shape[-1], k = a.flag("complete") ? m : smaller(m, n);
  Shape batch = batch_of(x.shape);
  return TypeResult::ok(
      std::vector{TensorType{x.dtype, with(batch, {m, k})}, TensorType{x.dtype, with(batch, {k, n})}});
}

TypeResult svd(const RuleArguments &a, bool vectors) {
  const TensorType &x = a.operands[0];
  if (auto e = no_matrices(x))
    return *e;
  std::int64_t m = x.shape[-2], n = x.shape[-1], k = smaller(m, n);
  Shape batch = batch_of(x.shape);
  TensorType values{x.dtype, with(batch, {k})};
  if (!vectors)
    return TypeResult::ok(std::vector{values});
  bool full = a.flag("full_matrices");
  TensorType u{x.dtype, with(batch, {m, full ? m : k})}, vh{x.dtype, with(batch, {full ? n : k, n})};
  return TypeResult::ok(std::vector{u, values, vh});
}

} // namespace weft::detail

// The public functions of dialect/IR/LinalgOps.td.
#include "lib/eager/dispatch.h"
#include "lib/eager/place.h"

#include <weft/linalg.h>

#include <array>

namespace weft {

using detail::apply;
using detail::apply_all;
using detail::Attr;
using detail::ErrorKind;
using detail::OpId;
using detail::raise;

namespace {

/// An operation on two operands that meet in one dtype.
Tensor of_two(OpId op, const Operand &x, const Operand &y) { return apply(op, {&x, &y}); }

Tensor of_one(OpId op, const Operand &x, detail::AttrList attrs = {}) {
  return apply(op, std::span(&x.value(), 1), attrs, x.loc());
}

std::vector<Tensor> several_of_one(OpId op, const Operand &x, detail::AttrList attrs = {}) {
  return apply_all(op, std::span(&x.value(), 1), attrs, x.loc());
}

} // namespace

Tensor matmul(const Operand &x, const Operand &y) { return of_two(OpId::Matmul, x, y); }

namespace linalg {

Tensor cholesky(const Operand &x, bool upper) {
  Attr attr{"upper", upper};
  return of_one(OpId::Cholesky, x, {&attr, 1});
}

Tensor solve(const Operand &x, const Operand &b) { return of_two(OpId::Solve, x, b); }
Tensor inv(const Operand &x) { return of_one(OpId::Inv, x); }
Tensor det(const Operand &x) { return of_one(OpId::Det, x); }

SlogdetResult slogdet(const Operand &x) {
  std::vector<Tensor> r = several_of_one(OpId::Slogdet, x);
  return {r[0], r[1]};
}

EighResult eigh(const Operand &x) {
  std::vector<Tensor> r = several_of_one(OpId::Eigh, x);
  return {r[0], r[1]};
}

Tensor eigvalsh(const Operand &x) { return of_one(OpId::Eigvalsh, x); }

QrResult qr(const Operand &x, std::string_view mode) {
  if (mode != "reduced" && mode != "complete")
    raise(ErrorKind::Check, x.loc(), fmt::format("qr: the mode is \"reduced\" or \"complete\", not \"{}\"", mode));
  Attr attr{"complete", mode == "complete"};
  std::vector<Tensor> r = several_of_one(OpId::Qr, x, {&attr, 1});
  return {r[0], r[1]};
}

SvdResult svd(const Operand &x, bool full_matrices) {
  Attr attr{"full_matrices", full_matrices};
  std::vector<Tensor> r = several_of_one(OpId::Svd, x, {&attr, 1});
  return {r[0], r[1], r[2]};
}

Tensor svdvals(const Operand &x) { return of_one(OpId::Svdvals, x); }

} // namespace linalg
} // namespace weft

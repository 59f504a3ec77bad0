// Comparison of whole tensors. What gives a C++ bool needs values now.
#include "lib/eager/dispatch.h"
#include "lib/eager/place.h"
#include "lib/tensor/rules.h"

#include <fmt/format.h>

#include <array>

namespace weft {

using detail::ErrorKind;
using detail::Place;
using detail::raise;

namespace {

void check_concrete(const Operand &x, const Operand &y, const char *operation, const char *instead) {
  for (const Operand *o : {&x, &y})
    if (o->value()->kind == detail::Value::Kind::Symbolic)
      raise(ErrorKind::Trace, o->loc(),
            fmt::format("{}() gives a C++ bool, but this Tensor is traced and has a value only when the compiled "
                        "function runs: compare "
                        "with {}",
                        operation, instead));
}

} // namespace

bool array_equal(const Operand &a, const Operand &b) {
  check_concrete(a, b, "array_equal", "weft::all(x == y)");
  if (a.dtype() != b.dtype() || !(a.shape() == b.shape()))
    return false;
  return all(equal(a, b)).item<bool>(a.source_location());
}

Tensor isclose(const Operand &x, const Operand &y, double rtol, double atol, bool equal_nan) {
  Place at(x);
  std::array<const Operand *, 2> both{&x, &y};
  std::vector<detail::ValueRef> v = detail::resolve(both, "isclose");
  if (DType a = v[0]->type.dtype, b = v[1]->type.dtype; a != b)
    raise(ErrorKind::DType, x.loc(), fmt::format("isclose: {}", detail::mismatch(a, b).message));
  auto real = [&](const detail::ValueRef &value) {
    return is_floating(value->type.dtype) ? at(Tensor(value)) : at(cast(at(Tensor(value)), float64));
  };
  Operand a = real(v[0]), b = real(v[1]);
  Place as(b);
  Tensor tolerance = add(as.like(atol), at(multiply(as.like(rtol), at(abs(b)))));
  Tensor near = less_equal(at(abs(at(subtract(a, b)))), at(tolerance));
  Tensor finite = logical_and(at(isfinite(a)), at(isfinite(b)));
  Tensor close = where(at(finite), at(near), at(equal(a, b)));
  return equal_nan ? logical_or(at(close), at(logical_and(at(isnan(a)), at(isnan(b))))) : close;
}

bool allclose(const Operand &x, const Operand &y, double rtol, double atol, bool equal_nan) {
  check_concrete(x, y, "allclose", "weft::all(weft::isclose(x, y))");
  return all(Place(x)(isclose(x, y, rtol, atol, equal_nan))).item<bool>(x.source_location());
}

} // namespace weft

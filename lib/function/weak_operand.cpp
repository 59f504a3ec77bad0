// C++ numbers beside tensors while a function is traced: a number that was given to a parameter of type Operand is known only
// when the compiled function runs, so what adapt_weak() would refuse is refused then.
#include "lib/function/compiler.h"
#include "lib/tensor/weak.h"

#include <weft/ops.h>

#include <fmt/format.h>

#include <limits>

namespace weft::detail {
namespace {

/// Whether every number of `from` has a value in `to`, rounded where `to` is floating.
bool always_fits(DType from, DType to) {
  if (is_floating(to)) // float16 alone does not reach as far as the integers; bfloat16 as far as float32
    return is_integer(from) ? to != DType::Float16 || itemsize(from) == 1 || from == DType::Int16
                            : from == to || to == DType::Float64 || (to == DType::Float32 && from != DType::Float64);
  if (is_signed_integer(from) == is_signed_integer(to))
    return itemsize(from) <= itemsize(to);
  return is_unsigned_integer(from) && itemsize(from) < itemsize(to);
}

/// Whether `y`, which is `x` converted, has its value: integers exactly, real numbers unless they overflowed.
Tensor keeps_value(const Operand &x, const Operand &y) {
  std::source_location loc = x.source_location();
  auto operand = [&](const Tensor &t) { return Operand(t, loc); };
  auto infinite = [&](const Operand &v) {
    Tensor infinity = cast(Operand(Tensor(std::numeric_limits<double>::infinity()), loc), v.dtype());
    return equal(operand(abs(v)), operand(infinity));
  };
  if (is_floating(y.dtype())) {
    Tensor finite = logical_not(operand(infinite(y)));
    return is_floating(x.dtype()) ? logical_or(operand(finite), operand(infinite(x))) : finite;
  }
  Tensor same = equal(operand(cast(y, x.dtype())), x);
  if (is_signed_integer(x.dtype()) == is_signed_integer(y.dtype()))
    return same;
  // Between dtypes of one width the way back gives the same bits: the sign tells.
  const Operand &is_signed = is_signed_integer(x.dtype()) ? x : y;
  Tensor zero = cast(Operand(Tensor(0), loc), is_signed.dtype());
  return logical_and(operand(same), operand(greater_equal(is_signed, operand(zero))));
}

} // namespace

ValueRef adapted(const Operand &number, DType dtype, ErrorKind kind, FunctionRef<std::string()> subject) {
  const ValueRef &v = number.value();
  DType from = v->type.dtype;
  if (v->kind == Value::Kind::Symbolic && is_number(from) && is_number(dtype) && (is_integer(from) || is_floating(dtype))) {
    Operand x(Tensor(v), number.source_location()), y(cast(x, dtype), number.source_location());
    if (Tracer *t = Tracer::current(); t && !always_fits(from, dtype)) {
      Operand keeps(keeps_value(x, y), std::source_location{}); // the place is that of each call, which gives the number
      SourceLocation last = t->list.last;
      const char *fails = is_floating(from) ? "overflows" : "does not fit into";
      t->check(keeps, fmt::format("{}: a number {} {}:", subject(), fails, name(dtype)), {&x, 1}, kind);
      t->list.last = last;
    }
    return y.value();
  }
  WeakResult r = adapt_weak(v, dtype);
  if (!r.value)
    raise(kind, number.loc(), fmt::format("{}: {}", subject(), r.refusal));
  return r.value;
}

} // namespace weft::detail

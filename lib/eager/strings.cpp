// The public functions of dialect/IR/TextOps.td.
#include <weft/strings.h>

#include "lib/eager/dispatch.h"
#include "lib/eager/place.h"
#include "lib/function/compiler.h"
#include "lib/tensor/rules.h"

#include <fmt/format.h>

#include <array>

namespace weft::strings {

using detail::apply;
using detail::Attr;
using detail::ErrorKind;
using detail::OpId;
using detail::raise;
using detail::ValueRef;

namespace {

Tensor of_one(OpId op, const Operand &x, detail::AttrList attrs = {}) {
  return apply(op, std::span(&x.value(), 1), attrs, x.loc());
}

/// An integer operand as int64.
ValueRef as_int64(const Operand &o, const char *parameter) {
  if (!is_integer(o.dtype()))
    raise(ErrorKind::DType, o.loc(),
          fmt::format("strings::substr: {} is an integer, not {}", parameter, name(o.dtype())));
  auto subject = [&] { return fmt::format("strings::substr: {}", parameter); };
  return o.weak() ? detail::adapted(o, int64, ErrorKind::DType, subject) : detail::convert(o.value(), int64, o.loc());
}

} // namespace

Tensor lower(const Operand &x) { return of_one(OpId::StringLower, x); }
Tensor upper(const Operand &x) { return of_one(OpId::StringUpper, x); }

Tensor length(const Operand &x, std::string_view unit) {
  if (unit != "BYTE" && unit != "UTF8_CHAR")
    raise(ErrorKind::Check, x.loc(), fmt::format("strings::length: the unit is BYTE or UTF8_CHAR, not {}", unit));
  Attr attr{"characters", unit == "UTF8_CHAR"};
  return of_one(OpId::StringLength, x, {&attr, 1});
}

Tensor substr(const Operand &x, const Operand &position, const Operand &length) {
  std::array<ValueRef, 3> operands{x.value(), as_int64(position, "position"), as_int64(length, "length")};
  return apply(OpId::StringSubstr, operands, {}, x.loc());
}

Tensor replace(const Operand &x, std::string_view from, std::string_view to, bool replace_all) {
  std::array<Attr, 3> attrs{Attr{"from", std::string(from)}, Attr{"to", std::string(to)}, Attr{"all", replace_all}};
  return of_one(OpId::StringReplace, x, attrs);
}

Tensor to_number(const Operand &x, DType dtype) {
  Attr attr{"dtype", dtype};
  return of_one(OpId::StringToNumber, x, {&attr, 1});
}

Tensor as_string(const Operand &x) { return of_one(OpId::AsString, x); }

Tensor join(std::initializer_list<Operand> xs, std::string_view separator, std::source_location loc) {
  if (xs.size() == 0)
    raise(ErrorKind::Shape, loc, "strings::join: there is nothing to join");
  for (const Operand &x : xs)
    if (x.dtype() != string)
      raise(ErrorKind::DType, x.loc(),
            fmt::format("strings::join of {}: convert it with weft::strings::as_string", to_string(x.value()->type)));
  Tensor result(xs.begin()->value());
  for (const Operand *x = xs.begin() + 1; x != xs.end(); ++x) {
    Operand before(result, loc);
    if (!separator.empty())
      before = Operand(add(before, Operand(separator, loc)), loc);
    result = add(before, *x);
  }
  return result;
}

Tensor reduce_join(const Operand &x, const Axis &axis, std::string_view separator, bool keepdims) {
  std::array<Attr, 3> attrs{Attr{"axes", detail::axes_of(axis, x, "strings::reduce_join")}, Attr{"keepdims", keepdims},
                            Attr{"separator", std::string(separator)}};
  return of_one(OpId::StringReduceJoin, x, attrs);
}

Tensor split(const Operand &x, std::string_view separator) {
  Attr attr{"separator", std::string(separator)};
  return of_one(OpId::StringSplit, x, {&attr, 1});
}

} // namespace weft::strings

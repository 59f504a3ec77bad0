// See dtypes.h.
#include "lib/tensor/promote.h"
#include "lib/tensor/value.h"

#include <weft/dtypes.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace weft {

using detail::ErrorKind;
using detail::raise;

DType detail::result_type(std::initializer_list<DTypeOf> all) {
  DType result = all.begin()->dtype();
  for (const DTypeOf &d : all) {
    std::optional<DType> p = promote(result, d.dtype());
    if (!p)
      raise(ErrorKind::DType, d.source_location(),
            fmt::format("result_type: the dtypes {} and {} do not mix", name(result), name(d.dtype())));
    result = *p;
  }
  return result;
}

bool can_cast(const DTypeOf &from, DType to) { return detail::promote(from.dtype(), to) == to; }

bool isdtype(DType dtype, std::string_view kind, std::source_location loc) {
  if (kind == "bool")
    return dtype == DType::Bool;
  if (kind == "signed integer")
    return is_signed_integer(dtype);
  if (kind == "unsigned integer")
    return is_unsigned_integer(dtype);
  if (kind == "integral")
    return is_integer(dtype);
  if (kind == "real floating")
    return is_floating(dtype);
  if (kind == "complex floating")
    return false;
  if (kind == "numeric")
    return is_number(dtype);
  raise(ErrorKind::Check, loc,
        fmt::format("isdtype: there is no kind \"{}\"; there are \"bool\", \"signed integer\", \"unsigned integer\", "
                    "\"integral\", \"real "
                    "floating\", \"complex floating\" and \"numeric\"",
                    kind));
}

bool isdtype(DType dtype, std::initializer_list<std::string_view> kinds, std::source_location loc) {
  return std::any_of(kinds.begin(), kinds.end(), [&](std::string_view kind) { return isdtype(dtype, kind, loc); });
}

FloatInfo finfo(const DTypeOf &x) {
  DType d = x.dtype();
  if (!is_floating(d))
    raise(ErrorKind::DType, x.source_location(), fmt::format("finfo: a floating dtype is needed, not {}", name(d)));
  int digits = d == DType::Float16 ? 10 : d == DType::BFloat16 ? 7 : d == DType::Float32 ? 23 : 52;
  int top = d == DType::Float16 ? 15 : d == DType::Float64 ? 1023 : 127;
  double eps = std::ldexp(1.0, -digits), max = std::ldexp(2 - eps, top);
  return {static_cast<int>(8 * itemsize(d)), eps, max, -max, std::ldexp(1.0, 1 - top), d};
}

IntegerInfo iinfo(const DTypeOf &x) {
  DType d = x.dtype();
  if (!is_integer(d))
    raise(ErrorKind::DType, x.source_location(), fmt::format("iinfo: an integer dtype is needed, not {}", name(d)));
  int bits = static_cast<int>(8 * itemsize(d)), digits = is_signed_integer(d) ? bits - 1 : bits;
  std::uint64_t max = ~std::uint64_t{0} >> (64 - digits);
  return {bits, max, is_signed_integer(d) ? -static_cast<std::int64_t>(max) - 1 : 0, d};
}

} // namespace weft

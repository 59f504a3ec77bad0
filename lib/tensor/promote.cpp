// See promote.h.
#include "lib/tensor/promote.h"

namespace weft::detail {

std::optional<DType> promote(DType a, DType b) {
  if (a == b)
    return a;
  auto wider = [](DType x, DType y) { return itemsize(x) >= itemsize(y) ? x : y; };
  if (is_floating(a) && is_floating(b))
    return itemsize(a) == itemsize(b) ? DType::Float32 : wider(a, b); // float16 with bfloat16
  if ((is_signed_integer(a) && is_signed_integer(b)) || (is_unsigned_integer(a) && is_unsigned_integer(b)))
    return wider(a, b);
  if (is_integer(a) && is_integer(b)) { // signed with unsigned: a signed dtype that holds both
    DType s = is_signed_integer(a) ? a : b, u = is_signed_integer(a) ? b : a;
    if (itemsize(s) > itemsize(u))
      return s;
    return itemsize(u) == 1   ? std::optional(DType::Int16)
           : itemsize(u) == 2 ? std::optional(DType::Int32)
           : itemsize(u) == 4 ? std::optional(DType::Int64)
                              : std::nullopt;
  }
  return std::nullopt;
}

} // namespace weft::detail

// Conversion of weak numbers, without loss other than a real number's rounding.
#include "lib/tensor/weak.h"

#include "lib/tensor/half.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <limits>

namespace weft::detail {

std::string_view constant_name(DType d) { return d == DType::Bool ? "boolean" : name(d); }

std::string suggested_cast(DType from, DType to) {
  bool possible = (from == DType::String) == (to == DType::String);
  return possible ? fmt::format("weft::cast(x, weft::{})", constant_name(to)) : std::string();
}

Integer read_integer(const Value &v) { return read_integer(v.type.dtype, v.data); }

namespace {

double real_of(const Value &v) { return read_real(v.type.dtype, v.data).value; }

std::string with_article(DType d) { return fmt::format("{} {}", is_signed_integer(d) ? "an" : "a", name(d)); }

std::string number_text(const Value &v) {
  return is_floating(v.type.dtype) ? fmt::format("{}", real_of(v)) : integer_text(v.type.dtype, v.data);
}

WeakResult to_integer(const Value &v, DType dtype) {
  Integer i = read_integer(v);
  int bits = static_cast<int>(itemsize(dtype)) * 8;
  bool is_signed = is_signed_integer(dtype);
  Integer high = (Integer{1} << (is_signed ? bits - 1 : bits)) - 1, low = is_signed ? -high - 1 : 0;
  if (i < low || i > high)
    return {nullptr, fmt::format("the number {} does not fit into {}", number_text(v), name(dtype))};
  auto word = static_cast<std::uint64_t>(i); // little endian: the low bytes are the narrow integer
  return {make_scalar(dtype, &word), {}};
}

WeakResult to_real(const Value &v, DType dtype) {
  bool real = is_floating(v.type.dtype);
  double d = real ? real_of(v) : 0;
  auto result = [&](auto x, bool infinite) -> WeakResult {
    if (infinite && !std::isinf(d))
      return {nullptr, fmt::format("the number {} overflows {}", number_text(v), name(dtype))};
    return {make_scalar(dtype, &x), {}};
  };
  if (dtype == DType::Float64) {
    double x = real ? d : static_cast<double>(read_integer(v));
    return result(x, std::isinf(x));
  }
  if (dtype == DType::Float32) {
    float x = real ? static_cast<float>(d) : static_cast<float>(read_integer(v)); // one rounding
    return result(x, std::isinf(x));
  }
  const HalfFormat &half = dtype == DType::Float16 ? float16_format : bfloat16_format;
  std::uint16_t x = half.encode(real ? d : static_cast<double>(read_integer(v)));
  return result(x, std::isinf(half.decode(x)));
}

} // namespace

WeakResult adapt_weak(const ValueRef &v, DType dtype) {
  DType from = v->type.dtype;
  if (from == dtype)
    return {v, {}};
  if (!is_number(from) || !is_number(dtype))
    return {nullptr, fmt::format("{} value beside {} tensor{}", with_article(from), with_article(dtype),
                                 suggested_cast(from, dtype).empty() ? "" : ": convert one of them")};
  if (v->kind != Value::Kind::Concrete)
    return {nullptr, fmt::format("{} number whose value is not known while tracing beside {} tensor: convert it with "
                                 "{}",
                                 with_article(from), with_article(dtype), suggested_cast(from, dtype))};
  if (is_floating(dtype))
    return to_real(*v, dtype);
  if (is_floating(from))
    return {nullptr, fmt::format("the real number {} beside {} tensor: write an integer, or convert the tensor with "
                                 "weft::cast(x, weft::float32)",
                                 number_text(*v), with_article(dtype))};
  return to_integer(*v, dtype);
}

} // namespace weft::detail

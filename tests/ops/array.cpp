// Arrays of the operation tests: conversions and comparison of raw elements.
#include "tests/ops/array.h"

#include "lib/tensor/value.h"

#include <fmt/format.h>

#include <cmath>
#include <string_view>

namespace weft::test {
namespace {

template <class T> T load(const Array &a, std::int64_t i) {
  T v;
  std::memcpy(&v, a.bytes.data() + i * std::int64_t(sizeof v), sizeof v);
  return v;
}

/// Rounds to the nearest float16 or bfloat16, ties to even, by way of the integers that are their bits.
std::uint16_t half_bits(DType dtype, double v) {
  int mantissa = dtype == float16 ? 10 : 7, bias = dtype == float16 ? 15 : 127;
  std::uint16_t sign = std::signbit(v) ? 0x8000 : 0, infinity = static_cast<std::uint16_t>((2 * bias + 1) << mantissa);
  if (std::isnan(v))
    return static_cast<std::uint16_t>(infinity | (1 << (mantissa - 1)));
  double m = std::fabs(v);
  if (m == 0)
    return sign;
  int exponent = std::max(std::ilogb(m), 1 - bias);
  double units = std::isinf(m) ? INFINITY : std::nearbyint(std::ldexp(m, mantissa - exponent));
  if (!(std::ldexp(units, exponent - mantissa) < std::ldexp(1.0, bias + 1)))
    return sign | infinity;
  auto steps = static_cast<std::uint16_t>(units); // a carry into the exponent is what the bits want anyway
  return static_cast<std::uint16_t>(sign | (steps + ((exponent + bias - 1) << mantissa)));
}

} // namespace

Tensor tensor(const Array &a) {
  if (a.dtype != string)
    return detail::copy_buffer(a.bytes.data(), static_cast<std::size_t>(a.elements()), a.shape, a.dtype);
  std::vector<std::string_view> views(a.texts.begin(), a.texts.end());
  return detail::copy_texts(views, a.shape);
}

Array array(const Tensor &t) {
  detail::ValueRef v = t.checked({});
  Array a{v->type.dtype, v->type.shape, {}, {}};
  if (a.dtype == string) {
    auto *p = static_cast<const void *const *>(v->data);
    for (std::int64_t i = 0; i < a.elements(); ++i)
      a.texts.emplace_back(detail::text_of(p[i]));
  } else {
    auto *p = static_cast<const char *>(v->data);
    a.bytes.assign(p, p + detail::byte_size(v->type));
  }
  return a;
}

Array numbers(DType dtype, const Shape &shape, const std::vector<long double> &values) {
  Array a{dtype, shape, {}, {}};
  for (long double v : values) {
    auto add = [&](auto x) { a.bytes.insert(a.bytes.end(), reinterpret_cast<char *>(&x), reinterpret_cast<char *>(&x + 1)); };
    switch (dtype) {
    case DType::Bool: add(v != 0); break;
    case DType::Float16:
    case DType::BFloat16: add(half_bits(dtype, static_cast<double>(v))); break;
    case DType::Float32: add(static_cast<float>(v)); break;
    case DType::Float64: add(static_cast<double>(v)); break;
    default: { // little-endian: the low bytes are the wrapped integer
      auto i = v < 0 ? static_cast<std::uint64_t>(static_cast<std::int64_t>(v)) : static_cast<std::uint64_t>(v);
      a.bytes.insert(a.bytes.end(), reinterpret_cast<char *>(&i), reinterpret_cast<char *>(&i) + itemsize(dtype));
    }
    }
  }
  return a;
}

Array texts(const Shape &shape, const std::vector<std::string> &values) { return {string, shape, {}, values}; }

double half_value(DType dtype, std::uint16_t bits) {
  int mantissa = dtype == float16 ? 10 : 7, bias = dtype == float16 ? 15 : 127;
  int exponent = (bits & 0x7fff) >> mantissa, fraction = bits & ((1 << mantissa) - 1);
  double m = exponent == 2 * bias + 1 ? (fraction ? NAN : INFINITY)
             : exponent == 0          ? std::ldexp(fraction, 1 - bias - mantissa)
                                      : std::ldexp(fraction + (1 << mantissa), exponent - bias - mantissa);
  return bits & 0x8000 ? -m : m;
}

double floating_value(const Array &a, std::int64_t i) {
  return a.dtype == float64   ? load<double>(a, i)
         : a.dtype == float32 ? static_cast<double>(load<float>(a, i))
                              : half_value(a.dtype, load<std::uint16_t>(a, i));
}

bool is_nan(const Array &a, std::int64_t i) { return is_floating(a.dtype) && std::isnan(floating_value(a, i)); }

bool same_element(const Array &a, const Array &b, std::int64_t i) {
  if (a.dtype == string)
    return a.texts[i] == b.texts[i];
  auto size = static_cast<std::int64_t>(itemsize(a.dtype));
  return std::memcmp(a.bytes.data() + i * size, b.bytes.data() + i * size, static_cast<std::size_t>(size)) == 0 ||
         (is_nan(a, i) && is_nan(b, i));
}

std::string element_text(const Array &a, std::int64_t i) {
  switch (a.dtype) {
  case DType::String: return fmt::format("\"{}\"", a.texts[i]);
  case DType::Bool: return fmt::format("{}", load<std::uint8_t>(a, i));
  case DType::Int8: return fmt::format("{}", load<std::int8_t>(a, i));
  case DType::Int16: return fmt::format("{}", load<std::int16_t>(a, i));
  case DType::Int32: return fmt::format("{}", load<std::int32_t>(a, i));
  case DType::Int64: return fmt::format("{}", load<std::int64_t>(a, i));
  case DType::UInt8: return fmt::format("{}", load<std::uint8_t>(a, i));
  case DType::UInt16: return fmt::format("{}", load<std::uint16_t>(a, i));
  case DType::UInt32: return fmt::format("{}", load<std::uint32_t>(a, i));
  case DType::UInt64: return fmt::format("{}", load<std::uint64_t>(a, i));
  case DType::Float32: return fmt::format("{:.9g} ({:#010x})", load<float>(a, i), load<std::uint32_t>(a, i));
  case DType::Float64: return fmt::format("{:.17g} ({:#018x})", load<double>(a, i), load<std::uint64_t>(a, i));
  default: return fmt::format("{:.6g} ({:#06x})", floating_value(a, i), load<std::uint16_t>(a, i));
  }
}

} // namespace weft::test

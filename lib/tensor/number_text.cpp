// Decimal text of numbers. NumPy's Dragon4 in "unique" mode with a cutoff is the shortest text where that is short
// enough, and otherwise the exact value rounded at the cutoff; std::to_chars gives both.
#include "lib/tensor/number_text.h"

#include "lib/tensor/half.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

namespace weft::detail {
namespace {

template <class... A> std::string to_text(A... args) {
  std::array<char, 512> buffer; // a double has at most 309 digits before the point, and precisions here are small
  auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), args...).ptr;
  return {buffer.data(), end};
}

const HalfFormat *half_format(DType d) {
  return d == DType::Float16 ? &float16_format : d == DType::BFloat16 ? &bfloat16_format : nullptr;
}

/// d.ddde±XX with the fewest digits that identify the element among those of its dtype.
std::string shortest(const Real &x) {
  if (x.dtype == DType::Float32)
    return to_text(static_cast<float>(x.value), std::chars_format::scientific);
  if (const HalfFormat *half = half_format(x.dtype)) {
    std::uint16_t bits = half->encode(x.value);
    double away = std::nextafter(x.value, std::copysign(INFINITY, x.value)); // rounds a tie to the other side
    for (int precision = 0;; ++precision)
      for (double v : {x.value, away}) {
        std::string s = to_text(v, std::chars_format::scientific, precision);
        double back = 0;
        std::from_chars(s.data(), s.data() + s.size(), back);
        if (half->encode(back) == bits)
          return s;
      }
  }
  return to_text(x.value, std::chars_format::scientific);
}

struct Parts {
  std::string sign, digits; // the point is after the first digit
  int exponent;
};

Parts parts(const std::string &s) {
  Parts p;
  std::size_t at = s[0] == '-', e = s.find('e');
  p.sign = s.substr(0, at);
  for (char c : s.substr(at, e - at))
    if (c != '.')
      p.digits += c;
  p.exponent = std::stoi(s.substr(e + 1));
  return p;
}

std::string join(const Parts &p, std::size_t exponent_digits) {
  std::string exponent = std::to_string(std::abs(p.exponent));
  if (exponent.size() < exponent_digits)
    exponent.insert(0, exponent_digits - exponent.size(), '0');
  return p.sign + p.digits[0] + '.' + p.digits.substr(1) + (p.exponent < 0 ? "e-" : "e+") + exponent;
}

void trim_zeros(std::string &digits, std::size_t keep) {
  while (digits.size() > keep && digits.back() == '0')
    digits.pop_back();
}

} // namespace

Integer read_integer(DType dtype, const void *element) {
  auto as = [&](auto v) -> Integer {
    std::memcpy(&v, element, sizeof v);
    return v;
  };
  switch (dtype) {
  case DType::Int8:
    return as(std::int8_t{});
  case DType::Int16:
    return as(std::int16_t{});
  case DType::Int32:
    return as(std::int32_t{});
  case DType::Int64:
    return as(std::int64_t{});
  case DType::UInt8:
    return as(std::uint8_t{});
  case DType::UInt16:
    return as(std::uint16_t{});
  case DType::UInt32:
    return as(std::uint32_t{});
  default:
    return as(std::uint64_t{});
  }
}

std::string integer_text(DType dtype, const void *element) {
  Integer i = read_integer(dtype, element);
  return i < 0 ? std::to_string(static_cast<std::int64_t>(i)) : std::to_string(static_cast<std::uint64_t>(i));
}

Real read_real(DType dtype, const void *element) {
  if (dtype == DType::Float64) {
    double v;
    std::memcpy(&v, element, sizeof v);
    return {dtype, v};
  }
  if (dtype == DType::Float32) {
    float v;
    std::memcpy(&v, element, sizeof v);
    return {dtype, v};
  }
  std::uint16_t bits;
  std::memcpy(&bits, element, sizeof bits);
  return {dtype, half_format(dtype)->decode(bits)};
}

std::string shortest_text(const Real &x) {
  if (std::isnan(x.value))
    return "nan";
  if (std::isinf(x.value))
    return x.value < 0 ? "-inf" : "inf";
  auto without_point = [](std::string s) {
    if (std::size_t at = s.find('.'); at + 1 == s.size() || s[at + 1] == 'e')
      s.erase(at, 1);
    return s;
  };
  constexpr int every_digit = 512;
  std::string fixed = without_point(positional(x, every_digit)), with_exponent = without_point(scientific(x, every_digit));
  return with_exponent.size() < fixed.size() ? with_exponent : fixed;
}

double nearest(DType dtype, double v) {
  const HalfFormat *half = half_format(dtype);
  return half ? half->decode(half->encode(v)) : dtype == DType::Float32 ? static_cast<float>(v) : v;
}

std::string positional(const Real &x, int precision) {
  Parts p = parts(shortest(x));
  trim_zeros(p.digits, 1);
  int fraction = static_cast<int>(p.digits.size()) - 1 - p.exponent;
  if (fraction > precision) {
    std::string s = to_text(x.value, std::chars_format::fixed, precision);
    if (precision == 0)
      s += '.';
    trim_zeros(s, s.find('.') + 1);
    return s;
  }
  if (p.exponent < 0)
    return p.sign + "0." + std::string(static_cast<std::size_t>(-p.exponent - 1), '0') + p.digits;
  auto whole = static_cast<std::size_t>(p.exponent) + 1;
  if (p.digits.size() < whole)
    p.digits.resize(whole, '0');
  p.digits.insert(whole, ".");
  return p.sign + p.digits;
}

std::string scientific(const Real &x, int precision) {
  Parts p = parts(shortest(x));
  if (static_cast<int>(p.digits.size()) - 1 > precision)
    p = parts(to_text(x.value, std::chars_format::scientific, precision));
  trim_zeros(p.digits, 1);
  return join(p, 2);
}

std::string scientific(const Real &x, int digits, std::size_t exponent_digits) {
  Parts p = parts(shortest(x));
  if (static_cast<int>(p.digits.size()) != digits + 1)
    p = parts(to_text(x.value, std::chars_format::scientific, digits));
  return join(p, exponent_digits);
}

std::string general(double v, int precision) { return to_text(v, std::chars_format::general, precision); }

} // namespace weft::detail

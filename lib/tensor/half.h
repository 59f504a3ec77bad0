// float16 (IEEE 754 binary16) and bfloat16, which C++20 has no types for: from and to double, rounding to nearest even.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace weft::detail {

/// A floating format of 16 bits.
struct HalfFormat {
  int mantissa_bits, bias;

  double decode(std::uint16_t bits) const {
    int mantissa = bits & ((1 << mantissa_bits) - 1), exponent = (bits & 0x7fff) >> mantissa_bits;
    double magnitude = exponent == 2 * bias + 1 ? (mantissa ? std::numeric_limits<double>::quiet_NaN()
                                                            : std::numeric_limits<double>::infinity())
                                                : std::ldexp(mantissa + (exponent ? 1 << mantissa_bits : 0),
                                                             (exponent ? exponent : 1) - bias - mantissa_bits);
    return bits & 0x8000 ? -magnitude : magnitude;
  }

  /// Infinity past the largest number.
  std::uint16_t encode(double v) const {
    std::uint16_t sign = std::signbit(v) ? 0x8000 : 0;
    int infinity = (2 * bias + 1) << mantissa_bits;
    if (std::isnan(v))
      return static_cast<std::uint16_t>(sign | infinity | 1 << (mantissa_bits - 1));
    double magnitude = std::fabs(v);
    if (std::isinf(magnitude))
      return static_cast<std::uint16_t>(sign | infinity);
    int exponent = magnitude == 0 ? 1 - bias : std::max(std::ilogb(magnitude), 1 - bias);
    // In units of the last place; a carry into the next binade, up to infinity, comes out right by itself.
    auto units = static_cast<std::int64_t>(std::nearbyint(std::ldexp(magnitude, mantissa_bits - exponent)));
    std::int64_t bits = units + (static_cast<std::int64_t>(exponent + bias - 1) << mantissa_bits);
    return static_cast<std::uint16_t>(sign | std::min<std::int64_t>(bits, infinity));
  }
};
inline constexpr HalfFormat float16_format{10, 15}, bfloat16_format{7, 127};

} // namespace weft::detail

// pow. Float32 is computed in float64: exp2(y log2(x)) with both to some 2^-34, rounded once. Float64 takes log2(x) in
// two numbers to some 2^-66, by the series of fdlibm's log whose first two terms are in two numbers as well.
#pragma once
#include "lib/math/exponentials.h"
#include "lib/math/logarithms.h"

#include <cmath>

namespace weft::detail::math {
namespace {

/// `power`, which is |x|^y, as x^y for finite y: of negative x, powers of whole y only, negative of odd ones.
template <class W> WEFT_INLINE W power_of_sign(W power, W x, W y) {
  // Adding 2^52 leaves the integer in the low bits; from there on numbers are whole, beyond 2^53 even.
  W magnitude = clamped(abs(y), all<W>(0), all<W>(0x1p53));
  W integer = select(magnitude < 0x1p52, all<W>(0x1p52), all<W>(0)), whole = magnitude + integer;
  auto broken = whole - integer != magnitude;
  power = select(broken, power, turned<W>(power, sign(x) & (bits(whole) << 63)));
  auto none = broken & (x < 0) & (x >= -largest<W>);
  return select(none, all<W>(not_a_number<W>), power);
}

/// x^y of float32 numbers that float64 lanes hold: x is not NaN, y is finite.
template <class W> WEFT_INLINE W power_of_narrow(W x, W y) {
  constexpr double log_terms[] = {0x1.5ce7cd8b192b2p-2, 0x1.a58d8fc10c3bep-2, 0x1.27777fda65c66p-1,
                                  0x1.ec709d12e1573p-1, 0x1.71547652bede5p+1};
  constexpr double exp_terms[] = {0x1.41fbbc91efe2ep-13, 0x1.5f3e52f138af3p-10, 0x1.3b2d4cf0fbd52p-7,
                                  0x1.c6aee88e97a4p-5,   0x1.ebfbdc3c31671p-3,  0x1.62e430af270cbp-1};
  Logarithm<W> l(abs(x)); // float32's denormals are normal here
  W s = l.f / (l.f + 2), z = s * s;
  W log = fma(s, polynomial(z, {0.f}, log_terms), l.e);
  log = select(x == 0, all<W>(-infinity<W>), log);
  log = select(abs(x) == infinity<W>, all<W>(infinity<W>), log);
  W t = clamped(select(y == 0, all<W>(0), y * log), all<W>(-200), all<W>(200));
  W shifted = t + rounding<W>, r = t - (shifted - rounding<W>);
  W power = fma(polynomial(r, {0.f}, exp_terms), r, all<W>(1)) * power_of_two<W>(shifted);
  return any(sign(x) != 0) ? power_of_sign(power, x, y) : power;
}

/// log2(2^e (1+f)) as high + low.
template <class W> struct Log2InTwo {
  W high, low;

  WEFT_INLINE Log2InTwo(W e, W f) {
    constexpr double terms[] = {0x1.638463a32f774p-3, 0x1.58c7ed2eb761p-3,  0x1.8a0c95cc58183p-3, 0x1.c68ed425cd76fp-3,
                                0x1.0c9a8567db6d6p-2, 0x1.484b13d641776p-2, 0x1.a61762a7af62ap-2, 0x1.2776c50ef9bfap-1};
    constexpr double first = 0x1.71547652b82fep1, first_rest = 0x1.777d0ffda0d24p-55;
    constexpr double second = 0x1.ec709dc3a03fdp-1, second_rest = 0x1.d27f05548af0cp-55;
    W divisor = f + 2, reciprocal = 1 / divisor, s = f * reciprocal;
    W s_rest = fma(-s, f - (divisor - 2), fma(-s, divisor, f)) * reciprocal;
    W z = s * s, z_rest = fma(s + s, s_rest, fma(s, s, -z));
    W tail = polynomial(z, {0.f}, terms);
    W inner = fma(z, tail, all<W>(second)), inner_rest = fma(z, tail, second - inner) + second_rest;
    W ratio = fma(z, inner, all<W>(first));
    W ratio_rest = fma(z, inner, first - ratio) + fma(z, inner_rest, fma(z_rest, inner, all<W>(first_rest)));
    W log = s * ratio, log_rest = fma(s, ratio, -log) + fma(s, ratio_rest, s_rest * ratio);
    high = e + log;
    low = ((e - high) + log) + log_rest;
  }
};

/// `power`, which is x^y where y is finite and x is not NaN, for any x and y.
template <class V> WEFT_INLINE V power_of_any(V power, V x, V y) {
  constexpr Bit<V> infinite = bits_of<V>(infinity<V>);
  auto special = (bits(abs(x)) > infinite) | (bits(abs(y)) >= infinite);
  if (any(special)) [[unlikely]]
    power = mended(power, special, [](Number<V> x, Number<V> y) { return std::pow(x, y); }, x, y);
  return power;
}

/// x^y of float64 numbers.
template <class W> WEFT_INLINE W power_of_wide(W x, W y) {
  W magnitude = abs(x), zero = all<W>(0), infinite = all<W>(infinity<W>);
  auto denormal = magnitude < smallest_normal<W>;
  Logarithm<W> l(select(denormal, magnitude * 0x1p52, magnitude));
  Log2InTwo<W> log(l.e - select(denormal, all<W>(52), zero), l.f);
  W t = y * log.high, t_rest = fma(y, log.low, fma(y, log.high, -t));
  W shifted = t + rounding<W>, n = shifted - rounding<W>, log_2 = all<W>(0x1.62e42fefa39efp-1);
  W power = scaled<W>(expm1_reduced(fma(t - n, log_2, t_rest * log_2)) + 1, shifted);
  constexpr double bound = 1100; // where powers have overflown or vanished
  // Positive finite x are between the bits of 0 and infinity; a y that is infinite or NaN makes t so.
  auto special = (bits(x) - 1 >= bits_of<W>(infinity<W>) - 1) | (bits(abs(t)) >= bits_of<W>(bound));
  if (any(special)) [[unlikely]] {
    power = select(t >= bound, infinite, select(t <= -bound, zero, power));
    auto is_zero = x == 0, falls = y < 0;
    W of_end = select(is_zero == falls, infinite, zero);
    power = select((is_zero | (magnitude == infinity<W>)) & (y != 0), of_end, power);
    power = power_of_any(power_of_sign(power, x, y), x, y);
  }
  return power;
}

template <class V> WEFT_INLINE V pow(V x, V y) {
  if constexpr (wide<V>)
    return power_of_wide(x, y);
  else
    return power_of_any(in_double([](auto x, auto y) { return power_of_narrow(x, y); }, x, y), x, y);
}

} // namespace
} // namespace weft::detail::math

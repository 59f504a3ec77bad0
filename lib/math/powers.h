// pow: exp2(y log2(x)), with log2(x) in two numbers.
#pragma once
#include "lib/math/exponentials.h"
#include "lib/math/logarithms.h"

#include <cmath>

namespace weft::detail::math {
namespace {

/// log2(x) as high + low, for positive x, to some 2^-66, of float32 2^-34.
template <class V> struct Log2InTwo {
  V high, low;

  WEFT_INLINE explicit Log2InTwo(V x) {
    constexpr float narrow[] = {0x1.94d2b4p-3f, -0x1.ed10e4p-3f, 0x1.2778fp-2f, -0x1.71546cp-2f, 0x1.ec709ep-2f};
    constexpr double terms[] = {-0x1.b81a5b460ba7ap-4, 0x1.0c718606cfad6p-3,  -0x1.278b71f86e988p-3,
                                0x1.484b8ebb4a809p-3,  -0x1.715470d3b29a1p-3, 0x1.a617628244b2bp-3,
                                -0x1.ec709dc431f87p-3, 0x1.2776c50efb6cdp-2,  -0x1.71547652b82dap-2,
                                0x1.ec709dc3a03fdp-2};
    V first = number<V>(0x1.715476p0f, 0x1.71547652b82fep0),
      first_rest = number<V>(0x1.4ae0cp-26f, 0x1.777d0ffda0d24p-56);
    auto l = reduced<ByTable<V, ShortReciprocals>>(x);
    // In the order of powers of r: a + b + r^3 tail, and the rest of each. What waits for the tail is short.
    V r = l.r, a = r * first, a_rest = fma(r, first_rest, fma(r, first, -a));
    V w = r * Number<V>(-0.5), b = a * w, rest = fma(a_rest, w, a_rest + fma(a, w, -b)) + l.remainder();
    V base = l.k + a;
    rest = rest + ((l.k - base) + a);
    V cube = r * r * r, tail = long_polynomial(r, narrow, terms);
    V sum = fma(cube, tail, b), sum_rest = fma(cube, tail, b - sum);
    high = base + sum;
    low = (((base - high) + sum) + sum_rest) + rest;
  }
};

/// `power`, which is |x|^y, as x^y for finite y: of negative x, powers of whole y only, negative of odd ones.
template <class V> WEFT_INLINE V power_of_sign(V power, V x, V y) {
  // Adding this integer leaves that of y in the low bits; from there on numbers are whole, from twice that even.
  constexpr Number<V> integer = Number<V>(Bit<V>(1) << mantissa_bits<V>);
  V magnitude = clamped(abs(y), all<V>(0), all<V>(integer + integer));
  V added = select(magnitude < integer, all<V>(integer), all<V>(0)), whole = magnitude + added;
  auto broken = whole - added != magnitude;
  power = select(broken, power, turned<V>(power, sign(x) & (bits(whole) << (8 * sizeof(Bit<V>) - 1))));
  auto none = broken & (x < 0) & (x >= -largest<V>);
  return select(none, all<V>(not_a_number<V>), power);
}

template <class V> WEFT_INLINE V pow(V x, V y) {
  V magnitude = abs(x), zero = all<V>(0), infinite = all<V>(infinity<V>);
  Log2InTwo<V> log(magnitude);
  V t = y * log.high, t_rest = fma(y, log.low, fma(y, log.high, -t));
  V shifted = t + rounding<V>, n = shifted - rounding<V>;
  V power = scaled<V>(exp2_reduced((t - n) + t_rest), shifted);
  constexpr Number<V> bound = wide<V> ? 1100 : 160; // where powers have overflown or vanished
  constexpr Bit<V> infinite_bits = bits_of<V>(infinity<V>);
  // Positive finite x are between the bits of 0 and infinity; a y that is infinite or NaN makes t so.
  if (any_reaches<V>(bits(x) - 1, infinite_bits - 1) || any_reaches<V>(bits(abs(t)), bits_of<V>(bound))) [[unlikely]] {
    power = select(t >= bound, infinite, select(t <= -bound, zero, power));
    auto is_zero = x == 0, falls = y < 0;
    V of_end = select(is_zero == falls, infinite, zero);
    power = select((is_zero | (magnitude == infinity<V>)), of_end, power);
    power = power_of_sign<V>(select(y == 0, all<V>(1), power), x, y);
    auto undefined = (bits(magnitude) > infinite_bits) | (bits(abs(y)) >= infinite_bits);
    if (any(undefined))
      power = mended(power, undefined, [](Number<V> x, Number<V> y) { return std::pow(x, y); }, x, y);
  }
  return power;
}

} // namespace
} // namespace weft::detail::math

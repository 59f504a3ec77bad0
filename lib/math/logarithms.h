// log, log2, log10 and log1p. The reduction is x = 2^e (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2); float32 takes a
// polynomial in f, float64 fdlibm's series in f / (2 + f). Coefficients by Sollya's fpminimax.
#pragma once
#include "lib/math/lanes.h"

namespace weft::detail::math {
namespace {

/// x = 2^e (1 + f) for positive normal x.
template <class V> struct Logarithm {
  V f, e;

  WEFT_INLINE explicit Logarithm(V x) {
    constexpr Bit<V> root = bits_of<V>(wide<V> ? 0x1.6a09e667f3bcdp-1 : Number<V>(0x1.6a09e6p-1f));
    constexpr int mantissa = mantissa_bits<V>;
    Bits<V> from_root = bits(x) - (root - (exponent_bias<V> << mantissa));
    constexpr Number<V> integer = Number<V>(Bit<V>(1) << mantissa); // its low bits are an integer's
    e = from_bits<V>((from_root >> mantissa) | bits_of<V>(integer)) - (integer + Number<V>(exponent_bias<V>));
    f = from_bits<V>((from_root & ((Bit<V>(1) << mantissa) - 1)) + root) - 1;
  }
};

/// log((1+s) / (1-s)) / s - 2 for |s| <= 3 - sqrt(8).
template <class V> WEFT_INLINE V log_of_ratio(V s) {
  constexpr float narrow[] = {0x1.31dfeap-2f, 0x1.995edap-2f, 0x1.55557ap-1f};
  constexpr double terms[] = {0x1.2f023f031deap-3,  0x1.39a20d7de8a66p-3, 0x1.74663b910e21ap-3, 0x1.c71c521a6f8adp-3,
                              0x1.24924941dae8ap-2, 0x1.999999997ff68p-2, 0x1.5555555555592p-1};
  V z = s * s;
  return z * polynomial(z, narrow, terms);
}

/// log(1 + f) as high + low; high is a sum of few bits' error.
template <class V> struct LogOfSum {
  V high, low;

  WEFT_INLINE explicit LogOfSum(V f) {
    if constexpr (wide<V>) {
      V s = f / (f + 2), half_square = f * f * 0.5;
      high = f - half_square;
      low = fma(s, half_square + log_of_ratio(s), (f - high) - half_square);
    } else {
      constexpr float terms[] = {-0x1.3e62ap-4f, 0x1.05e654p-3f,  -0x1.0cbbf2p-3f, 0x1.22b604p-3f, -0x1.547fccp-3f,
                                 0x1.99a25ap-3f, -0x1.00022ep-2f, 0x1.55555p-2f,   -0x1.fffffep-2f};
      high = f;
      low = f * f * polynomial(f, terms, {0.0});
    }
  }
};

/// log(2^e (1+f)).
template <class V> WEFT_INLINE V log_of(V e, V f) {
  LogOfSum<V> log(f);
  V low = fma(e, number<V>(0x1.0bfbe8p-15f, 0x1.ef35793c7673p-45), log.low);
  return fma(e, number<V>(0x1.62ep-1f, 0x1.62e42fefa38p-1), log.high + low);
}

/// A logarithm of any x: `of(e, f)` is that of 2^e (1+f). Denormals are scaled, and what has no logarithm gets C's.
template <class V, class F> WEFT_INLINE V logarithm(V x, F of) {
  auto special = bits(x) - bits_of<V>(smallest_normal<V>) >= bits_of<V>(infinity<V>) - bits_of<V>(smallest_normal<V>);
  if (!any(special)) [[likely]] {
    Logarithm<V> l(x);
    return of(l.e, l.f);
  }
  constexpr int up = mantissa_bits<V>;
  auto denormal = x < smallest_normal<V>;
  Logarithm<V> l(select(denormal, x * Number<V>(Bit<V>(1) << up), x));
  V y = of(select(denormal, l.e - up, l.e), l.f);
  y = select(x == infinity<V>, x, y);
  y = select(x == 0, all<V>(-infinity<V>), y);
  return select(x >= 0, y, select(x != x, x, all<V>(not_a_number<V>)));
}

template <class V> WEFT_INLINE V log(V x) {
  return logarithm(x, [](V e, V f) { return log_of(e, f); });
}

template <class V> WEFT_INLINE V log2(V x) {
  return logarithm(x, [](V e, V f) {
    if constexpr (wide<V>) {
      LogOfSum<V> log(f);
      V low = fma(log.high, all<V>(0x1.777d0ffda0d24p-56), log.low * 0x1.71547652b82fep0);
      return fma(log.high, all<V>(0x1.71547652b82fep0), low) + e;
    } else {
      constexpr float terms[] = {-0x1.ce4138p-4f, 0x1.81048cp-3f,  -0x1.86acccp-3f, 0x1.a25ac6p-3f, -0x1.eaba3p-3f,
                                 0x1.27830cp-2f,  -0x1.715abcp-2f, 0x1.ec708p-2f,   -0x1.71547p-1f, 0x1.5adf7ep-26f};
      return fma(f, all<V>(0x1.715476p0f), f * polynomial(f, terms, {0.0})) + e;
    }
  });
}

template <class V> WEFT_INLINE V log10(V x) {
  return logarithm(x, [](V e, V f) {
    V y;
    if constexpr (wide<V>) {
      LogOfSum<V> log(f);
      V low = fma(log.high, all<V>(0x1.95355baaafad3p-57), log.low * 0x1.bcb7b1526e50ep-2);
      y = fma(log.high, all<V>(0x1.bcb7b1526e50ep-2), low);
    } else {
      constexpr float terms[] = {-0x1.1680eep-5f, 0x1.cf832p-5f,   -0x1.d646d2p-5f, 0x1.f7c1dap-5f,  -0x1.27753ep-4f,
                                 0x1.63d4f6p-4f,  -0x1.bcbf1ap-4f, 0x1.287a64p-3f,  -0x1.bcb7aap-3f, -0x1.511f6p-27f};
      y = fma(f, all<V>(0x1.bcb7b2p-2f), f * polynomial(f, terms, {0.0}));
    }
    y = fma(e, number<V>(0x1.3509f8p-18f, -0x1.80433b83b532ap-44), y);
    return fma(e, number<V>(0x1.344p-2f, 0x1.34413509f8p-2), y);
  });
}

/// log((u + c) 2^power), where u is positive and normal and c is less than one of its units.
template <class V> WEFT_INLINE V log_of_sum(V u, V c, V power) {
  Logarithm<V> l(u);
  V least = select(l.e > 64, all<V>(64), l.e); // which leaves nothing of c
  return log_of<V>(l.e + power, fma(c, power_of_two<V>(rounding<V> - least), l.f));
}

/// log((1 + x) 2^power) for x > -1.
template <class V> WEFT_INLINE V log_of_one_and(V x, V power) {
  V u = x + 1, of_x = u - 1;
  return log_of_sum<V>(u, (x - of_x) + (1 - (u - of_x)), power);
}

template <class V> WEFT_INLINE V log1p(V x) {
  V y = log_of_one_and(x, all<V>(0));
  y = select(abs(x) < number<V>(0x1p-26f, 0x1p-55), x, y); // -0 and denormals
  auto usual = (x > -1) & (x <= largest<V>);
  if (!every(usual)) [[unlikely]] {
    y = select(x == infinity<V>, x, y);
    y = select(x == -1, all<V>(-infinity<V>), y);
    y = select(x < -1, all<V>(not_a_number<V>), y);
    y = select(x != x, x, y);
  }
  return y;
}

} // namespace
} // namespace weft::detail::math

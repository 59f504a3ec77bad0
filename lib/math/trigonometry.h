// sin, cos, tan and their inverses. The reduction is x = n pi/8 + r for sin and cos, which take the sine and cosine of
// the eighth from a table, and x = n pi/2 + r for tan, by pi in three parts (W. J. Cody and W. Waite, Software Manual
// for the Elementary Functions, 1980); C's functions do numbers so large that three do not hold. The inverses are
// reduced as in Cephes. Coefficients by Sollya's fpminimax.
#pragma once
#include "lib/math/lanes.h"

#include <cmath>

namespace weft::detail::math {
namespace {

/// -pi in three numbers, times `times`, which is a power of two.
template <class V> struct MinusPi {
  V first, second, third;

  WEFT_INLINE explicit MinusPi(Number<V> times)
      : first(number<V>(-0x1.921fb6p1f, -0x1.921fb54442d18p1) * times),
        second(number<V>(0x1.777a5cp-24f, -0x1.1a62633145c07p-53) * times),
        third(number<V>(0x1.ee59dap-49f, 0x1.f1976b7ed8fbcp-109) * times) {}
};

template <class V> WEFT_INLINE V one_over_pi() { return number<V>(0x1.45f306p-2f, 0x1.45f306dc9c883p-2); }
/// The sign bit where the integer in the low bits of `shifted` is odd.
template <class V> WEFT_INLINE Bits<V> parity_sign(V shifted) { return bits(shifted) << (8 * sizeof(Bit<V>) - 1); }

/// y, but f(x) where x is too large for three parts of pi, infinite or NaN.
template <class V, class F> WEFT_INLINE V in_reach(V y, V x, F f) {
  constexpr Bit<V> reach = bits_of<V>(wide<V> ? 0x1p26 : 0x1p17f);
  if (any_reaches<V>(bits(abs(x)), reach)) [[unlikely]]
    y = mended(y, bits(abs(x)) >= reach, [f](Number<V> x) { return Number<V>(f(double(x))); }, x);
  return y;
}

/// The sines of k pi/8.
alignas(64) constexpr float narrow_sines[16] = {0x0p0f,  0x1.87de2ap-2f,  0x1.6a09e6p-1f,  0x1.d906bcp-1f,
                                                0x1p0f,  0x1.d906bcp-1f,  0x1.6a09e6p-1f,  0x1.87de2ap-2f,
                                                0x0p0f,  -0x1.87de2ap-2f, -0x1.6a09e6p-1f, -0x1.d906bcp-1f,
                                                -0x1p0f, -0x1.d906bcp-1f, -0x1.6a09e6p-1f, -0x1.87de2ap-2f};
alignas(64) constexpr double wide_sines[16] = {
    0x0p0,  0x1.87de2a6aea963p-2,  0x1.6a09e667f3bcdp-1,  0x1.d906bcf328d46p-1,
    0x1p0,  0x1.d906bcf328d46p-1,  0x1.6a09e667f3bcdp-1,  0x1.87de2a6aea963p-2,
    0x0p0,  -0x1.87de2a6aea963p-2, -0x1.6a09e667f3bcdp-1, -0x1.d906bcf328d46p-1,
    -0x1p0, -0x1.d906bcf328d46p-1, -0x1.6a09e667f3bcdp-1, -0x1.87de2a6aea963p-2};

/// The sine of |x| plus `eighths` of pi, by that of the nearest eighth and what remains.
template <class V> WEFT_INLINE V sine(V x, Bit<V> eighths) {
  constexpr float sin_narrow[] = {0x1.10cfeep-7f, -0x1.55555p-3f}, cos_narrow[] = {0x1.54e414p-5f, -0x1.ffffeep-2f};
  constexpr double sin_terms[] = {0x1.719bb2bf79b2fp-19, -0x1.a019fb33af0a4p-13, 0x1.11111110de639p-7,
                                  -0x1.5555555555546p-3};
  constexpr double cos_terms[] = {-0x1.27aeb5e349647p-22, 0x1.a019fa8973c72p-16, -0x1.6c16c16bb91c3p-10,
                                  0x1.5555555555525p-5, -0x1p-1};
  V a = abs(x), shifted = fma(a, one_over_pi<V>() * 8, all<V>(rounding<V>)), turns = shifted - rounding<V>;
  MinusPi<V> minus_pi(0.125);
  V first = fma(turns, minus_pi.first, a); // exact
  V r = fma(turns, minus_pi.third, fma(turns, minus_pi.second, first)), z = r * r;
  V sine_less_r = polynomial(z, sin_narrow, sin_terms) * (z * r),
    cosine_less_1 = polynomial(z, cos_narrow, cos_terms) * z;
  Bits<V> k = bits(shifted) + eighths;
  V of_eighth = lookup<V>(narrow_sines, wide_sines, k), cosine_of_eighth = lookup<V>(narrow_sines, wide_sines, k + 4);
  V low = fma(cosine_of_eighth, sine_less_r, of_eighth * cosine_less_1);
  return of_eighth + fma(cosine_of_eighth, r, low);
}

template <class V> WEFT_INLINE V sin(V x) {
  V y = turned<V>(sine(x, 0), sign(x));
  return in_reach(y, x, [](double x) { return std::sin(x); });
}

template <class V> WEFT_INLINE V cos(V x) {
  return in_reach(sine(x, 4), x, [](double x) { return std::cos(x); });
}

/// The tangent of |x| - turns pi/2 = r + rest as a quotient of polynomials.
template <class V> WEFT_INLINE V tan(V x) {
  constexpr float narrow_over[] = {0x1.19bb92p-10f, -0x1.c81c7p-4f}, narrow_under[] = {0x1.05aacfp-6f, -0x1.c75c71p-2f};
  constexpr double over_terms[] = {-0x1.f625a31b40929p-18, 0x1.6fc351a49e0fep-9, -0x1.06b8f80f23e7bp-3};
  constexpr double under_terms[] = {-0x1.b51d40149e5fap-13, 0x1.7e79939b833d2p-6, -0x1.d8b1d15ce746fp-2};
  V a = abs(x), shifted = fma(a, one_over_pi<V>() * 2, all<V>(rounding<V>)), turns = shifted - rounding<V>;
  MinusPi<V> minus_pi(0.5);
  V first = fma(turns, minus_pi.first, a); // exact
  V part = turns * minus_pi.second, r = first + part;
  V rest = fma(turns, minus_pi.third, ((first - r) + part) + fma(turns, minus_pi.second, -part));
  V z = r * r, cube = z * r, slope = polynomial(z, narrow_under, under_terms), under = fma(slope, z, all<V>(1));
  // The dividend takes what the derivative makes of `rest`, about 1 + 3/4 z times that, and what the divisor lost by
  // rounding times the quotient, about r (1 + 9/20 z). Both are so small that one factor does for both.
  V under_rest = fma(slope, z, 1 - under), growth = fma(z, all<V>(0.6), all<V>(1));
  V low = fma(-under_rest, r, rest) * growth;
  V over = r + fma(polynomial(z, narrow_over, over_terms), cube, low);
  Bits<V> parity = parity_sign<V>(shifted);
  auto odd = parity != 0;
  V y = turned<V>(select(odd, under, over) / select(odd, over, under), parity ^ sign(x));
  return in_reach(y, x, [](double x) { return std::tan(x); });
}

/// asin(s) - s for s of which z is the square, at most 1/4.
template <class V> WEFT_INLINE V asin_rest(V s, V z) {
  constexpr float narrow[] = {0x1.5959aap-5f, 0x1.8c415ap-6f, 0x1.747b72p-5f, 0x1.330206p-4f, 0x1.5555c8p-3f};
  constexpr double terms[] = {0x1.056d6c813a1d3p-5, -0x1.09d32833a132cp-6, 0x1.3ff4a990b2acep-6, 0x1.abcf5cd7c4303p-8,
                              0x1.8ec2fca60444ep-7, 0x1.c6fdc1aaa5332p-7,  0x1.1c6be1a687738p-6, 0x1.6e89f440197a7p-6,
                              0x1.f1c72c38fb342p-6, 0x1.6db6db427a4f8p-5,  0x1.333333336e80fp-4, 0x1.555555555539p-3};
  return long_polynomial(z, narrow, terms) * (z * s);
}

/// The arc sine of |x|, or, of those larger than 1/2, half the arc cosine: of the root s of z.
template <class V> struct Arc {
  V magnitude, z, s, y;
  decltype(V{} > 0) large;

  WEFT_INLINE explicit Arc(V x) : magnitude(abs(x)), large(magnitude > Number<V>(0.5)) {
    z = select(large, fma(magnitude, all<V>(-0.5), all<V>(0.5)), x * x);
    s = select(large, sqrt(z), magnitude);
    y = asin_rest(s, z);
  }
};

template <class V> WEFT_INLINE V asin(V x) {
  Arc<V> arc(x);
  // What rounding took from the root counts near 1/2: there, 1 / 2s is nearly 2 - 2s.
  V s = arc.s, rest = fma(-s, s, arc.z) * fma(s, all<V>(-2), all<V>(2)) + arc.y;
  V complement = number<V>(0x1.921fb6p0f, 0x1.921fb54442d18p0) - (s + s);
  complement = complement - fma(rest, all<V>(2), number<V>(0x1.777a5cp-25f, -0x1.1a62633145c07p-54));
  return turned<V>(select(arc.large, complement, s + arc.y), sign(x));
}

template <class V> WEFT_INLINE V acos(V x) {
  Arc<V> arc(x);
  V zero = all<V>(0), y = turned(arc.s + arc.y, sign(x));
  // pi/2 - asin(x); of the large ones 2y from 0 or pi.
  auto negative = x < 0;
  V high = select(arc.large, select(negative, number<V>(0x1.921fb6p1f, 0x1.921fb54442d18p1), zero),
                  number<V>(0x1.921fb6p0f, 0x1.921fb54442d18p0));
  V low = select(arc.large, select(negative, number<V>(0x1.777a5cp-24f, -0x1.1a62633145c07p-53), zero),
                 number<V>(0x1.777a5cp-25f, -0x1.1a62633145c07p-54));
  return high - fma(y, select(arc.large, all<V>(-2), all<V>(1)), low);
}

/// atan(t) for 0 <= t <= 1.
template <class V> WEFT_INLINE V atan_reduced(V t) {
  constexpr float narrow_high[] = {0x1.7ec1c4p-9f},
                  narrow[] = {-0x1.0c23fep-6f, 0x1.61f756p-5f, -0x1.3553f4p-4f, 0x1.b4dfdcp-4f,
                              -0x1.230abp-3f,  0x1.9978eep-3f, -0x1.5554dcp-2f};
  constexpr double high_terms[] = {-0x1.53e5c943fcb72p-16, 0x1.d3bb114143b65p-13, -0x1.312a3f0e71ebep-10,
                                   0x1.f96cc734beb9bp-9,   -0x1.2cf76bf2540fcp-7, 0x1.162c3d98154c6p-6,
                                   -0x1.a726a91b7190fp-6,  0x1.1715db01a0e8ep-5,  -0x1.4f4521ca58d07p-5,
                                   0x1.7ee3f62d7aa55p-5,   -0x1.ad32ba4e0d1bep-5, 0x1.e1781735b8a31p-5,
                                   -0x1.11089d02de0f5p-4};
  constexpr double terms[] = {0x1.3b12b2e8e2d49p-4,  -0x1.745d02310537cp-4, 0x1.c71c709e19f6ap-4,
                              -0x1.2492491fa2135p-3, 0x1.999999998411p-3,   -0x1.555555555544cp-2};
  V z = t * t, high = long_polynomial(z, narrow_high, high_terms);
  return fma(polynomial(high, z, narrow, terms), z * t, t);
}

template <class V> WEFT_INLINE V quarter_turn_less(V y) {
  return number<V>(0x1.921fb6p0f, 0x1.921fb54442d18p0) - (y - number<V>(-0x1.777a5cp-25f, 0x1.1a62633145c07p-54));
}
template <class V> WEFT_INLINE V half_turn_less(V y) {
  return number<V>(0x1.921fb6p1f, 0x1.921fb54442d18p1) - (y - number<V>(-0x1.777a5cp-24f, 0x1.1a62633145c07p-53));
}

template <class V> WEFT_INLINE V atan(V x) {
  V a = abs(x), one = all<V>(1);
  auto steep = a > 1;
  V y = atan_reduced<V>(select(steep, one, a) / select(steep, a, one));
  return turned<V>(select(steep, quarter_turn_less(y), y), sign(x));
}

template <class V> WEFT_INLINE V atan2(V y, V x) {
  V ax = abs(x), ay = abs(y);
  auto steep = bits(ay) > bits(ax);
  V near = select(steep, ax, ay), far = select(steep, ay, ax);
  V angle = atan_reduced<V>(near / select(far == 0, all<V>(1), far));
  angle = select(steep, quarter_turn_less(angle), angle);
  angle = select(sign(x) != 0, half_turn_less(angle), angle);
  angle = turned(angle, sign(y));
  if (auto special = bits(far) >= bits_of<V>(infinity<V>); any(special)) [[unlikely]]
    angle = mended(angle, special, [](Number<V> y, Number<V> x) { return std::atan2(y, x); }, y, x);
  return angle;
}

} // namespace
} // namespace weft::detail::math

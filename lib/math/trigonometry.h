// sin, cos, tan and their inverses. The reduction is x = n pi/2 + r with |r| <= pi/4, by pi in three parts
// (W. J. Cody and W. Waite, Software Manual for the Elementary Functions, 1980); C's functions do numbers so large that
// three do not hold. The inverses are reduced as in Cephes. Coefficients by Sollya's fpminimax.
#pragma once
#include "lib/math/lanes.h"

#include <cmath>

namespace weft::detail::math {
namespace {

/// |x| = n pi/2 + r, and to twice the precision r + rest.
template <class V> struct Angle {
  V r, turns;
  Bits<V> n; ///< the two low bits

  WEFT_INLINE explicit Angle(V magnitude) {
    V shifted = fma(magnitude, number<V>(0x1.45f306p-1f, 0x1.45f306dc9c883p-1), all<V>(rounding<V>));
    turns = shifted - rounding<V>;
    n = bits(shifted);
    first = fma(turns, number<V>(-0x1.921fb6p0f, -0x1.921fb54442d18p0), magnitude); // exact
    r = fma(turns, third(), fma(turns, second(), first));
  }
  WEFT_INLINE V rest() const {
    V part = turns * second(), sum = first + part, of_part = sum - first;
    V low = (first - (sum - of_part)) + (part - of_part) + fma(turns, second(), -part);
    return fma(turns, third(), low) + (sum - r);
  }
  WEFT_INLINE auto odd() const { return (n & 1) != 0; }

private:
  static WEFT_INLINE V second() { return number<V>(0x1.777a5cp-25f, -0x1.1a62633145c07p-54); }
  static WEFT_INLINE V third() { return number<V>(0x1.ee59dap-50f, 0x1.f1976b7ed8fbcp-110); }
  V first;
};

/// y, but f(x) where x is too large for Angle, infinite or NaN.
template <class V, class F> WEFT_INLINE V in_reach(V y, V x, F f) {
  auto beyond = bits(abs(x)) > bits_of<V>(wide<V> ? 0x1p26 : 0x1p17f);
  if (any(beyond)) [[unlikely]]
    y = mended(y, beyond, [f](Number<V> x) { return Number<V>(f(double(x))); }, x);
  return y;
}

/// The sine of an angle of this magnitude plus quadrants * pi/2, its sign turned by `turn`.
template <class V> WEFT_INLINE V sine(V magnitude, Bits<V> turn, Bit<V> quadrants) {
  constexpr float sin_narrow[] = {-0x1.9954e8p-13f, 0x1.11077ap-7f, -0x1.555546p-3f};
  constexpr double sin_terms[] = {0x1.5d8e62828f4p-33,    -0x1.ae5e5500c134ap-26, 0x1.71de355fa53bdp-19,
                                  -0x1.a01a019bf2b81p-13, 0x1.111111110f76p-7,    -0x1.5555555555548p-3};
  constexpr float cos_narrow[] = {0x1.99e914p-16f, -0x1.6c0c2ap-10f, 0x1.55554ap-5f};
  constexpr double cos_terms[] = {-0x1.8fa6a8a7d84dfp-37, 0x1.1ee9dc12c88acp-29,  -0x1.27e4f7f1ee922p-22,
                                  0x1.a01a019c8f945p-16,  -0x1.6c16c16c15018p-10, 0x1.555555555554bp-5};
  Angle<V> angle(magnitude);
  V r = angle.r, z = r * r;
  V sine = fma(polynomial(z, sin_narrow, sin_terms), z * r, r);
  V half = z * Number<V>(0.5), one_less = 1 - half;
  V cosine = one_less + fma(polynomial(z, cos_narrow, cos_terms), z * z, (1 - one_less) - half);
  Bits<V> quadrant = angle.n + quadrants;
  V y = select((quadrant & 1) != 0, cosine, sine);
  return turned(y, ((quadrant & 2) << (8 * sizeof(Bit<V>) - 2)) ^ turn);
}

template <class V> WEFT_INLINE V sin(V x) {
  V y = sine(abs(x), sign(x), 0);
  return in_reach(y, x, [](double x) { return std::sin(x); });
}

template <class V> WEFT_INLINE V cos(V x) {
  V y = sine(abs(x), Bits<V>{}, 1);
  return in_reach(y, x, [](double x) { return std::cos(x); });
}

template <class V> WEFT_INLINE V tan(V x) {
  constexpr float narrow[] = {0x1.23894ap-8f, -0x1.d60a14p-15f, 0x1.66d2p-7f,  0x1.5bf63cp-6f,
                              0x1.baee0ep-5f, 0x1.110d24p-3f,   0x1.555562p-2f};
  constexpr double terms[] = {0x1.5dcc5dfd88726p-16,  -0x1.77f91db3ea053p-15, 0x1.76be72a04931ep-14,
                              -0x1.b8ba20bb97f19p-16, 0x1.1e239b0176703p-13,  0x1.d2736cb8ae0e6p-13,
                              0x1.37fa51c1d9cefp-11,  0x1.7d5b636cb38a2p-10,  0x1.d6d933263c83ep-9,
                              0x1.226e125e8ccdep-7,   0x1.664f49a847235p-6,   0x1.ba1ba1b46c388p-5,
                              0x1.11111111182c5p-3,   0x1.55555555554f2p-2};
  Angle<V> angle(abs(x));
  V r = angle.r, z = r * r, rest = angle.rest();
  V t = r + fma(polynomial(z, narrow, terms), z * r, fma(rest, z, rest)); // the derivative at r is 1 + r^2 and more
  auto odd = angle.odd();
  V y = turned<V>(select(odd, all<V>(-1), t) / select(odd, t, all<V>(1)), sign(x));
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
  constexpr float narrow[] = {0x1.7ec1c4p-9f, -0x1.0c23fep-6f, 0x1.61f756p-5f, -0x1.3553f4p-4f,
                              0x1.b4dfdcp-4f, -0x1.230abp-3f,  0x1.9978eep-3f, -0x1.5554dcp-2f};
  constexpr double terms[] = {
      -0x1.53e5c943fcb72p-16, 0x1.d3bb114143b65p-13, -0x1.312a3f0e71ebep-10, 0x1.f96cc734beb9bp-9,
      -0x1.2cf76bf2540fcp-7,  0x1.162c3d98154c6p-6,  -0x1.a726a91b7190fp-6,  0x1.1715db01a0e8ep-5,
      -0x1.4f4521ca58d07p-5,  0x1.7ee3f62d7aa55p-5,  -0x1.ad32ba4e0d1bep-5,  0x1.e1781735b8a31p-5,
      -0x1.11089d02de0f5p-4,  0x1.3b12b2e8e2d49p-4,  -0x1.745d02310537cp-4,  0x1.c71c709e19f6ap-4,
      -0x1.2492491fa2135p-3,  0x1.999999998411p-3,   -0x1.555555555544cp-2};
  V z = t * t;
  return fma(polynomial(z, narrow, terms), z * t, t);
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

// erf and erfc. Near 0 an odd polynomial; elsewhere erf is 1 - exp(p(|x|)), p being fitted to log(erfc), and erfc is
// exp(-x^2) P(t) / (1 + 2x) with t = (x - K) / (x + K) (M. M. Shepherd and J. G. Laframboise, Chebyshev Approximation
// of (1 + 2x) exp(x^2) erfc x, 1981). Coefficients by Sollya's remez, weighted by erfc, and fpminimax.
#pragma once
#include "lib/math/exponentials.h"

namespace weft::detail::math {
namespace {

/// erf(x) for |x| <= 1.
template <class V> WEFT_INLINE V erf_near(V x) {
  constexpr float narrow[] = {0x1.4917a4p-14f, -0x1.a3d812p-11f, 0x1.540172p-8f, -0x1.b7f88cp-6f,
                              0x1.ce2cf2p-4f,  -0x1.81273ep-2f,  0x1.06eba8p-3f};
  constexpr double terms[] = {-0x1.ab15c51d2ebebp-31, 0x1.d6e3ddfeb1f49p-27,  -0x1.5bfe76384472p-23,
                              0x1.b97e44280cfb9p-20,  -0x1.f4ca204c771c5p-17, 0x1.f9a2b75531772p-14,
                              -0x1.c02db0149d904p-11, 0x1.565bccf7e2856p-8,   -0x1.b82ce311ee09bp-6,
                              0x1.ce2f21a0408d1p-4,   -0x1.812746b0379b2p-2,  0x1.06eba8214db68p-3};
  return fma(polynomial<V>(x * x, narrow, terms), x, x);
}

template <class V> WEFT_INLINE V erf(V x) {
  constexpr float narrow[] = {0x1.852d46p-13f, -0x1.814cd8p-9f, 0x1.654222p-6f,  -0x1.a60a82p-4f,
                              -0x1.46c584p-1f, -0x1.2085b2p0f,  -0x1.72e6ecp-12f};
  constexpr double terms[] = {
      0x1.247b85d2ecf1p-40,   -0x1.a1fc8c9ba1126p-35, 0x1.1793e178e8347p-30,  -0x1.d0a43fa2b8cb1p-27,
      0x1.0c15619d6e755p-23,  -0x1.c5c6e377f9e69p-21, 0x1.20b29ae3ceed4p-18,  -0x1.138408c47b0ep-16,
      0x1.7791de08b978fp-15,  -0x1.2491783a21eafp-14, -0x1.81757608d6c82p-15, 0x1.51069ee9eac05p-11,
      -0x1.d03c3536e1f3dp-10, 0x1.27ee20efd9f5p-12,   0x1.388e9261faf8ep-6,   -0x1.a4d9aa9035615p-4,
      -0x1.45f432847b75dp-1,  -0x1.20dd55664f98ep0,   -0x1.8beba72191b12p-23};
  V a = abs(x), y = erf_near(a);
  if (any_reaches<V>(bits(a), bits_of<V>(1))) {
    V p = long_polynomial(clamped(a, all<V>(1), number<V>(4, 6)), narrow, terms); // from there on erf rounds to 1
    y = select(a < 1, y, 1 - exp_within(p));
  }
  return turned(y, sign(x));
}

/// erfc(a) for a >= 0.35, with what rounding takes from a^2, P and the quotient.
template <class V> WEFT_INLINE V erfc_far(V a) {
  constexpr float narrow[] = {0x1.1969cap-11f, 0x1.af2352p-12f, -0x1.1d142p-8f,  0x1.f6a21cp-11f, 0x1.0c55dap-5f,
                              -0x1.a5c4a4p-4f, 0x1.42d3acp-3f,  -0x1.959a92p-4f, -0x1.f52c6p-4f};
  constexpr double terms[] = {-0x1.6dd8b442a4d4cp-27, -0x1.a3a8d46b31703p-27, 0x1.c7eeb2552991fp-24,
                              0x1.1f9bf6a48c4b2p-24,  -0x1.b9e86be53d3a9p-21, 0x1.41c3f7c9b69a1p-22,
                              0x1.7f1fea5579d8bp-18,  -0x1.78a48d224c259p-17, -0x1.99596db8a0e4p-16,
                              0x1.3be0dcc8f545bp-13,  -0x1.a1df1dd65803p-13,  -0x1.8d4aa1eec41e5p-11,
                              0x1.49c672764ee2ap-8,   -0x1.0962387cfcca6p-6,  0x1.3079edf6c1eadp-5,
                              -0x1.0fb06dfe6f68fp-4,  0x1.7fee004e10637p-4,   -0x1.9ddb23c3e79afp-4,
                              0x1.16ecefcfa5464p-4,   0x1.f7f5df66fd4fbp-7,   -0x1.1df1ad154a28fp-3};
  constexpr Number<V> center = wide<V> ? 4 : 2.5f;
  a = clamped(a, all<V>(0), number<V>(11, 28)); // where erfc has vanished
  V twice = a + a, divisor = twice + 1, below = a - center, above = a + center;
  V both = 1 / (divisor * above), reciprocal = both * above, of_above = both * divisor; // one division for two
  V t = below * of_above;
  t = fma(fma(-t, above, below), of_above, t);
  V constant = number<V>(0x1.43cc7p0f, 0x1.3ba5916e9fd7fp0);
  V slope = long_polynomial(t, narrow, terms), p = fma(slope, t, constant);
  V p_rest = fma(slope, t, constant - p) + number<V>(-0x1.324c1p-25f, -0x1.8ed94f79f907p-55);
  V quotient = p * reciprocal;
  V left = fma(-quotient, divisor, p) + fma(-quotient, (1 - divisor) + twice, p_rest);
  V square = a * a, square_rest = fma(a, a, -square);
  Exponent<V> e(-square);
  V growth = expm1_reduced(e.r), rest = fma(-quotient, square_rest, left * reciprocal);
  return scaled<V>(quotient + fma(quotient, growth, fma(rest, growth, rest)), e.shifted);
}

template <class V> WEFT_INLINE V erfc(V x) {
  V a = abs(x), y = 1 - erf_near(x);
  constexpr Number<V> near = 0.35;
  if (any_reaches<V>(bits(a), bits_of<V>(near))) {
    V far = erfc_far(a);
    y = select(a < near, y, select(sign(x) != 0, 2 - far, far));
  }
  return y;
}

} // namespace
} // namespace weft::detail::math

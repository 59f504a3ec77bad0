// exp, exp2 and expm1. The reduction is x = n log 2 + r with |r| <= log(2) / 2; polynomials by Sollya's fpminimax.
#pragma once
#include "lib/math/lanes.h"

namespace weft::detail::math {
namespace {

/// x = n log 2 + r. The number `shifted` is n with its integer in the low bits.
template <class V> struct Exponent {
  V r, n, shifted;

  WEFT_INLINE explicit Exponent(V x) {
    shifted = fma(x, number<V>(0x1.715476p0f, 0x1.71547652b82fep0), all<V>(rounding<V>));
    n = shifted - rounding<V>;
    r = fma(n, number<V>(-0x1.62ep-1f, -0x1.62e42fefa38p-1), x);
    r = fma(n, number<V>(-0x1.0bfbe8p-15f, -0x1.ef35793c7673p-45), r);
  }
};

/// exp(r) - 1 for |r| <= log(2) / 2.
template <class V> WEFT_INLINE V expm1_reduced(V r) {
  constexpr float narrow[] = {0x1.694c86p-10f, 0x1.12397cp-7f, 0x1.555a26p-5f, 0x1.555492p-3f, 0x1.fffffap-2f};
  constexpr double terms[] = {
      0x1.ad92c7ce2e525p-26, 0x1.28adf7a12afdp-22, 0x1.71df18fbccbe5p-19, 0x1.a0199963ca277p-16, 0x1.a01a012fec2e6p-13,
      0x1.6c16c18475a17p-10, 0x1.1111111126b37p-7, 0x1.55555555506cp-5,   0x1.55555555554fep-3,  0x1.000000000000ap-1};
  return fma(polynomial(r, narrow, terms), r * r, r);
}

/// exp(x) * 2^power, for x not far beyond where it overflows or vanishes.
template <int power, class V> WEFT_INLINE V exp_scaled(V x) {
  Exponent<V> e(x);
  return scaled<V>(expm1_reduced(e.r) + 1, power ? e.shifted + Number<V>(power) : e.shifted);
}

/// exp(x) in the range of normal numbers.
template <class V> WEFT_INLINE V exp_within(V x) {
  Exponent<V> e(x);
  return scaled_within<V>(expm1_reduced(e.r) + 1, e.shifted);
}

template <class V> WEFT_INLINE V exp(V x) {
  return exp_scaled<0>(clamped(x, number<V>(-105, -746), number<V>(89, 710)));
}

/// 2^r for |r| <= 1/2.
template <class V> WEFT_INLINE V exp2_reduced(V r) {
  constexpr float narrow[] = {0x1.3fa206p-13f, 0x1.5f0b82p-10f, 0x1.3b30ap-7f,
                              0x1.c6af76p-5f,  0x1.ebfbd8p-3f,  0x1.62e43p-1f};
  constexpr double terms[] = {0x1.de49d61ddf4fbp-36, 0x1.eafdc2f7ede2cp-32, 0x1.e4bbc00d2dff4p-28,
                              0x1.b52423226234p-24,  0x1.62c027b683cf4p-20, 0x1.ffcbfcdb1c5bep-17,
                              0x1.430912f7013a2p-13, 0x1.5d87fe7888dffp-10, 0x1.3b2ab6fba53b8p-7,
                              0x1.c6b08d704a182p-5,  0x1.ebfbdff82c58dp-3,  0x1.62e42fefa39efp-1};
  return fma(long_polynomial(r, narrow, terms), r, all<V>(1));
}

template <class V> WEFT_INLINE V exp2(V x) {
  x = clamped(x, number<V>(-151, -1076), number<V>(129, 1025));
  V shifted = x + rounding<V>, r = x - (shifted - rounding<V>);
  return scaled<V>(exp2_reduced(r), shifted);
}

/// exp(r) 2^n - 1 is (exp(r) - 1) 2^n + (2^n - 1): halved, because 2^n may overflow where the result does not.
template <class V> WEFT_INLINE V expm1(V x) {
  Exponent<V> e(clamped(x, number<V>(-30, -50), number<V>(89, 710)));
  V half = power_of_two<V>(e.shifted - 1);
  V y = fma(half, expm1_reduced(e.r), half - Number<V>(0.5)) * 2;
  return select(abs(x) < number<V>(0x1p-26f, 0x1p-55), x, y); // -0 and denormals
}

} // namespace
} // namespace weft::detail::math

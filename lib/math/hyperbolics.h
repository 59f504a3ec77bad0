// sinh, cosh, tanh and their inverses: polynomials near 0, elsewhere by exponentials and logarithms. Coefficients by
// Sollya's fpminimax.
#pragma once
#include "lib/math/exponentials.h"
#include "lib/math/logarithms.h"

namespace weft::detail::math {
namespace {

template <class V> WEFT_INLINE V sinh(V x) {
  constexpr float narrow[] = {0x1.76771ep-19f, 0x1.a01c22p-13f, 0x1.1110eap-7f, 0x1.555556p-3f};
  constexpr double terms[] = {0x1.4095793845999p-48, 0x1.aab9951a7065bp-41, 0x1.612abe6b5d71ep-33,
                              0x1.ae644b32db998p-26, 0x1.71de3a60a9f7dp-19, 0x1.a01a01a00db3ap-13,
                              0x1.111111111117cp-7,  0x1.5555555555555p-3};
  V z = x * x, y = fma(polynomial(z, narrow, terms), z * x, x);
  if (any_reaches<V>(bits(abs(x)), bits_of<V>(1))) {
    V half = exp_scaled<-1>(clamped(abs(x), all<V>(0), number<V>(91, 712))); // exp(|x|) / 2
    y = select(abs(x) < 1, y, turned<V>(half - Number<V>(0.25) / half, sign(x)));
  }
  return select(x == 0, x, y);
}

template <class V> WEFT_INLINE V cosh(V x) {
  V half = exp_scaled<-1>(clamped(abs(x), all<V>(0), number<V>(91, 712))); // exp(|x|) / 2
  return half + Number<V>(0.25) / half;
}

template <class V> WEFT_INLINE V tanh(V x) {
  constexpr float narrow[] = {-0x1.758facp-8f, 0x1.5211c4p-6f, -0x1.b838ap-5f, 0x1.110704p-3f, -0x1.555532p-2f};
  constexpr double terms[] = {0x1.960f9fd5632c2p-18, -0x1.facbac34c7aa3p-16, 0x1.801d2380c120bp-14,
                              -0x1.f113c984ac9ep-13, 0x1.350b936866277p-11,  -0x1.7d9c348f08764p-10,
                              0x1.d6d35a58217ccp-9,  -0x1.226e32d073edap-7,  0x1.664f4870ca5eep-6,
                              -0x1.ba1ba1b9d1b7fp-5, 0x1.1111111110c54p-3,   -0x1.5555555555552p-2};
  V a = abs(x), z = x * x, y = fma(polynomial(z, narrow, terms), z * a, a);
  if (any_reaches<V>(bits(a), bits_of<V>(0.625))) {
    V bounded = clamped(a, all<V>(0), number<V>(10, 20)), e = exp_within(bounded + bounded);
    y = select(a < Number<V>(0.625), y, 1 - 2 / (e + 1));
  }
  return turned(y, sign(x));
}

/// From here on the root of x^2 + 1 or x^2 - 1 is x, whose square does not overflow yet.
template <class V> inline constexpr Number<V> huge = wide<V> ? 0x1p60 : Number<V>(0x1p30f);

template <class V> WEFT_INLINE V log_of_twice(V x) {
  ByTable<V> l(x);
  l.k += 1;
  return log_of(l);
}

/// What rounding took from the root s of square + rest.
template <class V> WEFT_INLINE V root_rest(V s, V square, V rest) {
  return (fma(-s, s, square) + rest) * (Number<V>(0.5) / s);
}

/// log(large + small + rest).
template <class V> WEFT_INLINE V log_of_two(V large, V small, V rest) {
  V sum = large + small;
  return log_of(reduced_sum<V>(sum, small - (sum - large) + rest));
}

/// log(a + s), s being the root of a^2 + 1.
template <class V> WEFT_INLINE V asinh(V x) {
  V a = abs(x), square = fma(a, a, all<V>(1)), s = sqrt(square);
  V y = log_of_two(s, a, root_rest(s, square, fma(a, a, 1 - square)));
  if (any_reaches<V>(bits(a), bits_of<V>(huge<V>))) [[unlikely]] {
    y = select(a < huge<V>, y, log_of_twice(a));
    y = select(a <= largest<V>, y, a);
  }
  return turned(y, sign(x));
}

/// log(x + s), s being the root of x^2 - 1, which is t^2 + 2t with t = x - 1.
template <class V> WEFT_INLINE V acosh(V x) {
  V t = x - 1, twice = t + t, square = fma(t, t, twice), s = sqrt(square);
  V y = log_of_two(x, s, root_rest(s, square, fma(t, t, twice - square)));
  constexpr Bit<V> above_1 = bits_of<V>(1) + 1;
  if (any_reaches<V>(bits(x) - above_1, bits_of<V>(huge<V>) - above_1)) [[unlikely]] {
    y = select(x < huge<V>, y, log_of_twice(x));
    y = select(x <= largest<V>, y, x);
    y = select(x == 1, all<V>(0), y);
    y = select(x >= 1, y, select(x != x, x, all<V>(not_a_number<V>)));
  }
  return y;
}

/// Half the logarithm of (1 + x) / (1 - x), with what rounding takes from each.
template <class V> WEFT_INLINE V atanh(V x) {
  V a = abs(x), one = all<V>(1), p = one + a, p_rest = a - (p - one), q = one - a, q_rest = (one - q) - a;
  V of_q = one / q, u = p * of_q;
  V rest = fma(-u, q, p) + fma(-u, q_rest, p_rest);
  V y = log_of(reduced_sum<V>(u, rest * of_q)) * Number<V>(0.5);
  if (any_reaches<V>(bits(a), bits_of<V>(1))) [[unlikely]] {
    y = select(a == 1, all<V>(infinity<V>), y);
    y = select(a > 1, all<V>(not_a_number<V>), y);
    y = select(a != a, a, y);
  }
  return turned(y, sign(x));
}

} // namespace
} // namespace weft::detail::math

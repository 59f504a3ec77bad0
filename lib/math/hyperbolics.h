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
  auto small = abs(x) < 1;
  if (!every(small)) {
    V half = exp_scaled<V>(clamped(abs(x), all<V>(0), number<V>(91, 712)), -1); // exp(|x|) / 2
    y = select(small, y, turned<V>(half - Number<V>(0.25) / half, sign(x)));
  }
  return select(x == 0, x, y);
}

template <class V> WEFT_INLINE V cosh(V x) {
  V half = exp_scaled<V>(clamped(abs(x), all<V>(0), number<V>(91, 712)), -1); // exp(|x|) / 2
  return half + Number<V>(0.25) / half;
}

template <class V> WEFT_INLINE V tanh(V x) {
  constexpr float narrow[] = {-0x1.758facp-8f, 0x1.5211c4p-6f, -0x1.b838ap-5f, 0x1.110704p-3f, -0x1.555532p-2f};
  constexpr double terms[] = {0x1.960f9fd5632c2p-18, -0x1.facbac34c7aa3p-16, 0x1.801d2380c120bp-14,
                              -0x1.f113c984ac9ep-13, 0x1.350b936866277p-11,  -0x1.7d9c348f08764p-10,
                              0x1.d6d35a58217ccp-9,  -0x1.226e32d073edap-7,  0x1.664f4870ca5eep-6,
                              -0x1.ba1ba1b9d1b7fp-5, 0x1.1111111110c54p-3,   -0x1.5555555555552p-2};
  V a = abs(x), z = x * x, y = fma(polynomial(z, narrow, terms), z * a, a);
  auto small = a < Number<V>(0.625);
  if (!every(small)) {
    V bounded = clamped(a, all<V>(0), number<V>(10, 20)), e = exp_scaled<V>(bounded + bounded, 0);
    y = select(small, y, 1 - 2 / (e + 1));
  }
  return turned(y, sign(x));
}

/// From here on the root of x^2 + 1 or x^2 - 1 is x, whose square does not overflow yet.
template <class V> inline constexpr Number<V> huge = wide<V> ? 0x1p60 : Number<V>(0x1p30f);

template <class V> WEFT_INLINE V asinh(V x) {
  constexpr float narrow[] = {-0x1.b18ea2p-7f, 0x1.cd748ap-6f, -0x1.6b971ep-5f, 0x1.3324fap-4f, -0x1.555536p-3f};
  constexpr double terms[] = {-0x1.1e5c13c5f107p-9,  0x1.7bc3d7b49fac9p-8, -0x1.23ef49a265bbap-7, 0x1.74684a972ccc6p-7,
                              -0x1.c8b1272212fe9p-7, 0x1.1c43224f93721p-6, -0x1.6e8addca09fe7p-6, 0x1.f1c71431b5c31p-6,
                              -0x1.6db6db53efd45p-5, 0x1.333333330aef9p-4, -0x1.55555555553f7p-3};
  V a = abs(x), z = x * x, y = fma(polynomial(z, narrow, terms), z * a, a);
  auto small = a < Number<V>(0.5);
  if (!every(small)) {
    // log(b + s), s being the root of b^2 + 1, with what rounding takes from each.
    auto is_huge = a > huge<V>;
    V b = select(is_huge, all<V>(huge<V>), a), square = fma(b, b, all<V>(1)), s = sqrt(square), u = b + s;
    V rest = fma(b, b, 1 - square) + fma(-s, s, square);
    V c = fma(rest, Number<V>(0.5) / s, b - (u - s));
    V far = log_of_sum(select(is_huge, a, u), select(is_huge, all<V>(0), c), select(is_huge, all<V>(1), all<V>(0)));
    far = select(a <= largest<V>, far, a);
    y = select(small, y, far);
  }
  return turned(y, sign(x));
}

/// log1p(t + sqrt(t^2 + 2t)) with t = x - 1.
template <class V> WEFT_INLINE V acosh(V x) {
  auto is_huge = x > huge<V>;
  V t = select(is_huge, all<V>(huge<V>), x) - 1;
  V y = log_of_one_and<V>(select(is_huge, x, t + sqrt(fma(t, t, t + t))), select(is_huge, all<V>(1), all<V>(0)));
  y = select(x <= largest<V>, y, x);
  return select(x >= 1, y, select(x != x, x, all<V>(not_a_number<V>)));
}

/// From 1/2 on, half the logarithm of (1 + x) / (1 - x) = 2^k (1 + s) / (1 - s).
template <class V> WEFT_INLINE V atanh(V x) {
  constexpr float narrow[] = {0x1.692dc6p-3f, 0x1.a6ddeap-5f, 0x1.e3fbcep-4f,
                              0x1.234ddp-3f,  0x1.99a674p-3f, 0x1.55554p-2f};
  constexpr double terms[] = {0x1.eca673145de0fp-3, -0x1.8fb4f8bc6b683p-3, 0x1.64dad21b19ab4p-3, -0x1.4a26fa7c25b31p-8,
                              0x1.e74764a9ea1a7p-5, 0x1.9e7b23bb8914ep-5,  0x1.e3eb6aca2b382p-5, 0x1.10fa69e01d5b3p-4,
                              0x1.3b15123dc5a76p-4, 0x1.745d08a992d42p-4,  0x1.c71c722b1623ep-4, 0x1.24924923c7b51p-3,
                              0x1.999999999b38ap-3, 0x1.555555555554cp-2};
  V a = abs(x), z = x * x, y = fma(polynomial(z, narrow, terms), z * a, a);
  auto small = a < Number<V>(0.5);
  if (!every(small)) {
    Logarithm<V> l(1 - a);
    V p = a + 1, q = l.f + 1;
    auto more = p > q * number<V>(0x1.6a09e6p0f, 0x1.6a09e667f3bcdp0);
    q = select(more, q + q, q);
    V k = select(more, 1 - l.e, -l.e), s = (p - q) / (p + q);
    V far = fma(s * Number<V>(0.5), log_of_ratio(s), s);
    far = fma(k, number<V>(0x1.0bfbe8p-16f, 0x1.ef35793c7673p-46), far);
    far = fma(k, number<V>(0x1.62ep-2f, 0x1.62e42fefa38p-2), far);
    far = select(a == 1, all<V>(infinity<V>), far);
    far = select(a > 1, all<V>(not_a_number<V>), far);
    y = select(small, y, select(a != a, a, far));
  }
  return turned(y, sign(x));
}

} // namespace
} // namespace weft::detail::math

// log, log2, log10 and log1p. x = 2^e m, and m times a reciprocal from a table is 1 + r, for whose logarithm there is a
// polynomial in r. log of float32, which is also made as arithmetic for vectors of any width
// (dialect/Transforms/ExpandMath.cpp), does without the table. Coefficients by Sollya's fpminimax.
#pragma once
#include "lib/math/lanes.h"
#include "lib/math/logarithm_table.h"

namespace weft::detail::math {
namespace {

template <class V> inline constexpr Bit<V> mantissa_mask = (Bit<V>(1) << mantissa_bits<V>)-1;

/// The exponent in the bits of a positive normal number.
template <class V> WEFT_INLINE V exponent_of(Bits<V> b) {
  constexpr Number<V> integer = Number<V>(Bit<V>(1) << mantissa_bits<V>); // its low bits are an integer's
  return from_bits<V>((b >> mantissa_bits<V>) | bits_of<V>(integer)) - (integer + Number<V>(exponent_bias<V>));
}

/// x = 2^k (1 + r) with sqrt(1/2) <= 1 + r < sqrt(2), for positive normal float32 x.
template <class V> struct ByRoot {
  V k, r;
  static constexpr bool takes_any = false;

  WEFT_INLINE explicit ByRoot(V x) {
    constexpr Bit<V> root = bits_of<V>(0x1.6a09e6p-1f);
    Bits<V> from_root = bits(x) - (root - (exponent_bias<V> << mantissa_bits<V>));
    k = exponent_of<V>(from_root);
    r = from_bits<V>((from_root & mantissa_mask<V>)+root) - 1;
  }
};

/// log2(x) = k + log2(1 + r) with -0.04 < r < 1/16, for positive normal x: k is exact, and 0 near 1.
template <class V, class Table = RoundLogarithms> struct ByTable {
  V k, r, reciprocal;
  Bits<V> sixteenth;
  /// The instructions that take numbers apart do so with denormals too, and give infinity the exponent infinity, 0 that
  /// of -infinity, and negative numbers the mantissa NaN: what they have as logarithms.
  static constexpr bool takes_any = takes_apart<V>;

  WEFT_INLINE explicit ByTable(V x) {
    V e, m; // x = 2^e m with 1 <= m < 2
    if constexpr (takes_apart<V>) {
      e = exponent_apart(x);
      m = mantissa_apart(x);
    } else {
      e = exponent_of<V>(bits(x));
      m = from_bits<V>((bits(x) & mantissa_mask<V>) | bits_of<V>(1));
    }
    sixteenth = bits(m) >> (mantissa_bits<V> - 4);
    reciprocal = lookup<V>(Table::narrow_reciprocals, Table::wide_reciprocals, sixteenth);
    k = e + lookup<V>(Table::narrow_logarithms, Table::wide_logarithms, sixteenth);
    r = fma(m, reciprocal, all<V>(-1));
  }
  /// What k lacks.
  WEFT_INLINE V remainder() const { return lookup<V>(Table::narrow_remainders, Table::wide_remainders, sixteenth); }
};

/// The reduction of any positive x: denormals are scaled.
template <class Reduction, class V> WEFT_INLINE Reduction reduced(V x) {
  if constexpr (Reduction::takes_any) {
    return Reduction(x);
  } else {
    constexpr int up = mantissa_bits<V>;
    auto denormal = x < smallest_normal<V>;
    Reduction l(select(denormal, x * Number<V>(Bit<V>(1) << up), x));
    l.k = select(denormal, l.k - Number<V>(up), l.k);
    return l;
  }
}

/// Whether any x is not positive, finite and normal.
template <class V> WEFT_INLINE bool any_special(V x) {
  constexpr Bit<V> least = bits_of<V>(smallest_normal<V>);
  return any_reaches<V>(bits(x) - least, bits_of<V>(infinity<V>) - least);
}

/// A logarithm of any x: `of` is that of a reduced one. What has no logarithm gets C's.
template <class Reduction, class V, class F> WEFT_INLINE V logarithm(V x, F of) {
  if constexpr (Reduction::takes_any) {
    return of(Reduction(x));
  } else {
    if (!any_special(x)) [[likely]]
      return of(Reduction(x));
    V y = of(reduced<Reduction>(x));
    y = select(x == infinity<V>, x, y);
    y = select(x == 0, all<V>(-infinity<V>), y);
    return select(x >= 0, y, select(x != x, x, all<V>(not_a_number<V>)));
  }
}

template <class V> WEFT_INLINE V log_of(const ByRoot<V> &l) {
  constexpr float terms[] = {-0x1.3e62ap-4f, 0x1.05e654p-3f,  -0x1.0cbbf2p-3f, 0x1.22b604p-3f, -0x1.547fccp-3f,
                             0x1.99a25ap-3f, -0x1.00022ep-2f, 0x1.55555p-2f,   -0x1.fffffep-2f};
  V low = fma(l.k, all<V>(0x1.0bfbe8p-15f), l.r * l.r * polynomial(l.r, terms, {0.0}));
  return fma(l.k, all<V>(0x1.62ep-1f), l.r + low);
}

/// The logarithm of 2 is in two numbers, the second of the sign of the first, so that infinity comes through.
template <class V> WEFT_INLINE V log_of(const ByTable<V> &l) {
  constexpr float narrow[] = {0x1.8611cap-3f, -0x1.00240cp-2f, 0x1.55578p-2f, -0x1.fffffep-2f};
  constexpr double terms[] = {-0x1.6aa0b86aa46c7p-4, 0x1.c5f6f332ea262p-4,  -0x1.0009c874f96c1p-3,
                              0x1.2492ae14fb489p-3,  -0x1.5555542e5f0f6p-3, 0x1.99999989d7ec9p-3,
                              -0x1.000000000570ap-2, 0x1.5555555555a26p-2,  -0x1.fffffffffffffp-2};
  V low = fma(l.r * l.r, long_polynomial(l.r, narrow, terms), l.r);
  low = fma(l.k, number<V>(0x1.efa39ep-25f, 0x1.abc9e3b39803fp-56), low);
  return fma(l.k, number<V>(0x1.62e42ep-1f, 0x1.62e42fefa39efp-1), low);
}

template <class V> WEFT_INLINE V log(V x) {
  using Reduction = std::conditional_t<wide<V>, ByTable<V>, ByRoot<V>>;
  return logarithm<Reduction>(x, [](const Reduction &l) { return log_of(l); });
}

template <class V> WEFT_INLINE V log2(V x) {
  constexpr float narrow[] = {0x1.18ce22p-2f, -0x1.717e5ap-2f, 0x1.ec73cep-2f, -0x1.715476p-1f, 0x1.4ae0cp-26f};
  constexpr double terms[] = {-0x1.056bb6b2feeafp-3, 0x1.47718573687p-3,   -0x1.7162686336dc6p-3, 0x1.a617f68897b7bp-3,
                              -0x1.ec709c35391ccp-3, 0x1.2776c503802f5p-2, -0x1.71547652bdf7p-2,  0x1.ec709dc3a0af7p-2,
                              -0x1.71547652b82fep-1, 0x1.777d0ffda0d24p-56};
  return logarithm<ByTable<V>>(x, [&](const ByTable<V> &l) {
    V low = l.r * long_polynomial(l.r, narrow, terms);
    return fma(l.r, number<V>(0x1.715476p0f, 0x1.71547652b82fep0), low) + l.k;
  });
}

template <class V> WEFT_INLINE V log10(V x) {
  constexpr float narrow[] = {0x1.529caep-4f, -0x1.bcf2ap-4f, 0x1.287c5ap-3f, -0x1.bcb7bp-3f, -0x1.5b235ep-27f};
  constexpr double terms[] = {-0x1.3ace05ad7cba3p-5, 0x1.8a48cf6d4d0fbp-5, -0x1.bcc881fb5e881p-5, 0x1.fc4057d1c9f65p-5,
                              -0x1.287a7545365f2p-4, 0x1.63c627675837fp-4, -0x1.bcb7b152758fbp-4, 0x1.287a7636f4791p-3,
                              -0x1.bcb7b1526e50ep-3, 0x1.95355baaafad3p-57};
  return logarithm<ByTable<V>>(x, [&](const ByTable<V> &l) {
    V low = fma(l.r, number<V>(0x1.bcb7b2p-2f, 0x1.bcb7b1526e50ep-2), l.r * long_polynomial(l.r, narrow, terms));
    low = fma(l.k, number<V>(0x1.09f7ap-26f, 0x1.e623e2566b02ep-55), low);
    return fma(l.k, number<V>(0x1.344134p-2f, 0x1.34413509f79fep-2), low);
  });
}

/// The reduction of u + c, where u is positive and normal and c is less than one of its units.
template <class V> WEFT_INLINE ByTable<V> reduced_sum(V u, V c) {
  ByTable<V> l(u);
  // By 2^-e; for the largest u that is 0, of which c is nothing.
  Bits<V> down = (exponent_bias<V> << (mantissa_bits<V> + 1)) - (bits(u) & ~mantissa_mask<V>);
  l.r = fma(c * from_bits<V>(down), l.reciprocal, l.r);
  return l;
}

template <class V> WEFT_INLINE V log1p(V x) {
  V u = x + 1, of_x = u - 1, c = (x - of_x) + (1 - (u - of_x));
  V y = log_of(reduced_sum(u, c));
  if (any_special(u)) [[unlikely]] {
    y = select(x == infinity<V>, x, y);
    y = select(x == -1, all<V>(-infinity<V>), y);
    y = select(x < -1, all<V>(not_a_number<V>), y);
    y = select(x != x, x, y);
  }
  return from_bits<V>(bits(y) | sign(x)); // -0
}

} // namespace
} // namespace weft::detail::math

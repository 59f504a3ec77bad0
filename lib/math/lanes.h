// Numbers in lanes: the few operations in which the functions of this folder are written, once for one number of
// float32 or float64 and for vectors of them. Each is exact or rounds once as IEEE 754 says, so that a lane's result
// depends neither on how many lanes there are nor on the processor. Included only by the files that are compiled for
// one level of processor each: everything has internal linkage, so that no level's code is linked into another's.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#define WEFT_INLINE __attribute__((always_inline)) inline

namespace weft::detail::math {
namespace {

template <class T, int lanes> struct VectorOf {
  typedef T Type __attribute__((vector_size(sizeof(T) * lanes)));
};
template <class T> struct VectorOf<T, 1> {
  using Type = T;
};
template <class T, int lanes> using Vector = typename VectorOf<T, lanes>::Type;

template <class T> using BitOf = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;

/// What V is: a number, a vector of numbers, or what stands for one (dialect/Transforms/ExpandMath.cpp).
template <class V> struct Kind {
  using Number = std::remove_cvref_t<decltype(V{}[0])>;
  static constexpr int lanes = sizeof(V) / sizeof(Number);
  using Bits = Vector<BitOf<Number>, lanes>;
};
template <class T>
  requires std::is_floating_point_v<T>
struct Kind<T> {
  using Number = T;
  static constexpr int lanes = 1;
  using Bits = BitOf<T>;
};
template <class V> using Number = typename Kind<V>::Number;
template <class V> inline constexpr bool wide = sizeof(Number<V>) == 8;
template <class V> inline constexpr int lanes = Kind<V>::lanes;
template <class V> inline constexpr bool alone = lanes<V> == 1;
/// Whether V has instructions of its own for exponents and mantissas.
#if defined(__AVX512F__)
template <class V> inline constexpr bool takes_apart = sizeof(V) == 64;
#else
template <class V> inline constexpr bool takes_apart = false;
#endif

/// A number's bits. Unsigned: shifts to the right bring zeros, and NaN's are the largest of the positive ones.
template <class V> using Bit = BitOf<Number<V>>;
template <class V> using Bits = typename Kind<V>::Bits;

template <class V> inline constexpr int mantissa_bits = wide<V> ? 52 : 23;
template <class V> inline constexpr Bit<V> exponent_bias = wide<V> ? 1023 : 127;
template <class V> inline constexpr Bit<V> sign_bit = Bit<V>(1) << (8 * sizeof(Bit<V>) - 1);
template <class V> inline constexpr Number<V> largest = std::numeric_limits<Number<V>>::max();
template <class V> inline constexpr Number<V> smallest_normal = std::numeric_limits<Number<V>>::min();
template <class V> inline constexpr Number<V> infinity = std::numeric_limits<Number<V>>::infinity();
template <class V> inline constexpr Number<V> not_a_number = std::numeric_limits<Number<V>>::quiet_NaN();

template <class V> WEFT_INLINE V all(Number<V> x) {
  if constexpr (alone<V>)
    return x;
  else
    return x - V{}; // +0 would lose the sign of -0
}
/// A constant as float32 and as float64 take it.
template <class V> WEFT_INLINE V number(float narrow, double wide_number) {
  return all<V>(wide<V> ? Number<V>(wide_number) : Number<V>(narrow));
}
template <class V> WEFT_INLINE Bits<V> bits(V x) { return std::bit_cast<Bits<V>>(x); }
template <class V> constexpr Bit<V> bits_of(Number<V> x) { return std::bit_cast<Bit<V>>(x); }
template <class V> WEFT_INLINE V from_bits(Bits<V> b) { return std::bit_cast<V>(b); }

template <class V> WEFT_INLINE V abs(V x) { return from_bits<V>(bits(x) & ~sign_bit<V>); }
template <class V> WEFT_INLINE Bits<V> sign(V x) { return bits(x) & sign_bit<V>; }
/// x, its sign turned where `sign` has the bit.
template <class V> WEFT_INLINE V turned(V x, Bits<V> sign) { return from_bits<V>(bits(x) ^ sign); }
template <class M, class V> WEFT_INLINE V select(M mask, V yes, V no) { return mask ? yes : no; }
/// x but at least `low` and at most `high`; NaN stays NaN.
template <class V> WEFT_INLINE V clamped(V x, V low, V high) {
  x = select(low > x, low, x);
  return select(high < x, high, x);
}

WEFT_INLINE float fma(float x, float y, float z) { return __builtin_fmaf(x, y, z); }
WEFT_INLINE double fma(double x, double y, double z) { return __builtin_fma(x, y, z); }
WEFT_INLINE float sqrt(float x) { return __builtin_sqrtf(x); }
WEFT_INLINE double sqrt(double x) { return __builtin_sqrt(x); }
WEFT_INLINE bool any(bool mask) { return mask; }

#define WEFT_LANES(NUMBER, BITS, SUFFIX, SIZE)                                                                         \
  using Vector##NUMBER##SIZE = Vector<NUMBER, SIZE / 8 / sizeof(NUMBER)>;                                              \
  WEFT_INLINE Vector##NUMBER##SIZE fma(Vector##NUMBER##SIZE x, Vector##NUMBER##SIZE y, Vector##NUMBER##SIZE z) {       \
    return Vector##NUMBER##SIZE(_mm##BITS##_fmadd_##SUFFIX(x, y, z));                                                  \
  }                                                                                                                    \
  WEFT_INLINE Vector##NUMBER##SIZE sqrt(Vector##NUMBER##SIZE x) {                                                      \
    return Vector##NUMBER##SIZE(_mm##BITS##_sqrt_##SUFFIX(x));                                                         \
  }                                                                                                                    \
  WEFT_INLINE Vector##NUMBER##SIZE clamped(Vector##NUMBER##SIZE x, Vector##NUMBER##SIZE low,                           \
                                           Vector##NUMBER##SIZE high) {                                                \
    return Vector##NUMBER##SIZE(_mm##BITS##_min_##SUFFIX(high, _mm##BITS##_max_##SUFFIX(low, x)));                     \
  }
#if defined(__AVX2__)
WEFT_LANES(float, , ps, 128)
WEFT_LANES(double, , pd, 128)
WEFT_LANES(float, 256, ps, 256)
WEFT_LANES(double, 256, pd, 256)
template <class M>
  requires(sizeof(M) == 16)
WEFT_INLINE bool any(M mask) {
  return !_mm_testz_si128(__m128i(mask), __m128i(mask));
}
template <class M>
  requires(sizeof(M) == 32)
WEFT_INLINE bool any(M mask) {
  return !_mm256_testz_si256(__m256i(mask), __m256i(mask));
}
#endif
#if defined(__AVX512F__)
WEFT_LANES(float, 512, ps, 512)
WEFT_LANES(double, 512, pd, 512)
WEFT_INLINE Vectorfloat512 exponent_apart(Vectorfloat512 x) { return Vectorfloat512(_mm512_getexp_ps(x)); }
WEFT_INLINE Vectordouble512 exponent_apart(Vectordouble512 x) { return Vectordouble512(_mm512_getexp_pd(x)); }
WEFT_INLINE Vectorfloat512 mantissa_apart(Vectorfloat512 x) {
  return Vectorfloat512(_mm512_getmant_ps(x, _MM_MANT_NORM_1_2, _MM_MANT_SIGN_nan));
}
WEFT_INLINE Vectordouble512 mantissa_apart(Vectordouble512 x) {
  return Vectordouble512(_mm512_getmant_pd(x, _MM_MANT_NORM_1_2, _MM_MANT_SIGN_nan));
}
template <class M>
  requires(sizeof(M) == 64)
WEFT_INLINE bool any(M mask) {
  return _mm512_movepi32_mask(__m512i(mask)) != 0;
}
#endif
#undef WEFT_LANES

/// table[index % 16], of float32 or float64.
template <class V> WEFT_INLINE V lookup(const float (&narrow)[16], const double (&wide_table)[16], Bits<V> index) {
  const auto &table = [&]() -> const auto & {
    if constexpr (wide<V>)
      return wide_table;
    else
      return narrow;
  }();
  if constexpr (alone<V>)
    return table[index & 15];
#if defined(__AVX512F__)
  else if constexpr (sizeof(V) == 64 && wide<V>)
    return V(_mm512_permutex2var_pd(_mm512_load_pd(table), __m512i(index), _mm512_load_pd(table + 8)));
  else if constexpr (sizeof(V) == 64)
    return V(_mm512_permutexvar_ps(__m512i(index), _mm512_load_ps(table)));
#endif
#if defined(__AVX2__)
  else if constexpr (sizeof(V) == 32 && !wide<V>) {
    __m256 low = _mm256_permutevar8x32_ps(_mm256_load_ps(table), __m256i(index));
    __m256 high = _mm256_permutevar8x32_ps(_mm256_load_ps(table + 8), __m256i(index));
    return V(_mm256_blendv_ps(low, high, _mm256_castsi256_ps(__m256i(index << 28))));
  } else if constexpr (sizeof(V) == 32) {
    // Loads are faster than the instruction that gathers.
    Bits<V> at = index & 15;
    __m128i l = _mm256_castsi256_si128(__m256i(at)), h = _mm256_extracti128_si256(__m256i(at), 1);
    auto pair = [&](__m128i i) {
      return _mm_loadh_pd(_mm_load_sd(table + _mm_cvtsi128_si64(i)), table + _mm_extract_epi64(i, 1));
    };
    return V(_mm256_set_m128d(pair(h), pair(l)));
  }
#endif
  else {
    V y;
    for (int i = 0; i < lanes<V>; ++i)
      y[i] = table[index[i] & 15];
    return y;
  }
}

/// Whether any of the lanes of `b` is so large.
template <class V> WEFT_INLINE bool any_reaches(Bits<V> b, Bit<V> bound) {
#if defined(__AVX512F__)
  // Comparisons make masks; as vectors they would have to be turned into masks again.
  if constexpr (sizeof(V) == 64 && wide<V>)
    return _mm512_cmpge_epu64_mask(__m512i(b), _mm512_set1_epi64(bound)) != 0;
  else if constexpr (sizeof(V) == 64)
    return _mm512_cmpge_epu32_mask(__m512i(b), _mm512_set1_epi32(bound)) != 0;
#endif
  return any(b >= bound);
}

/// By Horner's scheme the polynomial with these coefficients, the highest power's first, after `start` as that of a yet
/// higher one.
template <std::size_t first = 0, class V, std::size_t n, std::size_t wide_n>
WEFT_INLINE V polynomial(V start, V x, const float (&narrow)[n], const double (&wide_terms)[wide_n]) {
#pragma GCC unroll 32
  for (std::size_t i = first; i < (wide<V> ? wide_n : n); ++i)
    start = fma(start, x, number<V>(i < n ? narrow[i] : 0, i < wide_n ? wide_terms[i] : 0));
  return start;
}
template <class V, std::size_t n, std::size_t wide_n>
WEFT_INLINE V polynomial(V x, const float (&narrow)[n], const double (&wide_terms)[wide_n]) {
  return polynomial<1>(number<V>(narrow[0], wide_terms[0]), x, narrow, wide_terms);
}

/// The polynomial with these coefficients, but the many float64 terms in even and odd powers apart, which halves how
/// long each waits for the one before. Its roundings are larger where |x| is near 1 and the coefficients' signs
/// alternate.
template <class V, std::size_t n, std::size_t wide_n>
WEFT_INLINE V long_polynomial(V x, const float (&narrow)[n], const double (&wide_terms)[wide_n]) {
  if constexpr (wide<V>) {
    V square = x * x, y[] = {all<V>(wide_terms[0]), all<V>(wide_terms[1])};
#pragma GCC unroll 32
    for (std::size_t i = 2; i < wide_n; ++i)
      y[i % 2] = fma(y[i % 2], square, all<V>(wide_terms[i]));
    return fma(y[wide_n % 2], x, y[1 - wide_n % 2]);
  } else {
    return polynomial(x, narrow, wide_terms);
  }
}

/// Adding this to a number below 2^(mantissa_bits - 1) rounds it to an integer, which then stands in the low bits.
template <class V> inline constexpr Number<V> rounding = wide<V> ? 0x1.8p52 : Number<V>(0x1.8p23f);

/// 2^n for the integer n in the low bits of `n`, inside of the range of normal numbers.
template <class V> WEFT_INLINE V power_of_two(Bits<V> n) {
  return from_bits<V>((n << mantissa_bits<V>)+(exponent_bias<V> << mantissa_bits<V>));
}
/// 2^n for n = shifted - rounding.
template <class V> WEFT_INLINE V power_of_two(V shifted) { return power_of_two<V>(bits(shifted)); }

/// x * 2^n for n = shifted - rounding, where both are in the range of normal numbers.
template <class V> WEFT_INLINE V scaled_within(V x, V shifted) {
#if defined(__AVX512F__)
  if constexpr (sizeof(V) == 64 && wide<V>)
    return V(_mm512_scalef_pd(x, shifted - rounding<V>));
  else if constexpr (sizeof(V) == 64)
    return V(_mm512_scalef_ps(x, shifted - rounding<V>));
#endif
  return x * power_of_two<V>(shifted);
}

/// The same rounded once, for n not far beyond the exponents there are.
template <class V> WEFT_INLINE V scaled(V x, V shifted) {
  if constexpr (takes_apart<V>)
    return scaled_within(x, shifted);
  // Two factors: one would overflow before the result does. The first product is exact.
  Bits<V> n = bits(shifted), half = n >> 1;
  return x * power_of_two<V>(half) * power_of_two<V>(n - half);
}

/// f of each lane that `mask` names, in place of y's: the rare arguments for which vectors are not worth it.
template <class V, class M, class F, class... X> WEFT_INLINE V mended(V y, M mask, F f, X... x) {
  if constexpr (alone<V>) {
    return mask ? f(x...) : y;
  } else {
    for (int i = 0; i < lanes<V>; ++i)
      if (mask[i])
        y[i] = f(x[i]...);
    return y;
  }
}

} // namespace
} // namespace weft::detail::math

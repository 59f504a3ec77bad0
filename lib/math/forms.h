// Every form of every function for vectors of so many bits: what the file of one level of processor makes of the
// templates.
#pragma once
#include "lib/math/errors.h"
#include "lib/math/exponentials.h"
#include "lib/math/hyperbolics.h"
#include "lib/math/levels.h"
#include "lib/math/logarithms.h"
#include "lib/math/powers.h"
#include "lib/math/trigonometry.h"

#define WEFT_MATH_FUNCTIONS(ONE, TWO)                                                                                  \
  ONE(acos)                                                                                                            \
  ONE(acosh)                                                                                                           \
  ONE(asin)                                                                                                            \
  ONE(asinh)                                                                                                           \
  ONE(atan)                                                                                                            \
  ONE(atanh)                                                                                                           \
  ONE(cos)                                                                                                             \
  ONE(cosh)                                                                                                            \
  ONE(erf)                                                                                                             \
  ONE(erfc)                                                                                                            \
  ONE(exp)                                                                                                             \
  ONE(exp2)                                                                                                            \
  ONE(expm1)                                                                                                           \
  ONE(log)                                                                                                             \
  ONE(log10)                                                                                                           \
  ONE(log1p)                                                                                                           \
  ONE(log2)                                                                                                            \
  ONE(sin)                                                                                                             \
  ONE(sinh)                                                                                                            \
  ONE(tan)                                                                                                             \
  ONE(tanh)                                                                                                            \
  TWO(atan2)                                                                                                           \
  TWO(pow)

namespace weft::detail::math {
namespace {

/// A template's instances, whose addresses can be taken.
template <class V> struct Instances {
#define WEFT_ONE(NAME)                                                                                                 \
  static V NAME(V x) { return math::NAME(x); }
#define WEFT_TWO(NAME)                                                                                                 \
  static V NAME(V x, V y) { return math::NAME(x, y); }
  WEFT_MATH_FUNCTIONS(WEFT_ONE, WEFT_TWO)
#undef WEFT_ONE
#undef WEFT_TWO
};

template <class V> MathForm form(const char *name, V (*f)(V)) {
  return {name, wide<V>, 1, lanes<V>, reinterpret_cast<void *>(f)};
}
template <class V> MathForm form(const char *name, V (*f)(V, V)) {
  return {name, wide<V>, 2, lanes<V>, reinterpret_cast<void *>(f)};
}

/// Those for vectors V. In a function: an array outside would be filled, by instructions of this level, when the library
/// is loaded.
template <class V> void add_forms_of(FormTable &table) {
#define WEFT_FORM(NAME) table.add(form<V>(#NAME, &Instances<V>::NAME));
  WEFT_MATH_FUNCTIONS(WEFT_FORM, WEFT_FORM)
#undef WEFT_FORM
}

/// Those for vectors of float32 V and of float64 W.
template <class V, class W> void add_forms(FormTable &table) {
  add_forms_of<V>(table);
  add_forms_of<W>(table);
}

} // namespace
} // namespace weft::detail::math

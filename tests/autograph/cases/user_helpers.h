// A header of a user, which includes another one.
#ifndef USER_HELPERS_H
#define USER_HELPERS_H
#include "user_sub.h"

#define IS_EVEN(x) ((x) % 2 == 0)
#define CLAMP_TO_ZERO(x) \
  if ((x) < 0)           \
  (x) = 0

inline weft::Tensor distance(weft::Tensor a, weft::Tensor b) {
  if (a < b)
    return b - a;
  return a - b;
}

template <class T> T limited(T x, T lo, T hi) {
  if (x < lo)
    return lo;
  else if (x > hi)
    return hi;
  return x;
}

// Not used by anyone: a template that was never instantiated.
template <class T> T unused(T x) {
  if (x < 0)
    return x;
  while (x > 0)
    x -= 1;
  return x;
}

weft::Tensor defined_in_the_source(weft::Tensor x);

#endif

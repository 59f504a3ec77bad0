// A second-level header of a user.
#pragma once
#include <weft/weft.h>

inline weft::Tensor gcd(weft::Tensor a, weft::Tensor b) {
  while (b != 0) {
    weft::Tensor t = a % b;
    a = b;
    b = t;
  }
  return a;
}

/// A class whose methods are defined in it.
class Limits {
public:
  Limits(weft::Tensor lo, weft::Tensor hi) : lo_(lo), hi_(hi) {
    if (hi_ < lo_)
      std::swap(lo_, hi_);
  }
  weft::Tensor clamp(weft::Tensor x) const {
    if (x < lo_)
      return lo_;
    return x > hi_ ? hi_ : x;
  }
  weft::Tensor width() const { return hi_ - lo_; }

private:
  weft::Tensor lo_, hi_;
};

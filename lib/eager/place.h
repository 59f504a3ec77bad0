// What functions made of several operations (composite.cpp and its kin) share.
#pragma once
#include "lib/eager/axis.h"
#include "lib/function/composite_scope.h"

#include <weft/ops.h>

namespace weft::detail {

/// A result in between, used where x is: an error names the user's line. As long as it lives, the function is one
/// composite.
class Place {
public:
  explicit Place(const Operand &x) : loc_(x.source_location()), dtype_(x.dtype()) {}
  Operand operator()(const Tensor &t) const { return Operand(t, loc_); }
  template <Scalar T> Operand number(T v) const { return Operand(v, loc_); }

  /// A number of x's dtype.
  template <Scalar T> Operand like(T v) const { return (*this)(cast(number(v), dtype_)); }

private:
  CompositeScope scope_;
  std::source_location loc_;
  DType dtype_;
};

/// 0, 1, … along dimension `d` of x, which may be open: an int64 vector.
Tensor positions(const Operand &x, int d);
/// The operation's DTypeError of what is not floating.
void check_floating(const Operand &x, const char *operation);
/// The operation's ShapeError of what has fewer than two dimensions.
void check_matrices(const Operand &x, const char *operation);
/// The order of dimensions in which `from` stands at `to`.
Shape moved(int rank, int from, int to);
/// A window along one axis, counted from the front.
Tensor cut(const Operand &x, int axis, const Slice &window);

/// f(x), computed in float32 where x has 16 bits: rounded once.
template <class F> Tensor widened(const Operand &x, const char *operation, F f) {
  check_floating(x, operation);
  Place at(x);
  if (itemsize(x.dtype()) != 2)
    return f(x, at);
  Operand wide = at(cast(x, float32));
  return cast(at(f(wide, Place(wide))), x.dtype());
}

inline int axis_of(std::int64_t axis, const Operand &x, const char *operation) {
  return normalized_axis(axis, x.shape().rank(), x, operation);
}

} // namespace weft::detail

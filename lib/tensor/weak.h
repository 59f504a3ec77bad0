// Weak numbers: a C++ value beside a tensor takes the tensor's dtype.
#pragma once
#include "lib/tensor/number_text.h"
#include "lib/tensor/value.h"

namespace weft::detail {

/// The only element of a concrete integer value.
Integer read_integer(const Value &v);

/// A C++ value in the dtype of what it stands beside, or why that cannot be.
struct WeakResult {
  ValueRef value;
  std::string refusal; ///< where `value` is null
};
/// `v` is concrete and of rank 0. Integers must fit; a real number needs a floating dtype, rounds, and must not
/// overflow; bools and strings keep their dtype.
WEFT_API WeakResult adapt_weak(const ValueRef &v, DType dtype);

} // namespace weft::detail

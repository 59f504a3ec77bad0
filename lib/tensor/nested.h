// Braced lists: what `{{1.f, 2.f}, {3.f, 4.f}}` means as a tensor.
#pragma once
#include "lib/tensor/value.h"

namespace weft::detail {

/// ShapeError when the list is ragged, DTypeError when it mixes types; both name the first element that is wrong. An
/// empty list is float32.
ValueRef make_nested(std::initializer_list<Nested> list, const SourceLocation &loc);

} // namespace weft::detail

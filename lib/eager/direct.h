// Operations that move elements without computing: they run at once, without a kernel.
#pragma once
#include "lib/eager/dispatch.h"
#include "lib/tensor/value.h"

namespace weft::detail {

/// The result of reshape, slice, permute_dims, diagonal, broadcast_to, concat, insert, arange and positions; null for every other operation.
/// A reshape and a slice without gaps share the operand's elements.
ValueRef run_directly(OpId op, std::span<const ValueRef> operands, AttrList attrs, const TensorType &type, const SourceLocation &loc);

} // namespace weft::detail

// The Array API's table of dtypes that two tensors meet in.
#pragma once
#include <weft/dtype.h>

#include <optional>

namespace weft::detail {

/// The dtype two tensors meet in, or nothing where the Array API table has no entry (bool or integers with floating
/// dtypes).
std::optional<DType> promote(DType a, DType b);

} // namespace weft::detail

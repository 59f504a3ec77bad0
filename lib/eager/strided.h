// Strided copies: what permute_dims, slices, broadcast_to, concat and insert are when they run at once.
#pragma once
#include "lib/tensor/value.h"

#include <array>

namespace weft::detail {

using Strides = std::array<std::int64_t, Shape::max_rank>;

/// Of row-major elements, in elements.
Strides row_major(const Shape &shape);

/// Elements in memory: element (i, j, …) is at data[i * strides[0] + j * strides[1] + …].
struct StridedView {
  char *data;
  Strides strides;
};
/// Whether a view of this shape is in row-major order without gaps.
bool is_contiguous(const Shape &shape, const Strides &strides);

/// Copies `shape` elements from `source` to `target`, which do not overlap. Strings are shared; those they replace are released.
void copy_elements(DType dtype, const Shape &shape, const StridedView &target, const StridedView &source);

} // namespace weft::detail

// Copies where what is a row of the source is a column of the target.
#pragma once
#include <cstdint>

namespace weft::detail {

/// A matrix of `rows` times `columns` elements. Its rows are `target` elements apart where they are written, its
/// columns `source` elements apart where they are read; the elements of a written row and of a read column are
/// neighbours.
struct TransposedBlock {
  std::int64_t rows, columns, target, source;
};

/// to[i * target + j] = from[i + j * source]. T: an unsigned integer of 8 to 64 bits.
template <class T> void copy_transposed(T *to, const T *from, const TransposedBlock &block);

} // namespace weft::detail

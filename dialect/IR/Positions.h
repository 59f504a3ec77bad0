// Positions in row-major order, written once for every kind of index arithmetic: `b` has index, add, mul, div and rem on positions, and
// `dim(tensor, d)` for sizes.
#pragma once
#include "dialect/IR/Weft.h"

namespace weft {

/// The position of `indices` among `along`, some dimensions of `tensor`. Those of size 1 do not count.
template <class Arithmetic>
mlir::Value linearPosition(Arithmetic &b, mlir::Value tensor, llvm::ArrayRef<int64_t> along, mlir::ValueRange indices) {
  mlir::Value position;
  for (int64_t d : along)
    if (shapeOf(tensor.getType())[d] != 1)
      position = position ? b.add(b.mul(position, b.dim(tensor, d)), indices[d]) : mlir::Value(indices[d]);
  return position ? position : b.index(0);
}

/// And back: sets the indices of `along`.
template <class Arithmetic>
void indicesAt(Arithmetic &b, mlir::Value tensor, llvm::ArrayRef<int64_t> along, mlir::Value position,
               llvm::MutableArrayRef<mlir::Value> indices) {
  auto wide = [&](int64_t d) { return shapeOf(tensor.getType())[d] != 1; };
  auto first = llvm::find_if(along, wide); // its index is what the others leave
  for (int64_t d : llvm::reverse(along)) {
    if (!wide(d)) {
      indices[d] = b.index(0);
    } else if (d == *first) {
      indices[d] = position;
    } else {
      mlir::Value size = b.dim(tensor, d);
      indices[d] = b.rem(position, size);
      position = b.div(position, size);
    }
  }
}

} // namespace weft

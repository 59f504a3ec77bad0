// What the passes that give groups buffers and loops ask about a weft.fused group: how each argument is read, and the size of
// an open dimension of any value inside it.
#pragma once
#include "dialect/IR/Weft.h"

#include "llvm/ADT/BitVector.h"

namespace weft {

/// The memref that holds a tensor: identity layout, so row-major and contiguous.
mlir::MemRefType bufferTypeOf(mlir::RankedTensorType tensor);
/// The buffer whose memory this one is, or may be: through views, and through weft.take_buffer. Buffers with different roots do not overlap.
mlir::Value rootOf(mlir::Value buffer);

/// The size of dimension `d` of a buffer, without an operation where it is known.
mlir::Value buildBufferDim(mlir::OpBuilder &b, mlir::Location loc, mlir::Value buffer, int64_t d);

/// The size of dimension `d` of a tensor inside `group`; `ins` are the buffers and scalars that the block arguments stand for.
mlir::Value buildGroupDim(mlir::OpBuilder &b, mlir::Location loc, mlir::ValueRange ins, mlir::Value tensor, int64_t d);

/// The block arguments that the group reads only at the element it writes. Empty bits for arguments that are not read.
llvm::BitVector elementwiseReads(FusedOp group);

/// Whether the group reduces.
bool isReductionGroup(FusedOp group);

} // namespace weft

// The first step of weft-assign-buffers: the Optimized form without values that could have two owners.
#pragma once

namespace mlir::func {
class FuncOp;
}

namespace weft {

void prepareOwnership(mlir::func::FuncOp function);

} // namespace weft

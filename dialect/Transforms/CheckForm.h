// What passes rely on and MLIR's own verifier does not know: asked by the passes where another form would crash them.
#pragma once
#include "mlir/Support/LLVM.h"

namespace mlir {
class Operation;
namespace func {
class FuncOp;
}
} // namespace mlir

namespace weft {

/// Control flow is scf: the function has one block. Reports an error where it has not.
mlir::LogicalResult checkOneBlock(mlir::func::FuncOp function);
/// Every value is of a dtype of weft's, or a tensor or buffer of such. Reports the first that is not.
mlir::LogicalResult checkElementTypes(mlir::Operation *root);

} // namespace weft

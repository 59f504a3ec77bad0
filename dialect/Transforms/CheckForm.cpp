// See CheckForm.h.
#include "dialect/Transforms/CheckForm.h"

#include "dialect/IR/Weft.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace weft {

static bool isKnown(Type t) {
  auto shaped = dyn_cast<ShapedType>(t);
  if (shaped && !isa<RankedTensorType, MemRefType, VectorType>(t))
    return false;
  Type element = shaped ? shaped.getElementType() : t;
  return element.isIndex() || dtypeOf(element);
}

LogicalResult checkOneBlock(func::FuncOp function) {
  if (function.isExternal() || function.getBody().hasOneBlock())
    return success();
  return function.emitOpError("has several blocks; in this form branches and loops are scf operations");
}

LogicalResult checkElementTypes(Operation *root) {
  WalkResult result = root->walk([](Operation *op) {
    auto refuse = [&](Type t) {
      op->emitOpError("has a value of type ") << t << ", which is no dtype of weft's, nor a tensor or buffer of one";
      return WalkResult::interrupt();
    };
    for (Type t : op->getResultTypes())
      if (!isKnown(t))
        return refuse(t);
    for (Region &region : op->getRegions())
      for (Block &block : region)
        for (Type t : block.getArgumentTypes())
          if (!isKnown(t))
            return refuse(t);
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

} // namespace weft

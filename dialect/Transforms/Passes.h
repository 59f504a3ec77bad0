// The passes of the weft pipeline: create<Name>Pass() and the options structs, generated from Passes.td.
#pragma once
#include "mlir/Pass/Pass.h"

#include <memory>

namespace mlir::func {
class FuncOp;
}

namespace weft {

#define GEN_PASS_DECL
#include "dialect/Transforms/Passes.h.inc"

} // namespace weft

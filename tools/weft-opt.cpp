// weft-opt: runs weft's passes and phases over .mlir files. The tests in tests/lit are written with it.
#include "dialect/Transforms/Pipelines.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  weft::registerWeftDialects(registry);
  weft::registerWeftPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "weft's passes\n", registry));
}

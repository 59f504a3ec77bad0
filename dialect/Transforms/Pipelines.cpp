// The phases. Upstream's greedy rewriter runs only while everything is still a weft operation: it would fold math.exp of a
// constant with the host's C library, whose bits are not those of weft-expand-math.
#include "dialect/Transforms/Pipelines.h"

#include "dialect/IR/Weft.h"
#include "dialect/Transforms/Passes.h"
#include "lib/math/math.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

namespace weft {
namespace generated {
#define GEN_PASS_REGISTRATION
#include "dialect/Transforms/Passes.h.inc"
} // namespace generated

void addPhase(mlir::OpPassManager &manager, Form form) {
  switch (form) {
  case Form::Traced: break;
  case Form::Optimized: {
    mlir::OpPassManager &function = manager.nest<mlir::func::FuncOp>();
    function.addPass(mlir::createCanonicalizerPass());
    function.addPass(mlir::createCSEPass());
    function.addPass(createScalarizePass());
    function.addPass(mlir::createCSEPass());
    function.addPass(createFusePass());
    break;
  }
  case Form::Loops: {
    manager.addPass(createAssignBuffersPass());
    manager.addNestedPass<mlir::func::FuncOp>(createHoistBuffersPass());
    manager.addPass(createOutlineGroupsPass());
    mlir::OpPassManager &function = manager.nest<mlir::func::FuncOp>();
    function.addPass(createLowerFusedPass());
    function.addPass(createFuseRowsPass());
    function.addPass(createRelaxMathPass());
    function.addPass(createExpandMathPass());
    // Without blends and comparisons of 64 bits, about half of such loops would get slower.
    if (detail::isa() != detail::Isa::Baseline)
      function.addPass(createVectorizeLoopsPass());
    function.addPass(createTileTransposesPass());
    manager.addPass(createOutlineParallelPass());
    break;
  }
  case Form::LLVM: manager.addPass(createLowerToLLVMPass()); break;
  }
}

void registerWeftPasses() {
  generated::registerWeftPasses();
  mlir::registerCanonicalizerPass();
  mlir::registerCSEPass();
  static mlir::PassPipelineRegistration<> phases[] = {
      {"weft-to-optimized", "Traced to Optimized", [](mlir::OpPassManager &m) { addPhase(m, Form::Optimized); }},
      {"weft-to-loops", "Optimized to Loops", [](mlir::OpPassManager &m) { addPhase(m, Form::Loops); }},
      {"weft-to-llvm", "Loops to LLVM", [](mlir::OpPassManager &m) { addPhase(m, Form::LLVM); }}};
  (void)phases;
}

void registerWeftDialects(mlir::DialectRegistry &registry) {
  registry.insert<WeftDialect, mlir::arith::ArithDialect, mlir::cf::ControlFlowDialect, mlir::func::FuncDialect,
                  mlir::LLVM::LLVMDialect, mlir::math::MathDialect, mlir::memref::MemRefDialect, mlir::scf::SCFDialect,
                  mlir::tensor::TensorDialect, mlir::vector::VectorDialect>();
}

} // namespace weft

// The passes of the pipeline, grouped by the form they lead to (docs/pipeline.md), alphabetical in a group. Pass, flag, file
// and lit test share one name.
#ifndef WEFT_PASSES
#define WEFT_PASSES

include "mlir/Pass/PassBase.td"

//===--- Traced to Optimized -------------------------------------------------------------------------------------===//

def FusePass : Pass<"weft-fuse", "::mlir::func::FuncOp"> {
  let summary = "Wrap tensor operations into weft.fused groups, one for each loop nest to come";
  let dependentDialects = ["::weft::WeftDialect"];
  let options = [
    Option<"merge", "merge", "bool", /*default=*/"true", "Put several operations into one group">
  ];
  let statistics = [
    Statistic<"groups", "groups", "weft.fused operations made">,
    Statistic<"copies", "copies", "Cheap operations computed again in another group">
  ];
}

def ScalarizePass : Pass<"weft-scalarize", "::mlir::func::FuncOp"> {
  let summary = "Turn tensors of rank 0 into scalars and elementwise operations on scalars into arith and math";
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
}

//===--- Optimized to Loops --------------------------------------------------------------------------------------===//

def AssignBuffersPass : Pass<"weft-assign-buffers", "::mlir::ModuleOp"> {
  let summary = "Give every tensor a buffer, every buffer and string one owner, and free what dies";
  let dependentDialects = ["::weft::WeftDialect", "::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
  let statistics = [
    Statistic<"inPlace", "in-place", "Results written into the buffer of an input">,
    Statistic<"copied", "copies", "Buffers and strings copied because their value is needed later">
  ];
}

def ExpandMathPass : Pass<"weft-expand-math", "::mlir::func::FuncOp"> {
  let summary = "Arithmetic in place of exp, log and tanh of float32 and narrower dtypes, where a function has few";
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
  let options = [
    Option<"most", "most", "unsigned", /*default=*/"4", "Functions with more of them are left as they are">
  ];
}

def FuseRowsPass : Pass<"weft-fuse-rows", "::mlir::func::FuncOp"> {
  let summary = "Make one loop of neighbouring loops over the same rows, so that a row stays in the cache";
  let dependentDialects = ["::mlir::arith::ArithDialect"];
  let statistics = [Statistic<"fused", "fused", "Loops put into the one before">];
}

def HoistBuffersPass : Pass<"weft-hoist-buffers", "::mlir::func::FuncOp"> {
  let summary = "Take allocations out of loops: what is carried from turn to turn alternates between buffers";
  let statistics = [Statistic<"hoisted", "hoisted", "Allocations taken out of a loop">];
}

def LowerFusedPass : Pass<"weft-lower-fused", "::mlir::func::FuncOp"> {
  let summary = "Turn weft.fused groups on buffers into loops";
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect"];
}

def OutlineGroupsPass : Pass<"weft-outline-groups", "::mlir::ModuleOp"> {
  let summary = "In a function with many groups, make each a function of its own, and equal ones one";
  let dependentDialects = ["::mlir::func::FuncDialect"];
  let options = [Option<"most", "most", "unsigned", /*default=*/"32", "Groups that may stay in one function">];
  let statistics = [Statistic<"outlined", "outlined", "Groups taken out">];
}

def OutlineParallelPass : Pass<"weft-outline-parallel", "::mlir::ModuleOp"> {
  let summary = "Make the turns of every weft.parallel a function, which threads can call";
  let dependentDialects = ["::weft::WeftDialect", "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect"];
}

def RelaxMathPass : Pass<"weft-relax-math", "::mlir::func::FuncOp"> {
  let summary = "Let the arithmetic of a module with weft.fast_math be contracted, and divide by reciprocals";
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def TileTransposesPass : Pass<"weft-tile-transposes", "::mlir::func::FuncOp"> {
  let summary = "Transpose tiles in registers where an innermost loop walks down a column";
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
  let statistics = [Statistic<"tiled", "tiled", "Nests of loops that read tiles">];
}

def VectorizeLoopsPass : Pass<"weft-vectorize-loops", "::mlir::func::FuncOp"> {
  let summary = "Loops over rows, of turns that have loops of their own, take vectors of rows under masks";
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
  let options = [Option<"vectorBits", "vector-bits", "unsigned", /*default=*/"1024", "Of the vectors that the widest numbers make">];
  let statistics = [Statistic<"vectorized", "vectorized", "Loops that take vectors of rows">];
}

//===--- Loops to LLVM -------------------------------------------------------------------------------------------===//

def LowerToLLVMPass : Pass<"weft-lower-to-llvm", "::mlir::ModuleOp"> {
  let summary = "Make the entry function: inputs and results in the frame, failures as blocks, runtime functions";
  let dependentDialects = ["::mlir::cf::ControlFlowDialect", "::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect"];
}

#endif

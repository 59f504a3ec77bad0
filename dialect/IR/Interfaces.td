// What the passes may ask an operation. A pass knows these interfaces and traits, never a list of operation names.
#ifndef WEFT_DIALECT_INTERFACES
#define WEFT_DIALECT_INTERFACES

include "mlir/IR/OpBase.td"
include "mlir/IR/Interfaces.td"

def Weft_ElementwiseInterface : OpInterface<"ElementwiseOpInterface"> {
  let description = [{
    Element i of the result depends on element i of every operand after NumPy broadcasting. `buildScalar` writes that
    computation on scalars; it is the record's `body`.
  }];
  let cppNamespace = "::weft";
  let methods = [
    InterfaceMethod<"Emits the scalar computation; operands are scalars of the operands' element types.",
      "::mlir::Value", "buildScalar", (ins "::weft::ScalarBuilder &":$b, "::mlir::ValueRange":$args)>,
    InterfaceMethod<"Whether an element costs next to nothing, so that computing it twice beats storing it.",
      "bool", "isCheap", (ins), "", "return false;">,
    InterfaceMethod<[{
      Whether buildScalar takes floats of 16 bits as they are. Others are given them as float32, and their result is rounded once.
    }], "bool", "takesHalves", (ins), "", "return false;">,
    InterfaceMethod<"Number of the operand that is divided by, or -1: an integer zero there is an error.",
      "int64_t", "getDivisor", (ins), "", "return -1;">
  ];
}

def Weft_IndexedInterface : OpInterface<"IndexedOpInterface"> {
  let description = [{
    Any one element of the result can be computed from its indices, so the operation can be fused into whatever reads it.
    Elementwise operations have it through ElementwiseOpInterface. `buildElement` may open regions: a value that the builder
    gave inside of one is not valid behind it.
  }];
  let cppNamespace = "::weft";
  let methods = [
    InterfaceMethod<"The element at `indices` (index values, one per dimension of the result).",
      "::mlir::Value", "buildElement", (ins "::weft::ElementBuilder &":$b, "::mlir::ValueRange":$indices)>,
    InterfaceMethod<"Whether an element costs next to nothing, so that computing it twice beats storing it.",
      "bool", "isCheap", (ins), "", "return true;">,
    InterfaceMethod<"Whether element k, in row-major order, is element k of the first operand.",
      "bool", "keepsOrder", (ins), "", "return false;">,
    InterfaceMethod<"Whether an element of an operand is read for several elements of the result.",
      "bool", "repeatsElements", (ins), "", "return false;">,
    InterfaceMethod<"Number of the operand that is read only at the indices of the element asked for, or -1.",
      "int64_t", "getBase", (ins), "", "return -1;">,
    InterfaceMethod<[{
      The pieces of the result that are tensors of their own, each of which can have its own loops. What they leave is the base's.
      None where elements have to be asked for one by one.
    }], "::llvm::SmallVector<::weft::Part>", "buildParts", (ins "::weft::ElementBuilder &":$b), "", "return {};">,
    InterfaceMethod<"The size of open dimension `d` of the result.", "::mlir::Value", "buildDim",
      (ins "::weft::ElementBuilder &":$b, "int64_t":$d), "", "return ::weft::buildBroadcastDim($_op, d, b);">
  ];
}

def Weft_WindowInterface : OpInterface<"WindowOpInterface"> {
  let description = [{
    Reads or writes a window of its first operand: see weft.slice. Where it is, is checked at run time unless it is `checked`.
  }];
  let cppNamespace = "::weft";
  let methods = [
    InterfaceMethod<"What has the window's shape.", "::mlir::Value", "getWindow">,
    InterfaceMethod<"What is added to the starts of `dynamic_dims`.", "::mlir::OperandRange", "getOffsets">,
    InterfaceMethod<"", "::llvm::ArrayRef<int64_t>", "getStarts">,
    InterfaceMethod<"", "::llvm::ArrayRef<int64_t>", "getSizes">,
    InterfaceMethod<"", "::llvm::ArrayRef<int64_t>", "getSteps">,
    InterfaceMethod<"", "::llvm::ArrayRef<int64_t>", "getDynamicDims">,
    InterfaceMethod<"", "::llvm::ArrayRef<int64_t>", "getStops">,
    InterfaceMethod<"", "bool", "getChecked">,
    InterfaceMethod<"Takes offsets that buildWindowChecks gave.", "void", "setCheckedOffsets", (ins "::mlir::ValueRange":$offsets), [{
      $_op.getOffsetsMutable().assign(offsets);
      $_op.setChecked(true);
    }]>
  ];
}

def Weft_RoutineInterface : OpInterface<"RoutineOpInterface"> {
  let description = [{
    A call of a library function (lib/routines) that reads its operands from memory and makes its results as a whole.
  }];
  let cppNamespace = "::weft";
}

def Weft_ReductionInterface : OpInterface<"ReductionOpInterface"> {
  let description = [{
    Combines the elements along `axes` of the only operand. The order of combination is fixed (see docs/pipeline.md):
    the same in every form of the code.
  }];
  let cppNamespace = "::weft";
  let methods = [
    InterfaceMethod<"The neutral element.", "::mlir::Value", "buildIdentity", (ins "::weft::ScalarBuilder &":$b)>,
    InterfaceMethod<"An element of the operand, in the type that is accumulated.", "::mlir::Value", "buildInput",
      (ins "::weft::ScalarBuilder &":$b, "::mlir::Value":$x)>,
    InterfaceMethod<"Combines two accumulated values.", "::mlir::Value", "buildCombine",
      (ins "::weft::ScalarBuilder &":$b, "::mlir::Value":$x, "::mlir::Value":$y)>,
    InterfaceMethod<"The reduced dimensions of the operand, ascending.", "::llvm::ArrayRef<int64_t>", "getReducedAxes",
      (ins), "", "return $_op.getAxes();">
  ];
}

#endif

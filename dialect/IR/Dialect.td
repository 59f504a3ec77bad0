// The weft dialect: whole-tensor operations with value semantics, and the few buffer operations they are lowered through.
#ifndef WEFT_DIALECT
#define WEFT_DIALECT

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinTypeInterfaces.td"

def Weft_Dialect : Dialect {
  let name = "weft";
  let cppNamespace = "::weft";
  let summary = "Operations over tensors, traced from C++ functions";
  let description = [{
    Values are builtin ranked tensors; a string element is !weft.string. Control flow is the scf dialect. After
    weft-scalarize a tensor of rank 0 is a scalar of its element type, so operands are tensors or scalars.
  }];
  let useDefaultTypePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::tensor::TensorDialect",
                           "::mlir::scf::SCFDialect", "::mlir::func::FuncDialect"];
}

def Weft_StringType : TypeDef<Weft_Dialect, "String", [MemRefElementTypeInterface]> {
  let mnemonic = "string";
  let summary = "UTF-8 text of any length; in compiled code a pointer to a text payload";
}

#endif

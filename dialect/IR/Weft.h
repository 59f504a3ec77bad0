// The one header of the weft dialect: types, effect resources, interfaces, operations, and the few questions about them
// that more than one pass asks. Generated from the .td files beside it.
#pragma once
#include "dialect/IR/Builders.h"

#include <weft/detail/rules.h>
#include <weft/dtype.h>

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Attributes.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypeInterfaces.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialect/IR/WeftDialect.h.inc"

#define GET_TYPEDEF_CLASSES
#include "dialect/IR/WeftTypes.h.inc"

namespace weft {

struct ConsoleResource : mlir::SideEffects::Resource::Base<ConsoleResource> {
  llvm::StringRef getName() final { return "weft.console"; }
};
struct ErrorResource : mlir::SideEffects::Resource::Base<ErrorResource> {
  llvm::StringRef getName() final { return "weft.error"; }
};
struct VariableResource : mlir::SideEffects::Resource::Base<VariableResource> {
  llvm::StringRef getName() final { return "weft.variable"; }
};
struct FrameResource : mlir::SideEffects::Resource::Base<FrameResource> {
  llvm::StringRef getName() final { return "weft.frame"; }
};

/// Compares the result type of a public operation with what its record's typeRule infers (include/weft/detail/rules.h).
llvm::LogicalResult verifyByRule(mlir::Operation *op);

/// The attributes of an operation as its rule and its routine read them; those that neither can read are left out.
llvm::SmallVector<detail::Attr> attributesOf(llvm::ArrayRef<mlir::NamedAttribute> attributes);

/// The dtype of elements of this type, if it is one of a tensor's.
std::optional<DType> dtypeOf(mlir::Type element);

/// Arithmetic on sizes that are known: the largest int64 where the product is larger.
inline int64_t saturatingProduct(int64_t a, int64_t b) {
  int64_t product;
  return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<int64_t>::max() : product;
}

/// One element of an elementwise operation from elements of its operands. Floats of 16 bits are computed as float32 and rounded
/// once, as NumPy and the processors do, unless the operation takes them as they are.
mlir::Value buildScalar(mlir::Operation *elementwise, ScalarBuilder &b, mlir::ValueRange args);

/// False for floating divisors, for constant integers without a zero, and for what ScalarBuilder::checkedDivisor gave.
/// A block argument of a group stands for the operand that is passed to it.
bool mayDivideByZero(mlir::Value divisor);
/// True for signed integers that are not constants without a negative element.
bool mayBeNegative(mlir::Value exponent);

/// The value outside of all groups that `v` stands for: block arguments of weft.fused lead to its operands.
mlir::Value lookThroughGroup(mlir::Value v);

/// Rank 0 as a tensor or as a scalar.
inline bool isRankZero(mlir::Type t) {
  auto tensor = llvm::dyn_cast<mlir::RankedTensorType>(t);
  return !tensor || tensor.getRank() == 0;
}
/// Empty for scalars.
inline llvm::ArrayRef<int64_t> shapeOf(mlir::Type t) {
  auto shaped = llvm::dyn_cast<mlir::ShapedType>(t);
  return shaped ? shaped.getShape() : llvm::ArrayRef<int64_t>();
}

/// Whether a size of an operand is known only at run time.
inline bool hasOpenOperand(mlir::Operation *op) {
  return llvm::any_of(op->getOperandTypes(), [](mlir::Type t) { return llvm::is_contained(shapeOf(t), mlir::ShapedType::kDynamic); });
}

/// The size of dimension `d` of a public operation's result: a constant, or computed from the sizes of its operands.
mlir::Value buildDim(mlir::OpResult result, int64_t d, ElementBuilder &b);
/// Where dimensions follow from broadcasting: the size of an operand that is not repeated along `d`.
mlir::Value buildBroadcastDim(mlir::Operation *op, int64_t d, ElementBuilder &b);

/// Whether a slice or insert still has to check its positions at run time.
bool windowMayFail(mlir::Operation *op);
/// Checks those positions (weft.check of kind Index) and gives the offsets to use, as int64: where negative, the size
/// is added. With these as its offsets the operation may be marked `checked`.
llvm::SmallVector<mlir::Value> buildWindowChecks(mlir::Operation *op, ElementBuilder &b);

/// The message of the error when an integer is divided by zero.
inline constexpr llvm::StringLiteral divisionByZeroMessage = "integer division by zero";
/// That of an integer to a negative power.
inline constexpr llvm::StringLiteral negativePowerMessage =
    "integers to negative integer powers are not allowed; convert them: weft::cast(x, weft::float64)";

/// See Weft_Fails in InternalOps.td.
template <class Op> struct FailsAtRunTime : mlir::OpTrait::TraitBase<Op, FailsAtRunTime> {};

} // namespace weft

#include "dialect/IR/Interfaces.h.inc"

#define GET_OP_CLASSES
#include "dialect/IR/Ops.h.inc"

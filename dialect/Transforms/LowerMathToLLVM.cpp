// The math dialect to LLVM: calls of SLEEF's functions where the table has one, LLVM's intrinsics for what is one
// instruction, and libm for the rest. The calls are of scalars; the JIT tells LLVM's vectoriser about vector forms.
#include "dialect/Transforms/LowerToLLVM.h"
#include "dialect/Transforms/MathFunctions.h"

#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MathToLibm/MathToLibm.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace weft {

template <class Op>
static MathFunction row(llvm::StringLiteral name, MathFunction::DTypes dtypes = MathFunction::Both,
                        llvm::StringLiteral accuracy = "u10") {
  return {Op::getOperationName(), name, accuracy, Op::template hasTrait<OpTrait::OneOperand>() ? 1u : 2u, dtypes};
}

// exp, log and tanh of float32 are polynomials of weft's own (ExpandMath.cpp), which also mends sinh, cosh, log1p,
// asinh, acosh and exp of float64 where SLEEF's overflow too early. That also happens to SLEEF's pow of float64, and
// mending it would take two calls. acosh of float64 stays with libm, which is hardly slower.
ArrayRef<MathFunction> mathFunctions() {
  static const MathFunction table[] = {
      row<math::AcosOp>("acos"),
      row<math::AcoshOp>("acosh", MathFunction::Float32),
      row<math::AsinOp>("asin"),
      row<math::AsinhOp>("asinh"),
      row<math::AtanOp>("atan"),
      row<math::Atan2Op>("atan2"),
      row<math::AtanhOp>("atanh"),
      row<math::CosOp>("cos"),
      row<math::CoshOp>("cosh"),
      row<math::ErfOp>("erf"),
      row<math::ErfcOp>("erfc", MathFunction::Both, "u15"),
      row<math::ExpOp>("exp", MathFunction::Float64),
      row<math::Exp2Op>("exp2"),
      row<math::ExpM1Op>("expm1"),
      row<math::LogOp>("log", MathFunction::Float64),
      row<math::Log10Op>("log10"),
      row<math::Log1pOp>("log1p"),
      row<math::Log2Op>("log2"),
      row<math::PowFOp>("pow", MathFunction::Float32),
      row<math::PowFOp>("pow", MathFunction::Float64, ""),
      row<math::SinOp>("sin"),
      row<math::SinhOp>("sinh"),
      row<math::TanOp>("tan"),
      row<math::TanhOp>("tanh", MathFunction::Float64),
  };
  return table;
}

namespace {

/// The declaration of a function without effects.
LLVM::LLVMFuncOp declare(ModuleOp module, OpBuilder &b, Location loc, StringRef name, Type type, unsigned operands) {
  if (auto function = module.lookupSymbol<LLVM::LLVMFuncOp>(name))
    return function;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(module.getBody());
  SmallVector<Type> types(operands, type);
  auto function = LLVM::LLVMFuncOp::create(b, loc, name, LLVM::LLVMFunctionType::get(type, types));
  constexpr LLVM::ModRefInfo none = LLVM::ModRefInfo::NoModRef;
  function.setMemoryEffectsAttr(LLVM::MemoryEffectsAttr::get(b.getContext(), {none, none, none, none, none, none}));
  function.setNoUnwind(true);
  function.setWillReturn(true);
  return function;
}

/// A row of the table. Floats of 16 bits are computed in float32.
struct CallPattern : ConvertToLLVMPattern {
  CallPattern(const LLVMTypeConverter &types, const MathFunction &function, PatternBenefit benefit)
      : ConvertToLLVMPattern(function.op, &types.getContext(), types, benefit), function(function) {}

  LogicalResult matchAndRewrite(Operation *op, ArrayRef<Value> given, ConversionPatternRewriter &b) const override {
    Location loc = op->getLoc();
    Type type = op->getResult(0).getType(), computed = type.isF64() ? type : b.getF32Type();
    if (!isa<FloatType>(type) || !function.serves(computed.isF64()))
      return failure();
    SmallVector<Value> operands(given);
    if (type != computed)
      for (Value &v : operands)
        v = LLVM::FPExtOp::create(b, loc, computed, v);
    LLVM::LLVMFuncOp callee = declare(op->getParentOfType<ModuleOp>(), b, loc, function.symbol(computed.isF64()),
                                      computed, function.operands);
    Value result = LLVM::CallOp::create(b, loc, callee, operands).getResult();
    if (type != computed)
      result = LLVM::FPTruncOp::create(b, loc, type, result);
    b.replaceOp(op, result);
    return success();
  }

  const MathFunction &function;
};

} // namespace

void populateMathPatterns(const LLVMTypeConverter &types, RewritePatternSet &patterns) {
  for (const MathFunction &function : mathFunctions())
    patterns.add<CallPattern>(types, function, /*benefit=*/3);
  populateMathToLLVMConversionPatterns(types, patterns, /*approximateLog1p=*/false, /*benefit=*/2);
  populateMathToLibmConversionPatterns(patterns, /*benefit=*/1);
}

} // namespace weft

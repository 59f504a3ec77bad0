// The math dialect to LLVM: calls of lib/math's functions where the table has one, LLVM's intrinsics for what is one
// instruction. The calls are of scalars; the JIT tells LLVM's vectoriser about vector forms.
#include "dialect/Transforms/LowerToLLVM.h"
#include "lib/math/math.h"

#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace weft {

namespace {

/// An operation that is a call, and the function of lib/math it calls.
struct MathFunction {
  StringRef op, name;
  unsigned operands;
};

template <class Op> MathFunction row(StringLiteral name) {
  return {Op::getOperationName(), name, Op::template hasTrait<OpTrait::OneOperand>() ? 1u : 2u};
}

// Few exp, log and tanh of float32 come here: ExpandMath.cpp makes arithmetic of those.
const MathFunction table[] = {
    row<math::AcosOp>("acos"),   row<math::AcoshOp>("acosh"), row<math::AsinOp>("asin"),   row<math::AsinhOp>("asinh"),
    row<math::AtanOp>("atan"),   row<math::Atan2Op>("atan2"), row<math::AtanhOp>("atanh"), row<math::CosOp>("cos"),
    row<math::CoshOp>("cosh"),   row<math::ErfOp>("erf"),     row<math::ErfcOp>("erfc"),   row<math::ExpOp>("exp"),
    row<math::Exp2Op>("exp2"),   row<math::ExpM1Op>("expm1"), row<math::LogOp>("log"),     row<math::Log10Op>("log10"),
    row<math::Log1pOp>("log1p"), row<math::Log2Op>("log2"),   row<math::PowFOp>("pow"),    row<math::SinOp>("sin"),
    row<math::SinhOp>("sinh"),   row<math::TanOp>("tan"),     row<math::TanhOp>("tanh"),
};

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

/// A row of the table, of numbers or of vectors, for which the JIT finds the forms there are. Floats of 16 bits are
/// computed in float32.
struct CallPattern : ConvertToLLVMPattern {
  CallPattern(const LLVMTypeConverter &types, const MathFunction &function, PatternBenefit benefit)
      : ConvertToLLVMPattern(function.op, &types.getContext(), types, benefit), function(function) {}

  LogicalResult matchAndRewrite(Operation *op, ArrayRef<Value> given, ConversionPatternRewriter &b) const override {
    Location loc = op->getLoc();
    Type type = getTypeConverter()->convertType(op->getResult(0).getType()), element = getElementTypeOrSelf(type);
    auto vector = dyn_cast_if_present<VectorType>(type);
    if (!isa_and_present<FloatType>(element))
      return failure();
    Type computed = element.isF64() ? type : vector ? vector.clone(b.getF32Type()) : Type(b.getF32Type());
    SmallVector<Value> operands(given);
    if (type != computed)
      for (Value &v : operands)
        v = LLVM::FPExtOp::create(b, loc, computed, v);
    LLVM::LLVMFuncOp callee = declare(op->getParentOfType<ModuleOp>(), b, loc,
                                      detail::math_symbol(function.name, element.isF64(), vector ? vector.getNumElements() : 1),
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

bool isMathCall(Operation *op) {
  return llvm::is_contained(llvm::map_range(table, [](const MathFunction &f) { return f.op; }),
                            op->getName().getStringRef());
}

void populateMathPatterns(const LLVMTypeConverter &types, RewritePatternSet &patterns) {
  for (const MathFunction &function : table)
    patterns.add<CallPattern>(types, function, /*benefit=*/2);
  populateMathToLLVMConversionPatterns(types, patterns, /*approximateLog1p=*/false, /*benefit=*/1);
}

} // namespace weft

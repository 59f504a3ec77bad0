// The operation table: the only list of operations in weft. From one record come the public C++ function, the tracing
// and eager entry, the dialect operation with its verifier, the compiled code and the reference page
// (cmake/ops_gen.py and mlir-tblgen). How to add one: docs/adding-an-operation.md.
#ifndef WEFT_OPS
#define WEFT_OPS

include "dialect/IR/Dialect.td"
include "dialect/IR/Interfaces.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/IR/OpAsmInterface.td"

//===--- Types ---------------------------------------------------------------------------------------------------===//

def Weft_Scalar : AnyTypeOf<[AnyInteger, AnyFloat, Index, Weft_StringType], "scalar">;
def Weft_Tensor : AnyTypeOf<[AnyRankedTensor, Weft_Scalar], "tensor or scalar">;

//===--- The ladder ----------------------------------------------------------------------------------------------===//

// What every operation that users call has. The fields below are read by cmake/ops_gen.py; one left unset fails the build.
class Weft_PublicOp<string mnemonic, list<Trait> traits = []> : Op<Weft_Dialect, mnemonic, traits> {
  // The C++ operator that also calls it, or "".
  string symbol = "";
  // C++ statements: the result type from `a` (weft::detail::RuleArguments). See lib/tensor/rules.h for what they may use.
  code typeRule = ?;
  // How the public function is made: "elementwise", "reduction", or "handwritten" where the C++ form is more than the operation.
  string form = "handwritten";
  // How many of the first operands choose among the others, and do not meet in one dtype with them.
  int conditions = 0;
  // Operands are repeated along dimensions of size 1, as NumPy broadcasts.
  bit broadcasts = 0;
  let hasVerifier = 1;
  // Member functions that a class below adds.
  code methods = "";
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::verify() { return ::weft::verifyByRule(getOperation()); }
  }] # methods;
}

// The effects of an operation that fails at run time where `condition` (C++ on the operation) cannot rule it out: it writes
// the error resource, so it is never removed, speculated or moved across effects. Otherwise it is pure.
class Weft_FailsWhere<string condition> {
  list<Trait> traits = [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
                        DeclareOpInterfaceMethods<ConditionallySpeculatable>];
  code methods = [{
    void $cppClass::getEffects(
        ::llvm::SmallVectorImpl<::mlir::SideEffects::EffectInstance<::mlir::MemoryEffects::Effect>> &effects) {
      if (}] # condition # [{)
        effects.emplace_back(::mlir::MemoryEffects::Write::get(), ::weft::ErrorResource::get());
    }
    ::mlir::Speculation::Speculatability $cppClass::getSpeculatability() {
      return (}] # condition # [{) ? ::mlir::Speculation::NotSpeculatable : ::mlir::Speculation::Speculatable;
    }
  }];
}

// Elementwise with NumPy broadcasting. `body` computes one element: `b` is the ScalarBuilder, `x`, `y`, `z` the scalars.
class Weft_Elementwise<string mnemonic, string accepts, string result, dag operands, string bind, list<Trait> effects = [Pure],
                       list<string> overrides = []>
    : Weft_PublicOp<mnemonic,
                    !listconcat([DeclareOpInterfaceMethods<Weft_ElementwiseInterface, overrides>], effects)> {
  let arguments = operands;
  let results = (outs Weft_Tensor:$result);
  let form = "elementwise";
  let broadcasts = 1;
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let typeRule = "return elementwise(a, " # accepts # ", " # result # ");";
  code body = ?;
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::verify() { return ::weft::verifyByRule(getOperation()); }
    ::mlir::Value $cppClass::buildScalar(::weft::ScalarBuilder &b, ::mlir::ValueRange args) {
  }] # bind # body # "\n}\n" # methods;
}
class Weft_Unary<string mnemonic, string accepts, string result = "same">
    : Weft_Elementwise<mnemonic, accepts, result, (ins Weft_Tensor:$x), "::mlir::Value x = args[0];\n">;
class Weft_Binary<string mnemonic, string accepts, string result = "same", list<Trait> effects = [Pure],
                  list<string> overrides = []>
    : Weft_Elementwise<mnemonic, accepts, result, (ins Weft_Tensor:$x, Weft_Tensor:$y),
                       "::mlir::Value x = args[0], y = args[1];\n", effects, overrides>;
class Weft_Comparison<string mnemonic, string accepts> : Weft_Binary<mnemonic, accepts, "boolean_result">;
// For operations on the bits of an element, which floats of 16 bits keep.
def Weft_TakesHalves {
  list<string> overrides = ["takesHalves"];
  code methods = [{ bool $cppClass::takesHalves() { return true; } }];
}
// Division: by an integer zero it is a CheckError.
def Weft_ZeroDivisor : Weft_FailsWhere<"::weft::mayDivideByZero(getY())">;
class Weft_MayFail<string mnemonic, string accepts, string result = "same">
    : Weft_Binary<mnemonic, accepts, result, Weft_ZeroDivisor.traits, ["getDivisor"]> {
  let methods = Weft_ZeroDivisor.methods # [{ int64_t $cppClass::getDivisor() { return 1; } }];
}

// Reductions over `axes` (ascending, distinct). `identity`, `input` and `combine` work on scalars.
class Weft_Reduction<string mnemonic, string accepts, string result>
    : Weft_PublicOp<mnemonic, [Pure, DeclareOpInterfaceMethods<Weft_ReductionInterface>]> {
  let arguments = (ins Weft_Tensor:$x, DenseI64ArrayAttr:$axes, DefaultValuedAttr<BoolAttr, "false">:$keepdims);
  let results = (outs Weft_Tensor:$result);
  let form = "reduction";
  // Floats of 16 bits are combined in float32, and the result is rounded once: many of them would soon stand still.
  bit widensHalves = 0;
  let assemblyFormat = "$x `axes` `=` $axes attr-dict `:` functional-type(operands, results)";
  let typeRule = "return reduction(a, " # accepts # ", " # result # ");";
  code identity = ?;
  code input = "return x;";
  code combine = ?;
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::verify() { return ::weft::verifyByRule(getOperation()); }
    ::mlir::Value $cppClass::buildIdentity(::weft::ScalarBuilder &b) {
      ::mlir::Type type = ::mlir::getElementTypeOrSelf(getResult().getType()); (void)type;
  }] # identity # [{ }
    ::mlir::Value $cppClass::buildInput(::weft::ScalarBuilder &b, ::mlir::Value x) {
      ::mlir::Type type = ::mlir::getElementTypeOrSelf(getResult().getType()); (void)type;
  }] # input # [{ }
    ::mlir::Value $cppClass::buildCombine(::weft::ScalarBuilder &b, ::mlir::Value x, ::mlir::Value y) {
  }] # combine # "\n}\n";
}

// Operations whose result elements are read from the operands by an index computation: their lowering is buildElement in
// dialect/IR/Elements.cpp.
class Weft_Indexed<string mnemonic, list<Trait> effects = [Pure], list<string> overrides = []>
    : Weft_PublicOp<mnemonic,
                    !listconcat([DeclareOpInterfaceMethods<Weft_IndexedInterface, overrides>], effects)> {
  let results = (outs Weft_Tensor:$result);
}
// A position outside the tensor, known only at run time, is an IndexError; weft-scalarize puts the check before the operation.
def Weft_UncheckedWindow : Weft_FailsWhere<"::weft::windowMayFail(getOperation())">;
class Weft_Window<string mnemonic, string shaped, list<string> overrides>
    : Weft_Indexed<mnemonic, !listconcat([Weft_WindowInterface], Weft_UncheckedWindow.traits), overrides> {
  let extraClassDeclaration = "::mlir::Value getWindow() { return " # shaped # "; }";
  let methods = Weft_UncheckedWindow.methods;
}

// A call of a library function, lib/routines, that makes its results as a whole: weft::detail::routine::<mnemonic>. It names
// its operands and attributes in `arguments`, its results (more than one, if it has) in `results`. Where it may fail at run time
// it takes the traits of Weft_MayAlwaysFail and its methods.
class Weft_Routine<string mnemonic, list<Trait> effects = [Pure]>
    : Weft_PublicOp<mnemonic, !listconcat([Weft_RoutineInterface], effects)> {
  let results = (outs Weft_Tensor:$result);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  // The rule leaves sizes open that only the routine finds.
  bit findsSizes = 0;
  // Result 0 has the type of operand 0 and may be made in its memory.
  bit updates = 0;
}
def Weft_AlwaysMayFail : Weft_FailsWhere<"true">;
class Weft_FailingRoutine<string mnemonic> : Weft_Routine<mnemonic, Weft_AlwaysMayFail.traits> {
  let methods = Weft_AlwaysMayFail.methods;
}

//===--- Elementwise: arithmetic ---------------------------------------------------------------------------------===//

def Weft_AddOp : Weft_Binary<"add", "number_or_string"> {
  let summary = "x + y";
  let description = [{Sums elements; integers wrap. Strings are joined. Array API `add`.}];
  let symbol = "+";
  let body = [{ return b.add(x, y); }];
}
def Weft_SubtractOp : Weft_Binary<"subtract", "number"> {
  let summary = "x - y";
  let description = [{Differences; integers wrap. Array API `subtract`.}];
  let symbol = "-";
  let body = [{ return b.sub(x, y); }];
}
def Weft_MultiplyOp : Weft_Binary<"multiply", "number"> {
  let summary = "x * y";
  let description = [{Products; integers wrap. Array API `multiply`.}];
  let symbol = "*";
  let body = [{ return b.mul(x, y); }];
}
def Weft_DivideOp : Weft_MayFail<"divide", "number"> {
  let summary = "x / y";
  let description = [{
    Quotients. Integers as in C++: truncated towards zero, and INT_MIN / -1 wraps; an integer divided by zero is a CheckError.
    Array API `divide` for floating dtypes.
  }];
  let symbol = "/";
  let body = [{ return b.div(x, y); }];
}
def Weft_FmodOp : Weft_MayFail<"fmod", "number"> {
  let summary = "x % y, with the sign of x";
  let description = [{
    C++'s remainder: std::fmod for floating dtypes. An integer remainder by zero is a CheckError. NumPy `fmod`.
  }];
  let symbol = "%";
  let body = [{ return b.rem(x, y); }];
}
def Weft_FloorDivideOp : Weft_MayFail<"floor_divide", "number"> {
  let summary = "The largest integer not above x / y";
  let description = [{Rounds towards minus infinity; an integer divided by zero is a CheckError. Array API `floor_divide`.}];
  let body = [{ return b.floorDiv(x, y); }];
}
def Weft_RemainderOp : Weft_MayFail<"remainder", "number"> {
  let summary = "x - floor_divide(x, y) * y, with the sign of y";
  let description = [{Python's `%`. An integer remainder by zero is a CheckError. Array API `remainder`.}];
  let body = [{ return b.floorRem(x, y); }];
}
def Weft_MaximumOp : Weft_Binary<"maximum", "number"> {
  let summary = "The larger of x and y";
  let description = [{NaN if either is NaN; +0 is above -0. Array API `maximum`.}];
  let body = [{ return b.max(x, y); }];
}
def Weft_MinimumOp : Weft_Binary<"minimum", "number"> {
  let summary = "The smaller of x and y";
  let description = [{NaN if either is NaN; -0 is below +0. Array API `minimum`.}];
  let body = [{ return b.min(x, y); }];
}
def Weft_NegativeOp : Weft_Unary<"negative", "number"> {
  let summary = "-x";
  let description = [{Integers wrap. Array API `negative`.}];
  let symbol = "-";
  let body = [{ return b.neg(x); }];
}
def Weft_AbsOp : Weft_Unary<"abs", "number"> {
  let summary = "The magnitude of x";
  let description = [{The smallest signed integer stays as it is. Array API `abs`.}];
  let body = [{ return b.abs(x); }];
}

def Weft_PositiveOp : Weft_Unary<"positive", "number"> {
  let summary = "x itself";
  let description = [{Array API `positive`.}];
  let body = [{ return x; }];
}
def Weft_SignOp : Weft_Unary<"sign", "number"> {
  let summary = "-1, 0 or 1, as x is below, at or above zero";
  let description = [{NaN stays NaN; of both zeros it is +0. Array API `sign`.}];
  let body = [{ return b.sign(x); }];
}
def Weft_SquareOp : Weft_Unary<"square", "number"> {
  let summary = "x * x";
  let description = [{Integers wrap. Array API `square`.}];
  let body = [{ return b.mul(x, x); }];
}
def Weft_ReciprocalOp : Weft_Unary<"reciprocal", "floating"> {
  let summary = "1 / x";
  let description = [{Array API `reciprocal`.}];
  let body = [{ return b.div(b.constant(x.getType(), 1), x); }];
}
def Weft_ClipOp : Weft_Elementwise<"clip", "number", "same", (ins Weft_Tensor:$x, Weft_Tensor:$min, Weft_Tensor:$max),
                                   "::mlir::Value x = args[0], low = args[1], high = args[2];\n"> {
  let summary = "x, or the bound that it is beyond";
  let description = [{minimum(maximum(x, min), max): NaN where any of them is, and max where min is above it. Array API `clip`.}];
  let body = [{ return b.min(b.max(x, low), high); }];
}

//===--- Elementwise: functions ----------------------------------------------------------------------------------===//

def Weft_ExpOp : Weft_Unary<"exp", "floating"> {
  let summary = "e to the power x";
  let description = [{At most 2 ULP in float32. Array API `exp`.}];
  let body = [{ return b.create<::mlir::math::ExpOp>(x); }];
}
def Weft_LogOp : Weft_Unary<"log", "floating"> {
  let summary = "The natural logarithm of x";
  let description = [{NaN below zero, -inf at zero. At most 2 ULP in float32. Array API `log`.}];
  let body = [{ return b.create<::mlir::math::LogOp>(x); }];
}
def Weft_TanhOp : Weft_Unary<"tanh", "floating"> {
  let summary = "The hyperbolic tangent of x";
  let description = [{At most 2 ULP in float32. Array API `tanh`.}];
  let body = [{ return b.create<::mlir::math::TanhOp>(x); }];
}
def Weft_SqrtOp : Weft_Unary<"sqrt", "floating"> {
  let summary = "The square root of x";
  let description = [{Correctly rounded; NaN below zero. Array API `sqrt`.}];
  let body = [{ return b.create<::mlir::math::SqrtOp>(x); }];
}
def Weft_FloorOp : Weft_Unary<"floor", "number"> {
  let summary = "The largest integer not above x";
  let description = [{Integers stay as they are. Array API `floor`.}];
  let body = [{ return b.isFloating(x) ? b.create<::mlir::math::FloorOp>(x) : x; }];
}
def Weft_CeilOp : Weft_Unary<"ceil", "number"> {
  let summary = "The smallest integer not below x";
  let description = [{Integers stay as they are. Array API `ceil`.}];
  let body = [{ return b.isFloating(x) ? b.create<::mlir::math::CeilOp>(x) : x; }];
}

def Weft_Exp2Op : Weft_Unary<"exp2", "floating"> {
  let summary = "2 to the power x";
  let description = [{At most 2 ULP in float32. NumPy `exp2`.}];
  let body = [{ return b.create<::mlir::math::Exp2Op>(x); }];
}
def Weft_Expm1Op : Weft_Unary<"expm1", "floating"> {
  let summary = "exp(x) - 1";
  let description = [{At most 2 ULP in float32. Exact digits near 0 too. Array API `expm1`.}];
  let body = [{ return b.create<::mlir::math::ExpM1Op>(x); }];
}
def Weft_Log1pOp : Weft_Unary<"log1p", "floating"> {
  let summary = "log(1 + x)";
  let description = [{At most 2 ULP in float32. Exact digits near 0 too; NaN below -1, -inf at -1. Array API `log1p`.}];
  let body = [{ return b.create<::mlir::math::Log1pOp>(x); }];
}
def Weft_Log2Op : Weft_Unary<"log2", "floating"> {
  let summary = "The logarithm of x to base 2";
  let description = [{At most 2 ULP in float32. NaN below zero, -inf at zero. Array API `log2`.}];
  let body = [{ return b.create<::mlir::math::Log2Op>(x); }];
}
def Weft_Log10Op : Weft_Unary<"log10", "floating"> {
  let summary = "The logarithm of x to base 10";
  let description = [{At most 2 ULP in float32. NaN below zero, -inf at zero. Array API `log10`.}];
  let body = [{ return b.create<::mlir::math::Log10Op>(x); }];
}
def Weft_SinOp : Weft_Unary<"sin", "floating"> {
  let summary = "The sine of x, in radians";
  let description = [{At most 2 ULP in float32. NaN for infinities. Array API `sin`.}];
  let body = [{ return b.create<::mlir::math::SinOp>(x); }];
}
def Weft_CosOp : Weft_Unary<"cos", "floating"> {
  let summary = "The cosine of x, in radians";
  let description = [{At most 2 ULP in float32. NaN for infinities. Array API `cos`.}];
  let body = [{ return b.create<::mlir::math::CosOp>(x); }];
}
def Weft_TanOp : Weft_Unary<"tan", "floating"> {
  let summary = "The tangent of x, in radians";
  let description = [{At most 2 ULP in float32. NaN for infinities. Array API `tan`.}];
  let body = [{ return b.create<::mlir::math::TanOp>(x); }];
}
def Weft_AsinOp : Weft_Unary<"asin", "floating"> {
  let summary = "The angle whose sine is x";
  let description = [{At most 2 ULP in float32. In radians, from -pi/2 to pi/2; NaN outside of [-1, 1]. Array API `asin`.}];
  let body = [{ return b.create<::mlir::math::AsinOp>(x); }];
}
def Weft_AcosOp : Weft_Unary<"acos", "floating"> {
  let summary = "The angle whose cosine is x";
  let description = [{At most 2 ULP in float32. In radians, from 0 to pi; NaN outside of [-1, 1]. Array API `acos`.}];
  let body = [{ return b.create<::mlir::math::AcosOp>(x); }];
}
def Weft_AtanOp : Weft_Unary<"atan", "floating"> {
  let summary = "The angle whose tangent is x";
  let description = [{At most 2 ULP in float32. In radians, from -pi/2 to pi/2. Array API `atan`.}];
  let body = [{ return b.create<::mlir::math::AtanOp>(x); }];
}
def Weft_SinhOp : Weft_Unary<"sinh", "floating"> {
  let summary = "The hyperbolic sine of x";
  let description = [{At most 2 ULP in float32. Array API `sinh`.}];
  let body = [{ return b.create<::mlir::math::SinhOp>(x); }];
}
def Weft_CoshOp : Weft_Unary<"cosh", "floating"> {
  let summary = "The hyperbolic cosine of x";
  let description = [{At most 2 ULP in float32. Array API `cosh`.}];
  let body = [{ return b.create<::mlir::math::CoshOp>(x); }];
}
def Weft_AsinhOp : Weft_Unary<"asinh", "floating"> {
  let summary = "The inverse hyperbolic sine of x";
  let description = [{At most 2 ULP in float32. Array API `asinh`.}];
  let body = [{ return b.create<::mlir::math::AsinhOp>(x); }];
}
def Weft_AcoshOp : Weft_Unary<"acosh", "floating"> {
  let summary = "The inverse hyperbolic cosine of x";
  let description = [{At most 2 ULP in float32. NaN below 1. Array API `acosh`.}];
  let body = [{ return b.create<::mlir::math::AcoshOp>(x); }];
}
def Weft_AtanhOp : Weft_Unary<"atanh", "floating"> {
  let summary = "The inverse hyperbolic tangent of x";
  let description = [{At most 2 ULP in float32. Infinite at -1 and 1, NaN beyond. Array API `atanh`.}];
  let body = [{ return b.create<::mlir::math::AtanhOp>(x); }];
}
def Weft_ErfOp : Weft_Unary<"erf", "floating"> {
  let summary = "The error function of x";
  let description = [{At most 2 ULP in float32. 2 / sqrt(pi) times the integral of exp(-t * t) from 0 to x. SciPy `erf`.}];
  let body = [{ return b.create<::mlir::math::ErfOp>(x); }];
}
def Weft_ErfcOp : Weft_Unary<"erfc", "floating"> {
  let summary = "1 - erf(x)";
  let description = [{At most 2 ULP in float32. Exact digits where erf is near 1. SciPy `erfc`.}];
  let body = [{ return b.create<::mlir::math::ErfcOp>(x); }];
}
def Weft_RsqrtOp : Weft_Unary<"rsqrt", "floating"> {
  let summary = "1 / sqrt(x)";
  let description = [{NaN below zero, inf at zero. TensorFlow `rsqrt`.}];
  let body = [{ return b.div(b.constant(x.getType(), 1), b.create<::mlir::math::SqrtOp>(x)); }];
}
def Weft_TruncOp : Weft_Unary<"trunc", "number"> {
  let summary = "x without its fraction";
  let description = [{Integers stay as they are. Array API `trunc`.}];
  let body = [{ return b.isFloating(x) ? b.create<::mlir::math::TruncOp>(x) : x; }];
}
def Weft_RoundOp : Weft_Unary<"round", "number"> {
  let summary = "The nearest integer to x";
  let description = [{Halves go to the even neighbour; integers stay as they are. Array API `round`.}];
  let body = [{ return b.isFloating(x) ? b.create<::mlir::math::RoundEvenOp>(x) : x; }];
}
def Weft_NegativeExponent : Weft_FailsWhere<"::weft::mayBeNegative(getY())">;
def Weft_PowOp : Weft_Binary<"pow", "number", "same", Weft_NegativeExponent.traits> {
  let summary = "x to the power y";
  let description = [{
    std::pow in every special case; at most 2 ULP in float32. Integers wrap, and one to a negative power is a CheckError. Array API `pow`.
  }];
  let body = [{ return b.power(x, y); }];
  let methods = Weft_NegativeExponent.methods;
}
def Weft_Atan2Op : Weft_Binary<"atan2", "floating"> {
  let summary = "The angle of the point (y, x)";
  let description = [{The first operand is the ordinate. In radians, from -pi to pi, the signs of zeros as in std::atan2. At most 2 ULP in float32. Array API `atan2`.}];
  let body = [{ return b.create<::mlir::math::Atan2Op>(x, y); }];
}
def Weft_HypotOp : Weft_Binary<"hypot", "floating"> {
  let summary = "sqrt(x * x + y * y)";
  let description = [{Without overflow or underflow on the way; inf where either is, even beside NaN. At most 2 ULP. Array API `hypot`.}];
  let body = [{ return b.hypot(x, y); }];
}
def Weft_LogaddexpOp : Weft_Binary<"logaddexp", "floating"> {
  let summary = "log(exp(x) + exp(y))";
  let description = [{Without overflow on the way. Array API `logaddexp`.}];
  let body = [{ return b.logAddExp(x, y); }];
}
def Weft_CopysignOp : Weft_Binary<"copysign", "floating"> {
  let summary = "The magnitude of x with the sign of y";
  let description = [{NaN has a sign too. Array API `copysign`.}];
  let body = [{ return b.create<::mlir::math::CopySignOp>(x, y); }];
}
def Weft_NextafterOp : Weft_Binary<"nextafter", "floating", "same", [Pure], Weft_TakesHalves.overrides> {
  let methods = Weft_TakesHalves.methods;
  let summary = "The number next to x towards y";
  let description = [{y where they are equal, NaN where either is. Array API `nextafter`.}];
  let body = [{ return b.nextAfter(x, y); }];
}

//===--- Elementwise: comparison and logic -----------------------------------------------------------------------===//

def Weft_EqualOp : Weft_Comparison<"equal", "any"> {
  let summary = "x == y";
  let description = [{False where either is NaN. Array API `equal`.}];
  let symbol = "==";
  let body = [{ return b.cmp(::weft::ScalarBuilder::Eq, x, y); }];
}
def Weft_NotEqualOp : Weft_Comparison<"not_equal", "any"> {
  let summary = "x != y";
  let description = [{True where either is NaN. Array API `not_equal`.}];
  let symbol = "!=";
  let body = [{ return b.cmp(::weft::ScalarBuilder::Ne, x, y); }];
}
def Weft_LessOp : Weft_Comparison<"less", "number"> {
  let summary = "x < y";
  let description = [{Array API `less`.}];
  let symbol = "<";
  let body = [{ return b.cmp(::weft::ScalarBuilder::Lt, x, y); }];
}
def Weft_LessEqualOp : Weft_Comparison<"less_equal", "number"> {
  let summary = "x <= y";
  let description = [{Array API `less_equal`.}];
  let symbol = "<=";
  let body = [{ return b.cmp(::weft::ScalarBuilder::Le, x, y); }];
}
def Weft_GreaterOp : Weft_Comparison<"greater", "number"> {
  let summary = "x > y";
  let description = [{Array API `greater`.}];
  let symbol = ">";
  let body = [{ return b.cmp(::weft::ScalarBuilder::Gt, x, y); }];
}
def Weft_GreaterEqualOp : Weft_Comparison<"greater_equal", "number"> {
  let summary = "x >= y";
  let description = [{Array API `greater_equal`.}];
  let symbol = ">=";
  let body = [{ return b.cmp(::weft::ScalarBuilder::Ge, x, y); }];
}
def Weft_BitwiseAndOp : Weft_Binary<"bitwise_and", "bool_or_integer"> {
  let summary = "x & y";
  let description = [{For bool the logical and, both sides evaluated. Array API `bitwise_and`.}];
  let symbol = "&";
  let body = [{ return b.bitAnd(x, y); }];
}
def Weft_BitwiseOrOp : Weft_Binary<"bitwise_or", "bool_or_integer"> {
  let summary = "x | y";
  let description = [{For bool the logical or, both sides evaluated. Array API `bitwise_or`.}];
  let symbol = "|";
  let body = [{ return b.bitOr(x, y); }];
}
def Weft_BitwiseXorOp : Weft_Binary<"bitwise_xor", "bool_or_integer"> {
  let summary = "x ^ y";
  let description = [{Array API `bitwise_xor`.}];
  let symbol = "^";
  let body = [{ return b.bitXor(x, y); }];
}
def Weft_BitwiseInvertOp : Weft_Unary<"bitwise_invert", "bool_or_integer"> {
  let summary = "~x";
  let description = [{For bool the logical not. Array API `bitwise_invert`.}];
  let symbol = "~";
  let body = [{ return b.invert(x); }];
}
def Weft_BitwiseLeftShiftOp : Weft_Binary<"bitwise_left_shift", "integer"> {
  let summary = "x << y";
  let description = [{A shift by the width or more, or by a negative number, gives 0. Array API `bitwise_left_shift`.}];
  let symbol = "<<";
  let body = [{ return b.shiftLeft(x, y); }];
}
def Weft_BitwiseRightShiftOp : Weft_Binary<"bitwise_right_shift", "integer"> {
  let summary = "x >> y";
  let description = [{Arithmetic: a shift by the width or more gives the sign. Array API `bitwise_right_shift`.}];
  let symbol = ">>";
  let body = [{ return b.shiftRight(x, y); }];
}
def Weft_LogicalAndOp : Weft_Binary<"logical_and", "boolean_dtype"> {
  let summary = "Both x and y";
  let description = [{Both sides are evaluated; weft::ag::and_ is lazy. Array API `logical_and`.}];
  let body = [{ return b.create<::mlir::arith::AndIOp>(x, y); }];
}
def Weft_LogicalOrOp : Weft_Binary<"logical_or", "boolean_dtype"> {
  let summary = "x or y or both";
  let description = [{Both sides are evaluated; weft::ag::or_ is lazy. Array API `logical_or`.}];
  let body = [{ return b.create<::mlir::arith::OrIOp>(x, y); }];
}
def Weft_LogicalNotOp : Weft_Unary<"logical_not", "boolean_dtype"> {
  let summary = "!x";
  let description = [{Array API `logical_not`.}];
  let symbol = "!";
  let body = [{ return b.invert(x); }];
}
def Weft_LogicalXorOp : Weft_Binary<"logical_xor", "boolean_dtype"> {
  let summary = "x or y, not both";
  let description = [{Array API `logical_xor`.}];
  let body = [{ return b.create<::mlir::arith::XOrIOp>(x, y); }];
}
def Weft_IsnanOp : Weft_Unary<"isnan", "number", "boolean_result"> {
  let summary = "Whether x is NaN";
  let description = [{False for integers. Array API `isnan`.}];
  let body = [{ return b.cmp(::weft::ScalarBuilder::Ne, x, x); }];
}
def Weft_IsinfOp : Weft_Unary<"isinf", "number", "boolean_result"> {
  let summary = "Whether x is infinite";
  let description = [{False for integers. Array API `isinf`.}];
  let body = [{ return b.isInfinite(x); }];
}
def Weft_IsfiniteOp : Weft_Unary<"isfinite", "number", "boolean_result"> {
  let summary = "Whether x is a finite number";
  let description = [{True for integers. Array API `isfinite`.}];
  let body = [{ return b.isFinite(x); }];
}
def Weft_SignbitOp : Weft_Unary<"signbit", "floating", "boolean_result"> {
  let summary = "Whether the sign bit of x is set";
  let description = [{True for -0, and for NaN with a sign. Array API `signbit`.}];
  let body = [{ return b.cmp(::weft::ScalarBuilder::Lt, b.bits(x), b.bits(b.constant(x.getType(), 0))); }];
}
def Weft_WhereOp : Weft_Elementwise<"where", "any", "same", (ins Weft_Tensor:$condition, Weft_Tensor:$x, Weft_Tensor:$y),
                                    "::mlir::Value c = args[0], x = args[1], y = args[2];\n", [Pure],
                                    Weft_TakesHalves.overrides> {
  let methods = Weft_TakesHalves.methods;
  let summary = "x where the condition holds, else y";
  let description = [{The condition is bool; x and y are of one dtype. Array API `where`.}];
  let conditions = 1;
  let typeRule = "return where(a);";
  let body = [{ return b.select(c, x, y); }];
}
def Weft_CastOp : Weft_Elementwise<"cast", "any", "same", (ins Weft_Tensor:$x), "::mlir::Value x = args[0];\n", [Pure],
                                  ["isCheap"]> {
  let summary = "x converted to another dtype";
  let description = [{
    Float to integer truncates towards zero and saturates; NaN gives 0. To bool is `!= 0`. Array API `astype`.
  }];
  let arguments = (ins Weft_Tensor:$x, TypeAttr:$dtype);
  let form = "handwritten";
  let typeRule = "return cast(a);";
  let assemblyFormat = "$x `to` $dtype attr-dict `:` functional-type(operands, results)";
  let body = [{ return b.cast(x, getDtype()); }];
  let methods = [{
    bool $cppClass::isCheap() {
      // Saturation takes several comparisons.
      bool saturates = ::llvm::isa<::mlir::FloatType>(::mlir::getElementTypeOrSelf(getX())) &&
                       ::llvm::isa<::mlir::IntegerType>(getDtype()) && !getDtype().isInteger(1);
      return !saturates;
    }
  }];
}

//===--- Reductions ----------------------------------------------------------------------------------------------===//

def Weft_SumOp : Weft_Reduction<"sum", "number_or_bool", "accumulator"> {
  let summary = "The sum along axes";
  let description = [{
    bool and integers below 32 bits give int32, other dtypes their own; integers wrap. 0 where nothing is summed. Array API `sum`.
  }];
  let widensHalves = 1;
  let identity = [{ return b.constant(type, 0); }];
  let input = [{ return b.cast(x, type); }];
  let combine = [{ return b.add(x, y); }];
}
def Weft_ProdOp : Weft_Reduction<"prod", "number_or_bool", "accumulator"> {
  let summary = "The product along axes";
  let description = [{dtypes as for sum; 1 where nothing is multiplied. Array API `prod`.}];
  let widensHalves = 1;
  let identity = [{ return b.constant(type, 1); }];
  let input = [{ return b.cast(x, type); }];
  let combine = [{ return b.mul(x, y); }];
}
def Weft_MaxOp : Weft_Reduction<"max", "number", "same"> {
  let summary = "The largest element along axes";
  let description = [{NaN if one is NaN. A ShapeError where there is no element. Array API `max`.}];
  let typeRule = "return nonempty_reduction(a, number, same);";
  let identity = [{ return b.lowest(type); }];
  let combine = [{ return b.max(x, y); }];
}
def Weft_MinOp : Weft_Reduction<"min", "number", "same"> {
  let summary = "The smallest element along axes";
  let description = [{NaN if one is NaN. A ShapeError where there is no element. Array API `min`.}];
  let typeRule = "return nonempty_reduction(a, number, same);";
  let identity = [{ return b.highest(type); }];
  let combine = [{ return b.min(x, y); }];
}
def Weft_AnyOp : Weft_Reduction<"any", "number_or_bool", "boolean_result"> {
  let summary = "Whether one element along axes is true";
  let description = [{A number is true unless it is 0; NaN is true. False where there is no element. Array API `any`.}];
  let identity = [{ return b.constant(type, 0); }];
  let input = [{ return b.cast(x, type); }];
  let combine = [{ return b.create<::mlir::arith::OrIOp>(x, y); }];
}
def Weft_AllOp : Weft_Reduction<"all", "number_or_bool", "boolean_result"> {
  let summary = "Whether every element along axes is true";
  let description = [{A number is true unless it is 0; NaN is true. True where there is no element. Array API `all`.}];
  let identity = [{ return b.constant(type, 1); }];
  let input = [{ return b.cast(x, type); }];
  let combine = [{ return b.create<::mlir::arith::AndIOp>(x, y); }];
}

//===--- Shape and indexing --------------------------------------------------------------------------------------===//

def Weft_ReshapeOp : Weft_Indexed<"reshape", [Pure], ["buildDim", "keepsOrder"]> {
  let summary = "The same elements in row-major order under another shape";
  let description = [{
    Array API `reshape`. One size may be open, as what the others leave; several are those of x in order, or as long as the vectors
    `lengths`, one for each, of which nothing else is read.
  }];
  let arguments = (ins Weft_Tensor:$x, Variadic<Weft_Tensor>:$lengths, DenseI64ArrayAttr:$shape);
  let typeRule = "return reshape(a);";
  let assemblyFormat = "$x (`lengths` $lengths^)? $shape attr-dict `:` functional-type(operands, results)";
}
def Weft_BroadcastToOp : Weft_Indexed<"broadcast_to", [Pure], ["repeatsElements"]> {
  let summary = "x repeated along new dimensions and those of size 1";
  let description = [{Array API `broadcast_to`.}];
  let broadcasts = 1;
  let arguments = (ins Weft_Tensor:$x, DenseI64ArrayAttr:$shape);
  let typeRule = "return broadcast_to(a);";
  let assemblyFormat = "$x $shape attr-dict `:` functional-type(operands, results)";
}
def Weft_PermuteDimsOp : Weft_Indexed<"permute_dims", [Pure], ["buildDim"]> {
  let summary = "Dimension i of the result is dimension axes[i] of x";
  let description = [{Array API `permute_dims`.}];
  let arguments = (ins Weft_Tensor:$x, DenseI64ArrayAttr:$axes);
  let typeRule = "return permute_dims(a);";
  let assemblyFormat = "$x `axes` `=` $axes attr-dict `:` functional-type(operands, results)";
}
def Weft_DiagonalOp : Weft_Indexed<"diagonal", [Pure], ["buildDim"]> {
  let summary = "The elements of matrices whose column is their row plus an offset";
  let description = [{
    Matrices are the last two dimensions; the result has the elements of each along its last one. Array API `linalg.diagonal`.
  }];
  let arguments = (ins Weft_Tensor:$x, I64Attr:$offset);
  let typeRule = "return diagonal(a);";
  let assemblyFormat = "$x `offset` `=` $offset attr-dict `:` functional-type(operands, results)";
}
def Weft_SliceOp : Weft_Window<"slice", "getResult()", ["buildDim"]> {
  let summary = "Every step-th element from start along each dimension";
  let description = [{
    Element i of dimension d is element starts[d] + i * steps[d] of x. A start may instead be a tensor of rank 0 (int32 or int64):
    `dynamic_dims` names its dimensions, `offsets` are added to their starts, and the sum is checked at run time against the
    size, after adding the size to a negative offset (an IndexError otherwise). Along an open dimension a negative start counts
    from the end, and a known size is checked at run time. An open size reaches to stops[d], by Python's rules for slices, or to the
    end where there are no `stops` or that one is open. With `checked` the checks have been made and the offsets are not negative.
  }];
  let arguments = (ins Weft_Tensor:$x, Variadic<Weft_Tensor>:$offsets, DenseI64ArrayAttr:$starts, DenseI64ArrayAttr:$sizes,
                       DenseI64ArrayAttr:$steps, DenseI64ArrayAttr:$dynamic_dims,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$stops, UnitAttr:$checked);
  let typeRule = "return slice(a);";
  let assemblyFormat = [{
    $x (`[` $offsets^ `]`)? `starts` `=` $starts `sizes` `=` $sizes `steps` `=` $steps `dynamic` `=` $dynamic_dims attr-dict
    `:` functional-type(operands, results)
  }];
}
def Weft_InsertOp : Weft_Window<"insert", "getY()", ["isCheap", "getBase", "buildParts", "buildDim"]> {
  let summary = "x with the elements that a slice would read replaced by y";
  let description = [{The result of weft::set: positions as in slice; y has the slice's shape.}];
  let arguments = (ins Weft_Tensor:$x, Weft_Tensor:$y, Variadic<Weft_Tensor>:$offsets, DenseI64ArrayAttr:$starts,
                       DenseI64ArrayAttr:$sizes, DenseI64ArrayAttr:$steps, DenseI64ArrayAttr:$dynamic_dims,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$stops, UnitAttr:$checked);
  let typeRule = "return insert(a);";
  let assemblyFormat = [{
    $y `into` $x (`[` $offsets^ `]`)? `starts` `=` $starts `sizes` `=` $sizes `steps` `=` $steps `dynamic` `=` $dynamic_dims
    attr-dict `:` functional-type(operands, results)
  }];
}
def Weft_ConcatOp : Weft_Indexed<"concat", [Pure], ["isCheap", "buildParts", "buildDim"]> {
  let summary = "Tensors joined along an existing dimension";
  let description = [{Array API `concat`.}];
  let arguments = (ins Variadic<Weft_Tensor>:$xs, I64Attr:$axis);
  let typeRule = "return concat(a);";
  let assemblyFormat = "$xs `axis` `=` $axis attr-dict `:` functional-type(operands, results)";
}
def Weft_ArangeOp : Weft_Indexed<"arange"> {
  let summary = "start + i * step for i below size";
  let description = [{Array API `arange` with the size already computed.}];
  let arguments = (ins Weft_Tensor:$start, Weft_Tensor:$step, I64Attr:$size);
  let typeRule = "return arange(a);";
  let assemblyFormat = "$start `step` $step `size` `=` $size attr-dict `:` functional-type(operands, results)";
}

def Weft_PositionsOp : Weft_Indexed<"positions", [Pure], ["buildDim"]> {
  let summary = "0, 1, … for each position along one axis of x";
  let description = [{An int64 vector that is as long as that dimension, which may be open. Nothing of x is read.}];
  let arguments = (ins Weft_Tensor:$x, I64Attr:$axis);
  let typeRule = "return positions(a);";
  let assemblyFormat = "$x `axis` `=` $axis attr-dict `:` functional-type(operands, results)";
}

//===--- Library routines ----------------------------------------------------------------------------------------===//

include "dialect/IR/SearchOps.td"
include "dialect/IR/LinalgOps.td"
include "dialect/IR/NeuralOps.td"
include "dialect/IR/RandomOps.td"
include "dialect/IR/TextOps.td"

//===--- What only the compiler sees -----------------------------------------------------------------------------===//

include "dialect/IR/InternalOps.td"

#endif

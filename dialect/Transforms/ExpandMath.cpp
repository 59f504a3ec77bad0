// weft-expand-math: exp, log and tanh of float32 (and of narrower dtypes, computed in float32) as straight-line
// arithmetic that LLVM's loop vectoriser takes as it is; what else there is are calls (LowerMathToLLVM.cpp). Every
// fused multiply-add is written out, so the bits are the same at any vector width and optimisation level. Some
// functions that are called overflow before their results do: beyond a bound they get another formula here.
//
// The reductions and coefficients are those of Cephes (S. Moshier, single/expf.c, logf.c, tanhf.c). Largest error
// against the C library's float64 functions, over all 2^32 float32 values: exp 1.013, log 0.827, tanh 1.331 ULP.
// Infinities, NaN, signed zeros and denormals are as in C.
#include "dialect/IR/Builders.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Pass/Pass.h"

#include <limits>

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_EXPANDMATHPASS
#include "dialect/Transforms/Passes.h.inc"
namespace {

/// float32 arithmetic in short words.
class Single : public ScalarBuilder {
public:
  using ScalarBuilder::ScalarBuilder;

  Value f(float v) { return create<arith::ConstantFloatOp>(builder.getF32Type(), APFloat(v)); }
  Value i(int32_t v) { return create<arith::ConstantIntOp>(v, 32); }
  Value fma(Value x, Value y, Value z) { return create<math::FmaOp>(x, y, z); }
  Value bits(Value x) { return create<arith::BitcastOp>(builder.getI32Type(), x); }
  Value fromBits(Value x) { return create<arith::BitcastOp>(builder.getF32Type(), x); }
  Value less(Value x, Value y) { return create<arith::CmpFOp>(arith::CmpFPredicate::OLT, x, y); }
  /// x at most (at least) `bound`; NaN stays NaN.
  Value atMost(Value x, float bound) { return create<arith::SelectOp>(less(f(bound), x), f(bound), x); }
  Value atLeast(Value x, float bound) { return create<arith::SelectOp>(less(x, f(bound)), f(bound), x); }
  /// Horner's scheme, highest power first.
  Value polynomial(Value x, ArrayRef<float> coefficients) {
    Value p = f(coefficients.front());
    for (float c : coefficients.drop_front())
      p = fma(p, x, f(c));
    return p;
  }

  Value exp(Value x);
  Value log(Value x);
  Value tanh(Value x);

private:
  /// For -105 <= x <= 89, or NaN.
  Value expInRange(Value x);
};

Value Single::expInRange(Value x) {
  // Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits.
  Value magic = f(12582912.0f);
  Value shifted = fma(x, f(1.44269504088896341f), magic);
  Value n = create<arith::SubFOp>(shifted, magic);
  Value power = create<arith::SubIOp>(bits(shifted), i(0x4b400000));
  Value r = fma(n, f(-0.693145751953125f), x);
  r = fma(n, f(-1.428606765330187e-06f), r);
  Value p = polynomial(
      r, {1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f});
  Value y = create<arith::AddFOp>(fma(p, create<arith::MulFOp>(r, r), r), f(1.0f));
  // Two factors of 2, because one would overflow before the result does, and rounds denormal results once.
  Value half = create<arith::ShRSIOp>(power, i(1));
  auto scale = [&](Value v, Value exponent) {
    Value biased = create<arith::AddIOp>(exponent, i(127));
    return create<arith::MulFOp>(v, fromBits(create<arith::ShLIOp>(biased, i(23))));
  };
  return scale(scale(y, half), create<arith::SubIOp>(power, half));
}

Value Single::exp(Value x) { return expInRange(atLeast(atMost(x, 89.0f), -105.0f)); }

Value Single::log(Value x) {
  // A denormal is scaled up first.
  Value tiny = less(x, f(std::numeric_limits<float>::min()));
  Value word = bits(create<arith::SelectOp>(tiny, create<arith::MulFOp>(x, f(8388608.0f)), x));
  // x = m * 2^e with sqrt(1/2) <= m < sqrt(2).
  Value e = create<arith::ShRSIOp>(create<arith::SubIOp>(word, i(0x3f3504f3)), i(23));
  Value m = fromBits(create<arith::SubIOp>(word, create<arith::ShLIOp>(e, i(23))));
  e = create<arith::SubIOp>(e, create<arith::SelectOp>(tiny, i(23), i(0)));
  Value exponent = create<arith::SIToFPOp>(builder.getF32Type(), e);
  Value r = create<arith::SubFOp>(m, f(1.0f));
  Value z = create<arith::MulFOp>(r, r);
  Value p = polynomial(r, {7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f, -1.2420140846e-1f, 1.4249322787e-1f,
                           -1.6668057665e-1f, 2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f});
  Value y = create<arith::MulFOp>(create<arith::MulFOp>(r, z), p);
  y = fma(exponent, f(-2.12194440e-4f), y);
  y = fma(z, f(-0.5f), y);
  Value result = fma(exponent, f(0.693359375f), create<arith::AddFOp>(r, y));

  float infinity = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  auto equal = [&](Value a, Value b) { return create<arith::CmpFOp>(arith::CmpFPredicate::OEQ, a, b); };
  result = create<arith::SelectOp>(equal(x, f(infinity)), x, result);
  result = create<arith::SelectOp>(equal(x, f(0.0f)), f(-infinity), result);
  // "not x >= 0" also takes NaN.
  Value valid = create<arith::CmpFOp>(arith::CmpFPredicate::OGE, x, f(0.0f));
  return create<arith::SelectOp>(valid, result, f(nan));
}

Value Single::tanh(Value x) {
  Value magnitude = create<math::AbsFOp>(x);
  Value z = create<arith::MulFOp>(x, x);
  Value p =
      polynomial(z, {-5.70498872745e-3f, 2.06390887954e-2f, -5.37397155531e-2f, 1.33314422036e-1f, -3.33332819422e-1f});
  Value small = fma(create<arith::MulFOp>(p, z), x, x);
  // 1 - 2 / (exp(2|x|) + 1); from 10 on that is 1.
  Value bounded = atMost(magnitude, 10.0f);
  Value e = expInRange(create<arith::AddFOp>(bounded, bounded));
  Value large = create<arith::SubFOp>(f(1.0f), create<arith::DivFOp>(f(2.0f), create<arith::AddFOp>(e, f(1.0f))));
  Value result = create<arith::SelectOp>(less(magnitude, f(0.625f)), small, large);
  return create<math::CopySignOp>(result, x); // -0 gives -0
}

/// Computes `op` in float32 by `expand`, whatever narrower type it has.
void expand(Operation *op, Value (Single::*expand)(Value)) {
  OpBuilder builder(op);
  Single b(builder, op->getLoc());
  Value x = op->getOperand(0);
  Type type = x.getType();
  if (!type.isF32())
    x = b.create<arith::ExtFOp>(builder.getF32Type(), x);
  Value y = (b.*expand)(x);
  if (!type.isF32())
    y = b.create<arith::TruncFOp>(type, y);
  op->getResult(0).replaceAllUsesWith(y);
  op->erase();
}

/// One type's formulas for arguments where SLEEF's functions overflow.
class Beyond : public Single {
public:
  Beyond(OpBuilder &builder, Location loc, bool wide)
      : Single(builder, loc), wide(wide), type(wide ? builder.getF64Type() : builder.getF32Type()) {}

  /// The result of `op`, an operation of its kind included.
  Value mended(Operation *op, Value x);

private:
  /// A number, as float32 and as float64 has it.
  Value number(double single, double wideNumber) { return constant(type, wide ? wideNumber : single); }
  Value reduced(Value x);
  Value sinhOrCosh(Operation *op, Value x);
  Value inverse(Operation *op, Value x);
  Value exponential(Operation *op, Value x);
  Value logarithm(Operation *op, Value x);
  /// `op` of another argument.
  Value call(Operation *op, Value x) {
    op->moveBefore(builder.getInsertionBlock(), builder.getInsertionPoint());
    op->setOperand(0, x);
    return op->getResult(0);
  }

  bool wide;
  Type type;
};

/// x - n log 2 with n of the largest exponent, for x near that: the first difference is exact.
Value Beyond::reduced(Value x) {
  Value first = sub(x, number(0x1.62e43p+6, 0x1.62e42fefa39efp+9));
  return sub(first, number(-0x1.05c61p-22, 0x1.abc9e3b39803fp-46));
}

/// exp(|x|) / 2 is exp(|x| - n log 2) * 2^(n-1): a power of two takes nothing from the precision.
Value Beyond::sinhOrCosh(Operation *op, Value x) {
  Value magnitude = create<math::AbsFOp>(x), bound = number(88, 709), there = cmp(Gt, magnitude, bound);
  Value r = reduced(select(there, magnitude, bound)); // without denormal numbers elsewhere, which are slow
  Value large = mul(wide ? create<math::ExpOp>(r) : exp(r), number(0x1p127, 0x1p1023));
  return select(there, isa<math::SinhOp>(op) ? create<math::CopySignOp>(large, x) : large, call(op, x));
}

/// asinh and acosh of large numbers: log(2x).
Value Beyond::inverse(Operation *op, Value x) {
  Value magnitude = create<math::AbsFOp>(x), logarithm = wide ? create<math::LogOp>(magnitude) : log(magnitude);
  Value large = create<math::CopySignOp>(add(logarithm, constant(type, 0x1.62e42fefa39efp-1)), x);
  Value there = cmp(Gt, isa<math::AcoshOp>(op) ? x : magnitude, number(0x1p32, 0x1p256));
  return select(there, large, call(op, x));
}

/// exp(x) is exp(x - n log 2) * 2^n, in two factors because 2^n is too large. float64.
Value Beyond::exponential(Operation *op, Value x) {
  Value there = cmp(Gt, x, number(88, 709)), y = call(op, select(there, reduced(x), x));
  return select(there, mul(mul(y, number(0x1p127, 0x1p1023)), constant(type, 2)), y);
}

/// log1p(x) of large numbers: log1p(x / 2^k) + k log 2.
Value Beyond::logarithm(Operation *op, Value x) {
  Value there = cmp(Gt, x, number(0x1p64, 0x1p512));
  Value y = call(op, select(there, mul(x, number(0x1p-32, 0x1p-256)), x));
  return select(there, add(y, number(0x1.62e42fefa39efp+4, 0x1.62e42fefa39efp+7)), y);
}

Value Beyond::mended(Operation *op, Value x) {
  if (isa<math::SinhOp, math::CoshOp>(op))
    return sinhOrCosh(op, x);
  if (isa<math::ExpOp>(op))
    return exponential(op, x);
  return isa<math::Log1pOp>(op) ? logarithm(op, x) : inverse(op, x);
}

/// acosh of float64 is libm's, exp of float32 is expanded.
bool isMended(Operation *op) {
  return isa<math::SinhOp, math::CoshOp, math::Log1pOp, math::AsinhOp>(op) ||
         (isa<math::AcoshOp>(op) && op->getResult(0).getType().isF32()) ||
         (isa<math::ExpOp>(op) && op->getResult(0).getType().isF64());
}

void mend(Operation *op) {
  OpBuilder builder(op->getContext());
  builder.setInsertionPointAfter(op);
  SmallVector<OpOperand *> uses = llvm::map_to_vector(op->getUses(), [](OpOperand &use) { return &use; });
  Beyond b(builder, op->getLoc(), op->getResult(0).getType().isF64());
  Value mended = b.mended(op, op->getOperand(0));
  for (OpOperand *use : uses)
    use->set(mended);
}

struct ExpandMathPass : impl::ExpandMathPassBase<ExpandMathPass> {
  void runOnOperation() override {
    SmallVector<Operation *> expanded, mended;
    getOperation().walk([&](Operation *op) {
      if (isMended(op))
        mended.push_back(op);
      else if (isa<math::ExpOp, math::LogOp, math::TanhOp>(op) && isa<FloatType>(op->getResult(0).getType()) &&
               !op->getResult(0).getType().isF64())
        expanded.push_back(op);
    });
    llvm::for_each(mended, mend);
    for (Operation *op : expanded)
      expand(op, isa<math::ExpOp>(op) ? &Single::exp : isa<math::LogOp>(op) ? &Single::log : &Single::tanh);
  }
};

} // namespace
} // namespace weft

// weft-expand-math: exp, log and tanh of float32 (and of narrower dtypes, computed in float32) as straight-line
// arithmetic that LLVM's loop vectoriser takes as it is, which runs faster than calls and takes longer to compile. So a
// function that has many keeps them all as calls, and so do float64 and the other functions (LowerMathToLLVM.cpp).
//
// The arithmetic is that of lib/math, the same source: its templates run here with operations in the place of numbers.
// So calls and arithmetic have the same bits.
#include "dialect/IR/Builders.h"
#include "lib/math/exponentials.h"
#include "lib/math/hyperbolics.h"
#include "lib/math/logarithms.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Pass/Pass.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DECL_EXPANDMATHPASS
#define GEN_PASS_DEF_EXPANDMATHPASS
#include "dialect/Transforms/Passes.h.inc"
namespace {

/// Where the operations that stand for numbers are made.
thread_local ScalarBuilder *here = nullptr;

struct Mask {
  Value value;
  friend Mask operator&(Mask a, Mask b) { return {here->bitAnd(a.value, b.value)}; }
};

/// The bits of a number: an unsigned integer.
struct SymbolBits {
  Value value;
  explicit SymbolBits(Value v) : value(v) {}
  SymbolBits(uint32_t v) : value(here->constantInt(here->builder.getI32Type(), int32_t(v))) {}

  friend SymbolBits operator+(SymbolBits a, SymbolBits b) { return make<arith::AddIOp>(a, b); }
  friend SymbolBits operator-(SymbolBits a, SymbolBits b) { return make<arith::SubIOp>(a, b); }
  friend SymbolBits operator&(SymbolBits a, SymbolBits b) { return make<arith::AndIOp>(a, b); }
  friend SymbolBits operator|(SymbolBits a, SymbolBits b) { return make<arith::OrIOp>(a, b); }
  friend SymbolBits operator^(SymbolBits a, SymbolBits b) { return make<arith::XOrIOp>(a, b); }
  friend SymbolBits operator<<(SymbolBits a, int n) { return make<arith::ShLIOp>(a, SymbolBits(n)); }
  friend SymbolBits operator>>(SymbolBits a, int n) { return make<arith::ShRUIOp>(a, SymbolBits(n)); }
  friend Mask operator>=(SymbolBits a, SymbolBits b) {
    return {here->create<arith::CmpIOp>(arith::CmpIPredicate::uge, a.value, b.value)};
  }

private:
  template <class Op> static SymbolBits make(SymbolBits a, SymbolBits b) {
    return SymbolBits(here->create<Op>(a.value, b.value));
  }
};

/// A number: a float32.
struct Symbol {
  Value value;
  Symbol() = default;
  explicit Symbol(Value v) : value(v) {}
  Symbol(float v) : value(here->constant(here->builder.getF32Type(), v)) {}

  friend Symbol operator+(Symbol x, Symbol y) { return make<arith::AddFOp>(x, y); }
  friend Symbol operator-(Symbol x, Symbol y) { return make<arith::SubFOp>(x, y); }
  friend Symbol operator*(Symbol x, Symbol y) { return make<arith::MulFOp>(x, y); }
  friend Symbol operator/(Symbol x, Symbol y) { return make<arith::DivFOp>(x, y); }
  friend Mask operator<(Symbol x, Symbol y) { return compare(arith::CmpFPredicate::OLT, x, y); }
  friend Mask operator>(Symbol x, Symbol y) { return compare(arith::CmpFPredicate::OGT, x, y); }
  friend Mask operator>=(Symbol x, Symbol y) { return compare(arith::CmpFPredicate::OGE, x, y); }
  friend Mask operator==(Symbol x, Symbol y) { return compare(arith::CmpFPredicate::OEQ, x, y); }
  friend Mask operator!=(Symbol x, Symbol y) { return compare(arith::CmpFPredicate::UNE, x, y); }

private:
  template <class Op> static Symbol make(Symbol x, Symbol y) { return Symbol(here->create<Op>(x.value, y.value)); }
  static Mask compare(arith::CmpFPredicate p, Symbol x, Symbol y) {
    return {here->create<arith::CmpFOp>(p, x.value, y.value)};
  }
};

Symbol fma(Symbol x, Symbol y, Symbol z) { return Symbol(here->create<math::FmaOp>(x.value, y.value, z.value)); }
Symbol select(Mask mask, Symbol yes, Symbol no) { return Symbol(here->select(mask.value, yes.value, no.value)); }
SymbolBits bits(Symbol x) { return SymbolBits(here->create<arith::BitcastOp>(here->builder.getI32Type(), x.value)); }
// Nothing is known of the numbers: code for all of them.
bool any(Mask) { return true; }

} // namespace

namespace detail::math {
namespace {

template <> struct Kind<Symbol> {
  using Number = float;
  static constexpr int lanes = 1;
  using Bits = SymbolBits;
};
template <> Symbol from_bits<Symbol>(SymbolBits b) {
  return Symbol(here->create<arith::BitcastOp>(here->builder.getF32Type(), b.value));
}

} // namespace
} // namespace detail::math

namespace {

bool isExpandable(Operation *op) {
  Type type = op->getNumResults() == 1 ? op->getResult(0).getType() : Type();
  return isa<math::ExpOp, math::LogOp, math::TanhOp>(op) && isa<FloatType>(type) && !type.isF64();
}

/// In float32, whatever narrower type it has.
void expand(Operation *op) {
  OpBuilder builder(op);
  ScalarBuilder b(builder, op->getLoc());
  llvm::SaveAndRestore scope(here, &b);
  Value x = op->getOperand(0);
  Type type = x.getType();
  if (!type.isF32())
    x = b.create<arith::ExtFOp>(builder.getF32Type(), x);
  Symbol s(x), y = isa<math::ExpOp>(op)   ? detail::math::exp(s)
                   : isa<math::LogOp>(op) ? detail::math::log(s)
                                          : detail::math::tanh(s);
  Value result = y.value;
  if (!type.isF32())
    result = b.create<arith::TruncFOp>(type, result);
  op->getResult(0).replaceAllUsesWith(result);
  op->erase();
}

struct ExpandMathPass : impl::ExpandMathPassBase<ExpandMathPass> {
  using ExpandMathPassBase::ExpandMathPassBase;

  void runOnOperation() override {
    SmallVector<Operation *> found;
    getOperation().walk([&](Operation *op) {
      if (isExpandable(op))
        found.push_back(op);
    });
    if (found.size() <= most)
      llvm::for_each(found, expand);
  }
};

} // namespace
} // namespace weft

// ScalarBuilder: the scalar operations of every dtype, with the integer, shift and conversion rules of the public API
// written out, so that no undefined behaviour of LLVM is left for a user's value to reach.
#include "dialect/IR/Weft.h"

#include <weft/detail/rules.h>

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>
#include <limits>

using namespace mlir;

namespace weft {
namespace {

bool isFloat(Type t) { return isa<FloatType>(t); }
bool isString(Type t) { return isa<StringType>(t); }
/// bool counts as unsigned: its comparisons and conversions are.
bool isUnsigned(Type t) { return t.isUnsignedInteger() || t.isInteger(1); }

/// arith knows only signless integers: `uiN` values enter as iN.
Type signless(Type t) {
  return t.isUnsignedInteger() ? Type(IntegerType::get(t.getContext(), t.getIntOrFloatBitWidth())) : t;
}
Value plain(ScalarBuilder &b, Value x) {
  Type t = signless(x.getType());
  return t == x.getType() ? x : UnrealizedConversionCastOp::create(b.builder, b.loc, t, x).getResult(0);
}
Value typed(ScalarBuilder &b, Value x, Type t) {
  return t == x.getType() ? x : UnrealizedConversionCastOp::create(b.builder, b.loc, t, x).getResult(0);
}

template <class Int> Value integers(ScalarBuilder &b, Value x, Value y) {
  return typed(b, b.create<Int>(plain(b, x), plain(b, y)), x.getType());
}
template <class Float, class Int> Value arithmetic(ScalarBuilder &b, Value x, Value y) {
  Type t = x.getType();
  if (isFloat(t))
    return b.create<Float>(x, y);
  return typed(b, b.create<Int>(plain(b, x), plain(b, y)), t);
}

std::optional<APInt> constantOf(Value signlessInteger) {
  APInt v;
  return matchPattern(signlessInteger, m_ConstantInt(&v)) ? std::optional(v) : std::nullopt;
}

/// A quotient of signless integers that cannot trap, and what its remainder needs.
struct Division {
  Value x, y; // signless
  bool unsign;
  Value safe;    // the divisor with 0, and -1 where signed, replaced by 1
  Value negated; // whether y is -1, null where it cannot be
};

Division prepareDivision(ScalarBuilder &b, Value x, Value y) {
  Division d{plain(b, x), plain(b, y), isUnsigned(x.getType()), {}, {}};
  d.safe = plain(b, b.checkedDivisor(y));
  std::optional<APInt> known = constantOf(d.y);
  if (d.unsign || (known && !known->isAllOnes()))
    return d;
  d.negated = b.create<arith::CmpIOp>(arith::CmpIPredicate::eq, d.y, b.constantInt(d.y.getType(), -1));
  d.safe = b.select(d.negated, b.constantInt(d.y.getType(), 1), d.safe);
  return d;
}

/// Processors divide integers one by one, but floats in vectors. A float with more bits than an integer makes no mistake: a quotient
/// that is not whole is at least 1 / y from the next integer, and rounding moves it by less.
bool dividesAsFloats(ScalarBuilder &b, const Division &d) {
  return b.manyElements && d.x.getType().getIntOrFloatBitWidth() <= 32 && !constantOf(d.y);
}

/// x / safe.
Value safeQuotient(ScalarBuilder &b, const Division &d) {
  if (!dividesAsFloats(b, d))
    return d.unsign ? b.create<arith::DivUIOp>(d.x, d.safe) : b.create<arith::DivSIOp>(d.x, d.safe);
  Type t = d.x.getType(), wide = t.getIntOrFloatBitWidth() <= 16 ? b.builder.getF32Type() : b.builder.getF64Type();
  auto real = [&](Value v) {
    return d.unsign ? b.create<arith::UIToFPOp>(wide, v) : b.create<arith::SIToFPOp>(wide, v);
  };
  Value q = b.create<arith::DivFOp>(real(d.x), real(d.safe));
  q.getDefiningOp()->setDiscardableAttr(exactDivisionName, b.builder.getUnitAttr());
  return d.unsign ? b.create<arith::FPToUIOp>(t, q) : b.create<arith::FPToSIOp>(t, q);
}

Value quotient(ScalarBuilder &b, const Division &d) {
  Value q = safeQuotient(b, d);
  return d.negated ? b.select(d.negated, b.neg(d.x), q) : q;
}

Value remainder(ScalarBuilder &b, const Division &d) {
  if (dividesAsFloats(b, d))
    return b.sub(d.x, b.mul(safeQuotient(b, d), d.safe));
  return d.unsign ? b.create<arith::RemUIOp>(d.x, d.safe) : b.create<arith::RemSIOp>(d.x, d.safe);
}

/// Whether a truncated remainder has to be moved to the divisor's sign.
Value signsDiffer(ScalarBuilder &b, Value rem, Value y) {
  Value zero = b.constantInt(y.getType(), 0);
  Value differ = b.cmp(ScalarBuilder::Lt, b.create<arith::XOrIOp>(rem, y), zero);
  return b.create<arith::AndIOp>(b.cmp(ScalarBuilder::Ne, rem, zero), differ);
}

/// NumPy's divmod for floats: the remainder has the sign of y, the quotient is rounded from what the remainder leaves.
struct FloatDivmod {
  Value quotient, remainder;
};
FloatDivmod floatDivmod(ScalarBuilder &b, Value x, Value y) {
  Type t = x.getType();
  Value zero = b.constant(t, 0), one = b.constant(t, 1);
  Value mod = b.create<arith::RemFOp>(x, y), div = b.div(b.sub(x, mod), y);
  Value exact = b.cmp(ScalarBuilder::Eq, mod, zero);
  Value differ = b.create<arith::XOrIOp>(b.cmp(ScalarBuilder::Lt, y, zero), b.cmp(ScalarBuilder::Lt, mod, zero));
  Value adjust = b.create<arith::AndIOp>(b.cmp(ScalarBuilder::Ne, mod, zero), differ);
  Value moved = b.select(adjust, b.add(mod, y), mod);
  moved = b.select(exact, b.create<math::CopySignOp>(zero, y), moved);
  div = b.select(adjust, b.sub(div, one), div);
  Value floor = b.create<math::FloorOp>(div), plain = b.div(x, y);
  Value high = b.cmp(ScalarBuilder::Gt, b.sub(div, floor), b.constant(t, 0.5));
  Value rounded = b.select(high, b.add(floor, one), floor);
  rounded = b.select(b.cmp(ScalarBuilder::Eq, div, zero), b.create<math::CopySignOp>(zero, plain), rounded);
  // By zero: infinity or NaN, as division gives, and fmod's NaN.
  Value byZero = b.cmp(ScalarBuilder::Eq, y, zero);
  return {b.select(byZero, plain, rounded), b.select(byZero, mod, moved)};
}

/// float64 to float32, rounded to odd: rounding that once more, to 16 bits, gives what one rounding would (Boldo and
/// Melquiond, 2008). LLVM would call a function of libgcc's for the whole way.
Value roundToOdd(ScalarBuilder &b, Value x) {
  Type f32 = b.builder.getF32Type(), i32 = b.builder.getI32Type();
  Value near = b.create<arith::TruncFOp>(f32, x), back = b.create<arith::ExtFOp>(x.getType(), near);
  Value bits = b.create<arith::BitcastOp>(i32, near);
  Value inexact = b.create<arith::CmpFOp>(arith::CmpFPredicate::ONE, back, x);
  Value even = b.cmp(ScalarBuilder::Eq, b.bitAnd(bits, b.constantInt(i32, 1)), b.constantInt(i32, 0));
  Value toZero = b.cmp(ScalarBuilder::Lt, b.abs(back), b.abs(x));
  Value other = b.add(bits, b.select(toZero, b.constantInt(i32, 1), b.constantInt(i32, -1)));
  return b.create<arith::BitcastOp>(f32, b.select(b.bitAnd(inexact, even), other, bits));
}

Value floatToFloat(ScalarBuilder &b, Value x, Type to) {
  unsigned from = x.getType().getIntOrFloatBitWidth(), width = to.getIntOrFloatBitWidth();
  if (from == 64 && width == 16)
    return b.create<arith::TruncFOp>(to, roundToOdd(b, x));
  if (from == width) // float16 and bfloat16
    return b.create<arith::TruncFOp>(to, b.create<arith::ExtFOp>(b.builder.getF32Type(), x));
  return from < width ? b.create<arith::ExtFOp>(to, x) : b.create<arith::TruncFOp>(to, x);
}

/// Saturates; NaN gives 0. fptosi is poison out of range, so it only sees what fits. The bounds are powers of two,
/// exact in float32 and float64.
Value floatToInteger(ScalarBuilder &b, Value x, Type to) {
  if (x.getType().getIntOrFloatBitWidth() < 32)
    x = floatToFloat(b, x, b.builder.getF32Type());
  bool unsign = isUnsigned(to);
  Type t = signless(to), f = x.getType();
  unsigned width = t.getIntOrFloatBitWidth();
  Value low = b.constant(f, unsign ? 0.0 : -std::ldexp(1.0, width - 1));
  Value high = b.constant(f, std::ldexp(1.0, unsign ? width : width - 1));
  Value below = b.cmp(ScalarBuilder::Lt, x, low), above = b.cmp(ScalarBuilder::Ge, x, high);
  Value fits = b.create<arith::AndIOp>(b.cmp(ScalarBuilder::Ge, x, low), b.cmp(ScalarBuilder::Lt, x, high));
  Value safe = b.select(fits, x, b.constant(f, 0));
  Value r = unsign ? b.create<arith::FPToUIOp>(t, safe) : b.create<arith::FPToSIOp>(t, safe);
  r = b.select(above, plain(b, b.highest(to)), r);
  r = b.select(below, plain(b, b.lowest(to)), r);
  return typed(b, r, to);
}

Value integerToInteger(ScalarBuilder &b, Value x, Type to) {
  bool unsign = isUnsigned(x.getType());
  Value v = plain(b, x);
  Type t = signless(to);
  unsigned from = v.getType().getIntOrFloatBitWidth(), width = t.getIntOrFloatBitWidth();
  if (from > width)
    v = b.create<arith::TruncIOp>(t, v);
  else if (from < width)
    v = unsign ? b.create<arith::ExtUIOp>(t, v) : b.create<arith::ExtSIOp>(t, v);
  return typed(b, v, to);
}

} // namespace

Value ScalarBuilder::constant(Type t, double v) {
  if (auto f = dyn_cast<FloatType>(t))
    return create<arith::ConstantOp>(builder.getFloatAttr(f, v));
  return constantInt(t, t.isInteger(1) ? v != 0 : static_cast<int64_t>(v));
}

Value ScalarBuilder::constantInt(Type t, int64_t v) {
  if (isFloat(t))
    return constant(t, static_cast<double>(v));
  if (isa<IndexType>(t))
    return create<arith::ConstantOp>(builder.getIndexAttr(v));
  auto i = mlir::cast<IntegerType>(signless(t));
  APInt bits(i.getWidth(), static_cast<uint64_t>(v), /*isSigned=*/true, /*implicitTrunc=*/true);
  return typed(*this, create<arith::ConstantOp>(IntegerAttr::get(i, bits)), t);
}

Value ScalarBuilder::lowest(Type t) {
  if (isFloat(t))
    return constant(t, -std::numeric_limits<double>::infinity());
  if (isUnsigned(t))
    return constantInt(t, 0);
  return constantInt(t, APInt::getSignedMinValue(t.getIntOrFloatBitWidth()).getSExtValue());
}

Value ScalarBuilder::highest(Type t) {
  if (isFloat(t))
    return constant(t, std::numeric_limits<double>::infinity());
  if (isUnsigned(t))
    return constantInt(t, -1);
  return constantInt(t, APInt::getSignedMaxValue(t.getIntOrFloatBitWidth()).getSExtValue());
}

Value ScalarBuilder::index(int64_t v) { return constantInt(builder.getIndexType(), v); }

Value ScalarBuilder::add(Value x, Value y) {
  if (isString(x.getType()))
    return create<TextConcatOp>(x, y);
  return arithmetic<arith::AddFOp, arith::AddIOp>(*this, x, y);
}
Value ScalarBuilder::sub(Value x, Value y) { return arithmetic<arith::SubFOp, arith::SubIOp>(*this, x, y); }
Value ScalarBuilder::mul(Value x, Value y) { return arithmetic<arith::MulFOp, arith::MulIOp>(*this, x, y); }

Value ScalarBuilder::checkedDivisor(Value y) {
  if (!mayDivideByZero(y))
    return y;
  Value v = plain(*this, y);
  Value nonzero = create<arith::CmpIOp>(arith::CmpIPredicate::ne, v, constantInt(v.getType(), 0));
  CheckOp::create(builder, loc, nonzero, ValueRange(), divisionByZeroMessage,
                  static_cast<int32_t>(detail::ErrorKind::Check));
  return typed(*this, select(nonzero, v, constantInt(v.getType(), 1)), y.getType());
}

Value ScalarBuilder::div(Value x, Value y) {
  if (isFloat(x.getType()))
    return create<arith::DivFOp>(x, y);
  return typed(*this, quotient(*this, prepareDivision(*this, x, y)), x.getType());
}

Value ScalarBuilder::rem(Value x, Value y) {
  if (isFloat(x.getType()))
    return create<arith::RemFOp>(x, y);
  return typed(*this, remainder(*this, prepareDivision(*this, x, y)), x.getType());
}

Value ScalarBuilder::floorDiv(Value x, Value y) {
  if (isFloat(x.getType()))
    return floatDivmod(*this, x, y).quotient;
  Division d = prepareDivision(*this, x, y);
  Value q = quotient(*this, d);
  if (!d.unsign) {
    Value down = signsDiffer(*this, sub(d.x, mul(q, d.y)), d.y);
    q = select(down, sub(q, constantInt(q.getType(), 1)), q);
  }
  return typed(*this, q, x.getType());
}

Value ScalarBuilder::floorRem(Value x, Value y) {
  if (isFloat(x.getType()))
    return floatDivmod(*this, x, y).remainder;
  Division d = prepareDivision(*this, x, y);
  Value r = remainder(*this, d);
  if (!d.unsign)
    r = select(signsDiffer(*this, r, d.y), add(r, d.y), r);
  return typed(*this, r, x.getType());
}

Value ScalarBuilder::power(Value x, Value y) {
  if (isFloat(x.getType()))
    return create<math::PowFOp>(x, y);
  Value square = plain(*this, x), exponent = plain(*this, y);
  Value zero = constantInt(square.getType(), 0), one = constantInt(square.getType(), 1), result = one;
  if (mayBeNegative(y)) {
    Value whole = create<arith::CmpIOp>(arith::CmpIPredicate::sge, exponent, zero);
    CheckOp::create(builder, loc, whole, ValueRange(), negativePowerMessage, static_cast<int32_t>(detail::ErrorKind::Check));
  }
  auto bit = [&](Value v, unsigned number) {
    Value mask = constantInt(v.getType(), int64_t(1) << number);
    return create<arith::CmpIOp>(arith::CmpIPredicate::ne, create<arith::AndIOp>(v, mask), zero);
  };
  auto times = [&](Value a, Value b) { return create<arith::MulIOp>(a, b); };
  // A square for each of the low bits of the exponent: without a branch, so that it is vectorised.
  Value base = square;
  unsigned width = square.getType().getIntOrFloatBitWidth(), low = std::max((width + 2) / 3 - 2, llvm::Log2_32(width));
  for (unsigned k = 0; k < low; ++k) {
    result = times(result, select(bit(exponent, k), square, one));
    square = times(square, square);
  }
  // By now the square of an even number is 0, and that of an odd one is 1 + t with t a multiple of 2^(low + 2). So t
  // cubed is 0, and (1 + t)^n = 1 + n t + n (n - 1) / 2 t^2 for the n that the other bits are. One of n and n - 1 is
  // halved: n, but for its last bit.
  Value n = create<arith::ShRUIOp>(exponent, constantInt(exponent.getType(), low)),
        t = create<arith::SubIOp>(square, one);
  Value half = create<arith::ShRUIOp>(n, one), odd = create<arith::OrIOp>(create<arith::SubIOp>(n, one), one);
  Value series = times(t, create<arith::AddIOp>(n, times(times(half, odd), t)));
  Value none = create<arith::CmpIOp>(arith::CmpIPredicate::eq, n, zero);
  Value rest = select(bit(base, 0), create<arith::AddIOp>(one, series), select(none, one, zero));
  return typed(*this, times(result, rest), x.getType());
}

Value ScalarBuilder::max(Value x, Value y) {
  if (isUnsigned(x.getType()))
    return arithmetic<arith::MaximumFOp, arith::MaxUIOp>(*this, x, y);
  return arithmetic<arith::MaximumFOp, arith::MaxSIOp>(*this, x, y);
}
Value ScalarBuilder::min(Value x, Value y) {
  if (isUnsigned(x.getType()))
    return arithmetic<arith::MinimumFOp, arith::MinUIOp>(*this, x, y);
  return arithmetic<arith::MinimumFOp, arith::MinSIOp>(*this, x, y);
}

Value ScalarBuilder::neg(Value x) {
  if (isFloat(x.getType()))
    return create<arith::NegFOp>(x);
  return sub(constantInt(x.getType(), 0), x);
}

Value ScalarBuilder::abs(Value x) {
  if (isFloat(x.getType()))
    return create<math::AbsFOp>(x);
  return isUnsigned(x.getType()) ? x : max(x, neg(x));
}

Value ScalarBuilder::bitAnd(Value x, Value y) { return integers<arith::AndIOp>(*this, x, y); }
Value ScalarBuilder::bitOr(Value x, Value y) { return integers<arith::OrIOp>(*this, x, y); }
Value ScalarBuilder::bitXor(Value x, Value y) { return integers<arith::XOrIOp>(*this, x, y); }

Value ScalarBuilder::invert(Value x) {
  Value v = plain(*this, x);
  return typed(*this, create<arith::XOrIOp>(v, constantInt(v.getType(), -1)), x.getType());
}

// A shift by the width or more is poison, also in a branch of a select that is not taken once it is folded, so the
// amount is bounded first. Negative amounts are large unsigned ones.
Value ScalarBuilder::shiftLeft(Value x, Value y) {
  Value v = plain(*this, x), amount = plain(*this, y);
  Type t = v.getType();
  Value most = constantInt(t, t.getIntOrFloatBitWidth() - 1);
  Value shifted = create<arith::ShLIOp>(v, create<arith::MinUIOp>(amount, most));
  Value fits = create<arith::CmpIOp>(arith::CmpIPredicate::ule, amount, most);
  return typed(*this, select(fits, shifted, constantInt(t, 0)), x.getType());
}
Value ScalarBuilder::shiftRight(Value x, Value y) {
  Value v = plain(*this, x), amount = plain(*this, y);
  Type t = v.getType();
  Value most = constantInt(t, t.getIntOrFloatBitWidth() - 1), bounded = create<arith::MinUIOp>(amount, most);
  if (!isUnsigned(x.getType()))
    return create<arith::ShRSIOp>(v, bounded);
  Value fits = create<arith::CmpIOp>(arith::CmpIPredicate::ule, amount, most);
  return typed(*this, select(fits, create<arith::ShRUIOp>(v, bounded), constantInt(t, 0)), x.getType());
}

Value ScalarBuilder::cmp(Predicate p, Value x, Value y) {
  Type t = x.getType();
  if (isString(t)) {
    Value equal = create<TextEqualOp>(builder.getI1Type(), x, y);
    return p == Eq ? equal : invert(equal);
  }
  using F = arith::CmpFPredicate;
  using I = arith::CmpIPredicate;
  constexpr F floats[] = {F::OEQ, F::UNE, F::OLT, F::OLE, F::OGT, F::OGE};
  constexpr I signs[] = {I::eq, I::ne, I::slt, I::sle, I::sgt, I::sge};
  constexpr I unsigns[] = {I::eq, I::ne, I::ult, I::ule, I::ugt, I::uge};
  if (isFloat(t))
    return create<arith::CmpFOp>(floats[p], x, y);
  return create<arith::CmpIOp>((isUnsigned(t) ? unsigns : signs)[p], plain(*this, x), plain(*this, y));
}

Value ScalarBuilder::select(Value c, Value x, Value y) { return create<arith::SelectOp>(c, x, y); }

Value ScalarBuilder::cast(Value x, Type to) {
  Type from = x.getType();
  if (from == to)
    return x;
  Type i64 = builder.getI64Type();
  if (isa<IndexType>(to))
    return create<arith::IndexCastOp>(to, cast(x, i64));
  if (isa<IndexType>(from))
    return cast(create<arith::IndexCastOp>(i64, x), to);
  if (to.isInteger(1))
    return cmp(Ne, x, constant(from, 0));
  if (isFloat(from))
    return isFloat(to) ? floatToFloat(*this, x, to) : floatToInteger(*this, x, to);
  if (!isFloat(to))
    return integerToInteger(*this, x, to);
  Value v = plain(*this, x);
  return isUnsigned(from) ? create<arith::UIToFPOp>(to, v) : create<arith::SIToFPOp>(to, v);
}

bool ScalarBuilder::isFloating(Value x) { return isFloat(x.getType()); }

Value ScalarBuilder::bits(Value x) {
  return create<arith::BitcastOp>(builder.getIntegerType(x.getType().getIntOrFloatBitWidth()), x);
}

Value ScalarBuilder::sign(Value x) {
  Type t = x.getType();
  Value zero = constant(t, 0), below = isUnsigned(t) ? zero : constant(t, -1);
  Value nonzero = select(cmp(Gt, x, zero), constant(t, 1), select(cmp(Lt, x, zero), below, x));
  return select(cmp(Eq, x, zero), zero, nonzero);
}

Value ScalarBuilder::isInfinite(Value x) {
  return isFloating(x) ? cmp(Eq, abs(x), highest(x.getType())) : constant(builder.getI1Type(), false);
}
Value ScalarBuilder::isFinite(Value x) {
  return isFloating(x) ? cmp(Lt, abs(x), highest(x.getType())) : constant(builder.getI1Type(), true);
}

Value ScalarBuilder::hypot(Value x, Value y) {
  Type t = x.getType();
  Value a = abs(x), b = abs(y), infinite = create<arith::OrIOp>(isInfinite(x), isInfinite(y));
  Value result;
  if (t.getIntOrFloatBitWidth() <= 32) { // float64 holds the squares
    Type wide = builder.getF64Type();
    Value p = cast(a, wide), q = cast(b, wide);
    result = cast(create<math::SqrtOp>(add(mul(p, p), mul(q, q))), t);
  } else {
    Value large = max(a, b), small = min(a, b), zero = constant(t, 0);
    Value ratio = select(cmp(Eq, large, zero), zero, div(small, large));
    result = mul(large, create<math::SqrtOp>(add(constant(t, 1), mul(ratio, ratio))));
  }
  return select(infinite, highest(t), result);
}

Value ScalarBuilder::logAddExp(Value x, Value y) {
  Type t = x.getType();
  Value larger = max(x, y), distance = neg(abs(sub(x, y)));
  Value more = create<math::Log1pOp>(create<math::ExpOp>(distance));
  // Equal infinities have no distance.
  return select(cmp(Eq, x, y), add(x, constant(t, std::log(2.0))), add(larger, more));
}

Value ScalarBuilder::nextAfter(Value x, Value y) {
  Type t = x.getType();
  Value word = bits(x), one = constantInt(word.getType(), 1), zero = constant(t, 0);
  // Magnitudes are ordered as their bits are.
  Value away = create<arith::XOrIOp>(cmp(Lt, x, y), cmp(Lt, x, zero));
  Value next = create<arith::BitcastOp>(t, select(away, add(word, one), sub(word, one)));
  Value smallest = create<math::CopySignOp>(create<arith::BitcastOp>(t, one), y);
  next = select(cmp(Eq, x, zero), smallest, next);
  Value nan = create<arith::OrIOp>(cmp(Ne, x, x), cmp(Ne, y, y));
  return select(nan, add(x, y), select(cmp(Eq, x, y), y, next));
}

} // namespace weft

// What the code fields of Ops.td are written with: ScalarBuilder makes scalar operations of any element type (bool i1,
// signless signed integers, unsigned uiN, floats, strings), ElementBuilder also reads elements of operands.
#pragma once
#include "mlir/IR/Builders.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace weft {

/// The attribute of a quotient that has to be rounded as IEEE 754 says, whatever the program allows.
inline constexpr llvm::StringLiteral exactDivisionName = "weft.exact";

class ScalarBuilder {
public:
  ScalarBuilder(mlir::OpBuilder &b, mlir::Location loc) : builder(b), loc(loc) {}

  template <class Op, class... A> mlir::Value create(A &&...args) {
    return Op::create(builder, loc, std::forward<A>(args)...);
  }
  enum Predicate { Eq, Ne, Lt, Le, Gt, Ge };

  mlir::Value constant(mlir::Type t, double v);
  mlir::Value constantInt(mlir::Type t, int64_t v);
  mlir::Value lowest(mlir::Type t); // -inf, or the smallest integer
  mlir::Value highest(mlir::Type t);
  mlir::Value index(int64_t v);

  // Integers wrap; strings: add joins, cmp Eq and Ne compare. No fast-math flag is ever set.
  mlir::Value add(mlir::Value x, mlir::Value y);
  mlir::Value sub(mlir::Value x, mlir::Value y);
  mlir::Value mul(mlir::Value x, mlir::Value y);
  // Integer division truncates, INT_MIN / -1 wraps; a zero divisor is a weft.check of kind Check (omitted for a
  // constant divisor that is not zero).
  mlir::Value div(mlir::Value x, mlir::Value y);
  mlir::Value rem(mlir::Value x, mlir::Value y);
  mlir::Value floorDiv(mlir::Value x, mlir::Value y);
  mlir::Value floorRem(mlir::Value x, mlir::Value y);
  /// That check, if it is needed: the divisor, or 1 where it is zero. The result needs no check again.
  mlir::Value checkedDivisor(mlir::Value y);
  /// Integers wrap; a negative exponent is a weft.check of kind Check.
  mlir::Value power(mlir::Value x, mlir::Value y);
  mlir::Value max(mlir::Value x, mlir::Value y); // NaN propagates, -0 < +0
  mlir::Value min(mlir::Value x, mlir::Value y);
  mlir::Value neg(mlir::Value x);
  mlir::Value abs(mlir::Value x);
  mlir::Value bitAnd(mlir::Value x, mlir::Value y);
  mlir::Value bitOr(mlir::Value x, mlir::Value y);
  mlir::Value bitXor(mlir::Value x, mlir::Value y);
  mlir::Value invert(mlir::Value x);
  mlir::Value shiftLeft(mlir::Value x, mlir::Value y);
  mlir::Value shiftRight(mlir::Value x, mlir::Value y);
  mlir::Value cmp(Predicate p, mlir::Value x, mlir::Value y);
  mlir::Value select(mlir::Value c, mlir::Value x, mlir::Value y);
  /// Float to integer truncates and saturates, NaN gives 0; to i1 is != 0. `index` counts as int64.
  mlir::Value cast(mlir::Value x, mlir::Type to);

  bool isFloating(mlir::Value x);
  /// The bits of a float as a signed integer.
  mlir::Value bits(mlir::Value x);
  mlir::Value sign(mlir::Value x); // NaN stays NaN
  mlir::Value isInfinite(mlir::Value x);
  mlir::Value isFinite(mlir::Value x);
  // Of floats, as the functions of C and NumPy.
  mlir::Value hypot(mlir::Value x, mlir::Value y);
  mlir::Value logAddExp(mlir::Value x, mlir::Value y);
  mlir::Value nextAfter(mlir::Value x, mlir::Value y);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  /// Whether the operations stand in a loop over elements, so that what has a vector form is the faster one.
  bool manyElements = false;
};

/// Reads operands of the group being lowered. `element` gives the value of any tensor of the group (or a scalar,
/// whatever the indices) at `indices`, recursively through its producers or by a load; it applies NumPy broadcasting
/// against `indices`.
class ElementBuilder : public ScalarBuilder {
public:
  using Source = llvm::function_ref<mlir::Value(mlir::Value tensor, mlir::ValueRange indices)>;
  using Dim = llvm::function_ref<mlir::Value(mlir::Value tensor, int64_t d)>;
  ElementBuilder(mlir::OpBuilder &b, mlir::Location loc, Source element, Dim dim)
      : ScalarBuilder(b, loc), element(element), dim(dim) {}
  Source element;
  /// The size of dimension `d` of a tensor of the group, as an index value.
  Dim dim;
};

/// A piece of an indexed operation's result: element i of `tensor` is the result's element first + i * steps.
struct Part {
  mlir::Value tensor;
  llvm::SmallVector<mlir::Value> first;
  llvm::SmallVector<int64_t> steps;
};

} // namespace weft

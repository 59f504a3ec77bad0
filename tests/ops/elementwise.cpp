// Rows of the elementwise operations.
#include "tests/ops/table.h"

#include <weft/ops.h>

namespace weft::test {

using detail::OpId;
using Arguments = std::span<const Tensor>;

namespace {

Row unary(OpId op, std::string label, Tensor (*f)(const Operand &), std::string numpy, std::vector<DType> dtypes) {
  return {op, label, [f](Arguments a) { return f(a[0]); }, numpy, dtypes, test::unary};
}
Row smooth(OpId op, std::string label, Tensor (*f)(const Operand &), std::string numpy, double low, double high) {
  return {op, label, [f](Arguments a) { return f(a[0]); }, numpy, floats, sweep(low, high), Accuracy::Ulps2};
}
Row smooth(OpId op, std::string label, Tensor (*f)(const Operand &, const Operand &), std::string numpy,
           Inputs inputs = test::binary) {
  return {op, label, [f](Arguments a) { return f(a[0], a[1]); }, numpy, floats, inputs, Accuracy::Ulps2};
}
Row binary(OpId op, std::string label, Tensor (*f)(const Operand &, const Operand &), std::string numpy,
           std::vector<DType> dtypes, Inputs inputs = test::binary) {
  return {op, label, [f](Arguments a) { return f(a[0], a[1]); }, numpy, dtypes, inputs};
}

/// The operators are the same operations under another name; one dtype shows that they are wired to them.
template <class F> Row symbol(OpId op, std::string label, F f, std::string numpy, DType dtype, Inputs inputs = test::binary) {
  return {op, label, f, numpy, {dtype}, inputs};
}

std::vector<Row> symbols() {
  return {
      symbol(OpId::Add, "operator_plus", [](Arguments a) { return a[0] + a[1]; }, "x + y", float32),
      symbol(OpId::Subtract, "operator_minus", [](Arguments a) { return a[0] - a[1]; }, "x - y", float32),
      symbol(OpId::Multiply, "operator_times", [](Arguments a) { return a[0] * a[1]; }, "x * y", float32),
      symbol(OpId::Divide, "operator_over", [](Arguments a) { return a[0] / a[1]; }, "trunc_divide(x, y)", int32, divisions),
      symbol(OpId::Fmod, "operator_percent", [](Arguments a) { return a[0] % a[1]; }, "fmod(x, y)", int32, divisions),
      symbol(OpId::BitwiseAnd, "operator_and", [](Arguments a) { return a[0] & a[1]; }, "x & y", int32),
      symbol(OpId::BitwiseOr, "operator_or", [](Arguments a) { return a[0] | a[1]; }, "x | y", int32),
      symbol(OpId::BitwiseXor, "operator_xor", [](Arguments a) { return a[0] ^ a[1]; }, "x ^ y", int32),
      symbol(OpId::BitwiseLeftShift, "operator_shift_left", [](Arguments a) { return a[0] << a[1]; }, "shift_left(x, y)", int32, shifts),
      symbol(OpId::BitwiseRightShift, "operator_shift_right", [](Arguments a) { return a[0] >> a[1]; }, "shift_right(x, y)", int32, shifts),
      symbol(OpId::BitwiseInvert, "operator_invert", [](Arguments a) { return ~a[0]; }, "~x", int32, test::unary),
      symbol(OpId::Negative, "operator_negate", [](Arguments a) { return -a[0]; }, "-x", int32, test::unary),
      symbol(OpId::LogicalNot, "operator_not", [](Arguments a) { return !a[0]; }, "~x", boolean, test::unary),
      symbol(OpId::Equal, "operator_equal", [](Arguments a) { return a[0] == a[1]; }, "x == y", float32),
      symbol(OpId::NotEqual, "operator_not_equal", [](Arguments a) { return a[0] != a[1]; }, "x != y", float32),
      symbol(OpId::Less, "operator_less", [](Arguments a) { return a[0] < a[1]; }, "x < y", float32),
      symbol(OpId::LessEqual, "operator_less_equal", [](Arguments a) { return a[0] <= a[1]; }, "x <= y", float32),
      symbol(OpId::Greater, "operator_greater", [](Arguments a) { return a[0] > a[1]; }, "x > y", float32),
      symbol(OpId::GreaterEqual, "operator_greater_equal", [](Arguments a) { return a[0] >= a[1]; }, "x >= y", float32),
      symbol(OpId::Add, "weak_operand", [](Arguments a) { return 3 - (a[0] + 1) * 2; }, "x.dtype.type(3) - (x + x.dtype.type(1)) * x.dtype.type(2)",
             int32, test::unary),
  };
}

} // namespace

std::vector<Row> elementwise_rows() {
  const std::vector<DType> number = integers | floats, any = number | booleans;
  std::vector<Row> rows{
      binary(OpId::Add, "add", weft::add, "np.add(x, y)", number | strings),
      binary(OpId::Subtract, "subtract", weft::subtract, "np.subtract(x, y)", number),
      binary(OpId::Multiply, "multiply", weft::multiply, "np.multiply(x, y)", number),
      binary(OpId::Divide, "divide", weft::divide, "trunc_divide(x, y)", number, divisions),
      binary(OpId::Fmod, "fmod", weft::fmod, "fmod(x, y)", number, divisions),
      binary(OpId::FloorDivide, "floor_divide", weft::floor_divide, "floor_divide(x, y)", number, divisions),
      binary(OpId::Remainder, "remainder", weft::remainder, "remainder(x, y)", number, divisions),
      binary(OpId::Maximum, "maximum", weft::maximum, "maximum(x, y)", number),
      binary(OpId::Minimum, "minimum", weft::minimum, "minimum(x, y)", number),
      unary(OpId::Negative, "negative", weft::negative, "np.negative(x)", number),
      unary(OpId::Abs, "abs", weft::abs, "np.abs(x)", number),
      smooth(OpId::Exp, "exp", weft::exp, "np.exp(wide(x))", -110, 90),
      smooth(OpId::Log, "log", weft::log, "np.log(wide(x))", 0, 50),
      smooth(OpId::Tanh, "tanh", weft::tanh, "np.tanh(wide(x))", -12, 12),
      unary(OpId::Sqrt, "sqrt", weft::sqrt, "np.sqrt(x)", floats),
      unary(OpId::Floor, "floor", weft::floor, "whole(np.floor, x)", number),
      unary(OpId::Ceil, "ceil", weft::ceil, "whole(np.ceil, x)", number),
      unary(OpId::Trunc, "trunc", weft::trunc, "whole(np.trunc, x)", number),
      unary(OpId::Round, "round", weft::round, "whole(np.rint, x)", number),
      unary(OpId::Positive, "positive", weft::positive, "+x", number),
      unary(OpId::Sign, "sign", weft::sign, "np.sign(x)", number),
      unary(OpId::Square, "square", weft::square, "np.square(x)", number),
      unary(OpId::Reciprocal, "reciprocal", weft::reciprocal, "np.reciprocal(x)", floats),
      smooth(OpId::Rsqrt, "rsqrt", weft::rsqrt, "1 / np.sqrt(wide(x))", 0, 50),
      smooth(OpId::Exp2, "exp2", weft::exp2, "np.exp2(wide(x))", -150, 130),
      smooth(OpId::Expm1, "expm1", weft::expm1, "np.expm1(wide(x))", -20, 90),
      smooth(OpId::Log1p, "log1p", weft::log1p, "np.log1p(wide(x))", -1, 50),
      smooth(OpId::Log2, "log2", weft::log2, "np.log2(wide(x))", 0, 50),
      smooth(OpId::Log10, "log10", weft::log10, "np.log10(wide(x))", 0, 50),
      smooth(OpId::Sin, "sin", weft::sin, "np.sin(wide(x))", -100, 100),
      smooth(OpId::Cos, "cos", weft::cos, "np.cos(wide(x))", -100, 100),
      smooth(OpId::Tan, "tan", weft::tan, "np.tan(wide(x))", -100, 100),
      smooth(OpId::Asin, "asin", weft::asin, "np.arcsin(wide(x))", -1, 1),
      smooth(OpId::Acos, "acos", weft::acos, "np.arccos(wide(x))", -1, 1),
      smooth(OpId::Atan, "atan", weft::atan, "np.arctan(wide(x))", -50, 50),
      smooth(OpId::Sinh, "sinh", weft::sinh, "np.sinh(wide(x))", -90, 90),
      smooth(OpId::Cosh, "cosh", weft::cosh, "np.cosh(wide(x))", -90, 90),
      smooth(OpId::Asinh, "asinh", weft::asinh, "np.arcsinh(wide(x))", -50, 50),
      smooth(OpId::Acosh, "acosh", weft::acosh, "np.arccosh(wide(x))", 1, 50),
      smooth(OpId::Atanh, "atanh", weft::atanh, "np.arctanh(wide(x))", -1, 1),
      smooth(OpId::Erf, "erf", weft::erf, "by_python(math.erf, x)", -5, 5),
      smooth(OpId::Erfc, "erfc", weft::erfc, "by_libm('erfc', x)", -5, 11),
      smooth(OpId::Pow, "pow", weft::pow, "np.power(wide(x), wide(y))"),
      binary(OpId::Pow, "pow_of_integers", weft::pow, "np.power(x, y)", integers, second_positive),
      smooth(OpId::Atan2, "atan2", weft::atan2, "np.arctan2(wide(x), wide(y))"),
      smooth(OpId::Hypot, "hypot", weft::hypot, "np.hypot(wide(x), wide(y))"),
      smooth(OpId::Logaddexp, "logaddexp", weft::logaddexp, "np.logaddexp(wide(x), wide(y))", second_positive),
      binary(OpId::Copysign, "copysign", weft::copysign, "np.copysign(x, y)", floats),
      binary(OpId::Nextafter, "nextafter", weft::nextafter, "np.where(x == y, y, np.nextafter(x, y))", {float16, float32, float64}),
      {OpId::Clip, "clip", [](Arguments a) { return weft::clip(a[0], a[1], a[2]); }, "minimum(maximum(x, y), z)", number, triples},
      binary(OpId::LogicalXor, "logical_xor", weft::logical_xor, "np.logical_xor(x, y)", booleans),
      unary(OpId::Isnan, "isnan", weft::isnan, "np.isnan(x)", number),
      unary(OpId::Isinf, "isinf", weft::isinf, "np.isinf(x)", number),
      unary(OpId::Isfinite, "isfinite", weft::isfinite, "np.isfinite(x)", number),
      unary(OpId::Signbit, "signbit", weft::signbit, "np.signbit(x)", floats),
      binary(OpId::Equal, "equal", weft::equal, "x == y", any | strings),
      binary(OpId::NotEqual, "not_equal", weft::not_equal, "x != y", any | strings),
      binary(OpId::Less, "less", weft::less, "np.less(x, y)", number),
      binary(OpId::LessEqual, "less_equal", weft::less_equal, "np.less_equal(x, y)", number),
      binary(OpId::Greater, "greater", weft::greater, "np.greater(x, y)", number),
      binary(OpId::GreaterEqual, "greater_equal", weft::greater_equal, "np.greater_equal(x, y)", number),
      binary(OpId::BitwiseAnd, "bitwise_and", weft::bitwise_and, "np.bitwise_and(x, y)", integers | booleans),
      binary(OpId::BitwiseOr, "bitwise_or", weft::bitwise_or, "np.bitwise_or(x, y)", integers | booleans),
      binary(OpId::BitwiseXor, "bitwise_xor", weft::bitwise_xor, "np.bitwise_xor(x, y)", integers | booleans),
      unary(OpId::BitwiseInvert, "bitwise_invert", weft::bitwise_invert, "np.invert(x)", integers | booleans),
      binary(OpId::BitwiseLeftShift, "bitwise_left_shift", weft::bitwise_left_shift, "shift_left(x, y)", integers, shifts),
      binary(OpId::BitwiseRightShift, "bitwise_right_shift", weft::bitwise_right_shift, "shift_right(x, y)", integers, shifts),
      binary(OpId::LogicalAnd, "logical_and", weft::logical_and, "np.logical_and(x, y)", booleans),
      binary(OpId::LogicalOr, "logical_or", weft::logical_or, "np.logical_or(x, y)", booleans),
      unary(OpId::LogicalNot, "logical_not", weft::logical_not, "np.logical_not(x)", booleans),
      {OpId::Where, "where", [](Arguments a) { return weft::where(a[0], a[1], a[2]); }, "np.where(x, y, z)", any | strings, selections},
  };
  for (DType to : any)
    rows.push_back({OpId::Cast, "cast_to_" + std::string(name(to)), [to](Arguments a) { return weft::cast(a[0], to); },
                    "cast(x, '" + std::string(name(to)) + "')", any, test::unary});
  for (Row &r : symbols())
    rows.push_back(std::move(r));
  return rows;
}

} // namespace weft::test

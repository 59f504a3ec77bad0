// What the operations are run on: for a dtype a list of cases, each with its operands. Special values meet in every pair;
// shapes are of rank 0 to 4, empty ones and every way to broadcast among them.
#pragma once
#include "tests/ops/array.h"

#include <functional>

namespace weft::test {

using Case = std::vector<Array>;
using Inputs = std::function<std::vector<Case>(DType)>;

/// NaN, infinities, zeros of both signs, denormals, the limits and their neighbours, and plain values.
std::vector<long double> specials(DType dtype);
/// `n` plain values: small, of both signs, never zero.
Array plain(DType dtype, const Shape &shape, unsigned seed = 1);

std::vector<Case> unary(DType dtype);
/// The special values, and a sweep over [low, high] of a float function's domain.
Inputs sweep(double low, double high);
std::vector<Case> binary(DType dtype);
/// As binary, with no integer zero in the second operand: that is an error (tests/error).
std::vector<Case> divisions(DType dtype);
/// Amounts below, at and above the width, and negative ones.
std::vector<Case> shifts(DType dtype);
/// As binary, the second operand without a sign.
std::vector<Case> second_positive(DType dtype);
/// Three values of one dtype.
std::vector<Case> triples(DType dtype);
/// A condition and two values.
std::vector<Case> selections(DType dtype);
/// One operand of each shape, with plain values.
Inputs shaped(std::vector<Shape> shapes);
/// Operands for a reduction: shaped, and with NaN, infinities, overflow, and sizes beyond a lane, a block and 64 blocks.
Inputs reducible(std::vector<Shape> shapes);
/// One case: operands of these shapes.
Inputs operands(std::vector<Shape> shapes);

} // namespace weft::test

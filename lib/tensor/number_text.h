// Elements as numbers, and their decimal text, for both printers.
#pragma once
#include <weft/dtype.h>

#include <string>

namespace weft::detail {

/// Every integer of a 64-bit dtype, and its sign.
using Integer = __int128;
Integer read_integer(DType dtype, const void *element);
std::string integer_text(DType dtype, const void *element);

/// One floating-point element. Its dtype decides how many digits tell it from its neighbours.
struct Real {
  DType dtype;
  double value; ///< exact
};
Real read_real(DType dtype, const void *element);
/// The number of `dtype` nearest to `v`.
double nearest(DType dtype, double v);

/// "12.5", "3", "-0", "1e+20", "inf", "nan": the shortest text that reads back as the same number, without a point where that is
/// whole; in scientific notation where that takes fewer characters.
std::string shortest_text(const Real &x);
/// "12.5", "3.", "-0.": the shortest text that reads back as the same number, rounded to at most `precision` digits
/// after the point; no zeros at the end.
std::string positional(const Real &x, int precision);
/// "1.25e+01", "3.e+00": the same in scientific notation.
std::string scientific(const Real &x, int precision);
/// The exact value rounded to `digits` digits after the point; the exponent has at least `exponent_digits`.
std::string scientific(const Real &x, int digits, std::size_t exponent_digits);
/// As printf's %.<precision>g.
std::string general(double v, int precision);

} // namespace weft::detail

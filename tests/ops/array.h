// Arrays as the operation tests see them: plain bytes with dtype and shape, made into Tensors and read back from them
// without going through any operation, and exchanged with NumPy (expected.py).
#pragma once
#include <weft/tensor.h>

#include <cstring>
#include <string>
#include <vector>

namespace weft::test {

struct Array {
  DType dtype = float32;
  Shape shape;
  std::vector<char> bytes;        // elements in row-major order
  std::vector<std::string> texts; // or these

  std::int64_t elements() const { return shape.elements(); }
};

Tensor tensor(const Array &a);
Array array(const Tensor &t);

/// Elements from numbers, converted by rounding (floats) or by wrapping (integers). long double holds every 64-bit integer.
Array numbers(DType dtype, const Shape &shape, const std::vector<long double> &values);
Array texts(const Shape &shape, const std::vector<std::string> &values);

/// Element i as text for a failure: the value and its bits.
std::string element_text(const Array &a, std::int64_t i);
bool is_nan(const Array &a, std::int64_t i);
/// Equal bits; any NaN equals any NaN, because IEEE 754 leaves sign and payload of a computed NaN open.
bool same_element(const Array &a, const Array &b, std::int64_t i);

/// float16 and bfloat16 to double, exact.
double half_value(DType dtype, std::uint16_t bits);
/// Element i of a floating array, exact.
double floating_value(const Array &a, std::int64_t i);

} // namespace weft::test

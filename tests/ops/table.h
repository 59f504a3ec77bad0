// The test table of the operations: one row for each, or one for each form of it. A row says how weft computes it and
// what NumPy says it is; run_test.cpp compares the two, eager and compiled, for every dtype of the row.
#pragma once
#include "tests/ops/inputs.h"

#include <weft/detail/rules.h>

#include <span>

namespace weft::test {

enum class Accuracy {
  Exact, // every bit
  Ulps2, // at most 2 units in the last place (1 for the 16-bit dtypes) from the value computed in long double
  Ulps8, // the same for what is made of several such functions
  Ulps8OfOne, // the same, in units of 1 where the value is smaller: it is a difference
  // What is computed from a whole matrix: at most n + 8 units in the last place of the largest element, for n the longest
  // dimension of the operands. A backward stable algorithm promises a small multiple of n such units where the operand is well
  // conditioned, as those of the rows are.
  OfLargest
};

struct Row {
  detail::OpId op;
  std::string label; // the test's name
  std::function<Tensor(std::span<const Tensor>)> call;
  std::string numpy; // an expression over x, y, z; its names are NumPy's and those of expected.py
  std::vector<DType> dtypes;
  Inputs inputs;
  Accuracy accuracy = Accuracy::Exact;
  bool retraced = false;    // with open dimensions, a result of size 1 makes another trace: an open size is never 1
  bool known_sizes = false; // the call needs sizes while tracing: not compiled for open dimensions
};

const std::vector<DType> booleans{boolean}, strings{string},
    integers{int8, int16, int32, int64, uint8, uint16, uint32, uint64}, halves{float16, bfloat16}, wide{float32, float64},
    floats{float16, bfloat16, float32, float64};
std::vector<DType> operator|(const std::vector<DType> &a, const std::vector<DType> &b);

/// Sets a flag of the rows with these labels; `name*` stands for all that start so.
void mark(std::vector<Row> &rows, bool Row::*flag, std::initializer_list<std::string_view> labels);

std::vector<Row> elementwise_rows();
std::vector<Row> reduction_rows();
std::vector<Row> shape_rows();
std::vector<Row> composite_rows();
std::vector<Row> search_rows();
std::vector<Row> gather_rows();
std::vector<Row> array_rows();
std::vector<Row> linalg_rows();
std::vector<Row> neural_rows();
std::vector<Row> random_rows();
std::vector<Row> text_rows();

} // namespace weft::test

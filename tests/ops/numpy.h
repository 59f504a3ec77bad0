// NumPy's answers, by running expected.py.
#pragma once
#include "tests/ops/inputs.h"

namespace weft::test {

/// What NumPy says: the elements, or (for Accuracy::Ulps2) a value in two doubles whose sum it is.
struct Expected {
  Array value;             // elements; with a reference only dtype float64 and the shape count
  std::vector<double> low; // empty unless it is a reference: value holds the high parts then
};

struct Question {
  std::string expression;
  const Case *operands;
};

/// Throws std::runtime_error, saying what to install, when no Python with NumPy is found.
std::vector<Expected> ask_numpy(const std::vector<Question> &questions);

} // namespace weft::test

// NumPy's answers, by running expected.py.
#pragma once
#include "tests/ops/inputs.h"

namespace weft::test {

/// What NumPy says: the elements, or (for Accuracy::Ulps2) a reference: values in two doubles whose sums they are.
struct Expected {
  Array value; // elements, or the high parts
  bool reference = false;
  std::vector<double> low;
};

struct Question {
  std::string expression;
  const Case *operands;
};

/// Throws std::runtime_error, saying what to install, when no Python with NumPy is found.
std::vector<Expected> ask_numpy(const std::vector<Question> &questions);

} // namespace weft::test

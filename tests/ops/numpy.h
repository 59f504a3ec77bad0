// NumPy's answers, by running expected.py.
#pragma once
#include "tests/ops/inputs.h"

#include <filesystem>

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

/// A folder of this process, removed at the end.
struct Folder {
  std::filesystem::path path;
  Folder();
  ~Folder();
};

/// Runs a Python that has NumPy with these arguments, as a shell takes them; a script leaves with 3 where NumPy is missing.
/// Throws std::runtime_error, saying what to install, when there is none, and when the script fails.
void run_python(const std::string &arguments);

/// Throws std::runtime_error, saying what to install, when no Python with NumPy is found.
std::vector<Expected> ask_numpy(const std::vector<Question> &questions);

} // namespace weft::test

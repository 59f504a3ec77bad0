// What tests of whole programs share: what a program prints, its tensors as host values, and pairs of runs, eager and
// compiled.
#pragma once
#include <weft/weft.h>

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace weft::test {

/// Collects what weft::print writes while it lives.
class Printed {
public:
  Printed() {
    set_print_sink([this](std::string_view line) { text_ += line; });
  }
  ~Printed() { set_print_sink({}); }
  Printed(const Printed &) = delete;
  Printed &operator=(const Printed &) = delete;
  /// What was printed since the last call.
  std::string take() { return std::exchange(text_, {}); }

private:
  std::string text_;
};

inline int as_int(const Tensor &t) { return t.item<std::int32_t>(); }
inline std::vector<int> ints(const Tensor &t) { return t.to_vector<std::int32_t>(); }
inline std::vector<float> floats(const Tensor &t) { return t.to_vector<float>(); }

/// How often `part` stands in `text`.
inline int occurrences(const std::string &text, std::string_view part) {
  int n = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
    ++n;
  return n;
}

/// Runs a program over int32 tensors eagerly, then traced, for each list of arguments: value and prints must be those
/// expected, and one trace must serve all.
struct Sample {
  std::vector<int> arguments;
  int result;
  std::string printed = {};
};
template <class F> void expect_runs(F program, const std::vector<Sample> &samples) {
  Printed printed;
  auto f = function<Tensor(std::vector<Tensor>)>(program);
  for (const Sample &r : samples) {
    SCOPED_TRACE("arguments " + testing::PrintToString(r.arguments));
    std::vector<Tensor> arguments(r.arguments.begin(), r.arguments.end());
    Tensor eager = program(arguments);
    EXPECT_EQ(as_int(eager), r.result) << "eager";
    EXPECT_EQ(printed.take(), r.printed) << "eager";
    Tensor compiled = f(arguments);
    EXPECT_EQ(as_int(compiled), r.result) << "compiled";
    EXPECT_EQ(printed.take(), r.printed) << "compiled";
  }
  EXPECT_EQ(f.trace_count(), 1u);
}

} // namespace weft::test

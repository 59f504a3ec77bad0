// The warning that a loop of C++ is unrolled while tracing: at the 32nd operation that one source line emits.
#include "tests/support/program.h"

using namespace weft;
using namespace weft::test;

namespace {

class Warnings {
public:
  Warnings() {
    set_warning_sink([this](std::string_view line) { lines.emplace_back(line); });
  }
  ~Warnings() { set_warning_sink({}); }
  std::vector<std::string> lines;
};

TEST(Unrolled, ALineThatEmitsManyOperationsIsNamedOnce) {
  Warnings warnings;
  unsigned line = 0;
  auto program = [&](Tensor x, int turns) {
    for (int k = 0; k < turns; ++k)
      line = __LINE__, x = x + 1;
    return x;
  };
  auto f = function(program);
  EXPECT_EQ(as_int(f(0, 31)), 31);
  EXPECT_TRUE(warnings.lines.empty());
  EXPECT_EQ(as_int(f(0, 100)), 100);
  ASSERT_EQ(warnings.lines.size(), 1u);
  const std::string &text = warnings.lines[0];
  EXPECT_NE(text.find("unrolled_test.cpp:" + std::to_string(line) + ": warning: "), std::string::npos) << text;
  EXPECT_NE(text.find("32 operations"), std::string::npos) << text;
  EXPECT_NE(text.find("for (Tensor i : weft::range(n))"), std::string::npos) << text;
  EXPECT_EQ(text.back(), '\n');
  // Another trace of the same line is no news.
  EXPECT_EQ(as_int(f(0, 64)), 64);
  EXPECT_EQ(warnings.lines.size(), 1u);
}

// What a sink computes is its own, not the trace's.
TEST(Unrolled, ASinkIsNotTraced) {
  std::vector<int> computed;
  set_warning_sink([&](std::string_view) { computed.push_back(as_int(Tensor(20) + 22)); });
  auto f = function([](Tensor x) {
    for (int k = 0; k < 40; ++k)
      x = x + 2;
    return x;
  });
  EXPECT_EQ(as_int(f(0)), 80);
  set_warning_sink({});
  EXPECT_EQ(computed, std::vector<int>{42});
}

TEST(Unrolled, ALoopOfTheGraphIsNot) {
  Warnings warnings;
  auto f = function([](Tensor x, Tensor n) {
    for (Tensor i : range(n))
      x = x + i * 2 - 1;
    return x;
  });
  EXPECT_EQ(as_int(f(0, 100)), 9800);
  EXPECT_TRUE(warnings.lines.empty());
}

TEST(Unrolled, EagerCodeIsNot) {
  Warnings warnings;
  Tensor x = 0;
  for (int k = 0; k < 100; ++k)
    x = x + 1;
  EXPECT_EQ(as_int(x), 100);
  EXPECT_TRUE(warnings.lines.empty());
}

// A function of weft's that is made of many operations is one of them.
TEST(Unrolled, ACompositeIsOneOperation) {
  Warnings warnings;
  auto program = [](Tensor key, int turns) {
    Tensor total = 0.0f;
    for (int k = 0; k < turns; ++k)
      total = random::normal(key);
    return total;
  };
  auto f = function(program);
  f(random::key(1), 31);
  EXPECT_TRUE(warnings.lines.empty());
  f(random::key(1), 32);
  EXPECT_EQ(warnings.lines.size(), 1u);
}

} // namespace

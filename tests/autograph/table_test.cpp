// Runs every program of the table and every kept random program: each form eagerly and compiled against the reference, prints included. This file is compiled
// once, without the rewriter; what it runs was compiled with it.
#include "tests/autograph/fuzz.h"
#include "tests/autograph/reference.h"
#include "tests/autograph/table.h"
#include "tests/support/program.h"

namespace weft::autograph {

std::vector<Program> &programs() {
  static std::vector<Program> all;
  return all;
}
std::vector<Case> &cases() {
  static std::vector<Case> all;
  return all;
}

namespace {

using test::Printed;

std::vector<double> numbers_of(const Tensor &t) { return cast(t, float64).to_vector<double>(); }

/// Runs `run` eagerly and, if this program was rewritten, compiled: one trace for all samples.
void expect_runs(Tensor (*run)(Arguments), const std::vector<Sample> &samples) {
  Printed printed;
  auto f = function<Tensor(std::vector<Tensor>)>(run);
  for (const Sample &s : samples) {
    SCOPED_TRACE("arguments " + testing::PrintToString(s.arguments));
    std::vector<Tensor> arguments(s.arguments.begin(), s.arguments.end());
    EXPECT_EQ(numbers_of(run(arguments)), s.result.list) << "eager";
    EXPECT_EQ(printed.take(), s.printed) << "eager";
    if (!rewritten)
      continue;
    try {
      EXPECT_EQ(numbers_of(f(arguments)), s.result.list) << "compiled";
    } catch (const std::exception &e) {
      ADD_FAILURE() << "compiled: " << e.what();
      return;
    }
    EXPECT_EQ(printed.take(), s.printed) << "compiled";
  }
  if (rewritten) {
    EXPECT_EQ(f.trace_count(), 1u);
  }
}

class Forms : public testing::Test {
public:
  explicit Forms(const Program &p) : p_(p) {}
  void TestBody() override {
    auto reference = reference::all().at(p_.name);
    std::vector<Sample> expected;
    for (const std::vector<int> &a : p_.samples) {
      reference::printed.clear();
      double result = reference(a.data());
      expected.push_back({a, result, reference::printed});
      if (p_.host) {
        SCOPED_TRACE("over ints, arguments " + testing::PrintToString(a));
        Printed printed;
        EXPECT_EQ(p_.host(a.data()), result);
        EXPECT_EQ(printed.take(), reference::printed);
      }
    }
    for (const Form &f : p_.forms) {
      SCOPED_TRACE(f.name);
      expect_runs(f.run, expected);
    }
  }

private:
  const Program &p_;
};

class Alone : public testing::Test {
public:
  explicit Alone(const Case &c) : c_(c) {}
  void TestBody() override { expect_runs(c_.run, c_.samples); }

private:
  const Case &c_;
};

/// A random program that once failed.
class Kept : public testing::Test {
public:
  explicit Kept(const Random &r) : r_(r) {}
  void TestBody() override { EXPECT_EQ(difference(r_, rewritten), ""); }

private:
  const Random &r_;
};

} // namespace

void register_tests() {
  for (const Program &p : programs())
    testing::RegisterTest("Forms", p.name, nullptr, nullptr, __FILE__, __LINE__, [&p]() -> Forms * { return new Forms(p); });
  for (const Case &c : cases())
    testing::RegisterTest("Cases", c.name, nullptr, nullptr, __FILE__, __LINE__, [&c]() -> Alone * { return new Alone(c); });
  for (const Random &r : random_programs())
    testing::RegisterTest("Kept", r.name, nullptr, nullptr, __FILE__, __LINE__, [&r]() -> Kept * { return new Kept(r); });
}

} // namespace weft::autograph

namespace reference {
std::string printed;
std::map<std::string, int (*)(const int *)> &all() {
  static std::map<std::string, int (*)(const int *)> programs;
  return programs;
}
} // namespace reference

int main(int argc, char **argv) {
  testing::InitGoogleTest(&argc, argv);
  weft::autograph::register_tests();
  return RUN_ALL_TESTS();
}

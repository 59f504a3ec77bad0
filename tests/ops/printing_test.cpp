// The text of tensors against NumPy's str, asked when the test runs.
#include "tests/ops/numpy.h"

#include <weft/fmt.h>
#include <weft/ops.h>

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

namespace weft::test {
namespace {

/// Every power of ten from 10^low on, times `factor`.
std::vector<long double> magnitudes(int low, int high, long double factor) {
  std::vector<long double> values;
  for (int e = low; e <= high; ++e)
    values.push_back(factor * std::pow(10.0L, e));
  return values;
}

void add_floats(std::vector<Case> &cases, DType d) {
  const std::vector<std::vector<long double>> lists{{0, -0.0L, 1, -1},
                                                    {0.1L, 0.25L, 1.0L / 3},
                                                    {1e8L, 1},
                                                    {1e-5L, 1},
                                                    {99999, 0.001L},
                                                    {1e16L, 1e-4L},
                                                    {1234.5678L, -0.0001234L},
                                                    {0.99999999L, 9.9999999L},
                                                    {2.5L, 3.5L, 1e3L},
                                                    {16777216, 16777217}};
  for (const auto &values : lists)
    cases.push_back({numbers(d, Shape(values.size()), values)});
  int limit = d == float64 ? 300 : d == float16 ? 4 : 37;
  for (long double factor : {1.0L, 1.2345678901234567L, -9.87654321L / 3})
    for (long double v : magnitudes(std::max(-limit, -40), std::min(limit, 40), factor))
      cases.push_back({numbers(d, {}, {v})});
  cases.push_back({numbers(d, {9}, magnitudes(-4, 4, 1.5L))});
  cases.push_back({numbers(d, {4}, magnitudes(-2, 1, 3.14159265358979L))});
  std::vector<long double> all = specials(d);
  for (std::size_t k = 0; k + 2 < all.size(); ++k) {
    cases.push_back({numbers(d, {}, {all[k]})});
    cases.push_back({numbers(d, {3}, {all[k], all[k + 1], all[k + 2]})});
  }
}

std::vector<Case> cases_of(DType d) {
  std::vector<Case> cases;
  if (is_floating(d))
    add_floats(cases, d);
  for (const Shape &s :
       {Shape{}, Shape{0}, Shape{2, 0, 3}, Shape{5}, Shape{40}, Shape{2, 3, 4}, Shape{2, 1, 2, 3}, Shape{1000},
        Shape{1001}, Shape{40, 30}, Shape{3, 500}, Shape{7, 8, 20}, Shape{1, 2000}, Shape{1200, 1}})
    cases.push_back({plain(d, s)});
  return cases;
}

/// NumPy writes float16 and float32 with an exponent from 10^3 and 10^6 on since 2.3, as weft does; Debian's NumPy is older.
/// What is as large is in tests/unit/text_test.cpp.
bool of_every_numpy(const Array &a) {
  double limit = a.dtype == float16 ? 1e3 : a.dtype == float32 ? 1e6 : INFINITY;
  for (std::int64_t i = 0; is_floating(a.dtype) && i < a.elements(); ++i)
    if (double v = std::fabs(floating_value(a, i)); std::isfinite(v) && v >= limit)
      return false;
  return true;
}

class Printing : public testing::TestWithParam<DType> {};

TEST_P(Printing, IsNumPys) {
  std::vector<Case> cases = cases_of(GetParam());
  std::erase_if(cases, [](const Case &c) { return !of_every_numpy(c[0]); });
  std::vector<Question> questions;
  for (const Case &c : cases)
    questions.push_back({"str(x)", &c});
  std::vector<Expected> expected = ask_numpy(questions);
  for (std::size_t k = 0; k < cases.size(); ++k) {
    Tensor x = tensor(cases[k][0]);
    std::ostringstream os;
    os << x;
    std::string suffix = " " + to_string(cases[k][0].shape) + " " + std::string(name(GetParam()));
    EXPECT_EQ(os.str(), expected[k].value.texts[0] + suffix);
    EXPECT_EQ(fmt::format("{}", x), os.str());
  }
}

// All but bfloat16, which NumPy does not have.
INSTANTIATE_TEST_SUITE_P(Dtypes, Printing,
                         testing::Values(boolean, int8, int16, int32, int64, uint8, uint16, uint32, uint64, float16,
                                         float32, float64, string),
                         [](const auto &info) { return std::string(name(info.param)); });

} // namespace
} // namespace weft::test

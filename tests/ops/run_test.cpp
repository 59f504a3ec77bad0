// Runs the test table: every row for every dtype, eager and compiled, against NumPy. All cases of a dtype are traced into one
// function, so that a row costs one compile for each dtype and not one for each shape.
#include "tests/ops/numpy.h"
#include "tests/ops/table.h"

#include <weft/effects.h>
#include <weft/function.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace weft::test {

std::vector<DType> operator|(const std::vector<DType> &a, const std::vector<DType> &b) {
  std::vector<DType> r = a;
  r.insert(r.end(), b.begin(), b.end());
  return r;
}

void mark(std::vector<Row> &rows, bool Row::*flag, std::initializer_list<std::string_view> labels) {
  for (Row &r : rows)
    for (std::string_view label : labels)
      if (label.ends_with('*') ? r.label.starts_with(label.substr(0, label.size() - 1)) : r.label == label)
        r.*flag = true;
}

// For GoogleTest's messages.
void PrintTo(const Row &r, std::ostream *os) { *os << r.label; }

namespace {

const std::vector<Row> &table() {
  static const std::vector<Row> all = [] {
    std::vector<Row> rows = elementwise_rows();
    for (auto *part : {reduction_rows, shape_rows, composite_rows, array_rows, search_rows, gather_rows, linalg_rows, neural_rows, random_rows, text_rows})
      for (Row &r : part())
        rows.push_back(std::move(r));
    return rows;
  }();
  return all;
}

/// Units in the last place between `got` and the reference, of got's dtype at the reference, or at `least` where that is larger.
double ulps(const Array &got, const Expected &reference, std::int64_t i, double least) {
  double value = floating_value(got, i), high = floating_value(reference.value, i), low = reference.low[static_cast<std::size_t>(i)];
  if (std::isnan(high) || std::isnan(value))
    return std::isnan(high) && std::isnan(value) ? 0 : INFINITY;
  int mantissa = got.dtype == float64 ? 52 : got.dtype == float32 ? 23 : got.dtype == float16 ? 10 : 7;
  int top = got.dtype == float64 ? 1023 : got.dtype == float16 ? 15 : 127;
  double limit = std::ldexp(2 - std::ldexp(1.0, -mantissa), top);
  double magnitude = std::max(std::fabs(high), least);
  double unit = std::ldexp(1.0, std::max(magnitude == 0 ? 1 - top : std::ilogb(std::min(magnitude, limit)), 1 - top) - mantissa);
  if (std::isinf(value) || std::isinf(high)) { // beyond the largest number an infinity is one unit away
    double bounded = std::isinf(value) ? std::copysign(limit + unit, value) : value;
    return std::isinf(value) && std::fabs(high) > limit ? 0 : std::fabs(bounded - std::copysign(std::min(std::fabs(high), limit), high)) / unit;
  }
  return std::fabs((value - high) - low) / unit;
}

/// How far a result may be from the reference: how many units in the last place, at least at which magnitude.
struct Tolerance {
  double units, least = 0;
  Tolerance(Accuracy accuracy, const Array &got, const Expected &expected, const Case &c)
      : units(itemsize(got.dtype) == 2 ? 1.0 : accuracy == Accuracy::Ulps2 ? 2.0 : 8.0) {
    if (accuracy == Accuracy::Ulps8OfOne)
      least = 1;
    if (accuracy != Accuracy::OfLargest || !expected.reference)
      return;
    for (std::int64_t i = 0; i < got.elements(); ++i)
      least = std::max(least, std::fabs(floating_value(expected.value, i)));
    for (const Array &a : c)
      for (std::int64_t d : a.shape)
        units = std::max(units, static_cast<double>(d) + 8);
  }
};

std::string operands_text(const Case &c, const Shape &result, std::int64_t i) {
  std::string s;
  for (const Array &a : c) {
    s += fmt::format("{}{} {}", s.empty() ? "" : ", ", name(a.dtype), to_string(a.shape));
    if (a.shape == result)
      s += fmt::format(" [{}] = {}", i, element_text(a, i));
    else if (a.shape.rank() == 0)
      s += " = " + element_text(a, 0);
  }
  return s;
}

void compare(const Array &got, const Expected &expected, const Case &c, const char *mode, Accuracy accuracy) {
  bool reference = expected.reference;
  ASSERT_EQ(to_string(got.shape), to_string(expected.value.shape)) << mode << " of " << operands_text(c, {}, 0);
  if (!reference) {
    ASSERT_EQ(got.dtype, expected.value.dtype) << mode << " of " << operands_text(c, {}, 0);
  }
  Tolerance tolerance(accuracy, got, expected, c);
  auto close = [&](std::int64_t i) {
    return reference ? ulps(got, expected, i, tolerance.least) <= tolerance.units : same_element(got, expected.value, i);
  };
  int wrong = 0;
  for (std::int64_t i = 0; i < got.elements(); ++i)
    if (!close(i) && ++wrong <= 5)
      ADD_FAILURE() << mode << ", element " << i << ": " << element_text(got, i) << ", NumPy says " << element_text(expected.value, i)
                    << (reference ? fmt::format(" ({} ulps away)", ulps(got, expected, i, tolerance.least)) : "") << "; operands "
                    << operands_text(c, got.shape, i);
  EXPECT_EQ(wrong, 0) << "elements of " << got.elements() << " differ, " << mode;
}

/// Bits, also where a float is only promised to within some ulps: there is one way to compute it.
void compare_modes(const Array &eager, const Array &compiled, const Case &c, const char *mode) {
  ASSERT_EQ(eager.dtype, compiled.dtype) << mode << " of " << operands_text(c, {}, 0);
  ASSERT_EQ(to_string(eager.shape), to_string(compiled.shape)) << mode << " of " << operands_text(c, {}, 0);
  for (std::int64_t i = 0; i < eager.elements(); ++i)
    ASSERT_TRUE(same_element(eager, compiled, i)) << "element " << i << ": eager " << element_text(eager, i) << ", " << mode << " "
                                                  << element_text(compiled, i) << "; operands " << operands_text(c, eager.shape, i);
}

/// Every dimension open but those of size 1, which an open one never is.
std::vector<TensorSpec> open_specs(const std::vector<Tensor> &operands) {
  std::vector<TensorSpec> specs;
  for (const Tensor &t : operands) {
    Shape open = t.shape();
    for (int d = 0; d < open.rank(); ++d)
      if (open[d] != 1)
        open[d] = dynamic;
    specs.push_back(spec(t.dtype(), open));
  }
  return specs;
}

std::vector<Tensor> run_all(const Row &row, const std::vector<Case> &cases, const std::vector<Tensor> &operands) {
  std::vector<Tensor> results;
  std::size_t at = 0;
  for (const Case &c : cases) {
    results.push_back(row.call(std::span(operands).subspan(at, c.size())));
    at += c.size();
  }
  return results;
}

void run_dtype(const Row &row, DType dtype, const std::vector<Case> &cases, std::span<const Expected> expected) {
  SCOPED_TRACE(std::string(name(dtype)));
  std::vector<Tensor> operands;
  for (const Case &c : cases)
    for (const Array &a : c)
      operands.push_back(tensor(a));
  auto run = [&](std::vector<Tensor> v) { return run_all(row, cases, v); };
  auto f = function(row.label, run);
  std::vector<Tensor> eager = run_all(row, cases, operands), compiled = f(operands), open;
  EXPECT_EQ(f.trace_count(), 1u);
  if (!row.known_sizes) {
    auto g = function(row.label + "_open", run, {.input_signature = open_specs(operands)});
    open = g(operands);
    EXPECT_EQ(g.trace_count(), row.retraced ? 2u : 1u) << "the code for open dimensions was not used";
  }
  for (std::size_t k = 0; k < cases.size() && !testing::Test::HasFatalFailure(); ++k) {
    Array e = array(eager[k]), c = array(compiled[k]);
    compare(e, expected[k], cases[k], "eager", row.accuracy);
    compare(c, expected[k], cases[k], "compiled", row.accuracy);
    if (!testing::Test::HasFailure())
      compare_modes(e, c, cases[k], "compiled");
    if (!row.known_sizes && !testing::Test::HasFailure())
      compare_modes(e, array(open[k]), cases[k], "compiled for open dimensions");
  }
}

class Operation : public testing::TestWithParam<Row> {};

TEST_P(Operation, IsNumPys) {
  const Row &row = GetParam();
  set_warning_sink([](std::string_view) {}); // of one line that is traced for every shape
  std::vector<std::vector<Case>> cases;
  for (DType d : row.dtypes)
    cases.push_back(row.inputs(d));
  std::vector<Question> questions;
  for (const auto &of_dtype : cases)
    for (const Case &c : of_dtype)
      questions.push_back({row.numpy, &c});
  std::vector<Expected> expected = ask_numpy(questions);
  std::span<const Expected> rest(expected);
  for (std::size_t k = 0; k < row.dtypes.size(); ++k) {
    try {
      run_dtype(row, row.dtypes[k], cases[k], rest.first(cases[k].size()));
    } catch (const Error &e) {
      ADD_FAILURE() << name(row.dtypes[k]) << ": " << e.what();
    }
    rest = rest.subspan(cases[k].size());
  }
}

INSTANTIATE_TEST_SUITE_P(Operations, Operation, testing::ValuesIn(table()), [](const auto &info) { return info.param.label; });

TEST(OperationTable, HasARowForEveryOperation) {
  std::set<detail::OpId> tested;
  for (const Row &r : table())
    tested.insert(r.op);
  const detail::OpId all[] = {
#define WEFT_OP(ID, NAME) detail::OpId::ID,
#include <weft/detail/op_ids.h.inc>
#undef WEFT_OP
  };
  for (detail::OpId op : all)
    EXPECT_TRUE(tested.count(op)) << detail::info(op).name << " has no row in tests/ops";
}

} // namespace
} // namespace weft::test

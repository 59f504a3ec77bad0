// How far the functions are from the exact value: a sweep over every exponent, both signs and the special values,
// against glibc's functions of a wider type (double for float32, x87's long double for float64), whose own error is
// below a thousandth of the units counted here. With WEFT_EVERY_FLOAT32 set, all 2^32 inputs of exp and log. The
// figures are in docs/accuracy.md.
#include <weft/function.h>
#include <weft/ops.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <vector>

namespace weft::test {
namespace {

struct Function {
  const char *name;
  Tensor (*call)(const Operand &);
  long double (*exact)(long double);
  double (*exact_double)(double);
  double bar = 2; // performance.md
};

#define WEFT_FUNCTION(NAME)                                                                                            \
  Function {                                                                                                           \
    #NAME, weft::NAME, [](long double x) { return std::NAME(x); }, [](double x) { return std::NAME(x); }               \
  }
const Function functions[] = {
    WEFT_FUNCTION(exp),
    WEFT_FUNCTION(exp2),
    WEFT_FUNCTION(expm1),
    WEFT_FUNCTION(log),
    WEFT_FUNCTION(log2),
    WEFT_FUNCTION(log10),
    WEFT_FUNCTION(log1p),
    WEFT_FUNCTION(sin),
    WEFT_FUNCTION(cos),
    WEFT_FUNCTION(tan),
    WEFT_FUNCTION(asin),
    WEFT_FUNCTION(acos),
    WEFT_FUNCTION(atan),
    WEFT_FUNCTION(sinh),
    WEFT_FUNCTION(cosh),
    WEFT_FUNCTION(tanh),
    WEFT_FUNCTION(asinh),
    WEFT_FUNCTION(acosh),
    WEFT_FUNCTION(atanh),
    WEFT_FUNCTION(erf),
    WEFT_FUNCTION(erfc),
    WEFT_FUNCTION(sqrt),
    {"rsqrt", weft::rsqrt, [](long double x) { return 1 / std::sqrt(x); }, [](double x) { return 1 / std::sqrt(x); }}};
#undef WEFT_FUNCTION

/// Units in the last place of T between a result and the exact value.
template <class T, class Wide> double ulps(T got, Wide exact) {
  if (std::isnan(exact) || std::isnan(got))
    return std::isnan(exact) && std::isnan(got) ? 0 : INFINITY;
  constexpr T largest = std::numeric_limits<T>::max();
  constexpr int mantissa = std::numeric_limits<T>::digits - 1, lowest = std::numeric_limits<T>::min_exponent - 1;
  int exponent = exact == 0 ? lowest : std::max(std::ilogb(std::min<Wide>(std::fabs(exact), largest)), lowest);
  Wide unit = std::ldexp(Wide(1), exponent - mantissa);
  if (std::isinf(got)) // infinity stands where the next number would
    return std::fabs(exact) >= largest
               ? 0
               : double(std::fabs(std::copysign(Wide(largest) + unit, Wide(got)) - exact) / unit);
  return double(std::fabs(Wide(got) - exact) / unit);
}

struct Worst {
  double ulps = 0, at = 0;
};

template <class T, class Wide, class Exact>
void measure(const std::vector<T> &x, const Function &f, Exact exact, Worst &worst) {
  Tensor result = f.call(from_span(x));
  std::span<const T> y = result.span<T>();
  for (std::size_t i = 0; i < x.size(); ++i) {
    double d = ulps<T, Wide>(y[i], exact(Wide(x[i])));
    if (!(d <= worst.ulps))
      worst = {d, double(x[i])};
  }
}

/// `each` mantissas, evenly and with both ends, of every exponent and sign.
template <class T> std::vector<T> sweep(std::uint64_t each) {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  constexpr int mantissa = std::numeric_limits<T>::digits - 1, exponents = 1 << (8 * sizeof(T) - 1 - mantissa);
  std::vector<T> x;
  for (Bits sign : {Bits(0), Bits(1)})
    for (Bits e = 0; e < Bits(exponents); ++e)
      for (std::uint64_t k = 0; k < each; ++k) {
        Bits all = (Bits(1) << mantissa) - 1,
             fraction = k + 1 == each ? all : Bits(k * (all / each) + k * 7919 % 1021) & all;
        if (e + 1 == Bits(exponents) && k > 0) // a NaN that signals is another matter
          fraction |= Bits(1) << (mantissa - 1);
        x.push_back(std::bit_cast<T>(Bits(sign << (8 * sizeof(T) - 1) | e << mantissa | (k == 0 ? 0 : fraction))));
      }
  return x;
}

/// Where the exponentials leave the range of T, which is between two numbers of a sweep.
template <class T> std::vector<T> limits() {
  std::vector<T> x;
  for (long double limit :
       {std::log(static_cast<long double>(std::numeric_limits<T>::max())), 1.0L * std::numeric_limits<T>::max_exponent})
    for (int step = -300; step <= 300; ++step)
      for (long double scale : {1e-16L, 1e-12L, 1e-9L, 1e-7L, 1e-4L})
        for (long double sign : {1, -1})
          x.push_back(static_cast<T>(sign * limit * (1 + step * scale)));
  return x;
}

class Functions : public testing::TestWithParam<Function> {};

TEST_P(Functions, AreWithinTheirBarAtEveryExponent) {
  const Function &f = GetParam();
  Worst single, wide;
  measure<float, double>(sweep<float>(509), f, f.exact_double, single);
  measure<double, long double>(sweep<double>(61), f, f.exact, wide);
  measure<float, double>(limits<float>(), f, f.exact_double, single);
  measure<double, long double>(limits<double>(), f, f.exact, wide);
  EXPECT_LE(single.ulps, f.bar) << "float32, at " << fmt::format("{:a}", single.at);
  EXPECT_LE(wide.ulps, f.bar) << "float64, at " << fmt::format("{:a}", wide.at);
  fmt::print("| `{}` | {:.2f} | {:.2f} |\n", f.name, single.ulps, wide.ulps);
}
INSTANTIATE_TEST_SUITE_P(Accuracy, Functions, testing::ValuesIn(functions),
                         [](const auto &info) { return info.param.name; });

template <class T, class Wide> Worst measure_pow() {
  Worst worst;
  std::vector<T> bases = sweep<T>(5);
  for (T y :
       {0., -0., 1., -1., 2., 0.5, 3., -2.5, 10., 0.1, 33., -7., 1e-3, 127., 1e30, double(INFINITY), double(NAN)}) {
    Tensor result = pow(from_span(bases), y);
    for (std::size_t i = 0; i < bases.size(); ++i) {
      double d = ulps<T, Wide>(result.span<T>()[i], std::pow(Wide(bases[i]), Wide(y)));
      if (!(d <= worst.ulps))
        worst = {d, double(bases[i])};
    }
  }
  return worst;
}

TEST(Accuracy, OfPowIsWithinItsBarAtEveryExponent) {
  Worst single = measure_pow<float, double>(), wide = measure_pow<double, long double>();
  EXPECT_LE(single.ulps, 4) << fmt::format("float32, at {:a}", single.at);
  EXPECT_LE(wide.ulps, 2) << fmt::format("float64, at {:a}", wide.at);
  fmt::print("| `pow` | {:.2f} | {:.2f} |\n", single.ulps, wide.ulps);
}

TEST(Accuracy, OfExpAndLogForEveryFloat32) {
  if (!std::getenv("WEFT_EVERY_FLOAT32"))
    GTEST_SKIP() << "takes minutes; set WEFT_EVERY_FLOAT32";
  for (const Function &f : functions) {
    if (std::string_view(f.name) != "exp" && std::string_view(f.name) != "log")
      continue;
    Worst worst;
    std::vector<float> x(1 << 20);
    for (std::uint64_t first = 0; first < std::uint64_t(1) << 32; first += x.size()) {
      for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = std::bit_cast<float>(static_cast<std::uint32_t>(first + i));
      measure<float, double>(x, f, f.exact_double, worst);
    }
    EXPECT_LE(worst.ulps, f.bar) << fmt::format("at {:a}", worst.at);
    fmt::print("{}: {:.3f} units at {:a}, of 2^32 inputs\n", f.name, worst.ulps, worst.at);
  }
}

} // namespace
} // namespace weft::test

// Functions of mathematics have the same bits wherever they are computed: alone, in a vector, in what remains of a
// loop.
#include "lib/function/compiler.h"
#include "lib/math/math.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>

using namespace weft;
using namespace weft::detail;

namespace {

const char *const one_operand[] = {"acos",  "acosh", "asin", "asinh", "atan", "atanh", "cos",
                                   "cosh",  "erf",   "erfc", "exp",   "exp2", "expm1", "log",
                                   "log10", "log1p", "log2", "sin",   "sinh", "tan",   "tanh"};
const char *const two_operands[] = {"atan2", "pow"};

/// `op` of tensors of `size` elements, or of scalars for size 0.
TracedFunction program(const std::string &op, int operands, const char *dtype, int size) {
  std::string type = size ? fmt::format("tensor<{}x{}>", size, dtype) : fmt::format("tensor<{}>", dtype);
  TracedFunction f;
  f.name = "f";
  f.bytecode = operands == 1 ? fmt::format(R"(func.func @f(%x: {0}) -> {0} {{
      %r = weft.{1} %x : ({0}) -> {0}
      return %r : {0}
    }})",
                                           type, op)
                             : fmt::format(R"(func.func @f(%x: {0}, %y: {0}) -> {0} {{
      %r = weft.{1} %x, %y : ({0}, {0}) -> {0}
      return %r : {0}
    }})",
                                           type, op);
  return f;
}

/// Results for whole tensors at `x` and `y`.
template <class T> std::vector<T> run(const CompiledCode &code, int size, const T *x, const T *y) {
  weft_result result{};
  const void *inputs[] = {x, y};
  weft_frame frame{};
  frame.inputs = inputs;
  frame.results = &result;
  EXPECT_EQ(code.entry(&frame), 0);
  std::vector<T> values(std::max(size, 1));
  if (size == 0) {
    std::memcpy(values.data(), &result.bits, sizeof(T));
  } else {
    const void *elements = reinterpret_cast<const void *>(result.bits);
    std::memcpy(values.data(), elements, size * sizeof(T));
    release(Storage::of(elements));
  }
  release_frame(frame);
  return values;
}

/// Every order of magnitude, and most near 1; special values last, where loops end.
template <class T> std::vector<T> inputs(std::uint64_t seed, int count) {
  std::mt19937_64 random(seed);
  auto uniform = [&](double from, double to) {
    return from + (to - from) * static_cast<double>(random() >> 11) * 0x1p-53;
  };
  constexpr double exponent = std::numeric_limits<T>::max_exponent - 1;
  std::vector<T> x;
  while (std::ssize(x) < count)
    x.push_back(static_cast<T>(x.size() % 3 ? uniform(-4, 4)
                                            : std::copysign(std::exp2(uniform(-exponent, exponent)), uniform(-1, 1))));
  T special[] = {
      0, T(-0.0), 1, -1, INFINITY, -INFINITY, NAN, std::numeric_limits<T>::denorm_min(), std::numeric_limits<T>::max()};
  std::shuffle(std::begin(special), std::end(special), random);
  std::copy(std::begin(special), std::end(special), x.end() - std::ssize(special));
  return x;
}

/// Equal bits; any NaN equals any other.
template <class T> bool same(T a, T b) {
  return std::memcmp(&a, &b, sizeof a) == 0 || (std::isnan(a) && std::isnan(b));
}

template <class T> void expect_same_bits_at_every_size(const std::string &op, int operands, const char *dtype) {
  constexpr int count = 1000;
  std::vector<T> x = inputs<T>(1, count), y = inputs<T>(2, count), expected;
  auto scalar = Compiler::get().compile(program(op, operands, dtype, 0), {});
  for (int i = 0; i < count; ++i)
    expected.push_back(run(*scalar, 0, &x[i], &y[i])[0]);
  for (int size : {1, 7, 64, count}) {
    auto code = Compiler::get().compile(program(op, operands, dtype, size), {});
    for (int first = 0; first + size <= count; first += size) {
      std::vector<T> results = run(*code, size, &x[first], &y[first]);
      for (int i = 0; i < size; ++i)
        ASSERT_TRUE(same(results[i], expected[first + i]))
            << fmt::format("{} of {} in {} elements: {:a} for {:a}, {:a}, alone {:a}", op, dtype, size, results[i],
                           x[first + i], y[first + i], expected[first + i]);
    }
  }
}

} // namespace

TEST(Mathematics, HasTheSameBitsInLoopsAndAlone) {
  for (const char *op : one_operand) {
    expect_same_bits_at_every_size<float>(op, 1, "f32");
    expect_same_bits_at_every_size<double>(op, 1, "f64");
  }
  for (const char *op : two_operands) {
    expect_same_bits_at_every_size<float>(op, 2, "f32");
    expect_same_bits_at_every_size<double>(op, 2, "f64");
  }
}

TEST(Mathematics, IsComputedInVectors) {
  if (isa() == Isa::Baseline)
    GTEST_SKIP() << "there are vector forms from AVX2 on";
  for (bool wide : {false, true}) {
    const char *dtype = wide ? "f64" : "f32", *suffix = wide ? "" : "f";
    std::string one = Compiler::get().render(program("sin", 1, dtype, 1000), {}, Stage::Assembly);
    EXPECT_NE(one.find(fmt::format("weft_sin{}.x", suffix)), std::string::npos) << one;
    std::string two = Compiler::get().render(program("atan2", 2, dtype, 1000), {}, Stage::Assembly);
    EXPECT_NE(two.find(fmt::format("weft_atan2{}.x", suffix)), std::string::npos) << two;
  }
}

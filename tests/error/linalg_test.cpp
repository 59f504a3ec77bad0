// Products, decompositions, convolutions and pools used wrongly, or on matrices that have no result.
#include "tests/error/wrong.h"
#include "tests/support/itself.h"

#include <cmath>

using namespace weft;
using namespace weft::test;

namespace {

// clang-format off: one program, one line, whose number is recorded beside it.
const Wrong wrongs[] = {
    // products
    {"MatmulOfTwoDtypes", a<DTypeError>, __LINE__, {"matmul", "float32", "int32", "weft::cast"}, [](Tensor x, Tensor) { return matmul(x, ones({3}, int32)); }},
    {"MatmulOfBools", a<DTypeError>, __LINE__, {"bool", "number"}, [](Tensor x, Tensor) { return matmul(x > 0, x > 0); }},
    {"MatmulOfScalars", a<ShapeError>, __LINE__, {"scalar", "multiply"}, [](Tensor, Tensor n) { return matmul(n, n); }},
    {"MatmulThatDoesNotFit", a<ShapeError>, __LINE__, {"(2, 3)", "3", "2"}, [](Tensor x, Tensor) { return matmul(x, x); }},
    {"MatmulOfBatches", a<ShapeError>, __LINE__, {"(4,)", "(5,)", "broadcast"}, [](Tensor x, Tensor) { return matmul(broadcast_to(x, {4, 2, 3}), zeros({5, 3, 1})); }},
    {"TensordotThatDoesNotFit", a<ShapeError>, __LINE__, {"tensordot", "(1,)", "(0,)"}, [](Tensor x, Tensor) { return tensordot(x, x, 1); }},
    {"TensordotOfTooMany", a<IndexError>, __LINE__, {"3 axes"}, [](Tensor x, Tensor) { return tensordot(x, x, 3); }},
    {"TensordotTwice", a<IndexError>, __LINE__, {"twice"}, [](Tensor x, Tensor) { return tensordot(x, x, {0, -2}, {0, 1}); }},
    {"TensordotOutOfRange", a<IndexError>, __LINE__, {"axis 2"}, [](Tensor x, Tensor) { return tensordot(x, x, {2}, {0}); }},
    {"TensordotOfListsOfTwoLengths", a<ShapeError>, __LINE__, {"fit"}, [](Tensor x, Tensor) { return tensordot(x, x, {0, 1}, {0}); }},

    // decompositions
    {"InvOfIntegers", a<DTypeError>, __LINE__, {"inv", "int32", "weft::cast(x, weft::float32)"}, [](Tensor, Tensor n) { return linalg::inv(broadcast_to(n, {2, 2})); }},
    {"InvOfHalves", a<DTypeError>, __LINE__, {"float16", "float64"}, [](Tensor, Tensor) { return linalg::inv(ones({2, 2}, float16)); }},
    {"InvOfOblong", a<ShapeError>, __LINE__, {"square", "(2, 3)"}, [](Tensor x, Tensor) { return linalg::inv(x); }},
    {"DetOfAVector", a<ShapeError>, __LINE__, {"two dimensions", "(3,)"}, [](Tensor x, Tensor) { return linalg::det(x[0]); }},
    {"SolveThatDoesNotFit", a<ShapeError>, __LINE__, {"2 equations with 3"}, [](Tensor x, Tensor) { return linalg::solve(ones({2, 2}), x[0]); }},
    {"SolveOfTwoDtypes", a<DTypeError>, __LINE__, {"float32", "int32"}, [](Tensor, Tensor) { return linalg::solve(ones({2, 2}), ones({2}, int32)); }},
    {"SolveOfAScalar", a<ShapeError>, __LINE__, {"scalar"}, [](Tensor, Tensor) { return linalg::solve(ones({2, 2}), 1.0f); }},
    {"SolveOfBatches", a<ShapeError>, __LINE__, {"(4,)", "(5,)"}, [](Tensor, Tensor) { return linalg::solve(ones({4, 2, 2}), ones({5, 2, 1})); }},
    {"QrOfAnotherMode", a<CheckError>, __LINE__, {"reduced", "complete", "raw"}, [](Tensor x, Tensor) { return linalg::qr(x, "raw").R; }},

    // what is made of other operations
    {"NormOfIntegers", a<DTypeError>, __LINE__, {"norm", "int32", "weft::cast"}, [](Tensor, Tensor n) { return linalg::norm(n); }},
    {"MatrixNormOfAVector", a<ShapeError>, __LINE__, {"matrix_norm", "two dimensions"}, [](Tensor x, Tensor) { return linalg::matrix_norm(x[0]); }},
    {"MatrixNormOfAnotherName", a<CheckError>, __LINE__, {"frobenius", "fro"}, [](Tensor x, Tensor) { return linalg::matrix_norm(x, false, "frobenius"); }},
    {"MatrixNormOfAnotherOrder", a<CheckError>, __LINE__, {"norm 3"}, [](Tensor x, Tensor) { return linalg::matrix_norm(x, false, 3); }},
    {"VectorNormOutOfRange", a<IndexError>, __LINE__, {"axis 2"}, [](Tensor x, Tensor) { return linalg::vector_norm(x, 2); }},
    {"MatrixPowerOfOblong", a<ShapeError>, __LINE__, {"matrix_power", "square"}, [](Tensor x, Tensor) { return linalg::matrix_power(x, 2); }},
    {"MatrixPowerOfBools", a<DTypeError>, __LINE__, {"matrix_power", "number"}, [](Tensor, Tensor) { return linalg::matrix_power(ones({2, 2}, boolean), 0); }},
    {"DiagonalOfAVector", a<ShapeError>, __LINE__, {"diagonal", "two dimensions"}, [](Tensor x, Tensor) { return linalg::diagonal(x[0]); }},
    {"CrossOfTwo", a<ShapeError>, __LINE__, {"cross", "3 elements"}, [](Tensor x, Tensor) { return linalg::cross(x, x, 0); }},
    {"CrossOutOfRange", a<IndexError>, __LINE__, {"cross", "axis 2"}, [](Tensor x, Tensor) { return linalg::cross(x, x, 2); }},

    // images
    {"Conv2dOfAMatrix", a<ShapeError>, __LINE__, {"conv2d", "(n, height, width, channels)", "(2, 3)"}, [](Tensor x, Tensor) { return conv2d(x, ones({2, 2, 1, 1})); }},
    {"Conv2dWithAMatrix", a<ShapeError>, __LINE__, {"(height, width, in, out)", "(2, 3)"}, [](Tensor x, Tensor) { return conv2d(ones({1, 4, 4, 1}), x); }},
    {"Conv2dOfChannels", a<ShapeError>, __LINE__, {"2 channels", "for 3"}, [](Tensor, Tensor) { return conv2d(ones({1, 4, 4, 2}), ones({2, 2, 3, 1})); }},
    {"Conv2dOfIntegers", a<DTypeError>, __LINE__, {"int32", "floating"}, [](Tensor, Tensor) { return conv2d(ones({1, 4, 4, 1}, int32), ones({2, 2, 1, 1}, int32)); }},
    {"Conv2dOfTwoDtypes", a<DTypeError>, __LINE__, {"float32", "int32"}, [](Tensor, Tensor) { return conv2d(ones({1, 4, 4, 1}), ones({2, 2, 1, 1}, int32)); }},
    {"Conv2dWithoutStep", a<ShapeError>, __LINE__, {"strides", "(0, 1)"}, [](Tensor, Tensor) { return conv2d(ones({1, 4, 4, 1}), ones({2, 2, 1, 1}), {0, 1}); }},
    {"Conv2dWithOneDilation", a<ShapeError>, __LINE__, {"dilations", "(2,)"}, [](Tensor, Tensor) { return conv2d(ones({1, 4, 4, 1}), ones({2, 2, 1, 1}), {1, 1}, Padding::Valid, {2}); }},
    {"Conv2dWithoutFilters", a<ShapeError>, __LINE__, {"filters of 0 elements"}, [](Tensor, Tensor) { return conv2d(ones({1, 4, 4, 1}), ones({0, 2, 1, 1})); }},
    {"MaxPoolOfAMatrix", a<ShapeError>, __LINE__, {"max_pool2d", "(2, 3)"}, [](Tensor x, Tensor) { return max_pool2d(x, {2, 2}); }},
    {"MaxPoolOfBools", a<DTypeError>, __LINE__, {"bool"}, [](Tensor, Tensor) { return max_pool2d(ones({1, 4, 4, 1}, boolean), {2, 2}); }},
    {"MaxPoolOfNoWindow", a<ShapeError>, __LINE__, {"window", "(2,)"}, [](Tensor, Tensor) { return max_pool2d(ones({1, 4, 4, 1}), {2}); }},
    {"AvgPoolOfIntegers", a<DTypeError>, __LINE__, {"avg_pool2d", "int32"}, [](Tensor, Tensor) { return avg_pool2d(ones({1, 4, 4, 1}, int32), {2, 2}); }},
    {"GeluOfIntegers", a<DTypeError>, __LINE__, {"gelu", "int32", "weft::cast"}, [](Tensor, Tensor n) { return gelu(n); }},
};
// clang-format on

class Linalg : public testing::TestWithParam<Wrong> {};
TEST_P(Linalg, Eager) { expect_wrong_when_eager(GetParam(), __FILE__); }
TEST_P(Linalg, Traced) { expect_wrong_when_traced(GetParam(), __FILE__); }
INSTANTIATE_TEST_SUITE_P(Errors, Linalg, testing::ValuesIn(wrongs),
                         [](const auto &info) { return std::string(info.param.name); });

const Tensor &regular() {
  static const Tensor x = {{2.0f, 1.0f}, {1.0f, 2.0f}};
  return x;
}
/// Two matrices, of which the second is `x`.
Tensor two(const Tensor &x) { return stack({regular(), x}); }

/// A program over matrices (2, 2), right for the regular one, and a matrix of which every element is `bad`, without a
/// result.
struct Fault {
  const char *name;
  unsigned line;
  Says says;
  Tensor (*program)(Tensor x);
  float bad;
};
void PrintTo(const Fault &f, std::ostream *os) { *os << f.name; }

// clang-format off: one program, one line, whose number is recorded beside it.
const Fault faults[] = {
    {"InvOfSingular", __LINE__, {"inv of float32 (2, 2)", "the matrix is singular"}, [](Tensor x) { return linalg::inv(x); }, 1},
    {"InvOfOneSingular", __LINE__, {"matrix (1,) of the stack is singular"}, [](Tensor x) { return linalg::inv(two(x)); }, 1},
    {"InvOfZero", __LINE__, {"singular"}, [](Tensor x) { return linalg::inv(x * 2.0f) + x; }, 0},
    {"SolveOfSingular", __LINE__, {"singular"}, [](Tensor x) { return linalg::solve(x, ones({2})); }, 1},
    {"SolveOfOneSingular", __LINE__, {"matrix (0, 1) of the stack"}, [](Tensor x) { return linalg::solve(expand_dims(two(x), 0), ones({2, 3})); }, 1},
    {"CholeskyOfIndefinite", __LINE__, {"the matrix is not positive definite"}, [](Tensor x) { return linalg::cholesky(x); }, -1},
    {"CholeskyOfOneIndefinite", __LINE__, {"matrix (1,) of the stack is not positive definite"}, [](Tensor x) { return linalg::cholesky(two(x), true); }, 1},
    {"CholeskyOfNan", __LINE__, {"not positive definite"}, [](Tensor x) { return linalg::cholesky(x); }, NAN},
    {"EighOfNan", __LINE__, {"the matrix holds NaN or an infinity"}, [](Tensor x) { return linalg::eigh(x).eigenvectors; }, NAN},
    {"EigvalshOfInfinity", __LINE__, {"matrix (1,) of the stack holds NaN"}, [](Tensor x) { return linalg::eigvalsh(two(x)); }, INFINITY},
    {"SvdOfNan", __LINE__, {"NaN"}, [](Tensor x) { return linalg::svd(x).S; }, NAN},
    {"SvdvalsOfNan", __LINE__, {"NaN"}, [](Tensor x) { return linalg::svdvals(x); }, NAN},
    {"PinvOfNan", __LINE__, {"NaN"}, [](Tensor x) { return linalg::pinv(x); }, NAN},
    {"MatrixPowerOfSingular", __LINE__, {"singular"}, [](Tensor x) { return linalg::matrix_power(x, -3); }, 1},
    {"InvInAnUnusedResult", __LINE__, {"singular"}, [](Tensor x) { [[maybe_unused]] Tensor unused = linalg::inv(x); return x; }, 1},
};
// clang-format on

/// `run` is right for the regular matrix and wrong for the bad one, again and again.
template <class F> void expect_fault(const Fault &p, F run) {
  Tensor bad = full({2, 2}, p.bad), expected = p.program(regular());
  auto wrong = [&] { expect_error([&] { run(bad); }, a<CheckError>, __FILE__, p.line, p.says); };
  EXPECT_TRUE(array_equal(run(regular()), expected));
  wrong();
  std::int64_t before = detail::live_storage();
  wrong();
  EXPECT_EQ(detail::live_storage(), before) << "memory is held after the error";
  EXPECT_TRUE(array_equal(run(regular()), expected));
}

class LinalgFaults : public testing::TestWithParam<Fault> {};
TEST_P(LinalgFaults, Eager) { expect_fault(GetParam(), GetParam().program); }
TEST_P(LinalgFaults, Compiled) { expect_fault(GetParam(), function(GetParam().name, GetParam().program)); }
INSTANTIATE_TEST_SUITE_P(Errors, LinalgFaults, testing::ValuesIn(faults),
                         [](const auto &info) { return std::string(info.param.name); });

// NaN anywhere neither hangs nor crashes, and where it is no error it is in the result.
TEST(LinalgOfNan, Comes) {
  for (std::int64_t n : {1, 2, 3, 17, 64, 100}) {
    Tensor regular = eye(n, n, 0, float64) * 3.0 + 1.0;
    for (std::int64_t at : {std::int64_t{0}, n / 2, n - 1})
      for (std::int64_t other : {std::int64_t{0}, n - 1}) {
        Tensor x = set(regular, NAN, at, other);
        EXPECT_TRUE(any(isnan(linalg::inv(x))).item<bool>()) << n;
        EXPECT_TRUE(any(isnan(linalg::solve(x, ones({n}, float64)))).item<bool>()) << n;
        EXPECT_TRUE(isnan(linalg::det(x)).item<bool>()) << n;
        EXPECT_TRUE(isnan(linalg::slogdet(x).logabsdet).item<bool>()) << n;
        EXPECT_TRUE(any(isnan(linalg::qr(x).R)).item<bool>()) << n;
      }
    Tensor all = regular * NAN;
    EXPECT_TRUE(isnan(linalg::det(all)).item<bool>()) << n;
    EXPECT_TRUE(any(isnan(linalg::inv(all))).item<bool>()) << n;
    EXPECT_TRUE(any(isnan(linalg::qr(all).R)).item<bool>()) << n;
  }
}

// Sizes that are only known when the program runs.
TEST(LinalgOfOpenSizes, ErrorsNameThem) {
  const TensorSpec open = spec(float32, {dynamic, dynamic});
  auto product =
      function("product", [](Tensor x, Tensor y) { return matmul(x, y); }, {.input_signature = {open, open}});
  EXPECT_EQ(product(ones({2, 3}), ones({3, 2})).shape(), Shape(2, 2));
  EXPECT_THROW(product(ones({2, 3}), ones({4, 2})), ShapeError);
  auto inverse = function("inverse", [](Tensor x) { return linalg::inv(x); }, {.input_signature = {open}});
  EXPECT_THROW(inverse(ones({2, 3})), ShapeError);
  EXPECT_THROW(inverse(ones({3, 3})), CheckError);
}

// Run by the test below, in a process of its own that finds a file which is no library.
TEST(OpenBlas, DISABLED_IsBroken) {
  Tensor x = {{1.0f, 2.0f}, {3.0f, 4.0f}};
  for (int i = 0; i < 2; ++i)
    EXPECT_ERROR(IoError, matmul(x, x), "install the Debian package libopenblas0-pthread");
}

TEST(OpenBlas, AbsenceIsAnErrorThatNamesThePackage) {
  EXPECT_TRUE(passes_without("libopenblas.so.0", "OpenBlas.DISABLED_IsBroken"));
}

} // namespace

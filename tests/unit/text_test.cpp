// Text of tensors. The expected texts were printed by NumPy 2.4.6 (str(array)) and TensorFlow 2.21.0 (tf.print), from
// the Python expression in each row; shape and dtype behind NumPy's text are weft's own.
#include "lib/tensor/value.h"

#include <weft/weft.h>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <sstream>

namespace weft {
namespace {

constexpr float inf = INFINITY, nan = NAN;

Tensor shaped(const Tensor &t, const Shape &s) { return Tensor(detail::with_shape(t.checked({}), s)); }
Tensor count_up(int n, const Shape &s) {
  std::vector<int> v(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i)
    v[static_cast<std::size_t>(i)] = i;
  return from_span(v, s);
}
Tensor half(std::vector<std::uint16_t> bits, DType dtype) {
  Tensor words = from_span(bits);
  detail::Storage *s =
      detail::Storage::allocate(static_cast<std::int64_t>(bits.size() * 2), detail::Storage::Kind::Raw);
  std::memcpy(s->data, bits.data(), bits.size() * 2);
  return Tensor(detail::make_value({dtype, Shape(bits.size())}, s));
}

struct Row {
  const char *python;
  Tensor tensor;
  std::string text;
};

std::string numpy(const Tensor &t) { return detail::numpy_text(t.value()->type, t.value()->data); }
std::string tf(const Tensor &t) { return detail::print_text(t.value()->type, t.value()->data); }

TEST(NumpyTextTest, IntegersAndBools) {
  const Row rows[] = {
      {"np.array([1, 2, 3])", {1, 2, 3}, "[1 2 3]"},
      {"np.array([[1, -20], [300, 4]])", {{1, -20}, {300, 4}}, "[[  1 -20]\n [300   4]]"},
      {"np.arange(8).reshape(2, 2, 2)", count_up(8, {2, 2, 2}), "[[[0 1]\n  [2 3]]\n\n [[4 5]\n  [6 7]]]"},
      {"np.array([True, False])", {true, false}, "[ True False]"},
      {"np.array(True)", true, "True"},
      {"np.array(-7)", -7, "-7"},
      {"np.array([255], np.uint8)", from_span(std::vector<std::uint8_t>{255}), "[255]"},
      {"np.array([2**64 - 1, 0], np.uint64)", from_span(std::vector<std::uint64_t>{std::uint64_t(-1), 0}),
       "[18446744073709551615                    0]"},
      {"np.zeros((0,))", Tensor({}, std::source_location::current()), "[]"},
      {"np.zeros((2, 0))", {{}, {}}, "[]"},
  };
  for (const Row &r : rows)
    EXPECT_EQ(numpy(r.tensor), r.text) << r.python;
}

TEST(NumpyTextTest, FloatsShareOneNotation) {
  const Row rows[] = {
      {"np.array([1, 2.5, -3], np.float32)", {1.f, 2.5f, -3.f}, "[ 1.   2.5 -3. ]"},
      {"np.array([0.1, 1/3], np.float32)", {0.1f, 1.f / 3}, "[0.1        0.33333334]"},
      {"np.array([0.1, 1/3])", {0.1, 1.0 / 3}, "[0.1        0.33333333]"},
      {"np.array([1e-5, 1], np.float32)", {1e-5f, 1.f}, "[1.e-05 1.e+00]"},
      {"np.array([1e8, 1])", {1e8, 1.0}, "[1.e+08 1.e+00]"},
      {"np.array([999999, 1], np.float32)", {999999.f, 1.f}, "[9.99999e+05 1.00000e+00]"},
      {"np.array([1000000], np.float32)", {1e6f}, "[1.e+06]"},
      {"np.array([1, 1001.])", {1.0, 1001.0}, "[1.000e+00 1.001e+03]"},
      {"np.array([1e-310, 1e300])", {1e-310, 1e300}, "[1.e-310 1.e+300]"},
      {"np.array([np.nan, np.inf, -np.inf, 0.5], np.float32)", {nan, inf, -inf, 0.5f}, "[ nan  inf -inf  0.5]"},
      {"np.array([np.nan, np.nan])", {std::nan(""), std::nan("")}, "[nan nan]"},
      {"np.array([-0., 0.])", {-0.0, 0.0}, "[-0.  0.]"},
      {"np.array([1.5, 0.1], np.float16)", half({0x3e00, 0x2e66}, float16), "[1.5 0.1]"},
      {"np.array([1e-05, 65504.], np.float16)", half({0x00a8, 0x7bff}, float16), "[1.00e-05 6.55e+04]"},
  };
  for (const Row &r : rows)
    EXPECT_EQ(numpy(r.tensor), r.text) << r.python;
}

TEST(NumpyTextTest, ScalarsAreNumpyScalars) {
  const Row rows[] = {
      {"np.float32(2)", 2.f, "2.0"},
      {"np.float32(0.1)", 0.1f, "0.1"},
      {"np.float64(1/3)", 1.0 / 3, "0.3333333333333333"},
      {"np.float32(1/3)", 1.f / 3, "0.33333334"},
      {"np.float64(1e16)", 1e16, "1e+16"},
      {"np.float64(123456789.)", 123456789.0, "123456789.0"},
      {"np.float32(999999)", 999999.f, "999999.0"},
      {"np.float32(1e6)", 1e6f, "1e+06"},
      {"np.float32(16777216)", 16777216.f, "1.6777216e+07"},
      {"np.float64(0.0001)", 0.0001, "0.0001"},
      {"np.float64(0.00001)", 0.00001, "1e-05"},
      {"np.float64(-0.)", -0.0, "-0.0"},
      {"np.float32(np.nan)", nan, "nan"},
      {"np.float32(-np.inf)", -inf, "-inf"},
  };
  for (const Row &r : rows)
    EXPECT_EQ(numpy(r.tensor), r.text) << r.python;
}

TEST(NumpyTextTest, StringsAreQuotedAsPythonDoes) {
  const Row rows[] = {
      {"np.array(['a', 'bcd'])", {"a", "bcd"}, "['a' 'bcd']"},
      {R"(np.array(["x'y", 'q"z', "'\""]))", {"x'y", "q\"z", "'\""}, R"(["x'y" 'q"z' '\'"'])"},
      {R"(np.array(["n\n\t\\\x01é\x80"]))", {"n\n\t\\\x01é\u0080"}, R"(['n\n\t\\\x01é\x80'])"},
      {R"(np.array("hel'lo"))", "hel'lo", "hel'lo"},
      {"np.array([['a', 'b'], ['c', 'd']])", {{"a", "b"}, {"c", "d"}}, "[['a' 'b']\n ['c' 'd']]"},
  };
  for (const Row &r : rows)
    EXPECT_EQ(numpy(r.tensor), r.text) << r.python;
  EXPECT_EQ(numpy(Tensor{"\xff"}), R"(['\xff'])"); // not UTF-8: as Python writes the byte
}

TEST(NumpyTextTest, LongRowsWrap) {
  const Row rows[] = {
      {"np.arange(30)", count_up(30, {30}),
       "[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23\n 24 25 26 27 28 29]"},
      {"np.arange(52).reshape(2, 26)", count_up(52, {2, 26}),
       "[[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23\n"
       "  24 25]\n"
       " [26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49\n"
       "  50 51]]"},
  };
  for (const Row &r : rows)
    EXPECT_EQ(numpy(r.tensor), r.text) << r.python;
}

TEST(NumpyTextTest, MoreThanThousandElementsAreSummarised) {
  const Row rows[] = {
      {"np.arange(1001)", count_up(1001, {1001}), "[   0    1    2 ...  998  999 1000]"},
      {"np.arange(2000).reshape(40, 50)", count_up(2000, {40, 50}),
       "[[   0    1    2 ...   47   48   49]\n"
       " [  50   51   52 ...   97   98   99]\n"
       " [ 100  101  102 ...  147  148  149]\n"
       " ...\n"
       " [1850 1851 1852 ... 1897 1898 1899]\n"
       " [1900 1901 1902 ... 1947 1948 1949]\n"
       " [1950 1951 1952 ... 1997 1998 1999]]"},
      {"np.arange(1600).reshape(2, 400, 2)", count_up(1600, {2, 400, 2}),
       "[[[   0    1]\n  [   2    3]\n  [   4    5]\n  ...\n  [ 794  795]\n  [ 796  797]\n  [ 798  799]]\n\n"
       " [[ 800  801]\n  [ 802  803]\n  [ 804  805]\n  ...\n  [1594 1595]\n  [1596 1597]\n  [1598 1599]]]"},
  };
  for (const Row &r : rows)
    EXPECT_EQ(numpy(r.tensor), r.text) << r.python;
  std::string all = numpy(count_up(1000, {1000}));
  EXPECT_EQ(all.find("..."), std::string::npos);
}

TEST(StreamTest, AddsShapeAndDtype) {
  std::ostringstream os;
  os << Tensor{1, 2, 3} << "; " << Tensor(2.5) << "; " << Tensor{{"a"}};
  EXPECT_EQ(os.str(), "[1 2 3] (3,) int32; 2.5 () float64; [['a']] (1, 1) string");
  EXPECT_EQ(to_string(Tensor()), "<empty Tensor>");
}

TEST(PrintTextTest, AsTfPrint) {
  const Row rows[] = {
      {"tf.constant([1, 2, 3])", {1, 2, 3}, "[1 2 3]"},
      {"tf.constant([[1, 2, 3], [4, 5, 6]])", {{1, 2, 3}, {4, 5, 6}}, "[[1 2 3]\n [4 5 6]]"},
      {"tf.range(6)", count_up(6, {6}), "[0 1 2 3 4 5]"},
      {"tf.range(7)", count_up(7, {7}), "[0 1 2 ... 4 5 6]"},
      {"tf.reshape(tf.range(24), [2, 3, 4])", count_up(24, {2, 3, 4}),
       "[[[0 1 2 3]\n  [4 5 6 7]\n  [8 9 10 11]]\n\n [[12 13 14 15]\n  [16 17 18 19]\n  [20 21 22 23]]]"},
      {"tf.reshape(tf.range(16), [2, 2, 2, 2])", count_up(16, {2, 2, 2, 2}),
       "[[[[0 1]\n   [2 3]]\n\n  [[4 5]\n   [6 7]]]\n\n\n [[[8 9]\n   [10 11]]\n\n  [[12 13]\n   [14 15]]]]"},
      {"tf.reshape(tf.range(10), [10, 1])", count_up(10, {10, 1}), "[[0]\n [1]\n [2]\n ...\n [7]\n [8]\n [9]]"},
      {"tf.constant(True)", true, "1"},
      {"tf.constant([True, False])", {true, false}, "[1 0]"},
      {"tf.constant('hello')", "hello", "hello"},
      {"tf.constant('n\\nl\"q')", "n\nl\"q", "n\nl\"q"},
      {R"(tf.constant(["a", "b c", "q\"x", "n\nl", "é"]))",
       {"a", "b c", "q\"x", "n\nl", "é"},
       R"(["a" "b c" "q\"x" "n\nl" "é"])"},
      {R"(tf.constant([b"a\x00\x01\t\r\\'"]))", {std::string_view("a\0\1\t\r\\'", 7)}, R"(["a\000\001\t\r\\\'"])"},
      {"tf.constant([''])", {""}, "[\"\"]"},
      {"tf.constant([1, 200], tf.uint8)", from_span(std::vector<std::uint8_t>{1, 200}), "[1 200]"},
      {"tf.constant([-1, 100], tf.int8)", from_span(std::vector<std::int8_t>{-1, 100}), "[-1 100]"},
      {"tf.constant(2**64 - 1, tf.uint64)", std::uint64_t(-1), "18446744073709551615"},
      {"tf.constant([1.5, 0.1], tf.float16)", half({0x3e00, 0x2e66}, float16), "[1.5 0.0999755859]"},
      {"tf.constant([1.5, 0.1], tf.bfloat16)", half({0x3fc0, 0x3dcd}, bfloat16), "[1.5 0.100097656]"},
      {"tf.zeros([0])", shaped(Tensor{{}, {}}, {0}), "[]"},
  };
  for (const Row &r : rows)
    EXPECT_EQ(tf(r.tensor), r.text) << r.python;
}

TEST(PrintTextTest, FloatsAsTfPrint) {
  struct Number {
    double value;
    const char *f32, *f64;
  };
  const Number rows[] = {
      {1.5, "1.5", "1.5"},
      {0.1, "0.1", "0.1"},
      {1.0 / 3, "0.333333343", "0.33333333333333331"},
      {1e10, "1e+10", "10000000000"},
      {1e-5, "1e-05", "1e-05"},
      {123456, "123456", "123456"},
      {1234567, "1234567", "1234567"},
      {12345678, "12345678", "12345678"},
      {3.14159274101257324, "3.14159274", "3.1415927410125732"},
      {1e6, "1e+06", "1000000"},
      {100, "100", "100"},
      {-0.0, "-0", "-0"},
      {1e38, "1e+38", "1e+38"},
      {INFINITY, "inf", "inf"},
      {-INFINITY, "-inf", "-inf"},
      {NAN, "nan", "nan"},
  };
  for (const Number &n : rows) {
    EXPECT_EQ(tf(Tensor(static_cast<float>(n.value))), n.f32) << n.value;
    EXPECT_EQ(tf(Tensor(n.value)), n.f64) << n.value;
  }
}

} // namespace
} // namespace weft

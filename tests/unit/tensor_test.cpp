// Tensor: construction, access, copies and moves outside of traces. What traces add is in trace_list_test.cpp.
#include "lib/tensor/value.h"

#include <weft/weft.h>

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <thread>

namespace weft {
namespace {

// --- what must not compile

template <class T>
concept HasIterator = requires { typename T::iterator; };
static_assert(!HasIterator<Tensor>); // or test frameworks would print tensors as containers
static_assert(!std::is_constructible_v<Tensor, char>);
static_assert(!std::is_constructible_v<Tensor, char8_t>);
static_assert(!std::is_constructible_v<Tensor, wchar_t>);
static_assert(!std::is_constructible_v<Tensor, long double>);
static_assert(!std::is_constructible_v<Tensor, std::nullptr_t>);
static_assert(!std::is_convertible_v<int *, Tensor>);
static_assert(std::is_convertible_v<std::string_view, Tensor>);
static_assert(!std::is_convertible_v<Tensor, bool> && std::is_constructible_v<bool, Tensor>);
static_assert(std::is_assignable_v<Tensor &, Tensor>);
static_assert(!std::is_assignable_v<Tensor &&, Tensor>); // x[i] = v
template <class T>
concept AddsInPlace = requires(T &&t) { std::forward<T>(t) += 1; };
static_assert(AddsInPlace<Tensor &> && !AddsInPlace<Tensor>);
template <class T>
concept SpansTemporary = requires { std::declval<Tensor>().template span<T>(); };
static_assert(!SpansTemporary<float>);
template <class T>
concept Spans = requires(const Tensor &t) { t.template span<T>(); };
static_assert(Spans<float> && !Spans<std::string>);
static_assert(std::is_nothrow_move_constructible_v<Tensor>);

// --- construction

template <class T> struct ScalarTest : testing::Test {};
using ScalarTypes = testing::Types<bool, std::int8_t, std::int16_t, int, long, long long, std::uint8_t, std::uint16_t,
                                   unsigned, std::size_t, float, double>;
TYPED_TEST_SUITE(ScalarTest, ScalarTypes);
TYPED_TEST(ScalarTest, AValueKeepsItsType) {
  for (TypeParam v : {std::numeric_limits<TypeParam>::lowest(), TypeParam(1), std::numeric_limits<TypeParam>::max()}) {
    Tensor t = v;
    EXPECT_EQ(t.dtype(), dtype_of<TypeParam>);
    EXPECT_EQ(t.shape(), Shape());
    EXPECT_EQ(t.ndim(), 0);
    EXPECT_EQ(t.size(), 1);
    EXPECT_EQ(t.item<TypeParam>(), v);
    EXPECT_EQ(t.span<TypeParam>()[0], v);
  }
}

TEST(TensorTest, DtypesOfLiterals) {
  EXPECT_EQ(Tensor(2.0f).dtype(), float32);
  EXPECT_EQ(Tensor(1).dtype(), int32);
  EXPECT_EQ(Tensor(2.5).dtype(), float64);
  EXPECT_EQ(Tensor(true).dtype(), boolean);
  EXPECT_EQ(Tensor("hello").dtype(), string);
}

TEST(TensorTest, Strings) {
  std::string s("a\0b", 3);
  EXPECT_EQ(Tensor("hello").item<std::string>(), "hello");
  EXPECT_EQ(Tensor(s).item<std::string>(), s);
  EXPECT_EQ(Tensor(std::string_view(s).substr(2)).item<std::string>(), "b");
  EXPECT_EQ(Tensor("").item<std::string>(), "");
  Tensor t = {{"a", "bb"}, {"", "d"}};
  EXPECT_EQ(t.shape(), Shape(2, 2));
  EXPECT_EQ(t.to_vector<std::string>(), (std::vector<std::string>{"a", "bb", "", "d"}));
}

TEST(TensorTest, Braces) {
  Tensor row = {1, 2, 3};
  EXPECT_EQ(row.shape(), Shape(3));
  EXPECT_EQ(row.to_vector<int>(), (std::vector<int>{1, 2, 3}));
  Tensor matrix = {{1.f, 2.f}, {3.f, 4.f}, {5.f, 6.f}};
  EXPECT_EQ(matrix.shape(), Shape(3, 2));
  EXPECT_EQ(matrix.to_vector<float>(), (std::vector<float>{1, 2, 3, 4, 5, 6}));
  Tensor cube = {{{true}, {false}}};
  EXPECT_EQ(cube.shape(), Shape(1, 2, 1));
  EXPECT_EQ(cube.to_vector<bool>(), (std::vector<bool>{true, false}));
  Tensor deep = {{{{{{{{1}}}}}}}};
  EXPECT_EQ(deep.shape(), Shape(1, 1, 1, 1, 1, 1, 1, 1));
}

TEST(TensorTest, EmptyBraces) {
  Tensor none{};
  EXPECT_FALSE(none.defined());
  Tensor rows = {{}, {}};
  EXPECT_EQ(rows.shape(), Shape(2, 0));
  EXPECT_EQ(rows.dtype(), float32);
  EXPECT_EQ(rows.size(), 0);
  EXPECT_TRUE(rows.to_vector<float>().empty());
}

TEST(TensorTest, BracesAroundATensorCopyTheHandle) {
  Tensor x = {1, 2};
  Tensor y{x};
  EXPECT_EQ(y.shape(), Shape(2));
  EXPECT_EQ(y.value(), x.value());
}

Tensor identity(Tensor x) { return x; }
TEST(TensorTest, BracesConvertToParameters) {
  EXPECT_EQ(identity({1.f, 2.f}).dtype(), float32);
  EXPECT_EQ(identity({1.f, 2.f}).shape(), Shape(2));
}

TEST(TensorTest, FromSpanCopiesAnyContiguousRange) {
  std::vector<double> v{1, 2, 3, 4, 5, 6};
  Tensor a = from_span(v), b = from_span(v, {2, 3}), c = from_span(v, {v.size() / 2, 2});
  v.assign(6, 0);
  EXPECT_EQ(a.shape(), Shape(6));
  EXPECT_EQ(b.shape(), Shape(2, 3));
  EXPECT_EQ(c.shape(), Shape(3, 2));
  EXPECT_EQ(b.to_vector<double>(), (std::vector<double>{1, 2, 3, 4, 5, 6}));
  const int raw[] = {7, 8};
  EXPECT_EQ(from_span(raw).to_vector<int>(), (std::vector<int>{7, 8}));
  EXPECT_EQ(from_span(std::array<std::uint8_t, 2>{1, 255}).dtype(), uint8);
  EXPECT_EQ(from_span(std::vector<std::string>{"a", "b"}, {2, 1}).shape(), Shape(2, 1));
  EXPECT_EQ(from_span(std::array<const char *, 2>{"a", "b"}).to_vector<std::string>(),
            (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(from_span(std::vector<float>{}).shape(), Shape(0));
  EXPECT_EQ(from_span(std::vector<float>{1}, Shape{}).shape(), Shape());
}

TEST(TensorTest, FromBufferSharesTheMemory) {
  std::vector<float> v{1, 2, 3, 4};
  int deleted = 0;
  {
    Tensor t = from_buffer(v.data(), {2, 2}, float32, [&](void *p) { deleted += p == v.data() ? 1 : 100; });
    Tensor copy = t;
    EXPECT_EQ(t.span<float>().data(), v.data());
    t = Tensor();
    EXPECT_EQ(copy.to_vector<float>(), v);
    EXPECT_EQ(deleted, 0);
  }
  EXPECT_EQ(deleted, 1);
  const double pi = 3.14;
  EXPECT_EQ(from_buffer(&pi, {}, float64).item<double>(), 3.14); // no deleter
  EXPECT_EQ(from_buffer(nullptr, {0, 3}, int32).size(), 0);
}

TEST(TensorTest, TheDeleterRunsWhereTheLastHandleGoes) {
  int value = 1;
  std::thread::id where;
  Tensor t = from_buffer(&value, {}, int32, [&](void *) { where = std::this_thread::get_id(); });
  std::thread other([mine = std::move(t)]() mutable { mine = Tensor(); });
  std::thread::id id = other.get_id();
  other.join();
  EXPECT_EQ(where, id);
}

// --- handles

TEST(TensorTest, HandlesShareAndRebind) {
  Tensor a = {1, 2}, b = a;
  EXPECT_EQ(a.value(), b.value());
  b = Tensor{3, 4};
  EXPECT_EQ(a.to_vector<int>(), (std::vector<int>{1, 2}));
  Tensor &self = a;
  a = self;
  a = std::move(self);
  EXPECT_EQ(a.to_vector<int>(), (std::vector<int>{1, 2}));
}

TEST(TensorTest, MovesEmptyTheSource) {
  Tensor a = 1, b = std::move(a), c;
  EXPECT_FALSE(a.defined()); // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(b.item<int>(), 1);
  c = std::move(b);
  EXPECT_FALSE(b.defined()); // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(c.item<int>(), 1);
  a = 5;
  EXPECT_EQ(a.item<int>(), 5);
}

TEST(TensorTest, ContainersOfTensors) {
  std::vector<Tensor> v;
  for (int i = 0; i < 20; ++i)
    v.push_back(i);
  std::swap(v[0], v[19]);
  v.erase(v.begin() + 1);
  EXPECT_EQ(v.size(), 19u);
  EXPECT_EQ(v[0].item<int>(), 19);
  EXPECT_EQ(v[1].item<int>(), 2);
  EXPECT_EQ(v[18].item<int>(), 0);
}

TEST(TensorTest, NothingLeaks) {
  std::int64_t before = detail::live_storage();
  {
    Tensor a = {1, 2, 3}, s = {"x", "y"}, t = "scalar", e;
    std::vector<Tensor> v{a, s, t, e};
    v.insert(v.begin(), a);
    a = t;
    s = std::move(t);
  }
  EXPECT_EQ(detail::live_storage(), before);
}

TEST(TensorTest, TruthOfOneBool) {
  EXPECT_TRUE(bool(Tensor(true)));
  EXPECT_FALSE(bool(Tensor(false)));
  EXPECT_TRUE(bool(Tensor{{true}}));
}

TEST(TensorTest, OperationsInPlaceRebind) {
  Tensor x = {8.f, 6.f}, old = x;
  x += 2.f;
  x -= Tensor{1.f, 1.f};
  x *= 3;
  x /= 2.f;
  EXPECT_EQ(x.to_vector<float>(), (std::vector<float>{13.5f, 10.5f}));
  EXPECT_EQ(old.to_vector<float>(), (std::vector<float>{8, 6}));
  Tensor i = 17;
  i %= 5;
  EXPECT_EQ(i.item<int>(), 2);
}

TEST(TensorTest, AsType) {
  Tensor x = Tensor(2.75f).astype(int32);
  EXPECT_EQ(x.dtype(), int32);
  EXPECT_EQ(x.item<int>(), 2);
}

} // namespace
} // namespace weft

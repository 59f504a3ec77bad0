// Ranges of every integer dtype, up to the ends of what it holds: turns and indices are those of the list written out, eagerly and traced.
#include "tests/support/program.h"

#include <cstdint>
#include <limits>

using namespace weft;
using namespace weft::test;

namespace {

template <class T> constexpr T lowest = std::numeric_limits<T>::min();
template <class T> constexpr T highest = std::numeric_limits<T>::max();

template <class T> struct Case {
  T start, stop, step;
  std::vector<T> indices;
};

/// The indices joined, in the range's own dtype.
Tensor walked(Tensor start, Tensor stop, Tensor step) {
  Tensor turns = std::int64_t{0}, seen = zeros({4}, start.dtype());
  for (Tensor i : range(start, stop, step)) {
    seen = set(seen, i, turns);
    turns += 1;
  }
  return concat({seen, reshape(cast(turns, start.dtype()), {1})});
}

template <class T> void expect_ranges(const std::vector<Case<T>> &cases) {
  auto f = function(walked);
  for (const Case<T> &c : cases) {
    SCOPED_TRACE(std::to_string(c.start) + " " + std::to_string(c.stop) + " " + std::to_string(c.step));
    std::vector<T> expected = c.indices;
    expected.resize(4);
    expected.push_back(static_cast<T>(c.indices.size()));
    EXPECT_EQ(walked(c.start, c.stop, c.step).template to_vector<T>(), expected) << "eager";
    EXPECT_EQ(f(c.start, c.stop, c.step).template to_vector<T>(), expected) << "traced";
  }
  EXPECT_EQ(f.trace_count(), 1u);
}

template <class T> void expect_unsigned() {
  expect_ranges<T>({{0, 3, 1, {0, 1, 2}},
                    {3, 0, 1, {}},
                    {5, 5, 1, {}},
                    {0, 7, 3, {0, 3, 6}},
                    {T(highest<T> - 2), highest<T>, 1, {T(highest<T> - 2), T(highest<T> - 1)}},
                    {0, highest<T>, T(highest<T> / 2), {0, T(highest<T> / 2), T(highest<T> - 1)}},
                    {1, highest<T>, highest<T>, {1}},
                    {highest<T>, 0, highest<T>, {}}});
}

template <class T> void expect_signed() {
  T half = highest<T> / 2;
  expect_ranges<T>({{0, 3, 1, {0, 1, 2}},
                    {3, 0, -1, {3, 2, 1}},
                    {3, 0, 1, {}},
                    {0, 3, -1, {}},
                    {-2, 2, 3, {-2, 1}},
                    {T(highest<T> - 2), highest<T>, 1, {T(highest<T> - 2), T(highest<T> - 1)}},
                    {T(lowest<T> + 1), lowest<T>, -1, {T(lowest<T> + 1)}},
                    {T(-half - 1), highest<T>, highest<T>, {T(-half - 1), T(highest<T> - half - 1)}},
                    {lowest<T>, highest<T>, highest<T>, {lowest<T>, -1, T(highest<T> - 1)}},
                    {highest<T>, lowest<T>, lowest<T>, {highest<T>, -1}},
                    {lowest<T>, highest<T>, lowest<T>, {}}});
}

TEST(Ranges, Unsigned) {
  expect_unsigned<std::uint8_t>();
  expect_unsigned<std::uint16_t>();
  expect_unsigned<std::uint32_t>();
  expect_unsigned<std::uint64_t>();
}

TEST(Ranges, Signed) {
  expect_signed<std::int8_t>();
  expect_signed<std::int16_t>();
  expect_signed<std::int32_t>();
  expect_signed<std::int64_t>();
}

/// With a step that is known to be 1, which is another loop.
TEST(Ranges, ByOne) {
  auto count = [](auto start, auto stop) {
    auto f = function([](Tensor a, Tensor b) {
      Tensor last = a, turns = std::int64_t{0};
      for (Tensor i : range(a, b)) {
        last = i;
        turns += 1;
      }
      return std::pair(turns, last);
    });
    auto [turns, last] = f(start, stop);
    return std::pair(turns.template item<std::int64_t>(), last.template item<decltype(start)>());
  };
  EXPECT_EQ(count(std::uint8_t{250}, highest<std::uint8_t>), std::pair(std::int64_t{5}, std::uint8_t{254}));
  EXPECT_EQ(count(highest<std::uint64_t> - 3, highest<std::uint64_t>), std::pair(std::int64_t{3}, highest<std::uint64_t> - 1));
  EXPECT_EQ(count(highest<std::uint64_t>, std::uint64_t{0}), std::pair(std::int64_t{0}, highest<std::uint64_t>));
  EXPECT_EQ(count(std::int8_t{-128}, std::int8_t{127}), std::pair(std::int64_t{255}, std::int8_t{126}));
  EXPECT_EQ(count(highest<std::int64_t> - 2, highest<std::int64_t>), std::pair(std::int64_t{2}, highest<std::int64_t> - 1));
}

/// More turns than an int64 counts: left early.
TEST(Ranges, OfMoreTurnsThanAnInt64Counts) {
  auto f = function([](Tensor a, Tensor b, Tensor s) {
    Tensor turns = std::int64_t{0};
    for (Tensor i : range(a, b, s)) {
      check(turns < 5, "enough");
      turns += 1;
    }
    return turns;
  });
  EXPECT_THROW(f(lowest<std::int64_t>, highest<std::int64_t>, std::int64_t{1}), CheckError);
  EXPECT_THROW(f(std::uint64_t{0}, highest<std::uint64_t>, std::uint64_t{1}), CheckError);
}

} // namespace

// Control flow that runs at once: ranges, rows, conditions and their errors.
#include <weft/weft.h>

#include <gtest/gtest.h>

#include <limits>

namespace weft {
namespace {

template <class T> std::vector<T> all(const Range &r) {
  std::vector<T> v;
  for (Tensor i : r)
    v.push_back(i.item<T>());
  return v;
}

TEST(RangeTest, CountsAsPythonDoes) {
  using V = std::vector<std::int32_t>;
  EXPECT_EQ(all<std::int32_t>(range(3)), (V{0, 1, 2}));
  EXPECT_EQ(all<std::int32_t>(range(2, 5)), (V{2, 3, 4}));
  EXPECT_EQ(all<std::int32_t>(range(0, 7, 3)), (V{0, 3, 6}));
  EXPECT_EQ(all<std::int32_t>(range(5, 0, -2)), (V{5, 3, 1}));
  EXPECT_EQ(all<std::int32_t>(range(0)), V{});
  EXPECT_EQ(all<std::int32_t>(range(-3)), V{});
  EXPECT_EQ(all<std::int32_t>(range(5, 2)), V{});
}

TEST(RangeTest, DtypeFollowsTheBounds) {
  auto dtype = [](const Range &r) { return r.start().dtype(); };
  EXPECT_EQ(dtype(range(3)), int32);
  EXPECT_EQ(dtype(range(short{3})), int32);
  EXPECT_EQ(dtype(range(std::int64_t{3})), int64);
  EXPECT_EQ(dtype(range(std::size_t{3})), int64);
  EXPECT_EQ(dtype(range(3u)), int64);
  EXPECT_EQ(dtype(range(0, std::int64_t{3})), int64);
  EXPECT_EQ(dtype(range(Tensor(std::int64_t{3}))), int64);
  EXPECT_EQ(dtype(range(std::int64_t{1}, Tensor(3))), int32);
  EXPECT_EQ(dtype(range(Tensor(std::uint8_t{200}))), uint8);
  EXPECT_EQ(all<std::uint8_t>(range(Tensor(std::uint8_t{254}), Tensor(std::uint8_t{255}))), (std::vector<std::uint8_t>{254}));
}

TEST(RangeTest, NothingOverflowsAtTheEnds) {
  constexpr auto low = std::numeric_limits<std::int64_t>::min(), high = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(all<std::int64_t>(range(low, high, high)), (std::vector<std::int64_t>{low, -1, high - 1}));
  EXPECT_EQ(all<std::int64_t>(range(high, low, low)), (std::vector<std::int64_t>{high, -1}));
}

TEST(RangeTest, BadBounds) {
  EXPECT_THROW(range(2.5), DTypeError);
  EXPECT_THROW(range(true), DTypeError);
  EXPECT_THROW(range(Tensor{1, 2}), ShapeError);
  EXPECT_THROW(range(0, 5, 0), CheckError);
  EXPECT_THROW(range(std::int64_t{1} << 40, Tensor(3)), DTypeError);
  try {
    range(std::numeric_limits<std::uint64_t>::max());
    ADD_FAILURE();
  } catch (const DTypeError &e) {
    EXPECT_NE(std::string(e.what()).find("18446744073709551615 does not fit into int64"), std::string::npos) << e.what();
  }
  EXPECT_THROW(range(Tensor(), 5), TraceError);
  try {
    range("x");
    ADD_FAILURE();
  } catch (const DTypeError &e) {
    EXPECT_STREQ(e.where().file, __FILE__);
  }
}

TEST(RowsTest, EachRowOnce) {
  Tensor x = {{1, 2}, {3, 4}, {5, 6}};
  std::vector<std::int32_t> firsts;
  for (Tensor row : x) {
    EXPECT_EQ(row.shape(), Shape{2});
    firsts.push_back(row[0].item<std::int32_t>());
  }
  EXPECT_EQ(firsts, (std::vector<std::int32_t>{1, 3, 5}));
  Tensor number = 1;
  EXPECT_THROW(
      {
        for (Tensor row : number)
          (void)row;
      },
      ShapeError);
}

TEST(ConditionTest, OneElementOfBool) {
  int branch = 0;
  ag::if_stmt(Tensor(true), [&] { branch = 1; }, [&] { branch = 2; });
  EXPECT_EQ(branch, 1);
  ag::if_stmt(Tensor{{false}}, [&] { branch = 1; }, [&] { branch = 2; });
  EXPECT_EQ(branch, 2);
  EXPECT_THROW(ag::if_stmt(Tensor(1), [] {}), DTypeError);
  EXPECT_THROW(ag::if_stmt(Tensor{true, false}, [] {}), ShapeError);
  EXPECT_THROW(ag::if_stmt(Tensor(), [] {}), TraceError);
  Variable v(true, "v");
  ag::if_stmt(v, [&] { branch = 3; });
  EXPECT_EQ(branch, 3);
}

TEST(ConditionTest, ErrorsNameTheStatementsLine) {
  unsigned line = 0;
  try {
    line = __LINE__ + 1;
    ag::while_stmt([] { return Tensor(1); }, [] {});
    ADD_FAILURE();
  } catch (const DTypeError &e) {
    EXPECT_STREQ(e.where().file, __FILE__);
    EXPECT_EQ(e.where().line, line);
  }
}

TEST(LoopTest, WhileAndItsBound) {
  int turns = 0;
  auto [n] = std::tuple(while_loop(LoopOptions{.maximum_iterations = 3}, [](Tensor) { return Tensor(true); },
                                   [&](Tensor x) {
                                     ++turns;
                                     return x;
                                   },
                                   Tensor(5)));
  EXPECT_EQ(turns, 3);
  EXPECT_EQ(n.item<std::int32_t>(), 5);
}

TEST(LogicTest, TheRightSideRunsOnlyIfNeeded) {
  int runs = 0;
  auto right = [&] {
    ++runs;
    return Tensor(true);
  };
  EXPECT_FALSE(ag::and_(Tensor(false), right).item<bool>());
  EXPECT_TRUE(ag::or_(Tensor(true), right).item<bool>());
  EXPECT_EQ(runs, 0);
  EXPECT_TRUE(ag::and_(Tensor(true), right).item<bool>());
  EXPECT_TRUE(ag::or_(Tensor(false), right).item<bool>());
  EXPECT_FALSE(ag::and_(false, right).item<bool>());
  EXPECT_EQ(runs, 2);
}

TEST(CheckTest, MessageAndArguments) {
  check(Tensor(true), "never seen");
  try {
    check(Tensor(false), "x is", Tensor{1, 2}, "and", 3.5);
    ADD_FAILURE();
  } catch (const CheckError &e) {
    EXPECT_NE(std::string(e.what()).find(": x is [1 2] and 3.5"), std::string::npos) << e.what();
    EXPECT_STREQ(e.where().file, __FILE__);
  }
  EXPECT_THROW(check(Tensor(1), "no bool"), DTypeError);
}

} // namespace
} // namespace weft

// <weft/fmt.h>. fmt/ranges.h must not make ranges of Tensors and Shapes.
#include <weft/fmt.h>

#include <fmt/ranges.h>

#include <gtest/gtest.h>

namespace weft {
namespace {

TEST(FmtTest, PrintsWhatTheStreamOperatorPrints) {
  EXPECT_EQ(fmt::format("{}", Tensor{1, 2, 3}), "[1 2 3] (3,) int32");
  EXPECT_EQ(fmt::format("{}|{}", Shape{2, 3}, float64), "(2, 3)|float64");
  EXPECT_EQ(fmt::format("{}", Tensor()), "<empty Tensor>");
}

TEST(FmtTest, WidthApplies) {
  EXPECT_EQ(fmt::format("{:>8}", Shape{4}), "    (4,)");
  EXPECT_EQ(fmt::format("{:-<8}", int32), "int32---");
}

} // namespace
} // namespace weft

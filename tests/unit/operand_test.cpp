// Operand: the value, the place, and which values are weak. Also the index and axis arguments.
#include "lib/tensor/value.h"

#include <weft/weft.h>

#include <gtest/gtest.h>

namespace weft {
namespace {

struct Seen {
  std::uint32_t line;
  std::string file;
  DType dtype;
  Shape shape;
  bool weak;
};
Seen see(const Operand &o) { return {o.loc().line, o.loc().file, o.dtype(), o.shape(), o.weak()}; }

TEST(OperandTest, KnowsTheLineOfItsUse) {
  Tensor x = {1, 2};
  Variable v(x);
  std::uint32_t line = __LINE__;
  EXPECT_EQ(see(x).line, line + 1);
  EXPECT_EQ(see(v).line, line + 2);
  EXPECT_EQ(see(1).line, line + 3);
  EXPECT_EQ(see("s").line, line + 4);
  EXPECT_EQ(see({1, 2}).line, line + 5);
  EXPECT_EQ(see(std::string("s")).line, line + 6);
  EXPECT_EQ(see(std::string_view("s")).line, line + 7);
  EXPECT_EQ(see(x).file, __FILE__);
}

SourceLocation place_of(const Operand &o) { return o.loc(); }
TEST(OperandTest, KnowsTheColumn) {
  Tensor x = 1;
  const SourceLocation both[] = {place_of(x), place_of(x)};
  const SourceLocation &a = both[0], &b = both[1];
  EXPECT_EQ(a.line, b.line);
  EXPECT_LT(a.column, b.column);
  EXPECT_EQ(a.str(), std::string(a.file) + ":" + std::to_string(a.line) + ":" + std::to_string(a.column));
  EXPECT_EQ(SourceLocation().str(), "");
}

TEST(OperandTest, NumbersAreWeakTheRestIsNot) {
  Tensor x = 1.f;
  Variable v(x);
  EXPECT_TRUE(see(1).weak);
  EXPECT_TRUE(see(2.5).weak);
  EXPECT_TRUE(see(true).weak);
  EXPECT_FALSE(see(x).weak);
  EXPECT_FALSE(see(v).weak);
  EXPECT_FALSE(see("s").weak);
  EXPECT_FALSE(see({1, 2}).weak);
  EXPECT_EQ(see(1).dtype, int32);
  EXPECT_EQ(see(2.5).dtype, float64);
  EXPECT_EQ(see(std::size_t{1}).dtype, uint64);
  EXPECT_EQ(see("s").dtype, string);
  EXPECT_EQ(see({{1.f}, {2.f}}).shape, Shape(2, 1));
}

TEST(OperandTest, SharesTheTensorsValue) {
  Tensor x = {1, 2};
  EXPECT_EQ(Operand(x).value().get(), x.value());
  EXPECT_EQ(Operand(x).source_location().line(), static_cast<unsigned>(__LINE__));
}

TEST(OperandTest, RefusesWhatIsNoElement) {
  static_assert(!std::is_constructible_v<Operand, char>);
  static_assert(!std::is_constructible_v<Operand, long double>);
  static_assert(!std::is_constructible_v<Operand, std::nullptr_t>);
  static_assert(!std::is_constructible_v<Axis, bool>);
  static_assert(std::is_constructible_v<Axis, int> && std::is_constructible_v<Axis, std::size_t>);
}

TEST(OperandTest, AnEmptyTensorIsAnErrorAtItsUse) {
  Tensor empty;
  Operand o = empty;
  std::uint32_t line = __LINE__ - 1;
  try {
    (void)o.value();
    FAIL() << "an empty Tensor was used";
  } catch (const TraceError &e) {
    EXPECT_EQ(e.where().line, line);
    EXPECT_NE(std::string(e.what()).find("empty Tensor"), std::string::npos) << e.what();
  }
}

TEST(AxisTest, OneSeveralOrAll) {
  EXPECT_TRUE(Axis(all_axes).all());
  EXPECT_FALSE(Axis(1).all());
  EXPECT_EQ(Axis(-1).axes(), Shape(-1));
  EXPECT_EQ((Axis{0, 2}).axes(), Shape(0, 2));
}

TEST(SliceTest, EndsMayBeOpen) {
  Slice s = slice(5);
  EXPECT_FALSE(s.start.set());
  EXPECT_EQ(s.stop.value(), 5);
  EXPECT_FALSE(s.step.set());
  s = slice(1, none, -2);
  EXPECT_EQ(s.start.value(), 1);
  EXPECT_FALSE(s.stop.set());
  EXPECT_EQ(s.step.value(), -2);
}

// An index knows its line through the first item, whatever its kind.
TEST(IndexTest, ErrorsNameTheLine) {
  Tensor x = {1, 2, 3};
  Variable v(0);
  auto line_of = [](auto f) -> std::uint32_t {
    try {
      f();
    } catch (const Error &e) {
      return e.where().line;
    }
    return 0;
  };
  std::uint32_t line = __LINE__;
  EXPECT_EQ(line_of([&] { (void)x(1, 1); }), line + 1);
  EXPECT_EQ(line_of([&] { (void)x(slice(1), 1); }), line + 2);
  EXPECT_EQ(line_of([&] { (void)x(newaxis, 1, 1); }), line + 3);
  EXPECT_EQ(line_of([&] { (void)x(ellipsis, 7); }), line + 4);
  EXPECT_EQ(line_of([&] { (void)x(v, v); }), line + 5);
  EXPECT_EQ(line_of([&] { (void)x[7]; }), line + 6);
}

} // namespace
} // namespace weft

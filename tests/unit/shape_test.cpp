// Shape and DType.
#include <weft/dtype.h>
#include <weft/error.h>
#include <weft/shape.h>

#include <gtest/gtest.h>

#include <list>
#include <sstream>
#include <vector>

namespace weft {
namespace {

TEST(ShapeTest, IsMadeFromAnyIntegers) {
  std::vector<float> v(4);
  Shape mixed{v.size(), 2, std::int8_t{3}};
  EXPECT_EQ(mixed, Shape(4, 2, 3));
  EXPECT_EQ(Shape(std::vector<std::int64_t>{5, 6}), Shape(5, 6));
  EXPECT_EQ(Shape(std::list<int>{1, 2, 3}), Shape(1, 2, 3));
  static_assert(!std::is_constructible_v<Shape, bool>);
  static_assert(!std::is_constructible_v<Shape, double>);
}

TEST(ShapeTest, Text) {
  EXPECT_EQ(to_string(Shape{}), "()");
  EXPECT_EQ(to_string(Shape{3}), "(3,)");
  EXPECT_EQ(to_string(Shape{2, 3}), "(2, 3)");
  EXPECT_EQ(to_string(Shape{2, dynamic, 0}), "(2, ?, 0)");
  std::ostringstream os;
  os << Shape{2, 3} << ' ' << float32;
  EXPECT_EQ(os.str(), "(2, 3) float32");
}

TEST(ShapeTest, DimensionsCountFromBothEnds) {
  Shape s{2, 3, 4};
  EXPECT_EQ(s[0], 2);
  EXPECT_EQ(s[-1], 4);
  EXPECT_EQ(s[-3], 2);
  s[-1] = 9;
  EXPECT_EQ(s, Shape(2, 3, 9));
  EXPECT_THROW(s[3], IndexError);
  EXPECT_THROW(s[-4], IndexError);
  EXPECT_THROW(Shape{}[0], IndexError);
}

TEST(ShapeTest, HasAtMostEightDimensions) {
  Shape s{1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(s.rank(), 8);
  EXPECT_THROW(s.push_back(9), ShapeError);
  EXPECT_THROW(Shape(std::vector<int>(9, 1)), ShapeError);
}

TEST(ShapeTest, CountsElements) {
  EXPECT_EQ(Shape{}.elements(), 1);
  EXPECT_EQ(Shape(2, 3, 4).elements(), 24);
  EXPECT_EQ(Shape(2, 0, 4).elements(), 0);
  constexpr std::int64_t big = std::int64_t{1} << 40;
  EXPECT_EQ(Shape(big, big).elements(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(Shape(big, big, 0).elements(), 0);
}

TEST(ShapeTest, ComparesRankAndSizes) {
  EXPECT_EQ(Shape(2, 3), Shape(2, 3));
  EXPECT_FALSE(Shape(2, 3) == Shape(3, 2));
  EXPECT_FALSE(Shape(2, 3) == Shape(2, 3, 1));
  EXPECT_FALSE(Shape() == Shape(0));
  EXPECT_FALSE(Shape(2, dynamic).is_static());
  EXPECT_TRUE(Shape(2, 0).is_static());
}

// Names and sizes from the Python Array API standard, 2023.12.
TEST(DTypeTest, NamesSizesAndKinds) {
  struct Row {
    DType dtype;
    std::string_view name;
    std::size_t size;
    bool integer, floating;
  };
  const Row rows[] = {{boolean, "bool", 1, false, false},     {int8, "int8", 1, true, false},
                      {int16, "int16", 2, true, false},       {int32, "int32", 4, true, false},
                      {int64, "int64", 8, true, false},       {uint8, "uint8", 1, true, false},
                      {uint16, "uint16", 2, true, false},     {uint32, "uint32", 4, true, false},
                      {uint64, "uint64", 8, true, false},     {float16, "float16", 2, false, true},
                      {bfloat16, "bfloat16", 2, false, true}, {float32, "float32", 4, false, true},
                      {float64, "float64", 8, false, true},   {string, "string", sizeof(void *), false, false}};
  EXPECT_EQ(std::size(rows), static_cast<std::size_t>(dtype_count));
  for (const Row &r : rows) {
    EXPECT_EQ(name(r.dtype), r.name);
    EXPECT_EQ(itemsize(r.dtype), r.size) << r.name;
    EXPECT_EQ(is_integer(r.dtype), r.integer) << r.name;
    EXPECT_EQ(is_floating(r.dtype), r.floating) << r.name;
    EXPECT_EQ(is_number(r.dtype), r.integer || r.floating) << r.name;
  }
}

TEST(DTypeTest, CppTypesKeepTheirDtype) {
  EXPECT_EQ(dtype_of<bool>, boolean);
  EXPECT_EQ(dtype_of<signed char>, int8);
  EXPECT_EQ(dtype_of<short>, int16);
  EXPECT_EQ(dtype_of<int>, int32);
  EXPECT_EQ(dtype_of<long>, int64);
  EXPECT_EQ(dtype_of<long long>, int64);
  EXPECT_EQ(dtype_of<unsigned char>, uint8);
  EXPECT_EQ(dtype_of<std::size_t>, uint64);
  EXPECT_EQ(dtype_of<float>, float32);
  EXPECT_EQ(dtype_of<double>, float64);
  EXPECT_EQ(dtype_of<std::string>, string);
}

} // namespace
} // namespace weft

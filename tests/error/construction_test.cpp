// Wrong constructions: each is a typed weft::Error that names the user's line and the place of the fault.
#include "tests/error/wrong.h"

#include <functional>

namespace weft {
namespace {

TEST(ConstructionErrorTest, RaggedBracesNameThePosition) {
  using T = Tensor;
  EXPECT_ERROR(ShapeError, (T{{1, 2}, {3}}), "the list at [1] has 1 elements, but at [0] there is a list of 2");
  EXPECT_ERROR(ShapeError, (T{{{1}, {2}}, {{3}, {4, 5}}}),
               "the list at [1][1] has 2 elements, but at [0][0] there is a list of 1");
  EXPECT_ERROR(ShapeError, (T{1, {2}}), "there is a list at [1], but at [0] there is a single value");
  EXPECT_ERROR(ShapeError, (T{{1}, 2}), "there is a single value at [1], but at [0] there is a list");
  EXPECT_ERROR(ShapeError, (T{{1}, {}}), "the list at [1] has 0 elements");
  EXPECT_ERROR(ShapeError, (T{{}, {1}}), "the list at [1] has 1 elements, but at [0] there is a list of 0");
  EXPECT_ERROR(ShapeError, (T{{1}, {{2}}}), "there is a list at [1][0]");
  EXPECT_ERROR(ShapeError, (Operand{{1, 2}, {3}}), "ragged");
}

TEST(ConstructionErrorTest, MixedTypesNameThePosition) {
  using T = Tensor;
  EXPECT_ERROR(DTypeError, (T{1, 2.5}), "the element at [1] is float64, but the first is int32");
  EXPECT_ERROR(DTypeError, (T{{1.f, 2.f}, {3.f, 4}}), "the element at [1][1] is int32, but the first is float32");
  EXPECT_ERROR(DTypeError, (T{true, 1}), "bool");
  EXPECT_ERROR(DTypeError, (T{"a", 1}), "string");
  EXPECT_ERROR(DTypeError, (T{1, 2L}), "int64");
}

TEST(ConstructionErrorTest, BracesAreAtMostEightDeep) { EXPECT_THROW((Tensor{{{{{{{{{1}}}}}}}}}), ShapeError); }

TEST(ConstructionErrorTest, ANullStringIsNoString) {
  const char *null = nullptr;
  EXPECT_THROW(Tensor{null}, DTypeError);
  EXPECT_THROW((void)Tensor(null), DTypeError);
  EXPECT_THROW((void)Operand(null), DTypeError);
}

TEST(ConstructionErrorTest, FromSpanNeedsTheRightNumberOfElements) {
  std::vector<int> v{1, 2, 3};
  EXPECT_ERROR(ShapeError, (void)from_span(v, {2, 2}), "3 elements were given for the shape (2, 2), which has 4");
  EXPECT_ERROR(ShapeError, (void)from_span(v, {-3}), "cannot have the shape (-3,)");
  EXPECT_ERROR(ShapeError, (void)from_span(v, {dynamic}), "(?,)");
  EXPECT_ERROR(ShapeError, (void)from_span(std::vector<std::string>{"a"}, {2}), "1 elements");
}

TEST(ConstructionErrorTest, FromBufferChecksWhatItCan) {
  alignas(8) char buffer[16] = {};
  bool flags[2] = {};
  const char two = 2;
  std::memcpy(flags, &two, 1);
  EXPECT_ERROR(ShapeError, (void)from_buffer(buffer, {-1}, int32), "cannot have the shape");
  EXPECT_ERROR(ShapeError, (void)from_buffer(nullptr, {2}, int32), "null pointer");
  EXPECT_ERROR(ShapeError, (void)from_buffer(buffer, {std::int64_t{1} << 40, std::int64_t{1} << 40}, int32),
               "no buffer");
  EXPECT_ERROR(DTypeError, (void)from_buffer(buffer + 1, {2}, int32), "not aligned for int32");
  EXPECT_ERROR(DTypeError, (void)from_buffer(buffer, {1}, string), "from_span");
  EXPECT_ERROR(DTypeError, (void)from_buffer(flags, {2}, boolean), "bytes 0 and 1");
}

TEST(ConstructionErrorTest, TheDeleterRunsOnceAlsoAfterAnError) {
  int deleted = 0, buffer = 0;
  EXPECT_THROW((void)from_buffer(&buffer, {-1}, int32, [&](void *p) { deleted += p == &buffer; }), ShapeError);
  EXPECT_EQ(deleted, 1);
}

} // namespace
} // namespace weft

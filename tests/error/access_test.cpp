// Wrong uses of a Tensor's value: each is a typed weft::Error with the user's line and what to do instead.
#include "tests/error/wrong.h"

namespace weft {
namespace {

TEST(AccessErrorTest, EveryUseOfAnEmptyTensorSaysSo) {
  Tensor t;
  constexpr const char *words = "an empty Tensor is used: it was never given a value, or was moved from";
  EXPECT_ERROR(TraceError, (void)t.dtype(), words);
  EXPECT_ERROR(TraceError, (void)t.shape(), words);
  EXPECT_ERROR(TraceError, (void)t.ndim(), words);
  EXPECT_ERROR(TraceError, (void)t.size(), words);
  EXPECT_ERROR(TraceError, (void)t.item<float>(), words);
  EXPECT_ERROR(TraceError, (void)t.to_vector<std::string>(), words);
  EXPECT_ERROR(TraceError, (void)t.span<int>(), words);
  EXPECT_ERROR(TraceError, (void)t.astype(int32), words);
  EXPECT_ERROR(TraceError, (void)(t + 1), words);
  EXPECT_ERROR(TraceError, (void)(1 + t), words);
  EXPECT_ERROR(TraceError, t += 1, words);
  EXPECT_ERROR(TraceError, (void)t[0], words);
  EXPECT_ERROR(TraceError, (void)t(0), words);
  EXPECT_THROW((void)bool(t), TraceError);
}

TEST(AccessErrorTest, ElementsNeedTheExactDtype) {
  Tensor i = 1, f = {1.f, 2.f}, s = "text", h = Tensor(1.f);
  EXPECT_ERROR(DTypeError, (void)i.item<float>(),
               "item<float>() was asked of a Tensor of dtype int32: use "
               "item<std::int32_t>(), or convert it with astype(weft::float32)");
  EXPECT_ERROR(DTypeError, (void)i.item<std::int64_t>(), "astype(weft::int64)");
  EXPECT_ERROR(DTypeError, (void)i.item<unsigned>(), "int32");
  EXPECT_ERROR(DTypeError, (void)i.item<bool>(), "item<bool>()");
  EXPECT_ERROR(DTypeError, (void)f.to_vector<double>(), "use to_vector<float>()");
  EXPECT_ERROR(DTypeError, (void)f.span<int>(), "use span<float>()");
  EXPECT_ERROR(DTypeError, (void)s.item<int>(), "use item<std::string>()");
  EXPECT_ERROR(DTypeError, (void)i.item<std::string>(), "item<std::string>()");
}

TEST(AccessErrorTest, ItemNeedsOneElement) {
  Tensor v = {1, 2, 3};
  EXPECT_ERROR(ShapeError, (void)v.item<int>(),
               "item() needs one element, but this Tensor has 3 (shape (3,)): use to_vector()");
  EXPECT_ERROR(ShapeError, (void)Tensor{{}}.item<float>(), "has 0");
  EXPECT_EQ(Tensor{{5}}.item<int>(), 5); // one element of any rank
}

TEST(AccessErrorTest, AConditionNeedsOneBool) {
  auto message = [](const Tensor &t) -> std::string {
    try {
      (void)bool(t);
    } catch (const DTypeError &e) {
      return std::string("DType: ") + e.what();
    } catch (const ShapeError &e) {
      return std::string("Shape: ") + e.what();
    }
    return "none";
  };
  EXPECT_EQ(message(1),
            "DType: a Tensor of dtype int32 is used as a condition: compare it (x != 0), or cast it to bool");
  EXPECT_EQ(message("s").rfind("DType: ", 0), 0u);
  EXPECT_EQ(
      message({true, false}),
      "Shape: a Tensor of shape (2,) is used as a condition, which takes one element: use weft::any or weft::all");
  EXPECT_EQ(message(true), "none");
}

TEST(AccessErrorTest, ErrorsOutliveTheTextOfTheirPlace) {
  auto make = [] {
    std::string file = "from_compiled_code.cpp";
    SourceLocation where;
    where.file = file.c_str();
    where.line = 3;
    return CheckError(where, "failed");
  };
  CheckError e = make(), copy = e;
  EXPECT_STREQ(copy.where().file, "from_compiled_code.cpp");
  EXPECT_STREQ(copy.what(), "from_compiled_code.cpp:3:0: failed");
  EXPECT_STREQ(Error({}, "no place").what(), "no place");
}

TEST(AccessErrorTest, EveryErrorIsAnErrorAndARuntimeError) {
  static_assert(std::is_base_of_v<std::runtime_error, Error>);
  static_assert(std::is_base_of_v<Error, TraceError> && std::is_base_of_v<Error, ShapeError> &&
                std::is_base_of_v<Error, DTypeError> && std::is_base_of_v<Error, IndexError> &&
                std::is_base_of_v<Error, VariableError> && std::is_base_of_v<Error, CheckError> &&
                std::is_base_of_v<Error, OutOfMemoryError> && std::is_base_of_v<Error, IoError> &&
                std::is_base_of_v<Error, InternalError>);
  EXPECT_THROW(throw IoError({}, "x"), std::runtime_error);
}

} // namespace
} // namespace weft

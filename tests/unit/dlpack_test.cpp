// DLPack: round trips in the same memory, structs as other libraries make them, and the ones that are refused.
#include "lib/tensor/value.h"

#include <weft/dlpack.h>
#include <weft/weft.h>

#include <gtest/gtest.h>

namespace weft {
namespace {

/// An array of another library, which counts the calls of its deleter.
struct Foreign {
  std::vector<std::int64_t> shape, strides;
  int deleted = 0;
  DLManagedTensor managed{};

  Foreign(void *data, DLDataType dtype, std::vector<std::int64_t> sizes, std::vector<std::int64_t> steps = {})
      : shape(std::move(sizes)), strides(std::move(steps)) {
    DLTensor &t = managed.dl_tensor;
    t.data = data;
    t.device.device_type = kDLCPU;
    t.ndim = static_cast<std::int32_t>(shape.size());
    t.dtype = dtype;
    t.shape = shape.data();
    t.strides = strides.empty() ? nullptr : strides.data();
    managed.manager_ctx = this;
    managed.deleter = [](DLManagedTensor *m) { ++static_cast<Foreign *>(m->manager_ctx)->deleted; };
  }
};

constexpr DLDataType float32_elements{kDLFloat, 32, 1};

template <class E> void expect_refused(Foreign &f, const std::string &words) {
  unsigned line = __LINE__ + 2;
  try {
    (void)from_dlpack(&f.managed);
    ADD_FAILURE() << "no error, but: " << words;
  } catch (const E &e) {
    EXPECT_NE(std::string(e.what()).find(words), std::string::npos) << e.what();
    EXPECT_EQ(e.where().line, line);
  }
  EXPECT_EQ(f.deleted, 1);
}

TEST(DlpackTest, GoesRoundInTheSameMemory) {
  std::int64_t before = detail::live_storage();
  for (DType d :
       {boolean, int8, int16, int32, int64, uint8, uint16, uint32, uint64, float16, bfloat16, float32, float64})
    for (const Shape &shape : {Shape{}, Shape{3}, Shape{0}, Shape{2, 3, 4}}) {
      Tensor x = zeros(shape, d);
      DLManagedTensor *m = to_dlpack(x);
      EXPECT_EQ(m->dl_tensor.data, x.value()->data);
      EXPECT_EQ(m->dl_tensor.dtype.bits, 8 * itemsize(d));
      Tensor back = from_dlpack(m);
      EXPECT_EQ(back.dtype(), d);
      EXPECT_EQ(back.shape(), shape);
      EXPECT_EQ(back.value()->data, x.value()->data);
    }
  EXPECT_EQ(detail::live_storage(), before);
}

TEST(DlpackTest, TheMemoryOutlivesTheTensor) {
  Tensor x = {{1.0f, 2.0f, 3.0f}, {4.0f, 5.0f, 6.0f}};
  DLManagedTensor *m = to_dlpack(x);
  x = Tensor();
  const DLTensor &t = m->dl_tensor;
  EXPECT_EQ(t.ndim, 2);
  EXPECT_EQ(t.shape[0] * 10 + t.shape[1], 23);
  EXPECT_EQ(t.strides[0] * 10 + t.strides[1], 31);
  EXPECT_EQ(static_cast<const float *>(t.data)[5], 6.0f);
  m->deleter(m);
}

TEST(DlpackTest, TakesForeignMemoryWithoutACopy) {
  std::vector<float> data{0, 1, 2, 3, 4, 5, 6};
  Foreign plain(data.data(), float32_elements, {2, 3}), strided(data.data(), float32_elements, {2, 1, 3}, {3, 99, 1});
  plain.managed.dl_tensor.byte_offset = sizeof(float);
  {
    Tensor x = from_dlpack(&plain.managed), y = from_dlpack(&strided.managed);
    EXPECT_EQ(x.span<float>().data(), data.data() + 1);
    EXPECT_EQ(y.span<float>().data(), data.data()); // a dimension of size 1 has no steps
    EXPECT_EQ((x + y[0][0][0]).to_vector<float>(), (std::vector<float>{1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(plain.deleted + strided.deleted, 0);
  }
  EXPECT_EQ(plain.deleted, 1);
  EXPECT_EQ(strided.deleted, 1);
}

TEST(DlpackTest, CopiesWhatIsNotInRowMajorOrder) {
  std::vector<std::int16_t> data{1, 2, 3, 4, 5, 6};
  constexpr DLDataType elements{kDLInt, 16, 1};
  struct {
    std::vector<std::int64_t> shape, strides;
    std::uint64_t offset;
    std::vector<std::int16_t> expected;
  } cases[] = {{{3, 2}, {1, 3}, 0, {1, 4, 2, 5, 3, 6}},
               {{3}, {2}, 2, {2, 4, 6}},
               {{6}, {-1}, 10, {6, 5, 4, 3, 2, 1}},
               {{2, 2}, {0, 1}, 0, {1, 2, 1, 2}}};
  for (auto &c : cases) {
    Foreign f(data.data(), elements, c.shape, c.strides);
    f.managed.dl_tensor.byte_offset = c.offset;
    Tensor x = from_dlpack(&f.managed);
    EXPECT_EQ(f.deleted, 1); // at once: nothing of it is needed any more
    EXPECT_EQ(x.to_vector<std::int16_t>(), c.expected);
  }
}

TEST(DlpackTest, EmptyAndWithoutDeleter) {
  Foreign empty(nullptr, float32_elements, {0, 3}, {1, 1});
  EXPECT_EQ(from_dlpack(&empty.managed).shape(), Shape(0, 3));
  EXPECT_EQ(empty.deleted, 1);
  float one = 1;
  Foreign scalar(&one, float32_elements, {});
  scalar.managed.deleter = nullptr;
  EXPECT_EQ(from_dlpack(&scalar.managed).item<float>(), 1);
}

TEST(DlpackTest, RefusesWhatIsNoTensorOfTheCpu) {
  alignas(8) unsigned char data[64] = {0, 1, 2};
  Foreign device(data, float32_elements, {2});
  device.managed.dl_tensor.device.device_type = static_cast<DLDeviceType>(2);
  expect_refused<CheckError>(device, "device type 2");
  Foreign complex(data, {5, 64, 1}, {2}), vectors(data, {kDLFloat, 32, 4}, {2}), odd(data, {kDLInt, 4, 1}, {2});
  expect_refused<DTypeError>(complex, "code 5, 64 bits");
  expect_refused<DTypeError>(vectors, "4 lanes");
  expect_refused<DTypeError>(odd, "4 bits");
  Foreign unaligned(data + 1, float32_elements, {2}), strided(data + 1, float32_elements, {2}, {3});
  expect_refused<DTypeError>(unaligned, "aligned");
  expect_refused<DTypeError>(strided, "aligned");
  Foreign many(data, float32_elements, std::vector<std::int64_t>(9, 1)), negative(data, float32_elements, {-1}),
      null(nullptr, float32_elements, {2}),
      huge(data, float32_elements, {std::int64_t{1} << 40, std::int64_t{1} << 40}, {1, 1}),
      shapeless(data, float32_elements, {2});
  shapeless.managed.dl_tensor.shape = nullptr;
  expect_refused<ShapeError>(many, "8 dimensions");
  expect_refused<ShapeError>(negative, "(-1,)");
  expect_refused<ShapeError>(null, "null");
  expect_refused<ShapeError>(huge, "shape");
  expect_refused<ShapeError>(shapeless, "without a shape");
  Foreign no_bools(data, {6, 8, 1}, {3}), no_bools_strided(data, {6, 8, 1}, {3}, {2});
  data[4] = 7;
  expect_refused<DTypeError>(no_bools, "bool");
  expect_refused<DTypeError>(no_bools_strided, "bool");
  EXPECT_THROW((void)from_dlpack(nullptr), ShapeError);
  EXPECT_THROW((void)to_dlpack("text"), DTypeError);
}

} // namespace
} // namespace weft

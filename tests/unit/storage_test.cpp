// Storage and values: sizes, alignment, ownership. live_storage() is what tests of other rooms hold against leaks, so
// here it is held against every way storage is made and goes.
#include "lib/tensor/value.h"

#include <weft/memory.h>

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <thread>
#include <vector>

namespace weft::detail {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool address_sanitizer = true;
#else
constexpr bool address_sanitizer = false;
#endif

class StorageTest : public testing::Test {
protected:
  void TearDown() override { EXPECT_EQ(live_storage(), before_); }
  std::int64_t before_ = live_storage();
};

TEST_F(StorageTest, PayloadsAreAlignedAndFoundFromTheirAddress) {
  for (std::int64_t bytes : {0LL, 1LL, 7LL, 64LL, 1000LL, 4096LL, (1LL << 20) - 64, 1LL << 20, (3LL << 20) + 5}) {
    Storage *s = Storage::allocate(bytes, Storage::Kind::Raw);
    ASSERT_NE(s, nullptr) << bytes;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(s->data) % 64, 0u) << bytes;
    EXPECT_EQ(Storage::of(s->data), s) << bytes;
    EXPECT_EQ(s->bytes, bytes);
    std::memset(s->data, 0xff, bytes); // a sanitizer sees a block that is too small
    release(s);
  }
}

TEST_F(StorageTest, SizesThatCannotBeAreNull) {
  for (std::int64_t bytes :
       {std::int64_t{-1}, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(),
        std::numeric_limits<std::int64_t>::max() / 2 + 1, std::int64_t{1} << 60})
    EXPECT_EQ(Storage::allocate(bytes, Storage::Kind::Raw), nullptr) << bytes;
}

TEST_F(StorageTest, LiveStorageCountsBlocks) {
  Storage *a = Storage::allocate(8, Storage::Kind::Raw), *b = Storage::text("two");
  EXPECT_EQ(live_storage(), before_ + 2);
  retain(a);
  release(a);
  EXPECT_EQ(live_storage(), before_ + 2);
  release(a);
  release(b);
}

TEST_F(StorageTest, TextsReleaseTheirTexts) {
  Storage *texts = Storage::allocate(3 * sizeof(void *), Storage::Kind::Texts);
  auto **element = static_cast<void **>(texts->data);
  Storage *shared = Storage::text("shared");
  retain(shared);
  element[0] = shared->data;
  element[2] = Storage::text("own")->data; // element 1 stays null: an empty text
  EXPECT_EQ(text_of(element[1]), "");
  EXPECT_EQ(text_of(element[2]), "own");
  release(texts);
  EXPECT_EQ(live_storage(), before_ + 1);
  EXPECT_EQ(text_of(shared->data), "shared");
  release(shared);
}

TEST_F(StorageTest, TextsStartEmptyAlsoInReusedMemory) {
  constexpr std::int64_t bytes = 4 << 20;
  for (std::int64_t size : {std::int64_t{256}, bytes}) {
    Storage *dirty = Storage::allocate(size, Storage::Kind::Raw);
    std::memset(dirty->data, 0xff, static_cast<std::size_t>(size));
    release(dirty);
    Storage *texts = Storage::allocate(size, Storage::Kind::Texts);
    auto **element = static_cast<void **>(texts->data);
    for (std::int64_t i = 0; i < size / std::int64_t{sizeof(void *)}; ++i)
      ASSERT_EQ(element[i], nullptr) << i;
    release(texts);
  }
}

TEST_F(StorageTest, LargeBlocksAreReused) {
  if (address_sanitizer)
    GTEST_SKIP() << "kept blocks would hide their use after free";
  constexpr std::int64_t bytes = 50 << 20;
  Storage *first = Storage::allocate(bytes, Storage::Kind::Raw);
  void *where = first->data;
  release(first);
  Storage *second = Storage::allocate(bytes - 4096, Storage::Kind::Raw); // nearly the same size
  EXPECT_EQ(second->data, where);
  Storage *third = Storage::allocate(bytes, Storage::Kind::Raw);
  EXPECT_NE(third->data, where);
  release(second);
  release(third);
}

TEST_F(StorageTest, WhatIsOccupiedIsCounted) {
  constexpr std::size_t bytes = 3 << 20, small = 1000, header = sizeof(Storage);
  clear_memory_cache();
  reset_peak_memory();
  MemoryStats before = memory_stats();
  EXPECT_EQ(before.peak_bytes, before.bytes_in_use);
  EXPECT_EQ(before.cached_bytes, 0u);
  EXPECT_EQ(before.cached_blocks, 0u);
  Storage *a = Storage::allocate(bytes, Storage::Kind::Raw), *b = Storage::allocate(small, Storage::Kind::Raw);
  EXPECT_EQ(memory_stats().bytes_in_use - before.bytes_in_use, bytes + small + 2 * header);
  EXPECT_EQ(memory_stats().blocks_in_use - before.blocks_in_use, 2u);
  release(a);
  MemoryStats after = memory_stats();
  EXPECT_EQ(after.bytes_in_use - before.bytes_in_use, small + header);
  EXPECT_EQ(after.peak_bytes - before.peak_bytes, bytes + small + 2 * header);
  if (!address_sanitizer) {
    EXPECT_GE(after.cached_bytes, bytes);
    EXPECT_LE(after.cached_bytes, bytes + bytes / 8 + 4096);
    EXPECT_EQ(after.cached_blocks, 1u);
    EXPECT_GT(after.cache_limit, after.cached_bytes);
  }
  clear_memory_cache();
  EXPECT_EQ(memory_stats().cached_bytes, 0u);
  reset_peak_memory();
  EXPECT_EQ(memory_stats().peak_bytes, after.bytes_in_use);
  release(b);
  EXPECT_EQ(memory_stats().bytes_in_use, before.bytes_in_use);
}

TEST_F(StorageTest, TextHoldsAnyBytes) {
  std::string bytes("a\0b\xff", 4);
  for (const std::string &s : {std::string(), std::string("é"), bytes, std::string(5 << 20, 'x')}) {
    Storage *t = Storage::text(s);
    EXPECT_EQ(text_of(t->data), s);
    release(t);
  }
}

TEST_F(StorageTest, ReferencesAreCountedAcrossThreads) {
  Storage *s = Storage::allocate(64, Storage::Kind::Raw);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([s] {
      for (int i = 0; i < 10'000; ++i) {
        retain(s);
        release(s);
      }
    });
  for (std::thread &t : threads)
    t.join();
  EXPECT_EQ(s->refs.load(), 1u);
  release(s);
}

TEST_F(StorageTest, DeleterOfAnExternalBufferRunsOnceAtTheEnd) {
  float buffer[4] = {1, 2, 3, 4};
  std::vector<void *> deleted;
  {
    ValueRef v = make_value({DType::Float32, {4}},
                            Storage::external(buffer, sizeof buffer, [&](void *p) { deleted.push_back(p); }));
    ValueRef matrix = with_shape(v, {2, 2});
    EXPECT_EQ(v->data, buffer);
    EXPECT_EQ(matrix->data, buffer);
    v = nullptr;
    EXPECT_TRUE(deleted.empty());
  }
  EXPECT_EQ(deleted, std::vector<void *>{buffer});
  release(Storage::external(buffer, sizeof buffer, {})); // no deleter is fine
}

TEST_F(StorageTest, ScalarsLiveInTheirValue) {
  double d = 2.5;
  ValueRef v = make_scalar(DType::Float64, &d);
  EXPECT_EQ(v->storage, nullptr);
  EXPECT_EQ(v->data, v->scalar);
  EXPECT_EQ(v->type, (TensorType{DType::Float64, {}}));
  EXPECT_EQ(*static_cast<const double *>(v->data), 2.5);
  EXPECT_EQ(live_storage(), before_);
}

TEST_F(StorageTest, ScalarTextTakesTheReference) {
  Storage *text = Storage::text("hello");
  {
    ValueRef v = make_scalar(DType::String, &text->data);
    EXPECT_EQ(text_of(*static_cast<const void *const *>(v->data)), "hello");
    EXPECT_EQ(text->refs.load(), 1u);
  }
  EXPECT_EQ(live_storage(), before_);
  void *none = nullptr;
  ValueRef empty = make_scalar(DType::String, &none);
  EXPECT_EQ(text_of(*static_cast<const void *const *>(empty->data)), "");
}

TEST_F(StorageTest, WithShapeSharesTheElements) {
  ValueRef v = make_uninitialized({DType::Int32, {2, 3}}, {});
  ValueRef flat = with_shape(v, {6});
  EXPECT_EQ(flat->data, v->data);
  EXPECT_EQ(v->storage->refs.load(), 2u);
  EXPECT_EQ(flat->type.shape, Shape(6));

  int one = 7;
  ValueRef scalar = make_scalar(DType::Int32, &one), row = with_shape(scalar, {1, 1});
  scalar = nullptr;
  EXPECT_EQ(*static_cast<const int *>(row->data), 7);
  EXPECT_EQ(row->data, row->scalar);

  ValueRef text = make_text("t"), texts = with_shape(text, {1});
  text = nullptr;
  EXPECT_EQ(text_of(*static_cast<const void *const *>(texts->data)), "t");
}

TEST_F(StorageTest, SizesSaturate) {
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(byte_size({DType::Float64, {std::int64_t{1} << 32, std::int64_t{1} << 32}}), most);
  EXPECT_EQ(byte_size({DType::Float64, {std::int64_t{1} << 61}}), most);
  EXPECT_EQ(byte_size({DType::Float64, {std::int64_t{1} << 32, std::int64_t{1} << 32, 0}}), 0);
  EXPECT_THROW(make_uninitialized({DType::Float64, {std::int64_t{1} << 32, std::int64_t{1} << 32}}, {}),
               OutOfMemoryError);
  EXPECT_THROW(make_uninitialized({DType::Int8, {std::int64_t{1} << 60}}, {}), OutOfMemoryError);
}

} // namespace
} // namespace weft::detail

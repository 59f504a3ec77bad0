// SmallVector: a growing array of trivial values whose first N live in place. The call path keeps a call's words,
// leaves and frame in such arrays, and routines their operands and results, so that a usual call allocates nothing.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <span>
#include <type_traits>

namespace weft::detail {

template <class T, std::size_t N> class SmallVector {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

public:
  SmallVector() = default;
  /// `n` elements without a value.
  explicit SmallVector(std::size_t n) {
    reserve(n);
    size_ = n;
  }
  SmallVector(const SmallVector &) = delete;
  SmallVector &operator=(const SmallVector &) = delete;
  ~SmallVector() {
    if (data_ != in_place())
      std::free(data_);
  }

  void push_back(T v) {
    if (size_ == capacity_)
      reserve(size_ + 1);
    data_[size_++] = v;
  }
  void reserve(std::size_t n) {
    if (n <= capacity_)
      return;
    std::size_t capacity = std::max(n, 2 * capacity_);
    auto *data = static_cast<T *>(std::malloc(capacity * sizeof(T)));
    if (!data)
      throw std::bad_alloc();
    std::copy_n(data_, size_, data);
    if (data_ != in_place())
      std::free(data_);
    data_ = data;
    capacity_ = capacity;
  }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T &operator[](std::size_t i) { return data_[i]; }
  const T &operator[](std::size_t i) const { return data_[i]; }
  T *data() { return data_; }
  const T *data() const { return data_; }
  T *begin() { return data_; }
  T *end() { return data_ + size_; }
  const T *begin() const { return data_; }
  const T *end() const { return data_ + size_; }
  operator std::span<const T>() const { return {data_, size_}; }

private:
  T *in_place() { return reinterpret_cast<T *>(room_); }

  alignas(T) std::byte room_[N * sizeof(T)];
  T *data_ = in_place();
  std::size_t size_ = 0, capacity_ = N;
};

} // namespace weft::detail

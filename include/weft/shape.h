// Shapes: up to eight dimensions held in place, so that a shape never allocates.
#pragma once
#include <weft/detail/export.h>

#include <array>
#include <concepts>
#include <cstdint>
#include <iosfwd>
#include <iterator>
#include <limits>
#include <source_location>
#include <string>

namespace weft {

/// A dimension that a TensorSpec leaves open.
inline constexpr std::int64_t dynamic = std::numeric_limits<std::int64_t>::min();

/// The sizes of a tensor's dimensions, outermost first; rank 0 to 8.
class Shape {
public:
  static constexpr int max_rank = 8;

  Shape() = default;
  /// From any integral values, mixed types included: `{v.size(), 2}`.
  template <std::integral... I>
    requires(sizeof...(I) > 0 && sizeof...(I) <= max_rank && !(std::same_as<I, bool> || ...))
  Shape(I... dims) {
    (push_back(static_cast<std::int64_t>(dims)), ...);
  }
  /// The first of too many sizes, which knows where it was written.
  struct Excess {
    template <std::integral T>
    Excess(T, std::source_location loc = std::source_location::current()) : where(loc) {}
    std::source_location where;
  };
  /// Throws ShapeError.
  template <std::integral... I>
    requires(sizeof...(I) >= max_rank)
  Shape(Excess first, I...) {
    too_many(first.where);
  }
  /// From a range of integers, such as std::vector<std::int64_t>.
  template <class R>
    requires requires(const R &r) {
      { *r.begin() } -> std::convertible_to<std::int64_t>;
      r.end();
      r.size();
    } && (!std::same_as<R, Shape>)
  Shape(const R &range, std::source_location loc = std::source_location::current()) {
    if (std::size(range) > max_rank)
      too_many(loc);
    for (auto d : range)
      push_back(static_cast<std::int64_t>(d));
  }

  int rank() const { return rank_; }
  int ndim() const { return rank_; }
  std::size_t size() const { return static_cast<std::size_t>(rank_); }
  bool empty() const { return rank_ == 0; }
  /// Dimension i; negative counts from the end. Throws IndexError when there is none.
  std::int64_t operator[](int i) const { return dims_[position(i)]; }
  std::int64_t &operator[](int i) { return dims_[position(i)]; }
  const std::int64_t *begin() const { return dims_.data(); }
  const std::int64_t *end() const { return dims_.data() + rank_; }
  /// Throws ShapeError past rank 8.
  WEFT_API void push_back(std::int64_t dim);

  /// The product of the dimensions; 1 at rank 0, and the largest int64 where the product is larger. No dimension is open.
  std::int64_t elements() const {
    std::int64_t n = 1;
    bool zero = false, overflow = false;
    for (std::int64_t d : *this) {
      zero |= d == 0;
      overflow |= __builtin_mul_overflow(n, d, &n);
    }
    return zero ? 0 : overflow ? std::numeric_limits<std::int64_t>::max() : n;
  }
  /// Whether the elements can be counted: the product of the sizes fits into an int64, those that are 0 or open left out, so
  /// that no product of some of them overflows either.
  bool countable() const {
    std::int64_t n = 1;
    for (std::int64_t d : *this)
      if (d != 0 && d != dynamic && __builtin_mul_overflow(n, d, &n))
        return false;
    return true;
  }
  bool is_static() const {
    for (std::int64_t d : *this)
      if (d == dynamic)
        return false;
    return true;
  }
  friend bool operator==(const Shape &a, const Shape &b) {
    if (a.rank_ != b.rank_)
      return false;
    for (int i = 0; i < a.rank_; ++i)
      if (a.dims_[i] != b.dims_[i])
        return false;
    return true;
  }

private:
  std::size_t position(int i) const {
    if (i < -rank_ || i >= rank_)
      no_dimension(i);
    return static_cast<std::size_t>(i < 0 ? i + rank_ : i);
  }
  [[noreturn]] WEFT_API void no_dimension(int i) const;
  [[noreturn]] WEFT_API static void too_many(const std::source_location &loc);

  std::array<std::int64_t, max_rank> dims_{};
  int rank_ = 0;
};

/// "(2, 3)", "(3,)", "()"; an open dimension is "?".
WEFT_API std::string to_string(const Shape &s);
WEFT_API std::ostream &operator<<(std::ostream &os, const Shape &s);

/// What a traced function may ask of a tensor argument.
struct TensorSpec;

} // namespace weft

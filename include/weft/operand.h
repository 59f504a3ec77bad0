// Operand: a parameter of an operation. Made implicitly from a Tensor, a Variable or a C++ value, it
// remembers where in the user's program that happened: this is how every operation knows its line.
#pragma once
#include <weft/tensor.h>

namespace weft {

/// An argument of an operation. A C++ number is weak: it takes the dtype of the tensor beside it.
class WEFT_API Operand {
public:
  Operand(const Tensor &t, std::source_location loc = std::source_location::current());
  Operand(const Variable &v, std::source_location loc = std::source_location::current());
  template <detail::Scalar T>
  Operand(T v, std::source_location loc = std::source_location::current()) : loc_(loc), weak_(true) {
    make_scalar(dtype_of<T>, &v);
  }
  template <class T>
    requires(detail::is_character<T> || std::is_same_v<T, long double> || std::is_same_v<T, std::nullptr_t>)
  Operand(T) = delete;
  Operand(const char *text, std::source_location loc = std::source_location::current())
      : Operand(detail::text_from(text, loc), loc) {}
  Operand(const std::string &text, std::source_location loc = std::source_location::current())
      : Operand(std::string_view(text), loc) {}
  Operand(std::string_view text, std::source_location loc = std::source_location::current());
  Operand(std::initializer_list<detail::Nested> list, std::source_location loc = std::source_location::current());

  SourceLocation loc() const { return loc_; }
  /// The same, to be handed on to another Operand.
  std::source_location source_location() const { return loc_; }
  bool weak() const { return weak_; }
  /// The value; never null: an empty, moved-from or poisoned Tensor throws here with this operand's line.
  const detail::ValueRef &value() const;
  DType dtype() const;
  const Shape &shape() const;

  /// For weft itself: the same operand (place, weakness) with the value of a trace.
  void bind(detail::ValueRef v) { value_ = std::move(v); }

private:
  void make_scalar(DType dtype, const void *bits);

  detail::ValueRef value_;
  std::source_location loc_;
  bool weak_ = false;
};

/// The dimensions an operation works on: one axis, several, or all of them. Negative axes count from the end.
class Axis {
public:
  struct All {};
  Axis(All) {}
  template <class T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
  Axis(T axis) : all_(false), axes_(axis) {}
  Axis(bool) = delete; // sum(x, true) would otherwise mean axis 1
  Axis(std::initializer_list<std::int64_t> axes, std::source_location loc = std::source_location::current())
      : all_(false), axes_(axes, loc) {}
  Axis(const std::vector<std::int64_t> &axes, std::source_location loc = std::source_location::current())
      : all_(false), axes_(axes, loc) {}
  bool all() const { return all_; }
  const Shape &axes() const { return axes_; }

private:
  bool all_ = true;
  Shape axes_;
};
inline constexpr Axis::All all_axes{};

/// An open end of a slice.
struct None {};
inline constexpr None none{};
/// A new dimension of size 1 in an index; all the dimensions not named in an index.
struct NewAxis {};
inline constexpr NewAxis newaxis{};
struct Ellipsis {};
inline constexpr Ellipsis ellipsis{};

/// One end or the step of a slice: a number, or `none`.
class SliceBound {
public:
  SliceBound(None) {}
  template <std::integral T> SliceBound(T v) : set_(true), value_(static_cast<std::int64_t>(v)) {}
  bool set() const { return set_; }
  std::int64_t value() const { return value_; }

private:
  bool set_ = false;
  std::int64_t value_ = 0;
};

/// Python's start:stop:step over one dimension.
struct Slice {
  SliceBound start = none, stop = none, step = none;
};
inline Slice slice(SliceBound stop) { return {none, stop, none}; }
inline Slice slice(SliceBound start, SliceBound stop, SliceBound step = none) { return {start, stop, step}; }

/// One entry of `x(…)` or `set(x, v, …)`.
class IndexItem {
public:
  enum class Kind { Index, Slice, NewAxis, Ellipsis };
  template <detail::Scalar T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
  IndexItem(T i, std::source_location loc = std::source_location::current())
      : kind(Kind::Index), index(static_cast<std::int64_t>(i), loc) {}
  IndexItem(const Tensor &i, std::source_location loc = std::source_location::current()) : kind(Kind::Index), index(i, loc) {}
  IndexItem(const Variable &i, std::source_location loc = std::source_location::current()) : kind(Kind::Index), index(i, loc) {}
  template <std::same_as<Operand> T> IndexItem(const T &i, std::source_location = {}) : kind(Kind::Index), index(i) {}
  IndexItem(weft::Slice s, std::source_location loc = std::source_location::current())
      : kind(Kind::Slice), index(std::int64_t{0}, loc), slice(s) {}
  IndexItem(weft::NewAxis, std::source_location loc = std::source_location::current())
      : kind(Kind::NewAxis), index(std::int64_t{0}, loc) {}
  IndexItem(weft::Ellipsis, std::source_location loc = std::source_location::current())
      : kind(Kind::Ellipsis), index(std::int64_t{0}, loc) {}

  Kind kind;
  Operand index; // also carries the location
  weft::Slice slice;
};

namespace detail {
WEFT_API Tensor index(const Tensor &x, std::initializer_list<IndexItem> items);
}
// The first item is converted by the caller, so it knows the caller's place; the others take it over.
template <class... I> Tensor Tensor::operator()(const IndexItem &first, const I &...rest) const {
  return detail::index(*this, {first, IndexItem(rest, first.index.source_location())...});
}

} // namespace weft

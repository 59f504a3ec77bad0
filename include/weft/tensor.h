// Tensor: a cheap handle to an immutable, contiguous value. While a function is traced on this thread the
// value may be symbolic; the handle then also sits in the tracer's list of live tensors, which is how
// assignments in branches and loops are seen. An eager handle pays two null pointers for that.
#pragma once
#include <weft/detail/export.h>
#include <weft/detail/ref.h>
#include <weft/dtype.h>
#include <weft/error.h>
#include <weft/shape.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <iosfwd>
#include <source_location>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace weft {

class Tensor;
class Variable;
class Operand;
class IndexItem;
class RowIterator;
struct RowEnd {};

namespace detail {

class Value;
class TraceList;
WEFT_API void retain(Value *);
WEFT_API void release(Value *);
using ValueRef = Ref<Value>;

/// The text of a C string; a null pointer is a DTypeError.
WEFT_API std::string_view text_from(const char *s, const SourceLocation &loc);

/// A braced list of numbers or strings, of any depth: what `Tensor m = {{1.f, 2.f}, {3.f, 4.f}}` becomes.
class Nested {
public:
  template <Scalar T> Nested(T v) : dtype_(dtype_of<T>) { std::memcpy(&bits_, &v, sizeof v); }
  Nested(const char *s, std::source_location loc = std::source_location::current()) : Nested(text_from(s, loc)) {}
  Nested(std::string_view s) : dtype_(DType::String), text_(s.data()), length_(s.size()) {}
  Nested(const std::string &s) : Nested(std::string_view(s)) {}
  Nested(std::nullptr_t) = delete;
  Nested(std::initializer_list<Nested> items) : list_(true), items_(items) {}

  bool is_list() const { return list_; }
  const std::initializer_list<Nested> &items() const { return items_; }
  DType dtype() const { return dtype_; }
  const void *bits() const { return &bits_; }
  std::string_view text() const { return {text_, length_}; }

private:
  DType dtype_ = DType::Float32;
  bool list_ = false;
  std::uint64_t bits_ = 0;
  const char *text_ = nullptr;
  std::size_t length_ = 0;
  std::initializer_list<Nested> items_;
};

/// The elements of a concrete value.
struct Elements {
  const void *data;
  std::size_t count;
};
WEFT_API std::string text_at(const Elements &e, std::size_t i);

} // namespace detail

/// A multi-dimensional array of one dtype. Copying a Tensor copies the handle; `x = x + 1` rebinds it.
/// Names and rules follow the Python Array API standard.
class WEFT_API Tensor {
public:
  /// An empty handle: `defined()` is false, and any use is an error that says so.
  Tensor();
  Tensor(const Tensor &o);
  Tensor(Tensor &&o) noexcept;
  Tensor &operator=(const Tensor &o) &;
  Tensor &operator=(Tensor &&o) &;
  ~Tensor();

  /// Rank 0; the value keeps its own type (int: int32, double: float64).
  template <detail::Scalar T> Tensor(T v) : Tensor(dtype_of<T>, &v) {}
  template <class T>
    requires(detail::is_character<T> || std::is_same_v<T, long double> || std::is_same_v<T, std::nullptr_t>)
  Tensor(T) = delete;
  Tensor(const char *text, std::source_location loc = std::source_location::current())
      : Tensor(detail::text_from(text, loc)) {}
  Tensor(const std::string &text) : Tensor(std::string_view(text)) {}
  Tensor(std::string_view text);
  /// From braces: `{{1.f, 2.f}, {3.f, 4.f}}`. Throws ShapeError when ragged, DTypeError when types are mixed.
  Tensor(std::initializer_list<detail::Nested> list, std::source_location loc = std::source_location::current());
  /// The value of a Variable now (while tracing: at this point of the program).
  Tensor(const Variable &v, std::source_location loc = std::source_location::current());

  /// False for a handle that was never given a value, or was moved from.
  bool defined() const;
  /// The dtype of the elements. An empty or moved-from handle is a TraceError, here and below.
  DType dtype(std::source_location loc = std::source_location::current()) const;
  /// While tracing, an unknown dimension is a TraceError here: use weft::shape(x).
  Shape shape(std::source_location loc = std::source_location::current()) const;
  /// The number of dimensions, 0 to 8.
  int ndim(std::source_location loc = std::source_location::current()) const;
  /// The number of elements; a TraceError where a dimension is unknown while tracing.
  std::int64_t size(std::source_location loc = std::source_location::current()) const;
  /// weft::cast: the elements converted to another dtype, in the same shape. DTypeError between strings and numbers.
  Tensor astype(DType dtype, std::source_location loc = std::source_location::current()) const;

  /// The only element. T must be the exact C++ type of the dtype, else DTypeError; a symbolic value is a TraceError.
  template <class T> T item(std::source_location loc = std::source_location::current()) const {
    detail::Elements e = elements(dtype_of<T>, "item", true, loc);
    if constexpr (std::is_same_v<T, std::string>)
      return detail::text_at(e, 0);
    else {
      T v;
      std::memcpy(&v, e.data, sizeof v);
      return v;
    }
  }
  /// All elements in row-major order; errors as for item.
  template <class T> std::vector<T> to_vector(std::source_location loc = std::source_location::current()) const {
    detail::Elements e = elements(dtype_of<T>, "to_vector", false, loc);
    if constexpr (std::is_same_v<T, std::string>) {
      std::vector<std::string> texts;
      texts.reserve(e.count);
      for (std::size_t i = 0; i < e.count; ++i)
        texts.push_back(detail::text_at(e, i));
      return texts;
    } else {
      auto *p = static_cast<const T *>(e.data);
      return std::vector<T>(p, p + e.count);
    }
  }
  /// A view of the elements, valid while this value is alive; errors as for item. Strings have none: see to_vector.
  template <detail::Scalar T>
  std::span<const T> span(std::source_location loc = std::source_location::current()) const & {
    detail::Elements e = elements(dtype_of<T>, "span", false, loc);
    return {static_cast<const T *>(e.data), e.count};
  }
  template <detail::Scalar T> std::span<const T> span() const && = delete;

  /// Element or sub-tensor `i` along dimension 0; negative counts from the end. IndexError when out of range.
  Tensor operator[](const Operand &i) const;
  /// Basic indexing: integers, tensors of rank 0, slice(...), newaxis, ellipsis.
  template <class... I> Tensor operator()(const IndexItem &first, const I &...rest) const;

  Tensor &operator+=(const Operand &o) &;
  Tensor &operator-=(const Operand &o) &;
  Tensor &operator*=(const Operand &o) &;
  Tensor &operator/=(const Operand &o) &;
  Tensor &operator%=(const Operand &o) &;

  /// The truth of a bool tensor of one element. While tracing this is a TraceError that names the ways out.
  explicit operator bool() const;

  /// Rows along dimension 0, for `for (Tensor row : x)`; while tracing the loop is one graph loop.
  RowIterator begin(std::source_location loc = std::source_location::current()) const;
  RowEnd end() const { return {}; }

  // For weft itself.
  explicit Tensor(detail::ValueRef v);
  detail::Value *value() const { return value_; }
  /// The value; throws the error that fits an empty, moved-from or poisoned handle.
  detail::ValueRef checked(const SourceLocation &loc) const;

private:
  friend class detail::TraceList;
  Tensor(DType dtype, const void *bits);
  void set(detail::Value *v) noexcept; // takes one reference
  void link();
  void check_writable() const;
  const detail::Value &usable(const SourceLocation &loc) const;
  detail::Elements elements(DType dtype, const char *method, bool one, const SourceLocation &loc) const;

  detail::Value *value_ = nullptr;
  // Only a tensor made while tracing is in a list: its identity there is not 0.
  Tensor *prev_ = nullptr, *next_ = nullptr;
  std::uint64_t id_ = 0;
};

namespace detail {
WEFT_API Tensor copy_buffer(const void *data, std::size_t count, const Shape &shape, DType dtype,
                            const SourceLocation &loc = {});
WEFT_API Tensor copy_texts(std::span<const std::string_view> texts, const Shape &shape, const SourceLocation &loc = {});
} // namespace detail

/// A copy of any contiguous range of numbers or strings. ShapeError when `shape` has another number of elements.
template <class R>
Tensor from_span(const R &range, const Shape &shape, std::source_location loc = std::source_location::current()) {
  using T = std::remove_cvref_t<decltype(*std::data(range))>;
  if constexpr (detail::Scalar<T>)
    return detail::copy_buffer(std::data(range), std::size(range), shape, dtype_of<T>, loc);
  else {
    static_assert(std::is_convertible_v<const T &, std::string_view>, "a Tensor holds numbers, bools or strings");
    std::vector<std::string_view> texts(std::data(range), std::data(range) + std::size(range));
    return detail::copy_texts(texts, shape, loc);
  }
}
/// The same with one dimension.
template <class R> Tensor from_span(const R &range, std::source_location loc = std::source_location::current()) {
  return from_span(range, Shape(std::size(range)), loc);
}
/// Wraps a row-major buffer without copying it. `deleter(ptr)` is called exactly once: when the last handle has gone, or
/// before from_buffer throws. It may run on any thread and must not throw. The buffer must not change meanwhile.
WEFT_API Tensor from_buffer(const void *ptr, const Shape &shape, DType dtype, std::function<void(void *)> deleter = {},
                            std::source_location loc = std::source_location::current());

/// NumPy-like text with shape and dtype: "[1 2 3] (3,) int32". A handle without a value prints the reason instead.
WEFT_API std::ostream &operator<<(std::ostream &os, const Tensor &t);
WEFT_API std::string to_string(const Tensor &t);

} // namespace weft

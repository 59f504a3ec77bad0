// Routines: operations that are calls of a library function, not loops that the compiler makes (sorting, searching,
// linear algebra, random bits, text). A record of class Weft_Routine in the operation table names one; eager and
// compiled code call the same function, so both give the same bits. A routine sees plain arrays and knows nothing of
// Tensors or traces.
#pragma once
#include "lib/tensor/half.h"
#include "lib/tensor/value.h"

#include <weft/detail/function_ref.h>

#include <span>
#include <string>
#include <string_view>

namespace weft::detail {

/// An operand: elements in row-major order. Nothing in `data` where there are no elements.
struct RoutineInput {
  TensorType type;
  const char *data;
  template <class T> const T *as() const { return reinterpret_cast<const T *>(data); }
  std::int64_t size() const { return type.shape.elements(); }
};

/// A result, to be filled. It may be the first operand's own memory where the record says `updates` (then the elements
/// are there already, and `data` is equal to that operand's). Strings start as null pointers, else elements are not
/// initialised.
struct RoutineOutput {
  TensorType type;
  char *data;
  template <class T> T *as() const { return reinterpret_cast<T *>(data); }
  std::int64_t size() const { return type.shape.elements(); }
};

/// Why a routine cannot give a result: a singular matrix, an index out of range. The caller adds the user's line and
/// the operation; nothing else may leave a routine but std::bad_alloc.
struct RoutineError {
  ErrorKind kind;
  std::string message;
};

struct RoutineCall {
  std::span<const RoutineInput> in;
  std::span<RoutineOutput> out;
  AttrList attrs;
  /// Makes result k, whose type the rule left open (`finds_sizes` in the record), with this shape.
  FunctionRef<void(std::size_t k, const Shape &shape)> make;

  std::int64_t integer(std::string_view name) const { return std::get<std::int64_t>(attribute(name)); }
  bool flag(std::string_view name) const { return std::get<bool>(attribute(name)); }
  const Shape &list(std::string_view name) const { return std::get<Shape>(attribute(name)); }
  const std::string &text(std::string_view name) const { return std::get<std::string>(attribute(name)); }
  const Attr::Payload &attribute(std::string_view name) const;
};

/// The routines, by the names of their operations.
namespace routine {
#define WEFT_ROUTINE(ID, NAME) void NAME(RoutineCall &call);
#include "routines.inc"
#undef WEFT_ROUTINE
} // namespace routine
/// Runs the routine of an operation whose OpInfo says `routine`. `types` are those of its results, with the sizes that
/// it finds open; `place` gives the space for result k, of a type whose sizes are known: at once, or when it has found
/// them.
void call_routine(OpId op, std::span<const RoutineInput> in, AttrList attrs, std::span<const TensorType> types,
                  FunctionRef<RoutineOutput(std::size_t k, const TensorType &type)> place);

/// A number of a 16-bit format as C++ code wants it. Arithmetic is float's, rounded once when stored.
template <const HalfFormat &format> struct HalfNumber {
  std::uint16_t bits = 0;
  HalfNumber() = default;
  HalfNumber(double v) : bits(format.encode(v)) {}
  operator float() const { return static_cast<float>(format.decode(bits)); }
};
using Float16 = HalfNumber<float16_format>;
using BFloat16 = HalfNumber<bfloat16_format>;

/// A string element: a pointer to a payload (text_of), or null for "".
struct TextElement {
  const void *payload;
  std::string_view view() const { return text_of(payload); }
};
/// Stores a text in a string element of a result, and the text of another element, whose bytes are shared where they
/// can be.
void store_text(RoutineOutput &out, std::int64_t i, std::string_view text);
void store_text(RoutineOutput &out, std::int64_t i, TextElement text);
/// The same in the place of a text that is there already.
void replace_text(RoutineOutput &out, std::int64_t i, TextElement text);
/// Copies `count` elements in a row to a result of the same dtype, which has none there yet.
void copy_elements(RoutineOutput &out, std::int64_t to, const RoutineInput &in, std::int64_t from, std::int64_t count);

template <class T> struct TypeTag {
  using type = T;
};
/// f(TypeTag<T>{}) for the C++ type of the dtype's elements: bool, intN_t, uintN_t, Float16, BFloat16, float, double,
/// TextElement.
template <class F> decltype(auto) with_type(DType d, F &&f) {
  switch (d) {
  case DType::Bool:
    return f(TypeTag<bool>{});
  case DType::Int8:
    return f(TypeTag<std::int8_t>{});
  case DType::Int16:
    return f(TypeTag<std::int16_t>{});
  case DType::Int32:
    return f(TypeTag<std::int32_t>{});
  case DType::Int64:
    return f(TypeTag<std::int64_t>{});
  case DType::UInt8:
    return f(TypeTag<std::uint8_t>{});
  case DType::UInt16:
    return f(TypeTag<std::uint16_t>{});
  case DType::UInt32:
    return f(TypeTag<std::uint32_t>{});
  case DType::UInt64:
    return f(TypeTag<std::uint64_t>{});
  case DType::Float16:
    return f(TypeTag<Float16>{});
  case DType::BFloat16:
    return f(TypeTag<BFloat16>{});
  case DType::Float32:
    return f(TypeTag<float>{});
  case DType::Float64:
    return f(TypeTag<double>{});
  case DType::String:
    break;
  }
  return f(TypeTag<TextElement>{});
}

/// A tensor seen along one axis: element (o, i, n) is at o * length * inner + i * inner + n.
struct AlongAxis {
  std::int64_t outer = 1, length = 1, inner = 1;
  AlongAxis(const Shape &s, std::int64_t axis) {
    for (int d = 0; d < s.rank(); ++d)
      (d < axis ? outer : d > axis ? inner : length) *= s[d];
  }
};

} // namespace weft::detail

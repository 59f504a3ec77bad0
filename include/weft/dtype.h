// Data types of tensor elements, named as in the Python Array API standard.
#pragma once
#include <weft/detail/export.h>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <type_traits>

namespace weft {

/// The element type of a Tensor. A bool is one byte; a string element is UTF-8 text of any length.
enum class DType : std::uint8_t {
  Bool,
  Int8,
  Int16,
  Int32,
  Int64,
  UInt8,
  UInt16,
  UInt32,
  UInt64,
  Float16,
  BFloat16,
  Float32,
  Float64,
  String
};
inline constexpr int dtype_count = 14;

inline constexpr DType boolean = DType::Bool, int8 = DType::Int8, int16 = DType::Int16, int32 = DType::Int32,
                       int64 = DType::Int64, uint8 = DType::UInt8, uint16 = DType::UInt16, uint32 = DType::UInt32,
                       uint64 = DType::UInt64, float16 = DType::Float16, bfloat16 = DType::BFloat16,
                       float32 = DType::Float32, float64 = DType::Float64, string = DType::String;

constexpr bool is_floating(DType d) { return d >= DType::Float16 && d <= DType::Float64; }
constexpr bool is_signed_integer(DType d) { return d >= DType::Int8 && d <= DType::Int64; }
constexpr bool is_unsigned_integer(DType d) { return d >= DType::UInt8 && d <= DType::UInt64; }
constexpr bool is_integer(DType d) { return is_signed_integer(d) || is_unsigned_integer(d); }
constexpr bool is_number(DType d) { return is_integer(d) || is_floating(d); }

/// Bytes of one element in a buffer; a string element is one pointer.
constexpr std::size_t itemsize(DType d) {
  constexpr std::uint8_t sizes[] = {1, 1, 2, 4, 8, 1, 2, 4, 8, 2, 2, 4, 8, sizeof(void *)};
  return sizes[static_cast<int>(d)];
}

/// The Array API name: "bool", "int32", "float64", "string", ...
WEFT_API std::string_view name(DType d);
WEFT_API std::ostream &operator<<(std::ostream &os, DType d);

namespace detail {
// The dtype a C++ value keeps as a Tensor. char, wchar_t, charN_t and long double are not tensor elements.
template <class T> constexpr bool is_character =
    std::is_same_v<T, char> || std::is_same_v<T, wchar_t> || std::is_same_v<T, char8_t> ||
    std::is_same_v<T, char16_t> || std::is_same_v<T, char32_t>;

template <class T>
concept Scalar = std::is_same_v<T, bool> || (std::is_integral_v<T> && !is_character<T>) ||
                 std::is_same_v<T, float> || std::is_same_v<T, double>;

template <Scalar T> constexpr DType dtype_of_scalar() {
  if constexpr (std::is_same_v<T, bool>)
    return DType::Bool;
  else if constexpr (std::is_same_v<T, float>)
    return DType::Float32;
  else if constexpr (std::is_same_v<T, double>)
    return DType::Float64;
  else if constexpr (std::is_signed_v<T>)
    return sizeof(T) == 1 ? DType::Int8 : sizeof(T) == 2 ? DType::Int16 : sizeof(T) == 4 ? DType::Int32 : DType::Int64;
  else
    return sizeof(T) == 1   ? DType::UInt8
           : sizeof(T) == 2 ? DType::UInt16
           : sizeof(T) == 4 ? DType::UInt32
                            : DType::UInt64;
}
} // namespace detail

/// The dtype of C++ type T: `weft::dtype_of<float>` is float32.
template <class T> inline constexpr DType dtype_of = detail::dtype_of_scalar<T>();
template <> inline constexpr DType dtype_of<std::string> = DType::String;

} // namespace weft

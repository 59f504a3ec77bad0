// Questions about dtypes, as the Python Array API standard asks them: what two meet in, what one holds, of which kind
// it is.
#pragma once
#include <weft/tensor.h>
#include <weft/variable.h>

#include <cstdint>
#include <initializer_list>
#include <source_location>
#include <string_view>

namespace weft {

/// A dtype, or a tensor that has one.
class WEFT_API DTypeOf {
public:
  DTypeOf(DType dtype, std::source_location loc = std::source_location::current()) : dtype_(dtype), loc_(loc) {}
  DTypeOf(const Tensor &x, std::source_location loc = std::source_location::current())
      : dtype_(x.dtype(loc)), loc_(loc) {}
  DTypeOf(const Variable &x, std::source_location loc = std::source_location::current())
      : dtype_(x.dtype(loc)), loc_(loc) {}
  DType dtype() const { return dtype_; }
  std::source_location source_location() const { return loc_; }

private:
  DType dtype_;
  std::source_location loc_;
};

namespace detail {
WEFT_API DType result_type(std::initializer_list<DTypeOf> all);
}
/// The dtype that tensors of these dtypes meet in, by the Array API's table: integers with floating dtypes, and bool or
/// string with another one, are a DTypeError. Array API `result_type`.
template <class... D> DType result_type(const DTypeOf &first, const D &...rest) {
  return detail::result_type({first, DTypeOf(rest, first.source_location())...});
}
/// Whether `from` becomes `to` by that table. Array API `can_cast`.
WEFT_API bool can_cast(const DTypeOf &from, DType to);

/// Whether a dtype is of the kind "bool", "signed integer", "unsigned integer", "integral", "real floating", "complex
/// floating" or "numeric" (another name is a CheckError), or of one of several kinds, or is that dtype. Array API
/// `isdtype`.
WEFT_API bool isdtype(DType dtype, std::string_view kind, std::source_location loc = std::source_location::current());
WEFT_API bool isdtype(DType dtype, std::initializer_list<std::string_view> kinds,
                      std::source_location loc = std::source_location::current());
inline bool isdtype(DType dtype, DType kind) { return dtype == kind; }

/// What a floating dtype holds: its width, the distance from 1 to the next number, the largest and smallest finite
/// numbers and the smallest above 0 that has all digits.
struct FloatInfo {
  int bits;
  double eps, max, min, smallest_normal;
  DType dtype;
};
/// What an integer dtype holds.
struct IntegerInfo {
  int bits;
  std::uint64_t max;
  std::int64_t min;
  DType dtype;
};
/// Of a floating dtype, and of an integer one; a DTypeError of others. Array API `finfo`, `iinfo`.
WEFT_API FloatInfo finfo(const DTypeOf &x);
WEFT_API IntegerInfo iinfo(const DTypeOf &x);

} // namespace weft

// Errors. A user's fault is a weft::Error of some kind, with the line of the user's program; a fault of ours is
// an InternalError. Nothing else is thrown by weft; a user's own exceptions pass through unchanged.
#pragma once
#include <weft/detail/export.h>

#include <cstdint>
#include <source_location>
#include <stdexcept>
#include <string>

namespace weft {

/// A place in the user's program. `line` 0 means unknown.
struct SourceLocation {
  const char *file = "";
  std::uint32_t line = 0, column = 0;
  const char *function = "";

  SourceLocation() = default;
  SourceLocation(const std::source_location &s)
      : file(s.file_name()), line(s.line()), column(s.column()), function(s.function_name()) {}
  /// "file:line:column", or "" when unknown.
  WEFT_API std::string str() const;
};

/// The base of every error a program can cause. `what()` starts with "file:line:column: " when the line is known.
class WEFT_API Error : public std::runtime_error {
public:
  Error(const SourceLocation &where, const std::string &message);
  ~Error() override;
  const SourceLocation &where() const { return where_; }

private:
  SourceLocation where_;
};

#define WEFT_ERROR(NAME)                                                                                               \
  class WEFT_API NAME : public Error {                                                                                 \
  public:                                                                                                              \
    using Error::Error;                                                                                                \
    ~NAME() override;                                                                                                  \
  }
/// A program that cannot be traced: branches that disagree, a value used outside its region, a leaked symbolic tensor.
WEFT_ERROR(TraceError);
/// Shapes that do not broadcast, a ragged list, a bad reshape.
WEFT_ERROR(ShapeError);
/// An operation that has no meaning for its operands' dtypes.
WEFT_ERROR(DTypeError);
/// An axis, index or slice out of range.
WEFT_ERROR(IndexError);
/// A Variable made while tracing, or used against its dtype and shape.
WEFT_ERROR(VariableError);
/// A failed weft::check, or a value no operation can take, such as an integer divided by zero.
WEFT_ERROR(CheckError);
/// A result that does not fit into memory.
WEFT_ERROR(OutOfMemoryError);
/// A file that cannot be read or written, or has the wrong content.
WEFT_ERROR(IoError);
/// A fault of weft itself: no program of a user may ever raise it.
WEFT_ERROR(InternalError);
#undef WEFT_ERROR

} // namespace weft

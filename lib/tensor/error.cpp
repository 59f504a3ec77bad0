// The public error classes, and the way from an internal kind of error to its class.
#include "lib/tensor/trace_list.h"

#include <fmt/format.h>

#include <mutex>
#include <set>

namespace weft {
namespace {

/// Places may come from compiled code or from a library of the user's, whose constants can go before the error does.
const char *kept(const char *text) {
  static std::mutex mutex;
  static auto &texts = *new std::set<std::string, std::less<>>; // errors may outlive static destruction
  if (!text || !*text)
    return "";
  std::lock_guard lock(mutex);
  return texts.emplace(text).first->c_str();
}

std::string with_place(const SourceLocation &where, const std::string &message) {
  std::string place = where.str();
  return place.empty() ? message : place + ": " + message;
}

} // namespace

std::string SourceLocation::str() const { return line ? fmt::format("{}:{}:{}", file, line, column) : std::string(); }

Error::Error(const SourceLocation &where, const std::string &message)
    : std::runtime_error(with_place(where, message)), where_(where) {
  where_.file = kept(where.file);
  where_.function = kept(where.function);
}
Error::~Error() = default;
TraceError::~TraceError() = default;
ShapeError::~ShapeError() = default;
DTypeError::~DTypeError() = default;
IndexError::~IndexError() = default;
VariableError::~VariableError() = default;
CheckError::~CheckError() = default;
OutOfMemoryError::~OutOfMemoryError() = default;
IoError::~IoError() = default;
InternalError::~InternalError() = default;

namespace detail {

void raise(ErrorKind kind, const SourceLocation &place, const std::string &message) {
  const SourceLocation where = place.line ? place : traced_location();
  switch (kind) {
  case ErrorKind::Trace:
    throw TraceError(where, message);
  case ErrorKind::Shape:
    throw ShapeError(where, message);
  case ErrorKind::DType:
    throw DTypeError(where, message);
  case ErrorKind::Index:
    throw IndexError(where, message);
  case ErrorKind::Variable:
    throw VariableError(where, message);
  case ErrorKind::Check:
    throw CheckError(where, message);
  case ErrorKind::OutOfMemory:
    throw OutOfMemoryError(where, message);
  case ErrorKind::Io:
    throw IoError(where, message);
  case ErrorKind::Internal:
    break;
  }
  throw InternalError(where, message);
}

} // namespace detail
} // namespace weft

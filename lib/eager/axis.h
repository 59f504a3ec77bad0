// The axes that operations are given.
#pragma once
#include "lib/tensor/value.h"

#include <weft/operand.h>

#include <fmt/format.h>

namespace weft::detail {

/// `axis` counted from the front of `rank` dimensions; the operation's IndexError where there is none.
inline int normalized_axis(std::int64_t axis, int rank, const Operand &x, const char *operation) {
  if (axis < -rank || axis >= rank)
    raise(ErrorKind::Index, x.loc(),
          fmt::format("{}: axis {} is out of range for {}", operation, axis, to_string(x.value()->type)));
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

} // namespace weft::detail

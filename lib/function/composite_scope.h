// Public functions that are made of several operations: to whoever counts what a line of the user's emits, they are
// one.
#pragma once
#include <weft/detail/export.h>

#include <cstdint>

namespace weft::detail {

/// The length of one call of such a function. Those that it calls belong to it.
class WEFT_API CompositeScope {
public:
  CompositeScope();
  CompositeScope(const CompositeScope &) = delete;
  CompositeScope &operator=(const CompositeScope &) = delete;
  ~CompositeScope();

  /// A number for the call that this thread is in, or 0.
  static std::uint64_t current();
};

} // namespace weft::detail

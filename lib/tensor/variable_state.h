// The state behind a Variable: identity, the current value, and the lock that serialises calls which write it.
#pragma once
#include "lib/tensor/value.h"

#include <weft/variable.h>

#include <mutex>
#include <utility>

namespace weft::detail {

struct VariableState {
  std::atomic<std::uint32_t> refs{1};
  std::string name;
  TensorType type;
  SourceLocation where;

  /// A snapshot of the value: the caller holds a reference.
  ValueRef read() const {
    std::lock_guard lock(value_mutex_);
    return value_;
  }
  /// The old value goes after the lock: that may run a user's deleter.
  void publish(ValueRef v) {
    std::lock_guard lock(value_mutex_);
    std::swap(value_, v);
  }
  /// Held by a call that writes this variable, from entry to exit; taken in address order. Recursive, because a print
  /// sink may run eager code on the same thread.
  std::recursive_mutex writers;

private:
  mutable std::mutex value_mutex_;
  ValueRef value_;
};

} // namespace weft::detail

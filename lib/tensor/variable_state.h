// The state behind a Variable: identity, the current value, and the lock that serialises calls which write it.
#pragma once
#include "lib/tensor/value.h"

#include <weft/variable.h>

#include <mutex>
#include <utility>

namespace weft::detail {

/// Recursive, because eager code that writes a variable may run inside a call that writes it (verify).
class WriterLock {
public:
  void lock() {
    mutex_.lock();
    ++depth_;
  }
  void unlock() {
    --depth_;
    mutex_.unlock();
  }
  /// Unlocks as often as this thread holds it, which the result says.
  int let_go() {
    int depth = depth_;
    for (int k = 0; k < depth; ++k)
      unlock();
    return depth;
  }
  void take_back(int depth) {
    for (int k = 0; k < depth; ++k)
      lock();
  }

private:
  std::recursive_mutex mutex_;
  int depth_ = 0; // of the thread that holds it
};

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
  /// Held by a call that writes this variable, but not while a callback of the user's runs in it; taken in address order.
  WriterLock writers;

private:
  mutable std::mutex value_mutex_;
  ValueRef value_;
};

} // namespace weft::detail

// A run op by op that only serves a comparison: its prints are not shown, and traced functions that it calls run op by op too, so
// that their effects are its own.
#pragma once
#include <atomic>

namespace weft::detail {

/// On this thread, for the length of a scope.
class EagerRun {
public:
  EagerRun() {
    running.fetch_add(1, std::memory_order_relaxed);
    ++depth;
  }
  EagerRun(const EagerRun &) = delete;
  ~EagerRun() {
    --depth;
    running.fetch_sub(1, std::memory_order_relaxed);
  }
  static bool active() { return depth > 0; }
  /// Whether there is one on some thread: true wherever active() is, and cheaper to ask.
  static bool any() { return running.load(std::memory_order_relaxed) > 0; }

private:
  static constinit std::atomic<int> running;
  static constinit thread_local int depth;
};

} // namespace weft::detail

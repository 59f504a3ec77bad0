// Pins: how a call keeps the entry it runs alive without touching a counter that other threads share. A thread announces the
// entry in a cell of its own (a hazard pointer) before it uses it; an entry that nobody owns any more is destroyed when no cell
// names it: at once, or by the call that lets go of it.
#pragma once
#include "lib/function/compiler.h"

#include <atomic>

namespace weft::detail {

class Pin {
public:
  /// Pins what `source` points to. Who takes an entry out of `source` must do so before dropping its reference to it.
  /// Null where `source` is, and where too many calls are nested on this thread: then look the entry up.
  explicit Pin(const std::atomic<Entry *> &source);
  Pin(const Pin &) = delete;
  ~Pin() { release(); }
  Entry *get() const { return entry_; }
  void release();

private:
  std::atomic<Entry *> *cell_ = nullptr;
  Entry *entry_ = nullptr;
};

/// Takes an entry whose last reference is gone, and destroys it as soon as it is not pinned.
void retire(Entry *e) noexcept;

} // namespace weft::detail

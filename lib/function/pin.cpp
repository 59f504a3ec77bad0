// The cells of all threads, and the entries that wait for their pins to go.
#include "lib/function/pin.h"

#include "lib/function/entry.h"

#include <algorithm>
#include <mutex>

namespace weft::detail {
namespace {

constexpr int nested_calls = 4;

/// The cells of one thread. Never freed: a thread that ends leaves them to the next one.
struct alignas(64) Cells {
  std::atomic<Entry *> pinned[nested_calls] = {};
  int depth = 0; // of the thread that has them
  Cells *next = nullptr;
  std::atomic<bool> taken{true};
};

std::atomic<Cells *> all_cells{nullptr};
constinit thread_local Cells *my_cells = nullptr;

struct ThreadEnd {
  ~ThreadEnd() {
    if (my_cells)
      my_cells->taken.store(false, std::memory_order_release);
    my_cells = nullptr;
  }
};

Cells *take_cells() {
  static thread_local ThreadEnd end;
  (void)&end;
  for (Cells *c = all_cells.load(std::memory_order_acquire); c; c = c->next) {
    bool taken = false;
    if (c->taken.compare_exchange_strong(taken, true, std::memory_order_acquire))
      return my_cells = c;
  }
  auto *c = new Cells;
  c->next = all_cells.load(std::memory_order_relaxed);
  while (!all_cells.compare_exchange_weak(c->next, c, std::memory_order_acq_rel))
    ;
  return my_cells = c;
}

// Waiting entries, linked through Entry::next_retired. Constant-initialised: functions with static storage end after this
// file's statics would.
constinit std::mutex retired_mutex;
constinit Entry *retired = nullptr;
constinit std::atomic<bool> any_retired{false};

bool is_pinned(const Entry *e) {
  for (Cells *c = all_cells.load(std::memory_order_acquire); c; c = c->next)
    for (const std::atomic<Entry *> &p : c->pinned)
      if (p.load(std::memory_order_seq_cst) == e)
        return true;
  return false;
}

void collect() noexcept {
  Entry *free = nullptr;
  {
    std::lock_guard lock(retired_mutex);
    for (Entry **at = &retired; Entry *e = *at;)
      if (is_pinned(e)) {
        at = &e->next_retired;
      } else {
        *at = e->next_retired;
        e->next_retired = free;
        free = e;
      }
    any_retired.store(retired != nullptr, std::memory_order_seq_cst);
  }
  while (free)
    delete std::exchange(free, free->next_retired);
}

} // namespace

Pin::Pin(const std::atomic<Entry *> &source) {
  Entry *e = source.load(std::memory_order_acquire);
  if (!e)
    return;
  Cells *cells = my_cells ? my_cells : take_cells();
  if (cells->depth == nested_calls)
    return;
  cell_ = &cells->pinned[cells->depth++];
  // The announcement must be seen before the entry is looked at again: whoever removes the entry in between finds it.
  for (;;) {
    cell_->store(e, std::memory_order_seq_cst);
    Entry *now = source.load(std::memory_order_seq_cst);
    if (now == e)
      break;
    e = now;
  }
  entry_ = e;
}

void Pin::release() {
  if (!cell_)
    return;
  cell_->store(nullptr, std::memory_order_seq_cst);
  --my_cells->depth;
  cell_ = nullptr;
  entry_ = nullptr;
  if (any_retired.load(std::memory_order_seq_cst))
    collect();
}

void retire(Entry *e) noexcept {
  {
    std::lock_guard lock(retired_mutex);
    e->next_retired = retired;
    retired = e;
    any_retired.store(true, std::memory_order_seq_cst);
  }
  collect();
}

} // namespace weft::detail

// Kernels: one-operation functions, compiled through the same compiler as traced functions and kept for the whole process. A
// kernel is known by its operation, dtypes and collapsed layout; sizes are run-time operands, so a new shape compiles nothing.
#pragma once
#include "lib/function/tiered_code.h"
#include "lib/tensor/small_vector.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace weft::detail {

/// The dimensions of a call, those of size 1 dropped and neighbours with the same flags merged. For an elementwise operation bit
/// k of the flags says that operand k is broadcast along the group; for a reduction the flags say whether the group is reduced.
struct Groups {
  int count = 0;
  std::int64_t sizes[Shape::max_rank];
  std::uint32_t flags[Shape::max_rank];

  void add(std::int64_t size, std::uint32_t flag);
};
Groups elementwise_groups(std::span<const ValueRef> operands, const Shape &result);
Groups reduction_groups(const Shape &x, const Shape &axes);

/// The least recently used kernels go when there are too many. Code that runs is held by its caller.
class KernelCache {
public:
  static KernelCache &get();
  /// The code for a key, made if it is not there; of several threads that miss one key one makes it.
  template <class Make> std::shared_ptr<const CompiledCode> find(std::span<const std::uint64_t> key, Make make) {
    std::shared_ptr<Slot> slot = slot_for(key);
    if (!slot->ready.load(std::memory_order_acquire)) {
      std::lock_guard lock(slot->making);
      if (!slot->code)
        slot->code = make();
      slot->ready.store(true, std::memory_order_release);
    }
    const CompiledCode *code = &slot->code->now();
    return {std::move(slot), code};
  }
  std::size_t size() const;
  static std::mutex &mutex() { return get().mutex_; }
  WEFT_API static std::size_t size_for_testing();
  WEFT_API static void clear_for_testing();

private:
  struct Slot {
    std::vector<std::uint64_t> key;
    std::uint64_t used = 0;
    std::mutex making;
    std::shared_ptr<TieredCode> code;
    std::atomic<bool> ready{false};
  };
  /// The memory maps that these cost leave room for the entries of traced functions.
  static constexpr std::size_t limit = 2048;
  std::shared_ptr<Slot> slot_for(std::span<const std::uint64_t> key);

  mutable std::mutex mutex_;
  std::unordered_multimap<std::uint64_t, std::shared_ptr<Slot>> slots_;
  std::uint64_t uses_ = 0;
};

} // namespace weft::detail

// ContextPool: the MLIR contexts of the process. A context is expensive to make (its dialects are loaded at once) and
// grows even when its modules die, so contexts are lent out, one owner at a time, and retired when they have grown.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace mlir {
class MLIRContext;
class PassManager;
} // namespace mlir

namespace weft {

class ContextPool {
  struct Slot;

public:
  /// The right to use a context alone. The IR made in it must die before the lease.
  class Lease {
  public:
    Lease();
    Lease(Lease &&other) noexcept;
    Lease &operator=(Lease &&other) noexcept;
    ~Lease();

    mlir::MLIRContext &context() const;
    explicit operator bool() const { return slot != nullptr; }
    /// Tells the pool what the context has taken in for good: the bytes of the module's bytecode, which hold every
    /// attribute, type and location that the context now keeps.
    void grew(std::size_t bytes);
    /// The context's pass manager for what `key` stands for, built at the first use: its patterns are made only once.
    mlir::PassManager &passes(int key, const std::function<void(mlir::PassManager &)> &build);

  private:
    friend class ContextPool;
    Lease(ContextPool &pool, std::unique_ptr<Slot> slot);
    ContextPool *pool = nullptr;
    std::unique_ptr<Slot> slot;
  };

  ContextPool();
  ~ContextPool();
  ContextPool(const ContextPool &) = delete;
  ContextPool &operator=(const ContextPool &) = delete;

  /// A context with threading off and every dialect of weft's pipeline loaded; an idle one if there is one. Any thread.
  Lease take();

  /// How many contexts were ever made: tests hold it against the limits below.
  std::uint64_t made() const;

  static constexpr unsigned maxUses = 1000;
  static constexpr std::size_t maxGrowth = std::size_t{64} << 20;
  static constexpr std::size_t maxIdle = 4;

private:
  void giveBack(std::unique_ptr<Slot> slot);

  mutable std::mutex mutex;
  std::vector<std::unique_ptr<Slot>> idle;
  std::uint64_t madeCount = 0;
};

} // namespace weft

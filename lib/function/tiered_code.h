// Two tiers of code: what is wanted now is compiled quickly, unless it has much to do, and a background thread compiles
// it again with all optimisations. Both give the same bits.
#pragma once
#include "lib/function/compiler.h"

#include <atomic>

namespace weft::detail {

/// Code that may be replaced by better code while it is called.
class TieredCode {
public:
  explicit TieredCode(std::unique_ptr<CompiledCode> first) : first_(std::move(first)), now_(first_.get()) {}

  /// The best there is; it stays as long as this does.
  const CompiledCode &now() const { return *now_.load(std::memory_order_acquire); }
  /// With what better code will take, about as much again.
  std::size_t bytes() const { return first_->code_bytes * (first_->quick ? 2 : 1); }
  /// Once only.
  void improve(std::unique_ptr<CompiledCode> better) {
    better_ = std::move(better);
    now_.store(better_.get(), std::memory_order_release);
  }

private:
  const std::unique_ptr<CompiledCode> first_; // calls of it may be running
  std::unique_ptr<CompiledCode> better_;
  std::atomic<const CompiledCode *> now_;
};

/// The code of a program: from the disk, or compiled. `work` is about how many elements the call that waits for it
/// computes. `trace` gives the program where it is not on the disk; nothing but its name and program is kept.
std::shared_ptr<TieredCode> compile_tiered(const std::string &key, std::string_view name, double work,
                                           const FunctionOptions &options, FunctionRef<const TracedFunction &()> trace);

} // namespace weft::detail

// FunctionImpl: what all handles of a traced function share.
#pragma once
#include "lib/function/cache.h"

namespace weft::detail {

class FunctionImpl {
public:
  FunctionImpl(Body b, FunctionOptions o, const SourceLocation &w);

  const Body body;
  const FunctionOptions options;
  const std::string name;
  const SourceLocation where;
  Cache cache;
  Ledger ledger;
  std::atomic<std::size_t> misses{0};

  /// The dimensions that signatures leave open: those of the input signature, and those that reduce_retracing has opened.
  const Openings *openings() const { return openings_.load(std::memory_order_acquire); }
  /// Opens these too; false if they all were.
  bool open(const Openings &more);
  void reset_openings();

  /// A reference, unless the last one is gone.
  Ref<FunctionImpl> try_retain();

private:
  friend void retain(FunctionImpl *);
  friend void release(FunctionImpl *);

  std::atomic<std::uint32_t> refs_{1};
  std::atomic<const Openings *> openings_{nullptr};
  const Openings *first_openings_ = nullptr;
  std::mutex openings_mutex_;
  std::vector<std::unique_ptr<const Openings>> all_openings_; // callers may still read an old one
};

/// The entry for a signature: from the cache, or by tracing (and compiling, unless only the trace is asked for).
Ref<Entry> entry_for(FunctionImpl &f, const Signature &s, void *args, bool compile);
/// Runs the user's callable with symbolic tensors. Nothing is stored.
Ref<Entry> trace(FunctionImpl &f, const Signature &s, void *args);
std::vector<TensorType> types_of(const std::vector<TensorSpec> &specs);
/// Throws DTypeError or ShapeError where an argument is not as the input signature (or a ConcreteFunction's trace) asks.
void check_specs(const FunctionImpl &f, const std::vector<TensorType> &specs, const Signature &s, void *args);

} // namespace weft::detail

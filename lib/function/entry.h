// Entry: one trace of a function, and its native code once there is any. Owned by the function's cache, by ConcreteFunctions
// and by calls; pinned by the calls that find it as the last one used.
#pragma once
#include "lib/function/compiler.h"
#include "lib/function/ledger.h"
#include "lib/function/signature.h"
#include "lib/function/tiered_code.h"

#include <array>
#include <mutex>

namespace weft::detail {

/// How compiled code is called: where its inputs come from, in the form in which a call needs it.
struct Binding {
  struct Input {
    int leaf;         // of the arguments, or -1:
    const void *data; // of the captured value, or null for a variable:
    const VariableState *variable;
  };
  struct Dim {
    int leaf, dim;
  };
  explicit Binding(const TracedFunction &f);

  std::vector<Input> inputs;
  std::vector<Dim> open;                // the open dimensions of all inputs, in order
  std::vector<const InputSlot *> writes; // by variable_index
  std::vector<VariableState *> locks;    // of the variables written, in address order
  int read_variables = 0;
};

class WEFT_API Entry {
public:
  Entry(Key key, TracedFunction traced);
  ~Entry();
  Entry(const Entry &) = delete;

  const Key key;
  const TracedFunction traced;
  /// The open dimensions of the arguments; null where there are none.
  const std::unique_ptr<const Openings> openings;

  /// The user's result object with empty tensors, and which of `traced.results` each of its tensor leaves is (-1: it is empty).
  std::shared_ptr<void> prototype;
  std::vector<int> leaf_results;

  std::shared_ptr<Record> record;
  std::shared_ptr<const std::vector<LeafText>> leaves; // of the arguments it was traced with

  /// Whether the results come from code; otherwise they are arguments and constants.
  bool needs_code() const { return traced.computed_results > 0 || traced.effects || traced.variables > 0; }
  bool compiled() const { return code_.load(std::memory_order_acquire) || !needs_code(); }
  /// Compiles unless it is done; one thread compiles, others wait. The code is always a whole one or none. `leaves` are
  /// those of the call that waits for it, if one does.
  void compile(const FunctionOptions &options, std::span<Value *const> leaves);
  std::size_t bytes() const;

  /// Where the open dimensions of these arguments are not as the trace took them to be; null where they are.
  bool admits(std::span<Value *const> leaves) const;
  /// True for the first caller only.
  bool first_run() { return !ran_.exchange(true, std::memory_order_relaxed); }
  /// One call. `results` has one place for each of `traced.results`. An error of code that has no place of its own has `where`.
  /// `gives_up`: an argument that nobody but the caller refers to is not looked at again; a result may lie where it did.
  void run(std::span<Value *const> leaves, std::span<ValueRef> results, const std::source_location &where, bool gives_up = false) const;

  // Of the cache.
  std::atomic<std::uint64_t> used{0};
  std::size_t counted_bytes = 0;
  // Of retire().
  Entry *next_retired = nullptr;

private:
  friend void retain(Entry *);
  friend void release(Entry *);

  std::atomic<std::uint32_t> refs_{1};
  const Binding binding_;
  std::atomic<bool> ran_{false};
  std::mutex compile_mutex_;
  std::shared_ptr<TieredCode> owned_code_;
  std::atomic<const TieredCode *> code_{nullptr};
};

/// The values of a call's results.
class Results {
public:
  explicit Results(std::size_t n) : size_(n) {
    if (n > few_.size())
      many_.resize(n);
  }
  operator std::span<ValueRef>() { return {size_ > few_.size() ? many_.data() : few_.data(), size_}; }

private:
  std::array<ValueRef, 4> few_;
  std::vector<ValueRef> many_;
  std::size_t size_;
};

/// Sets the tensors of a result object from the results of a call.
class ResultFiller final : public LeafVisitor {
public:
  ResultFiller(const Entry &e, std::span<ValueRef> results) : entry_(e), results_(results) {}
  void tensor(Tensor &t) override;
  void operand(Operand &o) override;
  void variable(Variable &) override {}
  void host(const Host &) override {}
  void structure(std::uint64_t) override {}

private:
  ValueRef next();
  const Entry &entry_;
  std::span<ValueRef> results_;
  std::size_t leaf_ = 0;
};

} // namespace weft::detail

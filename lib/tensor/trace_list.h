// TraceList: the tensors constructed on this thread while a trace runs. Tensor's constructors, moves and destructors
// keep it; the tracer reads it to see what a region assigned. "Not in the list while tracing" means: existed before the
// trace.
//
// Everything happens on the tracing thread but one thing: a tensor of the trace may be destroyed on another thread, and
// even after the trace has gone. So every change of a list is made under a lock that is reached from the tensor's
// identity and outlives the list.
#pragma once
#include "lib/tensor/value.h"

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace weft::detail {

/// What TraceList::current() gives, without a call: every Tensor made asks it. Seen in libweft only.
extern constinit thread_local TraceList *current_trace_list
    __attribute__((visibility("hidden"), tls_model("initial-exec")));

class WEFT_API TraceList {
public:
  TraceList();
  ~TraceList();
  TraceList(const TraceList &) = delete;
  TraceList &operator=(const TraceList &) = delete;

  /// The list new tensors of this thread join; null while no trace runs.
  static TraceList *current();
  static void set_current(TraceList *l);

  void link(Tensor &t) noexcept;
  /// Before the destruction of `t`. If it was moved from, its identity passes to its heir.
  static void leave(Tensor &t) noexcept;
  bool owns(const Tensor &t) const;
  /// Called by every assignment to a Tensor that is not linked: throws the TraceError for outer tensors.
  [[noreturn]] void outer_assignment() const;

  struct Entry {
    std::uint64_t id;
    ValueRef value;
    bool slot = false; ///< of a result: see adopt()
  };
  using Snapshot = std::vector<Entry>;
  /// Every live tensor and its value, in order of construction, which is that of identities.
  Snapshot snapshot() const;
  /// The values now of a snapshot's tensors, by position. `gone` receives the first that was destroyed, or the size.
  std::vector<ValueRef> values(const Snapshot &of, std::size_t &gone) const;
  /// Gives a snapshot's tensors values, by position and without the outer-assignment check. What was destroyed is left
  /// out.
  void rebind(const Snapshot &of, std::span<const ValueRef> values);
  /// Gives a snapshot's tensors their values of then.
  void restore(const Snapshot &of);
  /// A snapshot's tensors now, null for what was destroyed. To be compared with addresses only.
  std::vector<const Tensor *> tensors(const Snapshot &of) const;
  /// The tensor with this identity, or the heir of a relocated one; null when it was destroyed. Looks at every tensor.
  Tensor *find(std::uint64_t id) const;

  /// The snapshots of the statements that are being traced, outermost first; the tracer keeps them.
  std::vector<Snapshot *> statements;
  /// Makes `t` known to the statements from number `first` on, as a tensor that had no value before them. Such a slot
  /// of a result may be without a value on some ways through a statement: nobody reads it there.
  void adopt(const Tensor &t, std::size_t first);
  void disown(const Tensor &t);

  /// 0 for a tensor that is in no list.
  static std::uint64_t id(const Tensor &t) {
    return std::atomic_ref(const_cast<std::uint64_t &>(t.id_)).load(std::memory_order_acquire);
  }
  /// Ends membership of all: symbolic values become poison saying they outlived their trace.
  void close();

  SourceLocation last; ///< of the last operation traced: assignments and conversions have no location of their own
  std::string pending; ///< an error found where nothing may be thrown; thrown by the next operation
  SourceLocation pending_at;

private:
  void remove(Tensor &t) noexcept;
  /// f(position, tensor or null) for each of a snapshot; under the lock.
  template <class F> void each(const Snapshot &of, F f) const;

  const std::uint64_t serial_; // the upper bits of its tensors' identities
  std::uint64_t next_;         // the identity of the next tensor
  Tensor *head_ = nullptr, *tail_ = nullptr;
  std::unordered_map<std::uint64_t, std::uint64_t> heirs_;
  std::vector<std::uint64_t> slots_; // identities, in order
};

/// Where an error belongs that has no place of its own: at the last operation traced on this thread, else nowhere.
WEFT_API SourceLocation traced_location();

} // namespace weft::detail

// The state of a loop while it is traced, shared by regions.cpp (branches), loops.cpp (loops).
#pragma once
#include "lib/trace/tracer.h"

#include <weft/ops.h>

namespace weft::trace {

bool has_value(const ValueRef &v);
std::string assigned_at(const ValueRef &v);
ValueRef poison(std::string reason);

/// A loop under way. Every tensor with a value is bound to a block argument at first; those that the loop left unchanged are
/// folded away at the end.
struct Loop {
  SourceLocation loc;
  std::size_t depth = 0;                  // of the region stack outside of the loop
  detail::TraceList::Snapshot before;
  std::unique_ptr<mlir::Region> condition_region, body_region; // a for loop has no condition region
  RegionRecord *condition = nullptr, *body = nullptr;
  mlir::Value more;                       // while: the condition's i1
  mlir::Value lower, upper, step;         // for
  bool counts = false;                    // for: from 0 up to an unsigned number of turns
  ValueRef index;                         // for: what the body sees
  ValueRef rows;                          // for over rows: index picks one
  std::vector<ValueRef> condition_args, after_condition, body_args, after_body; // by position in `before`

  /// A tensor the loop changes, by position in `before`.
  std::vector<std::size_t> carried;
  /// First assigned in the condition: forwarded to the body and out, not carried.
  std::vector<std::size_t> forwarded;
  std::vector<ValueRef> forwarded_args;
  /// First assigned in the body: carried with a zero at first, and a flag that the loop ran.
  std::vector<std::size_t> late;
  bool is_for() const { return !condition; }
};

} // namespace weft::trace

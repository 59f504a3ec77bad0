// The state of a statement while it is traced, shared by regions.cpp (branches), loops.cpp (loops).
#pragma once
#include "lib/trace/tracer.h"

#include <weft/ops.h>

namespace weft::trace {

bool has_value(const ValueRef &v);
ValueRef poison(std::string reason);
/// " (computed at f.cpp:3:8)" or " (the value 0)", as far as that is known.
std::string origin(const ValueRef &v);
/// Whether a value is one of the trace that is checked where it is used.
bool may_be_unassigned(const ValueRef &v);

/// A statement under way.
struct Statement {
  ag::Site site{SourceLocation()};
  SourceLocation loc;
  std::size_t depth = 0;      // of the region stack outside of it
  std::size_t statements = 0; // around it
  detail::TraceList::Snapshot before;
};

/// The variables of a statement as the user wrote them, by position in its snapshot. Made to word an error only.
class Variables {
public:
  Variables(const Statement &s, const detail::TraceList &list);
  /// "'x'", or as much as is known of an unnamed tensor that has this value somewhere.
  std::string subject(std::size_t i, const ValueRef &value) const;
  /// " (assigned at f.cpp:12:5)", where that is known and not part of the subject.
  std::string assigned(std::size_t i, const ValueRef &value) const;
  bool is_named(std::size_t i) const;
  /// Its name, or "x".
  std::string name(std::size_t i) const;

private:
  const ag::Names::Name *find(std::size_t i) const;
  ag::Names names_;
  std::vector<const Tensor *> tensors_;
};

/// What two branches left in one tensor, where they differ. One side of a result's slot may be null.
struct Merge {
  std::size_t index;
  ValueRef then, otherwise;

  /// Of the result: open where the two sizes differ.
  detail::TensorType type() const;
};

/// A loop under way. Every tensor with a value is bound to a block argument at first; those that the loop left
/// unchanged are folded away at the end. Slots of results that appear while it is traced lengthen `before` and
/// `places`.
struct Loop : Statement {
  /// A tensor that lived before the loop, by position in `before`. The symbols of the arguments have a flag where the
  /// tensor may be unassigned; it is an argument too, behind the tensor's.
  struct Place {
    ValueRef condition_arg, body_arg; // what the regions see at first; null without a value
    ValueRef after_condition, after_body;
    bool fresh = false;     // it has no value before the loop: the first is zeros, or what a loop around it carries
    bool carried = false;   // the loop changes it
    bool forwarded = false; // first assigned in the condition: passed on to the body and out, not carried
  };

  std::unique_ptr<mlir::Region> condition_region, body_region; // a for loop has no condition region
  RegionRecord *condition = nullptr, *body = nullptr;          // once they were entered
  mlir::Value more;                                            // while: the condition's i1
  mlir::Value lower, upper, step;                              // for
  bool counts = false;                                         // for: from 0 up to an unsigned number of turns
  ValueRef index;                                              // for: what the body sees
  ValueRef rows;                                               // for over rows: index picks one
  std::vector<Place> places;
  std::span<const ShapeInvariant> invariants;

  bool is_for() const { return !condition; }
  ValueRef &argument(Place &p) const { return is_for() ? p.body_arg : p.condition_arg; }
};

/// The numbers of a range: start + turn * step in int64 for turn below `turns`; or start, below stop, where the step
/// is 1.
struct RangeTurns {
  bool direct = false;
  mlir::Value start, stop, step, turns;
};

} // namespace weft::trace

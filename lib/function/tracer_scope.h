// The tracer of this thread for the length of a scope.
#pragma once
#include "lib/function/compiler.h"

namespace weft::detail {

/// Null lets tensors be made outside of the trace that runs.
class TracerScope {
public:
  explicit TracerScope(Tracer *t) : previous_(Tracer::current()) { Tracer::set_current(t); }
  TracerScope(const TracerScope &) = delete;
  ~TracerScope() { Tracer::set_current(previous_); }

private:
  Tracer *previous_;
};

} // namespace weft::detail

// Where an operation goes: into the trace that runs on this thread, into the static graph that its operands belong to, or
// nowhere (it runs at once).
#pragma once
#include "lib/function/compiler.h"

#include <span>

namespace weft::detail {

/// The tracer that must record an operation on `operands`, or null when it runs now. Throws TraceError when operands of
/// two graphs, or of a graph and another trace, are mixed.
Tracer *tracer_for(std::span<const ValueRef> operands, const SourceLocation &loc);

/// Static graphs that may still be added to.
void open_graph(Tracer &t);
void close_graph(Tracer &t);

} // namespace weft::detail

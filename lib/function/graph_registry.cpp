// See graph_registry.h.
#include "lib/function/graph_registry.h"

#include <mutex>
#include <unordered_map>

namespace weft::detail {
namespace {

struct OpenGraphs {
  std::mutex mutex;
  std::unordered_map<std::uint64_t, Tracer *> by_trace;

  static OpenGraphs &get() {
    static auto &g = *new OpenGraphs;
    return g;
  }
  Tracer *find(std::uint64_t trace) {
    std::lock_guard lock(mutex);
    auto it = by_trace.find(trace);
    return it == by_trace.end() ? nullptr : it->second;
  }
};

[[noreturn]] void unreachable_value(const SymbolicValue &v, const SourceLocation &loc) {
  if (!v.trace)
    raise(ErrorKind::Trace, loc, "a spec is used as a tensor: it only stands for one in concrete() and ir()");
  std::string place = v.loc.str();
  raise(ErrorKind::Trace, loc,
        "a tensor" + (place.empty() ? "" : " made at " + place) +
            " belongs to a trace that runs on another thread or is over, or to a weft::Graph that is compiled: it has no value here");
}

} // namespace

void open_graph(Tracer &t) {
  OpenGraphs &g = OpenGraphs::get();
  std::lock_guard lock(g.mutex);
  g.by_trace.emplace(t.id, &t);
}

void close_graph(Tracer &t) {
  OpenGraphs &g = OpenGraphs::get();
  std::lock_guard lock(g.mutex);
  g.by_trace.erase(t.id);
}

Tracer *tracer_for(std::span<const ValueRef> operands, const SourceLocation &loc) {
  Tracer *current = Tracer::current(), *graph = nullptr;
  for (const ValueRef &v : operands) {
    if (v->kind != Value::Kind::Symbolic)
      continue;
    auto &symbol = static_cast<const SymbolicValue &>(*v);
    if (current && symbol.trace == current->id)
      continue;
    Tracer *t = OpenGraphs::get().find(symbol.trace);
    if (t && (current || (graph && graph != t)))
      raise(ErrorKind::Trace, loc, "a tensor of a weft::Graph is used in another graph or trace: graphs cannot be mixed");
    if (!t && !current)
      unreachable_value(symbol, loc);
    graph = t; // what is of no graph while a trace runs, the tracer words the error for
  }
  return current ? current : graph;
}

} // namespace weft::detail

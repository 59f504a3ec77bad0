// A miss: the user's function runs once with symbolic tensors. Every path out of here restores the thread's tracer, and a trace
// that fails leaves nothing behind.
#include "lib/function/flight.h"
#include "lib/function/function_impl.h"
#include "lib/code/log.h"
#include "lib/function/tracer_scope.h"

#include <fmt/format.h>

namespace weft::detail {
namespace {

/// Replaces the tensors of the copied arguments by the trace's.
class ArgumentBinder final : public LeafVisitor {
public:
  ArgumentBinder(Tracer &t, const Signature &s, const SourceLocation &where) : tracer_(t), signature_(s), where_(where) {}
  void tensor(Tensor &t) override { t = Tensor(next()); }
  void operand(Operand &o) override { o.bind(next()); }
  void variable(Variable &) override {}
  void host(const Host &) override {}
  void structure(std::uint64_t) override {}

private:
  ValueRef next() {
    int k = leaf_++;
    return tracer_.argument(k, signature_.type(static_cast<std::size_t>(k)), where_);
  }
  Tracer &tracer_;
  const Signature &signature_;
  const SourceLocation &where_;
  int leaf_ = 0;
};

/// Takes the tensors out of the user's result, which is kept to rebuild results from.
class ResultCollector final : public LeafVisitor {
public:
  explicit ResultCollector(const SourceLocation &where) : where_(where) {}
  std::vector<ValueRef> values;
  std::vector<int> leaf_results;

  void tensor(Tensor &t) override {
    take(t.defined() ? t.checked(where_) : nullptr);
    t = Tensor();
  }
  void operand(Operand &o) override {
    take(o.value());
    o.bind(nullptr);
  }
  void variable(Variable &) override {}
  void host(const Host &) override {}
  void structure(std::uint64_t) override {}

private:
  void take(ValueRef v) {
    leaf_results.push_back(v ? static_cast<int>(values.size()) : -1);
    if (v)
      values.push_back(std::move(v));
  }
  const SourceLocation &where_;
};

} // namespace

std::vector<TensorType> types_of(const std::vector<TensorSpec> &specs) {
  std::vector<TensorType> types;
  for (const TensorSpec &s : specs)
    types.push_back({s.dtype, s.shape});
  return types;
}

void check_specs(const FunctionImpl &f, const std::vector<TensorType> &specs, const Signature &s, void *args) {
  if (specs.size() != s.leaves().size())
    raise(ErrorKind::Shape, s.where(), fmt::format("{} takes {} tensors, not {}", f.name, specs.size(), s.leaves().size()));
  std::vector<LeafText> leaves = describe(f.body, args, nullptr);
  std::erase_if(leaves, [](const LeafText &l) { return l.kind != LeafText::Kind::Tensor; });
  for (std::size_t k = 0; k < specs.size(); ++k) {
    const TensorType &want = specs[k], &got = s.leaves()[k]->type;
    bool fits = want.shape.rank() == got.shape.rank();
    for (int d = 0; fits && d < want.shape.rank(); ++d)
      fits = want.shape[d] == dynamic || want.shape[d] == got.shape[d];
    if (want.dtype != got.dtype || !fits)
      raise(want.dtype != got.dtype ? ErrorKind::DType : ErrorKind::Shape, s.where(),
            fmt::format("argument {} of {}: expected {}, got {}", leaves[k].parameter, f.name, to_string(want), to_string(got)));
  }
}

Ref<Entry> trace(FunctionImpl &f, const Signature &s, void *args) {
  if (!f.options.input_signature.empty())
    check_specs(f, types_of(f.options.input_signature), s, args);
  auto record = std::make_shared<Record>();
  record->leaves = std::make_shared<const std::vector<LeafText>>(describe(f.body, args, s.openings()));

  Compiler &compiler = Compiler::get(s.where()); // opening it is not part of this trace
  Stopwatch time;
  std::unique_ptr<Tracer> tracer = compiler.trace(f.name, f.where);
  tracer->autograph = f.options.autograph;
  TracedFunction traced;
  std::shared_ptr<void> prototype;
  std::vector<int> leaf_results;
  {
    TracerScope scope(tracer.get());
    std::shared_ptr<void> own_args = f.body.copy_args(args);
    ArgumentBinder binder(*tracer, s, f.where);
    f.body.walk_args(own_args.get(), binder);
    std::shared_ptr<void> result = f.body.call(own_args.get());
    ResultCollector collector(f.where);
    if (result)
      f.body.walk_result(result.get(), collector);
    own_args.reset();
    traced = tracer->finish(collector.values, f.where);
    leaf_results = std::move(collector.leaf_results);
    if (result) {
      // Tensors made now are kept beyond the trace: they must not join its list, nor that of an outer trace.
      TracerScope outside(nullptr);
      prototype = f.body.copy_result(result.get());
    }
  }
  tracer.reset();
  record->trace_ms = time.milliseconds();

  auto entry = Ref<Entry>::adopt(new Entry(Key(s), std::move(traced)));
  entry->prototype = std::move(prototype);
  entry->leaf_results = std::move(leaf_results);
  entry->leaves = record->leaves;
  entry->record = std::move(record);
  return entry;
}

namespace {

/// Traced, compiled if asked for, recorded and put into the cache; whatever fails leaves nothing.
Ref<Entry> make_entry(FunctionImpl &f, const Signature &s, void *args, bool compile) {
  f.misses.fetch_add(1, std::memory_order_relaxed);
  Ref<Entry> e = trace(f, s, args);
  if (compile)
    e->compile(f.options, s.leaves());
  f.ledger.add(e->record, f.body.parameters);
  TraceRecord r = e->record->read(f.where);
  bool again = f.ledger.traces() > 1;
  if (logs(LogTopic::Trace) || (again && logs(LogTopic::Retrace)))
    log_line(fmt::format("{}: {}{}: {} ({:.3f} ms)", again ? "retrace" : "trace", f.name, r.signature, r.reason, r.trace_ms));
  return f.cache.insert(std::move(e), s);
}

/// With reduce_retracing: opens the dimensions in which `s` differs from what was traced before. False if there are none.
bool open_differences(FunctionImpl &f, const Signature &s) {
  if (!f.options.reduce_retracing)
    return false;
  std::unique_ptr<Openings> more = f.cache.find_openings(s);
  return more && f.open(*more);
}

} // namespace

Ref<Entry> entry_for(FunctionImpl &f, const Signature &s, void *args, bool compile) {
  for (;;) {
    if (Ref<Entry> e = f.cache.find(s)) {
      if (compile && !e->compiled()) {
        e->compile(f.options, s.leaves());
        f.cache.recount(*e);
      }
      e->record->hits.fetch_add(1, std::memory_order_relaxed);
      return e;
    }
    if (s.openings() == f.openings() && open_differences(f, s)) {
      Signature wider(f.openings(), s.place());
      f.body.walk_args(args, wider);
      return entry_for(f, wider, args, compile);
    }
    Flight flight(f, s);
    // Another thread may have put the entry there between the two looks.
    if (flight.leads() && !f.cache.find(s))
      return make_entry(f, s, args, compile);
  }
}

} // namespace weft::detail

// What handles share, apart from calls: counting handles, open dimensions, and what can be asked about a function.
#include "lib/function/function_impl.h"

#include "lib/code/log.h"

#include <fmt/format.h>

#include <algorithm>

namespace weft {

TensorSpec spec(DType dtype, const Shape &shape, std::source_location loc) {
  for (std::int64_t d : shape)
    if (d < 0 && d != dynamic)
      detail::raise(detail::ErrorKind::Shape, loc,
                    fmt::format("spec: {} is no shape; an open dimension is weft::dynamic", to_string(shape)));
  return {dtype, shape};
}

} // namespace weft

namespace weft::detail {
namespace {

std::string name_of(const FunctionOptions &options) { return options.name.empty() ? "function" : options.name; }

} // namespace

FunctionImpl::FunctionImpl(Body b, FunctionOptions o, const SourceLocation &w)
    : body(std::move(b)), options(std::move(o)), name(name_of(options)), where(w), cache(*this, options.cache_bytes) {
  if (auto first = openings_of(types_of(options.input_signature))) {
    first_openings_ = first.get();
    openings_.store(first.get(), std::memory_order_release);
    all_openings_.push_back(std::move(first));
  }
}

bool FunctionImpl::open(const Openings &more) {
  std::lock_guard lock(openings_mutex_);
  const Openings *old = openings();
  auto joined = std::make_unique<Openings>(old ? *old : Openings());
  joined->resize(std::max(joined->size(), more.size()));
  bool opened = false;
  for (std::size_t k = 0; k < more.size(); ++k)
    opened |= (*joined)[k].join(more[k]);
  if (!opened)
    return false;
  // After reset_openings() the same come again.
  auto kept = std::ranges::find_if(all_openings_, [&](const auto &o) { return *o == *joined; });
  if (kept == all_openings_.end())
    kept = all_openings_.insert(kept, std::move(joined));
  openings_.store(kept->get(), std::memory_order_release);
  return true;
}

void FunctionImpl::reset_openings() {
  std::lock_guard lock(openings_mutex_);
  openings_.store(first_openings_, std::memory_order_release);
}

Ref<FunctionImpl> FunctionImpl::try_retain() {
  std::uint32_t n = refs_.load(std::memory_order_relaxed);
  while (n && !refs_.compare_exchange_weak(n, n + 1, std::memory_order_acq_rel))
    ;
  return n ? Ref<FunctionImpl>::adopt(this) : nullptr;
}

void retain(FunctionImpl *f) { f->refs_.fetch_add(1, std::memory_order_relaxed); }
void release(FunctionImpl *f) {
  if (f->refs_.fetch_sub(1, std::memory_order_acq_rel) == 1)
    delete f;
}

Ref<FunctionImpl> make_function(Body body, FunctionOptions options, const SourceLocation &where) {
  if (options.fast_math && options.verify)
    raise(ErrorKind::Trace, where, fmt::format("{}: verify compares bits, which fast_math gives up; leave one of them out", name_of(options)));
  return Ref<FunctionImpl>::adopt(new FunctionImpl(std::move(body), std::move(options), where));
}

void empty_function(const SourceLocation &where) {
  raise(ErrorKind::Trace, where, "an empty weft::Function is used: assign it what weft::function(...) gives");
}

namespace {

void check_stage(const FunctionImpl &f, Stage stage) {
  if (stage < Stage::Traced || stage > Stage::Assembly)
    raise(ErrorKind::Index, f.where, fmt::format("ir: there is no weft::Stage {}", static_cast<int>(stage)));
}

} // namespace

Tensor placeholder(const TensorSpec &s) {
  auto v = ValueRef::adopt(new SymbolicValue);
  v->kind = Value::Kind::Symbolic;
  v->type = {s.dtype, s.shape};
  return Tensor(std::move(v));
}

namespace {

/// The entry for arguments that may be specs.
Ref<Entry> entry_of(FunctionImpl &f, void *args, bool compile) {
  static const std::source_location nowhere{};
  Signature s(f.openings(), nowhere);
  f.body.walk_args(args, s);
  return entry_for(f, s, args, compile);
}

} // namespace

Ref<Entry> concrete(FunctionImpl &f, void *args) { return entry_of(f, args, f.options.compile); }

std::string ir(FunctionImpl &f, Stage stage, void *args) {
  Ref<FunctionImpl> held(&f); // the trace may end the last handle
  check_stage(f, stage);
  return entry_ir(f, *entry_of(f, args, false), stage);
}

std::string entry_ir(FunctionImpl &f, Entry &e, Stage stage) {
  check_stage(f, stage);
  return Compiler::get().render(e.traced, f.options, stage);
}

std::string explain(const FunctionImpl &f) { return explain_text(f.name, trace_count(f), traces(f), cache_stats(f)); }
std::vector<TraceRecord> traces(const FunctionImpl &f) { return f.ledger.read(f.where); }
std::size_t trace_count(const FunctionImpl &f) { return f.ledger.traces(); }

CacheStats cache_stats(const FunctionImpl &f) {
  Cache::Stats s = f.cache.stats();
  return {s.entries, s.bytes, f.ledger.hits(), f.misses.load(std::memory_order_relaxed), s.evictions};
}

void clear_cache(FunctionImpl &f) {
  f.cache.clear();
  f.reset_openings();
  if (logs(LogTopic::Cache))
    log_line(fmt::format("cache: {} is cleared", f.name));
}

} // namespace weft::detail

// The path of a call: signature, entry, run. On a hit nothing is allocated but the result, and no lock is taken.
#include "lib/function/effects.h"
#include "lib/function/function_impl.h"
#include "lib/function/graph_registry.h"
#include "lib/function/pin.h"
#include "lib/function/verify.h"

#include <fmt/format.h>

#include <cstdlib>

namespace weft {
namespace {

bool asked_by_environment() {
  const char *env = std::getenv("WEFT_EAGER");
  return env && std::string_view(env) == "1";
}

std::atomic<bool> eagerly = asked_by_environment();

/// Whether a call runs op by op: asked for, or inside of such a run. The second only costs who is in one, and the threads beside it.
bool runs_eagerly() {
  using detail::EagerRun;
  return eagerly.load(std::memory_order_relaxed) || (EagerRun::any() && EagerRun::active());
}

} // namespace

void run_functions_eagerly(bool on) { eagerly.store(on, std::memory_order_relaxed); }

namespace detail {
namespace {

/// The entry that a ConcreteFunction calls: its own, unless an open dimension is 1, which is another signature.
Ref<Entry> bound_entry(FunctionImpl &f, Entry &bound, const Signature &s, void *args, bool compile) {
  if (bound.key.matches(s))
    return Ref<Entry>(&bound);
  check_specs(f, bound.key.types(), s, args);
  std::vector<LeafText> now = describe(f.body, args, s.openings());
  const std::vector<LeafText> &then = *bound.leaves;
  for (std::size_t k = 0; k < std::min(now.size(), then.size()); ++k)
    if (now[k].kind != LeafText::Kind::Tensor && !now[k].same(then[k]))
      raise(ErrorKind::Trace, s.where(),
            fmt::format("argument {} of {}: this concrete function is bound to {}, and was called with {}", now[k].parameter, f.name,
                        then[k].text, now[k].text));
  return entry_for(f, s, args, compile);
}

Ref<Entry> find_entry(FunctionImpl &f, Entry *bound, const Signature &s, void *args, bool compile) {
  return bound ? bound_entry(f, *bound, s, args, compile) : entry_for(f, s, args, compile);
}

/// A call inside a trace, or on values of a static graph: this function's own trace is copied into that one. What is known there of
/// sizes is in the outer trace's types, so it is the trace for exactly these that fits between them.
///
/// Sizes that only running the outer trace tells cannot be asked about at the call: where that is the case the callable runs in the
/// outer trace itself.
template <class Use, class UseObject>
void call_inline(FunctionImpl &f, Entry *bound, const Signature &s, void *args, Use use, UseObject use_object) {
  if (s.openings()) {
    Signature exact(nullptr, s.place());
    f.body.walk_args(args, exact);
    return call_inline(f, bound, exact, args, use, use_object);
  }
  std::vector<ValueRef> leaves;
  for (Value *v : s.leaves())
    leaves.emplace_back(v);
  Tracer *outer = tracer_for(leaves, s.where());
  if (outer->finds_sizes(leaves)) {
    if (bound)
      check_specs(f, bound->key.types(), s, args);
    else if (!f.options.input_signature.empty())
      check_specs(f, types_of(f.options.input_signature), s, args);
    return use_object(f.body.call(args));
  }
  Ref<Entry> e = find_entry(f, bound, s, args, false);
  std::vector<ValueRef> results = outer->inline_call(e->traced, leaves, s.where());
  use(*e, results);
}

/// Calls with arguments for which some dimensions are not as the open entry's trace took them: with all sizes fixed.
Ref<Entry> exact_entry(FunctionImpl &f, const Signature &s, void *args) {
  Signature exact(nullptr, s.place());
  f.body.walk_args(args, exact);
  return entry_for(f, exact, args, true);
}

/// `use(entry, results)` is called once, with one value for each of entry.traced.results; `use_object(result)` instead where the
/// user's callable ran directly.
template <class Use, class UseObject>
void call_with(FunctionImpl &f, void *args, Entry *bound, const std::source_location &where, Use use, UseObject use_object) {
  // Wherever the user's callable may run, it may assign or end the last handle of this function. Compiled code may do so too (in
  // a print's sink), but a call needs only its entry by then.
  Ref<FunctionImpl> held;
  if (runs_eagerly()) {
    held = Ref<FunctionImpl>(&f);
    return use_object(f.body.call(args));
  }
  Signature s(bound ? bound->openings.get() : f.openings(), where);
  f.body.walk_args(args, s);
  if (Tracer::current() || s.symbolic()) {
    held = Ref<FunctionImpl>(&f);
    return call_inline(f, bound, s, args, use, use_object);
  }

  Pin last(f.cache.last());
  Entry *e = last.get();
  Ref<Entry> found;
  if (e && !bound && e->key.matches(s)) {
    f.cache.touch(*e);
    e->record->hits.fetch_add(1, std::memory_order_relaxed);
  } else {
    held = Ref<FunctionImpl>(&f);
    last.release();
    found = find_entry(f, bound, s, args, f.options.compile);
    e = found.get();
  }
  if (!f.options.compile) {
    held = Ref<FunctionImpl>(&f);
    return use_object(f.body.call(args));
  }
  if (!e->admits(s.leaves())) {
    held = Ref<FunctionImpl>(&f);
    e = (found = exact_entry(f, s, args)).get();
  }
  Results results(e->traced.results.size());
  if (f.options.verify && e->first_run()) {
    held = Ref<FunctionImpl>(&f);
    verify(f, *e, s, args, results);
  }
  else
    e->run(s.leaves(), results, s.place(), f.body.owns_tensors);
  use(*e, results);
}

} // namespace

Tensor call_tensor(FunctionImpl &f, void *args, Entry *bound, const std::source_location &where) {
  ValueRef result;
  call_with(
      f, args, bound, where,
      [&](const Entry &e, std::span<ValueRef> results) {
        if (e.leaf_results[0] >= 0)
          result = std::move(results[e.leaf_results[0]]);
      },
      [&](const std::shared_ptr<void> &object) { result = ValueRef(static_cast<const Tensor *>(object.get())->value()); });
  return Tensor(std::move(result));
}

void call(FunctionImpl &f, void *args, Entry *bound, const std::source_location &where, Receiver receive) {
  struct Nothing final : LeafVisitor {
    void tensor(Tensor &) override {}
    void operand(Operand &) override {}
    void variable(Variable &) override {}
    void host(const Host &) override {}
    void structure(std::uint64_t) override {}
  };
  call_with(
      f, args, bound, where,
      [&](const Entry &e, std::span<ValueRef> results) {
        ResultFiller fill(e, results);
        receive(e.prototype.get(), fill);
      },
      [&](const std::shared_ptr<void> &object) {
        Nothing fill;
        receive(object.get(), fill);
      });
}

} // namespace detail
} // namespace weft

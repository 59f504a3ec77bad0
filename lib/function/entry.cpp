// An entry's code: compiling it once, and running it: inputs and dimensions are packed into a frame on the stack, variables
// that the code writes are locked in address order and published at the end, after a failure too.
#include "lib/function/entry.h"

#include "lib/code/store.h"
#include "lib/function/frame.h"
#include "lib/function/pin.h"
#include "lib/function/writer_locks.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace weft::detail {

Binding::Binding(const TracedFunction &f) : writes(f.variables) {
  for (const InputSlot &in : f.inputs) {
    if (in.written) {
      writes[in.variable_index] = &in;
      locks.push_back(in.variable.get());
      continue;
    }
    bool argument = in.kind == InputSlot::Kind::Argument, variable = in.kind == InputSlot::Kind::Variable;
    inputs.push_back({argument ? in.argument : -1, in.captured ? in.captured->data : nullptr, variable ? in.variable.get() : nullptr});
    read_variables += variable;
    if (argument)
      for (int d = 0; d < in.type.shape.rank(); ++d)
        if (in.type.shape[d] == dynamic)
          open.push_back({in.argument, d});
  }
  std::sort(locks.begin(), locks.end(), std::less<>());
}

Entry::Entry(Key k, TracedFunction t)
    : key(std::move(k)), traced(std::move(t)), openings(openings_of(key.types())), binding_(traced) {}
Entry::~Entry() = default;

void retain(Entry *e) { e->refs_.fetch_add(1, std::memory_order_relaxed); }
void release(Entry *e) {
  if (e->refs_.fetch_sub(1, std::memory_order_acq_rel) == 1)
    retire(e);
}

/// About how many elements a call computes.
static double work_of(const TracedFunction &f, std::span<Value *const> leaves) {
  std::int64_t elements = f.elements;
  if (f.open)
    for (const Value *v : leaves)
      if (v->type.shape.is_static())
        elements = std::max(elements, v->type.shape.elements());
  return static_cast<double>(f.operations) * static_cast<double>(elements);
}

void Entry::compile(const FunctionOptions &options, std::span<Value *const> leaves) {
  if (compiled())
    return;
  std::lock_guard lock(compile_mutex_);
  if (compiled())
    return;
  Stopwatch time;
  owned_code_ = compile_tiered(program_key(options.fast_math ? "function, fast_math" : "function", traced.bytecode), traced.name, work_of(traced, leaves), options,
                               [&]() -> const TracedFunction & { return traced; });
  if (record)
    record->compiled(time.milliseconds(), owned_code_->now().code_bytes);
  code_.store(owned_code_.get(), std::memory_order_release);
}

std::size_t Entry::bytes() const {
  const TieredCode *code = code_.load(std::memory_order_acquire);
  return traced.bytecode.size() + (code ? code->bytes() : 0);
}

bool Entry::admits(std::span<Value *const> leaves) const {
  return !misfit(traced.shapes, leaves);
}

namespace {

ValueRef contiguous_copy(const Value &v) {
  ValueRef copy = make_uninitialized(v.type, {});
  auto *elements = const_cast<void *>(copy->data);
  std::memcpy(elements, v.data, static_cast<std::size_t>(byte_size(v.type)));
  if (v.type.dtype == DType::String)
    for (void *text : std::span(static_cast<void **>(elements), static_cast<std::size_t>(v.type.shape.elements())))
      if (text)
        retain(Storage::of(text));
  return copy;
}

/// The variables that one call writes: locked, lent to the frame, published. While a callback of the user's runs, which may wait for
/// other writers, they are neither locked nor lent: what it or another thread assigns is the variable's value after it.
class WrittenVariables {
public:
  explicit WrittenVariables(const Binding &b) : locks_(b.locks), binding_(b), slots_(b.writes.size()), read_(b.writes.size()),
                                                  lent_(b.writes.size()) {
    for (std::size_t k = 0; k < slots_.size(); ++k)
      lend(k, binding_.writes[k]->variable->read());
  }
  ~WrittenVariables() {
    for (weft_variable &v : slots_)
      if (v.dirty)
        release(v.storage);
  }

  weft_variable *slots() { return slots_.data(); }
  /// Makes what was assigned so far visible.
  void publish() {
    for (std::size_t k = 0; k < slots_.size(); ++k)
      if (slots_[k].dirty) {
        const InputSlot &variable = *binding_.writes[k];
        ValueRef v = assigned(slots_[k], variable.type);
        variable.variable->publish(v);
        lend(k, std::move(v));
      }
  }
  void before_callback() {
    publish();
    locks_.let_go();
  }
  void after_callback() {
    locks_.take_back();
    for (std::size_t k = 0; k < slots_.size(); ++k)
      if (ValueRef now = binding_.writes[k]->variable->read(); !(now == read_[k]))
        lend(k, std::move(now));
  }

private:
  /// The value of an assigned slot, which then owns nothing.
  static ValueRef assigned(weft_variable &v, const TensorType &type) {
    v.dirty = 0;
    if (type.shape.rank() > 0)
      return make_value(type, v.storage);
    if (type.dtype == DType::String)
      if (auto *text = *static_cast<void *const *>(v.data))
        retain(Storage::of(text));
    ValueRef scalar = make_scalar(type.dtype, v.data);
    release(v.storage);
    return scalar;
  }

  /// The frame borrows `v`. Compiled code takes a block's header from before its elements, so elements that lie elsewhere (a
  /// view, a buffer of the user's) are copied.
  void lend(std::size_t k, ValueRef v) {
    read_[k] = v;
    if (v->type.shape.rank() > 0 && (!v->storage || v->data != v->storage + 1))
      v = contiguous_copy(*v);
    slots_[k] = {v->data, v->storage, 0};
    lent_[k] = std::move(v);
  }

  WriterLocks locks_; // first: they are let go of when the rest cannot be made
  const Binding &binding_;
  std::vector<weft_variable> slots_;
  std::vector<ValueRef> read_, lent_; // the variables' values, and those or copies of them, which the slots borrow
};

/// weft_frame::sizes_fit.
std::int32_t sizes_fit(weft_frame *f, std::int32_t check, const std::int64_t *sizes) {
  const auto &checks = *static_cast<const std::vector<SizeCheck> *>(f->size_checks);
  try {
    std::optional<ShapeMisfit> m = misfit(checks[static_cast<std::size_t>(check)], sizes);
    if (!m)
      return 0;
    weft_fail(f, static_cast<std::int32_t>(m->kind), m->message.c_str(), m->where.file,
              static_cast<std::int32_t>(m->where.line), static_cast<std::int32_t>(m->where.column), nullptr, 0);
  } catch (...) {
    *f->thrown = std::current_exception();
  }
  return 1;
}

/// One run of an entry's code.
class Call {
public:
  Call(const Binding &b, const TracedFunction &f, std::span<Value *const> leaves, bool gives_up)
      : binding_(b), traced_(f), leaves_(leaves), inputs_(b.inputs.size()), dims_(b.open.size()), results_(f.computed_results) {
    weft_frame &frame = frame_.frame;
    if (!b.writes.empty()) {
      written_.emplace(b);
      frame.variables = written_->slots();
      frame.owner = &*written_;
      frame.before_callback = [](weft_frame *f) { static_cast<WrittenVariables *>(f->owner)->before_callback(); };
      frame.after_callback = [](weft_frame *f) { static_cast<WrittenVariables *>(f->owner)->after_callback(); };
    }
    if (!f.size_checks.empty()) {
      frame.size_checks = &f.size_checks;
      frame.sizes_fit = sizes_fit;
    }
    snapshots_.reserve(b.read_variables);
    for (std::size_t i = 0; i < b.inputs.size(); ++i)
      inputs_[i] = input(b.inputs[i], leaves);
    for (std::size_t i = 0; i < b.open.size(); ++i)
      dims_[i] = leaves[b.open[i].leaf]->type.shape[b.open[i].dim];
    for (const ResultSlot &r : f.results)
      if (r.kind == ResultSlot::Kind::Computed)
        clear_result(results_[r.index], r.type);
    if (gives_up) {
      frame.dying = [](weft_frame *f, std::int32_t k) { return static_cast<Call *>(f->call)->dying(k); };
      frame.call = this;
    }
    frame.inputs = inputs_.data();
    frame.dims = dims_.data();
    frame.results = results_.data();
  }

  void run(const CompiledCode &code, std::span<ValueRef> results, const std::source_location &where) {
    bool done = frame_.run(code);
    if (written_)
      written_->publish();
    finish(done, results, where);
  }

private:
  const void *input(const Binding::Input &in, std::span<Value *const> leaves) {
    if (in.leaf >= 0)
      return leaves[in.leaf]->data;
    if (!in.variable)
      return in.data;
    snapshots_.push_back(in.variable->read());
    return snapshots_.back()->data;
  }

  /// weft_frame::dying: an argument that only this call refers to and that it does not give back.
  Storage *dying(std::int32_t k) const {
    int leaf = binding_.inputs[static_cast<std::size_t>(k)].leaf;
    if (leaf < 0)
      return nullptr;
    for (const ResultSlot &r : traced_.results)
      if (r.kind == ResultSlot::Kind::Argument && r.index == leaf)
        return nullptr;
    const Value &v = *leaves_[static_cast<std::size_t>(leaf)];
    Storage *s = v.storage;
    bool alone = v.refs.load(std::memory_order_acquire) == 1 && s && s->refs.load(std::memory_order_acquire) == 1;
    return alone && s->kind == Storage::Kind::Raw && !s->deleter && !s->callback && v.data == s + 1 ? s : nullptr;
  }

  void finish(bool done, std::span<ValueRef> results, const std::source_location &where) {
    if (!done) {
      for (const ResultSlot &r : traced_.results)
        if (r.kind == ResultSlot::Kind::Computed)
          drop_result(results_[r.index], r.type);
      frame_.fail(where, traced_.sites);
    }
    for (std::size_t k = 0; k < results.size(); ++k)
      if (const ResultSlot &r = traced_.results[k]; r.kind == ResultSlot::Kind::Computed)
        results[k] = result(r);
  }

  ValueRef result(const ResultSlot &slot) {
    weft_result &r = results_[slot.index];
    if (slot.type.shape.is_static())
      return take_result(r, slot.type);
    TensorType type = slot.type;
    for (int d = 0, open = 0; d < type.shape.rank(); ++d)
      if (type.shape[d] == dynamic)
        type.shape[d] = r.dims[open++];
    return take_result(r, type);
  }

  const Binding &binding_;
  const TracedFunction &traced_;
  std::span<Value *const> leaves_;
  std::optional<WrittenVariables> written_;
  FrameCall frame_;
  SmallVector<const void *, 16> inputs_;
  SmallVector<std::int64_t, 32> dims_;
  SmallVector<weft_result, 4> results_;
  std::vector<ValueRef> snapshots_; // of variables that are only read
};

} // namespace

void Entry::run(std::span<Value *const> leaves, std::span<ValueRef> results, const std::source_location &where, bool gives_up) const {
  if (needs_code())
    Call(binding_, traced, leaves, gives_up).run(code_.load(std::memory_order_acquire)->now(), results, where);
  for (std::size_t k = 0; k < results.size(); ++k) {
    const ResultSlot &r = traced.results[k];
    if (r.kind == ResultSlot::Kind::Argument)
      results[k] = ValueRef(leaves[r.index]);
    else if (r.kind == ResultSlot::Kind::Constant)
      results[k] = r.constant;
  }
}

ValueRef ResultFiller::next() {
  int result = entry_.leaf_results[leaf_++];
  return result < 0 ? nullptr : results_[result];
}

void ResultFiller::tensor(Tensor &t) {
  if (ValueRef v = next())
    t = Tensor(std::move(v));
}
void ResultFiller::operand(Operand &o) {
  if (ValueRef v = next())
    o = Operand(Tensor(std::move(v)));
}

} // namespace weft::detail

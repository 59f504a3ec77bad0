// TraceList: the intrusive list of the tensors of a trace, and the rules of identity when tensors are moved.
#include "lib/tensor/trace_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

namespace weft::detail {
namespace {

// An identity is the list's serial number and a number within the list. Serials are taken again after 2^28 traces,
// which only matters between lists that are alive at once.
constexpr int serial_bits = 28, number_bits = 64 - serial_bits;

/// The live lists of some serials, and the lock for all that they hold.
struct Stripe {
  std::mutex mutex;
  std::vector<std::pair<std::uint64_t, TraceList *>> lists;

  TraceList *find(std::uint64_t serial) const {
    auto it = std::find_if(lists.begin(), lists.end(), [&](const auto &l) { return l.first == serial; });
    return it == lists.end() ? nullptr : it->second;
  }
};

Stripe &stripe_of(std::uint64_t serial) {
  static auto &stripes = *new std::array<Stripe, 64>; // tensors may be destroyed after static objects
  return stripes[serial % stripes.size()];
}

std::uint64_t new_serial() {
  static std::atomic<std::uint64_t> count{0};
  return count.fetch_add(1, std::memory_order_relaxed) % ((std::uint64_t{1} << serial_bits) - 1) + 1; // 0: not linked
}

ValueRef outlived(const SymbolicValue &v) {
  auto p = ValueRef::adopt(new PoisonValue);
  p->kind = Value::Kind::Poison;
  p->type = v.type;
  std::string place = v.loc.str();
  static_cast<PoisonValue &>(*p).reason = fmt::format("this Tensor was computed{}{} while a function was traced, and "
                                                      "the trace is over: return it from the function, or "
                                                      "keep it in a Variable",
                                                      place.empty() ? "" : " at ", place);
  return p;
}

} // namespace

constinit thread_local TraceList *current_trace_list = nullptr;

TraceList *TraceList::current() { return current_trace_list; }
void TraceList::set_current(TraceList *l) { current_trace_list = l; }

SourceLocation traced_location() { return current_trace_list ? current_trace_list->last : SourceLocation{}; }

TraceList::TraceList() : serial_(new_serial()), next_((serial_ << number_bits) + 1) {
  Stripe &s = stripe_of(serial_);
  std::lock_guard lock(s.mutex);
  s.lists.emplace_back(serial_, this);
}

TraceList::~TraceList() {
  close();
  Stripe &s = stripe_of(serial_);
  std::lock_guard lock(s.mutex);
  std::erase_if(s.lists, [&](const auto &l) { return l.second == this; });
}

void TraceList::link(Tensor &t) noexcept {
  std::lock_guard lock(stripe_of(serial_).mutex);
  std::atomic_ref(t.id_).store(next_++, std::memory_order_release);
  t.prev_ = tail_;
  (tail_ ? tail_->next_ : head_) = &t;
  tail_ = &t;
}

void TraceList::remove(Tensor &t) noexcept {
  (t.prev_ ? t.prev_->next_ : head_) = t.next_;
  (t.next_ ? t.next_->prev_ : tail_) = t.prev_;
  t.prev_ = t.next_ = nullptr;
  std::atomic_ref(t.id_).store(0, std::memory_order_release);
}

void TraceList::leave(Tensor &t) noexcept {
  std::uint64_t id = TraceList::id(t);
  if (!id)
    return;
  Stripe &s = stripe_of(id >> number_bits);
  std::lock_guard lock(s.mutex);
  if (!TraceList::id(t)) // closed meanwhile
    return;
  TraceList *l = s.find(id >> number_bits);
  if (t.value_ && t.value_->kind == Value::Kind::Moved)
    try {
      l->heirs_[id] = static_cast<const MovedValue *>(t.value_)->heir;
    } catch (const std::bad_alloc &) {
      // The tracer will find the tensor gone and say so.
    }
  l->remove(t);
}

bool TraceList::owns(const Tensor &t) const { return id(t) >> number_bits == serial_; }

void TraceList::outer_assignment() const {
  raise(ErrorKind::Trace, last,
        "(at or after this line) a Tensor that existed before the trace is assigned; a traced function cannot change "
        "outer "
        "tensors: return the value, or use a Variable");
}

TraceList::Snapshot TraceList::snapshot() const {
  std::lock_guard lock(stripe_of(serial_).mutex);
  Snapshot all;
  auto slot = slots_.begin();
  for (const Tensor *t = head_; t; t = t->next_) {
    while (slot != slots_.end() && *slot < t->id_)
      ++slot;
    all.push_back({t->id_, ValueRef(t->value_), slot != slots_.end() && *slot == t->id_});
  }
  return all;
}

// Both the list and a snapshot are in the order of identities, so one walk along them finds everything but heirs.
template <class F> void TraceList::each(const Snapshot &of, F f) const {
  std::vector<std::pair<std::uint64_t, Tensor *>> all; // once an heir is looked for
  auto heir_of = [&](std::uint64_t id) -> Tensor * {
    auto heir = heirs_.find(id);
    if (heir == heirs_.end())
      return nullptr;
    while (heir != heirs_.end()) {
      id = heir->second;
      heir = heirs_.find(id);
    }
    if (all.empty())
      for (Tensor *t = head_; t; t = t->next_)
        all.emplace_back(t->id_, t);
    auto it = std::lower_bound(all.begin(), all.end(), std::pair<std::uint64_t, Tensor *>(id, nullptr));
    return it != all.end() && it->first == id ? it->second : nullptr;
  };
  Tensor *t = head_;
  for (std::size_t i = 0; i < of.size(); ++i) {
    while (t && t->id_ < of[i].id)
      t = t->next_;
    f(i, t && t->id_ == of[i].id ? t : heir_of(of[i].id));
  }
}

std::vector<ValueRef> TraceList::values(const Snapshot &of, std::size_t &gone) const {
  std::lock_guard lock(stripe_of(serial_).mutex);
  std::vector<ValueRef> values(of.size());
  gone = of.size();
  each(of, [&](std::size_t i, const Tensor *t) {
    if (t)
      values[i] = ValueRef(t->value_);
    else
      gone = std::min(gone, i);
  });
  return values;
}

void TraceList::rebind(const Snapshot &of, std::span<const ValueRef> values) {
  std::vector<ValueRef> before(of.size()); // let go of after the lock: what ends with a value may be the user's code
  std::lock_guard lock(stripe_of(serial_).mutex);
  each(of, [&](std::size_t i, Tensor *t) {
    if (t && t->value_ != values[i].get())
      before[i] = ValueRef::adopt(std::exchange(t->value_, ValueRef(values[i]).detach()));
  });
}

void TraceList::restore(const Snapshot &of) {
  std::vector<ValueRef> values;
  values.reserve(of.size());
  for (const Entry &e : of)
    values.push_back(e.value);
  rebind(of, values);
}

std::vector<const Tensor *> TraceList::tensors(const Snapshot &of) const {
  std::lock_guard lock(stripe_of(serial_).mutex);
  std::vector<const Tensor *> tensors(of.size());
  each(of, [&](std::size_t i, const Tensor *t) { tensors[i] = t; });
  return tensors;
}

Tensor *TraceList::find(std::uint64_t id) const {
  std::lock_guard lock(stripe_of(serial_).mutex);
  Tensor *found = nullptr;
  each({{id, nullptr}}, [&](std::size_t, Tensor *t) { found = t; });
  return found;
}

void TraceList::adopt(const Tensor &t, std::size_t first) {
  slots_.push_back(id(t)); // the newest identity
  for (std::size_t k = first; k < statements.size(); ++k)
    statements[k]->push_back({id(t), nullptr, true});
}

void TraceList::disown(const Tensor &t) { std::erase(slots_, id(t)); }

void TraceList::close() {
  std::lock_guard lock(stripe_of(serial_).mutex);
  while (Tensor *t = head_) {
    Value *v = t->value_;
    if (v && (v->kind == Value::Kind::Symbolic || v->kind == Value::Kind::Moved)) {
      ValueRef poison;
      try {
        if (v->kind == Value::Kind::Symbolic)
          poison = outlived(*static_cast<const SymbolicValue *>(v));
      } catch (const std::bad_alloc &) {
        // Empty then: its use is an error just the same.
      }
      t->value_ = nullptr;
      t->set(poison.detach());
      release(v);
    }
    remove(*t);
  }
  heirs_.clear();
  slots_.clear();
}

} // namespace weft::detail

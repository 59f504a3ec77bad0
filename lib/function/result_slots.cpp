// The results of functions that return under traced conditions: their tensors stand in slots, which control flow merges
// like variables.
#include "lib/function/compiler.h"

#include <weft/autograph.h>

#include <fmt/format.h>

#include <deque>
#include <optional>

namespace weft::detail {

namespace {

/// The leaves of a result, and what else it is made of as bytes.
class ResultLeaves final : public LeafVisitor {
public:
  explicit ResultLeaves(const SourceLocation &where) : where_(where) {}
  std::vector<ValueRef> values;
  std::string rest;

  void tensor(Tensor &t) override {
    rest += 't';
    values.push_back(t.defined() ? t.checked(where_) : ValueRef());
    t = Tensor();
  }
  void operand(Operand &o) override {
    rest += 'o';
    values.push_back(o.value());
  }
  void variable(Variable &v) override { add('v', v.state()); }
  void host(const Host &h) override {
    add('h', h.size);
    rest.append(static_cast<const char *>(h.bytes), h.size);
  }
  void structure(std::uint64_t word) override { add('s', word); }

private:
  template <class T> void add(char kind, T word) {
    rest += kind;
    rest.append(reinterpret_cast<const char *>(&word), sizeof word);
  }
  const SourceLocation &where_;
};

class SlotFiller final : public LeafVisitor {
public:
  explicit SlotFiller(std::deque<Tensor> &slots) : next_(slots.begin()) {}
  void tensor(Tensor &t) override { t = *next_++; }
  void operand(Operand &o) override { o.bind(ValueRef((next_++)->value())); }
  void variable(Variable &) override {}
  void host(const Host &) override {}
  void structure(std::uint64_t) override {}

private:
  std::deque<Tensor>::iterator next_;
};

} // namespace

struct ResultSlots::State {
  SourceLocation first; // where it was set first
  std::string rest;
  std::vector<std::optional<TensorType>> types;
  std::deque<Tensor> slots;
};

ResultSlots::ResultSlots(const ag::Site &site) : tracer_(Tracer::current()), where_(site.loc()) {
  if (tracer_)
    statements_ = tracer_->list.statements.size();
}

ResultSlots::~ResultSlots() {
  if (state_)
    for (const Tensor &t : state_->slots)
      tracer_->list.disown(t);
}

void ResultSlots::set(FunctionRef<void(LeafVisitor &)> walk, const SourceLocation &where) {
  ResultLeaves leaves(where);
  walk(leaves);
  if (!state_) {
    state_ = std::make_unique<State>();
    state_->first = where;
    state_->rest = leaves.rest;
    for (const ValueRef &v : leaves.values) {
      state_->types.push_back(v ? std::optional(v->type) : std::nullopt);
      tracer_->list.adopt(state_->slots.emplace_back(), statements_);
    }
  }
  State &s = *state_;
  auto place = [](const SourceLocation &loc) { return loc.line ? " at " + loc.str() : std::string(); };
  if (s.rest != leaves.rest)
    raise(ErrorKind::Trace, where,
          fmt::format("the value returned{} differs in structure or host values from the one returned{}: what a traced "
                      "condition chooses can "
                      "differ in the values of its tensors only",
                      place(where), place(s.first)));
  for (std::size_t k = 0; k < leaves.values.size(); ++k) {
    std::optional<TensorType> type = leaves.values[k] ? std::optional(leaves.values[k]->type) : std::nullopt;
    auto text = [](const std::optional<TensorType> &t) { return t ? to_string(*t) : std::string("an empty Tensor"); };
    if (type.has_value() != s.types[k].has_value() ||
        (type && (type->dtype != s.types[k]->dtype || type->shape.rank() != s.types[k]->shape.rank())))
      raise(
          ErrorKind::Trace, where,
          fmt::format("the value returned{} is {}, but{} {}; the results of a traced function have one dtype and rank",
                      place(s.first), text(s.types[k]), place(where), text(type)));
    s.slots[k] = Tensor(leaves.values[k]);
  }
}

void ResultSlots::set_host(bool known_type, const SourceLocation &where) const {
  if (tracer_->list.statements.size() <= statements_)
    return;
  raise(ErrorKind::Trace, where,
        known_type
            ? "a C++ value is returned under a traced condition, so it would be chosen while tracing: return a Tensor"
            : "a value is returned under a traced condition, and its type has no weft::Tree that tells its tensors: "
              "return a Tensor, a "
              "container or tuple of tensors, or specialise weft::Tree for the type");
}

void ResultSlots::take(FunctionRef<void(LeafVisitor &)> walk) {
  SlotFiller fill(state_->slots);
  walk(fill);
}

void ResultSlots::missing() const {
  raise(ErrorKind::Trace, where_,
        "the end of this function was reached without a return: return a value on every way through it");
}

} // namespace weft::detail

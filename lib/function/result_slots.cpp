// The results of functions that return under traced conditions: their tensors stand in slots, which control flow merges
// like variables.
#include "lib/function/compiler.h"
#include "lib/function/structure.h"

#include <weft/autograph.h>

#include <fmt/format.h>

#include <deque>
#include <optional>

namespace weft::detail {

namespace {

class ResultLeaves final : public StructureVisitor {
public:
  explicit ResultLeaves(const SourceLocation &where) : where_(where) {}
  std::vector<ValueRef> values;

  void tensor(Tensor &t) override {
    StructureVisitor::tensor(t);
    values.push_back(t.defined() ? t.checked(where_) : ValueRef());
    t = Tensor();
  }
  void operand(Operand &o) override {
    StructureVisitor::operand(o);
    values.push_back(o.value());
  }

private:
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
  std::string structure;
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
    state_->structure = leaves.structure_bytes;
    for (const ValueRef &v : leaves.values) {
      state_->types.push_back(v ? std::optional(v->type) : std::nullopt);
      tracer_->list.adopt(state_->slots.emplace_back(), statements_);
    }
  }
  State &s = *state_;
  auto place = [](const SourceLocation &loc) { return loc.line ? " at " + loc.str() : std::string(); };
  if (s.structure != leaves.structure_bytes)
    raise(ErrorKind::Trace, where,
          fmt::format("the value returned{} differs in structure or host values from the one returned{}: what a traced "
                      "condition chooses can differ in the values of its tensors only",
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
              "return a Tensor, a container or tuple of tensors, or specialise weft::Tree for the type");
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

// Regions of a trace. Each branch, condition and loop body is traced exactly once. The tensors alive before the
// statement are compared with their states after it: what a region assigned becomes a result (if) or a loop-carried
// value.
#include "lib/trace/regions.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

#include <fmt/format.h>

namespace weft::trace {

using namespace detail;

bool has_value(const ValueRef &v) {
  return v && (v->kind == Value::Kind::Concrete || v->kind == Value::Kind::Symbolic);
}

std::string origin(const ValueRef &v) {
  if (v->kind == Value::Kind::Symbolic) {
    std::string place = static_cast<const SymbolicValue &>(*v).loc.str();
    return place.empty() ? "" : fmt::format(" (computed at {})", place);
  }
  return v->type.shape.rank() == 0 ? fmt::format(" (the value {})", print_text(v->type, v->data)) : "";
}

bool may_be_unassigned(const ValueRef &v) {
  return v->kind == Value::Kind::Symbolic && static_cast<const SymbolicValue &>(*v).assigned;
}

ValueRef poison(std::string reason) {
  auto *p = new PoisonValue;
  p->kind = Value::Kind::Poison;
  p->reason = std::move(reason);
  return ValueRef::adopt(p);
}

// --- names

Variables::Variables(const Statement &s, const TraceList &list) : names_(s.loc), tensors_(list.tensors(s.before)) {
  s.site.name(names_);
}

const ag::Names::Name *Variables::find(std::size_t i) const {
  for (const ag::Names::Name &n : names_.all())
    if (i < tensors_.size() && n.tensor == tensors_[i])
      return &n;
  return nullptr;
}

std::string Variables::subject(std::size_t i, const ValueRef &value) const {
  if (const ag::Names::Name *n = find(i))
    return n->text.empty() ? "its value" : fmt::format("'{}'", n->text);
  if (value && value->kind == Value::Kind::Symbolic)
    return "the Tensor assigned at " + static_cast<const SymbolicValue &>(*value).loc.str();
  return "a Tensor";
}

std::string Variables::assigned(std::size_t i, const ValueRef &value) const {
  const ag::Names::Name *n = find(i);
  if (!n || n->text.empty())
    return {};
  if (n->assigned.line)
    return fmt::format(" (assigned at {})", n->assigned.str());
  if (value && value->kind == Value::Kind::Symbolic && static_cast<const SymbolicValue &>(*value).loc.line)
    return fmt::format(" (assigned at {})", static_cast<const SymbolicValue &>(*value).loc.str());
  return {};
}

bool Variables::is_named(std::size_t i) const {
  const ag::Names::Name *n = find(i);
  return n && !n->text.empty();
}

std::string Variables::name(std::size_t i) const { return is_named(i) ? find(i)->text : "x"; }

TensorType Merge::type() const {
  TensorType t = (then ? then : otherwise)->type;
  if (then && otherwise)
    for (int d = 0; d < t.shape.rank(); ++d)
      if (otherwise->type.shape[d] != t.shape[d])
        t.shape[d] = weft::dynamic;
  return t;
}

// --- statements and their regions

RegionRecord *TracerImpl::enter(std::unique_ptr<mlir::Region> &region, const char *kind, const SourceLocation &loc) {
  region = std::make_unique<mlir::Region>();
  region->push_back(new mlir::Block);
  records_.push_back({&region->front(), true, kind, loc});
  resume(&records_.back());
  return &records_.back();
}

void TracerImpl::resume(RegionRecord *r) {
  r->open = true;
  stack_.push_back(r);
  depth = stack_.size() - 1;
  builder_.setInsertionPointToEnd(r->block);
}

void TracerImpl::leave() {
  stack_.back()->open = false;
  stack_.pop_back();
  depth = stack_.size() - 1;
  builder_.setInsertionPointToEnd(stack_.back()->block);
}

void TracerImpl::begin(Statement &s, const ag::Site &site) {
  throw_pending();
  s.site = site;
  s.loc = site.loc();
  s.depth = stack_.size();
  s.statements = list.statements.size();
  s.before = list.snapshot();
  list.statements.push_back(&s.before);
}

void TracerImpl::end(const Statement &s) {
  list.statements.resize(s.statements);
  list.last = s.loc;
}

/// After an exception in a region: the trace goes on as if the statement had not been there, except that whatever is
/// traced next reports it (the handler of the user's own try may have swallowed the exception).
void TracerImpl::rollback(const Statement &s, const char *what) noexcept {
  while (stack_.size() > s.depth)
    leave();
  list.statements.resize(s.statements);
  list.restore(s.before);
  list.pending =
      fmt::format("an exception left this traced {} and was caught inside the traced function; catch it outside", what);
  list.pending_at = s.loc;
}

/// The states now of all tensors that lived before the region.
std::vector<ValueRef> TracerImpl::states(const Statement &s, const char *where) {
  throw_pending();
  std::size_t gone = 0;
  std::vector<ValueRef> values = list.values(s.before, gone);
  if (gone < values.size())
    raise(ErrorKind::Trace, s.loc,
          fmt::format(
              "a Tensor that lived before this statement was destroyed in its {} (a container shrunk or reset under a "
              "traced condition)",
              where));
  return values;
}

// --- branches

void TracerImpl::if_stmt(const Operand &cond, Block then, Block otherwise, const ag::Site &site) {
  mlir::Value c = condition(cond, "if", site.loc());
  Statement s;
  begin(s, site);
  try {
    build_if(c, then, otherwise, s);
  } catch (...) {
    rollback(s, "if");
    throw;
  }
  end(s);
}

/// Which tensors the branches leave with two values; the others get their next one.
std::vector<Merge> TracerImpl::compare(const Statement &s, const std::vector<ValueRef> (&after)[2],
                                       std::vector<ValueRef> &next) {
  std::vector<Merge> merges;
  std::optional<Variables> variables;
  auto named = [&]() -> const Variables & { return variables ? *variables : variables.emplace(s, list); };
  std::string errors;
  auto disagree = [&](std::size_t i, const ValueRef &a, const ValueRef &b) {
    if (a->type.dtype == b->type.dtype && a->type.shape.rank() == b->type.shape.rank())
      return; // sizes may differ: the result's are open there
    const ValueRef &known = a->kind == Value::Kind::Symbolic ? a : b;
    errors +=
        fmt::format("\n  {}{} is {} in the then branch{}, but {} in the else branch{}{}", named().subject(i, known),
                    named().assigned(i, known), to_string(a->type), origin(a), to_string(b->type), origin(b),
                    a->type.dtype != b->type.dtype ? "; weft::cast one to the other" : "");
  };
  for (std::size_t i = 0; i < s.before.size(); ++i) {
    const ValueRef &a = after[0][i], &b = after[1][i];
    if (a == b) {
      next[i] = a;
    } else if (has_value(a) && has_value(b)) {
      merges.push_back({i, a, b});
      disagree(i, a, b);
    } else if (has_value(a) || has_value(b)) {
      bool in_then = has_value(a);
      const ValueRef &set = in_then ? a : b;
      ValueRef other;
      if (!s.before[i].slot && !(in_then ? b : a))
        other = earlier(s.before[i].id, set, loops_.size());
      if (s.before[i].slot || other) {
        merges.push_back({i, in_then ? a : other, in_then ? other : b});
        if (other)
          disagree(i, in_then ? a : other, in_then ? other : b);
      } else
        next[i] = poison(fmt::format(
            "{}{} has a value only in the {} branch of the if at {}; assign it in the {} branch or before the if too",
            named().subject(i, set), named().assigned(i, set), in_then ? "then" : "else", s.loc.str(),
            in_then ? "else" : "then"));
    } else {
      next[i] = a ? a : b;
    }
  }
  if (!errors.empty())
    raise(ErrorKind::Trace, s.loc, "the branches of this if disagree:" + errors);
  return merges;
}

void TracerImpl::build_if(mlir::Value cond, Block then, Block otherwise, Statement &s) {
  std::unique_ptr<mlir::Region> regions[2];
  RegionRecord *records[2];
  std::vector<ValueRef> after[2];
  const char *kinds[] = {"then branch of the if", "else branch of the if"};
  for (int k : {0, 1}) {
    records[k] = enter(regions[k], kinds[k], s.loc);
    (k == 0 ? then : otherwise)();
    after[k] = states(s, k == 0 ? "then branch" : "else branch");
    leave();
    list.restore(s.before);
  }
  for (std::vector<ValueRef> &values : after)
    values.resize(s.before.size()); // slots that the other branch made have no value in this one
  std::vector<ValueRef> next(s.before.size());
  std::vector<Merge> merges = compare(s, after, next);
  if (merges.empty() && records[0]->block->empty() && records[1]->block->empty()) {
    list.rebind(s.before, next);
    return;
  }

  auto flagged = [](const Merge &m) {
    return (m.then && may_be_unassigned(m.then)) || (m.otherwise && may_be_unassigned(m.otherwise));
  };
  llvm::SmallVector<mlir::Type> types;
  for (const Merge &m : merges) {
    types.push_back(tensor_type(context_, m.type()));
    if (flagged(m))
      types.push_back(mlir::RankedTensorType::get({}, builder_.getI1Type()));
  }
  for (int k : {0, 1}) {
    resume(records[k]);
    llvm::SmallVector<mlir::Value> yields;
    for (const Merge &m : merges)
      if (const ValueRef &v = k == 0 ? m.then : m.otherwise) {
        pass_on(v, m.type(), flagged(m), s.loc, yields);
      } else { // a slot that is not read on this way
        yields.push_back(zero(llvm::cast<mlir::RankedTensorType>(types[yields.size()]), s.loc));
        if (flagged(m))
          yields.push_back(flag(true, s.loc));
      }
    mlir::scf::YieldOp::create(builder_, locate(s.loc), yields);
    leave();
  }
  auto op = mlir::scf::IfOp::create(builder_, locate(s.loc), types, cond, true, true);
  op.getThenRegion().takeBody(*regions[0]);
  op.getElseRegion().takeBody(*regions[1]);
  unsigned k = 0;
  for (const Merge &m : merges) {
    const ValueRef &a = m.then ? m.then : m.otherwise, &b = m.otherwise ? m.otherwise : a;
    next[m.index] = symbol(op.getResult(k++), m.type(), s.loc, shapes_.either(m.type(), open_shape(a), open_shape(b)));
    if (flagged(m)) {
      auto &merged = static_cast<SymbolicValue &>(*next[m.index]);
      merged.assigned = op.getResult(k++).getAsOpaquePointer();
      merged.unset = static_cast<const SymbolicValue &>(*(may_be_unassigned(a) ? a : b)).unset;
    }
  }
  list.rebind(s.before, next);
}

} // namespace weft::trace

// Regions of a trace. Each branch, condition and loop body is traced exactly once. The tensors alive before the
// statement are compared with their states after it: what a region assigned becomes a result (if) or a loop-carried value.
#include "lib/trace/regions.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

#include <fmt/format.h>

namespace weft::trace {

using namespace detail;

bool has_value(const ValueRef &v) {
  return v && (v->kind == Value::Kind::Concrete || v->kind == Value::Kind::Symbolic);
}

/// "the Tensor assigned at file:line:column", as far as that is known.
std::string assigned_at(const ValueRef &v) {
  if (v && v->kind == Value::Kind::Symbolic)
    return "the Tensor assigned at " + static_cast<const SymbolicValue &>(*v).loc.str();
  return "a Tensor";
}

ValueRef poison(std::string reason) {
  auto *p = new PoisonValue;
  p->kind = Value::Kind::Poison;
  p->reason = std::move(reason);
  return ValueRef::adopt(p);
}

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
  builder_.setInsertionPointToEnd(r->block);
}

void TracerImpl::leave() {
  stack_.back()->open = false;
  stack_.pop_back();
  builder_.setInsertionPointToEnd(stack_.back()->block);
}

void TracerImpl::restore(const TraceList::Snapshot &before) {
  auto index = list.index();
  for (const TraceList::Entry &e : before)
    if (Tensor *t = list.find(index, e.id))
      TraceList::rebind(*t, e.value);
}

/// After an exception in a region: the trace goes on as if the statement had not been there, except that whatever is
/// traced next reports it (the handler of the user's own try may have swallowed the exception).
void TracerImpl::rollback(std::size_t depth, const TraceList::Snapshot &before, const SourceLocation &loc,
                          const char *what) noexcept {
  while (stack_.size() > depth)
    leave();
  restore(before);
  list.pending = fmt::format("an exception left this traced {} and was caught inside the traced function; catch it outside", what);
  list.pending_at = loc;
}

/// The states now of all tensors that lived before the region.
std::vector<ValueRef> TracerImpl::states(const TraceList::Snapshot &before, const char *where, const SourceLocation &loc) {
  throw_pending();
  auto index = list.index();
  std::vector<ValueRef> r;
  r.reserve(before.size());
  for (const TraceList::Entry &e : before) {
    Tensor *t = list.find(index, e.id);
    if (!t)
      raise(ErrorKind::Trace, loc,
            fmt::format("a Tensor that lived before this statement was destroyed in its {} (a container shrunk or reset under a "
                        "traced condition)",
                        where));
    r.push_back(ValueRef(t->value()));
  }
  return r;
}

void TracerImpl::if_stmt(const Operand &cond, Block then, Block otherwise, const SourceLocation &loc) {
  build_if(condition(cond, "if", loc), then, otherwise, loc);
}

namespace {

/// What two branches left in one tensor, where they differ.
struct Merge {
  std::size_t index;
  ValueRef then, otherwise;
};

std::string disagreement(const Merge &m) {
  const TensorType &a = m.then->type, &b = m.otherwise->type;
  if (a == b)
    return {};
  const ValueRef &known = m.then->kind == Value::Kind::Symbolic ? m.then : m.otherwise;
  return fmt::format("\n  {} is {} in the then branch, but {} in the else branch{}", assigned_at(known), to_string(a), to_string(b),
                     a.dtype != b.dtype ? fmt::format("; weft::cast one to the other") : "");
}

} // namespace

void TracerImpl::build_if(mlir::Value cond, Block then, Block otherwise, const SourceLocation &loc) {
  TraceList::Snapshot before = list.snapshot();
  std::size_t depth = stack_.size();
  std::unique_ptr<mlir::Region> regions[2];
  try {
    RegionRecord *records[2];
    std::vector<ValueRef> after[2];
    const char *kinds[] = {"then branch of the if", "else branch of the if"};
    for (int k : {0, 1}) {
      records[k] = enter(regions[k], kinds[k], loc);
      (k == 0 ? then : otherwise)();
      after[k] = states(before, k == 0 ? "then branch" : "else branch", loc);
      leave();
      restore(before);
    }
    auto index = list.index();
    std::vector<Merge> merges;
    std::string errors;
    for (std::size_t i = 0; i < before.size(); ++i) {
      const ValueRef &a = after[0][i], &b = after[1][i];
      Tensor &t = *list.find(index, before[i].id);
      if (a == b) {
        TraceList::rebind(t, a);
      } else if (has_value(a) && has_value(b)) {
        errors += disagreement(merges.emplace_back(i, a, b));
      } else if (has_value(a) || has_value(b)) {
        const ValueRef &set = has_value(a) ? a : b;
        TraceList::rebind(t, poison(fmt::format("{} has a value only in the {} branch of the if at {}; assign it in the {} branch or "
                                                "before the if too",
                                                assigned_at(set), has_value(a) ? "then" : "else", loc.str(), has_value(a) ? "else" : "then")));
      } else {
        TraceList::rebind(t, a ? a : b);
      }
    }
    if (!errors.empty())
      raise(ErrorKind::Trace, loc, "the branches of this if disagree:" + errors);

    llvm::SmallVector<mlir::Type> types;
    for (const Merge &m : merges)
      types.push_back(tensor_type(context_, m.then->type));
    for (int k : {0, 1}) {
      resume(records[k]);
      llvm::SmallVector<mlir::Value> yields;
      for (const Merge &m : merges)
        yields.push_back(use(k == 0 ? m.then : m.otherwise, loc));
      mlir::scf::YieldOp::create(builder_, location(context_, loc), yields);
      leave();
    }
    auto op = mlir::scf::IfOp::create(builder_, location(context_, loc), types, cond, true, true);
    op.getThenRegion().takeBody(*regions[0]);
    op.getElseRegion().takeBody(*regions[1]);
    for (std::size_t k = 0; k < merges.size(); ++k)
      TraceList::rebind(*list.find(index, before[merges[k].index].id),
                        symbol(op.getResult(k), merges[k].then->type, loc, same_shape(merges[k].then, merges[k].otherwise, loc)));
    list.last = loc;
  } catch (...) {
    rollback(depth, before, loc, "if");
    throw;
  }
}

void TracerImpl::while_stmt(Condition cond, Block body, const LoopOptions &options, const SourceLocation &loc) {
  throw_pending();
  if (options.maximum_iterations < 0) {
    build_while(cond, body, loc);
    return;
  }
  Tensor turns = std::int64_t{0};
  auto limited = [&] {
    Tensor more;
    if_stmt(Operand(less(Operand(turns, {}), options.maximum_iterations), {}), [&] { more = cond(); }, [&] { more = Tensor(false); }, loc);
    return more;
  };
  build_while(limited, [&] {
    body();
    turns = add(Operand(turns, {}), 1);
  }, loc);
}

} // namespace weft::trace

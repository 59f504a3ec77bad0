// Loops of a trace: scf.while for conditions, scf.for for ranges and rows.
#include "lib/trace/regions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace weft::trace {

using namespace detail;
namespace arith = mlir::arith;

namespace {

mlir::Value ir_of(const ValueRef &v) {
  return mlir::Value::getFromOpaquePointer(static_cast<const SymbolicValue &>(*v).ir);
}

LoopState *opaque(Loop *l) { return reinterpret_cast<LoopState *>(l); }
Loop *loop_of(LoopState *l) { return reinterpret_cast<Loop *>(l); }

/// The shape with an open dimension where another one differs.
std::string open_where_different(Shape a, const Shape &b) {
  std::string text;
  for (int d = 0; d < a.rank(); ++d)
    text +=
        (d ? ", " : "") + (a[d] == b[d] && a[d] != weft::dynamic ? std::to_string(a[d]) : std::string("weft::dynamic"));
  return text;
}

/// The error of a use.
std::string never_assigned(const Loop &l, std::size_t i, const ValueRef &value, const Variables &names) {
  return fmt::format(
      "no turn of the loop at {} gave {}{} a value (it may have run zero times); assign it before the loop",
      l.loc.str(), names.subject(i, value), names.assigned(i, value));
}

std::string carried_error(std::size_t i, const ValueRef &init, const ValueRef &after, const char *when,
                          const Variables &names) {
  std::string subject = names.subject(i, has_value(after) ? after : init);
  if (!has_value(after))
    return fmt::format("\n  {} is {} before the loop{}, but has no value after {}{}", subject, to_string(init->type),
                       origin(init), when, names.assigned(i, after));
  const TensorType &from = init->type, &to = after->type;
  std::string hint;
  if (from.dtype != to.dtype)
    hint = fmt::format("; start with {}, or assign weft::cast(..., weft::{}) in the loop", name(to.dtype),
                       constant_name(from.dtype));
  else if (from.shape.rank() == to.shape.rank() && !names.is_named(i))
    hint = "; if its size is to change, a while_loop that is given LoopOptions with .shape_invariants says so";
  else if (from.shape.rank() == to.shape.rank())
    hint = fmt::format(
        "; if its size is to change, weft::loop_options({{.shape_invariants = {{{{{}, {{{}}}}}}}}}) says so",
        names.name(i), open_where_different(from.shape, to.shape));
  return fmt::format("\n  {} is {} before the loop{}, but {}{} after {}{}{}", subject, to_string(from), origin(init),
                     to_string(to), from == to ? ", of a size that is found while it runs," : "", when,
                     names.assigned(i, after), hint);
}

} // namespace

Loop *TracerImpl::open_loop(const ag::Site &site) {
  loops_.push_back(std::make_unique<Loop>());
  begin(*loops_.back(), site);
  return loops_.back().get();
}

void TracerImpl::drop_loop(Loop *l) {
  std::erase_if(loops_, [&](const auto &p) { return p.get() == l; });
}

/// A new argument for what is `like` a value, and behind it one for its flag.
ValueRef TracerImpl::add_argument(Loop &l, RegionRecord *r, const ValueRef &like, bool flagged,
                                  const std::string &unset) {
  return add_argument(l, r, like->type, open_shape(like), flagged, unset);
}

ValueRef TracerImpl::add_argument(Loop &l, RegionRecord *r, const TensorType &type, int shape, bool flagged,
                                  const std::string &unset) {
  mlir::Location loc = locate(l.loc);
  ValueRef v = symbol(r->block->addArgument(tensor_type(context_, type), loc), type, l.loc,
                      shapes_.again(type.shape, shape)); // in each turn another one
  auto &s = static_cast<SymbolicValue &>(*v);
  s.region = r;
  if (flagged) {
    s.assigned = r->block->addArgument(mlir::RankedTensorType::get({}, builder_.getI1Type()), loc).getAsOpaquePointer();
    s.unset = unset;
  }
  return v;
}

/// The shape that a tensor has in each turn, if an invariant says so: open where it changes.
std::optional<Shape> TracerImpl::invariant(const Loop &l, std::size_t i) {
  if (l.invariants.empty())
    return {};
  const TensorType &type = l.before[i].value->type;
  const Tensor *tensor = list.tensors(l.before)[i];
  std::optional<Shape> kept;
  for (const ShapeInvariant &s : l.invariants) {
    if (&s.tensor != tensor)
      continue;
    bool allowed = s.shape.rank() == type.shape.rank();
    for (int d = 0; allowed && d < s.shape.rank(); ++d)
      allowed = s.shape[d] == weft::dynamic || s.shape[d] == type.shape[d];
    kept = s.shape;
    if (!allowed)
      raise(ErrorKind::Shape, l.loc,
            fmt::format("{} is {} before the loop, which its shape invariant {} does not allow",
                        Variables(l, list).subject(i, l.before[i].value), to_string(type), to_string(s.shape)));
  }
  return kept;
}

/// Gives every tensor that has a value here a new block argument of region `r`.
void TracerImpl::bind_carried(Loop &l, RegionRecord *r) {
  l.places.resize(l.before.size());
  std::vector<ValueRef> next(l.before.size());
  for (std::size_t i = 0; i < l.before.size(); ++i) {
    const ValueRef &v = next[i] = l.before[i].value;
    bool outside = v && v->kind == Value::Kind::Symbolic &&
                   (static_cast<const SymbolicValue &>(*v).trace != id ||
                    !static_cast<RegionRecord *>(static_cast<const SymbolicValue &>(*v).region)->open);
    if (!has_value(v) || outside)
      continue;
    bool flagged = may_be_unassigned(v);
    std::optional<Shape> kept = invariant(l, i);
    next[i] = l.argument(l.places[i]) =
        add_argument(l, r, {v->type.dtype, kept.value_or(v->type.shape)}, kept ? -1 : open_shape(v), flagged,
                     flagged ? static_cast<const SymbolicValue &>(*v).unset : std::string());
    l.places[i].carried = kept.has_value();
  }
  list.rebind(l.before, next);
}

/// Makes the loop carry a tensor that had no value before it.
void TracerImpl::begin_carrying(Loop &l, std::size_t i, const ValueRef &like, const std::string &unset) {
  Loop::Place &p = l.places[i];
  bool flagged = !l.before[i].slot;
  p.fresh = true;
  if (!l.is_for()) {
    p.condition_arg = add_argument(l, l.condition, like, flagged, unset);
    if (!l.body)
      return;
    p.after_condition = p.condition_arg;
  }
  p.body_arg = add_argument(l, l.body, like, flagged, unset);
}

/// What a tensor without a value here may have from earlier turns of the `loops` outermost loops. Null where no loop is
/// around that it outlives.
ValueRef TracerImpl::earlier(std::uint64_t id, const ValueRef &like, std::size_t loops) {
  if (loops == 0)
    return {};
  Loop &l = *loops_[loops - 1];
  auto it = std::ranges::lower_bound(l.before, id, {}, [](const TraceList::Entry &e) { return e.id; });
  if (it == l.before.end() || it->id != id || it->value || it->slot)
    return {};
  auto i = static_cast<std::size_t>(it - l.before.begin());
  Loop::Place &p = l.places[i];
  if (!p.fresh && p.after_condition) // assigned in the condition, and taken away since
    return {};
  if (!p.fresh) {
    Variables names(l, list);
    begin_carrying(l, i, like, never_assigned(l, i, like, names));
  }
  return l.body ? p.body_arg : p.condition_arg;
}

/// Gives the body arguments for what the condition left: what the loop carries, and what the condition assigns first.
void TracerImpl::bind_body(Loop &l) {
  std::vector<ValueRef> next(l.before.size());
  l.places.resize(l.before.size());
  for (std::size_t i = 0; i < l.before.size(); ++i) {
    Loop::Place &p = l.places[i];
    const ValueRef &v = next[i] = p.after_condition;
    bool first = !p.condition_arg && has_value(v) && !(v == l.before[i].value);
    if (!p.condition_arg && !first)
      continue;
    if (!has_value(v))
      raise(ErrorKind::Trace, l.loc,
            fmt::format("the loop's condition leaves {} without a value; assign it on every way through the condition, "
                        "or before the loop",
                        Variables(l, list).subject(i, l.before[i].value)));
    bool flagged = may_be_unassigned(p.condition_arg ? p.condition_arg : v);
    const auto &like = static_cast<const SymbolicValue &>(*(p.condition_arg ? p.condition_arg : v));
    next[i] = p.body_arg = add_argument(l, l.body, p.condition_arg ? p.condition_arg : v, flagged,
                                        flagged ? like.unset : std::string());
    p.forwarded = first;
  }
  list.rebind(l.before, next);
}

void TracerImpl::while_stmt(FunctionRef<ag::Cond()> cond, Block body, std::span<const ShapeInvariant> invariants,
                            const ag::Site &site) {
  Loop *l = open_loop(site);
  l->invariants = invariants;
  try {
    build_while(*l, cond, body);
  } catch (...) {
    rollback(*l, "loop");
    drop_loop(l);
    throw;
  }
  drop_loop(l);
}

void TracerImpl::build_while(Loop &l, FunctionRef<ag::Cond()> cond, Block body) {
  l.condition = enter(l.condition_region, "condition of the loop", l.loc);
  bind_carried(l, l.condition);
  bool never = false;
  {
    ag::Cond c = cond();
    never = c.known() && !c.value();
    l.more = c.known() ? mlir::Value(arith::ConstantOp::create(builder_, locate(l.loc),
                                                               builder_.getBoolAttr(c.value())))
                       : condition(Operand(c), "while", l.loc);
  }
  if (!l.loc.line) // weft::while_loop has no place of its own: its condition's stands for it
    l.loc = list.last;
  std::vector<ValueRef> after = states(l, "condition");
  l.places.resize(l.before.size());
  for (std::size_t i = 0; i < after.size(); ++i)
    l.places[i].after_condition = after[i];
  leave();

  l.body = enter(l.body_region, "body of the loop", l.loc);
  bind_body(l);
  if (!never)
    body();
  finish_loop(l);
}

/// Whether `v` may be the next value of what the loop carries, as `carried` at first. Sizes may change where they did
/// before, or by an invariant.
bool TracerImpl::fits(const ValueRef &carried, const ValueRef &v) const {
  if (!has_value(v) || v->type.dtype != carried->type.dtype || v->type.shape.rank() != carried->type.shape.rank())
    return false;
  bool changes = shapes_.is_found(open_shape(carried));
  if (!changes && shapes_.is_found(open_shape(v)))
    return false;
  for (int d = 0; d < v->type.shape.rank(); ++d)
    if (v->type.shape[d] != carried->type.shape[d] && !(changes && carried->type.shape[d] == weft::dynamic))
      return false;
  return true;
}

/// Finds out what the loop did to each tensor; all type errors are reported together.
void TracerImpl::collect_carried(Loop &l) {
  std::string errors;
  std::optional<Variables> variables;
  auto names = [&]() -> const Variables & { return variables ? *variables : variables.emplace(l, list); };
  for (std::size_t i = 0; i < l.before.size(); ++i) {
    Loop::Place &p = l.places[i];
    const ValueRef &before = l.before[i].value, &after = p.after_body;
    if (!l.argument(p)) {
      if (p.forwarded || !has_value(after) || after == before)
        continue;
      std::string unset;
      if (!l.before[i].slot)
        unset = never_assigned(l, i, after, names());
      begin_carrying(l, i, after, unset);
    }
    ValueRef arg = l.argument(p);
    // What ends a turn as it was before the loop is the same in every turn.
    bool condition_kept = l.is_for() || p.after_condition == p.condition_arg;
    if (!p.fresh && !p.carried && condition_kept && (after == p.body_arg || after == before))
      continue;
    const ValueRef &init = p.fresh ? arg : before;
    if (!l.is_for() && !fits(arg, p.after_condition))
      errors += carried_error(i, init, p.after_condition, "its condition", names());
    else if (!fits(arg, after))
      errors += carried_error(i, init, after, "one turn", names());
    p.carried = true;
  }
  if (!errors.empty())
    raise(ErrorKind::Trace, l.loc, "the loop changes the type of what it carries:" + errors);
}

void TracerImpl::pass_on(const ValueRef &v, const TensorType &type, bool flagged, const SourceLocation &loc,
                         llvm::SmallVectorImpl<mlir::Value> &values) {
  values.push_back(widened(flagged ? raw(v, loc) : use(v, loc), tensor_type(context_, type), loc));
  if (flagged)
    values.push_back(assigned(v, loc));
}

void TracerImpl::finish_loop(Loop &l) {
  std::vector<ValueRef> after = states(l, "body");
  l.places.resize(l.before.size());
  for (std::size_t i = 0; i < after.size(); ++i)
    l.places[i].after_body = after[i];
  collect_carried(l);
  llvm::SmallVector<mlir::Value> yields;
  for (Loop::Place &p : l.places)
    if (p.carried)
      pass_on(p.after_body, l.argument(p)->type, may_be_unassigned(l.argument(p)), l.loc, yields);
  mlir::scf::YieldOp::create(builder_, locate(l.loc), yields);
  leave();
  mlir::Operation *op = l.is_for() ? build_for(l) : build_while_op(l);
  bind_results(l, op);
  end(l);
}

namespace {

mlir::Value flag_of(const ValueRef &v) {
  return mlir::Value::getFromOpaquePointer(static_cast<const SymbolicValue &>(*v).assigned);
}

/// Puts `v`, where it is used, in the place of an argument.
void replace(const ValueRef &arg, mlir::Value v, mlir::Value flag) {
  ir_of(arg).replaceAllUsesWith(v);
  if (flag)
    flag_of(arg).replaceAllUsesWith(flag);
}

bool is_used(const ValueRef &arg) {
  return arg && (!ir_of(arg).use_empty() || (may_be_unassigned(arg) && !flag_of(arg).use_empty()));
}

void append(llvm::SmallVectorImpl<mlir::Value> &values, const ValueRef &arg) {
  values.push_back(ir_of(arg));
  if (may_be_unassigned(arg))
    values.push_back(flag_of(arg));
}

/// Leaves a block with its first arguments and `order`, in that order.
void arrange(mlir::Block *block, unsigned first, llvm::ArrayRef<mlir::Value> order) {
  unsigned old = block->getNumArguments();
  for (mlir::Value v : order)
    v.replaceAllUsesWith(block->addArgument(v.getType(), v.getLoc()));
  block->eraseArguments(first, old - first);
}

} // namespace

/// The first values of what the loop carries. What it does not change is in its regions what it is outside.
llvm::SmallVector<mlir::Value> TracerImpl::initial_values(Loop &l) {
  llvm::SmallVector<mlir::Value> inits;
  for (std::size_t i = 0; i < l.places.size(); ++i) {
    Loop::Place &p = l.places[i];
    ValueRef arg = l.argument(p);
    if (!arg)
      continue;
    if (p.fresh) {
      ValueRef outer = l.before[i].slot ? ValueRef() : earlier(l.before[i].id, arg, loops_.size() - 1);
      if (outer) {
        pass_on(outer, arg->type, true, l.loc, inits);
        continue;
      }
      inits.push_back(zero(tensor_type(context_, arg->type), l.loc));
      if (may_be_unassigned(arg))
        inits.push_back(flag(false, l.loc));
    } else if (p.carried) {
      pass_on(l.before[i].value, arg->type, may_be_unassigned(arg), l.loc, inits);
    } else if (is_used(p.condition_arg) || is_used(p.body_arg)) {
      llvm::SmallVector<mlir::Value, 2> outside;
      pass_on(l.before[i].value, arg->type, may_be_unassigned(arg), l.loc, outside);
      mlir::Value flag = outside.size() == 2 ? outside[1] : mlir::Value();
      for (const ValueRef &a : {p.body_arg, p.condition_arg})
        if (a)
          replace(a, outside[0], flag);
    }
  }
  return inits;
}

mlir::Operation *TracerImpl::build_for(Loop &l) {
  llvm::SmallVector<mlir::Value> inits = initial_values(l), order;
  for (const Loop::Place &p : l.places)
    if (p.carried)
      append(order, p.body_arg);
  arrange(l.body->block, 1, order);
  auto op =
      mlir::scf::ForOp::create(builder_, locate(l.loc), l.lower, l.upper, l.step, inits, nullptr, l.counts);
  op.getRegion().takeBody(*l.body_region);
  return op;
}

mlir::Operation *TracerImpl::build_while_op(Loop &l) {
  mlir::Location loc = locate(l.loc);
  llvm::SmallVector<mlir::Value> passed, condition_order, body_order;
  resume(l.condition);
  for (const Loop::Place &p : l.places)
    if (p.carried) {
      pass_on(p.after_condition, p.condition_arg->type, may_be_unassigned(p.condition_arg), l.loc, passed);
      append(condition_order, p.condition_arg);
      append(body_order, p.body_arg);
    }
  for (const Loop::Place &p : l.places)
    if (p.forwarded) {
      pass_on(p.after_condition, p.body_arg->type, may_be_unassigned(p.body_arg), l.loc, passed);
      append(body_order, p.body_arg);
    }
  // From here on all that is read of the arguments has a use.
  auto condition = mlir::scf::ConditionOp::create(builder_, loc, l.more, passed);
  leave();

  llvm::SmallVector<mlir::Value> inits = initial_values(l);
  arrange(l.condition->block, 0, condition_order);
  arrange(l.body->block, 0, body_order);
  auto op = mlir::scf::WhileOp::create(builder_, loc, condition.getArgs().getTypes(), inits);
  op.getBefore().takeBody(*l.condition_region);
  op.getAfter().takeBody(*l.body_region);
  return op;
}

/// After the loop: changed tensors are its results, the others have their old value.
void TracerImpl::bind_results(Loop &l, mlir::Operation *op) {
  std::vector<ValueRef> next;
  for (const TraceList::Entry &e : l.before)
    next.push_back(e.value);
  unsigned k = 0;
  auto bind = [&](std::size_t i, const ValueRef &like, int shape) {
    next[i] = symbol(op->getResult(k++), like->type, l.loc, shapes_.again(like->type.shape, shape));
    if (!may_be_unassigned(like))
      return;
    auto &s = static_cast<SymbolicValue &>(*next[i]);
    s.assigned = op->getResult(k++).getAsOpaquePointer();
    s.unset = static_cast<const SymbolicValue &>(*like).unset;
  };
  for (std::size_t i = 0; i < l.places.size(); ++i) {
    Loop::Place &p = l.places[i];
    if (!p.carried)
      continue;
    ValueRef arg = l.argument(p);
    int shape = open_shape(arg);
    if (!shapes_.is_found(shape)) {
      if (!l.is_for())
        same_shape(arg, p.after_condition, l.loc);
      shape = same_shape(arg, p.after_body, l.loc);
    }
    bind(i, arg, shape);
  }
  for (std::size_t i = 0; i < l.places.size(); ++i)
    if (l.places[i].forwarded)
      bind(i, l.places[i].body_arg, open_shape(l.places[i].after_condition));
  list.rebind(l.before, next);
}

// --- for loops, driven by iterators

namespace {

/// How many turns a range takes, as an unsigned number: every distance of 64-bit integers is one. `step` is not 0.
mlir::Value turn_count(ScalarBuilder &b, bool is_signed, mlir::Value start, mlir::Value stop, mlir::Value step) {
  mlir::Type type = start.getType();
  mlir::Value zero = b.constantInt(type, 0), one = b.constantInt(type, 1);
  auto less = is_signed ? arith::CmpIPredicate::slt : arith::CmpIPredicate::ult;
  mlir::Value some = b.create<arith::CmpIOp>(less, start, stop), distance = b.sub(stop, start);
  if (is_signed) {
    mlir::Value down = b.cmp(ScalarBuilder::Lt, step, zero);
    some = b.select(down, b.cmp(ScalarBuilder::Lt, stop, start), some);
    distance = b.select(down, b.sub(start, stop), distance);
    step = b.select(down, b.sub(zero, step), step);
  }
  mlir::Value turns = b.add(b.create<arith::DivUIOp>(b.sub(distance, one), step), one);
  return b.select(some, turns, zero);
}

/// Whether a range's step is known to be 1.
bool is_one(const detail::Value &step) {
  std::uint64_t word = 0;
  if (step.kind == detail::Value::Kind::Concrete)
    std::memcpy(&word, step.data, itemsize(step.type.dtype));
  return word == 1;
}

} // namespace

RangeTurns TracerImpl::count_turns(const Range &range) {
  const SourceLocation &where = range.loc();
  mlir::Location loc = locate(where);
  mlir::Value bounds[3];
  const Tensor *tensors[] = {&range.start(), &range.stop(), &range.step()};
  for (int k = 0; k < 3; ++k)
    bounds[k] = extract(use(tensors[k]->checked(where), where), where);
  ValueRef by = tensors[2]->checked(where);
  DType dtype = by->type.dtype;
  ScalarBuilder scalars(builder_, loc);
  RangeTurns r{is_one(*by) && is_signed_integer(dtype), bounds[0], bounds[1], bounds[2], {}};
  if (r.direct)
    return r;
  mlir::Type i64 = builder_.getI64Type();
  mlir::Value start = scalars.cast(bounds[0], i64), step = scalars.cast(bounds[2], i64);
  if (by->kind != Value::Kind::Concrete) {
    mlir::Value moves = scalars.cmp(ScalarBuilder::Ne, step, constant_i64(0, loc));
    CheckOp::create(builder_, loc, moves, mlir::ValueRange{}, "the step of a range cannot be zero",
                    static_cast<std::int32_t>(ErrorKind::Check));
    step = scalars.select(moves, step, constant_i64(1, loc));
  }
  r.start = start, r.step = step;
  r.turns = turn_count(scalars, is_signed_integer(dtype), start, scalars.cast(bounds[1], i64), step);
  return r;
}

ValueRef TracerImpl::turns(const Range &range) {
  throw_pending();
  RangeTurns r = count_turns(range);
  mlir::Value turns = r.turns;
  if (!turns) {
    ScalarBuilder scalars(builder_, locate(range.loc()));
    mlir::Type i64 = builder_.getI64Type();
    turns = turn_count(scalars, true, scalars.cast(r.start, i64), scalars.cast(r.stop, i64),
                       constant_i64(1, locate(range.loc())));
  }
  return symbol(from_scalar(turns, range.loc()), {DType::Int64, {}}, range.loc());
}

LoopState *TracerImpl::open_range(const Range &range, const ag::Site &site) {
  const SourceLocation &where = range.loc();
  throw_pending();
  mlir::Location loc = locate(where);
  DType dtype = range.step().checked(where)->type.dtype;
  ScalarBuilder scalars(builder_, loc);
  // Else the turns are counted, so that neither a negative step nor an overflow nor an unsigned bound needs another
  // loop.
  RangeTurns r = count_turns(range);
  mlir::Value zero = r.direct ? mlir::Value() : constant_i64(0, loc),
              one = r.direct ? mlir::Value() : constant_i64(1, loc);
  Loop *l = open_loop(site);
  l->counts = !r.direct;
  l->lower = r.direct ? r.start : zero;
  l->upper = r.direct ? r.stop : r.turns;
  l->step = r.direct ? r.step : one;
  l->body = enter(l->body_region, "body of the loop", l->loc);
  mlir::Value iv = l->body->block->addArgument(l->lower.getType(), loc);
  bind_carried(*l, l->body);
  if (!r.direct)
    iv = scalars.cast(scalars.add(r.start, scalars.mul(iv, r.step)), element_type(context_, dtype));
  l->index = symbol(from_scalar(iv, where), {dtype, {}}, where);
  return opaque(l);
}

LoopState *TracerImpl::open_rows(const ValueRef &rows, const ag::Site &site) {
  const SourceLocation &where = site.loc();
  throw_pending();
  if (rows->type.shape.rank() == 0)
    raise(ErrorKind::Shape, where, "a tensor of rank 0 has no rows to loop over");
  mlir::Location loc = locate(where);
  mlir::Value x = use(rows, where);
  std::int64_t n = rows->type.shape[0];
  mlir::Value upper = n != weft::dynamic ? constant_i64(n, loc)
                                         : arith::IndexCastOp::create(builder_, loc, builder_.getI64Type(),
                                                                      mlir::tensor::DimOp::create(builder_, loc, x, 0))
                                               .getResult();
  mlir::Value lower = constant_i64(0, loc), step = constant_i64(1, loc);
  Loop *l = open_loop(site);
  l->lower = lower, l->upper = upper, l->step = step;
  l->rows = symbol(x, rows->type, where, open_shape(rows));
  l->body = enter(l->body_region, "body of the loop", where);
  mlir::Value iv = l->body->block->addArgument(builder_.getI64Type(), loc);
  bind_carried(*l, l->body);
  l->index = symbol(from_scalar(iv, where), {DType::Int64, {}}, where);
  return opaque(l);
}

ValueRef TracerImpl::iterate(LoopState *state) {
  Loop *l = loop_of(state);
  if (!l->rows)
    return l->index;
  return Tensor(l->rows)[Operand(Tensor(l->index), {})].checked(l->loc);
}

void TracerImpl::close(LoopState *state) {
  Loop *l = loop_of(state);
  try {
    finish_loop(*l);
  } catch (...) {
    rollback(*l, "loop");
    drop_loop(l);
    throw;
  }
  drop_loop(l);
}

void TracerImpl::abandon(LoopState *state, bool unwinding) noexcept {
  Loop *l = loop_of(state);
  rollback(*l, "loop");
  if (!unwinding)
    list.pending =
        "break or return left this traced loop: compile with weft-c++ or add weft_autograph(target), or write the loop "
        "with weft::ag::while_stmt";
  drop_loop(l);
}

} // namespace weft::trace

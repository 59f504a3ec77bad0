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

/// " (computed at f.cpp:3:8)" or " (the value 0)".
std::string origin(const ValueRef &v) {
  if (v->kind == Value::Kind::Symbolic) {
    std::string place = static_cast<const SymbolicValue &>(*v).loc.str();
    return place.empty() ? "" : fmt::format(" (computed at {})", place);
  }
  return v->type.shape.rank() == 0 ? fmt::format(" (the value {})", print_text(v->type, v->data)) : "";
}

/// The shape with an open dimension where another one differs.
std::string open_where_different(Shape a, const Shape &b) {
  std::string text;
  for (int d = 0; d < a.rank(); ++d)
    text +=
        (d ? ", " : "") + (a[d] == b[d] && a[d] != weft::dynamic ? std::to_string(a[d]) : std::string("weft::dynamic"));
  return text;
}

std::string carried_error(const Loop &l, std::size_t i, const ValueRef &after, const char *when,
                          const Variables &names) {
  const ValueRef &init = l.before[i].value;
  std::string subject = names.subject(i, has_value(after) ? after : init);
  if (!has_value(after))
    return fmt::format("\n  {} is {} before the loop{}, but has no value after {}{}", subject, to_string(init->type),
                       origin(init), when, names.assigned(i, after));
  const TensorType &from = init->type, &to = after->type;
  std::string hint;
  if (from.dtype != to.dtype)
    hint = fmt::format("; start with {}, or assign weft::cast(..., weft::{}) in the loop", name(to.dtype),
                       constant_name(from.dtype));
  else if (from.shape.rank() == to.shape.rank())
    hint = fmt::format(
        "; if its size is to change, weft::loop_options({{.shape_invariants = {{{{{}, {{{}}}}}}}}}) says so",
        names.name(i), open_where_different(from.shape, to.shape));
  return fmt::format("\n  {} is {} before the loop{}, but {} after {}{}{}", subject, to_string(from), origin(init),
                     to_string(to), when, names.assigned(i, after), hint);
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

/// Gives every tensor that has a value here a new block argument of region `r`.
void TracerImpl::bind_carried(Loop &l, std::vector<ValueRef> &args, RegionRecord *r) {
  args.assign(l.before.size(), {});
  std::vector<ValueRef> next(l.before.size());
  mlir::Location loc = location(context_, l.loc);
  for (std::size_t i = 0; i < l.before.size(); ++i) {
    const ValueRef &v = next[i] = l.before[i].value;
    bool outside = v && v->kind == Value::Kind::Symbolic &&
                   (static_cast<const SymbolicValue &>(*v).trace != id ||
                    !static_cast<RegionRecord *>(static_cast<const SymbolicValue &>(*v).region)->open);
    if (!has_value(v) || outside)
      continue;
    args[i] = symbol(r->block->addArgument(tensor_type(context_, v->type), loc), v->type, l.loc, open_shape(v));
    next[i] = args[i];
  }
  list.rebind(l.before, next);
}

/// Gives the body arguments for what the condition left: what the loop carries, and what the condition assigns first.
void TracerImpl::bind_body(Loop &l) {
  mlir::Location loc = location(context_, l.loc);
  l.body_args.assign(l.before.size(), {});
  std::vector<ValueRef> next = l.after_condition;
  for (std::size_t i = 0; i < l.before.size(); ++i) {
    const ValueRef &v = l.after_condition[i];
    bool carried = Loop::at(l.condition_args, i) != nullptr;
    bool first = !carried && has_value(v) && !(v == l.before[i].value);
    if (!carried && !first)
      continue;
    if (!has_value(v))
      raise(ErrorKind::Trace, l.loc,
            fmt::format("the loop's condition leaves {} without a value; assign it on every way through the condition, "
                        "or before the loop",
                        Variables(l, list).subject(i, l.before[i].value)));
    ValueRef s = symbol(l.body->block->addArgument(tensor_type(context_, v->type), loc), v->type, l.loc, open_shape(v));
    next[i] = s;
    if (first) {
      l.forwarded.push_back(i);
      l.forwarded_args.push_back(s);
    } else
      l.body_args[i] = s;
  }
  list.rebind(l.before, next);
}

void TracerImpl::while_stmt(FunctionRef<ag::Cond()> cond, Block body, std::span<const ShapeInvariant>,
                            const ag::Site &site) {
  Loop *l = open_loop(site);
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
  bind_carried(l, l.condition_args, l.condition);
  bool never = false;
  {
    ag::Cond c = cond();
    never = c.known() && !c.value();
    l.more = c.known() ? mlir::Value(arith::ConstantOp::create(builder_, location(context_, l.loc),
                                                               builder_.getBoolAttr(c.value())))
                       : condition(Operand(c), "while", l.loc);
  }
  if (!l.loc.line) // weft::while_loop has no place of its own: its condition's stands for it
    l.loc = list.last;
  l.after_condition = states(l, "condition");
  leave();

  l.body = enter(l.body_region, "body of the loop", l.loc);
  bind_body(l);
  if (!never)
    body();
  finish_loop(l);
}

/// Sorts the tensors by what the loop did to them; all type errors are reported together.
void TracerImpl::collect_carried(Loop &l) {
  std::string errors;
  std::optional<Variables> variables;
  l.is_carried.assign(l.before.size(), false);
  std::vector<bool> forwarded(l.before.size());
  for (std::size_t i : l.forwarded)
    forwarded[i] = true;
  for (std::size_t i = 0; i < l.before.size(); ++i) {
    const ValueRef &before = l.before[i].value, &after = l.after_body[i];
    ValueRef arg = Loop::at(l.is_for() ? l.body_args : l.condition_args, i);
    if (!arg) {
      if (!forwarded[i] && has_value(after) && !(after == before)) {
        l.late.push_back(i);
        l.flagged |= !l.before[i].slot;
      }
      continue;
    }
    bool condition_kept = l.is_for() || l.after_condition[i] == l.condition_args[i];
    // What ends a turn as it was before the loop is the same in every turn.
    if (condition_kept && (after == l.body_args[i] || after == before))
      continue;
    if (!variables && ((!l.is_for() && l.after_condition[i]->type != before->type) || !has_value(after) ||
                       after->type != before->type))
      variables.emplace(l, list);
    if (!l.is_for() && l.after_condition[i]->type != before->type)
      errors += carried_error(l, i, l.after_condition[i], "its condition", *variables);
    else if (!has_value(after) || after->type != before->type)
      errors += carried_error(l, i, after, "one turn", *variables);
    l.carried.push_back(i);
    l.is_carried[i] = true;
  }
  if (!errors.empty())
    raise(ErrorKind::Trace, l.loc, "the loop changes the type of what it carries:" + errors);
}

void TracerImpl::finish_loop(Loop &l) {
  l.after_body = states(l, "body");
  collect_carried(l);
  mlir::Location loc = location(context_, l.loc);
  // The body's yield: the carried values, then the late ones and the flag.
  llvm::SmallVector<mlir::Value> yields;
  for (std::size_t i : l.carried)
    yields.push_back(use(l.after_body[i], l.loc));
  for (std::size_t i : l.late)
    yields.push_back(use(l.after_body[i], l.loc));
  if (l.flagged)
    yields.push_back(from_scalar(arith::ConstantOp::create(builder_, loc, builder_.getBoolAttr(true)), l.loc));
  mlir::scf::YieldOp::create(builder_, loc, yields);
  leave();
  mlir::Operation *op = l.is_for() ? build_for(l) : build_while_op(l);
  bind_results(l, op);
  end(l);
}

namespace {

/// Removes the block arguments of tensors the loop left alone: inside they are the value from outside.
void fold_unchanged(mlir::Block *block, const std::vector<ValueRef> &args, llvm::ArrayRef<mlir::Value> outside,
                    const std::vector<bool> &carried) {
  llvm::BitVector dead(block->getNumArguments());
  for (std::size_t i = 0; i < args.size(); ++i)
    if (args[i] && !carried[i]) {
      auto arg = llvm::cast<mlir::BlockArgument>(ir_of(args[i]));
      if (outside[i])
        arg.replaceAllUsesWith(outside[i]);
      dead.set(arg.getArgNumber());
    }
  block->eraseArguments(dead);
}

} // namespace

/// The first values of what the loop assigns first: zeros, and that it has not run.
void TracerImpl::add_late(Loop &l, llvm::SmallVectorImpl<mlir::Value> &inits) {
  for (std::size_t i : l.late)
    inits.push_back(zero(tensor_type(context_, l.after_body[i]->type), l.loc));
  if (l.flagged)
    inits.push_back(from_scalar(
        arith::ConstantOp::create(builder_, location(context_, l.loc), builder_.getBoolAttr(false)), l.loc));
}

mlir::Operation *TracerImpl::build_for(Loop &l) {
  mlir::Location loc = location(context_, l.loc);
  llvm::SmallVector<mlir::Value> outside(l.before.size()), inits;
  for (std::size_t i = 0; i < l.body_args.size(); ++i)
    if (l.body_args[i] && (!ir_of(l.body_args[i]).use_empty() || l.is_carried[i]))
      outside[i] = use(l.before[i].value, l.loc);
  for (std::size_t i : l.carried)
    inits.push_back(outside[i]);
  add_late(l, inits);
  for (mlir::Value v : llvm::ArrayRef(inits).drop_front(l.carried.size()))
    l.body->block->addArgument(v.getType(), loc);
  fold_unchanged(l.body->block, l.body_args, outside, l.is_carried);
  auto op = mlir::scf::ForOp::create(builder_, loc, l.lower, l.upper, l.step, inits, nullptr, l.counts);
  op.getRegion().takeBody(*l.body_region);
  return op;
}

mlir::Operation *TracerImpl::build_while_op(Loop &l) {
  mlir::Location loc = location(context_, l.loc);
  llvm::SmallVector<mlir::Value> outside(l.before.size()), inits, forwarded;
  resume(l.condition);
  for (std::size_t i : l.carried)
    forwarded.push_back(use(l.after_condition[i], l.loc));
  for (std::size_t i : l.forwarded)
    forwarded.push_back(use(l.after_condition[i], l.loc));
  leave();

  llvm::DenseSet<mlir::Value> passed(forwarded.begin(), forwarded.end());
  for (std::size_t i = 0; i < l.condition_args.size(); ++i)
    if (l.condition_args[i] && (!ir_of(l.condition_args[i]).use_empty() || passed.contains(ir_of(l.condition_args[i])) ||
                                !ir_of(l.body_args[i]).use_empty() || l.is_carried[i]))
      outside[i] = use(l.before[i].value, l.loc);
  for (std::size_t i : l.carried)
    inits.push_back(outside[i]);

  std::size_t first_late = inits.size();
  add_late(l, inits);
  for (mlir::Value v : llvm::ArrayRef(inits).drop_front(first_late)) {
    forwarded.push_back(l.condition->block->addArgument(v.getType(), loc));
    l.body->block->addArgument(v.getType(), loc);
  }
  // Before anything is folded: what is passed on may be an argument that the loop left unchanged.
  builder_.setInsertionPointToEnd(l.condition->block);
  auto passes = mlir::scf::ConditionOp::create(builder_, loc, l.more, forwarded);
  builder_.setInsertionPointToEnd(stack_.back()->block);
  // The condition's values first: the body's unchanged arguments become what the condition saw.
  fold_unchanged(l.body->block, l.body_args, outside, l.is_carried);
  fold_unchanged(l.condition->block, l.condition_args, outside, l.is_carried);
  forwarded.assign(passes.getArgs().begin(), passes.getArgs().end());

  // The body's arguments were made in the order of the tensors; scf.while wants them in the order of what is forwarded.
  llvm::SmallVector<mlir::Value> order;
  for (std::size_t i : l.carried)
    order.push_back(ir_of(l.body_args[i]));
  for (const ValueRef &v : l.forwarded_args)
    order.push_back(ir_of(v));
  mlir::Block *body = l.body->block;
  unsigned old = body->getNumArguments(), late = inits.size() - first_late;
  llvm::SmallVector<mlir::Value> tail(body->getArguments().take_back(late));
  order.append(tail.begin(), tail.end());
  for (mlir::Value v : order)
    v.replaceAllUsesWith(body->addArgument(v.getType(), loc));
  body->eraseArguments(0, old);

  auto op = mlir::scf::WhileOp::create(builder_, loc, mlir::ValueRange(forwarded).getTypes(), inits);
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
  for (std::size_t i : l.carried) {
    const ValueRef &before = l.before[i].value;
    if (!l.is_for())
      same_shape(before, l.after_condition[i], l.loc);
    int shape = same_shape(before, l.after_body[i], l.loc);
    next[i] = symbol(op->getResult(k++), before->type, l.loc, shape);
  }
  for (std::size_t i : l.forwarded)
    next[i] = symbol(op->getResult(k++), l.after_condition[i]->type, l.loc, open_shape(l.after_condition[i]));
  mlir::Value ran = l.flagged ? mlir::Value(op->getResults().back()) : mlir::Value();
  std::optional<Variables> variables;
  for (std::size_t i : l.late) {
    next[i] = symbol(op->getResult(k++), l.after_body[i]->type, l.loc, open_shape(l.after_body[i]));
    if (l.before[i].slot)
      continue;
    if (!variables)
      variables.emplace(l, list);
    auto &s = static_cast<SymbolicValue &>(*next[i]);
    s.ran = ran.getAsOpaquePointer();
    s.loop = l.loc;
    s.variable = variables->subject(i, nullptr);
    if (std::string place = variables->assigned(i, l.after_body[i]); !place.empty())
      s.variable += place;
    else if (l.after_body[i]->kind == Value::Kind::Symbolic)
      s.variable += fmt::format(" (assigned at {})", static_cast<const SymbolicValue &>(*l.after_body[i]).loc.str());
  }
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
  mlir::Location loc = location(context_, where);
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
    ScalarBuilder scalars(builder_, location(context_, range.loc()));
    mlir::Type i64 = builder_.getI64Type();
    turns = turn_count(scalars, true, scalars.cast(r.start, i64), scalars.cast(r.stop, i64),
                       constant_i64(1, location(context_, range.loc())));
  }
  return symbol(from_scalar(turns, range.loc()), {DType::Int64, {}}, range.loc());
}

LoopState *TracerImpl::open_range(const Range &range, const ag::Site &site) {
  const SourceLocation &where = range.loc();
  throw_pending();
  mlir::Location loc = location(context_, where);
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
  bind_carried(*l, l->body_args, l->body);
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
  mlir::Location loc = location(context_, where);
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
  bind_carried(*l, l->body_args, l->body);
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

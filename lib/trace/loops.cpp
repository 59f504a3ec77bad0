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

std::string carried_error(const Loop &l, std::size_t i, const ValueRef &after, const char *when) {
  const ValueRef &init = l.before[i].value;
  if (!has_value(after))
    return fmt::format("\n  {} ({} before the loop) has no value after {}", assigned_at(init), to_string(init->type), when);
  if (after->type == init->type)
    return {};
  std::string hint = after->type.dtype != init->type.dtype ? fmt::format("; start with {0}, or weft::cast(x, weft::{1}) in the loop",
                                                                         name(after->type.dtype), constant_name(init->type.dtype))
                                                           : std::string();
  return fmt::format("\n  {} is {} before the loop, but {} after {}{}", assigned_at(after), to_string(init->type),
                     to_string(after->type), when, hint);
}

} // namespace

Loop *TracerImpl::open_loop(const SourceLocation &loc) {
  throw_pending();
  loops_.push_back(std::make_unique<Loop>());
  Loop *l = loops_.back().get();
  l->loc = loc;
  l->depth = stack_.size();
  l->before = list.snapshot();
  return l;
}

/// Gives every tensor that has a value here a new block argument of region `r`.
void TracerImpl::bind_carried(Loop &l, std::vector<ValueRef> &args, RegionRecord *r) {
  auto index = list.index();
  args.assign(l.before.size(), {});
  for (std::size_t i = 0; i < l.before.size(); ++i) {
    const ValueRef &v = l.before[i].value;
    bool outside = v && v->kind == Value::Kind::Symbolic &&
                   (static_cast<const SymbolicValue &>(*v).trace != id || !static_cast<RegionRecord *>(static_cast<const SymbolicValue &>(*v).region)->open);
    if (!has_value(v) || outside)
      continue;
    mlir::Value arg = r->block->addArgument(tensor_type(context_, v->type), location(context_, l.loc));
    args[i] = symbol(arg, v->type, l.loc, open_shape(v));
    TraceList::rebind(*list.find(index, l.before[i].id), args[i]);
  }
}

void TracerImpl::build_while(Condition cond, Block body, const SourceLocation &loc) {
  Loop *l = open_loop(loc);
  try {
    l->condition = enter(l->condition_region, "condition of the loop", loc);
    bind_carried(*l, l->condition_args, l->condition);
    {
      Tensor c = cond();
      l->more = condition(Operand(c, {}), "while", loc);
    }
    if (!loc.line) // weft::while_loop has no place of its own: its condition's stands for it
      l->loc = list.last;
    l->after_condition = states(l->before, "condition", loc);
    leave();

    l->body = enter(l->body_region, "body of the loop", loc);
    auto index = list.index();
    l->body_args.assign(l->before.size(), {});
    for (std::size_t i = 0; i < l->before.size(); ++i) {
      const ValueRef &v = l->after_condition[i];
      bool first = !l->condition_args[i] && has_value(v) && !(v == l->before[i].value);
      if (!l->condition_args[i] && !first)
        continue;
      if (!has_value(v))
        raise(ErrorKind::Trace, loc,
              fmt::format("the loop's condition leaves {} without a value; assign it on every way through the condition, or before the loop",
                          assigned_at(l->before[i].value)));
      mlir::Value arg = l->body->block->addArgument(tensor_type(context_, v->type), location(context_, loc));
      ValueRef s = symbol(arg, v->type, loc, open_shape(v));
      TraceList::rebind(*list.find(index, l->before[i].id), s);
      if (first) {
        l->forwarded.push_back(i);
        l->forwarded_args.push_back(s);
      } else
        l->body_args[i] = s;
    }
    body();
    finish_loop(*l);
  } catch (...) {
    rollback(l->depth, l->before, loc, "loop");
    std::erase_if(loops_, [&](const auto &p) { return p.get() == l; });
    throw;
  }
  std::erase_if(loops_, [&](const auto &p) { return p.get() == l; });
}

/// Sorts the tensors by what the loop did to them; all type errors are reported together.
void TracerImpl::collect_carried(Loop &l) {
  std::string errors;
  for (std::size_t i = 0; i < l.before.size(); ++i) {
    const ValueRef &arg = l.is_for() ? l.body_args[i] : l.condition_args[i];
    if (!arg) {
      bool forwarded = std::find(l.forwarded.begin(), l.forwarded.end(), i) != l.forwarded.end();
      if (!forwarded && has_value(l.after_body[i]) && !(l.after_body[i] == l.before[i].value))
        l.late.push_back(i);
      continue;
    }
    bool condition_kept = l.is_for() || l.after_condition[i] == l.condition_args[i];
    if (condition_kept && l.after_body[i] == l.body_args[i])
      continue;
    std::string e = l.is_for() ? "" : carried_error(l, i, l.after_condition[i], "its condition");
    if (e.empty())
      e = carried_error(l, i, l.after_body[i], "one turn");
    errors += e;
    l.carried.push_back(i);
  }
  if (!errors.empty())
    raise(ErrorKind::Trace, l.loc, "the loop changes the type of what it carries:" + errors);
}

void TracerImpl::finish_loop(Loop &l) {
  l.after_body = states(l.before, "body", l.loc);
  collect_carried(l);
  mlir::Location loc = location(context_, l.loc);
  // The body's yield: the carried values, then the late ones and the flag.
  llvm::SmallVector<mlir::Value> yields;
  for (std::size_t i : l.carried)
    yields.push_back(use(l.after_body[i], l.loc));
  for (std::size_t i : l.late)
    yields.push_back(use(l.after_body[i], l.loc));
  if (!l.late.empty())
    yields.push_back(from_scalar(arith::ConstantOp::create(builder_, loc, builder_.getBoolAttr(true)), l.loc));
  mlir::scf::YieldOp::create(builder_, loc, yields);
  leave();
  mlir::Operation *op = l.is_for() ? build_for(l) : build_while_op(l);
  restore(l.before);
  bind_results(l, op);
  list.last = l.loc;
}

namespace {

/// Removes the block arguments of tensors the loop left alone: inside they are the value from outside.
void fold_unchanged(mlir::Block *block, const std::vector<ValueRef> &args, llvm::ArrayRef<mlir::Value> outside,
                    const std::vector<std::size_t> &carried) {
  llvm::BitVector dead(block->getNumArguments());
  for (std::size_t i = 0; i < args.size(); ++i)
    if (args[i] && std::find(carried.begin(), carried.end(), i) == carried.end()) {
      auto arg = llvm::cast<mlir::BlockArgument>(ir_of(args[i]));
      if (outside[i])
        arg.replaceAllUsesWith(outside[i]);
      dead.set(arg.getArgNumber());
    }
  block->eraseArguments(dead);
}

} // namespace

mlir::Operation *TracerImpl::build_for(Loop &l) {
  mlir::Location loc = location(context_, l.loc);
  llvm::SmallVector<mlir::Value> outside(l.before.size()), inits;
  for (std::size_t i = 0; i < l.before.size(); ++i)
    if (l.body_args[i] && (!ir_of(l.body_args[i]).use_empty() || llvm::is_contained(l.carried, i)))
      outside[i] = use(l.before[i].value, l.loc);
  for (std::size_t i : l.carried)
    inits.push_back(outside[i]);
  for (std::size_t i : l.late) {
    auto type = tensor_type(context_, l.after_body[i]->type);
    inits.push_back(zero(type, l.loc));
    l.body->block->addArgument(type, loc);
  }
  if (!l.late.empty()) {
    inits.push_back(from_scalar(arith::ConstantOp::create(builder_, loc, builder_.getBoolAttr(false)), l.loc));
    l.body->block->addArgument(inits.back().getType(), loc);
  }
  fold_unchanged(l.body->block, l.body_args, outside, l.carried);
  auto op = mlir::scf::ForOp::create(builder_, loc, l.lower, l.upper, l.step, inits, nullptr, l.counts);
  op.getRegion().takeBody(*l.body_region);
  return op;
}

mlir::Operation *TracerImpl::build_while_op(Loop &l) {
  mlir::Location loc = location(context_, l.loc);
  llvm::SmallVector<mlir::Value> outside(l.before.size()), inits, forwarded;
  for (std::size_t i = 0; i < l.before.size(); ++i)
    if (l.condition_args[i] && (!ir_of(l.condition_args[i]).use_empty() || !ir_of(l.body_args[i]).use_empty() || llvm::is_contained(l.carried, i)))
      outside[i] = use(l.before[i].value, l.loc);
  for (std::size_t i : l.carried)
    inits.push_back(outside[i]);

  resume(l.condition);
  for (std::size_t i : l.carried)
    forwarded.push_back(use(l.after_condition[i], l.loc));
  for (std::size_t i : l.forwarded)
    forwarded.push_back(use(l.after_condition[i], l.loc));
  leave();

  llvm::SmallVector<mlir::Type> late_types;
  for (std::size_t i : l.late) {
    auto type = tensor_type(context_, l.after_body[i]->type);
    inits.push_back(zero(type, l.loc));
    late_types.push_back(type);
  }
  if (!l.late.empty()) {
    inits.push_back(from_scalar(arith::ConstantOp::create(builder_, loc, builder_.getBoolAttr(false)), l.loc));
    late_types.push_back(inits.back().getType());
  }
  for (mlir::Type t : late_types) {
    forwarded.push_back(l.condition->block->addArgument(t, loc));
    l.body->block->addArgument(t, loc);
  }
  // The condition's values first: the body's unchanged arguments become what the condition saw.
  fold_unchanged(l.body->block, l.body_args, outside, l.carried);
  fold_unchanged(l.condition->block, l.condition_args, outside, l.carried);
  builder_.setInsertionPointToEnd(l.condition->block);
  mlir::scf::ConditionOp::create(builder_, loc, l.more, forwarded);
  builder_.setInsertionPointToEnd(stack_.back()->block);

  // The body's arguments were made in the order of the tensors; scf.while wants them in the order of what is forwarded.
  llvm::SmallVector<mlir::Value> order;
  for (std::size_t i : l.carried)
    order.push_back(ir_of(l.body_args[i]));
  for (const ValueRef &v : l.forwarded_args)
    order.push_back(ir_of(v));
  mlir::Block *body = l.body->block;
  unsigned old = body->getNumArguments(), late = late_types.size();
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

/// After the loop: changed tensors are its results.
void TracerImpl::bind_results(Loop &l, mlir::Operation *op) {
  auto index = list.index();
  unsigned k = 0;
  for (std::size_t i : l.carried) {
    const ValueRef &before = l.before[i].value;
    if (!l.is_for())
      same_shape(before, l.after_condition[i], l.loc);
    int shape = same_shape(before, l.after_body[i], l.loc);
    TraceList::rebind(*list.find(index, l.before[i].id), symbol(op->getResult(k++), before->type, l.loc, shape));
  }
  for (std::size_t i : l.forwarded)
    TraceList::rebind(*list.find(index, l.before[i].id),
                      symbol(op->getResult(k++), l.after_condition[i]->type, l.loc, open_shape(l.after_condition[i])));
  mlir::Value ran = l.late.empty() ? mlir::Value() : op->getResults().back();
  for (std::size_t i : l.late) {
    ValueRef v = symbol(op->getResult(k++), l.after_body[i]->type, l.loc, open_shape(l.after_body[i]));
    auto &s = static_cast<SymbolicValue &>(*v);
    s.ran = ran.getAsOpaquePointer();
    s.loop = l.loc;
    if (l.after_body[i]->kind == Value::Kind::Symbolic)
      s.loc = static_cast<const SymbolicValue &>(*l.after_body[i]).loc;
    TraceList::rebind(*list.find(index, l.before[i].id), v);
  }
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

LoopState *TracerImpl::open_range(const Range &range) {
  const SourceLocation &where = range.loc();
  throw_pending();
  mlir::Location loc = location(context_, where);
  mlir::Value bounds[3];
  const Tensor *tensors[] = {&range.start(), &range.stop(), &range.step()};
  for (int k = 0; k < 3; ++k)
    bounds[k] = extract(use(tensors[k]->checked(where), where), where);
  ValueRef by = tensors[2]->checked(where);
  DType dtype = by->type.dtype;
  ScalarBuilder scalars(builder_, loc);
  // Else the turns are counted, so that neither a negative step nor an overflow nor an unsigned bound needs another loop.
  bool direct = is_one(*by) && is_signed_integer(dtype);
  mlir::Value start, step, turns;
  if (!direct) {
    mlir::Type i64 = builder_.getI64Type();
    start = scalars.cast(bounds[0], i64), step = scalars.cast(bounds[2], i64);
    if (by->kind != Value::Kind::Concrete) {
      mlir::Value moves = scalars.cmp(ScalarBuilder::Ne, step, constant_i64(0, loc));
      CheckOp::create(builder_, loc, moves, mlir::ValueRange{}, "the step of a range cannot be zero",
                      static_cast<std::int32_t>(ErrorKind::Check));
      step = scalars.select(moves, step, constant_i64(1, loc));
    }
    turns = turn_count(scalars, is_signed_integer(dtype), start, scalars.cast(bounds[1], i64), step);
  }
  Loop *l = open_loop(where);
  l->counts = !direct;
  l->lower = direct ? bounds[0] : constant_i64(0, loc);
  l->upper = direct ? bounds[1] : turns;
  l->step = direct ? bounds[2] : constant_i64(1, loc);
  l->body = enter(l->body_region, "body of the loop", where);
  mlir::Value iv = l->body->block->addArgument(l->lower.getType(), loc);
  bind_carried(*l, l->body_args, l->body);
  if (!direct)
    iv = scalars.cast(scalars.add(start, scalars.mul(iv, step)), element_type(context_, dtype));
  l->index = symbol(from_scalar(iv, where), {dtype, {}}, where);
  return opaque(l);
}

LoopState *TracerImpl::open_rows(const ValueRef &rows, const SourceLocation &where) {
  throw_pending();
  if (rows->type.shape.rank() == 0)
    raise(ErrorKind::Shape, where, "a tensor of rank 0 has no rows to loop over");
  mlir::Location loc = location(context_, where);
  mlir::Value x = use(rows, where);
  std::int64_t n = rows->type.shape[0];
  mlir::Value upper = n != weft::dynamic ? constant_i64(n, loc)
                                   : arith::IndexCastOp::create(builder_, loc, builder_.getI64Type(),
                                                                mlir::tensor::DimOp::create(builder_, loc, x, 0)).getResult();
  mlir::Value lower = constant_i64(0, loc), step = constant_i64(1, loc);
  Loop *l = open_loop(where);
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
    rollback(l->depth, l->before, l->loc, "loop");
    std::erase_if(loops_, [&](const auto &p) { return p.get() == l; });
    throw;
  }
  std::erase_if(loops_, [&](const auto &p) { return p.get() == l; });
}

void TracerImpl::abandon(LoopState *state, bool unwinding) noexcept {
  Loop *l = loop_of(state);
  rollback(l->depth, l->before, l->loc, "loop");
  if (!unwinding)
    list.pending = "break or return left this traced loop: compile with weft-c++ or add weft_autograph(target), or write the loop "
                   "with weft::ag::while_stmt";
  std::erase_if(loops_, [&](const auto &p) { return p.get() == l; });
}

} // namespace weft::trace

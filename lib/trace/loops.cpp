// Loops of a trace: scf.while for conditions, scf.for for ranges and rows.
#include "lib/trace/regions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

#include <fmt/format.h>

#include <algorithm>

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
    args[i] = symbol(arg, v->type, l.loc);
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
        raise(ErrorKind::Trace, loc, "the loop's condition leaves a Tensor without a value");
      mlir::Value arg = l->body->block->addArgument(tensor_type(context_, v->type), location(context_, loc));
      ValueRef s = symbol(arg, v->type, loc);
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
  auto op = mlir::scf::ForOp::create(builder_, loc, l.lower, l.upper, l.step, inits);
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
  for (std::size_t i : l.carried)
    TraceList::rebind(*list.find(index, l.before[i].id), symbol(op->getResult(k++), l.before[i].value->type, l.loc));
  for (std::size_t i : l.forwarded)
    TraceList::rebind(*list.find(index, l.before[i].id), symbol(op->getResult(k++), l.after_condition[i]->type, l.loc));
  mlir::Value ran = l.late.empty() ? mlir::Value() : op->getResults().back();
  for (std::size_t i : l.late) {
    ValueRef v = symbol(op->getResult(k++), l.after_body[i]->type, l.loc);
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

/// ceil(distance / step) as int64, 0 where negative; `distance` and `step` have one sign where there is a turn.
mlir::Value turn_count(mlir::OpBuilder &b, mlir::Location loc, mlir::Value start, mlir::Value stop, mlir::Value step) {
  auto c = [&](std::int64_t v) -> mlir::Value { return arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(v)); };
  mlir::Value zero = c(0);
  mlir::Value distance = arith::SubIOp::create(b, loc, stop, start);
  mlir::Value down = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, step, zero);
  auto negated = [&](mlir::Value v) -> mlir::Value { return arith::SubIOp::create(b, loc, zero, v); };
  distance = arith::SelectOp::create(b, loc, down, negated(distance), distance);
  step = arith::SelectOp::create(b, loc, down, negated(step), step);
  mlir::Value some = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sgt, distance, zero);
  // (distance - 1) / step + 1 does not overflow; an unsigned division also holds for steps that wrapped.
  mlir::Value turns = arith::AddIOp::create(
      b, loc, arith::DivUIOp::create(b, loc, arith::SubIOp::create(b, loc, distance, c(1)), step), c(1));
  return arith::SelectOp::create(b, loc, some, turns, zero);
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
  DType dtype = range.start().checked(where)->type.dtype;
  mlir::Value unit;
  mlir::APInt known;
  bool by_one = false;
  if (auto from = tensors[2]->checked(where); from->kind == Value::Kind::Concrete)
    by_one = dtype == DType::Int32 ? *static_cast<const std::int32_t *>(from->data) == 1 : *static_cast<const std::int64_t *>(from->data) == 1;
  mlir::Type i64 = builder_.getI64Type();
  mlir::Value wide[3];
  if (!by_one) { // count the turns, so that neither a negative step nor an overflow needs another loop
    for (int k = 0; k < 3; ++k)
      wide[k] = bounds[k].getType() == i64 ? bounds[k] : arith::ExtSIOp::create(builder_, loc, i64, bounds[k]).getResult();
    mlir::Value zero = arith::ConstantOp::create(builder_, loc, builder_.getI64IntegerAttr(0));
    mlir::Value moves = arith::CmpIOp::create(builder_, loc, arith::CmpIPredicate::ne, wide[2], zero);
    CheckOp::create(builder_, loc, moves, mlir::ValueRange{}, "the step of a range cannot be zero",
                    static_cast<std::int32_t>(ErrorKind::Check));
    mlir::Value one = arith::ConstantOp::create(builder_, loc, builder_.getI64IntegerAttr(1));
    mlir::Value divisor = arith::SelectOp::create(builder_, loc, moves, wide[2], one);
    wide[1] = turn_count(builder_, loc, wide[0], wide[1], divisor);
  }
  Loop *l = open_loop(where);
  if (by_one) {
    l->lower = bounds[0], l->upper = bounds[1], l->step = bounds[2];
  } else {
    l->lower = arith::ConstantOp::create(builder_, loc, builder_.getI64IntegerAttr(0));
    l->upper = wide[1];
    l->step = arith::ConstantOp::create(builder_, loc, builder_.getI64IntegerAttr(1));
  }
  l->body = enter(l->body_region, "body of the loop", where);
  mlir::Value iv = l->body->block->addArgument(l->lower.getType(), loc);
  bind_carried(*l, l->body_args, l->body);
  if (!by_one) {
    iv = arith::AddIOp::create(builder_, loc, wide[0], arith::MulIOp::create(builder_, loc, iv, wide[2]));
    if (dtype == DType::Int32)
      iv = arith::TruncIOp::create(builder_, loc, builder_.getI32Type(), iv);
  }
  l->index = symbol(from_scalar(iv, where), {dtype, {}}, where);
  return opaque(l);
}

LoopState *TracerImpl::open_rows(const ValueRef &rows, const SourceLocation &where) {
  throw_pending();
  if (rows->type.shape.rank() == 0)
    raise(ErrorKind::Shape, where, "a tensor of rank 0 has no rows to loop over");
  mlir::Location loc = location(context_, where);
  mlir::Value x = use(rows, where);
  auto c = [&](std::int64_t v) -> mlir::Value { return arith::ConstantOp::create(builder_, loc, builder_.getI64IntegerAttr(v)); };
  std::int64_t n = rows->type.shape[0];
  mlir::Value upper = n != weft::dynamic ? c(n)
                                   : arith::IndexCastOp::create(builder_, loc, builder_.getI64Type(),
                                                                mlir::tensor::DimOp::create(builder_, loc, x, 0)).getResult();
  mlir::Value lower = c(0), step = c(1);
  Loop *l = open_loop(where);
  l->lower = lower, l->upper = upper, l->step = step;
  l->rows = symbol(x, rows->type, where);
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

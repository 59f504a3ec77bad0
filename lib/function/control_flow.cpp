// Control flow over tensors: handed to the tracer while one runs on this thread, plain C++ control flow otherwise.
#include "lib/function/compiler.h"
#include "lib/function/condition.h"
#include "lib/function/structure.h"
#include "lib/tensor/weak.h"

#include <weft/control_flow.h>
#include <weft/ops.h>

#include <fmt/format.h>

#include <utility>

namespace weft {

using detail::ErrorKind;
using detail::Integer;
using detail::raise;
using detail::read_integer;
using detail::Tracer;
using detail::Value;
using detail::ValueRef;

namespace {

/// The dtype in which a bound enters a range. A C++ number alone has its own: int32 up to 32 bits, else int64.
DType bound_dtype(const Operand &bound) {
  DType d = bound.dtype();
  if (!is_integer(d))
    raise(ErrorKind::DType, bound.loc(), fmt::format("range: an integer is needed, not {}", name(d)));
  if (bound.shape().rank() != 0)
    raise(ErrorKind::Shape, bound.loc(),
          fmt::format("range: a number of rank 0 is needed, not {}", to_string(bound.value()->type)));
  if (!bound.weak())
    return d;
  return itemsize(d) < 4 || d == DType::Int32 ? DType::Int32 : DType::Int64;
}

/// Tensors decide, the widest of them; where there are only numbers, the widest number.
DType range_dtype(std::initializer_list<const Operand *> bounds) {
  std::optional<DType> tensors, numbers;
  for (const Operand *b : bounds) {
    DType d = bound_dtype(*b);
    std::optional<DType> &widest = b->weak() ? numbers : tensors;
    if (!widest || itemsize(d) > itemsize(*widest))
      widest = d;
    else if (!b->weak() && itemsize(d) == itemsize(*widest) && d != *widest)
      raise(
          ErrorKind::DType, b->loc(),
          fmt::format("range: {} and {} do not mix; convert one: weft::cast(x, weft::int64)", name(*widest), name(d)));
  }
  return tensors ? *tensors : *numbers;
}

Tensor bound_in(const Operand &bound, DType dtype) {
  const ValueRef &v = bound.value();
  if (v->type.dtype == dtype)
    return Tensor(v);
  // A tensor's dtype is no wider than the range's, so its value is kept.
  return bound.weak() ? Tensor(detail::adapted(bound, dtype, ErrorKind::DType, [] { return std::string("range"); }))
                      : cast(bound, dtype);
}

const Value &value_of(const Tensor &t, const SourceLocation &loc) {
  const Value &v = *t.checked(loc);
  if (v.kind != Value::Kind::Concrete)
    detail::outside_of_trace("for", loc);
  return v;
}

} // namespace

Range::Range(const Operand &start, const Operand &stop, const Operand &step) : loc_(stop.loc()) {
  DType dtype = range_dtype({&start, &stop, &step});
  start_ = bound_in(start, dtype);
  stop_ = bound_in(stop, dtype);
  step_ = bound_in(step, dtype);
  const Value &by = *step_.checked(loc_);
  if (by.kind == Value::Kind::Concrete && read_integer(by) == 0)
    raise(ErrorKind::Check, step.loc().line ? step.loc() : loc_, "the step of a range cannot be zero");
}

namespace detail {

LoopCursor::LoopCursor(const Range &r, const ag::Site *site)
    : tracer_(Tracer::current()), exceptions_(std::uncaught_exceptions()) {
  if (tracer_) {
    state_ = tracer_->open_range(r, site ? *site : ag::Site(r.loc()));
    return;
  }
  Integer start = read_integer(value_of(r.start(), r.loc())), stop = read_integer(value_of(r.stop(), r.loc())),
          step = read_integer(value_of(r.step(), r.loc()));
  Integer distance = step > 0 ? stop - start : start - stop, stride = step > 0 ? step : -step;
  turns_ = distance > 0 ? static_cast<std::uint64_t>((distance + stride - 1) / stride) : 0;
  first_ = r.start().checked(r.loc());
  step_ = r.step().checked(r.loc());
}

LoopCursor::LoopCursor(const Tensor &rows, const SourceLocation &loc, const ag::Site *site)
    : tracer_(Tracer::current()), exceptions_(std::uncaught_exceptions()) {
  ValueRef v = rows.checked(loc);
  if (v->type.shape.rank() == 0)
    raise(ErrorKind::Shape, loc, "a tensor of rank 0 has no rows to loop over");
  if (tracer_) {
    state_ = tracer_->open_rows(v, site ? *site : ag::Site(loc));
    return;
  }
  if (v->kind != Value::Kind::Concrete)
    outside_of_trace("for", loc);
  turns_ = static_cast<std::uint64_t>(v->type.shape[0]);
  first_ = std::move(v);
}

LoopCursor::LoopCursor(LoopCursor &&o) noexcept
    : tracer_(o.tracer_), state_(std::exchange(o.state_, nullptr)), exceptions_(o.exceptions_),
      first_(std::move(o.first_)), step_(std::move(o.step_)), turn_(o.turn_), turns_(o.turns_) {}

LoopCursor::~LoopCursor() {
  if (state_)
    tracer_->abandon(state_, std::uncaught_exceptions() > exceptions_);
}

Tensor LoopCursor::current() const {
  if (tracer_)
    return Tensor(tracer_->iterate(state_));
  if (!step_)
    return Tensor(first_)[Operand(static_cast<std::int64_t>(turn_))];
  auto word = static_cast<std::uint64_t>(read_integer(*first_) + read_integer(*step_) * static_cast<Integer>(turn_));
  return Tensor(make_scalar(first_->type.dtype, &word));
}

void LoopCursor::advance() {
  ++turn_;
  if (state_)
    tracer_->close(std::exchange(state_, nullptr));
}

namespace {

class StateLeaves final : public StructureVisitor {
public:
  std::vector<Tensor *> tensors;
  std::vector<Operand *> operands;

  void tensor(Tensor &t) override {
    StructureVisitor::tensor(t);
    tensors.push_back(&t);
  }
  void operand(Operand &o) override {
    StructureVisitor::operand(o);
    operands.push_back(&o);
  }
};

} // namespace

LoopOptions options_of(const LoopOptions &options, FunctionRef<void(LeafVisitor &)> state) {
  LoopOptions own{options.maximum_iterations};
  if (options.shape_invariants.empty())
    return own;
  StateLeaves leaves;
  state(leaves);
  for (Tensor *t : leaves.tensors)
    for (const ShapeInvariant &s : options.shape_invariants)
      if (t->defined() && s.tensor.defined() && t->checked({}) == s.tensor.checked({}))
        own.shape_invariants.push_back({*t, s.shape});
  return own;
}

void assign_leaves(FunctionRef<void(LeafVisitor &)> state, FunctionRef<void(LeafVisitor &)> next,
                   const SourceLocation &loc) {
  StateLeaves to, from;
  state(to);
  next(from);
  if (to.structure_bytes != from.structure_bytes)
    raise(ErrorKind::Trace, loc,
          "the loop's body gives a state with another structure or other host values than it was given; while tracing "
          "only its tensors can change");
  for (std::size_t k = 0; k < to.tensors.size(); ++k)
    *to.tensors[k] = *from.tensors[k];
  for (std::size_t k = 0; k < to.operands.size(); ++k)
    *to.operands[k] = *from.operands[k];
}

} // namespace detail
} // namespace weft

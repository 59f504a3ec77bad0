// Variable: eager reads and writes of the state, and the way to the tracer while a function is traced.
#include "lib/tensor/variable_state.h"

#include "lib/function/compiler.h"
#include "lib/tensor/rules.h"

#include <weft/ops.h>

#include <fmt/format.h>

#include <memory>

namespace weft {

using detail::ErrorKind;
using detail::raise;
using detail::Ref;
using detail::TensorType;
using detail::Tracer;
using detail::Value;
using detail::ValueRef;
using detail::VariableState;

namespace {

std::string subject(const VariableState &v) { return fmt::format("Variable '{}' ({})", v.name, to_string(v.type)); }

[[noreturn]] void refuse(const VariableState &v, const SourceLocation &loc, const std::string &why) {
  raise(ErrorKind::Variable, loc, fmt::format("{}: {}", subject(v), why));
}

/// The operand's value, in the variable's dtype if it is a C++ number.
ValueRef adapted(const VariableState &v, const Operand &o, const char *method) {
  return o.weak() ? detail::adapted(o, v.type.dtype, ErrorKind::Variable, [&] { return fmt::format("{}: {}", subject(v), method); }) : o.value();
}

void check_dtype(const VariableState &v, const TensorType &t, const char *method, const SourceLocation &loc) {
  std::string hint = detail::suggested_cast(t.dtype, v.type.dtype);
  if (t.dtype != v.type.dtype)
    refuse(v, loc,
           fmt::format("{} was given {}{}{}", method, to_string(t), hint.empty() ? "" : "; convert it with ", hint));
}

/// What the sizes turn out to be when the trace runs.
void check_open_sizes(const VariableState &v, const ValueRef &x, const char *method, const Operand &value) {
  Tracer *t = Tracer::current();
  for (int d = 0; t && d < x->type.shape.rank(); ++d) {
    if (x->type.shape[d] != dynamic)
      continue;
    Operand size(Tensor(t->dim(x, d, value.loc())), value.source_location());
    t->check(Operand(equal(size, Operand(v.type.shape[d], value.source_location())), value.source_location()),
             fmt::format("{}: {} was given {}; a Variable keeps its shape, and the size of dimension {} is", subject(v),
                         method, to_string(x->type), d),
             std::span(&size, 1), ErrorKind::Variable);
  }
}

/// Open sizes may turn out to fit.
bool broadcasts_to(const Shape &from, const TensorType &to) {
  detail::TypeResult r = detail::broadcast(from, to.shape, to.dtype);
  return r.type && *r.type == to;
}

Ref<VariableState> make_state(const Operand &initial, std::string name) {
  if (Tracer::current())
    raise(ErrorKind::Variable, initial.loc(),
          fmt::format(
              "Variable '{}' is created inside a traced function, where every run would share it: create it outside, "
              "for example as a member of a weft::Module",
              name));
  const ValueRef &value = initial.value();
  if (value->kind != Value::Kind::Concrete)
    raise(ErrorKind::Variable, initial.loc(),
          fmt::format("Variable '{}' needs an initial value, and a traced Tensor has none", name));
  auto state = Ref<VariableState>::adopt(new VariableState);
  state->name = std::move(name);
  state->type = value->type;
  state->where = initial.loc();
  state->publish(value);
  return state;
}

} // namespace

void detail::retain(VariableState *v) { v->refs.fetch_add(1, std::memory_order_relaxed); }
void detail::release(VariableState *v) {
  if (v->refs.fetch_sub(1, std::memory_order_acq_rel) == 1)
    delete v;
}

Variable::Variable(const Operand &initial, std::string name) : state_(make_state(initial, std::move(name))) {}

VariableState &Variable::usable(const SourceLocation &loc) const {
  if (!state_)
    raise(ErrorKind::Variable, loc,
          "an empty Variable is used: it was made without an initial value, or was moved from");
  return *state_;
}

Tensor Variable::value(std::source_location loc) const {
  VariableState &v = usable(loc);
  if (Tracer *t = Tracer::current())
    return Tensor(t->variable_read(v, loc));
  return Tensor(v.read());
}

DType Variable::dtype(std::source_location loc) const { return usable(loc).type.dtype; }
Shape Variable::shape(std::source_location loc) const { return usable(loc).type.shape; }
const std::string &Variable::name(std::source_location loc) const { return usable(loc).name; }

void Variable::assign(const Operand &value) const { store(value, "assign"); }
void Variable::assign_add(const Operand &delta) const { update(delta, "assign_add", add); }
void Variable::assign_sub(const Operand &delta) const { update(delta, "assign_sub", subtract); }

void Variable::store(const Operand &value, const char *method) const {
  VariableState &v = usable(value.loc());
  ValueRef x = adapted(v, value, method);
  check_dtype(v, x->type, method, value.loc());
  if (!detail::may_equal(x->type.shape, v.type.shape))
    refuse(v, value.loc(), fmt::format("{} was given {}; a Variable keeps its shape", method, to_string(x->type)));
  if (!x->type.shape.is_static()) { // no open dimension is 1, so nothing is repeated
    check_open_sizes(v, x, method, value);
    x = broadcast_to(Operand(Tensor(x), value.source_location()), v.type.shape).checked(value.loc());
  }
  if (Tracer *t = Tracer::current()) {
    t->variable_assign(v, x, value.loc());
    return;
  }
  if (x->kind != Value::Kind::Concrete)
    refuse(v, value.loc(), fmt::format("{} was given a traced Tensor outside of its trace", method));
  std::lock_guard writing(v.writers);
  v.publish(std::move(x));
}

void Variable::update(const Operand &delta, const char *method,
                      Tensor (*operation)(const Operand &, const Operand &)) const {
  std::source_location loc = delta.source_location();
  VariableState &v = usable(loc);
  Operand by(Tensor(adapted(v, delta, method)), loc);
  check_dtype(v, by.value()->type, method, loc);
  if (!broadcasts_to(by.shape(), v.type))
    refuse(v, loc,
           fmt::format("{} was given {}, which does not broadcast to its shape", method, to_string(by.value()->type)));
  // Read, computed and written as one: two threads that add must both be counted.
  std::unique_lock writing(v.writers, std::defer_lock);
  if (!Tracer::current())
    writing.lock();
  store(Operand(operation(Operand(value(loc), loc), by), loc), method);
}

Tensor::Tensor(const Variable &v, std::source_location loc) : Tensor(v.value(loc)) {}

} // namespace weft

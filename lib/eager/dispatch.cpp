// Dispatch of public operations, and the functions generated from the operation table.
#include "lib/eager/dispatch.h"

#include "lib/function/compiler.h"
#include "lib/function/graph_registry.h"
#include "lib/tensor/promote.h"
#include "lib/tensor/rules.h"

#include <weft/ops.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace weft::detail {

ValueRef convert(const ValueRef &v, DType dtype, const SourceLocation &loc) {
  if (v->type.dtype == dtype)
    return v;
  Attr attr{"dtype", dtype};
  Tensor t = apply(OpId::Cast, std::span(&v, 1), AttrList(&attr, 1), loc);
  return t.checked(loc);
}

std::vector<ValueRef> resolve(std::span<const Operand *const> operands, std::string_view operation) {
  std::optional<DType> strong;
  bool mixed = false;
  for (const Operand *o : operands)
    if (!o->weak()) {
      std::optional<DType> p = strong ? promote(*strong, o->dtype()) : o->dtype();
      mixed |= !p; // no entry in the table: the type rule words the error
      strong = p ? p : strong;
    }
  auto subject = [&] { return std::string(operation); };
  std::vector<ValueRef> values;
  values.reserve(operands.size());
  for (const Operand *o : operands) {
    if (strong && o->weak())
      values.push_back(adapted(*o, *strong, ErrorKind::DType, subject));
    else if (strong && !mixed)
      values.push_back(convert(o->value(), *strong, o->loc()));
    else
      values.push_back(o->value());
  }
  if (!strong && operands.size() > 1) { // only numbers: they behave as tensors
    std::optional<DType> p = values[0]->type.dtype;
    for (const ValueRef &v : values)
      p = p ? promote(*p, v->type.dtype) : p;
    for (std::size_t k = 0; p && k < values.size(); ++k)
      values[k] = adapted(*operands[k], *p, ErrorKind::DType, subject);
  }
  return values;
}

std::vector<ValueRef> resolve_into(const Operand &x, const Operand &value, std::string_view operation) {
  std::array<const Operand *, 2> both{&x, &value};
  std::vector<ValueRef> resolved = resolve(both, operation);
  if (resolved[0]->type.dtype != x.dtype())
    raise(ErrorKind::DType, x.loc(), fmt::format("{}: {} elements cannot hold {}", operation, name(x.dtype()), name(value.dtype())));
  return resolved;
}

Tensor apply(OpId op, std::initializer_list<const Operand *> operands) {
  std::span<const Operand *const> all(operands.begin(), operands.size());
  auto apart = static_cast<std::size_t>(info(op).conditions);
  std::vector<ValueRef> values;
  for (const Operand *condition : all.first(apart))
    values.push_back(condition->value());
  for (ValueRef &v : resolve(all.subspan(apart), info(op).name))
    values.push_back(std::move(v));
  return apply(op, values, {}, all[0]->loc());
}

Shape axes_of(const Axis &axis, const Operand &x, std::string_view operation) {
  int rank = x.shape().rank();
  std::array<bool, Shape::max_rank> reduced{};
  if (axis.all())
    std::fill_n(reduced.begin(), rank, true);
  for (std::int64_t a : axis.axes()) {
    if (a < -rank || a >= rank)
      raise(ErrorKind::Index, x.loc(),
            fmt::format("{}: axis {} is out of range for {}", operation, a, to_string(x.value()->type)));
    bool &seen = reduced[a < 0 ? a + rank : a];
    if (seen)
      raise(ErrorKind::Index, x.loc(), fmt::format("{}: axis {} is named twice", operation, a));
    seen = true;
  }
  Shape axes;
  for (int d = 0; d < rank; ++d)
    if (reduced[d])
      axes.push_back(d);
  return axes;
}

Tensor apply_reduction(OpId op, const Operand &x, const Axis &axis, bool keepdims) {
  Shape axes = axes_of(axis, x, info(op).name);
  std::array<Attr, 2> attrs{Attr{"axes", axes}, Attr{"keepdims", keepdims}};
  bool half = is_floating(x.dtype()) && itemsize(x.dtype()) == 2 && info(op).widens_halves;
  ValueRef v = half ? convert(x.value(), DType::Float32, x.loc()) : x.value();
  Tensor result = apply(op, std::span(&v, 1), attrs, x.loc());
  return half ? Tensor(convert(result.checked(x.loc()), x.dtype(), x.loc())) : result;
}

namespace {

/// The result types of an operation on these operands, or its error.
TypeResult typed(OpId op, std::span<const ValueRef> operands, AttrList attrs, const SourceLocation &loc) {
  std::array<TensorType, 8> few;
  std::vector<TensorType> many;
  std::span<TensorType> types(few.data(), operands.size());
  if (operands.size() > few.size()) {
    many.resize(operands.size());
    types = many;
  }
  for (std::size_t k = 0; k < operands.size(); ++k)
    types[k] = operands[k]->type;
  TypeResult result = infer(op, types, attrs);
  if (!result.type)
    raise(result.kind, loc, fmt::format("{}: {}", describe(op, types), result.message));
  return result;
}

} // namespace

Tensor apply(OpId op, std::span<const ValueRef> operands, AttrList attrs, const SourceLocation &loc) {
  TypeResult result = typed(op, operands, attrs, loc);
  if (Tracer *t = tracer_for(operands, loc)) {
    ValueRef v;
    t->op({op, operands, attrs, *result.type, loc}, std::span(&v, 1));
    return Tensor(std::move(v));
  }
  if (info(op).routine) {
    ValueRef v;
    run_routine(op, operands, attrs, std::span(&*result.type, 1), std::span(&v, 1), loc);
    return Tensor(std::move(v));
  }
  return Tensor(run_eager(op, operands, attrs, *result.type, loc));
}

std::vector<Tensor> apply_all(OpId op, std::span<const ValueRef> operands, AttrList attrs, const SourceLocation &loc) {
  TypeResult result = typed(op, operands, attrs, loc);
  std::vector<ValueRef> values(1 + result.more.size());
  if (Tracer *t = tracer_for(operands, loc)) {
    t->op({op, operands, attrs, *result.type, loc, result.more}, values);
  } else {
    std::vector<TensorType> types{*result.type};
    types.insert(types.end(), result.more.begin(), result.more.end());
    run_routine(op, operands, attrs, types, values, loc);
  }
  std::vector<Tensor> results;
  for (ValueRef &v : values)
    results.emplace_back(std::move(v));
  return results;
}

} // namespace weft::detail

#include "ops.cpp.inc"

// The type rules of the operation families, and the table generated from the records' typeRule fields.
#include "lib/tensor/rules.h"

#include "lib/tensor/value.h"

#include <weft/error.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace weft::detail {

const DTypeClass number{is_number, "a number"};
const DTypeClass number_or_string{[](DType d) { return is_number(d) || d == DType::String; }, "a number or string"};
const DTypeClass number_or_bool{[](DType d) { return is_number(d) || d == DType::Bool; }, "a number or bool"};
const DTypeClass floating{is_floating, "a floating dtype"};
const DTypeClass integer{is_integer, "an integer dtype"};
const DTypeClass bool_or_integer{[](DType d) { return is_integer(d) || d == DType::Bool; }, "bool or an integer dtype"};
const DTypeClass boolean_dtype{[](DType d) { return d == DType::Bool; }, "bool"};
const DTypeClass any{[](DType) { return true; }, "any dtype"};

TypeResult dtype_error(std::string message) { return TypeResult::error(ErrorKind::DType, std::move(message)); }
TypeResult shape_error(std::string message) { return TypeResult::error(ErrorKind::Shape, std::move(message)); }
TypeResult index_error(std::string message) { return TypeResult::error(ErrorKind::Index, std::move(message)); }

/// The rows of the Array API promotion table stay within one kind; what promotes is not yet implicit here, so equal
/// dtypes are asked for, and the message says which cast mends it.
TypeResult mismatch(DType a, DType b) {
  bool to_b = is_floating(b) || a == DType::Bool;
  std::string hint = to_b ? suggested_cast(a, b) : suggested_cast(b, a);
  return dtype_error(fmt::format("the dtypes {} and {} do not mix{}{}", name(a), name(b), hint.empty() ? "" : "; convert one: ", hint));
}

std::optional<TypeResult> unaccepted(const TensorType &t, const DTypeClass &accepts) {
  if (accepts.contains(t.dtype))
    return std::nullopt;
  const char *hint = t.dtype == DType::Bool                                ? "; convert it with weft::cast(x, weft::int32)"
                     : is_integer(t.dtype) && accepts.contains(DType::Float32) ? "; convert it with weft::cast(x, weft::float32)"
                                                                               : "";
  return dtype_error(fmt::format("{} is needed, not {}{}", accepts.words, name(t.dtype), hint));
}

DType accumulator_of(DType d) {
  return d == DType::Bool || (is_integer(d) && itemsize(d) < itemsize(DType::Int32)) ? DType::Int32 : d;
}

std::optional<TypeResult> not_of_one(std::span<const TensorType> operands, const DTypeClass &accepts) {
  for (const TensorType &o : operands)
    if (o.dtype != operands[0].dtype)
      return mismatch(operands[0].dtype, o.dtype);
  return unaccepted(operands[0], accepts);
}

namespace {

TypeResult uncountable(const Shape &s) {
  return shape_error(fmt::format("a tensor of shape {} has more elements than an int64 counts", to_string(s)));
}

DType result_dtype(DType operand, ResultDType rule) {
  return rule == same ? operand : rule == boolean_result ? DType::Bool : accumulator_of(operand);
}

TypeResult broadcast_all(std::span<const TensorType> operands, DType dtype) {
  Shape shape = operands[0].shape;
  for (const TensorType &o : operands.subspan(1)) {
    TypeResult r = broadcast(shape, o.shape, dtype);
    if (!r.type)
      return r;
    shape = r.type->shape;
  }
  return TypeResult::ok(dtype, shape);
}

/// The dimensions that are not 1.
Shape wide(const Shape &s) {
  Shape r;
  for (std::int64_t d : s)
    if (d != 1)
      r.push_back(d);
  return r;
}

/// `to` with its open dimensions as `from` gives them: one is what the others leave, several are those of `from` in order. Nothing
/// where the elements do not fit.
std::optional<Shape> resolved(const Shape &to, const Shape &from) {
  std::int64_t open = std::count(to.begin(), to.end(), dynamic);
  Shape r = to;
  if (open > 1) {
    Shape source = wide(from);
    if (!may_equal(source, wide(to)))
      return std::nullopt;
    for (int d = 0, k = 0; d < r.rank(); ++d)
      if (r[d] != 1)
        r[d] = source[k++];
    return r;
  }
  Shape others = to;
  for (int d = 0; d < to.rank(); ++d)
    if (to[d] == dynamic)
      others[d] = 1;
  std::int64_t known = others.elements(), total = from.elements();
  if (total == std::numeric_limits<std::int64_t>::max()) // or more, which nobody can count
    return std::nullopt;
  if (open == 0)
    return known == total ? std::optional(r) : std::nullopt;
  if (known == 0 || total % known)
    return std::nullopt;
  for (std::int64_t d = 0; d < r.rank(); ++d)
    if (r[static_cast<int>(d)] == dynamic)
      r[static_cast<int>(d)] = total / known;
  return r;
}

} // namespace

const Attr::Payload &attribute(AttrList attrs, std::string_view name) {
  auto it = std::find_if(attrs.begin(), attrs.end(), [&](const Attr &a) { return a.name == name; });
  if (it == attrs.end())
    throw InternalError({}, fmt::format("an operation was made without its attribute '{}'", name));
  return it->value;
}

std::string to_string(const TensorType &t) { return fmt::format("{} {}", name(t.dtype), to_string(t.shape)); }

bool may_equal(const Shape &a, const Shape &b) {
  return a.rank() == b.rank() &&
         std::equal(a.begin(), a.end(), b.begin(), [](std::int64_t m, std::int64_t n) { return may_equal(m, n); });
}

TypeResult broadcast(const Shape &a, const Shape &b, DType dtype) {
  int rank = std::max(a.rank(), b.rank());
  Shape out;
  for (int i = 0; i < rank; ++i) {
    int ia = i - (rank - a.rank()), ib = i - (rank - b.rank());
    std::int64_t da = ia < 0 ? 1 : a[ia], db = ib < 0 ? 1 : b[ib];
    if (da != db && da != 1 && db != 1 && da != dynamic && db != dynamic)
      return shape_error(fmt::format("the shapes {} and {} do not broadcast", to_string(a), to_string(b)));
    out.push_back(da == 1 ? db : db == 1 ? da : da == dynamic ? db : da);
  }
  return TypeResult::ok(dtype, out);
}

TypeResult elementwise(const RuleArguments &a, const DTypeClass &accepts, ResultDType result) {
  if (auto e = not_of_one(a.operands, accepts))
    return *e;
  return broadcast_all(a.operands, result_dtype(a.operands[0].dtype, result));
}

TypeResult where(const RuleArguments &a) {
  if (a.operands[0].dtype != DType::Bool)
    return dtype_error(fmt::format("the condition has dtype {}, bool is needed: compare it, or cast it to bool",
                                   name(a.operands[0].dtype)));
  if (a.operands[1].dtype != a.operands[2].dtype)
    return mismatch(a.operands[1].dtype, a.operands[2].dtype);
  return broadcast_all(a.operands, a.operands[1].dtype);
}

TypeResult cast(const RuleArguments &a) {
  DType from = a.operands[0].dtype, to = std::get<DType>(a.attr("dtype"));
  if ((from == DType::String) != (to == DType::String))
    return dtype_error(fmt::format("{} cannot be cast to {}", name(from), name(to)));
  return TypeResult::ok(to, a.operands[0].shape);
}

TypeResult reduction(const RuleArguments &a, const DTypeClass &accepts, ResultDType result) {
  const TensorType &x = a.operands[0];
  if (auto e = unaccepted(x, accepts))
    return *e;
  const Shape &axes = a.list("axes");
  bool keepdims = std::get<bool>(a.attr("keepdims"));
  std::array<bool, Shape::max_rank> reduced{};
  for (std::int64_t axis : axes) {
    if (axis < 0 || axis >= x.shape.rank())
      return index_error(fmt::format("axis {} is out of range for rank {}", axis, x.shape.rank()));
    reduced[axis] = true;
  }
  Shape out;
  for (int d = 0; d < x.shape.rank(); ++d)
    if (!reduced[d])
      out.push_back(x.shape[d]);
    else if (keepdims)
      out.push_back(1);
  return TypeResult::ok(result_dtype(x.dtype, result), out);
}

TypeResult nonempty_reduction(const RuleArguments &a, const DTypeClass &accepts, ResultDType result) {
  TypeResult r = reduction(a, accepts, result);
  if (r.type)
    for (std::int64_t axis : a.list("axes"))
      if (a.operands[0].shape[static_cast<int>(axis)] == 0)
        return shape_error(fmt::format("there is no element along axis {} of {}", axis, to_string(a.operands[0].shape)));
  return r;
}

std::optional<TypeResult> bad_axis(const RuleArguments &a, std::string_view name) {
  const Shape &x = a.operands[0].shape;
  std::int64_t axis = a.integer(name);
  if (axis >= 0 && axis < x.rank())
    return std::nullopt;
  return index_error(fmt::format("axis {} is out of range for rank {}", axis, x.rank()));
}

TypeResult positions(const RuleArguments &a) {
  if (auto e = bad_axis(a))
    return *e;
  return TypeResult::ok(DType::Int64, {a.operands[0].shape[static_cast<int>(a.integer("axis"))]});
}

std::variant<Shape, TypeResult> with_lengths(const RuleArguments &a, std::size_t first) {
  Shape shape = a.list("shape");
  auto lengths = a.operands.subspan(first);
  if (lengths.empty())
    return shape;
  if (std::count(shape.begin(), shape.end(), dynamic) != static_cast<std::ptrdiff_t>(lengths.size()))
    return shape_error(fmt::format("{} lengths for the open sizes of {}", lengths.size(), to_string(shape)));
  for (int d = 0; d < shape.rank(); ++d)
    if (shape[d] == dynamic) {
      if (lengths.front().shape.rank() != 1)
        return shape_error(fmt::format("a length is that of a vector, not of {}", to_string(lengths.front())));
      shape[d] = lengths.front().shape[0];
      lengths = lengths.subspan(1);
    }
  return shape;
}

TypeResult reshape(const RuleArguments &a) {
  const Shape &from = a.operands[0].shape;
  auto sized = with_lengths(a, 1);
  if (auto *error = std::get_if<TypeResult>(&sized))
    return *error;
  const Shape &to = std::get<Shape>(sized);
  if (!to.countable()) // else two products that are too large would be equal
    return uncountable(to);
  if (!from.is_static() || (a.operands.size() > 1 && !to.is_static()))
    return TypeResult::ok(a.operands[0].dtype, to);
  std::optional<Shape> shape = resolved(to, from);
  if (!shape)
    return shape_error(fmt::format("{} elements of shape {} cannot take the shape {}", from.elements(), to_string(from),
                                   to_string(to)));
  return TypeResult::ok(a.operands[0].dtype, *shape);
}

TypeResult broadcast_to(const RuleArguments &a) {
  const Shape &from = a.operands[0].shape, &to = a.list("shape");
  for (std::int64_t d : to)
    if (d < 0)
      return shape_error(d == dynamic ? "the sizes to broadcast to must be known while tracing"
                                      : fmt::format("{} is no shape to broadcast to: a size cannot be negative", to_string(to)));
  TypeResult r = broadcast(from, to, a.operands[0].dtype);
  if (!r.type || r.type->shape.rank() != to.rank() || (r.type->shape.is_static() && !(r.type->shape == to)))
    return shape_error(fmt::format("the shape {} does not broadcast to {}", to_string(from), to_string(to)));
  return TypeResult::ok(a.operands[0].dtype, to);
}

TypeResult permute_dims(const RuleArguments &a) {
  const Shape &x = a.operands[0].shape, &axes = a.list("axes");
  Shape out;
  std::array<bool, Shape::max_rank> seen{};
  for (std::int64_t axis : axes) {
    if (axis < 0 || axis >= x.rank() || seen[axis])
      return index_error(fmt::format("{} is no permutation of the dimensions of {}", to_string(axes), to_string(x)));
    seen[axis] = true;
    out.push_back(x[static_cast<int>(axis)]);
  }
  if (out.rank() != x.rank())
    return index_error(fmt::format("{} is no permutation of the dimensions of {}", to_string(axes), to_string(x)));
  return TypeResult::ok(a.operands[0].dtype, out);
}

TypeResult diagonal(const RuleArguments &a) {
  const TensorType &x = a.operands[0];
  if (x.shape.rank() < 2)
    return shape_error("a matrix has two dimensions");
  std::int64_t rows = x.shape[-2], columns = x.shape[-1], offset = a.integer("offset");
  Shape out;
  for (int d = 0; d < x.shape.rank() - 2; ++d)
    out.push_back(x.shape[d]);
  if (rows == dynamic || columns == dynamic)
    out.push_back(dynamic);
  else
    out.push_back(std::max<std::int64_t>(
        std::min(offset < 0 ? rows + offset : rows, offset > 0 ? columns - offset : columns), 0));
  return TypeResult::ok(x.dtype, out);
}

TypeResult concat(const RuleArguments &a) {
  if (a.operands.empty())
    return shape_error("there is nothing to join");
  const TensorType &first = a.operands[0];
  int axis = static_cast<int>(a.integer("axis"));
  if (axis < 0 || axis >= first.shape.rank())
    return index_error(fmt::format("axis {} is out of range for rank {}", axis, first.shape.rank()));
  Shape out = first.shape;
  for (const TensorType &o : a.operands.subspan(1)) {
    if (o.dtype != first.dtype)
      return mismatch(first.dtype, o.dtype);
    bool fits = o.shape.rank() == out.rank();
    for (int d = 0; fits && d < out.rank(); ++d)
      fits = d == axis || o.shape[d] == out[d] || o.shape[d] == dynamic || out[d] == dynamic;
    if (!fits)
      return shape_error(fmt::format("the shapes {} and {} differ outside of axis {}", to_string(first.shape), to_string(o.shape), axis));
    if (out[axis] == dynamic || o.shape[axis] == dynamic)
      out[axis] = dynamic;
    else if (__builtin_add_overflow(out[axis], o.shape[axis], &out[axis]))
      return shape_error(fmt::format("the sizes along axis {} add up to more than an int64 holds", axis));
  }
  return TypeResult::ok(first.dtype, out);
}

TypeResult arange(const RuleArguments &a) {
  if (a.operands[0].dtype != a.operands[1].dtype)
    return mismatch(a.operands[0].dtype, a.operands[1].dtype);
  if (auto e = unaccepted(a.operands[0], number))
    return *e;
  return TypeResult::ok(a.operands[0].dtype, Shape(a.integer("size")));
}

} // namespace weft::detail

#include "rules.cpp.inc"

namespace weft::detail {

std::string describe(OpId op, std::span<const TensorType> operands) {
  const OpInfo &i = info(op);
  std::string s(i.name);
  if (!i.symbol.empty())
    s += fmt::format(" ({})", i.symbol);
  s += " of ";
  for (std::size_t k = 0; k < operands.size(); ++k)
    s += (k == 0 ? "" : k + 1 == operands.size() ? " and " : ", ") + to_string(operands[k]);
  return s;
}

const OpInfo &info(OpId op) { return infos[static_cast<std::size_t>(op)]; }

std::optional<OpId> find_op(std::string_view name) {
  for (const OpInfo &i : infos)
    if (i.name == name)
      return i.id;
  return std::nullopt;
}

TypeResult infer(OpId op, std::span<const TensorType> operands, AttrList attrs) {
  TypeResult r = rules[static_cast<std::size_t>(op)]({operands, attrs});
  return r.type && !r.type->shape.countable() ? uncountable(r.type->shape) : r;
}

} // namespace weft::detail

// See shapes.h. Few operations become a step: most give the shape of an operand and ask for nothing, and what was asked
// for once is known from then on.
#include "lib/trace/shapes.h"

#include <algorithm>

namespace weft::trace {

using namespace detail;

int TracedShapes::add(ShapeStep step) {
  steps_.push_back(std::move(step));
  same_as_.push_back(static_cast<int>(same_as_.size()));
  return same_as_.back();
}

int TracedShapes::representative(int shape) const {
  while (shape >= 0 && same_as_[static_cast<std::size_t>(shape)] != shape)
    shape = same_as_[static_cast<std::size_t>(shape)];
  return shape;
}

int TracedShapes::known(const Shape &shape) {
  auto [it, fresh] = known_.try_emplace({shape.begin(), shape.end()}, 0);
  if (fresh)
    it->second = add({ShapeStep::Kind::Known, shape});
  return it->second;
}

int TracedShapes::found(const Shape &shape) { return shape.is_static() ? -1 : add({ShapeStep::Kind::Found, shape}); }

int TracedShapes::again(const Shape &shape, int like) { return like < 0 || is_found(like) ? found(shape) : like; }

bool TracedShapes::is_found(int shape) const {
  return shape >= 0 && steps_[static_cast<std::size_t>(representative(shape))].kind == ShapeStep::Kind::Found;
}

int TracedShapes::argument(int leaf, const Shape &shape) {
  if (shape.is_static())
    return -1;
  ShapeStep step{ShapeStep::Kind::Argument, shape};
  step.argument = leaf;
  return add(std::move(step));
}

int TracedShapes::unchanged(const OpCall &call, std::span<const int> operands) const {
  const Shape &result = call.type.shape;
  auto repeated = [&](const Shape &s) { // along every open dimension of the result
    for (int d = 1; d <= s.rank(); ++d)
      if (s[-d] == dynamic || (result[-d] == dynamic && s[-d] != 1))
        return false;
    return true;
  };
  if (!info(call.op).elementwise)
    return -1;
  int shape = -1;
  for (std::size_t k = 0; k < operands.size(); ++k) {
    const Shape &s = call.operands[k]->type.shape;
    if (s == result && operands[k] >= 0 && (shape < 0 || shape == representative(operands[k])))
      shape = representative(operands[k]);
    else if (!repeated(s))
      return -1;
  }
  return shape;
}

namespace {

/// Whether all operands of an elementwise operation have the result's shape, unless something is repeated.
bool are_alike(const OpCall &call) {
  return info(call.op).elementwise && std::all_of(call.operands.begin(), call.operands.end(),
                                                  [&](const ValueRef &v) { return v->type.shape == call.type.shape; });
}

/// That of result k, still without its operands.
ShapeStep step_of(const OpCall &call, std::size_t k) {
  ShapeStep step{ShapeStep::Kind::Operation, call.result(k).shape};
  step.op = call.op;
  step.result = static_cast<int>(k);
  step.attrs.assign(call.attrs.begin(), call.attrs.end());
  step.loc = call.loc;
  return step;
}

SizeCheck check_of(const OpCall &call) {
  SizeCheck check;
  std::vector<ShapeStep::Operand> operands;
  for (const ValueRef &v : call.operands) {
    ShapeStep argument{ShapeStep::Kind::Argument, v->type.shape};
    argument.argument = static_cast<int>(check.arguments.size());
    operands.push_back({argument.argument, v->type.dtype});
    check.arguments.push_back(v->type.shape);
    check.steps.push_back(std::move(argument));
  }
  for (std::size_t k = 0; k <= call.more.size(); ++k) {
    check.steps.push_back(step_of(call, k));
    check.steps.back().operands = operands;
  }
  return check;
}

} // namespace

void TracedShapes::operation(const OpCall &call, std::span<const int> operands, std::span<int> results,
                             std::optional<SizeCheck> &check) {
  auto find = [&](std::size_t k) { results[k] = found(call.result(k).shape); };
  if (std::all_of(operands.begin(), operands.end(), [](int s) { return s < 0; })) {
    for (std::size_t k = 0; k < results.size(); ++k) // none is open but what a routine finds
      find(k);
    return;
  }
  if (int shape = unchanged(call, operands); shape >= 0) {
    results[0] = shape;
    return;
  }
  if (std::any_of(operands.begin(), operands.end(), [&](int s) { return is_found(s); })) {
    check = check_of(call);
    // What the check says of the operands holds from here to the end of the region, so only the result may rely on it.
    auto known = std::find_if(operands.begin(), operands.end(), [&](int s) { return s >= 0 && !is_found(s); });
    if (are_alike(call))
      results[0] = representative(known == operands.end() ? operands[0] : *known);
    else
      for (std::size_t k = 0; k < results.size(); ++k)
        find(k);
    return;
  }
  std::vector<ShapeStep::Operand> from;
  for (std::size_t k = 0; k < operands.size(); ++k) {
    const TensorType &type = call.operands[k]->type;
    from.push_back({operands[k] < 0 ? known(type.shape) : representative(operands[k]), type.dtype});
  }
  for (std::size_t k = 0; k < results.size(); ++k) {
    if (k > 0 && call.result(k).shape.is_static()) {
      results[k] = -1;
      continue;
    }
    ShapeStep step = step_of(call, k);
    step.operands = from;
    int result = add(std::move(step));
    // No open dimension is 1, so none of these is repeated: they are one shape.
    if (are_alike(call)) {
      for (const ShapeStep::Operand &o : from)
        same_as_[static_cast<std::size_t>(representative(o.step))] = representative(from.front().step);
      same_as_[static_cast<std::size_t>(result)] = representative(from.front().step);
    }
    results[k] = call.result(k).shape.is_static() ? -1 : representative(result);
    if (info(call.op).finds_sizes)
      find(k);
  }
}

int TracedShapes::same(const TensorType &type, int a, int b, const SourceLocation &loc) {
  int left = representative(a), right = representative(b);
  if (left == right)
    return left;
  ShapeStep step{ShapeStep::Kind::Same, type.shape};
  step.operands = {{left, type.dtype}, {right, type.dtype}};
  step.loc = loc;
  add(std::move(step));
  same_as_[static_cast<std::size_t>(std::max(left, right))] = std::min(left, right);
  return std::min(left, right);
}

int TracedShapes::either(const TensorType &type, int a, int b) {
  return a >= 0 && representative(a) == representative(b) ? representative(a) : found(type.shape);
}

std::vector<int> TracedShapes::join(std::span<const ShapeStep> steps, std::span<const int> leaves) {
  std::vector<int> moved;
  for (const ShapeStep &s : steps) {
    if (s.kind == ShapeStep::Kind::Argument) {
      moved.push_back(representative(leaves[static_cast<std::size_t>(s.argument)]));
      continue;
    }
    if (s.kind == ShapeStep::Kind::Known) {
      moved.push_back(known(s.shape));
      continue;
    }
    ShapeStep copy = s;
    for (ShapeStep::Operand &o : copy.operands)
      o.step = moved[static_cast<std::size_t>(o.step)];
    moved.push_back(add(std::move(copy)));
  }
  return moved;
}

} // namespace weft::trace

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

/// Still without its operands.
ShapeStep step_of(const OpCall &call) {
  ShapeStep step{ShapeStep::Kind::Operation, call.type.shape};
  step.op = call.op;
  step.attrs.assign(call.attrs.begin(), call.attrs.end());
  step.loc = call.loc;
  return step;
}

SizeCheck check_of(const OpCall &call) {
  SizeCheck check;
  ShapeStep step = step_of(call);
  for (const ValueRef &v : call.operands) {
    ShapeStep argument{ShapeStep::Kind::Argument, v->type.shape};
    argument.argument = static_cast<int>(check.arguments.size());
    step.operands.push_back({argument.argument, v->type.dtype});
    check.arguments.push_back(v->type.shape);
    check.steps.push_back(std::move(argument));
  }
  check.steps.push_back(std::move(step));
  return check;
}

} // namespace

int TracedShapes::operation(const OpCall &call, std::span<const int> operands, std::optional<SizeCheck> &check) {
  if (std::all_of(operands.begin(), operands.end(), [](int s) { return s < 0; }))
    return -1;
  if (int shape = unchanged(call, operands); shape >= 0)
    return shape;
  if (std::any_of(operands.begin(), operands.end(), [&](int s) { return is_found(s); })) {
    check = check_of(call);
    // What the check says of the operands holds from here to the end of the region, so only the result may rely on it.
    auto known = std::find_if(operands.begin(), operands.end(), [&](int s) { return s >= 0 && !is_found(s); });
    return are_alike(call) ? representative(known == operands.end() ? operands[0] : *known) : found(call.type.shape);
  }
  ShapeStep step = step_of(call);
  for (std::size_t k = 0; k < operands.size(); ++k) {
    const TensorType &type = call.operands[k]->type;
    step.operands.push_back({operands[k] < 0 ? known(type.shape) : representative(operands[k]), type.dtype});
  }
  std::vector<ShapeStep::Operand> joined = are_alike(call) ? step.operands : std::vector<ShapeStep::Operand>();
  int result = add(std::move(step));
  // No open dimension is 1, so none of these is repeated: they are one shape.
  for (const ShapeStep::Operand &o : joined)
    same_as_[static_cast<std::size_t>(representative(o.step))] = representative(joined.front().step);
  if (!joined.empty())
    same_as_[static_cast<std::size_t>(result)] = representative(joined.front().step);
  return call.type.shape.is_static() ? -1 : representative(result);
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

// The public functions that take, put and add elements by index, or choose them by a mask.
#include "lib/eager/dispatch.h"
#include "lib/eager/open_shape.h"
#include "lib/eager/place.h"

#include <array>

namespace weft {

using detail::apply;
using detail::Attr;
using detail::axis_of;
using detail::ErrorKind;
using detail::OpId;
using detail::Place;
using detail::raise;
using detail::ValueRef;

namespace {

Tensor taken(OpId op, const Operand &x, const Operand &indices, int axis, const char *operation) {
  std::array<ValueRef, 2> operands{x.value(), indices.value()};
  Attr attr{"axis", std::int64_t{axis_of(axis, x, operation)}};
  return apply(op, operands, {&attr, 1}, x.loc());
}

Tensor scattered(OpId op, const Operand &x, const Operand &indices, const Operand &updates) {
  std::vector<ValueRef> resolved = detail::resolve_into(x, updates, detail::info(op).name);
  std::array<ValueRef, 3> operands{resolved[0], indices.value(), resolved[1]};
  return apply(op, operands, {}, x.loc());
}

} // namespace

Tensor take(const Operand &x, const Operand &indices, int axis) { return taken(OpId::Take, x, indices, axis, "take"); }
Tensor gather(const Operand &params, const Operand &indices, int axis) {
  return taken(OpId::Take, params, indices, axis, "gather");
}
Tensor take_along_axis(const Operand &x, const Operand &indices, int axis) {
  return taken(OpId::TakeAlongAxis, x, indices, axis, "take_along_axis");
}

Tensor scatter_update(const Operand &x, const Operand &indices, const Operand &updates) {
  return scattered(OpId::ScatterUpdate, x, indices, updates);
}
Tensor scatter_add(const Operand &x, const Operand &indices, const Operand &updates) {
  return scattered(OpId::ScatterAdd, x, indices, updates);
}

Tensor segment_sum(const Operand &x, const Operand &segment_ids, std::int64_t num_segments) {
  Place at(x), at_ids(segment_ids);
  int leading = segment_ids.shape().rank();
  if (num_segments < 0)
    raise(ErrorKind::Shape, x.loc(), fmt::format("segment_sum: a count cannot be negative: {}", num_segments));
  if (leading > x.shape().rank())
    raise(ErrorKind::Shape, x.loc(),
          fmt::format("segment_sum of {}: the ids are for its leading dimensions, and cannot be {}",
                      to_string(x.value()->type), to_string(segment_ids.value()->type)));
  detail::OpenShape sums(Shape{num_segments});
  sums.add(x, leading, x.shape().rank());
  // What has a negative id adds nothing to row 0.
  Tensor left_out = less(segment_ids, at_ids.like(0));
  for (int d = leading; d < x.shape().rank(); ++d)
    left_out = expand_dims(at(left_out), -1);
  Tensor rows = maximum(segment_ids, at_ids.like(0)), updates = where(at(left_out), at.like(0), x);
  return scatter_add(at(full(sums, at.like(0))), at(rows), at(updates));
}

Tensor boolean_mask(const Operand &x, const Operand &mask) {
  std::array<ValueRef, 2> operands{x.value(), mask.value()};
  return apply(OpId::BooleanMask, operands, {}, x.loc());
}

} // namespace weft

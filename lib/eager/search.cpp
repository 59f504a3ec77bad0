// The public functions of dialect/IR/SearchOps.td that sort, search and find sets; gather.cpp has those that take
// indices.
#include "lib/eager/dispatch.h"
#include "lib/eager/place.h"

#include <array>

namespace weft {

using detail::apply;
using detail::apply_all;
using detail::Attr;
using detail::axis_of;
using detail::ErrorKind;
using detail::OpId;
using detail::Place;
using detail::raise;
using detail::ValueRef;

namespace {

/// An operation on lines along an axis, with one choice.
Tensor along(OpId op, const Operand &x, std::int64_t axis, const char *choice, bool chosen) {
  std::string operation(detail::info(op).name);
  std::array<Attr, 2> attrs{Attr{"axis", std::int64_t{axis_of(axis, x, operation.c_str())}}, Attr{choice, chosen}};
  return apply(op, std::span(&x.value(), 1), attrs, x.loc());
}

Tensor extreme_index(OpId op, const Operand &x, const Axis &axis, bool keepdims) {
  if (!axis.all()) {
    if (axis.axes().rank() != 1)
      raise(ErrorKind::Index, x.loc(),
            fmt::format("{}: one axis is needed, or all of them, not {}", detail::info(op).name, axis.axes().rank()));
    return along(op, x, axis.axes()[0], "keepdims", keepdims);
  }
  Place at(x);
  Tensor result = along(op, at(reshape(x, {-1})), 0, "keepdims", false);
  Shape ones;
  for (int d = 0; keepdims && d < x.shape().rank(); ++d)
    ones.push_back(1);
  return reshape(at(result), ones);
}

} // namespace

Tensor sort(const Operand &x, int axis, bool descending) {
  return along(OpId::Sort, x, axis, "descending", descending);
}
Tensor argsort(const Operand &x, int axis, bool descending) {
  return along(OpId::Argsort, x, axis, "descending", descending);
}

TopK top_k(const Operand &x, std::int64_t k) {
  Attr attr{"k", k};
  std::vector<Tensor> r = apply_all(OpId::TopK, std::span(&x.value(), 1), {&attr, 1}, x.loc());
  return {r[0], r[1]};
}

Tensor argmax(const Operand &x, const Axis &axis, bool keepdims) {
  return extreme_index(OpId::Argmax, x, axis, keepdims);
}
Tensor argmin(const Operand &x, const Axis &axis, bool keepdims) {
  return extreme_index(OpId::Argmin, x, axis, keepdims);
}

Tensor searchsorted(const Operand &sorted, const Operand &values, bool right) {
  std::array<const Operand *, 2> both{&sorted, &values};
  Attr attr{"right", right};
  return apply(OpId::Searchsorted, detail::resolve(both, "searchsorted"), {&attr, 1}, sorted.loc());
}

std::vector<Tensor> nonzero(const Operand &x) {
  Tensor positions = apply(OpId::Nonzero, std::span(&x.value(), 1), {}, x.loc());
  return unstack(Operand(positions, x.source_location()));
}

Tensor cumulative_sum(const Operand &x, int axis, bool include_initial) {
  return along(OpId::CumulativeSum, x, axis, "include_initial", include_initial);
}
Tensor cumulative_prod(const Operand &x, int axis, bool include_initial) {
  return along(OpId::CumulativeProd, x, axis, "include_initial", include_initial);
}

Tensor unique_values(const Operand &x) { return apply(OpId::UniqueValues, std::span(&x.value(), 1), {}, x.loc()); }

UniqueAll unique_all(const Operand &x) {
  std::vector<Tensor> r = apply_all(OpId::UniqueAll, std::span(&x.value(), 1), {}, x.loc());
  return {r[0], r[1], r[2], r[3]};
}
UniqueCounts unique_counts(const Operand &x) {
  UniqueAll all = unique_all(x);
  return {all.values, all.counts};
}
UniqueInverse unique_inverse(const Operand &x) {
  UniqueAll all = unique_all(x);
  return {all.values, all.inverse_indices};
}

} // namespace weft

// The public functions of dialect/IR/SearchOps.td.
#include "lib/eager/dispatch.h"
#include "lib/eager/place.h"

#include <array>

namespace weft {

using detail::apply;
using detail::Attr;
using detail::axis_of;
using detail::OpId;

namespace {

Tensor sorted(OpId op, const Operand &x, int axis, bool descending, const char *name) {
  std::array<Attr, 2> attrs{Attr{"axis", std::int64_t{axis_of(axis, x, name)}}, Attr{"descending", descending}};
  return apply(op, std::span(&x.value(), 1), attrs, x.loc());
}

} // namespace

Tensor sort(const Operand &x, int axis, bool descending) { return sorted(OpId::Sort, x, axis, descending, "sort"); }
Tensor argsort(const Operand &x, int axis, bool descending) {
  return sorted(OpId::Argsort, x, axis, descending, "argsort");
}

} // namespace weft

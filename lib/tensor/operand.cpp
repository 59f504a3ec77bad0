// Operand: what a user's value becomes at the call of an operation.
#include "lib/tensor/nested.h"
#include "lib/tensor/value.h"

#include <weft/operand.h>
#include <weft/variable.h>

namespace weft {

Operand::Operand(const Tensor &t, std::source_location loc) : value_(t.value()), loc_(loc) {}
Operand::Operand(const Variable &v, std::source_location loc) : Operand(v.value(loc), loc) {}
Operand::Operand(std::string_view text, std::source_location loc) : value_(detail::make_text(text)), loc_(loc) {}
Operand::Operand(std::initializer_list<detail::Nested> list, std::source_location loc)
    : value_(detail::make_nested(list, loc)), loc_(loc) {}

void Operand::make_scalar(DType dtype, const void *bits) { value_ = detail::make_scalar(dtype, bits); }

const detail::ValueRef &Operand::value() const {
  using Kind = detail::Value::Kind;
  if (!value_ || value_->kind == Kind::Moved || value_->kind == Kind::Poison)
    (void)Tensor(value_).checked(loc_); // throws
  return value_;
}

DType Operand::dtype() const { return value()->type.dtype; }
const Shape &Operand::shape() const { return value()->type.shape; }

} // namespace weft

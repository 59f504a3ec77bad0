// See condition.h.
#include "lib/function/condition.h"

#include <fmt/format.h>

namespace weft::detail {

void outside_of_trace(const char *statement, const SourceLocation &loc) {
  raise(ErrorKind::Trace, loc,
        fmt::format(
            "this {} uses a traced tensor, but no trace runs here: effects and control flow over the tensors of a "
            "weft::Graph belong into Graph::build",
            statement));
}

void check_condition(const Value &cond, const char *statement, const SourceLocation &loc) {
  const TensorType &t = cond.type;
  if (t.dtype != DType::Bool)
    raise(ErrorKind::DType, loc,
          fmt::format("the condition of this {} has dtype {}, bool is needed: compare it (x != 0) or use weft::cast(x, "
                      "weft::boolean)",
                      statement, name(t.dtype)));
  if (!t.shape.is_static() || t.shape.elements() != 1)
    raise(ErrorKind::Shape, loc,
          fmt::format("the condition of this {} has shape {}, one element is needed: use weft::any or weft::all",
                      statement, to_string(t.shape)));
}

bool holds(const Operand &cond, const char *statement, const SourceLocation &loc) {
  const SourceLocation at = cond.loc().line ? cond.loc() : loc;
  const Value &v = *cond.value();
  if (v.kind != Value::Kind::Concrete)
    outside_of_trace(statement, at);
  check_condition(v, statement, at);
  return *static_cast<const bool *>(v.data);
}

} // namespace weft::detail

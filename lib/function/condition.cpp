// See condition.h.
#include "lib/function/condition.h"

#include <fmt/format.h>

namespace weft::detail {

void outside_of_trace(const char *statement, const SourceLocation &loc) {
  raise(ErrorKind::Trace, loc,
        fmt::format("this {} uses a traced tensor, but no trace runs here: effects and control flow over the tensors of a "
                    "weft::Graph belong into Graph::build",
                    statement));
}

bool holds(const Operand &cond, const char *statement, const SourceLocation &loc) {
  const SourceLocation at = cond.loc().line ? cond.loc() : loc;
  const Value &v = *cond.value();
  if (v.kind != Value::Kind::Concrete)
    outside_of_trace(statement, at);
  if (v.type.dtype != DType::Bool)
    raise(ErrorKind::DType, at,
          fmt::format("the condition of this {} has dtype {}, bool is needed: compare it (x != 0) or use weft::cast(x, weft::boolean)",
                      statement, name(v.type.dtype)));
  if (v.type.shape.elements() != 1)
    raise(ErrorKind::Shape, at,
          fmt::format("the condition of this {} has shape {}, one element is needed: use weft::any or weft::all", statement,
                      to_string(v.type.shape)));
  return *static_cast<const bool *>(v.data);
}

} // namespace weft::detail

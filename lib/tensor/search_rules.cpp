// The type rules of dialect/IR/SearchOps.td.
#include "lib/tensor/rules.h"

namespace weft::detail {

TypeResult along_axis(const RuleArguments &a, const DTypeClass &accepts, DType result) {
  if (auto e = unaccepted(a.operands[0], accepts))
    return *e;
  if (auto e = bad_axis(a))
    return *e;
  return TypeResult::ok(result, a.operands[0].shape);
}

} // namespace weft::detail

// Rows of the routines of dialect/IR/LinalgOps.td.
#include "tests/ops/table.h"

#include <weft/ops.h>

namespace weft::test {

std::vector<Row> linalg_rows() { return {}; }

} // namespace weft::test

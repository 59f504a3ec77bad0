// Rows of the routines of dialect/IR/RandomOps.td.
#include "tests/ops/table.h"

#include <weft/ops.h>

namespace weft::test {

std::vector<Row> random_rows() { return {}; }

} // namespace weft::test

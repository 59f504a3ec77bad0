// Rows of the routines of dialect/IR/SearchOps.td.
#include "tests/ops/table.h"

#include <weft/ops.h>

namespace weft::test {

std::vector<Row> search_rows() { return {}; }

} // namespace weft::test

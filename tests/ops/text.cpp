// Rows of the routines of dialect/IR/TextOps.td.
#include "tests/ops/table.h"

#include <weft/ops.h>

namespace weft::test {

std::vector<Row> text_rows() { return {}; }

} // namespace weft::test

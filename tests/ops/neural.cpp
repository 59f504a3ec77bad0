// Rows of the routines of dialect/IR/NeuralOps.td.
#include "tests/ops/table.h"

#include <weft/ops.h>

namespace weft::test {

std::vector<Row> neural_rows() { return {}; }

} // namespace weft::test

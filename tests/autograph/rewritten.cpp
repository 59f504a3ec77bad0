// Which of the programs this is: with or without the rewriter.
#include "tests/autograph/table.h"

namespace weft::autograph {
const bool rewritten = WEFT_TEST_REWRITTEN;
}

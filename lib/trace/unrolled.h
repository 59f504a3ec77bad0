// The warning that a source line is traced again and again: a loop on the host is unrolled that could be one of the
// graph.
#pragma once
#include "lib/tensor/value.h"

#include "llvm/ADT/DenseMap.h"

namespace weft::trace {

/// How many operations each source line of one trace has emitted.
class LineCounts {
public:
  /// To be called for each operation: the body of a loop of the graph is traced once. Warns once for each line of the
  /// program.
  void count(const SourceLocation &loc);

private:
  llvm::DenseMap<std::pair<const char *, unsigned>, unsigned> counts_;
};

} // namespace weft::trace

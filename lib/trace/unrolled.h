// The warning that a source line is traced again and again: a loop on the host is unrolled that could be one of the
// graph.
#pragma once
#include "lib/tensor/value.h"

#include "llvm/ADT/DenseMap.h"

namespace weft::trace {

/// How many operations each source line of one trace has emitted; a public function made of several is one.
class LineCounts {
public:
  /// To be called for each operation: the body of a loop of the graph is traced once. Warns once for each line of the
  /// program.
  void count(const SourceLocation &loc);

private:
  struct Line {
    unsigned operations = 0;
    std::uint64_t composite = 0; ///< of the last one
  };
  llvm::DenseMap<std::pair<const char *, unsigned>, Line> counts_;
};

} // namespace weft::trace

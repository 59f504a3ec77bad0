// From a traced function to native code, or to the text of any stage on the way. Owns everything that outlives one
// compile: contexts and backends. Any thread.
#pragma once
#include "dialect/Transforms/ContextPool.h"
#include "jit/Optimize.h"
#include "lib/code/image.h"

#include <weft/function.h>

namespace weft::jit {

/// Where the time of one compile went, in milliseconds.
struct CompileTimes {
  double parse = 0, passes = 0, translate = 0, optimize = 0, codegen = 0, link = 0;
};

class Native {
public:
  /// `source`: bytecode or text of one function in the Traced form.
  /// `better` says whether the full tier would make better code than `tier`.
  llvm::Expected<detail::CodeImage> compile(const std::string &name, llvm::StringRef source, bool fastMath, CompileTier tier, bool &better,
                                            CompileTimes &times);
  llvm::Expected<std::string> render(const std::string &name, llvm::StringRef source, bool fastMath, Stage stage);

  ContextPool contexts;

private:
  BackendPool backends;
};

} // namespace weft::jit

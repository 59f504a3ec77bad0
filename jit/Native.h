// From a traced function to native code, or to the text of any stage on the way. Owns everything that outlives one
// compile: contexts, backends, the engine. Any thread.
#pragma once
#include "dialect/Transforms/ContextPool.h"
#include "jit/Engine.h"
#include "jit/Optimize.h"

#include <weft/function.h>

namespace weft::jit {

/// Where the time of one compile went, in milliseconds.
struct CompileTimes {
  double parse = 0, passes = 0, translate = 0, optimize = 0, codegen = 0, link = 0;
};

class Native {
public:
  static llvm::Expected<std::unique_ptr<Native>> create();

  /// `source`: bytecode or text of one function in the Traced form.
  llvm::Expected<std::unique_ptr<LinkedCode>> compile(const std::string &name, llvm::StringRef source,
                                                      CompileTimes &times);
  llvm::Expected<std::string> render(const std::string &name, llvm::StringRef source, Stage stage);

  ContextPool contexts;

private:
  explicit Native(std::unique_ptr<Engine> engine) : engine(std::move(engine)) {}
  /// The engine, or another one where LLVM gave up in the middle of linking.
  llvm::Expected<std::shared_ptr<Engine>> usableEngine();

  BackendPool backends;
  std::mutex mutex;
  std::shared_ptr<Engine> engine;
};

} // namespace weft::jit

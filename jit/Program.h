// A program in its context: parsed once, then taken from form to form (docs/pipeline.md) until LLVM has it. The only
// file besides the context pool that runs MLIR for the compiler.
#pragma once
#include "dialect/Transforms/Pipelines.h"
#include "dialect/Transforms/ContextPool.h"
#include "jit/Fragile.h"

#include "llvm/Support/Error.h"

#include <memory>
#include <string>

namespace llvm {
class LLVMContext;
class Module;
} // namespace llvm

namespace weft::jit {

class Program {
public:
  /// From bytecode or text in the Traced form. `verify`: the text comes from outside and may break the rules of its
  /// operations.
  static llvm::Expected<Program> parse(ContextPool::Lease lease, llvm::StringRef source, bool verify);
  Program(Program &&) noexcept;
  ~Program();

  /// The program gives up the promise of equal bits. Before it is lowered.
  void allowFastMath();
  /// Runs the passes that lead to `form`, from wherever the program is.
  llvm::Error lowerTo(Form form);
  /// The module without locations.
  std::string text() const;
  /// From the LLVM form. The entry is the only function with a body; it gets the name `symbol`.
  llvm::Expected<std::unique_ptr<llvm::Module>> translate(llvm::LLVMContext &context, llvm::StringRef symbol);

private:
  struct State;
  explicit Program(Fragile<State> state);
  Fragile<State> state;
};

} // namespace weft::jit

// From an LLVM module to an object file: weft's own short pipeline, and code generation for this machine.
#pragma once
#include "jit/Fragile.h"

#include "llvm/Support/Error.h"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace llvm {
class MemoryBuffer;
class Module;
} // namespace llvm

namespace weft::jit {

/// How much is spent on code. Both tiers give the same bits: no pass of either changes what floating-point arithmetic
/// means.
enum class CompileTier {
  Quick, ///< little optimisation, fast instruction selection: for code without loops, or code that is wanted now
  Full   ///< loops are vectorised
};

struct TierChoice {
  CompileTier tier;
  bool better; ///< whether the full tier would make better code
};
/// The tier for a module: no more than it gains from, nor than is wanted.
TierChoice chooseTier(const llvm::Module &module, CompileTier wanted);

/// One target machine and pass pipeline for each tier. Not for two threads at a time.
class Backend {
public:
  static llvm::Expected<std::unique_ptr<Backend>> create();
  ~Backend();

  /// Sets what depends on the machine: data layout, processor, features, vector functions.
  void prepare(llvm::Module &module);
  void optimize(llvm::Module &module, CompileTier tier);
  /// The object file of an optimised module, or the error LLVM reported. Uses the module up.
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> emitObject(llvm::Module &module, CompileTier tier);
  llvm::Expected<std::string> emitAssembly(llvm::Module &module, CompileTier tier);

private:
  struct State;
  explicit Backend(std::unique_ptr<State> state);
  std::unique_ptr<State> state;
};

/// The backends of the process, one owner at a time. Of those that many threads needed at once only a few are kept.
class BackendPool {
public:
  class Lease {
  public:
    Lease(BackendPool &pool, std::unique_ptr<Backend> backend) : pool(&pool), backend(std::move(backend)) {}
    Lease(Lease &&) = default;
    ~Lease();
    Backend *operator->() const { return &*backend; }

  private:
    BackendPool *pool;
    Fragile<Backend> backend;
  };
  llvm::Expected<Lease> take();

  static constexpr std::size_t maxIdle = 4;

private:
  std::mutex mutex;
  std::vector<std::unique_ptr<Backend>> idle;
};

} // namespace weft::jit

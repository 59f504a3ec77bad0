// The engine: object files become code in this process, and can be taken out again.
#pragma once
#include "llvm/Support/Error.h"

#include <cstddef>
#include <memory>
#include <string>

namespace llvm {
class MemoryBuffer;
}

namespace weft::jit {

/// Code in memory. Its destruction unmaps it; it must not be running then.
class LinkedCode {
public:
  virtual ~LinkedCode() = default;
  void *entry = nullptr;
  /// What it occupies: whole pages.
  std::size_t bytes = 0;
};

/// What of a name can be in a symbol on any system: letters, digits, '_' and '.', at most 64 of them.
std::string linkable(llvm::StringRef name);

/// One linker and one symbol table for all code of the process. Any thread.
class Engine {
public:
  static llvm::Expected<std::unique_ptr<Engine>> create();
  ~Engine();

  /// A symbol that no other code has.
  std::string uniqueSymbol(llvm::StringRef name);
  /// Links an object file and gives the address of `symbol` in it.
  llvm::Expected<std::unique_ptr<LinkedCode>> link(std::unique_ptr<llvm::MemoryBuffer> object, llvm::StringRef symbol);

  /// Whether LLVM gave up in the middle of linking: then nothing more can be linked here.
  bool broken() const;

  struct State;

private:
  explicit Engine(std::shared_ptr<State> state);
  std::shared_ptr<State> state;
};

} // namespace weft::jit

// The writer of WEFT_DUMP.
#include "jit/Dump.h"

#include <fmt/format.h>

#include <atomic>
#include <cctype>
#include <cstdlib>
#include <fstream>

namespace weft::jit {

Dump *Dump::wanted() {
  static Dump *const dump = [] {
    const char *folder = std::getenv("WEFT_DUMP");
    return folder && *folder ? new Dump(folder) : nullptr;
  }();
  return dump;
}

/// What a file may be called on any system.
static std::string fileName(const std::string &name) {
  std::string safe = name.substr(0, 64);
  for (char &c : safe)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '.')
      c = '_';
  return safe;
}

void Dump::write(const std::string &name, detail::FunctionRef<std::string(Stage)> render) {
  static std::atomic<int> traces{0};
  struct Kind {
    Stage stage;
    const char *suffix;
  };
  static constexpr Kind kinds[] = {{Stage::Traced, "1-traced.mlir"},
                                   {Stage::Optimized, "2-optimized.mlir"},
                                   {Stage::Loops, "3-loops.mlir"},
                                   {Stage::LLVM, "4-llvm.mlir"},
                                   {Stage::LLVMOptimized, "5-llvm-optimized.ll"},
                                   {Stage::Assembly, "6-assembly.s"}};
  int number = ++traces;
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  for (const Kind &kind : kinds) {
    std::filesystem::path path = folder / fmt::format("{:04}-{}-{}", number, fileName(name), kind.suffix);
    std::string text = render(kind.stage);
    std::ofstream file(path, std::ios::binary);
    file << text;
    if (!file.flush())
      throw IoError({}, fmt::format("WEFT_DUMP: cannot write {}", path.string()));
  }
}

} // namespace weft::jit

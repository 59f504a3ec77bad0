// WEFT_DUMP=dir: every stage of every compiled trace as a file, 0001-name-1-traced.mlir and so on.
#pragma once
#include <weft/function.h>

#include <filesystem>
#include <string>

namespace weft::jit {

class Dump {
public:
  /// Null unless the environment asks for it.
  static Dump *wanted();

  /// Writes the stages in order; one that cannot be rendered leaves the files of those before it. Throws IoError for a
  /// folder that cannot be written.
  void write(const std::string &name, detail::FunctionRef<std::string(Stage)> render);

private:
  explicit Dump(std::filesystem::path folder) : folder(std::move(folder)) {}
  std::filesystem::path folder;
};

} // namespace weft::jit

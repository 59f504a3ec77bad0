// The compiler's stages by name, and a function's IR at each of them as files.
#pragma once
#include <weft/weft.h>

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace programs {

struct StageName {
  weft::Stage stage;
  const char *name;      ///< "traced"
  const char *extension; ///< ".mlir", ".ll", ".s"
};
/// In the order of the pipeline.
std::span<const StageName> stages();
/// "Traced", "traced", "LLVMOptimized", "llvm-optimized"; null for an unknown name.
const StageName *find_stage(std::string_view name);
/// "traced, optimized, …" for messages.
std::string stage_list();

/// Writes FOLDER/NAME-1-traced.mlir and so on for each stage of `which`; gives the paths. Throws weft::IoError.
std::vector<std::string> write_stages(std::string_view name, const std::filesystem::path &folder,
                                      std::span<const StageName> which,
                                      weft::detail::FunctionRef<std::string(weft::Stage)> ir);

} // namespace programs

// Names of stages and files of IR.
#include "stages.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace programs {
namespace {

constexpr StageName names[] = {{weft::Stage::Traced, "traced", ".mlir"},
                               {weft::Stage::Optimized, "optimized", ".mlir"},
                               {weft::Stage::Loops, "loops", ".mlir"},
                               {weft::Stage::LLVM, "llvm", ".mlir"},
                               {weft::Stage::LLVMOptimized, "llvm-optimized", ".ll"},
                               {weft::Stage::Assembly, "assembly", ".s"}};

std::string folded(std::string_view text) {
  std::string s;
  for (char c : text)
    if (c != '-' && c != '_')
      s += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return s;
}

} // namespace

std::span<const StageName> stages() { return names; }

const StageName *find_stage(std::string_view name) {
  auto found =
      std::find_if(std::begin(names), std::end(names), [&](auto &s) { return folded(s.name) == folded(name); });
  return found == std::end(names) ? nullptr : found;
}

std::string stage_list() {
  std::string list;
  for (const StageName &s : names)
    list += fmt::format("{}{}", list.empty() ? "" : ", ", s.name);
  return list;
}

std::vector<std::string> write_stages(std::string_view name, const std::filesystem::path &folder,
                                      std::span<const StageName> which,
                                      weft::detail::FunctionRef<std::string(weft::Stage)> ir) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  std::vector<std::string> paths;
  for (const StageName &s : which) {
    std::string path = folder / fmt::format("{}-{}-{}{}", name, &s - names + 1, s.name, s.extension);
    std::string text = ir(s.stage);
    errno = 0;
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (!file)
      throw weft::IoError({}, path + ": cannot be written: " + std::strerror(errno));
    paths.push_back(path);
  }
  return paths;
}

} // namespace programs

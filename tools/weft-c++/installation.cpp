#include "tools/weft-c++/installation.h"

#include "tools/weft-c++/process.h"
#include "tools/weft-c++/words.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace driver {

namespace fs = std::filesystem;

Installation Installation::find() {
  Installation weft;
  weft.program = fs::canonical("/proc/self/exe");
  const fs::path bin = weft.program.parent_path();
  weft.rewriter = bin / "weft-autograph";
  std::ifstream tree(bin / "../share/weft/build-tree"); // written by tools/CMakeLists.txt, not installed
  for (std::string line; std::getline(tree, line);) {
    if (line.starts_with("include="))
      weft.includes.push_back(line.substr(line.find('=') + 1));
    else if (line.starts_with("library="))
      weft.library = line.substr(line.find('=') + 1);
  }
  if (weft.library.empty()) {
    weft.library = fs::weakly_canonical(bin / WEFT_BIN_TO_LIBRARY);
    weft.includes = {fs::weakly_canonical(bin / WEFT_BIN_TO_INCLUDE)};
  }
  return weft;
}

std::vector<std::string> Installation::compile_flags() const {
  std::vector<std::string> flags;
  for (const fs::path &folder : includes) {
    // These are searched anyway; with -isystem they would be searched before the compiler's own, which breaks it.
    if (folder != "/usr/include" && folder != "/usr/local/include")
      flags.insert(flags.end(), {"-isystem", folder});
  }
  return flags;
}

std::vector<std::string> Installation::link_flags() const {
  if (library.string().starts_with("/usr/lib") || library.string().starts_with("/lib"))
    return {};
  return {"-L" + library.string(), "-Wl,-rpath," + library.string()};
}

std::vector<std::string> find_compiler(const Installation &weft) {
  // CXX may name a script that runs this program again; that would never end.
  if (std::getenv("WEFT_CXX_RUNS"))
    throw std::runtime_error("the compiler that it is to run is weft-c++ again: set WEFT_CXX to a compiler");
  ::setenv("WEFT_CXX_RUNS", "1", 1);
  auto is_this = [&](const std::string &word) {
    std::error_code error;
    return fs::equivalent(find_program(word), weft.program, error);
  };
  for (const char *name : {"WEFT_CXX", "CXX"}) {
    const char *value = std::getenv(name);
    std::vector<std::string> words = split(value ? value : "");
    if (!words.empty() && std::none_of(words.begin(), words.end(), is_this))
      return words;
  }
  return {find_program("g++").empty() ? "c++" : "g++"};
}

} // namespace driver

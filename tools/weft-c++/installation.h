// Where weft-c++ finds what it puts together: weft's headers, library and rewriter, and the compiler that it wraps.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace driver {

/// weft as seen from this program's own file: a build folder, or wherever the package was installed or moved to.
struct Installation {
  std::filesystem::path program, rewriter, library;
  std::vector<std::filesystem::path> includes;

  static Installation find();

  std::vector<std::string> compile_flags() const;
  std::vector<std::string> link_flags() const;
};

/// The compiler's words: $WEFT_CXX, else $CXX unless it is this program (`CXX=weft-c++ make`), else g++, else c++.
std::vector<std::string> find_compiler(const Installation &weft);

} // namespace driver

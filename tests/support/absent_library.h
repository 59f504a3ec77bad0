// What a program does where a shared library that is opened on demand cannot be.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace weft::test {

/// Whether the disabled test `name` of this program passes in a process of its own that finds a file which is no
/// library under the name of `library`.
inline bool passes_without(const std::string &library, const std::string &name) {
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("weft-test-absent-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / library) << "no library";
  std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  std::string command = "LD_LIBRARY_PATH='" + folder.string() + "' '" + self +
                        "' --gtest_also_run_disabled_tests --gtest_filter=" + name + " >/dev/null";
  int status = std::system(command.c_str());
  std::filesystem::remove_all(folder);
  return status == 0;
}

} // namespace weft::test

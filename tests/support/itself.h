// The test program run again, in a process of its own and another environment.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace weft::test {

struct Finished {
  int status;
  std::string output; ///< what it wrote to stdout
};

/// The disabled test `name` of this program, with `environment` ("A=1 B=2") added.
inline Finished run_itself(const std::string &environment, const std::string &name) {
  std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  std::string command = environment + " '" + self +
                        "' --gtest_also_run_disabled_tests --gtest_brief=1 --gtest_print_time=0 --gtest_filter=" + name;
  std::FILE *pipe = popen(command.c_str(), "r");
  std::string output;
  char part[4096];
  while (pipe && !std::feof(pipe))
    output.append(part, std::fread(part, 1, sizeof part, pipe));
  return {pipe ? pclose(pipe) : -1, output};
}

/// Whether the disabled test `name` passes where a shared library that is opened on demand cannot be: it finds a file
/// which is no library under the name of `library`.
inline bool passes_without(const std::string &library, const std::string &name) {
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("weft-test-absent-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / library) << "no library";
  Finished run = run_itself("LD_LIBRARY_PATH='" + folder.string() + "'", name);
  std::filesystem::remove_all(folder);
  return run.status == 0;
}

} // namespace weft::test

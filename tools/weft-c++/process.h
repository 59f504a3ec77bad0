// What weft-c++ needs of the system: running programs with the exit code and the signals kept, and one folder for
// everything temporary that goes away however the program ends.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace driver {

/// SIGINT, SIGTERM or SIGHUP came. Thrown to the end of main, so that what was made on the way is removed.
struct Interrupted {
  int signal;
};

/// Files for a program's standard streams; an empty name leaves a stream as it is.
struct Streams {
  std::string in, out, err;
};

/// Runs the program that the first word names and waits for it: the status as waitpid gives it. A signal that would end
/// weft-c++ goes to the program first. Throws std::runtime_error when it cannot be started.
int run(const std::vector<std::string> &words, const Streams &streams = {});

/// The program takes this process's place.
[[noreturn]] void become(const std::vector<std::string> &words);

/// The file that PATH gives for a program's name, or an empty path.
std::filesystem::path find_program(const std::string &name);

/// All of standard input, written to a file.
void save_input(const std::filesystem::path &file);

/// A folder of this process's own. Commands of the same key get the same name, one after the other: a compiler cache
/// that looks at file names can find what it did before.
class Workspace {
public:
  explicit Workspace(const std::string &key);
  ~Workspace();
  Workspace(const Workspace &) = delete;
  Workspace &operator=(const Workspace &) = delete;

  const std::filesystem::path &folder() const { return folder_; }

private:
  std::filesystem::path folder_;
};

} // namespace driver

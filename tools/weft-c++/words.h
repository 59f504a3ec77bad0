// The command line of a C++ compiler taken apart: which word is a source, which belongs to an option before it, what
// the command makes. weft-c++ has to know this much of g++ and clang++ to give them another file for each source; what
// it does not know it leaves as it is.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace driver {

enum class Role {
  Flag,       ///< an option, or a value of the option before it
  Link,       ///< the same, for the linker alone
  Output,     ///< -o and its value
  Mode,       ///< -c, -S, -E, -M and the like: where the compiler stops
  Dependency, ///< -MD and what goes with it
  Language,   ///< -x and its value
  Warning,    ///< -W[no-]weft-…: for weft-autograph alone
  End,        ///< "--": only inputs follow
  // Inputs from here on.
  Source,    ///< a C++ source, or "-" for one on standard input
  CxxHeader, ///< a C++ header to precompile
  CxxText,   ///< preprocessed C++ and the like: compiled as it is
  Header,    ///< a header of another language
  Input      ///< any other file: objects, libraries, C
};

struct Word {
  std::string text;
  Role role = Role::Flag;
  std::string language; ///< of an input: what -x says of it, else empty

  bool is_input() const { return role >= Role::Source; }
};

/// What the whole command makes; the later ones win over the ones before.
enum class Goal { Link, Object, Preprocess, Dependencies, Nothing };

struct CommandLine {
  std::vector<Word> words; ///< without the compiler's name, response files opened
  Goal goal = Goal::Link;
  bool response_files = false; ///< the words came out of files, and may be too many for a command line
  bool only_shown = false;     ///< -###: the compiler prints what it would run
  bool verbose = false;        ///< -v
  bool standard = false;       ///< -std or -ansi is given

  bool has(Role role) const;
  /// The value of the last -o, or nothing.
  std::optional<std::string> output() const;
  bool has_inputs() const;
  /// Whether the compiler reads any C++.
  bool is_cxx() const;
};

/// Takes the words after the program's name apart. The goal is Nothing when there is no input.
CommandLine read(const std::vector<std::string> &arguments);

/// Splits text as compilers split response files: at blanks, with quotes and backslashes.
std::vector<std::string> split(std::string_view text);
/// The reverse, as compilers show commands: quoted where it is needed, one blank between words.
std::string join(const std::vector<std::string> &words);

/// The whole file, or nothing when it cannot be read.
std::optional<std::string> contents(const std::string &path);

} // namespace driver

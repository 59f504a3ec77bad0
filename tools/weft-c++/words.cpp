#include "tools/weft-c++/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace driver {
namespace {

using std::string_view;

// A list is one string of words with a blank before and after each.
bool is_one_of(string_view word, string_view list) {
  return !word.empty() && word.find(' ') == word.npos && list.find(fmt::format(" {} ", word)) != list.npos;
}

bool starts_with_one_of(string_view word, string_view list) {
  for (const std::string &prefix : split(list))
    if (word.starts_with(prefix))
      return true;
  return false;
}

// Options whose value is the next word. A value that is taken for an input only matters when it ends like a source, so
// what is missing here (the options of other compilers) is passed on as it stands.
constexpr string_view with_value =
    " -I -D -U -A -B -F -G -V -b -include -imacros -isystem -iquote -idirafter -iprefix -iwithprefix"
    " -iwithprefixbefore -isysroot -imultilib -imultiarch -iframework -ivfsoverlay -include-pch -cxx-isystem"
    " -stdlib++-isystem -Xassembler -Xpreprocessor -Xclang -Xanalyzer -Xopenmp-target -Xcuda-ptxas -Xcuda-fatbinary"
    " -mllvm -mmlir -target -arch -gcc-toolchain -resource-dir -working-directory -aux-info -dumpbase"
    " -dumpbase-ext -dumpdir -wrapper -serialize-diagnostics --serialize-diagnostics -MJ --std --param --sysroot"
    " --target --include --imacros --include-directory --include-directory-after --include-prefix"
    " --include-with-prefix --define-macro --undefine-macro --config --assert --prefix --specs ";

constexpr string_view linker_with_value =
    " -l -L -T -u -z -e -R -h -Ttext -Tdata -Tbss -rpath -Xlinker --for-linker --library-directory --entry ";
constexpr string_view linker_alone =
    " -shared -static -static-pie -pie -no-pie -rdynamic -s -r -nostdlib -nodefaultlibs -nostartfiles -nolibc"
    " -static-libgcc -static-libstdc++ -shared-libgcc ";
constexpr string_view linker_prefixes = " -Wl, -fuse-ld= -l -L ";

constexpr string_view object_modes = " -c -S -fsyntax-only --compile --assemble --precompile -emit-ast ";
constexpr string_view preprocess_modes = " -E --preprocess ";
constexpr string_view dependency_modes = " -M -MM --dependencies --user-dependencies ";
constexpr string_view dependency_files =
    " -MD -MMD -MP -MG -MV --write-dependencies --write-user-dependencies --print-missing-file-dependencies ";
constexpr string_view dependency_values = " -MF -MT -MQ ";
constexpr string_view weft_warnings = " -Wweft- -Wno-weft- -Werror=weft- -Wno-error=weft- ";

constexpr string_view source_suffixes = " cpp cc cxx c++ C CPP cp ";
constexpr string_view text_suffixes = " ii iim cppm ixx ";
constexpr string_view header_suffixes = " h hh H hp hxx hpp HPP h++ tcc ";

/// Puts the words of response files in their place, nested ones too. A file that cannot be read is a word like any
/// other.
class Opener {
public:
  std::vector<std::string> words;
  int files = 0;

  void open(const std::vector<std::string> &arguments) {
    for (const std::string &word : arguments) {
      // More than any real command has: a file that names itself.
      if (std::optional<std::string> text; word.starts_with('@') && files < 2000 && (text = contents(word.substr(1)))) {
        ++files;
        open(split(*text));
      } else {
        words.push_back(word);
      }
    }
  }
};

class Reader {
public:
  explicit Reader(CommandLine &line) : line_(line) {}

  void read(const std::vector<std::string> &words) {
    for (const std::string &word : words)
      take(word);
    if (!line_.has_inputs())
      line_.goal = Goal::Nothing;
    else if (line_.goal == Goal::Link && only_headers())
      line_.goal = Goal::Object;
  }

private:
  void set_language(const std::string &name) { language_ = name == "none" ? "" : name; }

  void add(const std::string &word, Role role) { line_.words.push_back({word, role, {}}); }
  /// Like add; the word after this one is its value.
  void open(const std::string &word, Role role) { add(word, role), waiting_ = role; }

  void take(const std::string &word) {
    if (waiting_) {
      Role role = *waiting_;
      waiting_.reset();
      add(word, role);
      if (role == Role::Language)
        set_language(word);
      return;
    }
    if (ended_ || word == "-" || !word.starts_with('-')) {
      add(word, role_of_input(word));
      line_.words.back().language = language_;
      return;
    }
    if (word == "--") {
      ended_ = true;
      return add(word, Role::End);
    }
    take_option(word);
  }

  void take_option(const std::string &word) {
    if (starts_with_one_of(word, weft_warnings))
      return add(word, Role::Warning);
    if (word == "-o" || word == "--output")
      return open(word, Role::Output);
    if ((word.starts_with("-o") && !word.starts_with("-object")) || word.starts_with("--output="))
      return add(word, Role::Output);
    if (word == "-x" || word == "--language")
      return open(word, Role::Language);
    if (word.starts_with("-x") || word.starts_with("--language=")) {
      set_language(word.substr(word.starts_with("-x") ? 2 : word.find('=') + 1));
      return add(word, Role::Language);
    }
    if (is_one_of(word, dependency_modes))
      return stop_at(word, Goal::Dependencies);
    if (is_one_of(word, preprocess_modes))
      return stop_at(word, Goal::Preprocess);
    if (is_one_of(word, object_modes))
      return stop_at(word, Goal::Object);
    if (is_one_of(word, dependency_values))
      return open(word, Role::Dependency);
    if (is_one_of(word, dependency_files) || starts_with_one_of(word, dependency_values) || word.starts_with("-Wp,-M"))
      return add(word, Role::Dependency);
    if (is_one_of(word, linker_with_value))
      return open(word, Role::Link);
    if (is_one_of(word, linker_alone) || starts_with_one_of(word, linker_prefixes))
      return add(word, Role::Link);
    line_.only_shown |= word == "-###";
    line_.verbose |= word == "-v" || word == "--verbose";
    line_.standard |= word.starts_with("-std") || word.starts_with("--std") || word == "-ansi" || word == "--ansi";
    if (is_one_of(word, with_value) || word.starts_with("-Xarch_") || word.starts_with("-Xopenmp-target="))
      return open(word, Role::Flag);
    add(word, Role::Flag);
  }

  // The earliest stop wins, whatever the order of the options.
  void stop_at(const std::string &word, Goal goal) {
    line_.goal = std::max(line_.goal, goal);
    add(word, Role::Mode);
  }

  Role role_of_input(const std::string &word) const {
    if (!language_.empty()) {
      const bool cxx = language_.starts_with("c++");
      if (language_.ends_with("header"))
        return cxx ? Role::CxxHeader : Role::Header;
      return language_ == "c++" ? Role::Source : cxx ? Role::CxxText : Role::Input;
    }
    const std::size_t dot = word.rfind('.');
    const string_view suffix = dot == word.npos ? string_view() : string_view(word).substr(dot + 1);
    return is_one_of(suffix, source_suffixes)   ? Role::Source
           : is_one_of(suffix, header_suffixes) ? Role::CxxHeader
           : is_one_of(suffix, text_suffixes)   ? Role::CxxText
                                                : Role::Input;
  }

  /// Headers are precompiled: there is nothing to link, though no option says so.
  bool only_headers() const { return !line_.has(Role::Source) && !line_.has(Role::CxxText) && !line_.has(Role::Input); }

  CommandLine &line_;
  std::optional<Role> waiting_;
  std::string language_;
  bool ended_ = false;
};

} // namespace

bool CommandLine::has(Role role) const {
  return std::any_of(words.begin(), words.end(), [&](const Word &w) { return w.role == role; });
}

bool CommandLine::is_cxx() const { return has(Role::Source) || has(Role::CxxHeader) || has(Role::CxxText); }

bool CommandLine::has_inputs() const { return is_cxx() || has(Role::Header) || has(Role::Input); }

std::optional<std::string> CommandLine::output() const {
  std::optional<std::string> value;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string &word = words[i].text;
    if (words[i].role != Role::Output)
      continue;
    if (word == "-o" || word == "--output") {
      if (i + 1 < words.size())
        value = words[++i].text;
    } else {
      value = word.substr(word.starts_with("--") ? word.find('=') + 1 : 2);
    }
  }
  return value;
}

CommandLine read(const std::vector<std::string> &arguments) {
  CommandLine line;
  Opener opener;
  opener.open(arguments);
  line.response_files = opener.files > 0;
  Reader(line).read(opener.words);
  return line;
}

std::vector<std::string> split(string_view text) {
  std::vector<std::string> words;
  bool inside = false, escaped = false;
  char quote = 0;
  for (char c : text) {
    const bool blank = c == ' ' || (c >= '\t' && c <= '\r');
    if (!inside && blank)
      continue;
    if (!inside)
      words.emplace_back();
    inside = true;
    if (escaped)
      escaped = false, words.back() += c;
    else if (c == '\\')
      escaped = true; // inside of single quotes too
    else if (quote)
      c == quote ? void(quote = 0) : void(words.back() += c);
    else if (c == '\'' || c == '"')
      quote = c;
    else if (blank)
      inside = false;
    else
      words.back() += c;
  }
  return words;
}

std::string join(const std::vector<std::string> &words) {
  std::string text;
  for (const std::string &word : words) {
    text += text.empty() ? "" : " ";
    const bool quotes = word.empty() || word.find_first_of(" \t\n\v\f\r\"'\\$") != word.npos;
    text += quotes ? "\"" : "";
    for (char c : word)
      text += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
    text += quotes ? "\"" : "";
  }
  return text;
}

std::optional<std::string> contents(const std::string &path) {
  // A folder opens, and reads as empty.
  if (std::error_code error; std::filesystem::is_directory(path, error))
    return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return std::nullopt;
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad())
    return std::nullopt;
  return text;
}

} // namespace driver

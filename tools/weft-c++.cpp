// The compiler wrapper `weft-c++`, used like mpicxx: takes a C++ compiler's command line, has weft-autograph rewrite
// each C++ source, and runs the compiler on the results. All else (names of outputs, dependency files, debug
// information, exit codes) is as if the compiler had been given the user's files.
#include "tools/weft-c++/installation.h"
#include "tools/weft-c++/process.h"
#include "tools/weft-c++/words.h"

#include <fmt/format.h>

#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

namespace {

namespace fs = std::filesystem;
using namespace driver;
using Words = std::vector<std::string>;

void append(Words &words, const Words &more) { words.insert(words.end(), more.begin(), more.end()); }

/// A source to rewrite: a word of the command line, and the file that may take its place.
struct Source {
  std::size_t word;
  std::string name; ///< as the user wrote it; "-" is standard input
  fs::path result;  ///< what weft-autograph writes
  bool changed = false;

  bool is_input() const { return name == "-"; }
};

class Driver {
public:
  explicit Driver(const Words &arguments)
      : weft_(Installation::find()), compiler_(find_compiler(weft_)), line_(read(arguments)) {}

  /// The exit code.
  int drive();

private:
  void find_sources();
  bool rewrite(Source &source) const;
  Words rewriter_command(const Source &source) const;

  enum class Files { Original, Rewritten };
  Words compiler_command(Files files) const;
  Words debug_maps() const;
  std::string mapped(const std::string &path) const;
  Words front_end_flags() const;

  int run_compiler(const Words &command, const Streams &streams = {}) const;
  int preprocess() const;
  int write_dependencies() const;

  bool any_changed() const {
    return std::any_of(sources_.begin(), sources_.end(), [](const Source &s) { return s.changed; });
  }
  /// Not by the compiler: see write_dependencies and preprocess.
  bool is_written_here(const Word &word) const {
    return word.role == Role::Dependency || (word.role == Role::Output && line_.goal == Goal::Preprocess);
  }
  fs::path saved_input() const { return workspace_->folder() / "input"; }
  Streams input() const;
  fs::path folder() const { return workspace_ ? workspace_->folder() : fs::path("weft-c++-XXXXXX"); }

  Installation weft_;
  Words compiler_;
  CommandLine line_;
  std::vector<Source> sources_;
  std::optional<Workspace> workspace_;
};

int Driver::drive() {
  find_sources();
  const bool untouched = sources_.empty() || line_.only_shown;
  if (untouched && !line_.response_files) {
    for (const Source &source : sources_)
      fmt::print(stderr, " {}\n", join(rewriter_command(source)));
    become(compiler_command(Files::Original));
  }
  workspace_.emplace(fs::current_path().string() + "\n" + join(compiler_command(Files::Original)));
  find_sources();
  if (untouched)
    return run_compiler(compiler_command(Files::Original));

  // All of them, so that the messages for all are seen.
  bool good = true;
  for (Source &source : sources_)
    good &= rewrite(source);
  if (!good)
    return 1;
  const bool dependencies = line_.has(Role::Dependency) && any_changed();
  int code = line_.goal == Goal::Preprocess && any_changed()
                 ? preprocess()
                 : run_compiler(compiler_command(Files::Rewritten), input());
  return code == 0 && dependencies ? write_dependencies() : code;
}

void Driver::find_sources() {
  sources_.clear();
  if (line_.goal == Goal::Dependencies)
    return; // the includes are the user's file's own
  for (std::size_t i = 0; i < line_.words.size(); ++i) {
    const Word &word = line_.words[i];
    // What is missing the compiler reports; what is no plain file (/dev/null) it reads itself.
    std::error_code error;
    if (word.role != Role::Source || !(word.text == "-" || fs::is_regular_file(word.text, error)))
      continue;
    Source source{i, word.text, folder() / std::to_string(sources_.size() + 1)};
    source.result /= source.is_input() ? "stdin.cpp" : fs::path(word.text).filename();
    sources_.push_back(source);
  }
}

/// Whether weft-autograph succeeded.
bool Driver::rewrite(Source &source) const {
  fs::create_directories(source.result.parent_path());
  if (source.is_input()) {
    save_input(saved_input());
    std::ofstream(folder() / "stdin.cpp") << "#line 1 \"<stdin>\"\n" << contents(saved_input()).value_or("");
  }
  const Words command = rewriter_command(source);
  if (line_.verbose)
    fmt::print(stderr, " {}\n", join(command));
  const int status = run(command);
  if (WIFSIGNALED(status))
    fmt::print(stderr, "weft-c++: weft-autograph was ended by signal {} at {}\n", WTERMSIG(status), source.name);
  source.changed = fs::exists(source.result);
  return status == 0;
}

Words Driver::rewriter_command(const Source &source) const {
  fs::path file = source.is_input() ? folder() / "stdin.cpp" : fs::path(source.name);
  if (file.string().starts_with('-'))
    file = "." / file;
  Words words{weft_.rewriter, "-o", source.result, "--changed-only", file, "--"};
  if (source.is_input())
    append(words, {"-iquote", "."}); // where the compiler looks for what standard input includes
  append(words, front_end_flags());
  if (!line_.words[source.word].language.empty())
    append(words, {"-x", line_.words[source.word].language});
  for (const Word &word : line_.words)
    if (word.role == Role::Warning)
      words.push_back(word.text);
  return words;
}

/// The command with the user's own files, or the one that compiles what was rewritten.
Words Driver::compiler_command(Files files) const {
  Words words = compiler_;
  const bool rewritten = files == Files::Rewritten && any_changed();
  if (line_.is_cxx() && !line_.standard)
    words.push_back("-std=gnu++20");

  Words ours;
  if (line_.is_cxx())
    append(ours, weft_.compile_flags());
  if (rewritten)
    append(ours, debug_maps());
  if (line_.goal == Goal::Link)
    append(ours, weft_.link_flags());

  auto source = sources_.begin();
  bool ended = false;
  for (std::size_t i = 0; i < line_.words.size(); ++i) {
    const Word &word = line_.words[i];
    const bool here = source != sources_.end() && source->word == i;
    if (word.role == Role::Warning || (rewritten && is_written_here(word))) {
      continue;
    } else if (word.role == Role::End) {
      append(words, ours);
      ended = true;
      words.push_back(word.text);
    } else {
      words.push_back(rewritten && here && source->changed && !source->is_input() ? source->result.string()
                                                                                  : word.text);
    }
    source += here;
  }
  if (!ended)
    append(words, ours);
  if (line_.goal == Goal::Link)
    words.push_back(ended ? weft_.library / "libweft.so" : "-lweft"); // after "--" it can only be a file
  return words;
}

/// Debug information, __BASE_FILE__ and the like shall name the user's files.
Words Driver::debug_maps() const {
  Words flags;
  for (const Source &source : sources_) {
    if (!source.changed || source.is_input())
      continue;
    fs::path from = source.result, to = source.name;
    if (from.filename().string().find('=') != std::string::npos) // would end the first name too early or too late
      from = from.parent_path(), to = to.has_parent_path() ? to.parent_path() : ".";
    flags.push_back(fmt::format("-ffile-prefix-map={}={}", from.string(), mapped(to)));
  }
  return flags;
}

/// The name as the user's own maps change it: a compiler applies only one of them.
std::string Driver::mapped(const std::string &path) const {
  for (auto word = line_.words.rbegin(); word != line_.words.rend(); ++word) {
    for (const std::string option : {"-ffile-prefix-map=", "-fdebug-prefix-map="}) {
      if (word->role != Role::Flag || !word->text.starts_with(option))
        continue;
      const std::string map = word->text.substr(option.size());
      const std::string from = map.substr(0, map.find('='));
      if (from.size() < map.size() && path.starts_with(from))
        return map.substr(from.size() + 1) + path.substr(from.size());
    }
  }
  return path;
}

/// What decides how a source is read, without what the compiler makes of it.
Words Driver::front_end_flags() const {
  Words words;
  if (!line_.standard)
    words.push_back("-std=gnu++20");
  for (const Word &word : line_.words) {
    const bool traces = word.text == "-v" || word.text == "--verbose" || word.text == "-###" ||
                        word.text.starts_with("-save-temps") || word.text.starts_with("--save-temps");
    if (word.role == Role::Flag && !traces)
      words.push_back(word.text);
  }
  append(words, weft_.compile_flags());
  return words;
}

int Driver::run_compiler(const Words &command, const Streams &streams) const {
  Words words = command;
  if (line_.response_files) {
    // Their words may be too many for a command line.
    const fs::path file = workspace_->folder() / "words";
    std::ofstream(file) << join(Words(command.begin() + compiler_.size(), command.end())) << "\n";
    words = compiler_;
    words.push_back("@" + file.string());
  }
  const int status = run(words, streams);
  if (WIFSIGNALED(status))
    throw Interrupted{WTERMSIG(status)};
  return WEXITSTATUS(status);
}

/// What standard input is, when weft-c++ has read it.
Streams Driver::input() const {
  for (const Source &source : sources_)
    if (source.is_input())
      return {source.changed ? source.result : saved_input(), {}, {}};
  return {};
}

/// -E: the text names the user's files, so that it may be compiled later, or compared by a compiler cache.
int Driver::preprocess() const {
  Streams streams = input();
  streams.out = workspace_->folder() / "preprocessed";
  if (int code = run_compiler(compiler_command(Files::Rewritten), streams))
    return code;
  std::string text = contents(streams.out).value_or("");
  for (const Source &source : sources_) {
    const std::string from = source.result;
    for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += source.name.size())
      text.replace(at, from.size(), source.name);
  }
  const std::string name = line_.output().value_or("-");
  std::ofstream file;
  if (name != "-")
    file.open(name, std::ios::binary);
  std::ostream &out = name == "-" ? std::cout : file;
  if (!(out << text << std::flush))
    throw std::runtime_error(fmt::format("cannot write {}", name));
  return 0;
}

/// From a step of g++ (cc1plus … -MD FILE -MF FILE -MQ TARGET) or clang++ (-cc1 … -dependency-file FILE -MT TARGET) to
/// the options that write that file alone; nothing when the step writes none.
Words dependency_flags(const Words &step) {
  std::string file;
  bool system = false;
  Words flags;
  for (std::size_t i = 0; i + 1 < step.size(); ++i) {
    const std::string &word = step[i], &value = step[i + 1];
    if (word == "-MD" || word == "-MMD") {
      file = file.empty() ? value : file;
      system = word == "-MD";
    } else if (word == "-MF" || word == "-dependency-file") {
      file = value;
    } else if (word == "-MT" || word == "-MQ") {
      append(flags, {word, value});
    } else if (word == "-MP" || word == "-MV") {
      flags.push_back(word);
    }
    system |= word == "-sys-header-deps";
  }
  if (file.empty())
    return {};
  append(flags, {system ? "-M" : "-MM", "-MF", file});
  return flags;
}

/// -MD and the like: what the user's own files include, because the rewritten ones name other files. The compiler says
/// itself (-###) where it would write that and under which target.
int Driver::write_dependencies() const {
  const Streams streams{{}, {}, folder() / "messages"};
  Words plan = compiler_command(Files::Original);
  plan.insert(plan.begin() + compiler_.size(), "-###");
  if (int code = run_compiler(plan, streams))
    return code;
  bool any = false;
  std::istringstream lines(contents(streams.err).value_or(""));
  for (std::string text; std::getline(lines, text);) {
    const Words step = split(text);
    const Words flags = dependency_flags(step);
    auto source = std::find_if(line_.words.begin(), line_.words.end(), [&](const Word &word) {
      return word.is_input() && std::find(step.begin(), step.end(), word.text) != step.end();
    });
    if (flags.empty() || source == line_.words.end())
      continue;
    any = true;
    Words words = compiler_;
    append(words, front_end_flags());
    append(words, flags);
    if (!source->language.empty())
      append(words, {"-x", source->language});
    words.push_back(source->text);
    Streams s = streams;
    s.in = source->text == "-" ? saved_input() : fs::path();
    if (int code = run_compiler(words, s)) {
      std::cerr << contents(streams.err).value_or("");
      return code;
    }
  }
  if (!any)
    throw std::runtime_error(
        fmt::format("{} -### does not say where it writes what a source depends on", compiler_[0]));
  return 0;
}

} // namespace

int main(int argc, char **argv) {
  int signal = 0;
  try {
    return Driver(Words(argv + 1, argv + argc)).drive();
  } catch (const Interrupted &end) {
    signal = end.signal;
  } catch (const std::exception &error) {
    fmt::print(stderr, "weft-c++: {}\n", error.what());
    return 1;
  }
  std::signal(signal, SIG_DFL);
  std::raise(signal);
  return 128 + signal;
}

#include "tools/weft-c++/process.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

namespace driver {
namespace {

namespace fs = std::filesystem;

// Written by the signal handler.
volatile std::sig_atomic_t caught = 0;
volatile std::sig_atomic_t child = 0;

void on_signal(int signal) {
  caught = signal;
  if (child)
    ::kill(child, signal);
}

sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (int signal : {SIGINT, SIGTERM, SIGHUP})
    sigaddset(&set, signal);
  return set;
}

void watch_signals() {
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction now{};
    // Started with it ignored, as nohup does: that stays so.
    if (::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN)
      continue;
    now = {};
    now.sa_handler = on_signal; // no SA_RESTART: a read that waits has to end
    ::sigaction(signal, &now, nullptr);
  }
}

void throw_if_caught() {
  if (caught)
    throw Interrupted{caught};
}

std::vector<char *> pointers(const std::vector<std::string> &words) {
  std::vector<char *> argv;
  for (const std::string &word : words)
    argv.push_back(const_cast<char *>(word.c_str()));
  argv.push_back(nullptr);
  return argv;
}

std::runtime_error failure(const std::string &what, int error) {
  return std::runtime_error(fmt::format("{}: {}", what, std::strerror(error)));
}

/// A file for a stream of the program to come.
class Files {
public:
  Files() { ::posix_spawn_file_actions_init(&actions); }
  ~Files() { ::posix_spawn_file_actions_destroy(&actions); }
  void open(int stream, const std::string &name, int flags) {
    if (!name.empty())
      ::posix_spawn_file_actions_addopen(&actions, stream, name.c_str(), flags, 0666);
  }
  posix_spawn_file_actions_t actions;
};

std::uint64_t hash(const std::string &text) {
  std::uint64_t h = 0xcbf29ce484222325; // FNV-1a
  for (unsigned char c : text)
    h = (h ^ c) * 0x100000001b3;
  return h;
}

} // namespace

int run(const std::vector<std::string> &words, const Streams &streams) {
  Files files;
  files.open(0, streams.in, O_RDONLY);
  files.open(1, streams.out, O_WRONLY | O_CREAT | O_TRUNC);
  files.open(2, streams.err, O_WRONLY | O_CREAT | O_TRUNC);

  // A signal that comes while the program is being started waits until its number is known.
  sigset_t ending = ending_signals(), before;
  ::sigprocmask(SIG_BLOCK, &ending, &before);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setsigmask(&attributes, &before);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t pid = 0;
  int error =
      caught ? 0 : ::posix_spawnp(&pid, words[0].c_str(), &files.actions, &attributes, pointers(words).data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  child = error ? 0 : pid;
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  if (error)
    throw failure("cannot start " + words[0], error);
  if (!pid)
    throw_if_caught();

  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  child = 0;
  throw_if_caught();
  return status;
}

void become(const std::vector<std::string> &words) {
  ::execvp(words[0].c_str(), pointers(words).data());
  throw failure("cannot start " + words[0], errno);
}

fs::path find_program(const std::string &name) {
  if (name.empty())
    return {};
  if (name.find('/') != name.npos)
    return name;
  const char *path = std::getenv("PATH");
  std::string folders = path ? path : "/usr/bin:/bin";
  for (std::size_t begin = 0; begin <= folders.size();) {
    std::size_t end = std::min(folders.find(':', begin), folders.size());
    fs::path file = fs::path(end == begin ? "." : folders.substr(begin, end - begin)) / name;
    if (::access(file.c_str(), X_OK) == 0 && fs::is_regular_file(file))
      return file;
    begin = end + 1;
  }
  return {};
}

void save_input(const fs::path &file) {
  int out = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (out < 0)
    throw failure(file, errno);
  char buffer[1 << 16];
  for (ssize_t n; (n = ::read(0, buffer, sizeof buffer)) != 0;) {
    throw_if_caught();
    if (n < 0 && errno != EINTR)
      throw failure("standard input", errno);
    for (ssize_t done = 0, m; done < n; done += m)
      if ((m = ::write(out, buffer + done, n - done)) < 0)
        throw failure(file, errno);
  }
  ::close(out);
}

Workspace::Workspace(const std::string &key) {
  watch_signals();
  const char *variable = std::getenv("TMPDIR");
  fs::path parent = variable && *variable ? variable : "/tmp";
  parent = fs::absolute(parent);
  folder_ = parent / fmt::format("weft-c++-{:016x}", hash(key));
  // In use by the same command beside this one, or not this user's: any other name then.
  if (::mkdir(folder_.c_str(), 0700) != 0) {
    std::string name = parent / "weft-c++-XXXXXX";
    if (!::mkdtemp(name.data()))
      throw failure("cannot make a folder in " + parent.string(), errno);
    folder_ = name;
  }
}

Workspace::~Workspace() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

} // namespace driver

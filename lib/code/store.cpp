// See store.h. Files appear whole, by renaming, and carry a checksum; nothing waits for the disk, so what a crash of
// the machine leaves is found to be damaged and made again.
#include "lib/code/store.h"

#include "lib/code/build.h"
#include "lib/code/log.h"
#include "lib/math/math.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

namespace fs = std::filesystem;

namespace weft::detail {
namespace {

struct Header {
  char magic[8] = {'w', 'e', 'f', 't', 'c', 'o', 'd', 'e'};
  std::uint64_t size = 0, checksum = 0;
};

class File {
public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0)
      close(descriptor_);
  }
  File(const File &) = delete;
  int get() const { return descriptor_; }

private:
  int descriptor_;
};

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t n = write(file, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

std::string default_folder() {
  if (getauxval(AT_SECURE)) // a program with more rights than its user must not run what the user's folder holds
    return {};
  if (const char *dump = std::getenv("WEFT_DUMP"); dump && *dump) // shows what compiling does, so all is compiled
    return {};
  const char *env = std::getenv("WEFT_CACHE");
  if (env && *env)
    return std::string_view(env) == "off" ? std::string() : std::string(env);
  if (const char *caches = std::getenv("XDG_CACHE_HOME"); caches && *caches == '/')
    return std::string(caches) + "/weft";
  const char *home = std::getenv("HOME");
  return home && *home == '/' ? std::string(home) + "/.cache/weft" : std::string();
}

/// Code is run from it, so nobody else may write there.
bool is_ours(const std::string &folder) {
  struct stat s;
  return stat(folder.c_str(), &s) == 0 && S_ISDIR(s.st_mode) && s.st_uid == geteuid() &&
         !(s.st_mode & (S_IWGRP | S_IWOTH));
}

bool make_folder(const std::string &path) {
  std::error_code e;
  fs::path parent = fs::path(path).parent_path();
  if (!parent.empty())
    fs::create_directories(parent, e);
  return mkdir(path.c_str(), 0700) == 0 || errno == EEXIST;
}

/// The build, the level of instructions, and what else in the environment decides what code is made.
std::string context_name() {
  constexpr const char *levels[] = {"baseline", "avx2", "avx512"};
  std::string name = build_id() + "-" + levels[static_cast<int>(isa())];
  if (const char *tier = std::getenv("WEFT_TIER");
      tier && std::string_view(tier) == "quick") // else only full code is kept
    name += "-quick";
  if (const char *work = std::getenv("WEFT_PARALLEL_WORK"); work && *work)
    name += fmt::format("-{:016x}", XXH3_64bits(work, std::strlen(work)));
  return name;
}

/// The image in a file; none, with why, where there is no whole one.
std::optional<CodeImage> read_entry(int file, std::string &why, bool installed) {
  struct stat s;
  if (fstat(file, &s) != 0 || !S_ISREG(s.st_mode) || (s.st_uid != geteuid() && !installed)) {
    why = "it is not a file of this user";
    return std::nullopt;
  }
  std::string bytes(static_cast<std::size_t>(std::clamp<off_t>(s.st_size, 0, CodeStore::limit)), '\0');
  ssize_t n = pread(file, bytes.data(), bytes.size(), 0);
  Header header, expected;
  std::string_view image = bytes;
  if (n == static_cast<ssize_t>(bytes.size()) && bytes.size() >= sizeof header) {
    std::memcpy(&header, bytes.data(), sizeof header);
    image.remove_prefix(sizeof header);
    if (std::equal(header.magic, header.magic + 8, expected.magic) && header.size == image.size() &&
        header.checksum == XXH3_64bits(image.data(), image.size()))
      return image_of(image);
  }
  why = "it is damaged";
  return std::nullopt;
}

/// Marks an entry as used, if it was not within the last hour: those that nobody uses go first.
void touch(int file) {
  struct stat s;
  if (fstat(file, &s) == 0 && std::time(nullptr) - s.st_mtim.tv_sec > 3600)
    futimens(file, nullptr);
}

struct Entry {
  std::string path;
  std::uint64_t bytes;
  fs::file_time_type used;
  bool temporary;
};

bool is_hexadecimal(std::string_view s, std::size_t digits) {
  return s.size() == digits && s.find_first_not_of("0123456789abcdef") == s.npos;
}
// A user may name any folder: nothing in it is touched that is not named as files of a store are.
bool is_context(std::string_view name) { return is_hexadecimal(name.substr(0, 16), 16) && name.substr(16, 1) == "-"; }
bool is_entry(std::string_view name) { return is_hexadecimal(name, 32); }
bool is_temporary(std::string_view name) {
  return name.starts_with(".") && name.size() > 33 && is_entry(name.substr(1, 32)) && name[33] == '-';
}

std::vector<fs::path> contexts(const std::string &folder) {
  std::vector<fs::path> found;
  std::error_code e;
  for (fs::directory_iterator context(folder, e), end; !e && context != end; context.increment(e))
    if (is_context(context->path().filename().native()))
      found.push_back(context->path());
  return found;
}

/// All files of a store. What vanishes meanwhile is left out.
std::vector<Entry> entries(const std::string &folder) {
  std::vector<Entry> found;
  for (const fs::path &context : contexts(folder)) {
    std::error_code e;
    for (fs::directory_iterator file(context, e), end; !e && file != end; file.increment(e)) {
      std::string name = file->path().filename();
      if (!is_entry(name) && !is_temporary(name))
        continue;
      std::error_code gone;
      Entry entry{file->path(), file->file_size(gone), file->last_write_time(gone), is_temporary(name)};
      if (!gone)
        found.push_back(std::move(entry));
    }
  }
  return found;
}

} // namespace

std::string program_key(std::string_view kind, std::string_view program) {
  XXH3_state_t state;
  XXH3_128bits_reset(&state);
  XXH3_128bits_update(&state, kind.data(), kind.size());
  XXH3_128bits_update(&state, "", 1);
  XXH3_128bits_update(&state, program.data(), program.size());
  XXH128_hash_t hash = XXH3_128bits_digest(&state);
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

CodeStore &CodeStore::get() {
  static CodeStore &store = *new CodeStore(default_folder());
  return store;
}

CodeStore::CodeStore(std::string folder)
    : folder_(std::move(folder)), context_(folder_.empty() ? "" : context_name()) {}

std::string CodeStore::path_of(const std::string &folder, const std::string &key) const {
  return folder + "/" + context_ + "/" + key;
}

std::string CodeStore::why_missing(const std::string &key) const {
  for (const fs::path &context : contexts(folder_))
    if (std::error_code gone; fs::exists(context / key, gone))
      return fmt::format("it was compiled for {}, and this is {}", context.filename().native(), context_);
  return "this program has not been compiled before, or not lately";
}

/// Null where there is no file, with errno, or no whole entry, with why.
std::unique_ptr<CompiledCode> CodeStore::read(const std::string &path, std::string &why, bool installed) const {
  File file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (file.get() < 0)
    return nullptr;
  std::unique_ptr<CompiledCode> code;
  if (std::optional<CodeImage> image = read_entry(file.get(), why, installed))
    code = load(*image, why);
  if (!installed) {
    if (code)
      touch(file.get());
    else
      unlink(path.c_str());
  }
  return code;
}

std::unique_ptr<CompiledCode> CodeStore::find(const std::string &key, std::string_view what) {
  if (folder_.empty())
    return nullptr;
  static const std::string &kernels = *new std::string(kernels_folder());
  std::string path = path_of(kernels, key), why;
  std::unique_ptr<CompiledCode> code = read(path, why, /*installed=*/true);
  if (!code) {
    path = path_of(folder_, key);
    why.clear();
    errno = EPERM;
    if (is_ours(folder_))
      code = read(path, why, /*installed=*/false);
  }
  if (logs(LogTopic::Cache)) {
    if (!code && why.empty())
      why = errno == ENOENT || errno == ENOTDIR ? why_missing(key) : std::strerror(errno);
    log_line(code ? fmt::format("cache: {} loaded from {}", what, path)
                  : fmt::format("cache: {} is not in {}: {}", what, folder_, why));
  }
  return code;
}

void CodeStore::keep(const std::string &key, CompiledCode &code, std::string_view what) {
  std::string image = std::exchange(code.image, {});
  if (folder_.empty() || image.empty())
    return;
  std::string context = folder_ + "/" + context_;
  auto failed = [&](const char *step) {
    if (logs(LogTopic::Cache))
      log_line(fmt::format("cache: {} is not kept in {}: {}: {}", what, folder_, step, std::strerror(errno)));
  };
  if (!make_folder(folder_) || !make_folder(context))
    return failed("the folder cannot be made");
  if (!is_ours(folder_)) {
    errno = EPERM;
    return failed("others can write there");
  }
  std::uint64_t number = written_.fetch_add(1, std::memory_order_relaxed);
  std::string temporary = fmt::format("{}/.{}-{}-{}", context, key, getpid(), number);
  Header header;
  header.size = image.size();
  header.checksum = XXH3_64bits(image.data(), image.size());
  {
    File file(open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file.get() < 0)
      return failed("a file cannot be made");
    if (!write_all(file.get(), {reinterpret_cast<const char *>(&header), sizeof header}) ||
        !write_all(file.get(), image)) {
      failed("it cannot be written");
      unlink(temporary.c_str());
      return;
    }
  }
  if (rename(temporary.c_str(), path_of(folder_, key).c_str()) != 0) {
    failed("it cannot be renamed");
    unlink(temporary.c_str());
    return;
  }
  if (number % 128 == 0) // the folder is read through, which takes long where there are many
    trim(limit);
}

void CodeStore::trim(std::uint64_t most) {
  std::vector<Entry> all = entries(folder_);
  std::uint64_t bytes = 0;
  auto now = fs::file_time_type::clock::now();
  for (const Entry &e : all) {
    bytes += e.bytes;
    if (e.temporary && now - e.used > std::chrono::hours(1)) // of a process that was killed
      unlink(e.path.c_str());
  }
  if (bytes <= most)
    return;
  std::ranges::sort(all, {}, &Entry::used);
  for (const Entry &e : all) {
    if (bytes <= most - most / 4)
      break;
    bytes -= e.bytes;
    unlink(e.path.c_str());
  }
  for (const fs::path &context : contexts(folder_))
    rmdir(context.c_str()); // where nothing is left
}

CodeStore::Stats CodeStore::stats() const {
  Stats s{.folder = folder_, .limit = limit};
  for (const Entry &e : folder_.empty() ? std::vector<Entry>() : entries(folder_)) {
    s.bytes += e.bytes;
    s.entries += !e.temporary;
    s.of_this_build += !e.temporary && fs::path(e.path).parent_path().filename() == context_;
  }
  return s;
}

std::uint64_t CodeStore::clear() {
  std::uint64_t before = stats().entries;
  if (!folder_.empty())
    trim(0);
  return before;
}

} // namespace weft::detail

// See build.h.
#include "lib/code/build.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <fmt/format.h>

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>
#include <vector>

namespace weft::detail {
namespace {

/// The path of the library that this code is in.
std::string own_library() {
  Dl_info self;
  return dladdr(reinterpret_cast<const void *>(&build_id), &self) && self.dli_fname ? self.dli_fname : "";
}

std::string read_at(int file, std::uint64_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  ssize_t n = pread(file, bytes.data(), size, static_cast<off_t>(offset));
  bytes.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
  return bytes;
}

template <class T> T struct_at(std::string_view bytes, std::size_t offset) {
  T t{};
  if (offset <= bytes.size() && sizeof t <= bytes.size() - offset)
    bytes.copy(reinterpret_cast<char *>(&t), sizeof t, offset);
  return t;
}

std::string_view build_id_note(std::string_view notes) {
  auto padded = [](std::size_t n) { return (n + 3) / 4 * 4; };
  for (std::size_t at = 0; at + sizeof(Elf64_Nhdr) <= notes.size();) {
    auto header = struct_at<Elf64_Nhdr>(notes, at);
    std::size_t name = at + sizeof header, content = name + padded(header.n_namesz);
    if (content > notes.size())
      break;
    if (header.n_type == NT_GNU_BUILD_ID && notes.substr(name, header.n_namesz) == std::string_view("GNU\0", 4))
      return notes.substr(content, header.n_descsz);
    at = content + padded(header.n_descsz);
  }
  return {};
}

/// What tells this file from another version of it: the linker's build id, else its size and time.
std::string identity(const std::string &path) {
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return "none";
  std::string id;
  auto header = struct_at<Elf64_Ehdr>(read_at(file, 0, sizeof(Elf64_Ehdr)), 0);
  std::string table = read_at(file, header.e_phoff, std::size_t{header.e_phnum} * sizeof(Elf64_Phdr));
  for (std::size_t k = 0; k < header.e_phnum && id.empty(); ++k)
    if (auto segment = struct_at<Elf64_Phdr>(table, k * sizeof(Elf64_Phdr)); segment.p_type == PT_NOTE)
      id = build_id_note(read_at(file, segment.p_offset, std::min<std::size_t>(segment.p_filesz, 4096)));
  struct stat s;
  if (id.empty() && fstat(file, &s) == 0)
    id = fmt::format("{} {}.{}", s.st_size, s.st_mtim.tv_sec, s.st_mtim.tv_nsec);
  close(file);
  return id;
}

std::string find_build_id() {
  std::string all;
  for (const std::string &path :
       {own_library(), compiler_library(), std::string(WEFT_LLVM_LIBRARY), std::string(WEFT_MLIR_LIBRARY)})
    all += identity(path) + '\n';
  return fmt::format("{:016x}", XXH3_64bits(all.data(), all.size()));
}

} // namespace

std::string compiler_library() {
  if (const char *env = std::getenv("WEFT_COMPILER_LIBRARY"); env && *env)
    return env;
  std::string own = own_library();
  return own.substr(0, own.rfind('/') + 1) + "libweft-compiler.so";
}

std::string kernels_folder() {
  std::string own = own_library();
  return own.substr(0, own.rfind('/') + 1) + "weft-kernels";
}

const std::string &build_id() {
  static const std::string &id = *new std::string(find_build_id());
  return id;
}

} // namespace weft::detail

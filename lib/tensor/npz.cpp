// .npz: a zip archive of .npy files, through libzip.
#include "lib/tensor/npy.h"
#include "lib/tensor/value.h"

#include <weft/io.h>

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>
#include <vector>
#include <zip.h>

namespace weft {

using detail::FilePlace;
using detail::NpyImage;

namespace {

constexpr std::string_view suffix = ".npy";

/// What is not closed was not finished: nothing of it is written.
using Archive = std::unique_ptr<zip_t, void (*)(zip_t *)>;

Archive open_archive(const FilePlace &file, int flags, const char *what) {
  int code = 0;
  zip_t *z = zip_open(file.name.c_str(), flags, &code);
  if (!z) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    file.fail(fmt::format("{}: {}", what, reason));
  }
  return {z, zip_discard};
}

/// A member's bytes. Its stated size is not trusted with memory.
std::string contents(zip_t *z, zip_uint64_t member, const FilePlace &file) {
  std::unique_ptr<zip_file_t, int (*)(zip_file_t *)> f(zip_fopen_index(z, member, 0), zip_fclose);
  if (!f)
    file.fail(fmt::format("cannot be read: {}", zip_strerror(z)));
  return detail::read_all([&](char *data, std::size_t size) {
    zip_int64_t got = zip_fread(f.get(), data, size);
    if (got < 0)
      file.fail(fmt::format("cannot be read: {}", zip_file_strerror(f.get())));
    return static_cast<std::size_t>(got);
  });
}

/// libzip removes an archive without members; NumPy writes one: its end record, and nothing else.
void write_empty(const FilePlace &file) {
  constexpr std::size_t size = 22;
  const char record[size + 1] = "PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
  std::FILE *f = std::fopen(file.name.c_str(), "wb");
  bool written = f && std::fwrite(record, 1, size, f) == size;
  if ((f && std::fclose(f) != 0) || !written)
    file.fail(fmt::format("cannot be written: {}", std::strerror(errno)));
}

void add_member(zip_t *z, const std::string &name, std::string &&bytes, std::vector<std::string> &kept,
                const FilePlace &file) {
  kept.push_back(std::move(bytes)); // read when the archive is closed
  zip_source_t *source = zip_source_buffer(z, kept.back().data(), kept.back().size(), 0);
  zip_int64_t member = source ? zip_file_add(z, (name + std::string(suffix)).c_str(), source, ZIP_FL_ENC_UTF_8) : -1;
  constexpr zip_uint16_t midnight = 0, new_year_1980 = 1 << 5 | 1; // as NumPy: a file without the time of its writing
  if (member < 0) {
    zip_source_free(source);
    file.fail(fmt::format("'{}' cannot be written: {}", name, zip_strerror(z)));
  }
  auto index = static_cast<zip_uint64_t>(member);
  if (zip_set_file_compression(z, index, ZIP_CM_STORE, 0) != 0 ||
      zip_file_set_dostime(z, index, midnight, new_year_1980, 0) != 0)
    file.fail(fmt::format("'{}' cannot be written: {}", name, zip_strerror(z)));
}

std::map<std::string, Tensor> read_members(const FilePlace &file) {
  Archive z = open_archive(file, ZIP_RDONLY, "cannot be read as a .npz file");
  std::map<std::string, Tensor> tensors;
  for (zip_int64_t k = 0, n = zip_get_num_entries(z.get(), 0); k < n; ++k) {
    auto member = static_cast<zip_uint64_t>(k);
    const char *text = zip_get_name(z.get(), member, 0);
    std::string name = text ? text : "";
    if (!name.ends_with(suffix))
      file.fail(fmt::format("its member '{}' is no .npy file", name));
    FilePlace place{fmt::format("{}: {}", file.name, name), file.loc};
    name.resize(name.size() - suffix.size());
    if (!tensors.emplace(name, detail::read_npy(contents(z.get(), member, place), place)).second)
      place.fail("there are two members of this name");
  }
  return tensors;
}

} // namespace

std::map<std::string, Tensor> load_npz(const std::string &path, std::source_location loc) {
  try {
    return read_members({path, loc});
  } catch (const std::bad_alloc &) {
    detail::raise(detail::ErrorKind::OutOfMemory, loc, fmt::format("no memory for {}", path));
  }
}

void savez(const std::string &path, const std::map<std::string, Tensor> &tensors, std::source_location loc) {
  FilePlace file{path, loc};
  std::vector<std::string> kept;
  kept.reserve(tensors.size()); // what is in it does not move
  if (tensors.empty())
    return write_empty(file);
  Archive z = open_archive(file, ZIP_CREATE | ZIP_TRUNCATE, "cannot be written");
  for (const auto &[name, tensor] : tensors) {
    NpyImage image = detail::npy_image(tensor, {fmt::format("{}: {}", path, name), loc});
    image.head += image.elements();
    add_member(z.get(), name, std::move(image.head), kept, file);
  }
  if (zip_close(z.get()) != 0)
    file.fail(fmt::format("cannot be written: {}", zip_strerror(z.get())));
  z.release(); // it is gone with its closing
}

} // namespace weft

// NumPy's .npy format, 1.0 to 3.0 (numpy.lib.format), in memory, for files and for the members of .npz files. Errors
// are IoErrors that begin with the name of the file.
#pragma once
#include <weft/tensor.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace weft::detail {

/// The file that bytes come from or go to, and the user's place.
struct FilePlace {
  std::string name;
  std::source_location loc;

  [[noreturn]] void fail(const std::string &reason) const;
};

/// All bytes of a source: read(data, size) gives how many it has put there, 0 at the end. Memory grows with what has
/// come.
template <class F> std::string read_all(F read) {
  constexpr std::size_t least = 1 << 16, most = 1 << 26;
  std::string bytes;
  for (;;) {
    std::size_t have = bytes.size(), step = std::clamp(have, least, most);
    bytes.resize(have + step);
    std::size_t got = read(bytes.data() + have, step);
    bytes.resize(have + got);
    if (got == 0)
      return bytes;
  }
}

/// What a .npy file with these bytes holds.
Tensor read_npy(std::string_view bytes, const FilePlace &file);

/// A tensor as a .npy file: `head` (format 1.0, C order), then `elements`, which are the tensor's own or `texts`.
struct NpyImage {
  std::string head, texts;
  ValueRef value;
  std::string_view elements() const;
};
NpyImage npy_image(const Tensor &t, const FilePlace &file);

} // namespace weft::detail

// NumPy's .npy format, 1.0 to 3.0 (numpy.lib.format), in memory, for files and for the members of .npz files. Errors
// are IoErrors that begin with the name of the file.
#pragma once
#include <weft/tensor.h>

#include <string>
#include <string_view>

namespace weft::detail {

/// The file that bytes come from or go to, and the user's place.
struct FilePlace {
  std::string name;
  std::source_location loc;

  [[noreturn]] void fail(const std::string &reason) const;
};

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

// NumPy's .npy files, format 1.0 to 3.0 (numpy.lib.format), as tensors.
#pragma once
#include <weft/weft.h>

#include <string>

namespace tool {

/// Numbers, bools and unicode strings, little-endian, in C or Fortran order. Throws weft::IoError that names the file.
weft::Tensor read_npy(const std::string &path);
/// Format 1.0, C order. Throws weft::IoError; bfloat16 has no .npy type.
void write_npy(const std::string &path, const weft::Tensor &tensor);

} // namespace tool

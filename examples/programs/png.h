// PNG files as tensors, through libpng.
#pragma once
#include <weft/weft.h>

#include <string>

namespace programs {

/// The picture's grey levels 0..255, int32 (H, W); colour is converted, transparency goes on black. Throws
/// weft::IoError that names the file and the reason.
weft::Tensor read_png(const std::string &path);
/// Writes int32 (H, W) as grey or (H, W, 3) as RGB; values are clamped to 0..255. Throws weft::IoError when the file
/// cannot be written, weft::ShapeError for another shape.
void write_png(const std::string &path, const weft::Tensor &picture);

} // namespace programs

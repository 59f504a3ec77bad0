// The Mandelbrot set by whole-array steps: every point takes every turn, those that have left are masked.
#pragma once
#include <weft/weft.h>

#include <utility>

namespace programs {

/// Real and imaginary part of size x size points around the set, each float32 (size, size).
std::pair<weft::Tensor, weft::Tensor> complex_plane(int size);
/// In how many of the first `turns` turns of z = z * z + c each point was inside |z| < 2: int32.
weft::Tensor mandelbrot(weft::Tensor re, weft::Tensor im, int turns);
/// Counts as a picture: int32 (H, W, 3) with channels 0..255. Runs on the host.
weft::Tensor colours(const weft::Tensor &counts, int turns);

} // namespace programs

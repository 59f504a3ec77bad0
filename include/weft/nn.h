// Operations of neural networks beside those of ops.h: convolutions and pools over images (n, height, width, channels).
#pragma once
#include <weft/ops.h>

namespace weft {

/// Where windows may lie: inside the image only, or so that there are ceil(size / stride) of them, with as much around
/// the image as that takes, evenly on both sides and the odd one behind. TensorFlow's "VALID" and "SAME".
enum class Padding { Valid, Same };

/// Sums of images (n, height, width, in) under filters (height, width, in, out) that move by `strides`, their elements
/// `dilations` apart: (n, rows, columns, out). Outside the image is 0. Floating (DTypeError); ShapeError for what does
/// not fit. TensorFlow `conv2d`, NHWC and HWIO.
WEFT_API Tensor conv2d(const Operand &x, const Operand &w, const Shape &strides = {1, 1},
                       Padding padding = Padding::Valid, const Shape &dilations = {1, 1});
/// The largest element of each window and channel; every number. The strides are the window's sizes unless given.
/// TensorFlow `max_pool2d`.
WEFT_API Tensor max_pool2d(const Operand &x, const Shape &window, const Shape &strides = {},
                           Padding padding = Padding::Valid);
/// The mean of each window and channel, of the elements inside the image; floating. TensorFlow `avg_pool2d`.
WEFT_API Tensor avg_pool2d(const Operand &x, const Shape &window, const Shape &strides = {},
                           Padding padding = Padding::Valid);
/// x Φ(x) with the normal distribution Φ, or the approximation of it by tanh; floating. TensorFlow `gelu`.
WEFT_API Tensor gelu(const Operand &x, bool approximate = false);

} // namespace weft

// libpng's simplified interface: it reports errors as text in a struct, so there is no longjmp over C++ frames.
#include "png.h"

#include <png.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <vector>

using weft::Tensor;

namespace {

[[noreturn]] void fail(const std::string &path, const char *verb, const std::string &reason) {
  throw weft::IoError({}, path + ": cannot be " + verb + " as PNG: " + reason);
}

struct Free {
  void operator()(png_image *image) const { png_image_free(image); }
};

// A damaged header may ask for 2^62 bytes; no photograph has this many pixels.
constexpr std::uint64_t max_pixels = std::uint64_t{1} << 28;

} // namespace

Tensor programs::read_png(const std::string &path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    fail(path, "read", "it is a folder");
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  std::unique_ptr<png_image, Free> guard(&image);
  if (!png_image_begin_read_from_file(&image, path.c_str()))
    fail(path, "read", image.message);
  if (std::uint64_t{image.width} * image.height > max_pixels)
    fail(path, "read", "it has more than 2^28 pixels");
  image.format = PNG_FORMAT_GRAY;
  std::vector<png_byte> pixels(PNG_IMAGE_SIZE(image));
  png_color black{};
  if (!png_image_finish_read(&image, &black, pixels.data(), 0, nullptr))
    fail(path, "read", image.message);
  std::vector<std::int32_t> levels(pixels.begin(), pixels.end());
  return weft::from_span(levels, {image.height, image.width});
}

void programs::write_png(const std::string &path, const Tensor &picture) {
  weft::Shape shape = picture.shape();
  bool grey = shape.rank() == 2;
  if (!grey && !(shape.rank() == 3 && shape[2] == 3))
    throw weft::ShapeError({}, path + ": a picture has shape (H, W) or (H, W, 3), not " + weft::to_string(shape));
  std::vector<png_byte> pixels;
  pixels.reserve(static_cast<std::size_t>(picture.size()));
  for (std::int32_t v : picture.span<std::int32_t>())
    pixels.push_back(static_cast<png_byte>(std::clamp(v, 0, 255)));
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  std::unique_ptr<png_image, Free> guard(&image);
  image.height = static_cast<png_uint_32>(shape[0]);
  image.width = static_cast<png_uint_32>(shape[1]);
  image.format = grey ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  if (!png_image_write_to_file(&image, path.c_str(), 0, pixels.data(), 0, nullptr))
    fail(path, "written", image.message);
}

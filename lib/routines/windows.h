// Windows that move over images, for convolutions and pools.
#pragma once
#include "lib/routines/routine.h"

#include <algorithm>

namespace weft::detail {

/// The windows along one dimension: `count` of `size` elements each, `gap` apart; window i begins at first(i), which is
/// negative where it begins in the padding.
struct Windows {
  std::int64_t image, size, gap, step, count, padding = 0;

  /// `same`: padding evenly on both sides, the odd one behind.
  Windows(std::int64_t image, std::int64_t size, std::int64_t gap, std::int64_t step, std::int64_t count, bool same)
      : image(image), size(size), gap(gap), step(step), count(count) {
    if (same && count > 0)
      padding = std::max<std::int64_t>((count - 1) * step + (size - 1) * gap + 1 - image, 0) / 2;
  }
  std::int64_t first(std::int64_t i) const { return i * step - padding; }
  /// The elements of window i that lie in the image: from `begin` to before `end`.
  std::int64_t begin(std::int64_t i) const { return first(i) < 0 ? std::min((gap - 1 - first(i)) / gap, size) : 0; }
  std::int64_t end(std::int64_t i) const {
    std::int64_t room = image - first(i);
    return room <= 0 ? 0 : std::min((room - 1) / gap + 1, size);
  }
};

} // namespace weft::detail

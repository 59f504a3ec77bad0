// Blur, histogram and thresholds: slices, reductions and traced loops.
#include "otsu.h"

using weft::slice;
using weft::Tensor;

namespace programs {

Tensor blur(Tensor image) {
  Tensor x = weft::cast(image, weft::float32);
  Tensor down = x(slice(0, -2)) + 2 * x(slice(1, -1)) + x(slice(2, weft::none));
  Tensor both = down(weft::ellipsis, slice(0, -2)) + 2 * down(weft::ellipsis, slice(1, -1)) +
                down(weft::ellipsis, slice(2, weft::none));
  return weft::set(x, both / 16, slice(1, -1), slice(1, -1));
}

Tensor grey_levels(Tensor smooth) { return weft::cast(weft::floor(smooth + 0.5f), weft::int32); }

Tensor histogram(Tensor levels) {
  return weft::sum(weft::reshape(weft::arange(256), {256, 1}) == weft::reshape(levels, {1, -1}), 1);
}

Tensor otsu(Tensor histogram) {
  Tensor counts = weft::cast(histogram, weft::float64);
  Tensor total = weft::sum(counts), moment = weft::sum(counts * weft::cast(weft::arange(256), weft::float64));
  Tensor below = 0.0, moment_below = 0.0, best = 0.0, threshold = 0;
  for (Tensor t : weft::range(256)) {
    below += counts[t];
    moment_below += counts[t] * weft::cast(t, weft::float64);
    Tensor above = total - below;
    if (below > 0 && above > 0) {
      Tensor distance = moment_below / below - (moment - moment_below) / above;
      Tensor between = below * above * distance * distance;
      if (between > best) {
        best = between;
        threshold = t;
      }
    }
  }
  return threshold;
}

Tensor isodata(Tensor levels) {
  auto total_sum = [](Tensor x) { return weft::cast(weft::sum(x), weft::float64); };
  Tensor n = static_cast<double>(levels.size()), sum = total_sum(levels);
  Tensor threshold = sum / n, moved = 1.0;
  while (moved >= 0.5) {
    Tensor low = levels <= weft::cast(weft::floor(threshold), weft::int32);
    Tensor n_low = total_sum(low), sum_low = total_sum(weft::where(low, levels, 0));
    // A class without a pixel has no mean: the threshold takes its place.
    Tensor mean_low = n_low > 0 ? sum_low / n_low : threshold;
    Tensor mean_high = n_low < n ? (sum - sum_low) / (n - n_low) : threshold;
    Tensor next = (mean_low + mean_high) / 2;
    moved = weft::abs(next - threshold);
    threshold = next;
  }
  return threshold;
}

Segmented segment(Tensor image) {
  Tensor levels = grey_levels(blur(image));
  Tensor by_otsu = otsu(histogram(levels)), by_isodata = isodata(levels);
  Tensor above_otsu = weft::cast(levels > by_otsu, weft::int32) * 255;
  Tensor above_isodata = weft::cast(weft::cast(levels, weft::float64) > by_isodata, weft::int32) * 255;
  return {levels, by_otsu, by_isodata, weft::concat({levels, above_otsu, above_isodata}, 1)};
}

} // namespace programs

// The while loop over whole arrays, and a colour map for its counts.
#include "mandelbrot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

using weft::Tensor;

namespace programs {

std::pair<Tensor, Tensor> complex_plane(int size) {
  Tensor steps = weft::cast(weft::arange(size), weft::float32) * (3.0f / static_cast<float>(size));
  return {weft::broadcast_to(weft::reshape(steps - 2.25f, {1, size}), {size, size}),
          weft::broadcast_to(weft::reshape(steps - 1.5f, {size, 1}), {size, size})};
}

Tensor mandelbrot(Tensor re, Tensor im, int turns) {
  Tensor x = weft::zeros_like(re), y = weft::zeros_like(im), counts = weft::zeros(re.shape(), weft::int32), turn = 0;
  while (turn < turns) {
    Tensor inside = x * x + y * y < 4;
    Tensor next = weft::where(inside, x * x - y * y + re, x);
    y = weft::where(inside, 2 * x * y + im, y);
    x = next;
    counts += weft::cast(inside, weft::int32);
    turn += 1;
  }
  return counts;
}

Tensor colours(const Tensor &counts, int turns) {
  // Stops of a cyclic map from deep blue over white and amber to nearly black; points that never left are black.
  struct Stop {
    double at;
    std::array<double, 3> rgb;
  };
  static constexpr Stop stops[] = {{0, {0, 7, 100}},        {0.16, {32, 107, 203}}, {0.42, {237, 255, 255}},
                                   {0.6425, {255, 170, 0}}, {0.8575, {40, 10, 20}}, {1, {0, 7, 100}}};
  std::vector<std::array<std::int32_t, 3>> map(static_cast<std::size_t>(turns) + 1);
  for (int n = 0; n < turns; ++n) {
    // Neighbouring counts differ much near the rim and little far out: the logarithm evens them.
    double at = std::pow(std::log1p(n) / std::log1p(turns), 1.5);
    const Stop *high =
        std::find_if(std::begin(stops) + 1, std::end(stops) - 1, [&](const Stop &s) { return at < s.at; });
    const Stop &low = high[-1];
    double part = (at - low.at) / (high->at - low.at);
    for (int c = 0; c < 3; ++c)
      map[n][c] = static_cast<std::int32_t>(std::lround(low.rgb[c] + part * (high->rgb[c] - low.rgb[c])));
  }
  std::vector<std::int32_t> picture;
  picture.reserve(3 * static_cast<std::size_t>(counts.size()));
  for (std::int32_t n : counts.span<std::int32_t>())
    picture.insert(picture.end(), map[n].begin(), map[n].end());
  return weft::from_span(picture, {counts.shape()[0], counts.shape()[1], 3});
}

} // namespace programs

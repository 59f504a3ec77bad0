// Compiled with -O3 -march=native, and without -ffast-math: these loops keep the order of float operations, as weft
// does, so their sum is not vectorised.
#include "c_loops.h"

#include <utility>

namespace programs::plain {

Chain longest_chain(std::int64_t limit) {
  Chain best{1, 0, 0};
  for (std::int64_t i = 1; i < limit; ++i) {
    std::int64_t x = i, steps = 0;
    while (x != 1) {
      if (x % 2 == 0)
        x = x / 2;
      else
        x = 3 * x + 1;
      ++steps;
    }
    if (steps > best.length) {
      best.start = i;
      best.length = steps;
    }
    best.total += steps;
  }
  return best;
}

double newton(double x, std::int64_t steps) {
  for (std::int64_t i = 0; i < steps; ++i)
    x = 0.5 * (x + 2 / x) + 1e-9 * static_cast<double>(i);
  return x;
}

std::vector<float> heat(std::vector<float> u, std::int64_t steps) {
  std::vector<float> next = u;
  for (std::int64_t s = 0; s < steps; ++s) {
    for (std::size_t k = 1; k + 1 < u.size(); ++k)
      next[k] = u[k] + 0.1f * (u[k + 1] - 2 * u[k] + u[k - 1]);
    std::swap(u, next);
  }
  return u;
}

void multiply_add(std::span<const float> a, std::span<const float> b, std::span<const float> c,
                  std::span<float> result) {
  for (std::size_t k = 0; k < result.size(); ++k)
    result[k] = a[k] * b[k] + c[k];
}

float sum(std::span<const float> x) {
  float s = 0;
  for (float v : x)
    s += v;
  return s;
}

} // namespace programs::plain

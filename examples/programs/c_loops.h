// What the compiled functions are held against: the same loops in plain C++, as one would write them by hand.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace programs::plain {

struct Chain {
  std::int64_t start, length, total;
};
Chain longest_chain(std::int64_t limit);
/// steps times x = (x + 2 / x) / 2 + i * 1e-9.
double newton(double x, std::int64_t steps);
/// steps turns of u[k] += 0.1 (u[k + 1] - 2 u[k] + u[k - 1]), ends fixed.
std::vector<float> heat(std::vector<float> u, std::int64_t steps);
/// a * b + c, and the sum of x in index order.
void multiply_add(std::span<const float> a, std::span<const float> b, std::span<const float> c,
                  std::span<float> result);
float sum(std::span<const float> x);

} // namespace programs::plain

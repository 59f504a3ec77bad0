// A user's program: traces one function, so that the installed libweft has to find its compiler library.
#include <weft/weft.h>

#include <cstdio>

int main() {
  auto twice_plus = weft::function([](weft::Tensor x, weft::Tensor y) { return x * 2.0f + y; });
  const float result = twice_plus(20.0f, 2.0f).item<float>();
  std::printf("20 * 2 + 2 = %g, traces: %zu\n", result, static_cast<std::size_t>(twice_plus.trace_count()));
  return result == 42.0f && twice_plus.trace_count() == 1 ? 0 : 1;
}

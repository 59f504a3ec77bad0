// A user's program: traces a function with control flow of its own, so that the installed libweft has to find its compiler
// library, and the rewriter has to have been at work.
#include <weft/weft.h>

#include <cstdio>

weft::Tensor collatz_steps(weft::Tensor n) {
  weft::Tensor steps = 0;
  while (n != 1) {
    if (n % 2 == 0)
      n = n / 2;
    else
      n = 3 * n + 1;
    steps += 1;
  }
  return steps;
}

int main() {
  auto steps = weft::function(collatz_steps);
  const int result = steps(27).item<int>();
  std::printf("27 takes %d steps to 1, traces: %zu\n", result, static_cast<std::size_t>(steps.trace_count()));
  return result == 111 && steps(1).item<int>() == 0 && steps.trace_count() == 1 ? 0 : 1;
}

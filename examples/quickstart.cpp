// The smallest traced function: ordinary C++ over tensors, compiled at its first call.
#include <weft/weft.h>

#include <iostream>

using weft::Tensor;

// The largest x with x * x <= n, by Newton's iteration on integers.
Tensor integer_sqrt(Tensor n) {
  Tensor x = n, next = (n + 1) / 2;
  while (next < x) {
    x = next;
    next = (x + n / x) / 2;
  }
  return x;
}

int main() {
  std::cout << "eager:    " << integer_sqrt(1'000'000) << "\n";

  auto compiled = weft::function("integer_sqrt", integer_sqrt);
  std::cout << "compiled: " << compiled(1'000'000) << "\n";
  std::cout << "again:    " << compiled(99) << ", traced " << compiled.trace_count() << " time\n";

  std::cout << compiled.ir(weft::Stage::Traced, weft::spec(weft::int32));
}

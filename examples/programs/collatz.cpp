// Two nested while loops and two ifs over rank-0 int64 tensors.
#include "collatz.h"

using weft::Tensor;

programs::Chain programs::longest_chain(Tensor limit) {
  Tensor i = std::int64_t{1}, start = std::int64_t{1}, length = std::int64_t{0}, total = std::int64_t{0};
  while (i < limit) {
    Tensor x = i, steps = std::int64_t{0};
    while (x != 1) {
      if (x % 2 == 0)
        x = x / 2;
      else
        x = 3 * x + 1;
      steps += 1;
    }
    if (steps > length) {
      start = i;
      length = steps;
    }
    total += steps;
    i += 1;
  }
  return {start, length, total};
}

// myadd, as it was written in Python for TensorFlow:
//   for i in tf.range(3): tf.print(i)
//   c = a + b; print("tracing"); return c
#include "seed.h"

#include <cstdio>

using weft::Tensor;

Tensor programs::myadd(Tensor a, Tensor b) {
  for (Tensor i : weft::range(3))
    weft::print(i);
  Tensor c = a + b;
  std::puts("tracing");
  return c;
}

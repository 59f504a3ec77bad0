// One computation in three ways with the same result: eagerly, traced from C++, and as a graph that is built first.
#include <weft/weft.h>

#include <iostream>

using weft::Tensor;

// Horner's rule for 2 x^3 - x + 0.5.
Tensor polynomial(Tensor x) {
  Tensor y = weft::zeros_like(x);
  for (float c : {2.0f, 0.0f, -1.0f, 0.5f}) // a host loop: unrolled while tracing
    y = y * x + c;
  return y;
}

int main() {
  Tensor x = {-1.0f, 0.0f, 0.5f, 2.0f};

  std::cout << "eager:  " << polynomial(x) << "\n";

  auto traced = weft::function("polynomial", polynomial);
  std::cout << "traced: " << traced(x) << "\n";

  weft::Graph graph;
  Tensor in = graph.input("x", weft::spec(weft::float32, {4}));
  graph.build([&] { graph.output("y", polynomial(in)); });
  std::cout << "graph:  " << graph.compile()({{"x", x}})["y"] << "\n";
}

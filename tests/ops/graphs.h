// Random expressions over arrays: each node is an operation on earlier ones, once as a call of weft and once as NumPy's
// text.
#pragma once
#include "tests/ops/numpy.h"

#include <functional>
#include <random>
#include <span>

namespace weft::test {

struct Node {
  std::string numpy; // of x, y, z (the inputs) and n0, n1, … (earlier nodes)
  std::vector<std::size_t> operands;
  std::function<Tensor(std::span<const Tensor>)> call; // of the operands' values
  DType dtype;
  Shape shape;
  bool smooth = false; // of a function that NumPy rounds in its own way: not compared with it
};

/// The first three nodes are the inputs.
struct Graph {
  Case inputs;
  std::vector<Node> nodes;

  /// Every node's value.
  std::vector<Tensor> run(std::span<const Tensor> inputs) const;
  /// A Python expression whose value is that of node k.
  std::string python(std::size_t k) const;
  /// The nodes that node k needs, itself included, in order.
  std::vector<std::size_t> cone(std::size_t k) const;
  /// The nodes that no other node uses.
  std::vector<std::size_t> sinks() const;
};

Graph random_graph(std::uint32_t seed);

} // namespace weft::test

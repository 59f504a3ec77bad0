// Shapes to make or to take while some of their sizes are open: those are as long as vectors, of which nothing else is
// read. So compiled code knows them before it runs, and the type rules hold them against each other.
#pragma once
#include <weft/ops.h>

#include <vector>

namespace weft::detail {

struct OpenShape {
  Shape sizes;
  std::vector<Tensor> lengths; ///< one for each open size, in order

  OpenShape() = default;
  OpenShape(const Shape &known) : sizes(known) {}
  /// The size of dimension `d` of x, counted from the front.
  void add(const Operand &x, int d);
  /// The sizes of the dimensions from `first` to before `end`, one by one or multiplied.
  void add(const Operand &x, int first, int end);
  void add_product(const Operand &x, int first, int end);
};

/// x with as many elements in another shape.
Tensor reshape(const Operand &x, const OpenShape &shape);
/// A value of rank 0 everywhere.
Tensor full(const OpenShape &shape, const Operand &value);

} // namespace weft::detail

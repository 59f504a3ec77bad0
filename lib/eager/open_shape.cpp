// See open_shape.h.
#include "lib/eager/open_shape.h"

#include "lib/eager/dispatch.h"
#include "lib/eager/place.h"

#include <algorithm>

namespace weft::detail {

void OpenShape::add(const Operand &x, int d) {
  sizes.push_back(x.shape()[d]);
  if (x.shape()[d] == dynamic)
    lengths.push_back(positions(x, d));
}

void OpenShape::add(const Operand &x, int first, int end) {
  for (int d = first; d < end; ++d)
    add(x, d);
}

void OpenShape::add_product(const Operand &x, int first, int end) {
  if (end - first == 1)
    return add(x, first);
  Place at(x);
  std::int64_t product = 1;
  for (int d = first; d < end; ++d)
    product = product == dynamic || x.shape()[d] == dynamic ? dynamic : product * x.shape()[d];
  sizes.push_back(product);
  if (product != dynamic)
    return;
  Tensor all =
      positions(x, first); // a matrix of the length so far and the next size has as many elements as the product
  for (int d = first + 1; d < end; ++d)
    all = weft::reshape(at(multiply(at(expand_dims(at(all), 1)), at(positions(x, d)))), {-1});
  lengths.push_back(all);
}

Tensor reshape(const Operand &x, const OpenShape &shape) {
  Shape to = shape.sizes;
  for (int d = 0; d < to.rank(); ++d)
    if (to[d] == dynamic)
      to[d] = -1;
  // A single open size is what the others leave, unless they leave it free.
  bool empty = std::count(to.begin(), to.end(), 0) > 0;
  if (shape.lengths.size() <= (empty ? 0 : 1))
    return weft::reshape(x, to);
  std::vector<ValueRef> operands{x.value()};
  for (const Tensor &length : shape.lengths)
    operands.push_back(length.checked(x.loc()));
  Attr attr{"shape", shape.sizes};
  return apply(OpId::Reshape, operands, {&attr, 1}, x.loc());
}

Tensor full(const OpenShape &shape, const Operand &value) {
  Place at(value);
  Shape known;
  for (std::int64_t d : shape.sizes)
    known.push_back(d == dynamic ? 1 : d);
  Tensor result = weft::full(known, value);
  auto length = shape.lengths.begin();
  for (int d = 0; d < known.rank(); ++d)
    if (shape.sizes[d] == dynamic) { // repeated as often as there are positions
      Tensor along = *length++;
      for (int k = d + 1; k < known.rank(); ++k)
        along = expand_dims(at(along), -1);
      result = where(at(greater_equal(at(along), at.number(0))), at(result), at(result));
    }
  return result;
}

} // namespace weft::detail

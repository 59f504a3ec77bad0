// The public functions of dialect/IR/NeuralOps.td, and gelu.
#include "lib/eager/dispatch.h"
#include "lib/eager/place.h"

#include <weft/nn.h>

#include <array>
#include <numbers>

namespace weft {

using detail::Attr;
using detail::OpId;

namespace {

Tensor pool(OpId op, const Operand &x, const Shape &window, const Shape &strides, Padding padding) {
  std::array<Attr, 3> attrs{Attr{"window", window}, Attr{"strides", strides.empty() ? window : strides},
                            Attr{"same", padding == Padding::Same}};
  return detail::apply(op, std::span(&x.value(), 1), attrs, x.loc());
}

} // namespace

Tensor conv2d(const Operand &x, const Operand &w, const Shape &strides, Padding padding, const Shape &dilations) {
  std::array<Attr, 3> attrs{Attr{"strides", strides}, Attr{"dilations", dilations},
                            Attr{"same", padding == Padding::Same}};
  const Operand *operands[] = {&x, &w};
  return detail::apply(OpId::Conv2d, detail::resolve(operands, "conv2d"), attrs, x.loc());
}

Tensor max_pool2d(const Operand &x, const Shape &window, const Shape &strides, Padding padding) {
  return pool(OpId::MaxPool2d, x, window, strides, padding);
}

Tensor avg_pool2d(const Operand &x, const Shape &window, const Shape &strides, Padding padding) {
  return pool(OpId::AvgPool2d, x, window, strides, padding);
}

Tensor gelu(const Operand &x, bool approximate) {
  return detail::widened(x, "gelu", [&](const Operand &x, const detail::Place &at) {
    auto half_more = [&](const Tensor &t) { // x (1 + t) / 2
      return multiply(at(multiply(x, at.like(0.5))), at(add(at.like(1), at(t))));
    };
    if (!approximate)
      return half_more(erf(at(multiply(x, at.like(std::numbers::sqrt2 / 2)))));
    Tensor cubic = add(x, at(multiply(at.like(0.044715), at(multiply(x, at(square(x)))))));
    return half_more(tanh(at(multiply(at.like(std::numbers::inv_sqrtpi * std::numbers::sqrt2), at(cubic)))));
  });
}

} // namespace weft

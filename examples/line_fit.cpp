// State that outlives a call: a module with two variables, fitted to points by gradient descent in one traced loop that
// prints as it goes.
#include <weft/weft.h>

#include <iostream>

using weft::Tensor;

struct Line : weft::Module {
  weft::Variable slope = variable("slope", 0.0);
  weft::Variable offset = variable("offset", 0.0);

  Tensor operator()(Tensor x) const { return slope * x + offset; }
};

// `turns` steps along the gradient of the mean squared error.
Tensor fit(Line &line, Tensor x, Tensor y, Tensor turns, Tensor rate) {
  double n = static_cast<double>(x.size());
  Tensor loss = 0.0;
  for (Tensor i : weft::range(turns)) {
    Tensor error = line(x) - y;
    loss = weft::sum(error * error) / n;
    if (i % 100 == 0)
      weft::print("turn", i, "loss", loss);
    line.slope.assign_sub(rate * 2 * weft::sum(error * x) / n);
    line.offset.assign_sub(rate * 2 * weft::sum(error) / n);
  }
  return loss;
}

int main() {
  Line line;
  Tensor x = weft::arange(0.0, 1.0, 0.125), y = 3 * x - 1;
  auto traced = weft::function("fit", fit);
  Tensor loss = traced(line, x, y, 300, 0.5);
  std::cout << "loss " << loss << "\n";
  for (const auto &[name, variable] : line.named_variables())
    std::cout << name << " = " << variable.value() << "\n";
}

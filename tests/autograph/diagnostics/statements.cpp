// exit: 1
// Statements that cannot stand under a tensor condition.
#include <weft/weft.h>

#include <stdexcept>

using weft::Tensor;

Tensor jumps(Tensor x) {
again:
  if (x < 0) {
    x += 1;
    goto again; //~ 5: error: 'goto' into or out of a statement that a tensor decides cannot be traced
  }
  return x;
}

Tensor throws(Tensor x) {
  if (x < 0) //~ 3: note: the condition of this statement is a tensor
    throw std::runtime_error("negative"); //~ 5: warning: 'throw' under a tensor condition //~ weft::check //~ [-Wweft-throw]
  return x;
}

Tensor throws_in_an_expression(Tensor x) {
  return x < 0 ? throw 1 : x; //~ 10: note: the condition of this statement is a tensor //~ 18: warning: 'throw' under a tensor condition
}

Tensor throws_to_itself(Tensor x) {
  try {
    throw 1;
  } catch (int) {
    if (x > 2)
      x += 10;
  }
  return x;
}

Tensor leaves_a_switch(Tensor x, int mode) {
  switch (mode) {
  case 0:
    if (x > 0) // is converted: the rest of the case runs under the other condition
      break;
    x += 1;
    break;
  default:
    x += 2;
  }
  return x;
}

Tensor noexcept_function(Tensor x) noexcept { //~ 8: warning: noexcept //~ [-Wweft-noexcept]
  if (x > 3)
    return x * 2;
  return x;
}

Tensor options_of_a_host_loop(Tensor x) {
  for (int k = 0; k < 3; ++k) {
    weft::loop_options({.maximum_iterations = 2}); //~ 5: warning: weft::loop_options has no effect on a loop that runs on the host //~ [-Wweft-loop-options]
    x += k;
  }
  while (x > 0) {
    weft::loop_options({.maximum_iterations = 2});
    x -= 1;
  }
  return x;
}

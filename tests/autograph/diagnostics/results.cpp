// exit: 1
// Results under tensor conditions.
#include <weft/weft.h>

using weft::Tensor;

Tensor on_some_paths(Tensor x) {
  if (x > 0)
    return x;
} //~ 1: error: this function returns a value under a tensor condition on some paths, and reaches its end on others

bool host_result(Tensor p, Tensor q) { //~ 6: note: the result is declared here
  if (p < q)
    return true; //~ 5: warning: a host value of type 'bool' is returned under a tensor condition //~ [-Wweft-host-state]
  return false;
}

int host_result_of_a_loop(Tensor x) { //~ 5: note: the result is declared here
  while (true) {
    if (x > 5)
      return 1; //~ 7: warning: a host value of type 'int' is returned under a tensor condition
    x += 1;
  }
}

Tensor &reference(Tensor &a, Tensor &b) { //~ 9: error: a function that returns a reference cannot return under a tensor condition
  if (a < b)
    return b;
  return a;
}

Tensor both_paths(Tensor x) {
  if (x > 0)
    return x;
  else
    return -x;
}

void no_value(Tensor &x) {
  if (x > 0)
    return;
  x = 5;
}

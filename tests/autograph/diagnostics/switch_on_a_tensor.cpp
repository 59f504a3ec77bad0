// exit: 1
// A switch on a tensor is no C++; the message must show the way.
#include <weft/weft.h>

using weft::Tensor;

Tensor chosen(Tensor x) {
  switch (x) { //~ 3: error: switch condition type 'Tensor' //~ 3: note: a choice among branches by a tensor is weft::switch_case
  case 0:
    return x + 1;
  default:
    return x;
  }
}

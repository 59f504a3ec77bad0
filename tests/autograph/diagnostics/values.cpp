// exit: 1
// C++ values that tensors decide, static tensors, copies in lambdas, algorithms with host predicates.
#include <weft/weft.h>

#include <algorithm>

using weft::Tensor;

Tensor host_value(Tensor a, Tensor b) {
  bool q = a < b && b < 3; //~ 18: warning: a tensor decides this C++ value of type 'bool' //~ [-Wweft-host-value]
  if (q)
    return a;
  return b;
}

Tensor static_tensor(Tensor x) {
  static Tensor cache = 0; //~ 17: error: static 'cache' would keep a tensor of the trace that assigns it //~ weft::Variable
  if (x > 2)
    cache = x;
  return cache;
}

Tensor copied(Tensor x) {
  Tensor k = 1;
  auto f = [k](Tensor t) { return t + k; }; //~ 13: warning: the lambda keeps a copy of 'k', which is assigned later //~ [-Wweft-copied-tensor]
  if (x > 2)
    k = 5; //~ 7: note: assigned here
  return f(x) + k;
}

Tensor sorted(Tensor x) {
  std::vector<Tensor> v{x, 3, 1};
  std::sort(v.begin(), v.end(), [](const Tensor &p, const Tensor &q) { return p < q; }); //~ 3: warning: std::sort reads tensors as C++ bools //~ [-Wweft-host-predicate]
  return v[0];
}

Tensor searched(Tensor x) {
  std::vector<Tensor> v{x, 3, 1};
  auto at = std::find_if(v.begin(), v.end(), [](const Tensor &p) { return p > 2; }); //~ 13: warning: std::find_if reads tensors as C++ bools
  return *at;
}

Tensor maximum(Tensor x) { return std::max(x, Tensor(3)); } //~ 35: warning: std::max reads tensors as C++ bools

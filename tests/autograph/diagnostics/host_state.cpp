// Host state that changes under a tensor condition. `//~ 7: kind: text` is a message at column 7 of its line; `//~ fix: text` a
// fix-it of the message before it.
#include <weft/weft.h>

#include <map>
#include <string>

using weft::Tensor;

Tensor number_under_if(Tensor x) {
  int k = 0; //~ 7: note: 'k' is declared here //~ fix: weft::Tensor
  if (x > 0) //~ 3: note: the condition of this statement is a tensor
    k += 1; //~ 7: warning: host variable 'k' of type 'int' changes under a tensor condition //~ [-Wweft-host-state]
  return x + k;
}

Tensor number_in_while(Tensor x) {
  double turns = 0; //~ 10: note: 'turns' is declared here //~ fix: weft::Tensor
  while (x < 10) { //~ 3: note: the condition of this statement is a tensor
    x += 3;
    ++turns; //~ 5: warning: host variable 'turns' of type 'double' changes under a tensor condition
  }
  return x * 100 + int(turns);
}

Tensor number_in_range(Tensor n) {
  long last = 0; //~ 8: note: 'last' is declared here //~ fix: weft::Tensor
  for (Tensor i : weft::range(n)) { //~ 3: note: the condition of this statement is a tensor
    n = n + i;
    last = 5; //~ 10: warning: host variable 'last' of type 'long' changes under a tensor condition
  }
  return n + last;
}

Tensor number_after_a_traced_break(Tensor x) {
  int seen = 0; //~ 7: note: 'seen' is declared here //~ fix: weft::Tensor
  for (int k = 0; k < 4; ++k) { //~ 3: note: the condition of this statement is a tensor
    if (x > k)
      break;
    seen = k; //~ 10: warning: host variable 'seen' of type 'int' changes under a tensor condition
  }
  return x + seen;
}

Tensor number_in_a_conditional(Tensor x) {
  int k = 0; //~ 7: note: 'k' is declared here //~ fix: weft::Tensor
  Tensor r = x > 0 ? (k = 1, x) : x; //~ 14: note: the condition of this statement is a tensor //~ 25: warning: host variable 'k'
  return r + k;
}

Tensor pointer(Tensor x) {
  Tensor a = 1, b = 2, *p = &a; //~ 25: note: 'p' is declared here
  if (x > 2) //~ 3: note: the condition of this statement is a tensor
    p = &b; //~ 7: warning: host variable 'p' of type 'Tensor *' changes under a tensor condition
  *p += 5;
  return a * 100 + b;
}

Tensor container(Tensor x) {
  std::vector<Tensor> log; //~ 23: note: 'log' is declared here
  if (x > 0) //~ 3: note: the condition of this statement is a tensor
    log.push_back(x); //~ 9: warning: host container 'log' changes under a tensor condition
  return x + int(log.size());
}

Tensor swapped_containers(Tensor x) {
  std::vector<Tensor> a{x}, b{x * 2}; //~ 23: note: 'a' is declared here
  if (x > 2) //~ 3: note: the condition of this statement is a tensor
    std::swap(a, b); //~ 5: warning: host container 'a' changes under a tensor condition
  return a[0] * 100 + b[0];
}

Tensor container_of_numbers(Tensor x) {
  std::string text; //~ 15: note: 'text' is declared here
  while (x > 0) { //~ 3: note: the condition of this statement is a tensor
    text += "."; //~ 10: warning: host container 'text' changes under a tensor condition
    x -= 1;
  }
  weft::print(text);
  return x;
}

void increment(int &k) { ++k; }
Tensor through_a_function(Tensor x) {
  int k = 0; //~ 7: note: 'k' is declared here //~ fix: weft::Tensor
  if (x > 0) //~ 3: note: the condition of this statement is a tensor
    increment(k); //~ 5: warning: host variable 'k' of type 'int' changes under a tensor condition
  return x + k;
}

Tensor through_a_reference(Tensor x) {
  int k = 0; //~ 7: note: 'k' is declared here //~ fix: weft::Tensor
  int &alias = k;
  if (x > 0) //~ 3: note: the condition of this statement is a tensor
    alias += 1; //~ 11: warning: host variable 'k' of type 'int' changes under a tensor condition
  return x + k;
}

struct Counter {
  int calls = 0;
  Tensor total = 0;
  void add(Tensor v) {
    ++calls; //~ 5: note: this call changes it here
    total += v;
  }
};
Tensor through_a_method(Tensor x) {
  Counter c; //~ 11: note: 'c.calls' is declared here
  c.add(x);
  if (x > 0) //~ 3: note: the condition of this statement is a tensor
    c.add(x * 2); //~ 7: warning: host variable 'c.calls' of type 'int' changes under a tensor condition
  return c.total + c.calls;
}

int calls = 0; //~ 5: note: 'calls' is declared here //~ fix: weft::Tensor
Tensor global(Tensor x) {
  if (x > 0) //~ 3: note: the condition of this statement is a tensor
    calls += 1; //~ 11: warning: host variable 'calls' of type 'int' changes under a tensor condition
  return x;
}

template <class T> T in_a_template(T x) {
  int k = 0; //~ 7: note: 'k' is declared here //~ fix: weft::Tensor
  while (x > 0) { //~ 3: note: the condition of this statement is a tensor
    x -= 1;
    k++; //~ 6: warning: host variable 'k' of type 'int' changes under a tensor condition
  }
  return x + k;
}
Tensor instantiated(Tensor x) { return in_a_template(x) + in_a_template(5); }

Tensor in_a_right_side(Tensor x) {
  int k = 0; //~ 7: note: 'k' is declared here //~ fix: weft::Tensor
  bool q = true;
  if (q && ++k > 0 && x > 0) // not this one: a bool decides
    x += 1;
  if (x > 0 && ++k > 0) //~ 7: note: the left side of this condition is a tensor //~ 16: warning: host variable 'k'
    x += 1;
  return x + k;
}

Tensor own_variable(Tensor x, int n) {
  for (int turns = n; turns-- && x > 0;) // only the turns see it
    x -= 3;
  while (n-- && x > 0) // n ends here
    x -= 1;
  int seen = 3; //~ 7: note: 'seen' is declared here //~ fix: weft::Tensor
  while (seen-- && x > 0) //~ 3: note: the condition of this statement is a tensor //~ 14: warning: host variable 'seen'
    x -= 1;
  return x + seen;
}

// Right programs: nothing to report.
#include <weft/weft.h>

#include <algorithm>
#include <map>
#include <memory>
#include <numeric>
#include <optional>

using weft::Tensor;

Tensor host_state_of_the_region(Tensor x) {
  Tensor s = 0;
  if (x > 1) {
    int k = 0;
    std::vector<int> seen;
    for (int j = 0; j < 3; ++j) {
      k += j;
      seen.push_back(k);
    }
    for (int &v : seen)
      v += 1;
    s += std::accumulate(seen.begin(), seen.end(), 0);
  }
  return s;
}

Tensor host_state_outside_of_regions(Tensor x) {
  int k = 0;
  std::vector<Tensor> v;
  for (int j = 0; j < 3; ++j) {
    k += j;
    if (x > j)
      x += 10;
    v.push_back(x);
    ++k;
  }
  return v[0] + k;
}

Tensor elements_and_fields(Tensor x) {
  struct {
    std::vector<Tensor> list{1, 2};
    std::map<std::string, Tensor> m{{"a", 1}};
    Tensor t = 0;
  } s;
  std::optional<Tensor> o = x;
  auto heap = std::make_unique<Tensor>(x);
  Tensor *p = &s.t;
  while (x > 0) {
    s.list[0] += 1;
    s.m["a"] = s.m.at("a") + x;
    std::swap(s.list[0], s.list[1]);
    *o = *o + 1;
    *heap += 2;
    *p += 3;
    for (Tensor &t : s.list)
      t = t * 2;
    x -= 1;
  }
  return s.list[0] + s.m["a"] + *o + *heap + s.t;
}

struct Accumulator {
  Tensor sum = 0, count = 0;
  std::vector<Tensor> parts{0, 0};
  void add(Tensor v) {
    if (v < 0)
      return;
    sum += v;
    count += 1;
    parts[0] = v;
    int local = 3;
    ++local;
  }
};
Tensor objects(Tensor x) {
  Accumulator a;
  Accumulator copy = a;
  for (Tensor i : weft::range(x)) {
    a.add(i);
    if (i > 3)
      copy = a;
    else
      std::swap(a, copy);
  }
  return a.sum + copy.count;
}

weft::Variable counter(0, "counter");
Tensor variables(Tensor x) {
  if (x > 0)
    counter.assign_add(1);
  while (counter < x) {
    counter.assign(counter.value() + 2);
  }
  return counter.value();
}

Tensor lambdas(Tensor x) {
  Tensor k = 1;
  auto by_reference = [&](Tensor t) { return t + k; };
  auto never_changed = [x](Tensor t) { return t + x; };
  if (x > 2)
    k = by_reference(k);
  return never_changed(k);
}

Tensor locals_of_a_function_that_is_called(Tensor x) {
  int n = 0;
  for (int k = 0; k < 3; ++k)
    n += k;
  return x + n;
}
Tensor calls_in_regions(Tensor x) {
  if (x > 0)
    x = locals_of_a_function_that_is_called(x);
  return x;
}

bool on_the_host(int k) {
  if (k > 0)
    return true;
  return false;
}
Tensor mixed(Tensor x) {
  static const int limit = 5;
  static int host_calls = 0;
  ++host_calls;
  for (int k = 0; k < limit; ++k)
    if (on_the_host(k) && x > k)
      x += 1;
  return x;
}

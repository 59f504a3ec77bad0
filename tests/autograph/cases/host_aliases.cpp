// Host state that changes under a tensor condition by other ways than its name: references, pointers, iterators,
// algorithms, what functions are given. Eagerly each program does what C++ does; traced it must be refused, as it would
// change whatever the data.
#include "tests/autograph/told.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

using namespace weft;
using namespace weft::autograph;

namespace {

struct Counted {
  int n = 0;
  Tensor t = 0;
  void bump() { ++n; }
};
void count(Counted &c) { c.n += 1; }

Tensor lambda_result(Tensor x) {
  int k = 0;
  auto ref = [&]() -> int & { return k; };
  if (x > 0) {
    ref() = 3;
  }
  return x + (k);
}
Tensor tuple_element(Tensor x) {
  std::tuple<int, int> t{0, 0};
  if (x > 0) {
    std::get<0>(t) = 3;
  }
  return x + (std::get<0>(t));
}
Tensor map_at(Tensor x) {
  std::map<std::string, int> m{{"a", 0}};
  if (x > 0) {
    m.at("a") = 3;
  }
  return x + (m.at("a"));
}
Tensor begin_of_vector(Tensor x) {
  std::vector<int> v(2);
  if (x > 0) {
    *v.begin() = 3;
  }
  return x + (v[0]);
}
Tensor front_of_vector(Tensor x) {
  std::vector<int> v(2);
  if (x > 0) {
    v.front() = 3;
  }
  return x + (v[0]);
}
Tensor back_of_vector(Tensor x) {
  std::vector<int> v(2);
  if (x > 0) {
    v.back()++;
  }
  return x + (v[1]);
}
Tensor decremented_element(Tensor x) {
  std::vector<int> v{3, 3};
  if (x > 0) {
    --v.at(1);
  }
  return x + (v[1]);
}
Tensor elements_of_a_range(Tensor x) {
  std::vector<int> v(2);
  if (x > 0) {
    for (int &e : v)
      e = 2;
  }
  return x + (v[1]);
}
Tensor filled(Tensor x) {
  std::vector<int> v(2);
  if (x > 0) {
    std::fill(v.begin(), v.end(), 2);
  }
  return x + (v[1]);
}
Tensor counted(Tensor x) {
  std::vector<int> v(2);
  if (x > 0) {
    std::iota(v.begin(), v.end(), 2);
  }
  return x + (v[1]);
}
Tensor reversed_range(Tensor x) {
  std::vector<int> v{3, 1};
  if (x > 0) {
    std::ranges::reverse(v);
  }
  return x + (v[0]);
}
Tensor copied_to(Tensor x) {
  std::vector<int> v{3, 1}, u{5, 6};
  if (x > 0) {
    std::copy(u.begin(), u.end(), v.begin());
  }
  return x + (v[0]);
}
Tensor appended_by_an_iterator(Tensor x) {
  std::vector<int> v, u{5, 6};
  if (x > 0) {
    std::copy(u.begin(), u.end(), std::back_inserter(v));
  }
  return x + (int(v.size()));
}
Tensor value_of_optional(Tensor x) {
  std::optional<int> o = 0;
  if (x > 0) {
    o.value() = 3;
  }
  return x + (*o);
}
Tensor bound_names(Tensor x) {
  std::pair<int, int> p{0, 0};
  auto &[a, b] = p;
  if (x > 0) {
    a = 2;
  }
  return x + (p.first + b);
}
Tensor pointer_arithmetic(Tensor x) {
  int a[3] = {};
  if (x > 0) {
    *(a + 1) = 2;
  }
  return x + (a[1]);
}
Tensor chosen_place(Tensor x) {
  int a = 0, b = 0;
  bool first = true;
  if (x > 0) {
    (first ? a : b) = 3;
  }
  return x + (a + b);
}
Tensor wrapped(Tensor x) {
  int k = 0;
  if (x > 0) {
    std::ref(k).get() = 3;
  }
  return x + (k);
}
Tensor held_by_std_function(Tensor x) {
  int k = 0;
  std::function<void()> set = [&] { k = 3; };
  if (x > 0) {
    set();
  }
  return x + (k);
}
Tensor inside_of_a_lambda(Tensor x) {
  auto next = [k = 0]() mutable { return ++k; };
  if (x > 0) {
    next();
  }
  return x + (next());
}
Tensor element_of_element(Tensor x) {
  std::vector<std::vector<int>> v{{1}, {2}};
  if (x > 0) {
    v.at(0).push_back(3);
  }
  return x + (int(v[0].size()));
}
Tensor reference_to_element(Tensor x) {
  std::vector<int> v(2);
  int &r = v.at(1);
  if (x > 0) {
    r = 3;
  }
  return x + (v[1]);
}
Tensor iterator_before(Tensor x) {
  std::vector<int> v(2);
  auto it = v.begin();
  if (x > 0) {
    *it = 3;
  }
  return x + (v[0]);
}
Tensor moved_iterator(Tensor x) {
  std::vector<int> v{3, 1};
  auto it = v.begin();
  if (x > 0) {
    std::advance(it, 1);
  }
  return x + (*it);
}
Tensor erased(Tensor x) {
  std::vector<int> v{3, 1};
  if (x > 0) {
    std::erase(v, 3);
  }
  return x + (int(v.size()));
}
Tensor view_of_text(Tensor x) {
  std::string_view s = "abc";
  if (x > 0) {
    s.remove_prefix(1);
  }
  return x + (int(s.size()));
}
Tensor character(Tensor x) {
  std::string s = "abc";
  if (x > 0) {
    s.at(1) = 'x';
  }
  return x + int(s[1]);
}
Tensor array_filled(Tensor x) {
  std::array<int, 2> a{3, 1};
  if (x > 0) {
    a.fill(2);
  }
  return x + (a[0]);
}
Tensor written_stream(Tensor x) {
  std::ostringstream out;
  if (x > 0) {
    out << "a";
  }
  return x + (int(out.str().size()));
}
Tensor read_stream(Tensor x) {
  std::istringstream in("7");
  int k = 0;
  if (x > 0) {
    in >> k;
  }
  return x + (k);
}
Tensor random_numbers(Tensor x) {
  std::minstd_rand r(1);
  if (x > 0) {
    r();
  }
  return x + (int(r() % 1000));
}
Tensor field_of_an_argument(Tensor x) {
  Counted o;
  if (x > 0) {
    count(o);
  }
  return x + (o.n);
}
Tensor field_through_at(Tensor x) {
  std::vector<Counted> v(2);
  if (x > 0) {
    v.at(1).n = 3;
  }
  return x + (v[1].n);
}
Tensor method_through_at(Tensor x) {
  std::vector<Counted> v(2);
  if (x > 0) {
    v.at(1).bump();
  }
  return x + (v[1].n);
}
Tensor bits(Tensor x) {
  std::bitset<4> b;
  if (x > 0) {
    b.set(1);
  }
  return x + (int(b.count()));
}
Tensor tied(Tensor x) {
  int k = 0, j = 4;
  if (x > 0) {
    std::tie(k, j) = std::make_pair(j, k);
  }
  return x + (k);
}

struct Row {
  const char *name;
  Tensor (*program)(Tensor x);
  int changed; // what it reads behind the change
};
void PrintTo(const Row &r, std::ostream *os) { *os << r.name; }
const Row rows[] = {
    {"lambda_result", lambda_result, 3},
    {"tuple_element", tuple_element, 3},
    {"map_at", map_at, 3},
    {"begin_of_vector", begin_of_vector, 3},
    {"front_of_vector", front_of_vector, 3},
    {"back_of_vector", back_of_vector, 1},
    {"decremented_element", decremented_element, 2},
    {"elements_of_a_range", elements_of_a_range, 2},
    {"filled", filled, 2},
    {"counted", counted, 3},
    {"reversed_range", reversed_range, 1},
    {"copied_to", copied_to, 5},
    {"appended_by_an_iterator", appended_by_an_iterator, 2},
    {"value_of_optional", value_of_optional, 3},
    {"bound_names", bound_names, 2},
    {"pointer_arithmetic", pointer_arithmetic, 2},
    {"chosen_place", chosen_place, 3},
    {"wrapped", wrapped, 3},
    {"held_by_std_function", held_by_std_function, 3},
    {"inside_of_a_lambda", inside_of_a_lambda, 2},
    {"element_of_element", element_of_element, 2},
    {"reference_to_element", reference_to_element, 3},
    {"iterator_before", iterator_before, 3},
    {"moved_iterator", moved_iterator, 1},
    {"erased", erased, 1},
    {"view_of_text", view_of_text, 2},
    {"character", character, 120},
    {"array_filled", array_filled, 2},
    {"written_stream", written_stream, 1},
    {"read_stream", read_stream, 7},
    {"random_numbers", random_numbers, 794},
    {"field_of_an_argument", field_of_an_argument, 1},
    {"field_through_at", field_through_at, 3},
    {"method_through_at", method_through_at, 1},
    {"bits", bits, 1},
    {"tied", tied, 4},
};

class HostAliases : public testing::TestWithParam<Row> {};
INSTANTIATE_TEST_SUITE_P(, HostAliases, testing::ValuesIn(rows), [](const auto &row) { return row.param.name; });

TEST_P(HostAliases, AreRefusedWhileTracing) {
  EXPECT_EQ(GetParam().program(1).item<int>(), 1 + GetParam().changed);
  NEEDS_THE_REWRITER;
  EXPECT_THROW(function(GetParam().program)(1), TraceError);
}

} // namespace

// What random programs (generate.py) are made of, over tensors and over plain numbers, and how both are run.
#pragma once
#include <weft/weft.h>

#include <bit>
#include <cmath>
#include <functional>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace weft::autograph {

struct Input {
  int x, y;
  double u;
  int mode;
};

/// One random program. Each way of running gives its result and what it printed as text, or the error.
struct Random {
  const char *name;
  std::vector<Input> inputs;
  std::function<std::string(const Input &)> plain, eager, compiled;
};
inline std::vector<Random> &random_programs() {
  static std::vector<Random> all;
  return all;
}

inline std::string text(int v) { return std::to_string(v) + ";"; }
inline std::string text(double v) { // IEEE 754 leaves sign and payload of a computed NaN open
  std::ostringstream s;
  s << std::hex << (std::isnan(v) ? ~std::uint64_t{0} : std::bit_cast<std::uint64_t>(v)) << ";";
  return s.str();
}
inline std::string text(const Tensor &t) { return t.dtype() == int32 ? text(t.item<std::int32_t>()) : text(t.item<double>()); }
template <class A, class B> std::string text(const std::pair<A, B> &p) { return text(p.first) + text(p.second); }
template <class T> std::string text(const std::vector<T> &v) {
  std::string s = "[";
  for (const T &e : v)
    s += text(e);
  return s + "]";
}

inline std::string *printed_text() {
  static std::string s;
  return &s;
}

template <class F> std::string outcome(F run) {
  std::string &printed = *printed_text();
  printed.clear();
  set_print_sink([&](std::string_view line) { printed += line; });
  std::string result;
  try {
    result = text(run());
  } catch (const std::exception &e) {
    result = std::string("error: ") + e.what();
  }
  set_print_sink({});
  return "result " + result + "\n" + printed;
}

struct AddRandom {
  template <class R, class... A>
  AddRandom(const char *name, R (*program)(A...), auto plain, std::vector<Input> inputs) {
    auto f = std::make_shared<std::optional<Function<R(A...)>>>();
    random_programs().push_back({name, std::move(inputs),
                                 [plain](const Input &i) { return outcome([&] { return plain(i.x, i.y, i.u, i.mode); }); },
                                 [program](const Input &i) { return outcome([&] { return program(i.x, i.y, i.u, i.mode); }); },
                                 [=](const Input &i) {
                                   return outcome([&] {
                                     if (!f->has_value())
                                       f->emplace(function(name, program));
                                     return (**f)(i.x, i.y, i.u, i.mode);
                                   });
                                 }});
  }
};

/// Empty if all ways of running agree on every input, else what differs. Without the rewriter nothing is compiled.
inline std::string difference(const Random &r, bool compiled) {
  for (const Input &i : r.inputs) {
    std::string plain = r.plain(i), eager = r.eager(i), native = compiled ? r.compiled(i) : plain;
    if (plain == eager && plain == native)
      continue;
    std::ostringstream s;
    s << "x = " << i.x << ", y = " << i.y << ", u = " << i.u << ", mode = " << i.mode << "\n--- plain C++: " << plain
      << "--- eager: " << (eager == plain ? "the same\n" : eager) << "--- compiled: " << (native == plain ? "the same\n" : native);
    return s.str();
  }
  return {};
}

// What the programs call.
namespace tensors {
inline Tensor real(const Tensor &x) { return cast(x, float64); }
template <class... A> Tensor rows(const Tensor &first, const A &...rest) { return stack({first, rest...}); }
} // namespace tensors

namespace plain {
template <class... A> void print(const A &...args) {
  std::ostringstream line;
  const char *blank = "";
  ((line << blank << args, blank = " "), ...);
  *printed_text() += line.str() + "\n";
}
inline std::vector<int> range(int start, int stop, int step = 1) {
  std::vector<int> all;
  for (int i = start; step > 0 ? i < stop : i > stop; i += step)
    all.push_back(i);
  return all;
}
inline std::vector<int> range(int stop) { return range(0, stop); }
inline double real(int x) { return x; }
template <class... A> std::vector<int> rows(A... v) { return {v...}; }
class Variable {
public:
  Variable(int v, const char *) : v_(v) {}
  void assign(int v) { v_ = v; }
  void assign_add(int v) { v_ += v; }
  void assign_sub(int v) { v_ -= v; }
  int value() const { return v_; }

private:
  int v_;
};
} // namespace plain

} // namespace weft::autograph

// The table of programs that weft-autograph rewrites: what they are, how each is run, and what must come out. It knows no
// GoogleTest, so that the rewritten files stay small.
#pragma once
#include <weft/weft.h>

#include <initializer_list>
#include <string>
#include <vector>

namespace weft::autograph {

using Arguments = const std::vector<Tensor> &;

/// The same program, written as a function, a method, a lambda, …
struct Form {
  const char *name;
  Tensor (*run)(Arguments);
};

/// A program of programs/*.inc in its forms. What must come out is what the reference gives, the same text over plain ints.
struct Program {
  const char *name;
  std::vector<Form> forms;
  int (*host)(const int *); // its template over int, where it has one: host control flow although the text was rewritten
  std::vector<std::vector<int>> samples;
};

/// A program that stands alone, with results worked out by hand or by plain C++ beside it.
struct Sample {
  struct Values {
    std::vector<double> list;
    Values(double value) : list{value} {}
    Values(std::initializer_list<double> values) : list(values) {}
  };
  std::vector<int> arguments;
  Values result; // all elements of the result, as doubles
  std::string printed = {};
};
struct Case {
  const char *name;
  Tensor (*run)(Arguments);
  std::vector<Sample> samples;
};

/// Whether weft-autograph saw this program: without it native control flow runs eagerly only.
extern const bool rewritten;

std::vector<Program> &programs();
std::vector<Case> &cases();

struct Add {
  Add(Program p) { programs().push_back(std::move(p)); }
  Add(const char *name, Tensor (*run)(Arguments), std::vector<Sample> samples) {
    cases().push_back({name, run, std::move(samples)});
  }
};

/// CASE(f, {{arguments…}, result}, …): a function of one, two or three tensors.
#define CASE(F, ...) const ::weft::autograph::Add F##_case(#F, [](::weft::autograph::Arguments a) -> ::weft::Tensor { return F(a[0]); }, {__VA_ARGS__})
#define CASE2(F, ...) const ::weft::autograph::Add F##_case(#F, [](::weft::autograph::Arguments a) -> ::weft::Tensor { return F(a[0], a[1]); }, {__VA_ARGS__})
#define CASE3(F, ...) const ::weft::autograph::Add F##_case(#F, [](::weft::autograph::Arguments a) -> ::weft::Tensor { return F(a[0], a[1], a[2]); }, {__VA_ARGS__})

// What a program of programs/*.inc may use beside weft: the same calls exist in the reference over ints.
template <class... A> Tensor numbers(const Tensor &first, const A &...rest) { return stack({first, rest...}); }
template <class... A> std::vector<int> numbers(int first, A... rest) { return {first, rest...}; }
inline Tensor real(const Tensor &x) { return cast(x, float64); }
inline double real(int x) { return x; }

} // namespace weft::autograph

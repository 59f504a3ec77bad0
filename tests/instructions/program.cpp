// What guard.py counts the instructions of: `program WHAT TIMES`.
#include "lib/function/background.h"

#include <weft/weft.h>

#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <string>

namespace {

using weft::Tensor;

/// Ten operations.
Tensor chain(Tensor x, Tensor y) {
  for (int i = 0; i < 5; ++i)
    x = weft::tanh(x * y);
  return x;
}

const std::map<std::string, std::function<std::function<void()>()>> work = {
    {"call of a compiled a + b",
     [] {
       auto f = weft::function("add", [](Tensor a, Tensor b) { return a + b; });
       Tensor a = 1.0f, b = 2.0f;
       return [=] { f(a, b); };
     }},
    {"call in turn with another signature",
     [] {
       auto f = weft::function("add", [](Tensor a, Tensor b) { return a + b; });
       Tensor a = 1.0f, b = 2.0f, c = 1.0, d = 2.0;
       return [=] {
         f(a, b);
         f(c, d);
       };
     }},
    {"eager a + b, rank 0",
     [] {
       Tensor a = 1.0f, b = 2.0f;
       return [=] { a + b; };
     }},
    {"eager a + b of 8 elements",
     [] {
       Tensor a = weft::ones({8});
       return [=] { a + a; };
     }},
    {"trace of ten operations, their code from the disk",
     [] {
       Tensor x = weft::ones({8});
       auto kept = weft::function("chain", chain); // only code that somebody has is optimised, and so kept on disk
       kept(x, x);
       return [x, kept] { weft::function("chain", chain)(x, x); };
     }},
};

} // namespace

int main(int argc, char **argv) {
  auto found = work.find(argc == 3 ? argv[1] : "");
  if (found == work.end()) {
    for (auto &[name, make] : work)
      std::cout << name << "\n";
    return argc == 1 ? 0 : 2;
  }
  weft::set_warning_sink([](std::string_view) {}); // of the same function made again and again
  std::function<void()> step = found->second();
  step();
  weft::detail::finish_background();
  for (int k = 0; k < std::atoi(argv[2]); ++k)
    step();
}

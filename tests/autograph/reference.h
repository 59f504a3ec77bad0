// What the programs of programs/*.inc mean, without weft: numbers are ints and doubles, a range is counted, and a print
// is text.
#pragma once
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace reference {

using Number = int;

/// The programs by name.
std::map<std::string, int (*)(const int *)> &all();
/// What was printed.
extern std::string printed;

template <class... A> void print(const A &...args) {
  std::ostringstream line;
  const char *blank = "";
  ((line << blank << args, blank = " "), ...);
  printed += line.str() + "\n";
}

inline std::vector<int> range(int start, int stop, int step = 1) {
  std::vector<int> all;
  for (int i = start; step > 0 ? i < stop : i > stop; i += step)
    all.push_back(i);
  return all;
}
inline std::vector<int> range(int stop) { return range(0, stop); }

template <class... A> std::vector<int> numbers(A... values) { return {values...}; }
inline double real(int x) { return x; }

} // namespace reference

// What the programs show: times side by side as a table, progress of long steps, and whether two results have the same
// bits.
#pragma once
#include <weft/weft.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace programs {

/// One piece of work, eager against compiled. Times are seconds; for work given "per step" those of one step.
struct Comparison {
  std::string work;
  double eager = 0, compiled = 0;
  double first_call = 0;              ///< tracing and compiling included
  std::optional<double> plain_c = {}; ///< the same loop in C++, where there is one
  bool same = false;                  ///< eager and compiled results have the same bits
};

/// Prints comparisons as an aligned table.
void print_table(const std::vector<Comparison> &rows);
/// "0.91 ns", "3.20 ms", "1.75 s": three digits.
std::string duration(double seconds);

/// Tells what runs, on stderr: a bar that moves where stderr is a terminal, a line for each step elsewhere.
class Progress {
public:
  Progress(std::string title, int steps);
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;
  /// The next step begins.
  void next(std::string_view step);

private:
  std::string title_;
  int steps_, done_ = 0;
  bool terminal_;
};

bool same_bits(const weft::Tensor &a, const weft::Tensor &b);
/// The same for a struct with a weft::Tree.
template <class T>
  requires requires(const T &t) { weft::Tree<T>::fields(t); }
bool same_bits(const T &a, const T &b) {
  return [&]<std::size_t... K>(std::index_sequence<K...>) {
    auto x = weft::Tree<T>::fields(a), y = weft::Tree<T>::fields(b);
    return (same_bits(std::get<K>(x), std::get<K>(y)) && ...);
  }(std::make_index_sequence<std::tuple_size_v<decltype(weft::Tree<T>::fields(a))>>());
}

/// How long one call takes, in seconds.
template <class F> double seconds_of(F &&work) {
  auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}
/// The shortest of repeated calls, which is the least disturbed: for `budget` seconds, at least twice.
template <class F> double best_of(F &&work, double budget = 0.2) {
  double best = seconds_of(work), spent = best;
  for (int runs = 1; runs < 2 || spent < budget; ++runs) {
    double t = seconds_of(work);
    best = std::min(best, t);
    spent += t;
  }
  return best;
}

/// Runs `work` with these arguments as it stands and through weft::function.
template <class F, class... A> Comparison compare(std::string name, F work, const A &...args) {
  Comparison c;
  auto compiled = weft::function(name, work);
  c.work = std::move(name);
  c.first_call = seconds_of([&] { compiled(args...); });
  c.same = same_bits(work(args...), compiled(args...));
  c.eager = best_of([&] { work(args...); });
  c.compiled = best_of([&] { compiled(args...); });
  return c;
}

} // namespace programs

// What is asked of every error: its class, that what() starts with the user's file and line, that it says what to do; and that
// nothing is left behind, neither a cache entry nor memory, and the function still works.
#pragma once
#include "lib/tensor/value.h"

#include <weft/weft.h>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace weft::test {

using Says = std::vector<const char *>;

/// A program that is wrong on one line. `x` is float32 (2, 3), `n` int32 ().
struct Wrong {
  const char *name;
  bool (*is)(const Error &); // its class: see a<>
  unsigned line;
  Says says;
  Tensor (*program)(Tensor x, Tensor n);
};
template <class E> bool a(const Error &e) { return dynamic_cast<const E *>(&e) != nullptr; }

inline void PrintTo(const Wrong &w, std::ostream *os) { *os << w.name; }

/// `run` must throw that error with this line of `file`.
template <class F> void expect_error(F run, bool (*is)(const Error &), const char *file, unsigned line, const Says &says) {
  try {
    run();
    ADD_FAILURE() << "no error";
  } catch (const Error &e) {
    std::string what = e.what(), place = std::string(file) + ":" + std::to_string(line) + ":";
    EXPECT_TRUE(is(e)) << "of another class (" << typeid(e).name() << "): " << what;
    EXPECT_EQ(what.substr(0, place.size()), place) << what;
    EXPECT_EQ(e.where().line, line);
    for (const char *words : says)
      EXPECT_NE(what.find(words), std::string::npos) << "it does not say \"" << words << "\": " << what;
  } catch (const std::exception &e) {
    ADD_FAILURE() << "not a weft::Error: " << e.what();
  }
}

#define EXPECT_ERROR(ERROR, STATEMENT, WORDS) ::weft::test::expect_error([&] { STATEMENT; }, ::weft::test::a<ERROR>, __FILE__, __LINE__, {WORDS})

/// The traced function of a wrong program: right while `armed` is false.
inline Function<Tensor(Tensor, Tensor, bool)> armed(const Wrong &w) {
  return function(w.name, [program = w.program](Tensor x, Tensor n, bool wrong) { return wrong ? program(x, n) : sum(x) + cast(n, float32); });
}

/// Runs it right, wrong a few times, and right again. A fault of values is found by a run, and leaves a trace: `traces` are 2.
inline void expect_wrong_when_traced(const Wrong &w, const char *file, std::size_t traces = 1) {
  Tensor x = {{1.0f, 2.0f, 3.0f}, {4.0f, 5.0f, 6.0f}}, n = 4;
  auto f = armed(w);
  EXPECT_EQ(f(x, n, false).item<float>(), 25);
  auto wrong = [&] { expect_error([&] { f(x, n, true); }, w.is, file, w.line, w.says); };
  wrong(); // kernels that it uses are compiled and kept
  std::int64_t before = detail::live_storage();
  wrong();
  wrong();
  EXPECT_EQ(detail::live_storage(), before) << "memory is held after the error";
  EXPECT_EQ(f.trace_count(), traces);
  EXPECT_EQ(f.cache_stats().entries, traces);
  EXPECT_FALSE(tracing());
  EXPECT_EQ(f(x, n, false).item<float>(), 25);
  EXPECT_EQ(f(x, 5, false).item<float>(), 26);
}

inline void expect_wrong_when_eager(const Wrong &w, const char *file) {
  Tensor x = {{1.0f, 2.0f, 3.0f}, {4.0f, 5.0f, 6.0f}}, n = 4;
  auto wrong = [&] { expect_error([&] { w.program(x, n); }, w.is, file, w.line, w.says); };
  wrong();
  std::int64_t before = detail::live_storage();
  wrong();
  EXPECT_EQ(detail::live_storage(), before) << "memory is held after the error";
}

} // namespace weft::test

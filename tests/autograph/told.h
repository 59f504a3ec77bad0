// What a wrong program is told when it is traced, for the tests of errors. Places are found by markers: a comment `//@ name` on a
// line of the test's own file.
#pragma once
#include "tests/autograph/table.h"

#include <gtest/gtest.h>

#include <fstream>
#include <initializer_list>
#include <string>

namespace weft::autograph {

struct Told {
  std::string type, text; // type: "TraceError", …; "nothing" if there was no error
};

/// The error of a call.
template <class F> Told told_by(F call) {
  auto with = [](const char *type, const std::exception &e) { return Told{type, e.what()}; };
  try {
    call();
  } catch (const TraceError &e) {
    return with("TraceError", e);
  } catch (const DTypeError &e) {
    return with("DTypeError", e);
  } catch (const ShapeError &e) {
    return with("ShapeError", e);
  } catch (const CheckError &e) {
    return with("CheckError", e);
  } catch (const std::exception &e) {
    return with("another exception", e);
  }
  return {"nothing", ""};
}

/// The error of the first call of a traced function. Its cache must be as if nothing had happened.
template <class F, class... A> Told told(F program, A... arguments) {
  auto f = function(program);
  Told t = told_by([&] { f(arguments...); });
  if (t.type == "TraceError") {
    EXPECT_EQ(f.trace_count(), 0u);
    EXPECT_EQ(f.cache_stats().entries, 0u);
  }
  EXPECT_FALSE(tracing());
  return t;
}

/// "file:line" of the line that ends with `//@ marker`.
inline std::string place(const char *file, const std::string &marker) {
  std::ifstream in(file);
  std::string line, name = file;
  name = name.substr(name.rfind('/') + 1);
  for (int k = 1; std::getline(in, line); ++k)
    if (line.ends_with("//@ " + marker))
      return name + ":" + std::to_string(k);
  return "no line is marked " + marker;
}

/// Every part must stand in the text.
inline void expect_told(const Told &t, const char *type, std::initializer_list<std::string> parts) {
  EXPECT_EQ(t.type, type) << t.text;
  for (const std::string &part : parts)
    EXPECT_NE(t.text.find(part), std::string::npos) << "it does not say \"" << part << "\": " << t.text;
}

} // namespace weft::autograph

#define AT(MARKER) ::weft::autograph::place(__FILE__, MARKER)
/// The rest of a test is about traces: without the rewriter there are none.
#define NEEDS_THE_REWRITER                                                                                             \
  if (!::weft::autograph::rewritten)                                                                                   \
  GTEST_SKIP()

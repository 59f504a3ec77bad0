// Random programs must do the same eagerly and compiled: values bit for bit, prints, variables, and errors with their places.
// WEFT_FUZZ sets how many programs of each kind are tried, WEFT_FUZZ_SEED the first seed. A failing program is made
// smaller and shown; if the process dies, its last words are the seed.
#include "tests/fuzz/program.h"

#include "lib/tensor/value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <typeinfo>
#include <unistd.h>

namespace weft::fuzz {
namespace {

/// Everything a run does that can be seen.
struct Outcome {
  std::vector<std::string> values; // of locals (none after an error) and variables
  std::string printed, error;
  friend bool operator==(const Outcome &, const Outcome &) = default;
};

std::uint64_t bits_of(const detail::Value &v, std::int64_t i) {
  std::uint64_t bits = 0;
  std::size_t size = itemsize(v.type.dtype);
  std::memcpy(&bits, static_cast<const char *>(v.data) + i * std::int64_t(size), size);
  double number = 0;
  if (v.type.dtype == float32) {
    float f;
    std::memcpy(&f, &bits, sizeof f);
    number = f;
  } else if (v.type.dtype == float64)
    std::memcpy(&number, &bits, sizeof number);
  return std::isnan(number) ? ~std::uint64_t{0} : bits; // IEEE 754 leaves sign and payload of a computed NaN open
}

std::string fingerprint(const Tensor &t) {
  detail::ValueRef v = t.checked({});
  std::string s = to_string(v->type) + ":";
  for (std::int64_t i = 0; i < v->type.shape.elements(); ++i)
    if (v->type.dtype == string)
      s += " \"" + std::string(detail::text_of(static_cast<const void *const *>(v->data)[i])) + "\"";
    else {
      char word[24];
      std::snprintf(word, sizeof word, " %llx", static_cast<unsigned long long>(bits_of(*v, i)));
      s += word;
    }
  return s;
}

template <class F> Outcome outcome(const std::vector<Variable> &variables, F run) {
  Outcome o;
  set_print_sink([&](std::string_view line) { o.printed += line; });
  try {
    for (const Tensor &t : run())
      o.values.push_back(fingerprint(t));
  } catch (const InternalError &e) {
    o.error = std::string("InternalError: ") + e.what(); // never right, not even twice
    o.values.push_back(std::to_string(reinterpret_cast<std::uintptr_t>(&o)));
  } catch (const Error &e) {
    o.error = std::string(typeid(e).name()) + ": " + e.what();
  }
  set_print_sink({});
  for (const Variable &v : variables)
    o.values.push_back(fingerprint(v.value()));
  return o;
}

/// Empty if both ways agree, else what differs.
std::string difference(const Program &p) {
  std::vector<Tensor> initial = arguments(p);
  std::vector<Variable> mine = make_variables(p), theirs = make_variables(p);
  auto f = function([&](std::vector<Tensor> locals) { return run(p, std::move(locals), theirs); });
  Outcome eager = outcome(mine, [&] { return run(p, initial, mine); });
  Outcome compiled = outcome(theirs, [&] { return f(initial); });
  if (eager == compiled)
    return {};
  std::string d = "eager error: " + eager.error + "\ncompiled error: " + compiled.error + "\n";
  if (eager.printed != compiled.printed)
    d += "eager printed:\n" + eager.printed + "compiled printed:\n" + compiled.printed;
  for (std::size_t i = 0; i < eager.values.size() && i < compiled.values.size(); ++i)
    if (eager.values[i] != compiled.values[i])
      d += "value " + std::to_string(i) + ": eager " + eager.values[i].substr(0, 300) + ", compiled " + compiled.values[i].substr(0, 300) + "\n";
  return d;
}

/// The arguments with every size but 1 changed, equal ones to equal ones.
std::vector<Tensor> resized(const std::vector<Tensor> &arguments) {
  std::vector<Tensor> r;
  for (const Tensor &t : arguments) {
    Shape s;
    for (std::int64_t d : t.shape())
      s.push_back(d == 1 ? 1 : d == 3 ? 4 : d == 2 ? 5 : d - 1);
    Tensor all = reshape(t, {-1});
    while (all.size() < s.elements())
      all = concat({all, all});
    r.push_back(reshape(all(slice(s.elements())), s));
  }
  return r;
}

/// The error of an index, whose text ends in other words where a size is open.
std::string without_size(const std::string &error) {
  auto at = error.find("out of range for dimension ");
  return at == std::string::npos ? error : error.substr(0, error.find_first_of(" ;", at + 27));
}

/// What depends on a size can be one.
bool is_trace_error(const Outcome &o) { return o.error.starts_with(typeid(TraceError).name()); }

/// What code for known sizes (or eager code), `a`, and code of another kind does differently.
std::string difference(Outcome a, Outcome b, const std::string &how) {
  a.error = without_size(a.error), b.error = without_size(b.error);
  if (a == b)
    return {};
  std::string d = "error for known sizes: " + a.error + "\n" + how + ": " + b.error + "\n";
  if (a.printed != b.printed)
    d += "printed for known sizes:\n" + a.printed + how + ":\n" + b.printed;
  for (std::size_t i = 0; i < a.values.size() && i < b.values.size(); ++i)
    if (a.values[i] != b.values[i])
      d += "value " + std::to_string(i) + ": for known sizes " + a.values[i].substr(0, 300) + ", " + how + " " + b.values[i].substr(0, 300) + "\n";
  return d;
}

/// A function whose signature leaves every size open, called with these sizes and with others, against one that is
/// traced for each of them.
std::string open_difference(const Program &p) {
  std::vector<Tensor> initial = arguments(p);
  std::vector<TensorSpec> specs;
  for (const Tensor &t : initial) {
    Shape s = t.shape();
    for (int d = 0; d < s.rank(); ++d)
      s[d] = s[d] == 1 ? 1 : dynamic;
    specs.push_back(spec(t.dtype(), s));
  }
  std::vector<Variable> mine = make_variables(p), theirs = make_variables(p);
  auto sized = function([&](std::vector<Tensor> locals) { return run(p, std::move(locals), mine); });
  auto open = function([&](std::vector<Tensor> locals) { return run(p, std::move(locals), theirs); }, {.input_signature = specs});
  for (const std::vector<Tensor> &arguments : {initial, resized(initial)}) {
    Outcome a = outcome(mine, [&] { return sized(arguments); }), b = outcome(theirs, [&] { return open(arguments); });
    if (is_trace_error(b))
      return {};
    if (std::string d = difference(a, b, "for open sizes"); !d.empty())
      return d;
  }
  return {};
}

/// Sizes that were found are not repeated, and windows at their ends are not clipped.
bool is_refusal(const Outcome &o) {
  return o.error.find("compiled code does not repeat") != std::string::npos ||
         (o.error.find(" of ") != std::string::npos && o.error.find("is out of range for dimension") != std::string::npos);
}

/// Kind and place of an error.
std::string without_words(const std::string &error) {
  std::size_t end = 0;
  for (int k = 0; k < 4 && end != std::string::npos; ++k) // "kind: file:line:column:"
    end = error.find(':', end + 1);
  return error.substr(0, end);
}

/// Eager code against code that finds the sizes while it runs: a branch that is not taken has made all of them longer. Here an
/// open dimension may be 1, which nothing repeats then.
std::string found_difference(const Program &p) {
  std::vector<Tensor> initial = arguments(p);
  std::vector<Variable> mine = make_variables(p), theirs = make_variables(p);
  auto found = function([&](std::vector<Tensor> locals, Tensor longer) {
    ag::if_stmt(
        longer,
        [&] {
          for (Tensor &t : locals)
            for (int d = 0; d < t.shape().rank(); ++d)
              t = concat({t, t}, d);
        },
        [] {});
    return run(p, std::move(locals), theirs);
  });
  for (const std::vector<Tensor> &arguments : {initial, resized(initial)}) {
    Outcome a = outcome(mine, [&] { return run(p, arguments, mine); });
    Outcome b = outcome(theirs, [&] { return found(arguments, false); });
    if (is_trace_error(b) || is_refusal(b))
      return {};
    a.error = without_words(a.error), b.error = without_words(b.error);
    if (std::string d = difference(a, b, "for sizes that are found"); !d.empty())
      return d;
  }
  return {};
}

/// A function of rows for each of them, eagerly, and for all of them, compiled.
std::string rows_difference(const Program &p) {
  std::vector<Tensor> columns;
  for (std::size_t i = 0; i < p.locals.size(); ++i)
    columns.push_back(cast(from_span(p.initial[i]), p.locals[i].dtype));
  auto all = [&](std::vector<Tensor> given) {
    return map([&](std::vector<Tensor> row) { return run(p, std::move(row), {}); }, given);
  };
  auto f = function(all);
  return difference(outcome({}, [&] { return all(columns); }), outcome({}, [&] { return f(columns); }), "compiled");
}

using Difference = std::string (*)(const Program &);

Program smallest(Program p, Difference difference) {
  int tries = 600;
  for (int k = 0; tries > 0;) {
    Program candidate = p;
    if (!shrink(candidate, k))
      break;
    --tries;
    std::string d;
    try {
      d = difference(candidate);
    } catch (const std::exception &) { // the step made a program that is wrong in itself
    }
    if (d.empty())
      ++k;
    else
      p = std::move(candidate);
  }
  return p;
}

volatile std::uint64_t current_seed;

/// Writes the seed with nothing but what a signal handler may call, then dies of the same signal.
void last_words(int signal) {
  char text[64] = "fuzz: died at seed ";
  char *end = text + std::strlen(text), digits[20];
  int n = 0;
  std::uint64_t seed = current_seed;
  do
    digits[n++] = static_cast<char>('0' + seed % 10);
  while (seed /= 10);
  while (n)
    *end++ = digits[--n];
  *end++ = '\n';
  [[maybe_unused]] auto written = write(STDERR_FILENO, text, static_cast<std::size_t>(end - text));
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

std::uint64_t from_environment(const char *name, std::uint64_t otherwise) {
  const char *text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

void fuzz(Kind kind, std::uint64_t programs, Difference difference) {
  for (int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGILL})
    std::signal(signal, last_words);
  std::uint64_t first = from_environment("WEFT_FUZZ_SEED", 1);
  for (std::uint64_t seed = first; seed < first + from_environment("WEFT_FUZZ", programs); ++seed) {
    current_seed = seed;
    Program p = generate(seed, kind);
    if (difference(p).empty())
      continue;
    Program small = smallest(p, difference);
    ADD_FAILURE() << "seed " << seed << ":\n" << text(small) << difference(small);
    return;
  }
}

TEST(Fuzz, ExpressionGraphs) { fuzz(Kind::Graph, 60, difference); }
TEST(Fuzz, Programs) { fuzz(Kind::Program, 60, difference); }
TEST(Fuzz, ExpressionGraphsOfOpenSizes) { fuzz(Kind::Graph, 60, open_difference); }
TEST(Fuzz, ProgramsOfOpenSizes) { fuzz(Kind::Program, 60, open_difference); }
TEST(Fuzz, ExpressionGraphsOfFoundSizes) { fuzz(Kind::Graph, 60, found_difference); }
TEST(Fuzz, ProgramsOfFoundSizes) { fuzz(Kind::Program, 60, found_difference); }
TEST(Fuzz, MapsOfPrograms) { fuzz(Kind::Row, 60, rows_difference); }

} // namespace
} // namespace weft::fuzz

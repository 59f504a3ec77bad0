// What a long-running program does must not make it grow: calls, traces that come and go, traces that fail, strings,
// failing runs. Each kind of work is done until the pools and contexts behind it are full, then several times more; the
// resident size may not have grown by more than allocators leave lying. Under a sanitizer its own bookkeeping grows, so
// only LeakSanitizer judges there, at exit.
#include "lib/function/background.h"
#include "tests/support/program.h"

#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <ostream>

using namespace weft;
using namespace weft::test;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

/// The resident size of the process in bytes, after the free memory at the end of each arena was given back.
long resident() {
  malloc_trim(0);
  long pages = 0, total = 0;
  if (std::FILE *f = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(f, "%ld %ld", &total, &pages) != 2)
      pages = 0;
    std::fclose(f);
  }
  return pages * sysconf(_SC_PAGESIZE);
}

struct Work {
  const char *name;
  int warm, rounds; // rounds until everything is as large as it gets, and rounds that are measured
  long allowed;     // bytes
  std::function<std::function<void()>()> make; // gives one round
};
std::ostream &operator<<(std::ostream &out, const Work &w) { return out << w.name; }

constexpr long MiB = 1 << 20;

/// 100 signatures: shapes and dtypes.
std::vector<Tensor> hundred_arguments() {
  std::vector<Tensor> arguments;
  for (int i = 0; i < 50; ++i) {
    arguments.push_back(ones({i + 1}, float32));
    arguments.push_back(ones({2, i + 1}, int64));
  }
  return arguments;
}

std::function<void()> calls_of_a_hundred_signatures() {
  return [f = function([](Tensor x) { return sum(x * x) + x; }), arguments = hundred_arguments()] {
    for (const Tensor &x : arguments)
      f(x);
    ASSERT_EQ(f.trace_count(), 100u);
  };
}

std::function<void()> strings() {
  auto f = function([](Tensor a, Tensor b) {
    Tensor r = a;
    for (Tensor i : range(3))
      if (i == 1)
        r = r + b;
      else
        r = b + r;
    return r;
  });
  return [f, a = std::string(1000, 'a')] {
    for (int i = 0; i < 100; ++i) {
      Tensor r = f(a, fmt::format("{:0>2000}", i));
      ASSERT_EQ(r.item<std::string>().size(), 7000u);
      Tensor eager = r + "b";
      ASSERT_EQ(eager.item<std::string>().size(), 7001u);
    }
  };
}

std::function<void()> runs_that_fail_with_strings_alive() {
  auto f = function([](Tensor a, Tensor n) {
    Tensor r = a;
    for (Tensor i : range(n)) {
      r = r + a;
      check(i < 3, "too far");
    }
    return r;
  });
  return [f, a = std::string(1000, 'a')] {
    for (int i = 0; i < 100; ++i)
      ASSERT_THROW(f(a, 10), CheckError);
  };
}

std::function<void()> traces_that_fail() {
  return [] {
    auto f = function([](Tensor x) {
      Tensor r = x;
      for (Tensor i : range(3))
        r = concat({r, r});
      return r;
    });
    for (int i = 0; i < 10; ++i)
      ASSERT_THROW(f(Tensor{1, 2, 3}), TraceError);
    ASSERT_EQ(f.trace_count(), 0u);
  };
}

void fail() { throw std::runtime_error("a fault of the host's"); }

std::function<void()> traces_left_by_an_exception() {
  return [] {
    auto f = function([](Tensor x) {
      Tensor r = x;
      for (Tensor i : range(3)) {
        r = r + i;
        fail();
      }
      return r;
    });
    for (int i = 0; i < 10; ++i)
      ASSERT_THROW(f(Tensor{1, 2, 3}), std::runtime_error);
  };
}

/// Functions that come and go, and entries that a small cache drops.
std::function<void()> code_that_comes_and_goes() {
  return [arguments = hundred_arguments()] {
    auto f = function([](Tensor x) { return x + x; }, {.cache_bytes = 20'000});
    for (int i = 0; i < 10; ++i)
      f(arguments[i]);
  };
}

std::function<void()> assignments() {
  auto v = std::make_shared<Variable>(zeros({1000}), "v");
  auto s = std::make_shared<Variable>(Tensor("start"), "s");
  auto f = function([v, s](Tensor x, Tensor t) {
    v->assign(v->value() + x);
    s->assign(t + t);
    return v->value()[0];
  });
  return [f, x = ones({1000}), t = std::string(5000, 't')] {
    for (int i = 0; i < 100; ++i)
      f(x, t);
  };
}

/// Two ranks in turn, whose sizes were opened.
std::function<void()> ranks_in_turn() {
  auto f = function([](Tensor x) { return x + x; }, {.reduce_retracing = true});
  for (std::int64_t n : {3, 4, 5})
    f(zeros({n})), f(zeros({2, n}));
  return [f, row = zeros({7}), matrix = zeros({2, 7})] {
    for (int i = 0; i < 1000; ++i)
      f(row), f(matrix);
    ASSERT_LE(f.trace_count(), 4u);
  };
}

const Work works[] = {
    {"CallsOfAHundredSignatures", 2, 100, 1 * MiB, calls_of_a_hundred_signatures},
    {"Strings", 2, 100, 1 * MiB, strings},
    {"RunsThatFailWithStringsAlive", 2, 20, 1 * MiB, runs_that_fail_with_strings_alive},
    {"Assignments", 2, 100, 1 * MiB, assignments},
    {"RanksInTurn", 2, 50, 1 * MiB, ranks_in_turn},
    {"TracesThatFail", 210, 400, 8 * MiB, traces_that_fail},
    {"TracesLeftByAnException", 210, 400, 8 * MiB, traces_left_by_an_exception},
    {"CodeThatComesAndGoes", 40, 40, 8 * MiB, code_that_comes_and_goes},
};

class Memory : public testing::TestWithParam<Work> {};

TEST_P(Memory, StopsGrowing) {
  const Work &work = GetParam();
  std::function<void()> round = work.make();
  for (int i = 0; i < (sanitized ? 1 : work.warm) && !HasFatalFailure(); ++i)
    round();
  detail::finish_background();
  long before = resident();
  for (int i = 0; i < (sanitized ? 2 : work.rounds) && !HasFatalFailure(); ++i)
    round();
  detail::finish_background();
  long growth = resident() - before;
  RecordProperty("growth", std::to_string(growth));
  std::printf("growth: %ld KiB\n", growth / 1024);
  if (!sanitized) {
    EXPECT_LE(growth, work.allowed);
  }
}
INSTANTIATE_TEST_SUITE_P(Behaviour, Memory, testing::ValuesIn(works),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace

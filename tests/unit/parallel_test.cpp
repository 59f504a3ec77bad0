// Loops that threads share. Most of it runs in a process of its own, with threads and a threshold that are set there,
// so that small loops are shared on any machine.
#include "lib/parallel/parallel.h"
#include "tests/support/itself.h"

#include <weft/function.h>
#include <weft/ops.h>

#include <gtest/gtest.h>

#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <thread>

namespace weft {
namespace {

using test::Finished;
using test::run_itself;

Tensor halves(std::int64_t n) {
  std::vector<float> v(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i)
    v[static_cast<std::size_t>(i)] = static_cast<float>(i % 101) / 2;
  return from_span(v);
}

TEST(Parallel, DISABLED_EachTurnRunsOnce) {
  ASSERT_EQ(detail::thread_count(), 4);
  for (std::int64_t turns : {0, 1, 2, 3, 63, 1000, 100'000})
    for (std::int64_t work : {0, 10, 1'000'000}) {
      std::vector<std::atomic<int>> runs(static_cast<std::size_t>(turns));
      detail::parallel_for(turns, work, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i)
          ++runs[static_cast<std::size_t>(i)];
      });
      EXPECT_TRUE(std::ranges::all_of(runs, [](auto &n) { return n == 1; })) << turns << " turns, work " << work;
    }
  weft_task odd = [](void *, std::int64_t begin, std::int64_t end) -> std::int64_t {
    std::int64_t flags = 0;
    for (std::int64_t i = begin; i < end; ++i)
      flags |= i == 3 ? 4 : i == 777 ? 1 : 0;
    return flags;
  };
  EXPECT_EQ(weft_parallel_for(odd, nullptr, 1000, 1'000'000), 5);
}

TEST(Parallel, DISABLED_SeveralThreadsTakePart) {
  std::mutex mutex;
  std::set<std::thread::id> seen;
  for (int tries = 0; tries < 1000 && seen.size() < 2; ++tries)
    detail::parallel_for(8, 1'000'000, [&](std::int64_t, std::int64_t) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      std::lock_guard lock(mutex);
      seen.insert(std::this_thread::get_id());
    });
  EXPECT_GE(seen.size(), 2u);
}

TEST(Parallel, DISABLED_ManyThreadsCallAtOnce) {
  Tensor x = halves(50'000);
  auto f = function([](Tensor a) { return sum(a * a) + max(a); });
  float expected = f(x).item<float>();
  std::atomic<int> wrong = 0, running = 0, most = 0;
  std::vector<std::thread> callers;
  for (int k = 0; k < 8; ++k)
    callers.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        wrong += f(x).item<float>() != expected;
        wrong += (sum(x * x) + max(x)).item<float>() != expected;
      }
      // In one arena there are no more threads than its own.
      detail::parallel_for(64, 1'000'000, [&](std::int64_t, std::int64_t) {
        int now = ++running, before = most;
        while (now > before && !most.compare_exchange_weak(before, now))
          ;
        std::this_thread::sleep_for(std::chrono::microseconds(200));
        --running;
      });
    });
  for (std::thread &t : callers)
    t.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_LE(most, detail::thread_count());
}

/// Whether a child, which computes as the parent does, gets the same.
bool child_computes(const Tensor &x, float expected) {
  pid_t child = fork();
  if (child == 0) {
    alarm(60);
    auto f = function([](Tensor a) { return sum(a * a + 1.0f); });
    bool same = sum(x * x + 1.0f).item<float>() == expected && f(x).item<float>() == expected;
    std::exit(same ? 0 : 1); // static objects and TBB's own are destroyed
  }
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(Parallel, DISABLED_ForkedProcessesCompute) {
  Tensor x = halves(600'000);
  float expected = sum(x * x + 1.0f).item<float>();
  EXPECT_TRUE(child_computes(x, expected));
  std::atomic<bool> stop = false;
  std::thread other([&] {
    while (!stop)
      sum(x * x + 1.0f);
  });
  for (int i = 0; i < 10; ++i)
    EXPECT_TRUE(child_computes(x, expected)) << i;
  stop = true;
  other.join();
  EXPECT_EQ(sum(x * x + 1.0f).item<float>(), expected);
}

template <class F> std::string error_of(F f) {
  try {
    f();
  } catch (const Error &e) {
    return e.what();
  }
  return "none";
}

/// The first of two checks is reported, wherever in the array each fails.
TEST(Parallel, DISABLED_ChecksReportAsEagerCodeDoes) {
  constexpr std::int64_t n = 20'000;
  std::vector<std::int32_t> ones(n, 1), early(ones), late(ones);
  early[3] = late[n - 1] = 0;
  Tensor x = from_span(ones), a = from_span(early), b = from_span(late);
  auto divide = [](Tensor x, Tensor p, Tensor q) {
    Tensor first = floor_divide(x, p);
    return remainder(first, q);
  };
  auto f = function(divide);
  std::set<std::string> messages;
  for (auto [p, q] : {std::pair(a, x), {x, a}, {a, b}, {b, a}, {b, b}}) {
    std::string eager = error_of([&] { divide(x, p, q); });
    EXPECT_EQ(eager, error_of([&] { f(x, p, q); }));
    messages.insert(eager);
  }
  EXPECT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages.count("none"), 0u);
  EXPECT_EQ(sum(f(x, x, x)).item<std::int32_t>(), 0);
}

class ParallelIn4Threads : public testing::TestWithParam<const char *> {};
TEST_P(ParallelIn4Threads, Passes) {
  Finished run = run_itself("WEFT_THREADS=4 WEFT_PARALLEL_WORK=1", std::string("Parallel.DISABLED_") + GetParam());
  EXPECT_EQ(run.status, 0) << run.output;
}
INSTANTIATE_TEST_SUITE_P(Parallel, ParallelIn4Threads,
                         testing::Values("EachTurnRunsOnce", "SeveralThreadsTakePart", "ManyThreadsCallAtOnce",
                                         "ForkedProcessesCompute", "ChecksReportAsEagerCodeDoes"));

TEST(Parallel, DISABLED_ASettingThatIsNoNumberIsAnError) {
  auto f = function([](Tensor a) { return a + 1.0f; });
  try {
    f(halves(3));
    FAIL() << "no error";
  } catch (const IoError &e) {
    EXPECT_NE(std::string(e.what()).find("WEFT_THREADS has to be a number of threads"), std::string::npos) << e.what();
    EXPECT_NE(e.where().line, 0u);
  }
}

TEST(Parallel, ASettingThatIsNoNumberIsAnError) {
  for (const char *value : {"0", "-1", "two", "2x", "' 2'", "1025", "99999999999999999999"}) {
    Finished run =
        run_itself(std::string("WEFT_THREADS=") + value, "Parallel.DISABLED_ASettingThatIsNoNumberIsAnError");
    EXPECT_EQ(run.status, 0) << value << run.output;
  }
}

} // namespace
} // namespace weft

// What a function keeps of its traces: records and their reasons, the bounds of the cache, entries that end while they run, and
// threads.
#include "tests/unit/fake_compiler.h"

#include "lib/function/cache.h"
#include "lib/tensor/value.h"

#include <weft/weft.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <functional>
#include <future>
#include <thread>

namespace weft {
namespace {

using testing::FakeCompiler;
using testing::has;

template <class T> T item(const Tensor &t) { return t.item<T>(); }

class FunctionCacheTest : public ::testing::Test {
protected:
  FakeCompiler compiler;
};

// --- records

TEST_F(FunctionCacheTest, RecordsSayWhatDiffered) {
  Variable v(1, "v"), w(1, "w");
  auto f = function("f", [](Tensor x, int, std::vector<Tensor>, Variable) { return x; });
  f(1, 2, {1}, v);
  f(1.0f, 2, {1}, v);
  f(Tensor{1.0f}, 2, {1}, v);
  f(Tensor{1.0f, 2.0f}, 2, {1}, v);
  f(1, 3, {1}, v);
  f(1, 2, {1, 2}, v);
  f(1, 2, {1, 2.0f}, v);
  f(Tensor{{1, 2}}, 2, {1}, v);
  f(1, 2, {1}, w);
  f(1, 2, {1}, w), f(1, 2, {1}, w);
  std::vector<std::string> reasons;
  for (const TraceRecord &r : f.traces())
    reasons.push_back(r.reason);
  EXPECT_EQ(reasons, (std::vector<std::string>{
                         "first trace",
                         "argument 0: dtype int32 -> float32",
                         "argument 0: shape () -> (1,)",
                         "argument 0: dimension 0: 1 -> 2",
                         "argument 1: 2 -> 3",
                         "argument 2: size 1 -> 2",
                         "argument 2 (leaf 1): dtype int32 -> float32",
                         "argument 0: dtype float32 -> int32, shape (2,) -> (1, 2)",
                         "argument 3: variable v int32 () -> variable w int32 ()",
                     }));
  TraceRecord last = f.traces().back();
  EXPECT_EQ(last.hits, 2u);
  EXPECT_EQ(last.signature, "(int32 (), 2, [int32 ()], variable w int32 ())");
  EXPECT_GE(last.trace_ms, 0);
  CacheStats s = f.cache_stats();
  EXPECT_EQ(s.entries, 9u);
  EXPECT_EQ(s.misses, 9u);
  EXPECT_EQ(s.hits, 2u);
  EXPECT_EQ(s.evictions, 0u);
  std::string table = f.explain();
  EXPECT_TRUE(has(table, "f: 9 traced")) << table;
  EXPECT_TRUE(has(table, "argument 1: 2 -> 3")) << table;
}

struct Even {
  int value;
  bool operator==(const Even &) const = default;
};

} // namespace
} // namespace weft
template <> struct std::hash<weft::Even> {
  std::size_t operator()(const weft::Even &e) const { return static_cast<std::size_t>(e.value % 2); }
};
namespace weft {
namespace {

TEST_F(FunctionCacheTest, ObjectsOfOneHashAreToldApart) {
  auto f = function([](Tensor x, Even) { return x; });
  f(1, {2}), f(1, {4}), f(1, {2});
  ASSERT_EQ(f.trace_count(), 2u);
  EXPECT_EQ(f.traces()[1].reason, "argument 1: another object");
  f.clear_cache();
  f(1, {4});
  EXPECT_TRUE(has(f.traces()[2].reason, "had left the cache")) << f.traces()[2].reason;
  auto c = f.concrete(spec(int32), Even{2});
  EXPECT_EQ(item<int>(c(7, {2})), 7);
  EXPECT_THROW(c(7, {4}), TraceError);
}

TEST_F(FunctionCacheTest, TheTableHasOneLineForEachTrace) {
  auto f = function("two\nlines", [](Tensor x, std::string) { return x; });
  f(1, "a\nb"), f(1, "c\td\x1b");
  std::string table = f.explain();
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 4) << table;
  EXPECT_TRUE(has(table, "two\\nlines: 2 traced")) << table;
  EXPECT_TRUE(has(table, R"("a\nb" -> "c\td\x1b")")) << table;
}

TEST_F(FunctionCacheTest, SignaturesInWords) {
  auto f = function([](Tensor, Operand, int, std::vector<Tensor>, std::string, std::pair<bool, double>) {});
  f(zeros({2, 3}), 1, -4, {1, "x"}, "name", {true, 0.5});
  EXPECT_EQ(f.traces()[0].signature, "(float32 (2, 3), weak int32 (), -4, [int32 (), string ()], \"name\", [true, 0.5])");
  auto none = function([] {});
  none();
  EXPECT_EQ(none.traces()[0].signature, "()");
}

TEST_F(FunctionCacheTest, TheNearestTraceExplains) {
  auto f = function([](Tensor x, Tensor, int) { return x; });
  f(1, 1, 1);
  f(1.0f, 1.0f, 2);
  f(1.0f, 1, 2); // one difference from the second, two from the first
  EXPECT_EQ(f.traces()[2].reason, "argument 1: dtype float32 -> int32");
}

TEST_F(FunctionCacheTest, TheLedgerIsBounded) {
  auto f = function("f", [](int n) { return Tensor(n); });
  for (int i = 0; i < 1500; ++i)
    f(i);
  EXPECT_EQ(f.trace_count(), 1500u);
  EXPECT_EQ(f.traces().size(), 1024u);
  EXPECT_EQ(f.traces().back().signature, "(1499)");
  std::string table = f.explain();
  EXPECT_TRUE(table.starts_with("f: 1500 traced, ")) << table.substr(0, 80);
  EXPECT_TRUE(has(table, "\n 477  (476)")) << "1,024 rows end with trace 1,500";
}

// --- the cache

TEST_F(FunctionCacheTest, ClearingUnmapsAndRetraces) {
  auto f = function([](Tensor x) { return x + 1; });
  f(1), f(1.0f);
  EXPECT_EQ(compiler.live_code, 2);
  f.clear_cache();
  EXPECT_EQ(compiler.live_code, 0);
  EXPECT_EQ(f.cache_stats().entries, 0u);
  EXPECT_EQ(f.cache_stats().bytes, 0u);
  f(1);
  EXPECT_EQ(f.trace_count(), 3u);
  EXPECT_TRUE(has(f.traces()[2].reason, "had left the cache"));
}

TEST_F(FunctionCacheTest, TheLeastRecentlyUsedGoesWhenBytesRunOut) {
  auto f = function([](Tensor x, int n) { return x + n; }, {.cache_bytes = 350});
  f(1, 0), f(1, 1), f(1, 2);
  EXPECT_EQ(f.cache_stats().entries, 3u);
  f(1, 0);    // 1 is the oldest now
  f(1, 3);
  CacheStats s = f.cache_stats();
  EXPECT_EQ(s.entries, 3u);
  EXPECT_EQ(s.evictions, 1u);
  EXPECT_LE(s.bytes, 350u);
  EXPECT_EQ(compiler.live_code, 3);
  f(1, 0), f(1, 2), f(1, 3);
  EXPECT_EQ(f.trace_count(), 4u);
  f(1, 1);
  EXPECT_EQ(f.trace_count(), 5u);
}

TEST_F(FunctionCacheTest, AnEntryLargerThanTheBoundStillRuns) {
  auto f = function([](Tensor x) { return x + 1; }, {.cache_bytes = 1});
  EXPECT_EQ(item<std::int32_t>(f(1)), 2);
  EXPECT_EQ(item<std::int32_t>(f(1)), 2);
  EXPECT_EQ(f.trace_count(), 1u);
  f(1.0f);
  EXPECT_EQ(compiler.live_code, 1);
}

TEST_F(FunctionCacheTest, TheProcessBoundsTheNumberOfEntries) {
  detail::limit_entries_for_testing(10);
  auto f = function([](Tensor x, int n) { return x + n; });
  auto g = function([](Tensor x, int n) { return x - n; });
  for (int i = 0; i < 8; ++i)
    f(1, i);
  for (int i = 0; i < 8; ++i)
    g(1, i);
  EXPECT_EQ(f.cache_stats().entries, 2u);
  EXPECT_EQ(f.cache_stats().evictions, 6u);
  EXPECT_EQ(g.cache_stats().entries, 8u);
  EXPECT_EQ(compiler.live_code, 10);
  f(1, 6), f(1, 7);
  EXPECT_EQ(f.trace_count(), 8u) << "the latest ones were kept";
  detail::limit_entries_for_testing(0);
}

TEST_F(FunctionCacheTest, ManySignaturesLeaveNothingBehind) {
  std::int64_t before = detail::live_storage();
  {
    auto f = function([](Tensor x, int) { return x + x; }, {.cache_bytes = 5000});
    for (int i = 0; i < 3000; ++i)
      EXPECT_EQ(item<std::string>(f("text", i % 100)), "texttext");
    EXPECT_LE(compiler.live_code, 50);
  }
  EXPECT_EQ(compiler.live_code, 0);
  EXPECT_EQ(detail::live_storage(), before);
}

TEST_F(FunctionCacheTest, AFunctionMayEndWhileItRuns) {
  auto f = std::make_unique<Function<Tensor(Tensor)>>(function([](Tensor x) {
    print(x);
    return x + 1;
  }));
  set_print_sink([&](std::string_view) {
    if (f)
      f->clear_cache();
    EXPECT_EQ(compiler.live_code, 1) << "code that runs stays mapped";
  });
  EXPECT_EQ(item<std::int32_t>((*f)(1)), 2); // first call: counted
  EXPECT_EQ(compiler.live_code, 0);
  (*f)(1);
  set_print_sink([&](std::string_view) { (*f).clear_cache(); });
  EXPECT_EQ(item<std::int32_t>((*f)(2)), 3);
  EXPECT_EQ(compiler.live_code, 0);
  set_print_sink({});
}

TEST_F(FunctionCacheTest, DeeplyNestedCallsPinTheirEntries) {
  auto f = function([](Tensor x) {
    print(x);
    return x + 1;
  });
  f(0);
  int depth = 0;
  set_print_sink([&](std::string_view) {
    if (++depth < 12)
      EXPECT_EQ(item<std::int32_t>(f(depth)), depth + 1);
    else
      f.clear_cache();
    EXPECT_EQ(compiler.live_code, 1);
  });
  int d = depth;
  EXPECT_EQ(item<std::int32_t>(f(d)), 1);
  EXPECT_EQ(compiler.live_code, 0);
  set_print_sink({});
}

// --- threads

template <class F> void in_threads(int n, F f) {
  std::barrier start(n);
  std::vector<std::jthread> threads;
  for (int t = 0; t < n; ++t)
    threads.emplace_back([&, t] {
      start.arrive_and_wait();
      f(t);
    });
}

TEST_F(FunctionCacheTest, ConcurrentFirstCallsTraceOnce) {
  std::atomic<int> runs{0};
  compiler.while_compiling = [] { std::this_thread::sleep_for(std::chrono::milliseconds(20)); };
  auto f = function([&](Tensor x) {
    ++runs;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return x + 1;
  });
  in_threads(8, [&](int t) { EXPECT_EQ(item<std::int32_t>(f(t)), t + 1); });
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(compiler.compiles, 1);
  EXPECT_EQ(f.trace_count(), 1u);
  EXPECT_EQ(f.cache_stats().hits, 7u);
}

TEST_F(FunctionCacheTest, WaitersTryAgainWhenTheFirstFails) {
  std::atomic<int> runs{0};
  auto f = function([&](Tensor x) -> Tensor {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    if (++runs < 3)
      throw std::runtime_error("not yet");
    return x + 1;
  });
  std::atomic<int> failed{0};
  in_threads(6, [&](int t) {
    try {
      EXPECT_EQ(item<std::int32_t>(f(t)), t + 1);
    } catch (const std::runtime_error &) {
      ++failed;
    }
  });
  EXPECT_EQ(failed, 2);
  EXPECT_EQ(runs, 3);
}

/// A host value whose comparison is a program of its own. All have one hash.
struct Asking {
  int number;
  static inline std::function<void()> ask;
  bool operator==(const Asking &o) const {
    static thread_local bool asking = false;
    if (ask && !std::exchange(asking, true)) {
      ask();
      asking = false;
    }
    return number == o.number;
  }
};

} // namespace
} // namespace weft
template <> struct std::hash<weft::Asking> {
  std::size_t operator()(const weft::Asking &) const { return 1; }
};
namespace weft {
namespace {

TEST_F(FunctionCacheTest, ComparingHostValuesMayUseTheCacheAndTrace) {
  std::promise<void> traced, go_on;
  auto f = function([&](Tensor x, Asking a) {
    if (a.number == 3) { // its trace is under way while others are compared with it
      traced.set_value();
      go_on.get_future().wait();
    }
    return x * a.number;
  });
  int asked = 0;
  Asking::ask = [&] {
    ++asked;
    EXPECT_LE(f.cache_stats().entries, f.trace_count());
    EXPECT_EQ(item<int>(function([](Tensor x) { return x + 1; })(asked)), asked + 1);
  };
  EXPECT_EQ(item<int>(f(5, {1})), 5);
  EXPECT_EQ(asked, 0);
  EXPECT_EQ(item<int>(f(5, {2})), 10); // compared with the one before when it is looked up and when it is kept
  EXPECT_GT(asked, 1);
  EXPECT_EQ(item<int>(f(5, {1})), 5);
  auto ask = std::exchange(Asking::ask, {});
  std::thread other([&] { EXPECT_EQ(item<int>(f(5, {3})), 15); });
  traced.get_future().wait();
  Asking::ask = std::move(ask);
  asked = 0;
  EXPECT_EQ(item<int>(f(5, {4})), 20);
  EXPECT_GT(asked, 4) << "twice with each of two entries, and once with the trace under way";
  Asking::ask = {};
  go_on.set_value();
  other.join();
  EXPECT_EQ(f.trace_count(), 4u);
  EXPECT_EQ(item<int>(f(6, {3})), 18);
  EXPECT_EQ(f.trace_count(), 4u);
}

TEST_F(FunctionCacheTest, ReducedRetracingComparesHostValues) {
  auto f = function([](Tensor x, Asking a) { return x * a.number; }, {.reduce_retracing = true});
  int asked = 0;
  Asking::ask = [&] {
    ++asked;
    (void)f.cache_stats();
  };
  f(zeros({3}, int32), {1});
  f(zeros({4}, int32), {2}); // the host value differs too: nothing is opened
  EXPECT_TRUE(f.traces().back().signature.starts_with("(int32 (4,), ")) << f.traces().back().signature;
  f(zeros({5}, int32), {2});
  EXPECT_TRUE(f.traces().back().signature.starts_with("(int32 (?,), ")) << f.traces().back().signature;
  EXPECT_GT(asked, 0);
  Asking::ask = {};
}

TEST_F(FunctionCacheTest, OtherSignaturesTraceAtTheSameTime) {
  std::barrier both(2);
  auto f = function([&](Tensor x, int n) {
    both.arrive_and_wait(); // hangs unless two traces run at once
    return x + n;
  });
  in_threads(2, [&](int t) { EXPECT_EQ(item<std::int32_t>(f(1, t)), 1 + t); });
}

TEST_F(FunctionCacheTest, MutualRecursionOverThreadsIsFoundNotWaitedFor) {
  Function<Tensor(Tensor)> f, g;
  std::barrier both(2);
  std::atomic<int> entered{0};
  auto meet = [&] {
    if (++entered <= 2)
      both.arrive_and_wait();
  };
  f = function("f", [&](Tensor x) {
    meet();
    return g(x);
  });
  g = function("g", [&](Tensor x) {
    meet();
    return f(x);
  });
  in_threads(2, [&](int t) { EXPECT_THROW(t ? f(1) : g(1), TraceError); });
}

TEST_F(FunctionCacheTest, CallsClearsAndEvictionsOnManyThreads) {
  auto f = function([](Tensor x, int n) { return x + n; }, {.cache_bytes = 320});
  std::atomic<bool> stop{false};
  std::jthread clearer([&] {
    while (!stop) {
      f.clear_cache();
      std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
  });
  in_threads(4, [&](int t) {
    for (int i = 0; i < 400; ++i)
      EXPECT_EQ(item<std::int32_t>(f(i, (i + t) / 7 % 5)), i + (i + t) / 7 % 5);
  });
  stop = true;
  clearer.join();
  EXPECT_LE(compiler.live_code, 3);
  f.clear_cache();
  EXPECT_EQ(compiler.live_code, 0);
}

TEST_F(FunctionCacheTest, OneSignatureCalledByMany) {
  auto f = function([](Tensor x) { return x + 1; });
  f(0);
  in_threads(4, [&](int t) {
    for (int i = 0; i < 2000; ++i)
      EXPECT_EQ(item<std::int32_t>(f(i + t)), i + t + 1);
  });
  EXPECT_EQ(f.cache_stats().hits, 8000u);
}

/// Whether `work` ends soon on another thread; one that does not is left to itself.
bool ends(std::function<void()> work) {
  auto done = std::make_shared<std::promise<void>>();
  std::future<void> ended = done->get_future();
  std::thread([work = std::move(work), done] {
    work();
    done->set_value();
  }).detach();
  return ended.wait_for(std::chrono::seconds(20)) == std::future_status::ready;
}

TEST_F(FunctionCacheTest, ACallThatCannotBeginHoldsNoVariable) {
  float element = 0;
  std::int64_t huge = std::int64_t{1} << 58;
  Variable small(1.f, "small"), large(from_buffer(&element, {huge}, float32), "large"); // to write it is to copy it
  for (bool verify : {false, true}) {
    auto f = function([&](Tensor x, Tensor y) {
      small.assign_add(x);
      large.assign(y);
    }, {.verify = verify});
    EXPECT_THROW(f(1.f, large.value()), OutOfMemoryError);
    EXPECT_TRUE(ends([small] { small.assign(5.f); }));
    EXPECT_TRUE(ends([large] { large.assign(large.value()); }));
  }
}

TEST_F(FunctionCacheTest, WritersOfVariablesAreSerial) {
  Variable a(0, "a"), b(0, "b");
  auto forwards = function([&](Tensor x) {
    a.assign_add(x);
    b.assign_add(x);
  });
  auto backwards = function([&](Tensor x) {
    b.assign_add(x);
    a.assign_add(x);
  });
  in_threads(4, [&](int t) {
    for (int i = 0; i < 250; ++i)
      t % 2 ? forwards(1) : backwards(1);
  });
  EXPECT_EQ(a.item<std::int32_t>(), 1000);
  EXPECT_EQ(b.item<std::int32_t>(), 1000);
}

} // namespace
} // namespace weft

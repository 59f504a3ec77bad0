// What a call costs: a compiled one (of one signature, of several in turn, from several threads, of a function that
// calls others, of open sizes), an eager operation, and the first call of a new function, tracing and compiling
// included. The arguments are made once, as in a program that keeps its data in tensors.
#include "lib/function/background.h"

#include <weft/weft.h>

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using weft::Tensor;

// What is measured is compiling, unless the caller names a folder.
[[maybe_unused]] const int no_cache = setenv("WEFT_CACHE", "off", 0);

Tensor add(Tensor a, Tensor b) { return a + b; }

void call_compiled(benchmark::State &state) {
  auto f = weft::function("add", add);
  Tensor a = 1.0f, b = 1.0f;
  f(a, b);
  for (auto _ : state)
    benchmark::DoNotOptimize(f(a, b));
}
BENCHMARK(call_compiled)->Name("call/compiled/add_rank0");

void call_eager(benchmark::State &state) {
  Tensor a = 1.0f, b = 1.0f;
  benchmark::DoNotOptimize(a + b);
  for (auto _ : state)
    benchmark::DoNotOptimize(a + b);
}
BENCHMARK(call_eager)->Name("call/eager/add_rank0");

void call_strings(benchmark::State &state) {
  auto f = weft::function("join", add);
  Tensor a = "hello", b = "world";
  f(a, b);
  for (auto _ : state)
    benchmark::DoNotOptimize(f(a, b));
}
BENCHMARK(call_strings)->Name("call/compiled/add_strings");

void call_in_turn(benchmark::State &state) {
  auto f = weft::function("add", add);
  std::vector<Tensor> xs;
  for (std::int64_t n = 1; n <= state.range(0); ++n)
    xs.push_back(weft::ones({n}));
  for (const Tensor &x : xs)
    f(x, x);
  std::size_t k = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(f(xs[k], xs[k]));
    k = k + 1 == xs.size() ? 0 : k + 1;
  }
  weft::CacheStats cache = f.cache_stats();
  state.counters["bytes_per_entry"] = static_cast<double>(cache.bytes) / static_cast<double>(cache.entries);
}
BENCHMARK(call_in_turn)->Name("signatures_in_turn/compiled")->Arg(4);

// The time of a call is that of the run over the calls of all threads.
void call_from_threads(benchmark::State &state) {
  static const auto f = weft::function("add", add);
  Tensor a = 1.0f, b = 1.0f;
  f(a, b);
  for (auto _ : state)
    benchmark::DoNotOptimize(f(a, b));
}
BENCHMARK(call_from_threads)->Name("threads/compiled")->UseRealTime()->RangeMultiplier(2)->ThreadRange(1, 8);

void call_nested(benchmark::State &state) {
  auto inner = weft::function("inner", [](Tensor x) { return x * 0.5f + 1.0f; });
  auto outer = weft::function("outer", [&](Tensor x) {
    for (std::int64_t i = 0; i < state.range(0); ++i)
      x = inner(x);
    return x;
  });
  Tensor x = 1.0f;
  outer(x);
  for (auto _ : state)
    benchmark::DoNotOptimize(outer(x));
}
BENCHMARK(call_nested)->Name("nested_calls/compiled")->Arg(10);

// Each size is a new one, so that what a size costs is paid in each call.
void call_new_size(benchmark::State &state) {
  weft::TensorSpec open = weft::spec(weft::float32, {weft::dynamic});
  auto f = weft::function("add", add, {.input_signature = {open, open}});
  std::vector<Tensor> xs;
  for (std::int64_t n = 2; n < 2 + state.max_iterations; ++n)
    xs.push_back(weft::ones({n}));
  f(weft::ones({2}), weft::ones({2}));
  std::size_t k = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(f(xs[k], xs[k]));
    ++k;
  }
}
BENCHMARK(call_new_size)->Name("new_size/compiled")->Iterations(1000);

/// `steps` times two operations, as in peers/workloads.py. `salt` makes each program a new one.
Tensor chain(Tensor x, const Tensor &y, int steps, float salt) {
  for (int i = 0; i < steps; ++i)
    x = i % 2 ? x * y + (0.5f + salt) : weft::tanh(x) - y;
  return x * (1 + salt);
}

/// Hardly ever the same twice, in any process.
float new_salt() {
  static std::random_device entropy;
  return static_cast<float>(entropy()) * 0x1p-32f * 1e-2f;
}

void first_call(benchmark::State &state) {
  Tensor x = weft::ones({1024});
  weft::function("warm", add)(x, x);
  weft::set_warning_sink([](std::string_view) {}); // of the unrolled loop
  double trace = 0, compile = 0;
  for (auto _ : state) {
    auto f = weft::function("chain", [steps = static_cast<int>(state.range(0)), salt = new_salt()](Tensor a, Tensor b) {
      return chain(a, b, steps, salt);
    });
    benchmark::DoNotOptimize(f(x, x));
    state.PauseTiming();
    weft::TraceRecord record = f.traces().at(0);
    trace += record.trace_ms / 1e3;
    compile += record.compile_ms / 1e3;
    f = {}; // unmapping its code is not part of a first call
    state.ResumeTiming();
  }
  weft::set_warning_sink({});
  state.counters["s_to_trace"] = benchmark::Counter(trace, benchmark::Counter::kAvgIterations);
  state.counters["s_to_compile"] = benchmark::Counter(compile, benchmark::Counter::kAvgIterations);
}
BENCHMARK(first_call)
    ->Name("first_call/compiled")
    ->RangeMultiplier(10)
    ->Range(1, 10'000)
    ->Unit(benchmark::kMillisecond);

void first_call_add(benchmark::State &state) {
  Tensor a = 1.0f, b = 1.0f;
  weft::function("warm", add)(a, b);
  for (auto _ : state) {
    auto f = weft::function("add", [salt = new_salt()](Tensor x, Tensor y) { return x + y + salt; });
    benchmark::DoNotOptimize(f(a, b));
    state.PauseTiming();
    f = {};
    state.ResumeTiming();
  }
}
BENCHMARK(first_call_add)->Name("first_call/add_rank0")->Unit(benchmark::kMillisecond);

// The program was compiled before, by another function: it is traced again, and its code loaded from the disk.
void first_call_from_disk(benchmark::State &state) {
  if (std::string_view(std::getenv("WEFT_CACHE")) == "off") {
    state.SkipWithError("WEFT_CACHE names no folder");
    return;
  }
  auto make = [&] {
    return weft::function("chain", [steps = static_cast<int>(state.range(0))](Tensor a, Tensor b) {
      return chain(a, b, steps, 0);
    });
  };
  Tensor x = weft::ones({1024});
  weft::set_warning_sink([](std::string_view) {});
  make()(x, x);
  weft::detail::finish_background(); // the better code is what is kept
  for (auto _ : state) {
    auto f = make();
    benchmark::DoNotOptimize(f(x, x));
    state.PauseTiming();
    f = {};
    state.ResumeTiming();
  }
  weft::set_warning_sink({});
}
BENCHMARK(first_call_from_disk)->Name("first_call_from_disk/compiled")->Arg(10)->Arg(100)->Unit(benchmark::kMillisecond);

} // namespace

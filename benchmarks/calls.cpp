// What a call costs: a compiled one, an eager operation, and the first call of a new function, tracing and compiling
// included. The arguments are made once, as in a program that keeps its data in tensors.
#include <weft/weft.h>

#include <benchmark/benchmark.h>

#include <utility>

namespace {

using weft::Tensor;

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

/// `steps` times two operations, as the peers' scripts have it. `salt` makes each program a new one.
Tensor chain(Tensor x, const Tensor &y, int steps, float salt) {
  for (int i = 0; i < steps; ++i)
    x = i % 2 ? x * y + (0.5f + salt) : weft::tanh(x) - y;
  return x * (1 + salt);
}

/// Never the same twice in a process.
float new_salt() {
  static int count = 0;
  return static_cast<float>(++count) * 1e-5f;
}

void first_call(benchmark::State &state, int steps) {
  Tensor x = weft::ones({1024});
  weft::function("warm", add)(x, x);
  for (auto _ : state) {
    auto f =
        weft::function("chain", [steps, salt = new_salt()](Tensor a, Tensor b) { return chain(a, b, steps, salt); });
    benchmark::DoNotOptimize(f(x, x));
    state.PauseTiming();
    f = {}; // unmapping its code is not part of a first call
    state.ResumeTiming();
  }
}
BENCHMARK_CAPTURE(first_call, 1_op, 1)->Name("first_call/1_op")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(first_call, 10_ops, 10)->Name("first_call/10_ops")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(first_call, 100_ops, 100)->Name("first_call/100_ops")->Unit(benchmark::kMillisecond);

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

} // namespace

// Whole-array arithmetic and reductions, eager, compiled and as a plain loop.
#include "examples/programs/c_loops.h"

#include <weft/weft.h>

#include <benchmark/benchmark.h>

#include <random>
#include <vector>

namespace {

using weft::Tensor;

std::vector<float> numbers(std::int64_t n, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<float> normal;
  std::vector<float> v(static_cast<std::size_t>(n));
  constexpr std::size_t period = 1 << 16; // drawing more of them would take longer than the benchmarks
  for (std::size_t i = 0; i < v.size(); ++i)
    v[i] = i < period ? normal(engine) : v[i - period];
  return v;
}
Tensor tensor(std::int64_t n, unsigned seed) { return weft::from_span(numbers(n, seed)); }

Tensor multiply_add(Tensor a, Tensor b, Tensor c) { return a * b + c; }
Tensor tanh_exp(Tensor a, Tensor b, Tensor c) { return weft::tanh(a * b + c) * 0.5f + weft::exp(-a); }
Tensor total(Tensor a) { return weft::sum(a); }

constexpr std::int64_t million = std::int64_t{1} << 20;

template <class F> void time_ternary(benchmark::State &state, const F &f) {
  Tensor a = tensor(state.range(0), 1), b = tensor(state.range(0), 2), c = tensor(state.range(0), 3);
  f(a, b, c);
  for (auto _ : state)
    benchmark::DoNotOptimize(f(a, b, c));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
void multiply_add_eager(benchmark::State &state) { time_ternary(state, multiply_add); }
void multiply_add_compiled(benchmark::State &state) { time_ternary(state, weft::function(multiply_add)); }
void multiply_add_plain(benchmark::State &state) {
  std::vector<float> a = numbers(state.range(0), 1), b = numbers(state.range(0), 2), c = numbers(state.range(0), 3);
  std::vector<float> result(a.size());
  for (auto _ : state) {
    programs::plain::multiply_add(a, b, c, result);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(multiply_add_eager)->Name("a*b+c/eager")->Arg(million)->Unit(benchmark::kMillisecond);
BENCHMARK(multiply_add_compiled)
    ->Name("a*b+c/compiled")
    ->Arg(million)
    ->Arg(16 * million)
    ->Unit(benchmark::kMillisecond);
BENCHMARK(multiply_add_plain)->Name("a*b+c/plain_cpp")->Arg(million)->Unit(benchmark::kMillisecond);

void multiply_add_open(benchmark::State &state) {
  weft::TensorSpec open = weft::spec(weft::float32, {weft::dynamic});
  time_ternary(state, weft::function(multiply_add, {.input_signature = {open, open, open}}));
}
BENCHMARK(multiply_add_open)->Name("a*b+c, open size/compiled")->Arg(million)->Unit(benchmark::kMillisecond);

void tanh_exp_eager(benchmark::State &state) { time_ternary(state, tanh_exp); }
void tanh_exp_compiled(benchmark::State &state) { time_ternary(state, weft::function(tanh_exp)); }
BENCHMARK(tanh_exp_eager)->Name("tanh(a*b+c)*0.5+exp(-a)/eager")->Arg(million)->Unit(benchmark::kMillisecond);
BENCHMARK(tanh_exp_compiled)
    ->Name("tanh(a*b+c)*0.5+exp(-a)/compiled")
    ->RangeMultiplier(4)
    ->Range(1 << 10, 64 * million)
    ->Unit(benchmark::kMillisecond);

template <class F> void time_sum(benchmark::State &state, const F &f) {
  Tensor a = tensor(state.range(0), 1);
  f(a);
  for (auto _ : state)
    benchmark::DoNotOptimize(f(a));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
void sum_eager(benchmark::State &state) { time_sum(state, total); }
void sum_compiled(benchmark::State &state) { time_sum(state, weft::function(total)); }
void sum_plain(benchmark::State &state) {
  std::vector<float> a = numbers(state.range(0), 1);
  for (auto _ : state)
    benchmark::DoNotOptimize(programs::plain::sum(a));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(sum_eager)->Name("sum/eager")->Arg(million)->Arg(16 * million)->Unit(benchmark::kMillisecond);
BENCHMARK(sum_compiled)->Name("sum/compiled")->Arg(million)->Arg(16 * million)->Unit(benchmark::kMillisecond);
BENCHMARK(sum_plain)->Name("sum/plain_cpp")->Arg(million)->Arg(16 * million)->Unit(benchmark::kMillisecond);

} // namespace

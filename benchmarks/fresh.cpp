// A program of 30 distinct eager operations. Run alone in a new process this is what a user waits for before anything
// is compiled or loaded; after other benchmarks it is only the operations.
#include <weft/weft.h>

#include <benchmark/benchmark.h>

namespace {

using weft::Tensor;

Tensor thirty_operations(Tensor x) {
  Tensor y = weft::exp(x), z = weft::log(y);
  y = weft::sin(x) + weft::cos(z);
  z = weft::tanh(y) - weft::sqrt(weft::abs(z));
  y = y * z / (weft::square(x) + 1.0f);
  y = weft::where(y > z, weft::maximum(x, y), weft::minimum(y, z));
  z = weft::floor(weft::expm1(y)) + weft::ceil(weft::log1p(weft::square(z)));
  Tensor m = weft::reshape(weft::sigmoid(z) + weft::erf(y), {32, 32});
  m = weft::matmul(m, weft::matrix_transpose(m));
  Tensor rows = weft::sum(m, 0) + weft::mean(m, 1) + weft::max(m, 0) - weft::min(m, 1);
  return weft::take(weft::cumulative_sum(rows), weft::argmax(rows));
}

void program(benchmark::State &state) {
  Tensor x = weft::ones({1024});
  for (auto _ : state)
    benchmark::DoNotOptimize(thirty_operations(x).item<float>());
}
BENCHMARK(program)->Name("program/eager/30")->Iterations(1)->Unit(benchmark::kMillisecond);

} // namespace

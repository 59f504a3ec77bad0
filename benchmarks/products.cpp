// Products of matrices: eager and compiled, against a direct call of the library that they use, and a plain loop.
#include <weft/weft.h>

#include <benchmark/benchmark.h>

#include <dlfcn.h>

#include <algorithm>
#include <random>
#include <type_traits>
#include <vector>

namespace {

using weft::Tensor;

template <class T> std::vector<T> numbers(std::int64_t n, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<T> normal;
  std::vector<T> v(static_cast<std::size_t>(n * n));
  for (T &x : v)
    x = normal(engine);
  return v;
}
template <class T> Tensor matrix(std::int64_t n, unsigned seed) { return weft::from_span(numbers<T>(n, seed), {n, n}); }

/// Multiplications and additions, as many for every benchmark.
void count(benchmark::State &state) {
  double n = static_cast<double>(state.range(0));
  state.counters["FLOP/s"] = benchmark::Counter(2 * n * n * n, benchmark::Counter::kIsIterationInvariantRate);
}

Tensor product(Tensor x, Tensor y) { return weft::matmul(x, y); }

template <class T, class F> void time_product(benchmark::State &state, const F &f) {
  Tensor x = matrix<T>(state.range(0), 1), y = matrix<T>(state.range(0), 2);
  f(x, y);
  for (auto _ : state)
    benchmark::DoNotOptimize(f(x, y));
  count(state);
}
template <class T> void matmul_eager(benchmark::State &state) { time_product<T>(state, product); }
template <class T> void matmul_compiled(benchmark::State &state) { time_product<T>(state, weft::function(product)); }

/// f(x, y, out) on plain memory.
template <class T, class F> void time_plain(benchmark::State &state, const F &f) {
  std::vector<T> x = numbers<T>(state.range(0), 1), y = numbers<T>(state.range(0), 2), out(x.size());
  for (auto _ : state) {
    f(x.data(), y.data(), out.data());
    benchmark::ClobberMemory();
  }
  count(state);
}

template <class T> void matmul_cblas(benchmark::State &state) {
  using Gemm = void (*)(int, int, int, int, int, int, T, const T *, int, const T *, int, T, T *, int);
  void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  auto gemm = library ? reinterpret_cast<Gemm>(dlsym(library, std::is_same_v<T, float> ? "cblas_sgemm" : "cblas_dgemm"))
                      : nullptr;
  if (!gemm)
    return state.SkipWithError("OpenBLAS is not installed");
  constexpr int row_major = 101, as_it_is = 111;
  int n = static_cast<int>(state.range(0));
  time_plain<T>(state, [&](const T *x, const T *y, T *out) {
    gemm(row_major, as_it_is, as_it_is, n, n, n, T{1}, x, n, y, n, T{0}, out, n);
  });
}

template <class T> void matmul_plain(benchmark::State &state) {
  std::int64_t n = state.range(0);
  time_plain<T>(state, [&](const T *x, const T *y, T *out) {
    std::fill_n(out, n * n, T{0});
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t k = 0; k < n; ++k)
        for (std::int64_t j = 0; j < n; ++j)
          out[i * n + j] += x[i * n + k] * y[k * n + j];
  });
}

void sizes(benchmark::internal::Benchmark *b) { b->RangeMultiplier(2)->Range(8, 1024)->Arg(31)->Arg(127)->Arg(257); }
BENCHMARK(matmul_eager<float>)->Name("matmul/float32/eager")->Apply(sizes);
BENCHMARK(matmul_compiled<float>)->Name("matmul/float32/compiled")->Apply(sizes);
BENCHMARK(matmul_cblas<float>)->Name("matmul/float32/cblas")->Apply(sizes);
BENCHMARK(matmul_plain<float>)->Name("matmul/float32/plain_cpp")->Apply(sizes);
BENCHMARK(matmul_eager<double>)->Name("matmul/float64/eager")->Apply(sizes);
BENCHMARK(matmul_compiled<double>)->Name("matmul/float64/compiled")->Apply(sizes);
BENCHMARK(matmul_cblas<double>)->Name("matmul/float64/cblas")->Apply(sizes);
BENCHMARK(matmul_plain<double>)->Name("matmul/float64/plain_cpp")->Apply(sizes);

} // namespace

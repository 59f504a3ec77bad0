// How long tracing takes, without compiling: 200 ifs in a row, and 10 loops inside of each other.
#include <weft/weft.h>

#include <benchmark/benchmark.h>

namespace {

using weft::Tensor;

Tensor many_ifs(Tensor x) {
  for (int k = 0; k < 200; ++k)
    if (x > k)
      x = x * 2 + 1;
    else
      x = x - 1;
  return x;
}

Tensor ten_loops(Tensor n) {
  Tensor s = 0;
  for (Tensor a : weft::range(n))
    for (Tensor b : weft::range(n))
      for (Tensor c : weft::range(n))
        for (Tensor d : weft::range(n))
          for (Tensor e : weft::range(n)) {
            Tensor f = 0;
            while (f < n) {
              Tensor g = 0;
              while (g < n) {
                Tensor h = 0;
                while (h < n) {
                  Tensor i = 0;
                  while (i < n) {
                    Tensor j = 0;
                    while (j < n) {
                      if (s > 1000)
                        s -= 1000;
                      s += a + b + c + d + e + f + g + h + i + j;
                      j += 1;
                    }
                    i += 1;
                  }
                  h += 1;
                }
                g += 1;
              }
              f += 1;
            }
          }
  return s;
}

/// The trace's own time, of a function that is made anew.
template <class F> void time_trace(benchmark::State &state, F program) {
  weft::set_warning_sink([](std::string_view) {}); // of the unrolled loop
  for (auto _ : state) {
    auto f = weft::function(program);
    benchmark::DoNotOptimize(f.concrete(weft::spec(weft::int32, {})));
    state.SetIterationTime(f.traces().at(0).trace_ms / 1e3);
  }
  weft::set_warning_sink({});
}
void trace_ifs(benchmark::State &state) { time_trace(state, many_ifs); }
void trace_loops(benchmark::State &state) { time_trace(state, ten_loops); }
BENCHMARK(trace_ifs)->Name("tracing/200_ifs")->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(trace_loops)->Name("tracing/10_nested_loops")->UseManualTime()->Unit(benchmark::kMillisecond);

} // namespace

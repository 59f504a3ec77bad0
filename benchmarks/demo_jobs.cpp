// The jobs of ./demo, eager and compiled, on the same input.
#include "examples/programs/c_loops.h"
#include "examples/programs/collatz.h"
#include "examples/programs/mandelbrot.h"
#include "examples/programs/otsu.h"
#include "examples/programs/png.h"
#include "examples/programs/report.h"

#include <benchmark/benchmark.h>

namespace {

using weft::Tensor;

/// The time of f(args...), after one call that traces it if it is a traced function.
template <class F, class... A> void time_calls(benchmark::State &state, const F &f, const A &...args) {
  f(args...);
  for (auto _ : state)
    benchmark::DoNotOptimize(f(args...));
}

Tensor camera() { return programs::read_png(WEFT_EXAMPLE_DATA "/camera.png"); }

void blur_eager(benchmark::State &state) { time_calls(state, programs::blur, camera()); }
void blur_compiled(benchmark::State &state) { time_calls(state, weft::function(programs::blur), camera()); }
BENCHMARK(blur_eager)->Name("blur/eager")->Unit(benchmark::kMillisecond);
BENCHMARK(blur_compiled)->Name("blur/compiled")->Unit(benchmark::kMillisecond);

void histogram_eager(benchmark::State &state) { time_calls(state, programs::histogram, camera()); }
void histogram_compiled(benchmark::State &state) { time_calls(state, weft::function(programs::histogram), camera()); }
BENCHMARK(histogram_eager)->Name("histogram/eager")->Unit(benchmark::kMillisecond);
BENCHMARK(histogram_compiled)->Name("histogram/compiled")->Unit(benchmark::kMillisecond);

void otsu_eager(benchmark::State &state) { time_calls(state, programs::otsu, programs::histogram(camera())); }
void otsu_compiled(benchmark::State &state) {
  time_calls(state, weft::function(programs::otsu), programs::histogram(camera()));
}
BENCHMARK(otsu_eager)->Name("otsu/eager")->Unit(benchmark::kMicrosecond);
BENCHMARK(otsu_compiled)->Name("otsu/compiled")->Unit(benchmark::kMicrosecond);

void isodata_eager(benchmark::State &state) { time_calls(state, programs::isodata, camera()); }
void isodata_compiled(benchmark::State &state) { time_calls(state, weft::function(programs::isodata), camera()); }
BENCHMARK(isodata_eager)->Name("isodata/eager")->Unit(benchmark::kMillisecond);
BENCHMARK(isodata_compiled)->Name("isodata/compiled")->Unit(benchmark::kMillisecond);

void segment_eager(benchmark::State &state) { time_calls(state, programs::segment, camera()); }
void segment_compiled(benchmark::State &state) { time_calls(state, weft::function(programs::segment), camera()); }
BENCHMARK(segment_eager)->Name("segment/eager")->Unit(benchmark::kMillisecond);
BENCHMARK(segment_compiled)->Name("segment/compiled")->Unit(benchmark::kMillisecond);

// Collatz: ns_per_step is the figure to compare, because eager runs get a smaller limit. ratio_to_c is the compiled
// time against the plain C++ loop's, the two timed in turn so that both see the same machine.
void set_steps(benchmark::State &state, std::int64_t steps) {
  state.counters["s_per_step"] = benchmark::Counter(
      static_cast<double>(steps), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
void collatz_eager(benchmark::State &state) {
  std::int64_t steps = 0;
  for (auto _ : state)
    steps = programs::longest_chain(std::int64_t{101}).total.item<std::int64_t>();
  set_steps(state, steps);
}
BENCHMARK(collatz_eager)->Name("collatz/eager/101")->Unit(benchmark::kMillisecond);

constexpr std::int64_t collatz_limit = 30'001;
void collatz_compiled(benchmark::State &state) {
  auto f = weft::function(programs::longest_chain);
  Tensor limit = collatz_limit;
  f(limit);
  double compiled = 0, plain = 0;
  std::int64_t steps = 0;
  for (auto _ : state) {
    double t = programs::seconds_of([&] { steps = f(limit).total.item<std::int64_t>(); });
    state.SetIterationTime(t);
    compiled = compiled == 0 ? t : std::min(compiled, t);
    t = programs::seconds_of([&] { benchmark::DoNotOptimize(programs::plain::longest_chain(collatz_limit)); });
    plain = plain == 0 ? t : std::min(plain, t);
  }
  set_steps(state, steps);
  state.counters["ratio_to_c"] = compiled / plain;
}
BENCHMARK(collatz_compiled)->Name("collatz/compiled/30001")->UseManualTime()->Unit(benchmark::kMillisecond);

void collatz_plain(benchmark::State &state) {
  programs::plain::Chain c{};
  for (auto _ : state)
    benchmark::DoNotOptimize(c = programs::plain::longest_chain(collatz_limit));
  set_steps(state, c.total);
}
BENCHMARK(collatz_plain)->Name("collatz/plain_cpp/30001")->Unit(benchmark::kMillisecond);

void mandelbrot_eager(benchmark::State &state) {
  auto [re, im] = programs::complex_plane(512);
  time_calls(state, programs::mandelbrot, re, im, 100);
}
void mandelbrot_compiled(benchmark::State &state) {
  auto [re, im] = programs::complex_plane(512);
  time_calls(state, weft::function(programs::mandelbrot), re, im, 100);
}
BENCHMARK(mandelbrot_eager)->Name("mandelbrot/eager/512")->Unit(benchmark::kMillisecond);
BENCHMARK(mandelbrot_compiled)->Name("mandelbrot/compiled/512")->Unit(benchmark::kMillisecond);

} // namespace

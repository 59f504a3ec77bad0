// Traced loops: Newton's iteration on one float64, heat on a line of 1,024 points, the Mandelbrot set point by
// point, and S14's loop eager against compiled. The counter s_per_step is the figure to compare.
#include "examples/programs/c_loops.h"
#include "examples/programs/mandelbrot.h"

#include <weft/weft.h>

#include <benchmark/benchmark.h>

namespace {

using weft::slice;
using weft::Tensor;

void set_steps(benchmark::State &state) {
  state.counters["s_per_step"] = benchmark::Counter(
      static_cast<double>(state.range(0)), benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

Tensor newton(Tensor x, Tensor steps) {
  for (Tensor i : weft::range(steps))
    x = 0.5 * (x + 2 / x) + 1e-9 * weft::cast(i, weft::float64);
  return x;
}

template <class F, class... A> void time_steps(benchmark::State &state, const F &f, const A &...args) {
  for (auto _ : state)
    benchmark::DoNotOptimize(f(args...));
  set_steps(state);
}

void newton_eager(benchmark::State &state) { time_steps(state, newton, Tensor(1.0), Tensor(state.range(0))); }
void newton_compiled(benchmark::State &state) {
  auto f = weft::function(newton);
  f(1.0, std::int64_t{1});
  time_steps(state, f, Tensor(1.0), Tensor(state.range(0)));
}
void newton_plain(benchmark::State &state) { time_steps(state, programs::plain::newton, 1.0, state.range(0)); }
BENCHMARK(newton_eager)->Name("newton/eager")->Arg(1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(newton_compiled)->Name("newton/compiled")->Arg(100000)->Unit(benchmark::kMicrosecond);
BENCHMARK(newton_plain)->Name("newton/plain_cpp")->Arg(100000)->Unit(benchmark::kMicrosecond);

Tensor heat(Tensor u, Tensor steps) {
  for (Tensor i : weft::range(steps)) {
    Tensor middle = u(slice(1, -1));
    Tensor next = middle + 0.1f * (u(slice(2, weft::none)) - 2 * middle + u(slice(0, -2)));
    u = weft::concat({u(slice(0, 1)), next, u(slice(-1, weft::none))});
  }
  return u;
}
Tensor hot_middle() { return weft::set(weft::zeros({1024}), 1, 512); }

void heat_eager(benchmark::State &state) { time_steps(state, heat, hot_middle(), Tensor(state.range(0))); }
void heat_compiled(benchmark::State &state) {
  auto f = weft::function(heat);
  f(hot_middle(), std::int64_t{1});
  time_steps(state, f, hot_middle(), Tensor(state.range(0)));
}
void heat_plain(benchmark::State &state) {
  std::vector<float> u(1024);
  u[512] = 1;
  time_steps(state, programs::plain::heat, u, state.range(0));
}
BENCHMARK(heat_eager)->Name("heat_1024/eager")->Arg(100)->Unit(benchmark::kMicrosecond);
BENCHMARK(heat_compiled)->Name("heat_1024/compiled")->Arg(10000)->Unit(benchmark::kMicrosecond);
BENCHMARK(heat_plain)->Name("heat_1024/plain_cpp")->Arg(10000)->Unit(benchmark::kMicrosecond);

// The Mandelbrot set point by point: each one's loop ends when it has left.
Tensor turns_inside(Tensor re, Tensor im) {
  Tensor x = 0.0f, y = 0.0f, turn = 0;
  while (turn < 100 && x * x + y * y < 4) {
    Tensor next = x * x - y * y + re;
    y = 2 * x * y + im;
    x = next;
    turn += 1;
  }
  return turn;
}
void mandelbrot_points(benchmark::State &state) {
  auto [re, im] = programs::complex_plane(static_cast<int>(state.range(0)));
  re = weft::reshape(re, {-1});
  im = weft::reshape(im, {-1});
  auto f = weft::function([](Tensor x, Tensor y) { return weft::map(turns_inside, x, y); });
  f(re, im);
  for (auto _ : state)
    benchmark::DoNotOptimize(f(re, im));
}
BENCHMARK(mandelbrot_points)->Name("mandelbrot_points/compiled")->Arg(512)->Unit(benchmark::kMillisecond);

// S14: graph mode is the fast one. TensorFlow's while loop costs some 5,400 ns a turn on this kind of machine. Every
// turn needs the one before, so that no compiler can shorten the loop.
Tensor scramble(Tensor turns) {
  Tensor x = 1, i = 0;
  while (i < turns) {
    if (x % 2 == 0)
      x = x / 2 + i;
    else
      x = x * 1664525 + 1013904223;
    i += 1;
  }
  return x;
}
void s14_eager(benchmark::State &state) { time_steps(state, scramble, Tensor(static_cast<int>(state.range(0)))); }
void s14_compiled(benchmark::State &state) {
  auto f = weft::function(scramble);
  f(1);
  time_steps(state, f, Tensor(static_cast<int>(state.range(0))));
}
BENCHMARK(s14_eager)->Name("S14/eager")->Arg(1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(s14_compiled)->Name("S14/compiled")->Arg(1000)->Unit(benchmark::kMicrosecond);

} // namespace

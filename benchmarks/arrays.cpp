// Work on whole arrays beside elementwise arithmetic, eager and compiled: along an axis, in another order, by index,
// and the layers of networks.
#include <weft/weft.h>

#include <benchmark/benchmark.h>

#include <functional>
#include <string>
#include <vector>

namespace {

using weft::Tensor;
using Tensors = std::vector<Tensor>;

Tensor normal(const weft::Shape &shape) {
  static int count = 0;
  return weft::random::normal(weft::random::key(++count), shape);
}

Tensor layer_norm(Tensor x) {
  Tensor centred = x - weft::mean(x, -1, true);
  return centred * weft::rsqrt(weft::mean(weft::square(centred), -1, true) + 1e-5f);
}

Tensor mlp(const Tensors &t) {
  Tensor h = weft::relu(weft::matmul(t[0], t[1]) + t[2]);
  h = weft::relu(weft::matmul(h, t[3]) + t[4]);
  return weft::matmul(h, t[5]) + t[6];
}

struct Workload {
  const char *name;
  std::int64_t size;
  std::function<Tensors(std::int64_t size)> arguments;
  std::function<Tensor(const Tensors &)> call;
};

Tensors square_matrix(std::int64_t n) { return {normal({n, n})}; }

std::vector<Workload> workloads() {
  constexpr std::int64_t million = std::int64_t{1} << 20;
  auto vector_and_places = [](std::int64_t n) {
    return Tensors{normal({n}), weft::random::randint(weft::random::key(1), {n}, 0, static_cast<int>(n))};
  };
  auto layers = [](std::int64_t images) {
    Tensors t{normal({images, 784})};
    for (const weft::Shape &shape : {weft::Shape{784, 512}, {512}, {512, 512}, {512}, {512, 10}, {10}})
      t.push_back(normal(shape) * 0.05f);
    return t;
  };
  auto images = [](std::int64_t n) { return Tensors{normal({n, 56, 56, 64}), normal({3, 3, 64, 64}) * 0.05f}; };
  return {{"softmax", 1024, square_matrix, [](const Tensors &t) { return weft::softmax(t[0]); }},
          {"layer_norm", 1024, square_matrix, [](const Tensors &t) { return layer_norm(t[0]); }},
          {"sum_axis_0", 4096, square_matrix, [](const Tensors &t) { return weft::sum(t[0], 0); }},
          {"transpose", 4096, square_matrix, [](const Tensors &t) { return weft::matrix_transpose(t[0]); }},
          {"gather", million, vector_and_places, [](const Tensors &t) { return weft::take(t[0], t[1]); }},
          {"cumulative_sum", million, [](std::int64_t n) { return Tensors{normal({n})}; },
           [](const Tensors &t) { return weft::cumulative_sum(t[0]); }},
          {"conv2d", 8, images, [](const Tensors &t) { return weft::conv2d(t[0], t[1], {1, 1}, weft::Padding::Same); }},
          {"mlp_forward", 256, layers, mlp}};
}

template <class F> void time_calls(benchmark::State &state, const F &f, const Tensors &arguments) {
  f(arguments);
  for (auto _ : state)
    benchmark::DoNotOptimize(f(arguments));
}

int register_all() {
  for (const Workload &w : workloads()) {
    auto add = [&](const std::string &mode, auto run) {
      benchmark::RegisterBenchmark((std::string(w.name) + mode).c_str(), run)
          ->Arg(w.size)
          ->Unit(benchmark::kMillisecond);
    };
    add("/eager", [w](benchmark::State &state) { time_calls(state, w.call, w.arguments(state.range(0))); });
    add("/compiled", [w](benchmark::State &state) {
      auto f = weft::function([call = w.call](Tensors t) { return call(t); });
      time_calls(state, f, w.arguments(state.range(0)));
      state.counters["code_bytes"] = static_cast<double>(f.traces().front().code_bytes);
    });
  }
  return 0;
}
[[maybe_unused]] const int registered = register_all();

} // namespace

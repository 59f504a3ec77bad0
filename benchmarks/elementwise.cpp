// Each kind of elementwise operation, eager, on a million elements: against_numpy.py puts NumPy's times beside these.
#include <weft/weft.h>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <functional>
#include <random>
#include <vector>

namespace {

using weft::Tensor;

constexpr std::int64_t million = std::int64_t{1} << 20;

struct Operation {
  const char *name;
  std::function<Tensor(const Tensor &, const Tensor &)> call;
  bool floats = true, integers = false;
};

std::vector<Operation> operations() {
  auto one = [](auto f) { return [f](const Tensor &x, const Tensor &) { return f(x); }; };
  auto two = [](auto f) { return [f](const Tensor &x, const Tensor &y) { return f(x, y); }; };
  std::vector<Operation> all{{"add", two(weft::add), true, true},
                             {"subtract", two(weft::subtract), true, true},
                             {"multiply", two(weft::multiply), true, true},
                             {"divide", two(weft::divide)},
                             {"floor_divide", two(weft::floor_divide), true, true},
                             {"remainder", two(weft::remainder), true, true},
                             {"maximum", two(weft::maximum), true, true},
                             {"minimum", two(weft::minimum), true, true},
                             {"negative", one([](const Tensor &x) { return weft::negative(x); }), true, true},
                             {"absolute", one([](const Tensor &x) { return weft::abs(x); }), true, true},
                             {"square", one([](const Tensor &x) { return weft::square(x); }), true, true},
                             {"sign", one([](const Tensor &x) { return weft::sign(x); }), true, true},
                             {"less", two(weft::less), true, true},
                             {"equal", two(weft::equal), true, true},
                             {"bitwise_and", two(weft::bitwise_and), false, true},
                             {"left_shift", two(weft::bitwise_left_shift), false, true},
                             {"power", two(weft::pow)},
                             {"arctan2", two(weft::atan2)},
                             {"hypot", two(weft::hypot)},
                             {"logaddexp", two(weft::logaddexp)},
                             {"copysign", two(weft::copysign)},
                             {"nextafter", two(weft::nextafter)},
                             {"isnan", one([](const Tensor &x) { return weft::isnan(x); })}};
  using Unary = Tensor (*)(const weft::Operand &);
  const std::pair<const char *, Unary> functions[] = {
      {"sqrt", weft::sqrt},   {"floor", weft::floor},   {"ceil", weft::ceil},     {"trunc", weft::trunc},
      {"rint", weft::round},  {"exp", weft::exp},       {"exp2", weft::exp2},     {"expm1", weft::expm1},
      {"log", weft::log},     {"log2", weft::log2},     {"log10", weft::log10},   {"log1p", weft::log1p},
      {"sin", weft::sin},     {"cos", weft::cos},       {"tan", weft::tan},       {"arcsin", weft::asin},
      {"arccos", weft::acos}, {"arctan", weft::atan},   {"sinh", weft::sinh},     {"cosh", weft::cosh},
      {"tanh", weft::tanh},   {"arcsinh", weft::asinh}, {"arccosh", weft::acosh}, {"arctanh", weft::atanh}};
  for (auto [name, f] : functions)
    all.push_back({name, one(f)});
  return all;
}

/// Floats between 0.1 and 0.9, integers between 1 and 30: inside of every function's domain but arccosh's, which gives
/// NaN.
Tensor operand(weft::DType dtype, unsigned seed) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<float> uniform(0.1f, 0.9f);
  std::vector<float> v(million);
  for (float &x : v)
    x = uniform(engine);
  Tensor t = weft::from_span(v);
  return dtype == weft::int32 ? weft::cast(t * 30 + 1, weft::int32) : weft::cast(t, dtype);
}

int register_all() {
  for (const Operation &op : operations())
    for (weft::DType d : {weft::float32, weft::float64, weft::int32}) {
      if (!(weft::is_floating(d) ? op.floats : op.integers))
        continue;
      benchmark::RegisterBenchmark(fmt::format("elementwise/{}/{}", op.name, weft::name(d)).c_str(),
                                   [call = op.call, d](benchmark::State &state) {
                                     Tensor x = operand(d, 1), y = operand(d, 2);
                                     call(x, y);
                                     for (auto _ : state)
                                       benchmark::DoNotOptimize(call(x, y));
                                   })
          ->Unit(benchmark::kMicrosecond);
    }
  return 0;
}
[[maybe_unused]] const int registered = register_all();

} // namespace

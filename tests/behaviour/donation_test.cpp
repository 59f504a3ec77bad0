// Arguments that die in a call: a result may take their memory, and nobody sees it.
#include "lib/tensor/value.h"
#include "tests/support/program.h"

#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <thread>

using namespace weft;
using namespace weft::test;

namespace {

constexpr std::int64_t n = 50'000;

Tensor numbers(float first, const Shape &shape = {n}) {
  return reshape(cast(arange(shape.elements()), float32) / 1000 + first, shape);
}
const float *place(const Tensor &t) { return t.span<float>().data(); }

Tensor wave(Tensor x) { return x * 2 + 1; }

TEST(Donation, AnArgumentThatIsMovedBecomesTheResult) {
  auto f = function("wave", wave);
  std::vector<float> expected = floats(wave(numbers(3)));
  for (int k = 0; k < 3; ++k) {
    Tensor x = numbers(3);
    const float *before = place(x);
    Tensor y = f(std::move(x));
    EXPECT_EQ(place(y), before);
    EXPECT_EQ(floats(y), expected);
  }
  EXPECT_EQ(floats(f(numbers(3))), expected);
  EXPECT_EQ(floats(f(f(f(numbers(3))))), floats(wave(wave(wave(numbers(3))))));
}

TEST(Donation, WhatSomebodyElseHasStays) {
  auto f = function("wave", wave);
  Tensor x = numbers(3), same = x, view = reshape(x, {2, n / 2}), part = x(slice(10, n));
  std::vector<float> before = floats(x), expected = floats(wave(x));
  auto unchanged = [&](const Tensor &t) { return floats(reshape(t, {n})) == before; };
  EXPECT_EQ(floats(f(x)), expected);
  EXPECT_TRUE(unchanged(x));
  EXPECT_EQ(floats(f(std::move(x))), expected); // `same` refers to the value
  EXPECT_TRUE(unchanged(same));
  EXPECT_EQ(floats(f(std::move(same))), expected); // views have its memory
  EXPECT_TRUE(unchanged(view));
  EXPECT_EQ(floats(part), std::vector<float>(before.begin() + 10, before.end()));
}

TEST(Donation, MemoryOfTheUsersIsNotTaken) {
  auto f = function("wave", wave);
  std::vector<float> mine(n, 4.0f);
  EXPECT_EQ(floats(f(from_buffer(mine.data(), {n}, float32))), std::vector<float>(n, 9.0f));
  EXPECT_EQ(mine, std::vector<float>(n, 4.0f));
  auto held = std::make_shared<Tensor>(numbers(1));
  std::vector<float> before = floats(*held);
  std::map<std::string, Tensor> inputs{{"x", numbers(1)}};
  Graph g;
  Tensor x = g.input("x", spec(float32, {n}));
  g.output("y", wave(x));
  EXPECT_EQ(floats(g.compile()(inputs).at("y")), floats(wave(inputs.at("x"))));
  EXPECT_EQ(floats(inputs.at("x")), before);
}

// Whatever a function does with its argument, a moved one gives what a kept one gives.
TEST(Donation, MovedGivesWhatKeptGives) {
  using F = std::function<std::vector<Tensor>(Tensor, Tensor)>;
  const std::pair<const char *, F> functions[] = {
      {"returned", [](Tensor x, Tensor y) { return std::vector{x, x + 1, y}; }},
      {"twice", [](Tensor x, Tensor y) { return std::vector{exp(x - max(x)) / sum(exp(x - max(x))), y - x}; }},
      {"softmax", [](Tensor x, Tensor) { return std::vector{softmax(reshape(x, {250, 200}))}; }},
      {"rows", [](Tensor x, Tensor y) {
         Tensor m = reshape(x, {250, 200});
         Tensor d = m - mean(m, -1, true);
         return std::vector{d * rsqrt(mean(d * d, -1, true) + 1e-5f) + reshape(y, {250, 200})};
       }},
      {"swapped", [](Tensor x, Tensor y) { return std::vector{y * 2, x * 3}; }},
      {"both", [](Tensor x, Tensor y) { return std::vector{x + y, x - y}; }},
      {"shifted", [](Tensor x, Tensor y) { return std::vector{x + roll(x, 1, 0), flip(y) * y}; }},
      {"turned", [](Tensor x, Tensor) {
         Tensor m = reshape(x, {n / 200, 200})(slice(200));
         return std::vector{m + matrix_transpose(m)};
       }},
      {"prefix", [](Tensor x, Tensor y) { return std::vector{cumulative_sum(x) + x, y(slice(100)) + x(slice(100))}; }},
      {"set", [](Tensor x, Tensor y) { return std::vector{set(x, y[7], 5) + x}; }},
      {"loop", [](Tensor x, Tensor y) {
         for ([[maybe_unused]] Tensor i : range(7))
           x = x * 0.5f + y;
         return std::vector{x};
       }},
      {"branch", [](Tensor x, Tensor y) {
         return std::vector{cond(sum(y) > 0, [&] { return x + 1; }, [&] { return x - 1; })};
       }},
      {"product", [](Tensor x, Tensor y) { return std::vector{matmul(reshape(x, {250, 200}), reshape(y, {200, 250})), x * y}; }},
  };
  for (const auto &[name, body] : functions)
    for (bool open : {false, true}) {
      SCOPED_TRACE(name);
      auto f = function(name, body, {.reduce_retracing = open});
      Tensor x = numbers(-20), y = numbers(2);
      std::vector<Tensor> kept = f(x, y), again = f(x, y);
      std::vector<Tensor> moved = f(numbers(-20), numbers(2)), half = f(x, numbers(2));
      ASSERT_EQ(kept.size(), moved.size());
      for (std::size_t k = 0; k < kept.size(); ++k) {
        EXPECT_EQ(floats(kept[k]), floats(again[k]));
        EXPECT_EQ(floats(kept[k]), floats(moved[k]));
        EXPECT_EQ(floats(kept[k]), floats(half[k]));
      }
      EXPECT_EQ(floats(x), floats(numbers(-20)));
      EXPECT_EQ(floats(y), floats(numbers(2)));
    }
}

using Parameters = std::map<std::string, std::vector<Tensor>>;

TEST(Donation, ContainersThatAreMovedGiveUpWhatTheyHold) {
  auto step = function("step", [](Parameters p, Tensor rate) {
    for (auto &[name, list] : p)
      for (Tensor &t : list)
        t = t - rate * t * t;
    return p;
  });
  auto make = [] { return Parameters{{"w", {numbers(1), numbers(2)}}, {"b", {numbers(3)}}}; };
  Parameters kept = make(), once = step(kept, 0.5f), p = make();
  std::vector<const float *> before{place(p["b"][0]), place(p["w"][0]), place(p["w"][1])};
  p = step(std::move(p), 0.5f);
  EXPECT_EQ((std::vector<const float *>{place(p["b"][0]), place(p["w"][0]), place(p["w"][1])}), before);
  EXPECT_EQ(floats(p["w"][1]), floats(once["w"][1]));
  EXPECT_EQ(floats(kept["w"][1]), floats(numbers(2)));
}

TEST(Donation, FailuresLeakNothing) {
  auto f = function("quotient", [](Tensor x, Tensor y) {
    Tensor z = x * 3 + 1;
    check(sum(y) > 0, "nothing left");
    return z / 2;
  });
  EXPECT_EQ(as_int(f(ones({n}, int32), ones({n}, int32))[7]), 2);
  std::int64_t before = detail::live_storage();
  for (int k = 0; k < 3; ++k)
    EXPECT_THROW(f(ones({n}, int32), zeros({n}, int32)), CheckError);
  EXPECT_EQ(detail::live_storage(), before);
}

TEST(Donation, ManyThreads) {
  auto f = function("wave", wave);
  std::vector<float> expected = floats(wave(wave(numbers(3))));
  std::array<bool, 4> right{};
  std::vector<std::thread> threads;
  for (bool &r : right)
    threads.emplace_back([&] {
      r = true;
      for (int k = 0; k < 50; ++k)
        r = r && floats(f(f(numbers(3)))) == expected;
    });
  for (std::thread &t : threads)
    t.join();
  for (bool r : right)
    EXPECT_TRUE(r);
}

} // namespace

// scan and map: rows in, rows out, eager and compiled, with known and open sizes. Expected values are sums by hand.
#include <weft/weft.h>

#include <gtest/gtest.h>

namespace {

using weft::Tensor;

Tensor running_sums(Tensor x) {
  auto [total, sums] = weft::scan(
      [](Tensor carry, Tensor row) {
        Tensor next = carry + row;
        return std::pair(next, next * 10);
      },
      Tensor(0), x);
  return weft::concat({sums, weft::expand_dims(total, 0)});
}

TEST(Scan, IsTheSameEagerAndCompiledForKnownAndOpenSizes) {
  Tensor x{1, 2, 3, 4};
  const std::vector<int> expected{10, 30, 60, 100, 10};
  EXPECT_EQ(running_sums(x).to_vector<int>(), expected);
  auto f = weft::function(running_sums);
  EXPECT_EQ(f(x).to_vector<int>(), expected);
  auto open = weft::function("open", running_sums, {.input_signature = {weft::spec(weft::int32, {weft::dynamic})}});
  EXPECT_EQ(open(x).to_vector<int>(), expected);
  EXPECT_EQ(open(Tensor{5, 6}).to_vector<int>(), (std::vector<int>{50, 110, 11}));
  EXPECT_EQ(open.trace_count(), 1u);
  EXPECT_EQ(open(Tensor{7}).to_vector<int>(), (std::vector<int>{70, 7}));
}

TEST(Scan, CarriesTreesAndGivesTrees) {
  auto body = [](Tensor a, Tensor b) {
    auto [state, rows] = weft::scan(
        [](std::pair<Tensor, Tensor> s, std::tuple<Tensor, Tensor> row) {
          auto [x, y] = row;
          std::pair<Tensor, Tensor> next(s.first + x, weft::maximum(s.second, y));
          return std::pair(next, std::tuple<Tensor, Tensor>(next.first, weft::stack({x, y})));
        },
        std::pair<Tensor, Tensor>(0, -1), std::tuple<Tensor, Tensor>(a, b));
    return std::vector<Tensor>{state.first, state.second, std::get<0>(rows), std::get<1>(rows)};
  };
  for (std::vector<Tensor> r :
       {body(Tensor{1, 2, 3}, Tensor{5, 9, 4}), weft::function(body)(Tensor{1, 2, 3}, Tensor{5, 9, 4})}) {
    EXPECT_EQ(r[0].item<int>(), 6);
    EXPECT_EQ(r[1].item<int>(), 9);
    EXPECT_EQ(r[2].to_vector<int>(), (std::vector<int>{1, 3, 6}));
    EXPECT_EQ(r[3].to_vector<int>(), (std::vector<int>{1, 5, 2, 9, 3, 4}));
  }
}

TEST(Map, HasControlFlowOfItsOwn) {
  auto collatz = [](Tensor x) {
    return weft::map(
        [](Tensor n) {
          Tensor steps = 0;
          while (n != 1) {
            n = weft::where(n % 2 == 0, n / 2, 3 * n + 1);
            steps += 1;
          }
          return steps;
        },
        x);
  };
  const std::vector<int> expected{0, 1, 7, 111}; // OEIS A006577 at 1, 2, 3, 27
  EXPECT_EQ(collatz(Tensor{1, 2, 3, 27}).to_vector<int>(), expected);
  EXPECT_EQ(weft::function(collatz)(Tensor{1, 2, 3, 27}).to_vector<int>(), expected);
}

TEST(Map, TakesRowsOfSeveralTensorsAndKeepsStrings) {
  auto label = [](Tensor names, Tensor numbers) {
    return weft::map([](Tensor name, Tensor n) { return weft::where(n > 1, name + "s", name); }, names, numbers);
  };
  const std::vector<std::string> expected{"cat", "dogs"};
  EXPECT_EQ(label(Tensor{"cat", "dog"}, Tensor{1, 2}).to_vector<std::string>(), expected);
  EXPECT_EQ(weft::function(label)(Tensor{"cat", "dog"}, Tensor{1, 2}).to_vector<std::string>(), expected);
}

TEST(Scan, GivesNoRowForNone) {
  auto body = [](Tensor x, Tensor names) {
    auto [last, sums] = weft::scan(
        [](Tensor carry, Tensor row) {
          weft::print("a row");
          if (weft::sum(row) > 0)
            carry += 1;
          return std::pair(carry, std::pair(row * 2, carry));
        },
        3, x);
    Tensor plural = weft::map([](Tensor name) { return name + "s"; }, names);
    return std::vector<Tensor>{last, sums.first, sums.second, plural};
  };
  Tensor x = weft::zeros({0, 2}), names = weft::zeros({0}, weft::string);
  auto open = weft::function("open", body,
                             {.input_signature = {weft::spec(weft::float32, {weft::dynamic, weft::dynamic}),
                                                  weft::spec(weft::string, {weft::dynamic})}});
  EXPECT_EQ(open(weft::ones({2, 3}), Tensor{"cat", "dog"})[0].item<int>(), 5);
  int printed = 0;
  weft::set_print_sink([&](std::string_view) { ++printed; });
  for (const std::vector<Tensor> &r : {body(x, names), weft::function(body)(x, names), open(x, names)}) {
    EXPECT_EQ(r[0].item<int>(), 3);
    EXPECT_EQ(r[1].shape(), (weft::Shape{0, 2}));
    EXPECT_EQ(r[1].dtype(), weft::float32);
    EXPECT_EQ(r[2].shape(), weft::Shape{0});
    EXPECT_EQ(r[2].dtype(), weft::int32);
    EXPECT_EQ(r[3].dtype(), weft::string);
    EXPECT_EQ(r[3].shape(), weft::Shape{0});
  }
  weft::set_print_sink({});
  EXPECT_EQ(printed, 0);
}

TEST(Map, RefusesWhatHasNoRows) {
  auto twice = [](Tensor x) { return x * 2; };
  EXPECT_THROW(weft::map(twice, Tensor(1)), weft::ShapeError);
  auto sum = [](Tensor x, Tensor y) { return x + y; };
  EXPECT_THROW(weft::map(sum, weft::zeros({2}), weft::zeros({3})), weft::ShapeError);
  auto f = weft::function(
      "f", [&](Tensor x, Tensor y) { return weft::map(sum, x, y); },
      {.input_signature = {weft::spec(weft::float32, {weft::dynamic}), weft::spec(weft::float32, {weft::dynamic})}});
  EXPECT_THROW(f(weft::zeros({2}), weft::zeros({3})), weft::CheckError);
}

} // namespace

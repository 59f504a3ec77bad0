// Two tiers: quick code first, better code from the background, the same results before and after; and what ends or
// copies the process meanwhile. The programs run in processes of their own, with WEFT_LOG=compile.
#include "lib/function/background.h"
#include "tests/support/itself.h"

#include <weft/weft.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <thread>

namespace weft::test {
namespace {

auto affine(int k) {
  return function("affine", [k](Tensor x) { return x * static_cast<float>(k) + 0.5f; });
}
Tensor numbers(std::int64_t n) { return cast(arange(n), float32); }
void expect_affine(const Tensor &y, int k) {
  for (std::int64_t i : {std::int64_t{0}, std::int64_t{1}, y.shape()[0] - 1})
    EXPECT_EQ(y[i].item<float>(), static_cast<float>(i) * static_cast<float>(k) + 0.5f);
}

TEST(TieredCode, DISABLED_Small) {
  auto f = affine(3);
  Tensor x = numbers(1000);
  for (int call = 0; call < 100; ++call)
    expect_affine(f(x), 3);
  detail::finish_background();
  expect_affine(f(x), 3);
}

TEST(TieredCode, DISABLED_Large) {
  Tensor x = numbers(2'000'000);
  detail::finish_background();
  expect_affine(affine(3)(x), 3);
}

TEST(TieredCode, DISABLED_Loop) {
  auto f = function("loop", [](Tensor n) {
    Tensor s = 0;
    ag::for_stmt(range(n), [&](Tensor i) { s = s + i; });
    return s;
  });
  EXPECT_EQ(f(Tensor(10)).item<int>(), 45);
}

TEST(TieredCode, DISABLED_Ends) {
  Tensor x = numbers(10);
  for (int k = 0; k < 50; ++k)
    expect_affine(affine(k)(x), k);
}

TEST(TieredCode, DISABLED_Forks) {
  Tensor x = numbers(100);
  std::vector<decltype(affine(0))> functions;
  for (int k = 0; k < 30; ++k) {
    functions.push_back(affine(k));
    expect_affine(functions.back()(x), k);
    if (k % 5)
      continue;
    pid_t child = fork(); // in the middle of some compile
    if (child == 0) {
      for (int j = 0; j <= k; ++j)
        expect_affine(functions[static_cast<std::size_t>(j)](x), j);
      expect_affine(affine(100 + k)(x), 100 + k);
      detail::finish_background();
      expect_affine(affine(200 + k)(x), 200 + k);
      _exit(HasFailure());
    }
    int status = -1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
}

TEST(TieredCode, DISABLED_Threads) {
  Tensor x = numbers(500);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int k = 0; k < 10; ++k) {
        auto f = affine(k);
        for (int call = 0; call < 300; ++call)
          expect_affine(f(x), k);
      } // some go before their better code comes
    });
  for (std::thread &t : threads)
    t.join();
}

/// What the compiler said of functions of this name.
std::string compiles(const std::string &name, const std::string &program) {
  Finished f =
      run_itself("2>&1 WEFT_CACHE=off WEFT_DUMP= WEFT_TIER= WEFT_LOG=compile", "TieredCode.DISABLED_" + program);
  EXPECT_EQ(f.status, 0) << f.output;
  std::string said;
  for (std::size_t at = f.output.find("compiled " + name); at != f.output.npos;
       at = f.output.find("compiled " + name, at + 1))
    said += f.output.substr(at + 9 + name.size(), 8) == " quickly" ? "quick " : "full ";
  return said;
}

TEST(TieredCode, SmallWorkIsCompiledQuicklyAndThenBetter) { EXPECT_EQ(compiles("affine", "Small"), "quick full "); }
TEST(TieredCode, MuchWorkIsWorthGoodCode) { EXPECT_EQ(compiles("affine", "Large"), "full "); }
TEST(TieredCode, LoopsMayTakeLong) { EXPECT_EQ(compiles("loop", "Loop"), "full "); }
TEST(TieredCode, AProgramEndsWhileCodeIsMade) { EXPECT_NE(compiles("affine", "Ends"), ""); }
TEST(TieredCode, AProcessForksWhileCodeIsMade) { EXPECT_NE(compiles("affine", "Forks"), ""); }
TEST(TieredCode, ThreadsCallWhileCodeIsReplaced) { EXPECT_NE(compiles("affine", "Threads"), ""); }

} // namespace
} // namespace weft::test

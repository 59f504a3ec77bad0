// Products of matrices in threads: those that weft shares among its own, and those that a user's threads ask for at the
// same time.
#include "lib/math/math.h"
#include "tests/ops/array.h"
#include "tests/support/itself.h"

#include <weft/linalg.h>
#include <weft/nn.h>
#include <weft/ops.h>
#include <weft/random.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

namespace weft::test {
namespace {

std::string bytes(const Tensor &t) {
  Array a = array(t);
  return std::string(a.bytes.begin(), a.bytes.end());
}

/// Numbers whose sums are rounded, each by another amount.
Tensor uneven(const Shape &shape, DType dtype, int seed) {
  return cast(random::normal(random::key(seed), shape), dtype);
}

void print_hash(const std::string &label, const Tensor &t) {
  fmt::print("{} {:016x}\n", label, std::hash<std::string>()(bytes(t)));
}

// Sizes of which threads share the rows: large and odd ones, few rows, and pieces so small that OpenBLAS would take
// other code for them.
TEST(Products, DISABLED_Print) {
  std::vector<std::array<std::int64_t, 3>> sizes{{51, 3915, 77},  {118, 210, 181}, {97, 700, 64},
                                                 {1000, 65, 129}, {2000, 3, 1001}, {49, 500, 500}, {1, 2048, 2048}, {3, 1100, 2000}, {97, 2048, 1024}, {145, 2048, 1024}};
  std::mt19937 random(11);
  auto drawn = [&](int below) { return static_cast<std::int64_t>(1 + random() % below); };
  for (int k = 0; k < 40; ++k)
    sizes.push_back({drawn(900), drawn(600), drawn(700)});
  for (DType dtype : {float32, float64})
    for (auto [m, k, n] : sizes) {
      Tensor x = uneven({m, k}, dtype, 1), y = uneven({k, n}, dtype, 2);
      print_hash(fmt::format("{}x{}x{} {}", m, k, n, name(dtype)), matmul(x, y));
    }
  print_hash("batch", matmul(uneven({20, 70, 90}, float32, 1), uneven({20, 90, 50}, float32, 2)));
  print_hash("few", matmul(uneven({3, 170, 190}, float32, 1), uneven({190, 150}, float32, 2)));
  print_hash("bfloat16", matmul(uneven({300, 200}, bfloat16, 1), uneven({200, 150}, bfloat16, 2)));
  print_hash("integers", matmul(cast(uneven({300, 200}, float32, 1) * 1000, int32),
                                cast(uneven({200, 150}, float32, 2) * 1000, int32)));
  print_hash("conv2d",
             conv2d(uneven({3, 41, 37, 16}, float32, 1), uneven({3, 5, 16, 24}, float32, 2), {1, 2}, Padding::Same));
  print_hash("solve", linalg::solve(uneven({150, 150}, float64, 1), uneven({150, 200}, float64, 2)));
}

class Kernels : public testing::TestWithParam<const char *> {};

// OpenBLAS has other code for other processors, and so other bits; for each they depend on no number of threads.
TEST_P(Kernels, GiveTheSameBitsWithAnyNumberOfThreads) {
  bool newer = std::string_view(GetParam()) == "Haswell" || std::string_view(GetParam()) == "Zen";
  if (newer && detail::processor_isa() == detail::Isa::Baseline)
    GTEST_SKIP() << "the processor has no AVX2, which these kernels are made of";
  auto run = [&](int threads) {
    Finished done =
        run_itself(fmt::format("WEFT_THREADS={} OPENBLAS_CORETYPE={}", threads, GetParam()), "Products.DISABLED_Print");
    EXPECT_EQ(done.status, 0);
    return done.output;
  };
  std::string alone = run(1);
  ASSERT_GT(std::count(alone.begin(), alone.end(), '\n'), 100);
  EXPECT_EQ(run(2), alone);
  EXPECT_EQ(run(5), alone);
}
INSTANTIATE_TEST_SUITE_P(OpenBlas, Kernels, testing::Values("", "Haswell", "Zen", "Nehalem"),
                         [](const auto &info) { return *info.param ? std::string(info.param) : "Processor"; });

// A build of OpenBLAS without locks gave wrong numbers once in a thousand products.
TEST(Products, ManyThreadsMultiplyAtOnce) {
  Tensor x = uneven({120, 100}, float32, 1), y = uneven({100, 90}, float32, 2);
  std::string expected = bytes(matmul(x, y));
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int k = 0; k < 6; ++k)
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i)
        wrong += bytes(matmul(x, y)) != expected;
    });
  for (std::thread &t : threads)
    t.join();
  EXPECT_EQ(wrong, 0);
}

} // namespace
} // namespace weft::test

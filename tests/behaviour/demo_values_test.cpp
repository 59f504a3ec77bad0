// What the demo computes, against numbers from demo_values.py: NumPy 2.4.6, Pillow 13.0.0 and scikit-image 0.26.0,
// plain Python for Collatz. Eager and compiled must give them, and the same bits.
#include "examples/programs/c_loops.h"
#include "examples/programs/collatz.h"
#include "examples/programs/mandelbrot.h"
#include "examples/programs/otsu.h"
#include "examples/programs/png.h"
#include "examples/programs/report.h"
#include "examples/programs/seed.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace {

using weft::Tensor;

Tensor camera() { return programs::read_png(WEFT_SOURCE_DIR "/examples/data/camera.png"); }

std::vector<std::int64_t> longs(const Tensor &t) { return weft::cast(t, weft::int64).to_vector<std::int64_t>(); }

void expect_segmented(const programs::Segmented &s) {
  std::int64_t sum = 0, weighted = 0;
  std::vector<std::int64_t> levels = longs(s.levels);
  ASSERT_EQ(levels.size(), 512u * 512u);
  for (std::size_t k = 0; k < levels.size(); ++k) {
    sum += levels[k];
    weighted += levels[k] * static_cast<std::int64_t>(k) % 1000;
  }
  EXPECT_EQ(sum, 33840316);
  EXPECT_EQ(weighted, 129905854);
  EXPECT_EQ(s.otsu.item<std::int32_t>(), 102);
  EXPECT_DOUBLE_EQ(s.isodata.item<double>(), 102.80898118919461);
  ASSERT_EQ(s.picture.shape(), weft::Shape(512, 1536));
  Tensor mask = s.picture(weft::ellipsis, weft::slice(512, 1024));
  EXPECT_EQ(weft::sum(mask == 255).item<std::int32_t>(), 178624);
}

TEST(DemoValues, SegmentsTheCamera) {
  Tensor image = camera();
  programs::Segmented eager = programs::segment(image), compiled = weft::function(programs::segment)(image);
  expect_segmented(eager);
  expect_segmented(compiled);
  EXPECT_TRUE(programs::same_bits(eager, compiled));
}

TEST(DemoValues, CountsLevels) {
  Tensor levels = programs::grey_levels(programs::blur(camera()));
  Tensor eager = programs::histogram(levels), compiled = weft::function(programs::histogram)(levels);
  std::int64_t squares = 0;
  for (std::int64_t n : longs(eager))
    squares += n * n;
  EXPECT_EQ(squares, 661123554);
  EXPECT_TRUE(programs::same_bits(eager, compiled));
}

// Two levels only: every threshold from the lower one on, below the upper, separates them; the first is taken.
TEST(DemoValues, ThresholdsOfTwoLevels) {
  Tensor levels = {10, 10, 200, 10};
  EXPECT_EQ(weft::function(programs::otsu)(programs::histogram(levels)).item<std::int32_t>(), 10);
  EXPECT_EQ(weft::function(programs::isodata)(levels).item<double>(), 105.0);
  Tensor flat = {7, 7, 7};
  EXPECT_EQ(weft::function(programs::isodata)(flat).item<double>(), 7.0);
}

TEST(DemoValues, FindsTheLongestChain) {
  auto compiled = weft::function(programs::longest_chain);
  programs::Chain c = compiled(std::int64_t{10'000});
  EXPECT_EQ(c.start.item<std::int64_t>(), 6171);
  EXPECT_EQ(c.length.item<std::int64_t>(), 261);
  EXPECT_EQ(c.total.item<std::int64_t>(), 849637);
  programs::Chain small = programs::longest_chain(std::int64_t{100});
  EXPECT_EQ(small.start.item<std::int64_t>(), 97);
  EXPECT_EQ(small.length.item<std::int64_t>(), 118);
  EXPECT_EQ(small.total.item<std::int64_t>(), 3117);
  EXPECT_TRUE(programs::same_bits(small, compiled(std::int64_t{100})));
  programs::plain::Chain plain = programs::plain::longest_chain(10'000);
  EXPECT_EQ(plain.total, 849637);
  EXPECT_EQ(plain.start, 6171);
}

TEST(DemoValues, DrawsTheMandelbrotSet) {
  auto compiled = weft::function(programs::mandelbrot);
  auto [re, im] = programs::complex_plane(512);
  Tensor counts = compiled(re, im, 100);
  EXPECT_EQ(weft::sum(counts).item<std::int32_t>(), 5475113);
  EXPECT_EQ(weft::sum(counts == 100).item<std::int32_t>(), 45066);
  auto [small_re, small_im] = programs::complex_plane(64);
  Tensor small = programs::mandelbrot(small_re, small_im, 50);
  EXPECT_EQ(weft::sum(small).item<std::int32_t>(), 50284);
  EXPECT_EQ(weft::sum(small == 50).item<std::int32_t>(), 730);
  EXPECT_TRUE(programs::same_bits(small, compiled(small_re, small_im, 50)));
  EXPECT_EQ(compiled.trace_count(), 2u); // another shape and another number of turns
}

class PngFile : public ::testing::Test {
protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("weft-png-" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()) +
               std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string path(const char *name) const { return folder_ / name; }

  void expect_refused(const std::string &path) {
    try {
      programs::read_png(path);
      FAIL() << path << " was read";
    } catch (const weft::IoError &e) {
      std::string what = e.what();
      EXPECT_EQ(what.find(path), 0u) << what;
      EXPECT_EQ(what.find('\n'), what.npos) << what;
    }
  }

private:
  std::filesystem::path folder_;
};

TEST_F(PngFile, ReadsWhatItWrote) {
  Tensor grey = {{0, 1, 255}, {128, 300, -5}};
  programs::write_png(path("grey.png"), grey);
  EXPECT_TRUE(weft::array_equal(programs::read_png(path("grey.png")), Tensor{{0, 1, 255}, {128, 255, 0}}));
  programs::write_png(path("rgb.png"), weft::full({2, 2, 3}, 77));
  EXPECT_TRUE(weft::array_equal(programs::read_png(path("rgb.png")), weft::full({2, 2}, 77)));
  EXPECT_THROW(programs::write_png(path("no.png"), weft::zeros({3}, weft::int32)), weft::ShapeError);
  EXPECT_THROW(programs::write_png(path("no-folder/no.png"), grey), weft::IoError);
}

TEST_F(PngFile, RefusesOtherFiles) {
  expect_refused(path("missing.png"));
  expect_refused(path(""));
  std::ofstream(path("empty.png")).close();
  expect_refused(path("empty.png"));
  std::ofstream(path("text.png")) << "this is no picture";
  expect_refused(path("text.png"));

  std::ifstream file(WEFT_SOURCE_DIR "/examples/data/camera.png", std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  for (std::size_t length : {8ul, 40ul, 5000ul, bytes.size() - 20}) {
    std::ofstream(path("cut.png"), std::ios::binary) << bytes.substr(0, length);
    expect_refused(path("cut.png"));
  }
  std::string damaged = bytes;
  damaged[70'000] = static_cast<char>(damaged[70'000] ^ 0x55);
  std::ofstream(path("damaged.png"), std::ios::binary) << damaged;
  expect_refused(path("damaged.png"));
}

} // namespace

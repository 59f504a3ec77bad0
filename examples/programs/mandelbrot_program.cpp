// The Mandelbrot set as counts and as a picture.
#include "catalogue.h"
#include "mandelbrot.h"
#include "png.h"

#include <fmt/format.h>

namespace programs {
namespace {

class Mandelbrot final : public Program {
  std::string_view name() const override { return "mandelbrot"; }
  std::string_view summary() const override { return "the Mandelbrot set: a while loop over whole arrays"; }

  void run(const Settings &settings) const override {
    auto [re, im] = complex_plane(settings.size);
    weft::Tensor counts = weft::function("mandelbrot", mandelbrot)(re, im, settings.turns);
    fmt::print("{0} x {0} points, {1} turns: {2} points never left\n", settings.size, settings.turns,
               weft::sum(counts == settings.turns).item<std::int32_t>());
    if (!settings.out.empty()) {
      std::string path = settings.out / "mandelbrot.png";
      write_png(path, colours(counts, settings.turns));
      fmt::print("Wrote {}\n", path);
    }
  }

  std::vector<Comparison> compare(const Settings &settings) const override {
    auto [re, im] = complex_plane(settings.size);
    Progress progress("mandelbrot", 1);
    progress.next("eager and compiled");
    return {programs::compare(fmt::format("Mandelbrot {0} x {0}", settings.size), mandelbrot, re, im, settings.turns)};
  }

  std::string ir(weft::Stage stage, const Settings &settings) const override {
    weft::TensorSpec plane = weft::spec(weft::float32, {settings.size, settings.size});
    return weft::function("mandelbrot", mandelbrot).ir(stage, plane, plane, settings.turns);
  }
};

} // namespace

const Program &mandelbrot_program() {
  static const Mandelbrot program;
  return program;
}

} // namespace programs

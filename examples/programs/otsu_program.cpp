// A photograph blurred and cut by two thresholds.
#include "catalogue.h"
#include "otsu.h"
#include "png.h"

#include <fmt/format.h>

namespace programs {
namespace {

class Otsu final : public Program {
  std::string_view name() const override { return "otsu"; }
  std::string_view summary() const override { return "blur, Otsu's and ISODATA's threshold of a PNG"; }

  void run(const Settings &settings) const override {
    weft::Tensor image = read_png(settings.image);
    fmt::print("{}: {} x {} pixels\n", settings.image.filename().string(), image.shape()[1], image.shape()[0]);
    Segmented s = weft::function("segment", segment)(image);
    fmt::print("Otsu's threshold: {}\n", s.otsu.item<std::int32_t>());
    fmt::print("ISODATA threshold: {:.4f}\n", s.isodata.item<double>());
    if (!settings.out.empty()) {
      std::string path = settings.out / "thresholds.png";
      write_png(path, s.picture);
      fmt::print("Wrote {}: smoothed, above Otsu's, above ISODATA's threshold\n", path);
    }
  }

  std::vector<Comparison> compare(const Settings &settings) const override {
    weft::Tensor image = read_png(settings.image), levels = grey_levels(blur(image)), counts = histogram(levels);
    std::vector<Comparison> rows;
    Progress progress("otsu", 5);
    progress.next("blur 3x3");
    rows.push_back(programs::compare("blur 3x3", blur, image));
    progress.next("histogram");
    rows.push_back(programs::compare("histogram", histogram, levels));
    progress.next("Otsu, for loop");
    rows.push_back(programs::compare("Otsu, for loop", otsu, counts));
    progress.next("ISODATA, while loop");
    rows.push_back(programs::compare("ISODATA, while loop", isodata, levels));
    progress.next("all of it");
    rows.push_back(programs::compare("all of it", segment, image));
    return rows;
  }

  std::string ir(weft::Stage stage, const Settings &) const override {
    return weft::function("isodata", isodata).ir(stage, weft::spec(weft::int32, {512, 512}));
  }
};

} // namespace

const Program &otsu_program() {
  static const Otsu program;
  return program;
}

} // namespace programs

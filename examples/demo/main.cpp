// weft-demo: the main job from end to end on real input, section by section. ./demo builds and runs it.
// usage: weft-demo DATA_FOLDER OUTPUT_FOLDER [IMAGE.png]
#include "../programs/catalogue.h"
#include "../programs/stages.h"

#include <fmt/format.h>

#include <cstdio>
#include <exception>

namespace {

void heading(int number, const char *text) { fmt::print("\n== {}. {}\n", number, text); }

void run_and_compare(const programs::Program &program, const programs::Settings &settings) {
  program.run(settings);
  programs::print_table(program.compare(settings));
}

void demo(const programs::Settings &settings) {
  heading(1, "A traced function: tracing happens once per signature");
  programs::seed_program().run(settings);

  heading(2, "A photograph: blur, Otsu's threshold, ISODATA threshold");
  run_and_compare(programs::otsu_program(), settings);

  heading(3, "Loops: Collatz chains and the Mandelbrot set");
  programs::collatz_program().run(settings);
  programs::mandelbrot_program().run(settings);
  auto rows = programs::collatz_program().compare(settings);
  auto mandelbrot = programs::mandelbrot_program().compare(settings);
  rows.insert(rows.end(), mandelbrot.begin(), mandelbrot.end());
  programs::print_table(rows);
  fmt::print("  Collatz: the time of one step; eager ran only the numbers below {}. Plain C++: the same loop, -O3 "
             "-march=native, by the compiler that built this program.\n",
             programs::collatz_eager_limit);

  heading(4, "longest_chain at every stage of the compiler");
  auto ir = [&](weft::Stage stage) { return programs::collatz_program().ir(stage, settings); };
  for (const std::string &path : programs::write_stages("longest_chain", settings.out, programs::stages(), ir))
    fmt::print("{}\n", path);
}

} // namespace

int main(int argc, char **argv) {
  if (argc < 3 || argc > 4) {
    fmt::print(stderr, "usage: weft-demo DATA_FOLDER OUTPUT_FOLDER [IMAGE.png]\n");
    return 2;
  }
  try {
    programs::Settings settings;
    settings.image = argc == 4 ? std::filesystem::path(argv[3]) : std::filesystem::path(argv[1]) / "camera.png";
    settings.out = argv[2];
    std::filesystem::create_directories(settings.out);
    demo(settings);
    return 0;
  } catch (const std::exception &e) {
    std::fflush(stdout);
    fmt::print(stderr, "weft-demo: {}\n", e.what());
    return 2;
  }
}

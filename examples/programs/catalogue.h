// The shipped examples by name: what `weft run|bench|dump NAME` and the demo call. Each entry joins one of the tensor
// functions of this folder with its input and its output.
#pragma once
#include "report.h"

#include <filesystem>
#include <span>

namespace programs {

/// The inputs that a user may choose.
struct Settings {
  std::filesystem::path image;  ///< a PNG for otsu
  std::filesystem::path out;    ///< folder for pictures; none are written if empty
  std::int64_t limit = 300'000; ///< collatz: chains of the numbers below it
  int size = 512, turns = 100;  ///< mandelbrot: pixels of a side, and the most turns
};

class Program {
public:
  virtual ~Program() = default;
  virtual std::string_view name() const = 0;
  virtual std::string_view summary() const = 0;
  /// Runs the compiled function and prints what it found.
  virtual void run(const Settings &settings) const = 0;
  /// Runs it eagerly and compiled.
  virtual std::vector<Comparison> compare(const Settings &settings) const = 0;
  /// The program at one stage of the compiler.
  virtual std::string ir(weft::Stage stage, const Settings &settings) const = 0;
};

/// Eager Collatz is timed on the numbers below this only, some 30,000 steps: all of them would take a minute.
inline constexpr std::int64_t collatz_eager_limit = 600;

/// seed, otsu, collatz, mandelbrot.
std::span<const Program *const> catalogue();
/// Null for an unknown name.
const Program *find_program(std::string_view name);

// One maker for each file <name>_program.cpp.
const Program &seed_program();
const Program &otsu_program();
const Program &collatz_program();
const Program &mandelbrot_program();

} // namespace programs

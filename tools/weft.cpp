// The command `weft`: runs, times and dumps the shipped examples, or a function in a .mlir file.
#include "examples/programs/catalogue.h"
#include "examples/programs/stages.h"
#include "tools/weft/cache_command.h"
#include "tools/weft/mlir_program.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

namespace {

using programs::Settings;
using weft::Tensor;

struct Options {
  std::string target, stage;
  std::vector<std::string> inputs;
  Settings settings;
};

/// A wrong word on the command line.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

bool is_file(const Options &o) { return std::filesystem::path(o.target).extension() == ".mlir"; }

const programs::Program &example(const Options &o) {
  if (const programs::Program *p = programs::find_program(o.target)) {
    if (!o.inputs.empty())
      throw UsageError(fmt::format("'{}' takes no .npy inputs", o.target));
    return *p;
  }
  std::string names;
  for (const programs::Program *p : programs::catalogue())
    names += fmt::format("{}{}", names.empty() ? "" : ", ", p->name());
  throw UsageError(fmt::format("there is no example '{}': name one of {}, or a .mlir file", o.target, names));
}

std::string text_of(const weft::TensorSpec &s) {
  return fmt::format("{} {}", weft::name(s.dtype), weft::to_string(s.shape));
}

std::vector<Tensor> read_inputs(const tool::MlirProgram &program, const Options &o) {
  if (o.inputs.size() != program.inputs.size()) {
    std::string wanted;
    for (const weft::TensorSpec &s : program.inputs)
      wanted += (wanted.empty() ? ": " : ", ") + text_of(s);
    throw UsageError(fmt::format("'{}' takes {} .npy inputs{}; {} given", program.name, program.inputs.size(), wanted,
                                 o.inputs.size()));
  }
  std::vector<Tensor> tensors;
  for (const std::string &path : o.inputs)
    tensors.push_back(weft::load(path, {}));
  return tensors;
}

void run(const Options &o) {
  if (!o.settings.out.empty())
    std::filesystem::create_directories(o.settings.out);
  if (!is_file(o))
    return example(o).run(o.settings);
  tool::MlirProgram program = tool::MlirProgram::read(o.target);
  std::vector<Tensor> results = program(read_inputs(program, o));
  for (std::size_t k = 0; k < results.size(); ++k) {
    std::cout << results[k] << std::endl;
    if (o.settings.out.empty())
      continue;
    std::string path = o.settings.out / fmt::format("{}.{}.npy", program.name, k);
    weft::save(path, weft::Operand(results[k], {}));
    fmt::print("Wrote {}\n", path);
  }
}

void bench(const Options &o) {
  if (!is_file(o))
    return programs::print_table(example(o).compare(o.settings));
  tool::MlirProgram program = tool::MlirProgram::read(o.target);
  std::vector<Tensor> inputs = read_inputs(program, o);
  double first = programs::seconds_of([&] { program(inputs); });
  double best = programs::best_of([&] { program(inputs); });
  fmt::print("{}: first call {}, then {} (the best of repeated calls)\n", program.name, programs::duration(first),
             programs::duration(best));
}

/// Host statements of a traced function may print while the IR is asked for; on stdout there shall be the IR alone.
class StdoutToStderr {
public:
  StdoutToStderr() {
    std::cout.flush();
    std::fflush(stdout);
    stdout_ = dup(STDOUT_FILENO);
    dup2(STDERR_FILENO, STDOUT_FILENO);
  }
  ~StdoutToStderr() {
    std::cout.flush();
    std::fflush(stdout);
    dup2(stdout_, STDOUT_FILENO);
    close(stdout_);
  }
  StdoutToStderr(const StdoutToStderr &) = delete;

private:
  int stdout_;
};

void dump(const Options &o) {
  std::span<const programs::StageName> which = programs::stages();
  if (!o.stage.empty()) {
    const programs::StageName *one = programs::find_stage(o.stage);
    if (!one)
      throw UsageError(fmt::format("there is no stage '{}': name one of {}", o.stage, programs::stage_list()));
    which = {one, 1};
  }
  std::optional<tool::MlirProgram> program;
  const programs::Program *shipped = nullptr;
  if (is_file(o))
    program = tool::MlirProgram::read(o.target);
  else
    shipped = &example(o);
  auto ir = [&](weft::Stage stage) {
    StdoutToStderr guard;
    return program ? program->function.ir(stage, program->inputs) : shipped->ir(stage, o.settings);
  };
  std::string name = program ? program->name : o.target;
  if (!o.settings.out.empty()) {
    for (const std::string &path : programs::write_stages(name, o.settings.out, which, ir))
      fmt::print("{}\n", path);
    return;
  }
  for (const programs::StageName &s : which) {
    std::string text = ir(s.stage);
    if (which.size() > 1)
      fmt::print("// -----// {} at stage {} //----- //\n", name, s.name);
    fmt::print("{}{}", text, text.ends_with('\n') ? "" : "\n");
  }
}

/// The photograph beside the installed programs.
std::filesystem::path default_image() {
  std::error_code error;
  auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return self.parent_path().parent_path() / "share" / "weft" / "examples" / "camera.png";
}

std::string example_list() {
  std::string text = "Examples:\n";
  for (const programs::Program *p : programs::catalogue())
    text += fmt::format("  {:<11} {}\n", p->name(), p->summary());
  return text + fmt::format("Stages: {}\nA .mlir file holds one function in the Traced form, all sizes known; its "
                            "inputs are .npy files.",
                            programs::stage_list());
}

void describe(CLI::App &app, Options &o, void (*&command)(const Options &)) {
  app.footer(example_list());
  auto add = [&](const char *name, const char *text, void (*run)(const Options &)) {
    CLI::App *sub = app.add_subcommand(name, text);
    sub->callback([&command, run] { command = run; });
    sub->add_option("TARGET", o.target, "an example, or FILE.mlir")->required();
    sub->add_option("--image", o.settings.image, "otsu: the PNG to read");
    sub->add_option("--limit", o.settings.limit, "collatz: the numbers below it")->check(CLI::Range(1, 100'000'000));
    sub->add_option("--size", o.settings.size, "mandelbrot: pixels of a side")->check(CLI::Range(1, 8192));
    sub->add_option("--turns", o.settings.turns, "mandelbrot: the most turns")->check(CLI::Range(1, 100'000));
    return sub;
  };
  auto add_inputs = [&](CLI::App *sub) { sub->add_option("INPUT", o.inputs, ".npy files, one for each argument"); };
  CLI::App *run_command = add("run", "compile and run, print the results", run);
  add_inputs(run_command);
  run_command->add_option("-o,--out", o.settings.out, "a folder for pictures and .npy results");
  add_inputs(add("bench", "time it, examples eager against compiled", bench));
  CLI::App *dump_command = add("dump", "print the program at each stage of the compiler", dump);
  dump_command->add_option("--stage", o.stage, "only this stage");
  dump_command->add_option("-o,--out", o.settings.out, "write files into this folder");
  tool::add_cache_command(app);
}

/// One line on stderr, whatever happened.
int report(std::string_view message) {
  std::cout.flush();
  std::fflush(stdout);
  fmt::print(stderr, "weft: {}\n", message.substr(0, message.find('\n')));
  return 2;
}

} // namespace

int main(int argc, char **argv) {
  Options options;
  options.settings.image = default_image();
  void (*command)(const Options &) = nullptr;
  CLI::App app("Runs, times and dumps weft's examples, or a function in a .mlir file; shows and clears the cache.", "weft");
  describe(app, options, command);
  try {
    std::string_view word = argc > 1 ? argv[1] : "";
    bool known = std::ranges::any_of(app.get_subcommands(nullptr), [&](CLI::App *c) { return c->get_name() == word; });
    if (!word.empty() && word[0] != '-' && !known)
      throw UsageError(fmt::format("there is no command '{}': name run, bench, dump or cache (see weft --help)", word));
    app.parse(argc, argv);
    if (command)
      command(options);
    else if (app.get_subcommands().empty())
      throw UsageError("name a command: run, bench, dump or cache (see weft --help)");
    return 0;
  } catch (const CLI::Success &help) {
    return app.exit(help);
  } catch (const CLI::ParseError &e) {
    return report(fmt::format("{} (see weft --help)", e.what()));
  } catch (const std::exception &e) {
    return report(e.what());
  }
}

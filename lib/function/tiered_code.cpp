// See tiered_code.h.
#include "lib/function/tiered_code.h"

#include "lib/code/log.h"
#include "lib/code/store.h"
#include "lib/function/background.h"

#include <fmt/format.h>

namespace weft::detail {

/// Quick code is scalar. It does so many operations on elements, functions of mathematics among them, in no more time than
/// better code takes to be made.
static constexpr double quick_work = 1 << 18;
/// Larger programs are compiled once: quickly made code of them saves little, and the end of a program waits for a
/// compile that is under way.
static constexpr std::int64_t quick_operations = 400;

std::shared_ptr<TieredCode> compile_tiered(const std::string &key, std::string_view name, double work,
                                           const FunctionOptions &options,
                                           FunctionRef<const TracedFunction &()> trace) {
  CodeStore &store = CodeStore::get();
  if (std::unique_ptr<CompiledCode> code = store.find(key, name))
    return std::make_shared<TieredCode>(std::move(code));
  const TracedFunction &f = trace();
  Compiler &compiler = Compiler::get();
  // Without the promise of equal bits, results would change when better code is there.
  bool quick = !options.fast_math && work <= quick_work && !f.loops && f.operations <= quick_operations;
  std::unique_ptr<CompiledCode> first = compiler.compile(f, options, quick ? Effort::Quick : Effort::Full);
  bool better = first->quick;
  if (!better)
    store.keep(key, *first, name);
  first->image = {};
  auto code = std::make_shared<TieredCode>(std::move(first));
  if (!better)
    return code;
  TracedFunction program;
  program.name = f.name;
  program.bytecode = f.bytecode;
  run_later([key, name = std::string(name), code, program = std::move(program), options, &compiler, &store] {
    if (code.use_count() == 1) // nobody has it any more
      return;
    try {
      std::unique_ptr<CompiledCode> full = compiler.compile(program, options, Effort::Full);
      store.keep(key, *full, name);
      code->improve(std::move(full));
    } catch (const std::exception &e) { // the quick code is right
      if (logs(LogTopic::Compile))
        log_line(fmt::format("{} is not optimised: {}", name, e.what()));
    }
  });
  return code;
}

} // namespace weft::detail

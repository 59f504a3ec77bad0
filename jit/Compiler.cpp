// The compiler behind lib/function/compiler.h: the outermost functions of libweft-compiler. Inside, failures are
// llvm::Error; here, and nowhere else in jit, they become weft's exceptions.
#include "lib/function/compiler.h"
#include "jit/Dump.h"
#include "jit/Native.h"
#include "lib/code/log.h"
#include "lib/trace/tracer.h"

#include <fmt/format.h>

#include "llvm/ADT/bit.h"
#include "llvm/Support/ErrorHandling.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace weft::jit {
namespace {

using detail::TracedFunction;

/// What LLVM says before it would end the process. Thrown out of LLVM's frames: whatever was in use there is not used
/// again.
struct FatalError {
  std::string reason;
};
thread_local int compiling = 0;

[[noreturn]] void onFatalError(void *, const char *reason, bool) {
  if (compiling)
    throw FatalError{reason};
  // Somebody else's use of the same LLVM library.
  std::fprintf(stderr, "LLVM ERROR: %s\n", reason);
  std::abort();
}

/// This thread compiles. LLVM has one handler for the whole process, which may have other users of LLVM: it is ours only while one
/// of our threads is at work.
class Compiling {
public:
  Compiling() {
    std::lock_guard lock(mutex);
    if (threads++ == 0) {
      llvm::install_fatal_error_handler(onFatalError);
      llvm::install_bad_alloc_error_handler(onFatalError);
    }
    ++compiling;
  }
  ~Compiling() {
    std::lock_guard lock(mutex);
    --compiling;
    if (--threads == 0) {
      llvm::remove_fatal_error_handler();
      llvm::remove_bad_alloc_error_handler();
    }
  }
  Compiling(const Compiling &) = delete;

private:
  static inline std::mutex mutex;
  static inline int threads = 0;
};

/// Runs `body`, which gives an llvm::Expected, and throws an InternalError for whatever went wrong.
template <class Body> auto guarded(const std::string &name, Body body) {
  Compiling scope;
  std::string reason;
  try {
    auto result = body();
    if (result)
      return std::move(*result);
    reason = toString(result.takeError());
  } catch (const FatalError &e) {
    reason = e.reason;
  }
  throw InternalError({}, fmt::format("cannot compile {}: {}", name, reason));
}

/// Tells libweft when the program ends that this library and those below it lose their static objects. What is registered last
/// runs first, and some static objects are made by the first use of some part of LLVM: so it is registered again after use,
/// more and more rarely.
void watchExit() {
  static std::atomic<unsigned> uses{0};
  if (llvm::has_single_bit(++uses))
    std::atexit([] { detail::Compiler::end(); });
}

class CompilerImpl final : public detail::Compiler {
public:
  CompilerImpl() { watchExit(); }

  std::unique_ptr<detail::Tracer> trace(const std::string &name, const SourceLocation &where) override {
    return trace::make_tracer(native.contexts.take(), name, where);
  }

  std::unique_ptr<detail::CompiledCode> compile(const TracedFunction &f, const FunctionOptions &options,
                                                detail::Effort effort) override {
    Dump *dump = Dump::wanted();
    if (dump)
      dump->write(f.name, [&](Stage stage) { return render(f, options, stage); });
    CompileTimes t;
    // What is written down is what runs.
    CompileTier tier = effort == detail::Effort::Quick && !dump ? CompileTier::Quick : CompileTier::Full;
    bool better = false;
    detail::CodeImage image = guarded(f.name, [&] { return native.compile(f.name, f.bytecode, options.fast_math, tier, better, t); });
    watchExit();
    std::string why;
    std::unique_ptr<detail::CompiledCode> code = load(image, why);
    if (!code)
      throw InternalError({}, fmt::format("cannot load {}: {}", f.name, why));
    code->image = to_bytes(image);
    code->quick = better;
    if (logs(detail::LogTopic::Compile))
      detail::log_line(
          fmt::format("compiled {}{}: parse {:.2f}, passes {:.2f}, translate {:.2f}, optimize {:.2f}, codegen {:.2f}, "
                      "link {:.2f} ms; {} bytes",
                      f.name, better ? " quickly" : "", t.parse, t.passes, t.translate, t.optimize, t.codegen, t.link, code->code_bytes));
    return code;
  }

  std::string render(const TracedFunction &f, const FunctionOptions &options, Stage stage) override {
    std::string text = guarded(f.name, [&] { return native.render(f.name, f.bytecode, options.fast_math, stage); });
    watchExit();
    return text;
  }

private:
  Native native;
};

} // namespace
} // namespace weft::jit

weft::detail::Compiler *weft_compiler() {
  // Never destroyed: code may be unmapped by static objects of the program, after those of this library are gone.
  static auto *compiler = new weft::jit::CompilerImpl;
  return compiler;
}

// The way of one function through the compiler: parse, phases, LLVM IR, optimisation, object, link.
#include "jit/Native.h"

#include "jit/Fragile.h"
#include "jit/Link.h"
#include "jit/Program.h"
#include "lib/function/stopwatch.h"

#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

namespace weft::jit {
namespace {

/// An LLVM module with the context it lives in, which keeps what LLVM reports instead of writing it to stderr.
class IR {
public:
  IR() {
    context.setDiagnosticHandlerCallBack(
        [](const llvm::DiagnosticInfo *info, void *self) {
          if (info->getSeverity() != llvm::DS_Error)
            return;
          llvm::raw_string_ostream out(static_cast<IR *>(self)->errors);
          llvm::DiagnosticPrinterRawOStream printer(out);
          info->print(printer);
        },
        this);
  }
  IR(const IR &) = delete;

  llvm::Error make(Program &program, llvm::StringRef symbol) {
    llvm::Expected<std::unique_ptr<llvm::Module>> translated = program.translate(context, symbol);
    if (!translated)
      return translated.takeError();
    module = std::move(*translated);
    return llvm::Error::success();
  }
  llvm::Error takeErrors() { return errors.empty() ? llvm::Error::success() : llvm::createStringError(errors); }

  llvm::LLVMContext context;
  std::string errors;
  std::unique_ptr<llvm::Module> module;
};

} // namespace

/// A name of a user's may begin with a byte that LLVM gives a meaning to, and hold bytes that no symbol can.
static std::string symbolOf(llvm::StringRef name) { return "weft_" + linkable(name) + ".entry"; }

llvm::Expected<detail::CodeImage> Native::compile(const std::string &name, llvm::StringRef source, bool fastMath, CompileTier tier,
                                                  bool &better, CompileTimes &times) {
  detail::Stopwatch watch;
  std::string symbol = symbolOf(name);
  Fragile<IR> ir(std::make_unique<IR>());
  {
    llvm::Expected<Program> program = Program::parse(contexts.take(), source, /*verify=*/false);
    if (!program)
      return program.takeError();
    if (fastMath)
      program->allowFastMath();
    times.parse += watch.lap();
    if (llvm::Error e = program->lowerTo(Form::LLVM))
      return e;
    times.passes += watch.lap();
    if (llvm::Error e = ir->make(*program, symbol))
      return e;
    times.translate += watch.lap();
  }
  llvm::Expected<BackendPool::Lease> backend = backends.take();
  if (!backend)
    return backend.takeError();
  (*backend)->prepare(*ir->module);
  TierChoice choice = chooseTier(*ir->module, tier);
  better = choice.better;
  (*backend)->optimize(*ir->module, choice.tier);
  times.optimize += watch.lap();
  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> object = (*backend)->emitObject(*ir->module, choice.tier);
  if (!object)
    return object.takeError();
  if (llvm::Error e = ir->takeErrors())
    return e;
  times.codegen += watch.lap();
  llvm::Expected<detail::CodeImage> image = link(**object, symbol);
  times.link += watch.lap();
  return image;
}

static Form formOf(Stage stage) {
  switch (stage) {
  case Stage::Traced:
    return Form::Traced;
  case Stage::Optimized:
    return Form::Optimized;
  case Stage::Loops:
    return Form::Loops;
  default:
    return Form::LLVM;
  }
}

llvm::Expected<std::string> Native::render(const std::string &name, llvm::StringRef source, bool fastMath, Stage stage) {
  llvm::Expected<Program> program = Program::parse(contexts.take(), source, /*verify=*/true);
  if (!program)
    return program.takeError();
  if (fastMath)
    program->allowFastMath();
  if (llvm::Error e = program->lowerTo(formOf(stage)))
    return e;
  if (stage <= Stage::LLVM)
    return program->text();

  Fragile<IR> ir(std::make_unique<IR>());
  if (llvm::Error e = ir->make(*program, linkable(name)))
    return e;
  llvm::Expected<BackendPool::Lease> backend = backends.take();
  if (!backend)
    return backend.takeError();
  (*backend)->prepare(*ir->module);
  CompileTier tier = chooseTier(*ir->module, CompileTier::Full).tier;
  (*backend)->optimize(*ir->module, tier);
  if (stage == Stage::LLVMOptimized) {
    std::string text;
    llvm::raw_string_ostream(text) << *ir->module;
    return text;
  }
  llvm::Expected<std::string> assembly = (*backend)->emitAssembly(*ir->module, tier);
  if (!assembly)
    return assembly.takeError();
  if (llvm::Error e = ir->takeErrors())
    return e;
  return assembly;
}

} // namespace weft::jit

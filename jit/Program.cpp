// Parsing, running the phases, and translation to LLVM IR, with every diagnostic of MLIR caught.
#include "jit/Program.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/Module.h"

using namespace mlir;

namespace weft::jit {

struct Program::State {
  explicit State(ContextPool::Lease l)
      : lease(std::move(l)), diagnostics(&lease.context(), [this](Diagnostic &d) { return record(d); }) {}

  LogicalResult record(Diagnostic &d) {
    if (d.getSeverity() == DiagnosticSeverity::Error) {
      if (!errors.empty())
        errors += "; ";
      errors += d.str();
    }
    return success();
  }
  llvm::Error error(const char *what) {
    return llvm::createStringError(what + (errors.empty() ? std::string() : ": " + errors));
  }

  ContextPool::Lease lease;
  std::string errors;
  ScopedDiagnosticHandler diagnostics;
  OwningOpRef<ModuleOp> module;
  Form form = Form::Traced;
};

Program::Program(Fragile<State> state) : state(std::move(state)) {}
Program::Program(Program &&) noexcept = default;
Program::~Program() = default;

llvm::Expected<Program> Program::parse(ContextPool::Lease lease, llvm::StringRef source, bool verify) {
  lease.grew(source.size());
  Fragile<State> state(std::make_unique<State>(std::move(lease)));
  state->module = parseSourceString<ModuleOp>(source, ParserConfig(&state->lease.context(), verify));
  if (!state->module)
    return state->error("cannot be read");
  return Program(std::move(state));
}

void Program::allowFastMath() {
  state->module.get()->setAttr("weft.fast_math", UnitAttr::get(state->module->getContext()));
}

llvm::Error Program::lowerTo(Form form) {
  while (state->form < form) {
    Form next = static_cast<Form>(static_cast<int>(state->form) + 1);
    PassManager &passes =
        state->lease.passes(static_cast<int>(next), [&](PassManager &manager) { addPhase(manager, next); });
    if (failed(passes.run(*state->module)))
      return state->error("a pass failed");
    state->form = next;
  }
  return llvm::Error::success();
}

std::string Program::text() const {
  std::string text;
  llvm::raw_string_ostream out(text);
  state->module->print(out, OpPrintingFlags().enableDebugInfo(false));
  return text;
}

llvm::Expected<std::unique_ptr<llvm::Module>> Program::translate(llvm::LLVMContext &context, llvm::StringRef symbol) {
  std::unique_ptr<llvm::Module> module =
      translateModuleToLLVMIR(*state->module, context, symbol, /*disableVerification=*/true);
  if (!module)
    return state->error("cannot be translated to LLVM IR");
  // Nobody outside of the module knows the names of its other functions.
  if (llvm::GlobalValue *other = module->getNamedValue(symbol); other && other->hasLocalLinkage())
    other->setName("");
  for (llvm::Function &f : *module)
    if (!f.isDeclaration() && !f.hasLocalLinkage())
      f.setName(symbol);
  return module;
}

} // namespace weft::jit

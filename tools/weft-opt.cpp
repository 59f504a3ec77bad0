// weft-opt: runs weft's passes and phases over .mlir files. The tests in tests/lit are written with it. It is mlir-opt, except that
// what is wrong is said in one line, and the exit code is then 2.
#include "dialect/Transforms/Pipelines.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Support/Timing.h"
#include "mlir/Support/ToolUtilities.h"
#include "mlir/Tools/ParseUtilities.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;

static constexpr int wrongInput = 2;

static int complain(StringRef message) {
  llvm::errs() << "weft-opt: " << message.take_until([](char c) { return c == '\n'; }).rtrim() << '\n';
  return wrongInput;
}

// Whether mlir-opt's own driver is needed, for what is not the plain way of a file through passes.
static bool needsMlirOpt(const MlirOptMainConfig &config) {
  return config.shouldVerifyDiagnostics() || config.shouldShowDialects() || config.shouldListPasses() ||
         config.shouldRunReproducer() || config.shouldEmitBytecode() || config.shouldVerifyRoundtrip() ||
         config.shouldDumpPassPipeline() || config.shouldEmitRemarks() || !config.getIrdlFile().empty() ||
         !config.getReproducerFilename().empty();
}

// The first error as "file:line:column: error: what". The others follow from it, and notes show whole operations.
static void printFirstError(Diagnostic &diagnostic, bool &failed) {
  if (diagnostic.getSeverity() != DiagnosticSeverity::Error || std::exchange(failed, true))
    return;
  if (auto place = diagnostic.getLocation()->findInstanceOf<FileLineColLoc>())
    llvm::errs() << place.getFilename().getValue() << ':' << place.getLine() << ':' << place.getColumn() << ": ";
  else
    llvm::errs() << "weft-opt: ";
  std::string message = diagnostic.str();
  llvm::errs() << "error: " << StringRef(message).take_until([](char c) { return c == '\n'; }) << '\n';
}

static LogicalResult process(std::unique_ptr<llvm::MemoryBuffer> buffer, const DialectRegistry &registry,
                             const MlirOptMainConfig &config, raw_ostream &out) {
  auto files = std::make_shared<llvm::SourceMgr>();
  files->AddNewSourceBuffer(std::move(buffer), SMLoc());

  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.allowUnregisteredDialects(config.shouldAllowUnregisteredDialects());
  bool failed = false;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &d) { printFirstError(d, failed); });

  FallbackAsmResourceMap resources;
  ParserConfig parsing(&context, config.shouldVerifyOnParsing(), &resources);
  OwningOpRef<Operation *> op = parseSourceFileForTool(files, parsing, !config.shouldUseExplicitModule());
  if (!op) {
    if (!failed)
      complain("error: the input cannot be read");
    return failure();
  }
  DefaultTimingManager timing;
  applyDefaultTimingManagerCLOptions(timing);
  TimingScope scope = timing.getRootScope();
  PassManager passes(op.get()->getName(), PassManager::Nesting::Implicit);
  passes.enableVerifier(config.shouldVerifyPasses());
  if (mlir::failed(applyPassManagerCLOptions(passes)))
    return failure();
  passes.enableTiming(scope);
  if (mlir::failed(config.setupPassPipeline(passes)) || mlir::failed(passes.run(*op))) {
    if (!failed)
      complain("error: a pass failed");
    return failure();
  }
  AsmState state(op.get(), OpPrintingFlags(), nullptr, &resources);
  op.get()->print(out, state);
  out << '\n';
  return success();
}

int main(int argc, char **argv) {
  llvm::InitLLVM llvm(argc, argv);
  DialectRegistry registry;
  weft::registerWeftDialects(registry);
  weft::registerWeftPasses();
  llvm::cl::opt<std::string> input(llvm::cl::Positional, llvm::cl::desc("<input file>"), llvm::cl::init("-"));
  llvm::cl::opt<std::string> output("o", llvm::cl::desc("Output filename"), llvm::cl::value_desc("filename"),
                                    llvm::cl::init("-"));
  std::string help = registerCLIOptions("weft's passes\n", registry), errors;
  llvm::raw_string_ostream errorStream(errors);
  if (!llvm::cl::ParseCommandLineOptions(argc, argv, help, &errorStream))
    return complain(StringRef(errors).trim().split("weft-opt: ").second);
  const MlirOptMainConfig config = MlirOptMainConfig::createFromCLOptions();
  if (needsMlirOpt(config))
    return succeeded(MlirOptMain(argc, argv, input, output, registry)) ? 0 : wrongInput;

  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> file = openInputFile(input, &message);
  if (!file)
    return complain(message);
  std::unique_ptr<llvm::ToolOutputFile> out = openOutputFile(output, &message);
  if (!out)
    return complain(message);
  auto chunk = [&](std::unique_ptr<llvm::MemoryBuffer> part, raw_ostream &os) {
    return process(std::move(part), registry, config, os);
  };
  if (failed(splitAndProcessBuffer(std::move(file), NoSourceChunkBufferHandler(chunk), out->os(),
                                   config.inputSplitMarker(), config.outputSplitMarker())))
    return wrongInput;
  out->keep();
  return 0;
}

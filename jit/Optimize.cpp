// The LLVM side of the compiler: pass pipelines and code generation. LLVM's default pipelines cost several times the
// compile time of the one here; what a kernel of weft needs is known, because weft wrote it: memory out of the way,
// loops rotated and vectorised, small loops unrolled so that accumulators end in registers.
#include "jit/Optimize.h"

#include "jit/MathForms.h"
#include "lib/math/math.h"

#include "llvm/Analysis/AliasAnalysis.h"
#include "llvm/Analysis/CFG.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/MCContext.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/Transforms/InstCombine/InstCombine.h"
#include "llvm/Transforms/Scalar/EarlyCSE.h"
#include "llvm/Transforms/Scalar/IndVarSimplify.h"
#include "llvm/Transforms/Scalar/LICM.h"
#include "llvm/Transforms/Scalar/LoopPassManager.h"
#include "llvm/Transforms/Scalar/LoopRotation.h"
#include "llvm/Transforms/Scalar/LoopUnrollPass.h"
#include "llvm/Transforms/Scalar/SROA.h"
#include "llvm/Transforms/Scalar/SimplifyCFG.h"
#include "llvm/Transforms/Vectorize/LoopVectorize.h"

#include <cstdlib>
#include <optional>

using namespace llvm;

namespace weft::jit {

/// Always the same tier, where the environment variable WEFT_TIER says quick or full.
static std::optional<CompileTier> onlyTier() {
  const char *env = std::getenv("WEFT_TIER");
  StringRef name = env ? env : "";
  return name == "quick"  ? std::optional(CompileTier::Quick)
         : name == "full" ? std::optional(CompileTier::Full)
                          : std::nullopt;
}

static bool hasLoops(const Module &module) {
  for (const Function &f : module) {
    SmallVector<std::pair<const BasicBlock *, const BasicBlock *>> backEdges;
    if (!f.isDeclaration())
      FindFunctionBackedges(f, backEdges);
    if (!backEdges.empty())
      return true;
  }
  return false;
}

TierChoice chooseTier(const Module &module, CompileTier wanted) {
  static const std::optional<CompileTier> only = onlyTier();
  if (only)
    return {*only, false};
  CompileTier best = hasLoops(module) ? CompileTier::Full : CompileTier::Quick;
  return {std::min(wanted, best), wanted < best};
}

static FunctionPassManager quickPipeline() {
  FunctionPassManager passes;
  passes.addPass(SROAPass(SROAOptions::ModifyCFG));
  passes.addPass(EarlyCSEPass());
  passes.addPass(SimplifyCFGPass());
  return passes;
}

static FunctionPassManager fullPipeline() {
  FunctionPassManager passes;
  passes.addPass(SROAPass(SROAOptions::ModifyCFG));
  passes.addPass(EarlyCSEPass(/*UseMemorySSA=*/true));
  passes.addPass(SimplifyCFGPass());
  passes.addPass(InstCombinePass());
  LoopPassManager loops;
  loops.addPass(LoopRotatePass());
  loops.addPass(LICMPass(LICMOptions()));
  loops.addPass(IndVarSimplifyPass());
  passes.addPass(createFunctionToLoopPassAdaptor(std::move(loops), /*UseMemorySSA=*/true));
  passes.addPass(LoopVectorizePass());
  passes.addPass(InstCombinePass());
  passes.addPass(SimplifyCFGPass());
  // The lanes of a reduction: unrolled, their array becomes registers that live through the loop around them.
  LoopPassManager lanes;
  lanes.addPass(LoopFullUnrollPass());
  passes.addPass(createFunctionToLoopPassAdaptor(std::move(lanes)));
  passes.addPass(SROAPass(SROAOptions::ModifyCFG));
  passes.addPass(EarlyCSEPass(/*UseMemorySSA=*/true));
  LoopPassManager registers;
  registers.addPass(LICMPass(LICMOptions()));
  passes.addPass(createFunctionToLoopPassAdaptor(std::move(registers), /*UseMemorySSA=*/true));
  passes.addPass(InstCombinePass());
  passes.addPass(SimplifyCFGPass());
  return passes;
}

namespace {

/// A pipeline with its own analyses, which have to outlive it and are emptied after each module.
struct Pipeline {
  Pipeline(TargetMachine &machine, FunctionPassManager &&passes) {
    PassBuilder builder(&machine);
    builder.registerModuleAnalyses(modules);
    builder.registerCGSCCAnalyses(cgscc);
    builder.registerFunctionAnalyses(functions);
    builder.registerLoopAnalyses(loops);
    builder.crossRegisterProxies(loops, functions, cgscc, modules);
    manager.addPass(createModuleToFunctionPassAdaptor(std::move(passes)));
  }
  void run(Module &module) {
    manager.run(module, modules);
    for (auto clear : {+[](Pipeline &p) { p.loops.clear(); }, +[](Pipeline &p) { p.functions.clear(); },
                       +[](Pipeline &p) { p.cgscc.clear(); }, +[](Pipeline &p) { p.modules.clear(); }})
      clear(*this);
  }

  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager cgscc;
  ModuleAnalysisManager modules;
  ModulePassManager manager;
};

struct Tier {
  std::unique_ptr<TargetMachine> machine;
  std::unique_ptr<Pipeline> pipeline;
};

} // namespace

struct Backend::State {
  Tier quick, full;
  Tier &tier(CompileTier t) { return t == CompileTier::Quick ? quick : full; }
};

Backend::Backend(std::unique_ptr<State> state) : state(std::move(state)) {}
Backend::~Backend() = default;

static Expected<Tier> makeTier(orc::JITTargetMachineBuilder builder, CodeGenOptLevel level,
                               FunctionPassManager &&passes) {
  // A contracted multiply-add would give other bits than the same expression in another place.
  builder.getOptions().AllowFPOpFusion = FPOpFusion::Strict;
  // Code and constants of an object lie together, and JITLink makes stubs for what is far: LLVM's large model for JITs
  // is slower.
  builder.setCodeModel(CodeModel::Small);
  builder.setRelocationModel(Reloc::PIC_);
  builder.setCodeGenOptLevel(level);
  Expected<std::unique_ptr<TargetMachine>> machine = builder.createTargetMachine();
  if (!machine)
    return machine.takeError();
  Tier tier;
  tier.machine = std::move(*machine);
  tier.pipeline = std::make_unique<Pipeline>(*tier.machine, std::move(passes));
  return tier;
}

/// Code for the processors of a level, detail::isa()'s: every machine of that level makes the same code and may load
/// another's. Only the order of instructions is chosen for the processor at hand (prepare()).
static Expected<orc::JITTargetMachineBuilder> targetBuilder() {
  Expected<orc::JITTargetMachineBuilder> host = orc::JITTargetMachineBuilder::detectHost();
  if (!host || !host->getTargetTriple().isX86_64())
    return host;
  constexpr const char *levels[] = {"x86-64", "x86-64-v3", "x86-64-v4"};
  host->setCPU(levels[static_cast<int>(detail::isa())]);
  host->getFeatures() = SubtargetFeatures();
  return host;
}

Expected<std::unique_ptr<Backend>> Backend::create() {
  static std::once_flag once;
  std::call_once(once, [] {
    InitializeNativeTarget();
    InitializeNativeTargetAsmPrinter();
  });
  Expected<orc::JITTargetMachineBuilder> host = targetBuilder();
  if (!host)
    return host.takeError();
  auto state = std::make_unique<State>();
  Expected<Tier> quick = makeTier(*host, CodeGenOptLevel::None, quickPipeline());
  if (!quick)
    return quick.takeError();
  state->quick = std::move(*quick);
  Expected<Tier> full = makeTier(*host, CodeGenOptLevel::Default, fullPipeline());
  if (!full)
    return full.takeError();
  state->full = std::move(*full);
  return std::unique_ptr<Backend>(new Backend(std::move(state)));
}

void Backend::prepare(Module &module) {
  offerVectorForms(module);
  TargetMachine &machine = *state->full.machine;
  module.setDataLayout(machine.createDataLayout());
  module.setTargetTriple(machine.getTargetTriple());
  for (Function &f : module) {
    f.setDoesNotThrow();
    if (f.isDeclaration())
      continue;
    f.addFnAttr("target-cpu", machine.getTargetCPU());
    f.addFnAttr("tune-cpu", sys::getHostCPUName());
    f.addFnAttr("target-features", machine.getTargetFeatureString());
    f.addFnAttr("prefer-vector-width", "512");
  }
}

void Backend::optimize(Module &module, CompileTier tier) { state->tier(tier).pipeline->run(module); }

static Error emit(TargetMachine &machine, Module &module, raw_pwrite_stream &out, CodeGenFileType type) {
  legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, out, nullptr, type, /*DisableVerify=*/true))
    return createStringError("this machine's code cannot be emitted");
  passes.run(module);
  return Error::success();
}

Expected<std::unique_ptr<MemoryBuffer>> Backend::emitObject(Module &module, CompileTier tier) {
  SmallVector<char, 0> bytes;
  raw_svector_ostream out(bytes);
  if (Error e = emit(*state->tier(tier).machine, module, out, CodeGenFileType::ObjectFile))
    return e;
  return std::make_unique<SmallVectorMemoryBuffer>(std::move(bytes), module.getName(),
                                                   /*RequiresNullTerminator=*/false);
}

Expected<std::string> Backend::emitAssembly(Module &module, CompileTier tier) {
  SmallVector<char, 0> bytes;
  raw_svector_ostream out(bytes);
  if (Error e = emit(*state->tier(tier).machine, module, out, CodeGenFileType::AssemblyFile))
    return e;
  return std::string(bytes.begin(), bytes.end());
}

Expected<BackendPool::Lease> BackendPool::take() {
  {
    std::lock_guard lock(mutex);
    if (!idle.empty()) {
      Lease lease(*this, std::move(idle.back()));
      idle.pop_back();
      return lease;
    }
  }
  Expected<std::unique_ptr<Backend>> made = Backend::create();
  if (!made)
    return made.takeError();
  return Lease(*this, std::move(*made));
}

BackendPool::Lease::~Lease() {
  if (!backend || backend.broken())
    return;
  std::unique_ptr<Backend> back = backend.take(); // one too many dies outside of the lock
  std::lock_guard lock(pool->mutex);
  if (pool->idle.size() < maxIdle)
    pool->idle.push_back(std::move(back));
}

} // namespace weft::jit

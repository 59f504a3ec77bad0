// The engine on ORC: one session, one dylib, one resource tracker for each entry (a dylib for each would never be given
// back whole). JITLink runs in the calling thread.
#include "jit/Engine.h"

#include "jit/RuntimeSymbols.h"

#include "llvm/BinaryFormat/ELF.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/ExecutionEngine/Orc/SelfExecutorProcessControl.h"
#include "llvm/ExecutionEngine/Orc/TaskDispatch.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Process.h"

#include <atomic>

using namespace llvm;
using namespace llvm::orc;

namespace weft::jit {

struct Engine::State {
  explicit State(std::unique_ptr<SelfExecutorProcessControl> control)
      : session(std::move(control)), layer(session), dylib(session.createBareJITDylib("weft")) {
    // What goes wrong is told by the call that failed; nothing may be written to stderr.
    session.setErrorReporter([](Error e) { consumeError(std::move(e)); });
  }
  ~State() { consumeError(session.endSession()); }

  /// The names of dead symbols stay in the session's pool until they are swept.
  void removed() {
    if (++removals % 256 == 0)
      session.getSymbolStringPool()->clearDeadEntries();
  }

  ExecutionSession session;
  ObjectLinkingLayer layer;
  JITDylib &dylib;
  std::atomic<std::uint64_t> symbols{0}, removals{0};
};

namespace {

class TrackedCode final : public LinkedCode {
public:
  TrackedCode(std::shared_ptr<Engine::State> engine, ResourceTrackerSP tracker)
      : engine(std::move(engine)), tracker(std::move(tracker)) {}
  ~TrackedCode() override {
    consumeError(tracker->remove());
    engine->removed();
  }
  ResourceTrackerSP resources() const { return tracker; }

private:
  std::shared_ptr<Engine::State> engine;
  ResourceTrackerSP tracker;
};

/// The pages that the loaded sections take, by what they may be used for.
std::size_t mappedBytes(const MemoryBuffer &buffer) {
  Expected<std::unique_ptr<object::ObjectFile>> file = object::ObjectFile::createObjectFile(buffer.getMemBufferRef());
  if (!file) {
    consumeError(file.takeError());
    return buffer.getBufferSize();
  }
  std::size_t code = 0, data = 0;
  for (const object::SectionRef &section : (*file)->sections())
    if (object::ELFSectionRef(section).getFlags() & ELF::SHF_ALLOC)
      (section.isText() ? code : data) += section.getSize();
  std::size_t page = sys::Process::getPageSizeEstimate();
  return alignTo(code, page) + alignTo(data, page);
}

SymbolMap runtimeSymbolMap(ExecutionSession &session) {
  SymbolMap map;
  for (const RuntimeSymbol &symbol : runtimeSymbols())
    map[session.intern(symbol.name)] = {ExecutorAddr::fromPtr(symbol.address),
                                        JITSymbolFlags::Exported | JITSymbolFlags::Callable};
  return map;
}

} // namespace

Engine::Engine(std::shared_ptr<State> state) : state(std::move(state)) {}
Engine::~Engine() = default;

Expected<std::unique_ptr<Engine>> Engine::create() {
  auto control = SelfExecutorProcessControl::Create(nullptr, std::make_unique<InPlaceTaskDispatcher>());
  if (!control)
    return control.takeError();
  auto state = std::make_shared<State>(std::move(*control));
  if (Error e = state->dylib.define(absoluteSymbols(runtimeSymbolMap(state->session))))
    return e;
  return std::unique_ptr<Engine>(new Engine(std::move(state)));
}

std::string Engine::uniqueSymbol(StringRef name) { return (name + "." + Twine(++state->symbols)).str(); }

Expected<std::unique_ptr<LinkedCode>> Engine::link(std::unique_ptr<MemoryBuffer> object, StringRef symbol) {
  auto code = std::make_unique<TrackedCode>(state, state->dylib.createResourceTracker());
  code->bytes = mappedBytes(*object);
  if (Error e = state->layer.add(code->resources(), std::move(object)))
    return e;
  auto found = state->session.lookup(makeJITDylibSearchOrder(&state->dylib, JITDylibLookupFlags::MatchAllSymbols),
                                     state->session.intern(symbol));
  if (!found)
    return found.takeError();
  code->entry = found->getAddress().toPtr<void *>();
  return code;
}

} // namespace weft::jit

// The engine on ORC: one session, one dylib, one resource tracker for each entry (a dylib for each would never be given
// back whole). JITLink runs in the calling thread.
#include "jit/Engine.h"

#include "jit/MathForms.h"
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
#include <mutex>
#include <utility>

using namespace llvm;
using namespace llvm::orc;

namespace weft::jit {

/// Why the code that this thread links cannot be linked; the lookup itself only says that there is no such symbol.
static thread_local std::string reported;

struct Engine::State {
  explicit State(std::unique_ptr<SelfExecutorProcessControl> control)
      : session(std::move(control)), layer(session), dylib(session.createBareJITDylib("weft")) {
    // What goes wrong is told by the call that failed, which runs in this thread; nothing may be written to stderr.
    session.setErrorReporter([](Error e) { reported += (reported.empty() ? "" : "; ") + toString(std::move(e)); });
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
  std::atomic<bool> broken{false};
};

namespace {

class TrackedCode final : public LinkedCode {
public:
  TrackedCode(std::shared_ptr<Engine::State> engine, ResourceTrackerSP tracker)
      : engine(std::move(engine)), tracker(std::move(tracker)) {}
  ~TrackedCode() override {
    if (engine->broken) { // its locks may be held for ever
      new auto(std::move(tracker));
      new auto(std::move(engine));
      return;
    }
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

ExecutorSymbolDef callable(void *address) {
  return {ExecutorAddr::fromPtr(address), JITSymbolFlags::Exported | JITSymbolFlags::Callable};
}

SymbolMap runtimeSymbolMap(ExecutionSession &session) {
  SymbolMap map;
  for (const RuntimeSymbol &symbol : runtimeSymbols())
    map[session.intern(symbol.name)] = callable(symbol.address);
  for (const detail::MathForm &form : detail::math_forms())
    map[session.intern(symbolOf(form))] = callable(form.address);
  return map;
}

} // namespace

Engine::Engine(std::shared_ptr<State> state) : state(std::move(state)) {}
Engine::~Engine() {
  if (state->broken)
    new auto(std::move(state)); // its end would wait for locks that nobody gives back
}

Expected<std::unique_ptr<Engine>> Engine::create() {
  auto control = SelfExecutorProcessControl::Create(nullptr, std::make_unique<InPlaceTaskDispatcher>());
  if (!control)
    return control.takeError();
  auto state = std::make_shared<State>(std::move(*control));
  if (Error e = state->dylib.define(absoluteSymbols(runtimeSymbolMap(state->session))))
    return e;
  return std::unique_ptr<Engine>(new Engine(std::move(state)));
}

bool Engine::broken() const { return state->broken; }

std::string linkable(StringRef name) {
  std::string safe = name.take_front(64).str();
  for (char &c : safe)
    if (!isAlnum(c) && c != '_' && c != '.')
      c = '_';
  return safe;
}

// A name of a user's may begin with a byte that LLVM gives a meaning to, and hold bytes that no symbol can.
std::string Engine::uniqueSymbol(StringRef name) {
  return ("weft_" + linkable(name) + "." + Twine(++state->symbols)).str();
}

/// An error of linking, with what the session reported of it.
static Error linkError(Error e) {
  if (reported.empty())
    return e;
  return createStringError(toString(std::move(e)) + ": " + std::exchange(reported, {}));
}

Expected<std::unique_ptr<LinkedCode>> Engine::link(std::unique_ptr<MemoryBuffer> object, StringRef symbol) {
  auto code = std::make_unique<TrackedCode>(state, state->dylib.createResourceTracker());
  code->bytes = mappedBytes(*object);
  reported.clear();
  try {
    if (Error e = state->layer.add(code->resources(), std::move(object)))
      return linkError(std::move(e));
    auto found = state->session.lookup(makeJITDylibSearchOrder(&state->dylib, JITDylibLookupFlags::MatchAllSymbols),
                                       state->session.intern(symbol));
    if (!found)
      return linkError(found.takeError());
    code->entry = found->getAddress().toPtr<void *>();
    return code;
  } catch (...) { // thrown out of LLVM's frames (Compiler.cpp)
    state->broken = true;
    throw;
  }
}

} // namespace weft::jit

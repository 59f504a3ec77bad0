// Linking with JITLink, for no process in particular: the image is laid out from a made-up address, and each function
// outside of it has a made-up one, out of reach of every relative reference. So all references between the image and
// the outside go through whole pointers, which are listed for load() instead of being right already.
#include "jit/Link.h"

#include "llvm/ExecutionEngine/JITLink/JITLink.h"
#include "llvm/ExecutionEngine/Orc/SymbolStringPool.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/MemoryBuffer.h"

#include <algorithm>

using namespace llvm;
using namespace llvm::jitlink;

namespace weft::jit {

using detail::CodeImage;

static constexpr std::uint64_t imageAddress = std::uint64_t{1} << 45, outsideAddress = std::uint64_t{1} << 46;
static constexpr std::uint64_t outsideStep = 16;

namespace {

/// Lays out one graph in the bytes of an image, the writable part behind the rest.
class ImageMemory final : public JITLinkMemoryManager {
public:
  explicit ImageMemory(CodeImage &image) : image(image) {}

  void allocate(const JITLinkDylib *, LinkGraph &graph, OnAllocatedFunction done) override {
    BasicLayout layout(graph);
    std::uint64_t end = 0;
    auto place = [&](bool writable) {
      for (auto &[group, segment] : layout.segments())
        if (((group.getMemProt() & orc::MemProt::Write) != orc::MemProt::None) == writable) {
          end = alignTo(end, segment.Alignment);
          segment.Addr = orc::ExecutorAddr(imageAddress + end);
          end += segment.ContentSize + segment.ZeroFillSize;
        }
    };
    place(false);
    image.constant = end;
    std::uint64_t written = alignTo(end, CodeImage::page);
    end = written;
    place(true);
    if (end == written)
      end = image.constant;
    else
      image.constant = written;
    image.bytes.assign(end, '\0');
    for (auto &[group, segment] : layout.segments())
      segment.WorkingMem = image.bytes.data() + (segment.Addr.getValue() - imageAddress);
    if (Error e = layout.apply())
      return done(std::move(e));
    done(std::make_unique<Placed>());
  }
  void deallocate(std::vector<FinalizedAlloc> allocations, OnDeallocatedFunction done) override {
    for (FinalizedAlloc &a : allocations)
      a.release();
    done(Error::success());
  }

private:
  struct Placed final : InFlightAlloc {
    void abandon(OnAbandonedFunction done) override { done(Error::success()); }
    void finalize(OnFinalizedFunction done) override { done(FinalizedAlloc(orc::ExecutorAddr(imageAddress))); }
  };
  CodeImage &image;
};

class Linking final : public JITLinkContext {
public:
  Linking(CodeImage &image, StringRef entry, Error &failure)
      : JITLinkContext(nullptr), image(image), memory(image), entry(entry), failure(failure) {}

  JITLinkMemoryManager &getMemoryManager() override { return memory; }
  void notifyFailed(Error e) override { failure = joinErrors(std::move(failure), std::move(e)); }
  Error notifyResolved(LinkGraph &) override { return Error::success(); }
  void notifyFinalized(JITLinkMemoryManager::FinalizedAlloc allocation) override { allocation.release(); }

  void lookup(const LookupMap &wanted, std::unique_ptr<JITLinkAsyncLookupContinuation> then) override {
    for (const auto &[name, flags] : wanted)
      image.symbols.push_back((*name).str());
    std::ranges::sort(image.symbols); // the table's order is one of addresses
    AsyncLookupResult found;
    for (const auto &[name, flags] : wanted) {
      auto index = static_cast<std::uint64_t>(std::ranges::lower_bound(image.symbols, *name) - image.symbols.begin());
      found[name] = {orc::ExecutorAddr(outsideAddress + index * outsideStep),
                     JITSymbolFlags::Exported | JITSymbolFlags::Callable};
    }
    then->run(std::move(found));
  }

  Error modifyPassConfig(LinkGraph &, PassConfiguration &config) override {
    config.PostFixupPasses.push_back([this](LinkGraph &graph) { return record(graph); });
    return Error::success();
  }

private:
  /// The entry, and all that depends on where the image and the functions outside are.
  Error record(LinkGraph &graph) {
    bool found = false;
    for (Symbol *symbol : graph.defined_symbols())
      if (symbol->hasName() && *symbol->getName() == entry) {
        image.entry = symbol->getAddress().getValue() - imageAddress;
        found = true;
      }
    if (!found)
      return createStringError("the object has no " + entry);
    for (Block *block : graph.blocks())
      for (const Edge &edge : block->edges())
        if (edge.isRelocation())
          if (Error e = record(graph, *block, edge))
            return e;
    return Error::success();
  }

  Error record(LinkGraph &graph, const Block &block, const Edge &edge) {
    StringRef kind = graph.getEdgeKindName(edge.getKind());
    const Symbol &target = edge.getTarget();
    std::uint64_t address = target.getAddress().getValue();
    if (kind != "Pointer64") {
      // Between two places of the image, so in need of nothing (a 32-bit address of one would not have been in range).
      if (target.isDefined())
        return Error::success();
      return createStringError("it refers to " + (target.hasName() ? *target.getName() : StringRef("something")) +
                               " by a relocation " + kind);
    }
    std::uint64_t offset = block.getFixupAddress(edge).getValue() - imageAddress;
    if (target.isDefined())
      image.pointers.push_back({offset, -1, static_cast<std::int64_t>(address - imageAddress) + edge.getAddend()});
    else
      image.pointers.push_back(
          {offset, static_cast<std::int64_t>((address - outsideAddress) / outsideStep), edge.getAddend()});
    return Error::success();
  }

  CodeImage &image;
  ImageMemory memory;
  StringRef entry;
  Error &failure;
};

} // namespace

std::string linkable(StringRef name) {
  std::string safe = name.take_front(64).str();
  for (char &c : safe)
    if (!isAlnum(c) && c != '_' && c != '.')
      c = '_';
  return safe;
}

Expected<CodeImage> link(const MemoryBuffer &object, StringRef entry) {
  auto names = std::make_shared<orc::SymbolStringPool>();
  Expected<std::unique_ptr<LinkGraph>> graph = createLinkGraphFromObject(object.getMemBufferRef(), names);
  if (!graph)
    return graph.takeError();
  CodeImage image;
  Error failure = Error::success();
  jitlink::link(std::move(*graph), std::make_unique<Linking>(image, entry, failure));
  if (failure)
    return failure;
  return image;
}

} // namespace weft::jit

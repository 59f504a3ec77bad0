// A step of weft-lower-to-llvm for very large functions: each reduction has its lanes on the stack, and a thousand
// reductions, one after the other, would need a thousand times the room. Buffers of the same type whose uses do not
// overlap share it. Small functions are left alone: LLVM keeps their lanes in registers, and sharing would be in its
// way.
#include "dialect/Transforms/LowerToLLVM.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace weft {
namespace {

constexpr int64_t worthSharing = 64 << 10;

/// At most; what has no fixed size is rejected later.
int64_t bytesOf(MemRefType type) { return type.hasStaticShape() ? type.getNumElements() * 8 : 0; }

/// A buffer and the operations of its block within which all its uses lie.
struct Span {
  memref::AllocaOp buffer;
  Operation *first, *last;
};

/// Nothing for a buffer that is passed on, to a block argument for example: its uses cannot be seen.
std::optional<Span> spanOf(memref::AllocaOp buffer) {
  Span span{buffer, nullptr, buffer};
  for (Operation *user : buffer->getUsers()) {
    Operation *here = buffer->getBlock()->findAncestorOpInBlock(*user);
    if (!here || !isa<memref::LoadOp, memref::StoreOp>(user))
      return std::nullopt;
    if (!span.first || here->isBeforeInBlock(span.first))
      span.first = here;
    if (span.last->isBeforeInBlock(here))
      span.last = here;
  }
  return span.first ? std::optional(span) : std::nullopt;
}

} // namespace

void shareStackBuffers(Operation *function) {
  int64_t bytes = 0;
  llvm::MapVector<std::pair<Block *, Type>, SmallVector<Span>> groups;
  function->walk([&](memref::AllocaOp buffer) {
    bytes += bytesOf(buffer.getType());
    if (std::optional<Span> span = spanOf(buffer))
      groups[{buffer->getBlock(), buffer.getType()}].push_back(*span);
  });
  if (bytes < worthSharing)
    return;
  for (auto &[key, spans] : groups) {
    llvm::sort(spans,
               [](const Span &a, const Span &b) { return a.first != b.first && a.first->isBeforeInBlock(b.first); });
    SmallVector<Span *> kept;
    for (Span &span : spans) {
      auto free = llvm::find_if(kept, [&](Span *k) { return k->last->isBeforeInBlock(span.first); });
      if (free == kept.end()) {
        span.buffer->moveBefore(&key.first->front());
        kept.push_back(&span);
        continue;
      }
      (*free)->last = span.last;
      span.buffer.replaceAllUsesWith((*free)->buffer.getResult());
      span.buffer.erase();
    }
  }
}

} // namespace weft

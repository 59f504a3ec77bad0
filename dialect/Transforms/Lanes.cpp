// The accumulators of reductions in memory. LLVM's vectoriser makes vectors of the loops over lanes, and where their
// array is small it ends in registers.
#include "dialect/Transforms/Lanes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace weft {

Value LaneBuffers::get(Type element, int64_t size) {
  size = llvm::PowerOf2Ceil(size); // so that groups of like sizes share
  SmallVector<Value> &all = buffers[{element, size}];
  unsigned &next = taken[{element, size}];
  if (next == all.size()) {
    OpBuilder b = OpBuilder::atBlockBegin(&entry);
    all.push_back(memref::AllocaOp::create(b, b.getUnknownLoc(), MemRefType::get({size}, element),
                                           /*alignment=*/b.getI64IntegerAttr(64)));
  }
  return all[next++];
}

/// The fold of `fold` for values: absent lanes would hold the identity, which changes nothing.
Value Lanes::foldTree(Reduction &r, MutableArrayRef<Value> values) {
  for (size_t width = laneCount / 2, n = values.size(); width > 0; width /= 2) {
    for (size_t l = 0; l + width < n; ++l)
      values[l] = combine(r, values[l], values[l + width]);
    n = std::min(n, width);
  }
  return values[0];
}

Value Lanes::identity(Reduction &r) {
  ScalarBuilder s(e.b, e.loc);
  return r.op.buildIdentity(s);
}
Value Lanes::combine(Reduction &r, Value x, Value y) {
  ScalarBuilder s(e.b, r.op->getLoc());
  return r.op.buildCombine(s, x, y);
}
Value Lanes::input(Reduction &r, Value x) {
  ScalarBuilder s(e.b, r.op->getLoc());
  return r.op.buildInput(s, x);
}
Value Lanes::load(Value buffer, Value at) { return memref::LoadOp::create(e.b, e.loc, buffer, at); }
void Lanes::save(Value v, Value buffer, Value at) { memref::StoreOp::create(e.b, e.loc, v, buffer, at); }

/// Sets up for `width` accumulators side by side. Without separate lanes there is one, for combinations whose order is
/// free.
void Lanes::take(int64_t width, bool separateLanes, bool scratch) {
  columns = width;
  count = separateLanes ? laneCount : 1;
  // Threads share blocks where there is nothing else to share.
  bool anyOrder = exact && !(separateLanes && alone && GroupEmitter::mayShare(total));
  oneBlock = !scratch && (anyOrder || (total != openSize && total <= blockSize));
  for (Reduction &r : reductions) {
    r.lanes = pool.get(r.type, count * columns);
    if (!oneBlock)
      r.blocks = pool.get(r.type, laneCount * columns);
    if (scratch)
      r.scratch = pool.get(r.type, blockSize);
  }
}

void Lanes::fill(Buffer buffer, int64_t size) {
  Values identities = llvm::map_to_vector(reductions, [&](Reduction &r) { return identity(r); });
  e.loop(e.index(size), /*independent=*/true, [&](Value l) {
    for (auto [r, v] : llvm::zip(reductions, identities))
      save(v, r.*buffer, l);
  });
}

void Lanes::accumulate(Buffer buffer, Value at, llvm::function_ref<Value(Reduction &)> value) {
  for (Reduction &r : reductions) {
    Value v = value(r);
    save(combine(r, load(r.*buffer, at), v), r.*buffer, at);
  }
}

/// Lane l with lane l + width, for width 32, 16, 8, 4, 2, 1. A single column stops at 8 lanes, which `results` folds in
/// registers.
void Lanes::fold(Buffer buffer) {
  auto step = [&](Value width) {
    e.loop(width, /*independent=*/true,
           [&](Value at) { accumulate(buffer, at, [&](Reduction &r) { return load(r.*buffer, e.add(at, width)); }); });
  };
  if (columns == 1) {
    for (int64_t width : {32, 16, 8})
      step(e.index(width));
    return;
  }
  e.loop(e.index(6), /*independent=*/false,
         [&](Value k) { step(arith::ShRUIOp::create(e.b, e.loc, e.index(laneCount / 2 * columns), k)); });
}

/// The results in a folded buffer.
SmallVector<Value> Lanes::results(Buffer buffer, Value column) {
  return llvm::map_to_vector(reductions, [&](Reduction &r) {
    if (columns > 1 || count == 1)
      return load(r.*buffer, column);
    Values values;
    for (int64_t l = 0; l < 8; ++l)
      values.push_back(load(r.*buffer, e.index(l)));
    return foldTree(r, values);
  });
}

/// Reduces elements 0 to `elements`: `block` combines elements base to base + limit into the lanes. Gives the buffer
/// whose first lane has the results.
Lanes::Buffer Lanes::overBlocks(Value elements, Block block) {
  if (oneBlock) {
    fill(&Reduction::lanes, count * columns);
    block(e.index(0), elements);
    if (count > 1)
      fold(&Reduction::lanes);
    return &Reduction::lanes;
  }
  fill(&Reduction::blocks, laneCount * columns);
  auto combineBlock = [&](Value base, Value lane) {
    bool whole = total != openSize && total % blockSize == 0;
    fill(&Reduction::lanes, count * columns);
    block(base, whole ? e.index(blockSize) : e.min(e.sub(elements, base), e.index(blockSize)));
    fold(&Reduction::lanes);
    e.loop(e.index(columns), /*independent=*/true, [&](Value c) {
      Value at = e.add(e.mul(lane, e.index(columns)), c);
      for (auto [r, v] : llvm::zip(reductions, results(&Reduction::lanes, c)))
        save(combine(r, load(r.blocks, at), v), r.blocks, at);
    });
  };
  // Threads share the lanes that blocks are combined into.
  auto lanesBetween = [&](Value begin, Value end) {
    e.loop(e.index(0), elements, laneCount * blockSize, /*independent=*/false, [&](Value first) {
      Value left = e.div(e.add(e.sub(elements, first), e.index(blockSize - 1)), e.index(blockSize));
      e.loop(begin, e.min(end, left), 1, /*independent=*/false,
             [&](Value lane) { combineBlock(e.add(first, e.mul(lane, e.index(blockSize))), lane); });
    });
  };
  auto blocks = llvm::map_to_vector(reductions, [](Reduction &r) { return r.blocks; });
  if (!GroupEmitter::mayShare(total) ||
      !e.share(e.mul(elements, e.index(columns)), e.index(0), e.index(laneCount), 1, blocks, lanesBetween))
    e.loop(e.index(0), elements, blockSize, /*independent=*/false,
           [&](Value base) { combineBlock(base, e.rem(e.div(base, e.index(blockSize)), e.index(laneCount))); });
  fold(&Reduction::blocks);
  return &Reduction::blocks;
}

/// Combines elements base to base + limit into the lanes, where the columns of an element follow each other, so that
/// the elements of all lanes are one run. `input` takes a position in it.
void Lanes::reducePacked(Input input, Value base, Value limit) {
  Value width = e.index(count * columns);
  Value start = e.mul(base, e.index(columns)), size = e.mul(limit, e.index(columns));
  Value rest = e.rem(size, width), whole = e.sub(size, rest);
  auto lane = [&](Value first) {
    return [&, first](Value l) {
      accumulate(&Reduction::lanes, l, [&](Reduction &r) { return input(r, e.add(first, l)); });
    };
  };
  e.loop(e.index(0), whole, count * columns, /*independent=*/false,
         [&](Value j) { e.loop(width, /*independent=*/true, lane(e.add(start, j))); });
  e.loop(rest, /*independent=*/true, lane(e.add(start, whole)));
}

} // namespace weft

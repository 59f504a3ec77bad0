// The loops of groups that reduce. One order of combination, written down in docs/pipeline.md, holds for every shape and size:
// blocks of 4,096 elements, 64 lanes in a block, lanes folded as a tree, and the blocks combined in the same way. The loops differ
// in how they walk memory, not in the order. Combinations of integers are exact, so their blocks need not be kept apart.
#include "dialect/Transforms/GroupEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace weft {

Value LaneBuffers::get(Type element, int64_t size) {
  size = llvm::PowerOf2Ceil(size); // so that groups of like sizes share
  SmallVector<Value> &all = buffers[{element, size}];
  unsigned &next = taken[{element, size}];
  if (next == all.size()) {
    OpBuilder b = OpBuilder::atBlockBegin(&entry);
    all.push_back(memref::AllocaOp::create(b, b.getUnknownLoc(), MemRefType::get({size}, element), b.getI64IntegerAttr(64)));
  }
  return all[next++];
}

namespace {

constexpr int64_t laneCount = 64, blockSize = 4096;
constexpr int64_t openSize = ShapedType::kDynamic;

struct Reduction {
  ReductionOpInterface op;
  Value operand;
  Type type;                     // of an accumulated value
  SmallVector<unsigned> outputs; // which yielded values it is
  Value lanes, blocks, scratch;  // lane l, column c: element l * columns + c
};

class ReductionNest {
public:
  ReductionNest(GroupEmitter &e, LaneBuffers &lanes);
  SmallVector<Value> emit();

private:
  using Values = SmallVector<Value>;
  using Buffer = Value Reduction::*;
  using Input = llvm::function_ref<Value(Reduction &, Value)>;
  using Block = llvm::function_ref<void(Value, Value)>;

  bool fitsTree() const;
  void emitTrees();
  void emitRows();
  void emitColumns();
  void emitPackedColumns(ArrayRef<int64_t> trailing);
  void emitTiles(ArrayRef<int64_t> trailing, bool flat);
  void emitTile(ArrayRef<int64_t> trailing, bool flat, Value first, Value size, Values &indices);

  Buffer overBlocks(Value count, Block block);
  void reducePacked(Input input, Value base, Value limit);
  Value reduceUntilFound(Input input, Value count);
  void fillScratch(Value base, Value limit, MutableArrayRef<Value> indices);

  void take(int64_t columns, bool separateLanes, bool scratch);
  void fill(Buffer buffer, int64_t size);
  void accumulate(Buffer buffer, Value at, llvm::function_ref<Value(Reduction &)> value);
  void fold(Buffer buffer);
  Value foldTree(Reduction &r, MutableArrayRef<Value> values);
  Values results(Buffer buffer, Value column);

  Value identity(Reduction &r) {
    ScalarBuilder s(e.b, e.loc);
    return r.op.buildIdentity(s);
  }
  Value combine(Reduction &r, Value x, Value y) {
    ScalarBuilder s(e.b, r.op->getLoc());
    return r.op.buildCombine(s, x, y);
  }
  /// What is accumulated for an element of the operand.
  Value input(Reduction &r, Value x) {
    ScalarBuilder s(e.b, r.op->getLoc());
    return r.op.buildInput(s, x);
  }
  Value load(Value buffer, Value at) { return memref::LoadOp::create(e.b, e.loc, buffer, at); }
  void save(Value v, Value buffer, Value at) { memref::StoreOp::create(e.b, e.loc, v, buffer, at); }

  void finish(ArrayRef<Value> values, ArrayRef<Value> indices);
  int64_t extent(ArrayRef<int64_t> dims) const;
  bool allFlat() {
    return llvm::all_of(reductions, [&](Reduction &r) { return e.canFlatten(r.operand); });
  }

  GroupEmitter &e;
  LaneBuffers &pool;
  SmallVector<Reduction> reductions;
  Value shaped;                       // an operand: all have its shape
  SmallVector<int64_t> kept, reduced; // its dimensions
  int64_t rank, total;                // total: how many elements make one result, or openSize
  bool keepdims, exact;
  // Of the loops being written: accumulators side by side, lanes of them, and whether all elements are one block.
  int64_t columns = 1, lanes = laneCount;
  bool oneBlock = false;
  Values scalars;
};

ReductionNest::ReductionNest(GroupEmitter &e, LaneBuffers &pool) : e(e), pool(pool) {
  auto yielded = e.group.getBody().front().getTerminator()->getOperands();
  for (auto [k, v] : llvm::enumerate(yielded)) {
    auto op = v.getDefiningOp<ReductionOpInterface>();
    auto it = llvm::find_if(reductions, [&](Reduction &r) { return r.op == op; });
    if (it == reductions.end()) {
      reductions.push_back({op, op->getOperand(0), getElementTypeOrSelf(v.getType()), {}, {}, {}, {}});
      it = std::prev(reductions.end());
    }
    it->outputs.push_back(k);
  }
  scalars.resize(yielded.size());
  shaped = reductions.front().operand;
  rank = shapeOf(shaped.getType()).size();
  ArrayRef<int64_t> axes = reductions.front().op.getReducedAxes();
  for (int64_t d = 0; d < rank; ++d)
    (llvm::is_contained(axes, d) ? reduced : kept).push_back(d);
  keepdims = static_cast<int64_t>(shapeOf(yielded.front().getType()).size()) == rank;
  total = extent(reduced);
  exact = llvm::none_of(reductions, [](Reduction &r) { return isa<FloatType>(r.type); });
}

int64_t ReductionNest::extent(ArrayRef<int64_t> dims) const {
  int64_t product = 1;
  for (int64_t d : dims) {
    int64_t size = shapeOf(shaped.getType())[d];
    if (ShapedType::isDynamic(size))
      return openSize;
    product *= size;
  }
  return product;
}

SmallVector<Value> ReductionNest::emit() {
  pool.reset();
  if (fitsTree())
    emitTrees();
  else if (kept.empty() || kept.back() < reduced.back())
    emitRows();
  else
    emitColumns();
  llvm::erase(scalars, Value());
  return scalars;
}

/// One result of each reduction. Without a tensor to store it in it is the group's result.
void ReductionNest::finish(ArrayRef<Value> values, ArrayRef<Value> indices) {
  Values at;
  for (int64_t d = 0; d < rank; ++d)
    if (llvm::is_contained(kept, d))
      at.push_back(indices[d]);
    else if (keepdims)
      at.push_back(e.index(0));
  auto yielded = e.group.getBody().front().getTerminator()->getOperands();
  for (auto [r, v] : llvm::zip(reductions, values))
    for (unsigned k : r.outputs)
      if (isa<RankedTensorType>(yielded[k].getType()))
        e.store(k, v, at);
      else
        scalars[k] = v;
}

//===--- Few elements --------------------------------------------------------------------------------------------===//

/// Along contiguous elements a loop over lanes is better from 16 on; across rows the tree is vectorised over the columns.
bool ReductionNest::fitsTree() const {
  if (total == openSize || total > laneCount)
    return false;
  bool acrossRows = !kept.empty() && (reduced.empty() || kept.back() > reduced.back());
  int64_t operations = e.group.getBody().front().getOperations().size();
  return total <= 1 || (total <= (acrossRows ? laneCount : 16) && total * operations <= 512);
}

void ReductionNest::emitTrees() {
  Values indices(rank);
  e.nest(shaped, kept, indices, /*unroll=*/true, [&] {
    Values results;
    for (Reduction &r : reductions) {
      Values values{identity(r)};
      values.resize(std::max<int64_t>(total, 1), values[0]);
      for (int64_t n = 0; n < total; ++n) {
        e.delinearize(shaped, reduced, e.index(n), indices);
        values[n] = combine(r, values[n], input(r, e.element(r.operand, indices)));
      }
      results.push_back(foldTree(r, values));
    }
    finish(results, indices);
  });
}

/// The fold of `fold` for values: absent lanes would hold the identity, which changes nothing.
Value ReductionNest::foldTree(Reduction &r, MutableArrayRef<Value> values) {
  for (size_t width = laneCount / 2, n = values.size(); width > 0; width /= 2) {
    for (size_t l = 0; l + width < n; ++l)
      values[l] = combine(r, values[l], values[l + width]);
    n = std::min(n, width);
  }
  return values[0];
}

//===--- Lanes ---------------------------------------------------------------------------------------------------===//

/// Sets up for `count` accumulators side by side. Without separate lanes there is one, for combinations whose order is free.
void ReductionNest::take(int64_t count, bool separateLanes, bool scratch) {
  columns = count;
  lanes = separateLanes ? laneCount : 1;
  oneBlock = !scratch && (exact || (total != openSize && total <= blockSize));
  for (Reduction &r : reductions) {
    r.lanes = pool.get(r.type, lanes * columns);
    if (!oneBlock)
      r.blocks = pool.get(r.type, laneCount * columns);
    if (scratch)
      r.scratch = pool.get(r.type, blockSize);
  }
}

void ReductionNest::fill(Buffer buffer, int64_t size) {
  Values identities = llvm::map_to_vector(reductions, [&](Reduction &r) { return identity(r); });
  e.loop(e.index(size), /*independent=*/true, [&](Value l) {
    for (auto [r, v] : llvm::zip(reductions, identities))
      save(v, r.*buffer, l);
  });
}

void ReductionNest::accumulate(Buffer buffer, Value at, llvm::function_ref<Value(Reduction &)> value) {
  for (Reduction &r : reductions) {
    Value v = value(r);
    save(combine(r, load(r.*buffer, at), v), r.*buffer, at);
  }
}

/// Lane l with lane l + width, for width 32, 16, 8, 4, 2, 1. A single column stops at 8 lanes, which `results` folds in registers.
void ReductionNest::fold(Buffer buffer) {
  auto step = [&](Value width) {
    e.loop(width, /*independent=*/true, [&](Value at) {
      accumulate(buffer, at, [&](Reduction &r) { return load(r.*buffer, e.add(at, width)); });
    });
  };
  if (columns == 1) {
    for (int64_t width : {32, 16, 8})
      step(e.index(width));
    return;
  }
  e.loop(e.index(6), /*independent=*/false, [&](Value k) {
    step(arith::ShRUIOp::create(e.b, e.loc, e.index(laneCount / 2 * columns), k));
  });
}

/// The results in a folded buffer.
SmallVector<Value> ReductionNest::results(Buffer buffer, Value column) {
  return llvm::map_to_vector(reductions, [&](Reduction &r) {
    if (columns > 1 || lanes == 1)
      return load(r.*buffer, column);
    Values values;
    for (int64_t l = 0; l < 8; ++l)
      values.push_back(load(r.*buffer, e.index(l)));
    return foldTree(r, values);
  });
}

/// Reduces elements 0 to count: `block` combines elements base to base + limit into the lanes. Gives the buffer whose first lane
/// has the results.
ReductionNest::Buffer ReductionNest::overBlocks(Value count, Block block) {
  if (oneBlock) {
    fill(&Reduction::lanes, lanes * columns);
    block(e.index(0), count);
    if (lanes > 1)
      fold(&Reduction::lanes);
    return &Reduction::lanes;
  }
  fill(&Reduction::blocks, laneCount * columns);
  e.loop(e.index(0), count, blockSize, /*independent=*/false, [&](Value base) {
    bool whole = total != openSize && total % blockSize == 0;
    fill(&Reduction::lanes, lanes * columns);
    block(base, whole ? e.index(blockSize) : e.min(e.sub(count, base), e.index(blockSize)));
    fold(&Reduction::lanes);
    Value lane = e.rem(e.div(base, e.index(blockSize)), e.index(laneCount));
    e.loop(e.index(columns), /*independent=*/true, [&](Value c) {
      Value at = e.add(e.mul(lane, e.index(columns)), c);
      for (auto [r, v] : llvm::zip(reductions, results(&Reduction::lanes, c)))
        save(combine(r, load(r.blocks, at), v), r.blocks, at);
    });
  });
  fold(&Reduction::blocks);
  return &Reduction::blocks;
}

/// Combines elements base to base + limit into the lanes, where the columns of an element follow each other, so that the elements of
/// all lanes are one run. `input` takes a position in it.
void ReductionNest::reducePacked(Input input, Value base, Value limit) {
  Value width = e.index(lanes * columns);
  Value start = e.mul(base, e.index(columns)), size = e.mul(limit, e.index(columns));
  Value rest = e.rem(size, width), whole = e.sub(size, rest);
  auto lane = [&](Value first) {
    return [&, first](Value l) {
      accumulate(&Reduction::lanes, l, [&](Reduction &r) { return input(r, e.add(first, l)); });
    };
  };
  e.loop(e.index(0), whole, lanes * columns, /*independent=*/false, [&](Value j) {
    e.loop(width, /*independent=*/true, lane(e.add(start, j)));
  });
  e.loop(rest, /*independent=*/true, lane(e.add(start, whole)));
}

//===--- Along the last dimension --------------------------------------------------------------------------------===//

void ReductionNest::emitRows() {
  bool severalDims = reduced.size() > 1;
  bool suffix = reduced.front() == rank - static_cast<int64_t>(reduced.size());
  bool flat = severalDims && suffix && allFlat();
  bool scratch = severalDims && !flat;
  take(/*count=*/1, /*separateLanes=*/true, scratch);
  Reduction &first = reductions.front();
  bool early = reductions.size() == 1 && first.type.isInteger(1) && !scratch && e.isPlain(first.operand) &&
               (total == openSize || total > blockSize);
  Value count = e.count(shaped, reduced);
  Values indices(rank);
  e.nest(shaped, kept, indices, /*unroll=*/false, [&] {
    Value start = flat ? e.mul(e.linearize(shaped, kept, indices), count) : Value();
    auto element = [&](Reduction &r, Value n) -> Value {
      if (scratch)
        return load(r.scratch, n);
      if (flat)
        return input(r, e.flatElement(r.operand, e.add(start, n)));
      indices[reduced[0]] = n;
      return input(r, e.element(r.operand, indices));
    };
    if (early)
      return finish(reduceUntilFound(element, count), indices);
    Buffer folded = overBlocks(count, [&](Value base, Value limit) {
      if (scratch)
        fillScratch(base, limit, indices);
      reducePacked(element, scratch ? e.index(0) : base, limit);
    });
    finish(results(folded, e.index(0)), indices);
  });
}

/// any and all: a block that decides is the last.
Value ReductionNest::reduceUntilFound(Input input, Value count) {
  Reduction &r = reductions.front();
  OpBuilder &b = e.b;
  Value none = identity(r);
  Type types[] = {b.getIndexType(), r.type};
  auto loop = scf::WhileOp::create(b, e.loc, types, ValueRange{e.index(0), none});
  SmallVector<Location> locs(2, e.loc);
  e.enter(b.createBlock(&loop.getBefore(), {}, types, locs));
  Value base = loop.getBeforeArguments()[0], found = loop.getBeforeArguments()[1];
  Value more = arith::CmpIOp::create(b, e.loc, arith::CmpIPredicate::slt, base, count);
  Value undecided = arith::CmpIOp::create(b, e.loc, arith::CmpIPredicate::eq, found, none);
  scf::ConditionOp::create(b, e.loc, arith::AndIOp::create(b, e.loc, more, undecided), ValueRange{base, found});
  e.leave();
  {
    OpBuilder::InsertionGuard guard(b);
    b.createBlock(&loop.getAfter(), {}, types, locs);
  }
  e.enter(loop.getAfterBody());
  base = loop.getAfterArguments()[0], found = loop.getAfterArguments()[1];
  fill(&Reduction::lanes, lanes);
  reducePacked(input, base, e.min(e.sub(count, base), e.index(blockSize)));
  fold(&Reduction::lanes);
  Value next = combine(r, found, results(&Reduction::lanes, e.index(0)).front());
  scf::YieldOp::create(b, e.loc, ValueRange{e.add(base, e.index(blockSize)), next});
  e.leave();
  return loop.getResult(1);
}

/// Computes a block of the operands where several reduced dimensions cannot be walked as one: row by row, so that positions are divided
/// once for a row and not for an element.
void ReductionNest::fillScratch(Value base, Value limit, MutableArrayRef<Value> indices) {
  ArrayRef<int64_t> leading = ArrayRef(reduced).drop_back();
  Value length = e.dim(shaped, reduced.back()), end = e.add(base, limit);
  Value firstRow = e.div(base, length), rows = e.div(e.sub(e.add(end, length), e.index(1)), length);
  e.loop(firstRow, rows, 1, /*independent=*/true, [&](Value row) {
    e.delinearize(shaped, leading, row, indices);
    Value start = e.mul(row, length);
    Value from = e.max(e.sub(base, start), e.index(0)), to = e.min(e.sub(end, start), length);
    e.loop(from, to, 1, /*independent=*/true, [&](Value i) {
      indices[reduced.back()] = i;
      for (Reduction &r : reductions)
        save(input(r, e.element(r.operand, indices)), r.scratch, e.sub(e.add(start, i), base));
    });
  });
}

//===--- Across rows ---------------------------------------------------------------------------------------------===//

void ReductionNest::emitColumns() {
  auto trailing = llvm::to_vector(llvm::seq<int64_t>(reduced.back() + 1, rank));
  bool flat = allFlat();
  bool oneRun = reduced.back() - reduced.front() + 1 == static_cast<int64_t>(reduced.size());
  int64_t width = extent(trailing);
  if (flat && oneRun && width != openSize && width <= 16)
    emitPackedColumns(trailing);
  else
    emitTiles(trailing, flat);
}

/// Few columns: rows follow each other in memory, so 64 rows are one run of accumulators.
void ReductionNest::emitPackedColumns(ArrayRef<int64_t> trailing) {
  take(extent(trailing), /*separateLanes=*/true, /*scratch=*/false);
  auto leading = llvm::to_vector(llvm::seq<int64_t>(0, reduced.front()));
  Value count = e.count(shaped, reduced);
  Values indices(rank);
  e.nest(shaped, leading, indices, /*unroll=*/false, [&] {
    Value start = e.mul(e.mul(e.linearize(shaped, leading, indices), count), e.index(columns));
    auto element = [&](Reduction &r, Value n) { return input(r, e.flatElement(r.operand, e.add(start, n))); };
    Buffer folded = overBlocks(count, [&](Value base, Value limit) { reducePacked(element, base, limit); });
    e.nest(shaped, trailing, indices, /*unroll=*/true, [&] {
      finish(results(folded, e.linearize(shaped, trailing, indices)), indices);
    });
  });
}

/// Tiles of columns: wide enough for memory to be read in long runs, so narrow that their accumulators stay in the caches.
void ReductionNest::emitTiles(ArrayRef<int64_t> trailing, bool flat) {
  constexpr int64_t tileBytes = 65536;
  int64_t bytes = 1, width = extent(flat ? trailing : trailing.take_back());
  for (Reduction &r : reductions)
    bytes = std::max<int64_t>(bytes, r.type.getIntOrFloatBitWidth() / 8);
  int64_t most = tileBytes / bytes / (exact ? 1 : laneCount) / llvm::PowerOf2Ceil(reductions.size());
  most = std::max<int64_t>(most, 16);
  take(width == openSize ? most : std::clamp<int64_t>(width, 1, most), /*separateLanes=*/!exact, /*scratch=*/false);

  auto outer = llvm::to_vector(llvm::make_filter_range(
      kept, [&](int64_t d) { return d < trailing.front() || (!flat && d != trailing.back()); }));
  Value wide = e.count(shaped, flat ? trailing : trailing.take_back());
  Value whole = e.sub(wide, e.rem(wide, e.index(columns)));
  Values indices(rank);
  e.nest(shaped, outer, indices, /*unroll=*/false, [&] {
    e.loop(e.index(0), whole, columns, /*independent=*/true,
           [&](Value first) { emitTile(trailing, flat, first, e.index(columns), indices); });
    e.loop(whole, wide, columns, /*independent=*/true,
           [&](Value first) { emitTile(trailing, flat, first, e.sub(wide, first), indices); });
  });
}

/// Columns first to first + size. The rows of a lane follow each other, so that its accumulators can stay in registers.
void ReductionNest::emitTile(ArrayRef<int64_t> trailing, bool flat, Value first, Value size, Values &indices) {
  auto before = llvm::to_vector(llvm::seq<int64_t>(0, trailing.front()));
  auto row = [&](Value lane, Value row) {
    e.delinearize(shaped, reduced, row, indices);
    Value start =
        flat ? e.add(e.mul(e.linearize(shaped, before, indices), e.count(shaped, trailing)), first) : Value();
    e.loop(size, /*independent=*/true, [&](Value c) {
      indices[trailing.back()] = flat ? Value() : e.add(first, c);
      accumulate(&Reduction::lanes, e.add(lane, c), [&](Reduction &r) {
        return input(r, flat ? e.flatElement(r.operand, e.add(start, c)) : e.element(r.operand, indices));
      });
    });
  };
  Buffer folded = overBlocks(e.count(shaped, reduced), [&](Value base, Value limit) {
    Value end = e.add(base, limit);
    e.loop(e.index(lanes), /*independent=*/false, [&](Value l) {
      Value lane = e.mul(l, e.index(columns));
      e.loop(e.add(base, l), end, lanes, /*independent=*/false, [&](Value r) { row(lane, r); });
    });
  });
  e.loop(size, /*independent=*/true, [&](Value c) {
    indices[trailing.back()] = e.add(first, c);
    if (flat && trailing.size() > 1)
      e.delinearize(shaped, trailing, e.add(first, c), indices);
    finish(results(folded, c), indices);
  });
}

} // namespace

SmallVector<Value> emitReductions(GroupEmitter &e, LaneBuffers &lanes) { return ReductionNest(e, lanes).emit(); }

} // namespace weft

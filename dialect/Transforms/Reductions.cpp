// The loops of groups that reduce. One order of combination, written down in docs/pipeline.md, holds for every shape and size:
// blocks of 4,096 elements, 64 lanes in a block, lanes folded as a tree, and the blocks combined in the same way. The loops differ
// in how they walk memory, not in the order. Combinations of integers are exact, so their blocks need not be kept apart.
#include "dialect/Transforms/Lanes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace weft {

namespace {

class ReductionNest {
public:
  ReductionNest(GroupEmitter &e, LaneBuffers &buffers);
  SmallVector<Value> emit();

private:
  using Values = SmallVector<Value>;

  bool fitsTree() const;
  void emitTrees();
  void emitRows();
  void emitColumns();
  void emitPackedColumns(ArrayRef<int64_t> trailing);
  void emitTiles(ArrayRef<int64_t> trailing, bool flat);
  void emitTile(ArrayRef<int64_t> trailing, bool flat, Value first, Value size, Values &indices);
  Value reduceUntilFound(Lanes::Input input, Value count);
  void fillScratch(Value base, Value limit, MutableArrayRef<Value> indices);

  void finish(ArrayRef<Value> values, ArrayRef<Value> indices);
  int64_t extent(ArrayRef<int64_t> dims) const;
  bool allFlat() {
    return llvm::all_of(lanes.reductions, [&](Reduction &r) { return e.canFlatten(r.operand); });
  }

  GroupEmitter &e;
  Lanes lanes;
  Value shaped;                       // an operand: all have its shape
  SmallVector<int64_t> kept, reduced; // its dimensions
  int64_t rank, total;                // total: how many elements make one result, or openSize
  bool keepdims;
  Values scalars;
};

ReductionNest::ReductionNest(GroupEmitter &e, LaneBuffers &buffers) : e(e), lanes(e, buffers) {
  SmallVector<Reduction> &reductions = lanes.reductions;
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
  total = lanes.total = extent(reduced);
  lanes.alone = extent(kept) == 1;
  lanes.exact = llvm::none_of(reductions, [](Reduction &r) { return isa<FloatType>(r.type); });
}

int64_t ReductionNest::extent(ArrayRef<int64_t> dims) const {
  int64_t product = 1;
  for (int64_t d : dims) {
    int64_t size = shapeOf(shaped.getType())[d];
    if (ShapedType::isDynamic(size))
      return openSize;
    product = saturatingProduct(product, size);
  }
  return product;
}

SmallVector<Value> ReductionNest::emit() {
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
  for (auto [r, v] : llvm::zip(lanes.reductions, values))
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
  e.sharedNest(shaped, kept, indices, /*unroll=*/true, [&] {
    Values results;
    for (Reduction &r : lanes.reductions) {
      Values values{lanes.identity(r)};
      values.resize(std::max<int64_t>(total, 1), values[0]);
      for (int64_t n = 0; n < total; ++n) {
        e.delinearize(shaped, reduced, e.index(n), indices);
        values[n] = lanes.combine(r, values[n], lanes.input(r, e.element(r.operand, indices)));
      }
      results.push_back(lanes.foldTree(r, values));
    }
    finish(results, indices);
  });
}

//===--- Along the last dimension --------------------------------------------------------------------------------===//

void ReductionNest::emitRows() {
  bool severalDims = reduced.size() > 1;
  bool suffix = reduced.front() == rank - static_cast<int64_t>(reduced.size());
  bool flat = severalDims && suffix && allFlat();
  bool scratch = severalDims && !flat;
  lanes.take(/*width=*/1, /*separateLanes=*/true, scratch);
  Reduction &first = lanes.reductions.front();
  bool early = lanes.reductions.size() == 1 && first.type.isInteger(1) && !scratch && e.isPlain(first.operand) &&
               (total == openSize || total > blockSize);
  Value count = e.count(shaped, reduced);
  Values indices(rank);
  e.sharedNest(shaped, kept, indices, /*unroll=*/false, [&] {
    Value start = flat ? e.mul(e.linearize(shaped, kept, indices), count) : Value();
    auto element = [&](Reduction &r, Value n) -> Value {
      if (scratch)
        return lanes.load(r.scratch, n);
      if (flat)
        return lanes.input(r, e.flatElement(r.operand, e.add(start, n)));
      indices[reduced[0]] = n;
      return lanes.input(r, e.element(r.operand, indices));
    };
    if (early)
      return finish(reduceUntilFound(element, count), indices);
    Lanes::Buffer folded = lanes.overBlocks(count, [&](Value base, Value limit) {
      if (scratch)
        fillScratch(base, limit, indices);
      lanes.reducePacked(element, scratch ? e.index(0) : base, limit);
    });
    finish(lanes.results(folded, e.index(0)), indices);
  });
}

/// any and all: a block that decides is the last.
Value ReductionNest::reduceUntilFound(Lanes::Input input, Value count) {
  Reduction &r = lanes.reductions.front();
  OpBuilder &b = e.b;
  Value none = lanes.identity(r);
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
  lanes.fill(&Reduction::lanes, laneCount);
  lanes.reducePacked(input, base, e.min(e.sub(count, base), e.index(blockSize)));
  lanes.fold(&Reduction::lanes);
  Value next = lanes.combine(r, found, lanes.results(&Reduction::lanes, e.index(0)).front());
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
      for (Reduction &r : lanes.reductions)
        lanes.save(lanes.input(r, e.element(r.operand, indices)), r.scratch, e.sub(e.add(start, i), base));
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
  lanes.take(extent(trailing), /*separateLanes=*/true, /*scratch=*/false);
  auto leading = llvm::to_vector(llvm::seq<int64_t>(0, reduced.front()));
  Value count = e.count(shaped, reduced);
  Values indices(rank);
  e.sharedNest(shaped, leading, indices, /*unroll=*/false, [&] {
    Value start = e.mul(e.mul(e.linearize(shaped, leading, indices), count), e.index(lanes.columns));
    auto element = [&](Reduction &r, Value n) { return lanes.input(r, e.flatElement(r.operand, e.add(start, n))); };
    Lanes::Buffer folded =
        lanes.overBlocks(count, [&](Value base, Value limit) { lanes.reducePacked(element, base, limit); });
    e.nest(shaped, trailing, indices, /*unroll=*/true, [&] {
      finish(lanes.results(folded, e.linearize(shaped, trailing, indices)), indices);
    });
  });
}

/// Tiles of columns: wide enough for memory to be read in long runs, so narrow that their accumulators stay in the caches.
void ReductionNest::emitTiles(ArrayRef<int64_t> trailing, bool flat) {
  constexpr int64_t tileBytes = 65536;
  int64_t bytes = 1, width = extent(flat ? trailing : trailing.take_back());
  for (Reduction &r : lanes.reductions)
    bytes = std::max<int64_t>(bytes, r.type.getIntOrFloatBitWidth() / 8);
  int64_t most = tileBytes / bytes / (lanes.exact ? 1 : laneCount) / llvm::PowerOf2Ceil(lanes.reductions.size());
  most = std::max<int64_t>(most, 16);
  lanes.take(width == openSize ? most : std::clamp<int64_t>(width, 1, most), /*separateLanes=*/!lanes.exact,
             /*scratch=*/false);

  auto outer = llvm::to_vector(llvm::make_filter_range(
      kept, [&](int64_t d) { return d < trailing.front() || (!flat && d != trailing.back()); }));
  Value wide = e.count(shaped, flat ? trailing : trailing.take_back());
  Value whole = e.sub(wide, e.rem(wide, e.index(lanes.columns)));
  Values indices(rank);
  e.sharedNest(shaped, outer, indices, /*unroll=*/false, [&] {
    e.sharedLoop(shaped, e.index(0), whole, lanes.columns,
                 [&](Value first) { emitTile(trailing, flat, first, e.index(lanes.columns), indices); });
    e.loop(whole, wide, lanes.columns, /*independent=*/true,
           [&](Value first) { emitTile(trailing, flat, first, e.sub(wide, first), indices); });
  });
}

/// Columns first to first + size. The rows of a lane follow each other, so that its accumulators can stay in registers.
void ReductionNest::emitTile(ArrayRef<int64_t> trailing, bool flat, Value first, Value size, Values &indices) {
  auto before = llvm::to_vector(llvm::seq<int64_t>(0, trailing.front()));
  // Where nothing but reading takes time, several rows of a lane are taken at once: rows of one lane are far apart, and a run of one row
  // is over before it is foreseen.
  bool reads = flat && llvm::all_of(lanes.reductions, [](Reduction &r) { return isa<BlockArgument>(r.operand); });
  int64_t together = reads && (total == openSize || total >= 8 * lanes.count) ? 8 : 1;
  auto rowsOfLane = [&](Value lane, Value row, int64_t several) {
    Values starts;
    for (int64_t k = 0; k < several; ++k) {
      e.delinearize(shaped, reduced, e.add(row, e.index(k * lanes.count)), indices);
      if (flat)
        starts.push_back(e.add(e.mul(e.linearize(shaped, before, indices), e.count(shaped, trailing)), first));
    }
    e.loop(size, /*independent=*/true, [&](Value c) {
      if (!flat)
        indices[trailing.back()] = e.add(first, c);
      for (Reduction &r : lanes.reductions) {
        Value at = e.add(lane, c), sum = lanes.load(r.lanes, at);
        for (int64_t k = 0; k < several; ++k) {
          Value x = flat ? e.flatElement(r.operand, e.add(starts[k], c)) : e.element(r.operand, indices);
          sum = lanes.combine(r, sum, lanes.input(r, x));
        }
        lanes.save(sum, r.lanes, at);
      }
    });
  };
  Lanes::Buffer folded = lanes.overBlocks(e.count(shaped, reduced), [&](Value base, Value limit) {
    Value end = e.add(base, limit), width = e.index(together * lanes.count);
    Value whole = together > 1 ? e.sub(limit, e.rem(limit, width)) : e.index(0);
    e.loop(e.index(lanes.count), /*independent=*/false, [&](Value l) {
      Value lane = e.mul(l, e.index(lanes.columns)), firstRow = e.add(base, l), rest = e.add(firstRow, whole);
      if (together > 1)
        e.loop(firstRow, rest, together * lanes.count, /*independent=*/false,
               [&](Value r) { rowsOfLane(lane, r, together); });
      e.loop(rest, end, lanes.count, /*independent=*/false, [&](Value r) { rowsOfLane(lane, r, 1); });
    });
  });
  e.loop(size, /*independent=*/true, [&](Value c) {
    indices[trailing.back()] = e.add(first, c);
    if (flat && trailing.size() > 1)
      e.delinearize(shaped, trailing, e.add(first, c), indices);
    finish(lanes.results(folded, c), indices);
  });
}

} // namespace

SmallVector<Value> emitReductions(GroupEmitter &e, LaneBuffers &buffers) { return ReductionNest(e, buffers).emit(); }

} // namespace weft

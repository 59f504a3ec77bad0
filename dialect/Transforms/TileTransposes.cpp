// weft-tile-transposes: where the innermost loop of a nest walks down a column of a buffer, whole tiles of that buffer
// are transposed in registers, and the elements are read from the tile. A column read alone takes a cache line for each
// element.
//
// for i, for j: out[i, j] = f(x[j, i], ...)  becomes  for blocks of i, for tiles of j, for tiles of i: tile = x[j..,
// i..] transposed; for i, j of the tile: out[i, j] = f(tile[i, j], ...); what is left of both sides goes one by one. A
// block's part of a row of x is a few lines, which the next tile finds in the cache and the processor's prefetching
// foresees.
#include "dialect/Transforms/Groups.h"
#include "dialect/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Pass/Pass.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_TILETRANSPOSESPASS
#include "dialect/Transforms/Passes.h.inc"
namespace {

/// Elements along a block: of 4096 x 4096 float32, a quarter faster than 64 and than whole rows.
constexpr int64_t blockSize = 256;

/// A line of the cache of wide elements, and no more than 16 of others: so many vectors are in registers.
int64_t tileSizeOf(Type element) { return element.getIntOrFloatBitWidth() > 32 ? 8 : 16; }

/// Rows of `n` vectors transposed, n a power of two: each stage lays the elements of rows k and k + n / 2 in turns.
void transpose(OpBuilder &b, Location loc, SmallVector<Value> &rows) {
  int64_t n = rows.size();
  SmallVector<int64_t> low, high;
  for (int64_t k = 0; k < n; ++k) {
    low.push_back(k / 2 + (k % 2) * n);
    high.push_back(k / 2 + (k % 2) * n + n / 2);
  }
  for (int64_t stage = 1; stage < n; stage *= 2) {
    SmallVector<Value> next;
    for (int64_t k = 0; k < n / 2; ++k) {
      next.push_back(vector::ShuffleOp::create(b, loc, rows[k], rows[k + n / 2], low));
      next.push_back(vector::ShuffleOp::create(b, loc, rows[k], rows[k + n / 2], high));
    }
    rows = std::move(next);
  }
}

/// Loops one in the other, of independent turns, of which the innermost alone has effects.
class Nest {
public:
  explicit Nest(scf::ForOp innermost) : inner(innermost) { loops.push_back(innermost); }

  /// Finds the nest around the innermost loop, and what is read down columns; false where that is nothing, or order
  /// matters.
  bool prepare() {
    if (!isPlain(inner) || !llvm::all_of(*inner.getBody(), [](Operation &op) {
          return isa<memref::LoadOp, memref::StoreOp>(op) || isComputation(op) || op.hasTrait<OpTrait::IsTerminator>();
        }))
      return false;
    auto loads = llvm::to_vector(inner.getBody()->getOps<memref::LoadOp>());
    if (llvm::none_of(loads, [&](memref::LoadOp load) { return walksColumn(load); }))
      return false;
    // Outwards, as far as the bounds of what is inside do not depend on the turn.
    while (auto around = dyn_cast<scf::ForOp>(loops.back()->getParentOp())) {
      bool fits =
          isPlain(around) &&
          llvm::all_of(*around.getBody(),
                       [&](Operation &op) {
                         return &op == loops.back() || isComputation(op) || op.hasTrait<OpTrait::IsTerminator>();
                       }) &&
          llvm::all_of(loops, [&](scf::ForOp loop) {
            return llvm::all_of(loop->getOperands(), [&](Value v) { return around.isDefinedOutsideOfLoop(v); });
          });
      if (!fits)
        break;
      loops.push_back(around);
    }
    for (memref::LoadOp load : loads)
      if (walksColumn(load))
        addColumns(load);
    return !columns.empty() && isIndependent() && mayFillTile(inner) && mayFillTile(outer);
  }

  void tile() {
    OpBuilder b(outer);
    loc = inner.getLoc();
    size = tileSizeOf(columns.front().getType());
    Value width = index(b, size);
    auto whole = [&](scf::ForOp loop) {
      Value turns = b.createOrFold<arith::SubIOp>(loc, loop.getUpperBound(), loop.getLowerBound());
      turns = b.createOrFold<arith::MaxSIOp>(loc, turns, index(b, 0));
      Value rest = b.createOrFold<arith::RemUIOp>(loc, turns, width);
      return b.createOrFold<arith::AddIOp>(loc, loop.getLowerBound(), b.createOrFold<arith::SubIOp>(loc, turns, rest));
    };
    Value outerEnd = whole(outer), innerEnd = whole(inner);
    Block &entry = taskOf(outer);
    OpBuilder atEntry = OpBuilder::atBlockBegin(&entry);
    for (memref::LoadOp load : columns)
      tiles.push_back(memref::AllocaOp::create(atEntry, loc, MemRefType::get({size * size}, load.getType()),
                                               b.getI64IntegerAttr(64)));

    auto blocks = scf::ForOp::create(b, loc, outer.getLowerBound(), outerEnd, index(b, blockSize));
    b.setInsertionPointToStart(blocks.getBody());
    Value begin = blocks.getInductionVar();
    Value end = arith::MinSIOp::create(b, loc, arith::AddIOp::create(b, loc, begin, index(b, blockSize)), outerEnd);
    IRMapping turn;
    for (scf::ForOp between : llvm::reverse(ArrayRef(loops).slice(1, outerAt - 1))) { // from the outside to the inside
      auto loop = scf::ForOp::create(b, loc, between.getLowerBound(), between.getUpperBound(), between.getStep());
      turn.map(between.getInductionVar(), loop.getInductionVar());
      b.setInsertionPointToStart(loop.getBody());
    }

    auto downwards = scf::ForOp::create(b, loc, inner.getLowerBound(), innerEnd, width);
    OpBuilder at = OpBuilder::atBlockBegin(downwards.getBody());
    auto across = scf::ForOp::create(at, loc, begin, end, width);
    at.setInsertionPointToStart(across.getBody());
    Value i = across.getInductionVar(), j = downwards.getInductionVar();
    for (auto [load, tile] : llvm::zip(columns, tiles))
      fill(at, load, tile, turn, i, j);
    elements(at, turn, i, arith::AddIOp::create(at, loc, i, width), j, arith::AddIOp::create(at, loc, j, width),
             [&](OpBuilder &in, IRMapping &mapping, Value row, Value column) {
               Value place = arith::MulIOp::create(in, loc, arith::SubIOp::create(in, loc, row, i), width);
               place = arith::AddIOp::create(in, loc, place, arith::SubIOp::create(in, loc, column, j));
               for (auto [load, tile] : llvm::zip(columns, tiles))
                 mapping.map(load.getResult(), memref::LoadOp::create(in, loc, tile, place));
             });
    elements(b, turn, begin, end, innerEnd, inner.getUpperBound(), [](OpBuilder &, IRMapping &, Value, Value) {});
    outer.setLowerBound(outerEnd);
  }

private:
  static bool isComputation(Operation &op) { return isMemoryEffectFree(&op) && op.getNumRegions() == 0; }
  static bool isPlain(scf::ForOp loop) {
    return loop.getNumResults() == 0 && getConstantIntValue(loop.getStep()) == 1 &&
           loop.getInductionVar().getType().isIndex();
  }
  static Value index(OpBuilder &b, int64_t v) { return arith::ConstantIndexOp::create(b, b.getUnknownLoc(), v); }
  /// Where what the turns of a weft.parallel, or the function, have on the stack is made.
  static Block &taskOf(Operation *op) {
    while (!isa<ParallelOp, func::FuncOp>(op))
      op = op->getParentOp();
    return op->getRegion(0).front();
  }

  bool isInside(Value v) { return !loops.back().isDefinedOutsideOfLoop(v); }
  /// The innermost loop moves along a dimension that is not the last.
  bool walksColumn(memref::LoadOp load) {
    ValueRange indices = load.getIndices();
    return indices.size() > 1 && llvm::is_contained(indices.drop_back(), inner.getInductionVar()) &&
           indices.back() != inner.getInductionVar() && load.getMemRefType().getLayout().isIdentity() &&
           load.getType().isIntOrFloat() && !load.getType().isInteger(1);
  }

  /// Keeps a load whose last index is a loop's of the nest, the same one's for all, and whose others are of the nest's
  /// loops or from outside: so that a tile of it can be read.
  void addColumns(memref::LoadOp load) {
    auto at = llvm::find_if(loops, [&](scf::ForOp loop) { return loop.getInductionVar() == load.getIndices().back(); });
    if (at == loops.end() || (outer && *at != outer))
      return;
    if (!columns.empty() && tileSizeOf(columns.front().getType()) != tileSizeOf(load.getType()))
      return;
    bool simple = llvm::count(load.getIndices(), inner.getInductionVar()) == 1 &&
                  llvm::count(load.getIndices(), load.getIndices().back()) == 1 &&
                  llvm::all_of(load.getIndices(), [&](Value v) { return !isInside(v) || isTurn(v); });
    if (!simple)
      return;
    outer = *at;
    outerAt = at - loops.begin();
    columns.push_back(load);
  }
  bool isTurn(Value v) {
    return llvm::any_of(loops, [&](scf::ForOp loop) { return loop.getInductionVar() == v; });
  }
  /// The loop's variable that an index of a store moves with.
  Value movedBy(Value v) {
    if (auto sum = v.getDefiningOp<arith::AddIOp>(); sum && !isTurn(v))
      return isInside(sum.getRhs()) ? (isInside(sum.getLhs()) ? Value() : sum.getRhs()) : sum.getLhs();
    return v;
  }

  bool mayFillTile(scf::ForOp loop) {
    std::optional<int64_t> from = getConstantIntValue(loop.getLowerBound()),
                           to = getConstantIntValue(loop.getUpperBound());
    return !from || !to || *to - *from >= tileSizeOf(columns.front().getType());
  }

  /// Whether every turn of the nest writes elements of its own, and reads none that another turn writes.
  bool isIndependent() {
    bool good = true;
    llvm::SmallDenseMap<Value, memref::StoreOp> written;
    for (auto store : inner.getBody()->getOps<memref::StoreOp>()) {
      good &= written.try_emplace(rootOf(store.getMemref()), store).second;
      for (scf::ForOp loop : loops)
        good &= llvm::any_of(store.getIndices(), [&](Value v) { return movedBy(v) == loop.getInductionVar(); });
    }
    for (auto load : inner.getBody()->getOps<memref::LoadOp>())
      if (auto it = written.find(rootOf(load.getMemref())); it != written.end())
        good &= it->second.getMemref() == load.getMemref() && it->second.getIndices() == load.getIndices();
    return good;
  }

  /// Reads the tile at (i, j) of what the load reads, and stores it transposed.
  void fill(OpBuilder &at, memref::LoadOp load, Value tile, const IRMapping &turn, Value i, Value j) {
    auto type = VectorType::get({size}, load.getType());
    SmallVector<Value> rows;
    for (int64_t k = 0; k < size; ++k) {
      SmallVector<Value> indices;
      for (Value v : load.getIndices())
        if (v == inner.getInductionVar())
          indices.push_back(arith::AddIOp::create(at, loc, j, index(at, k)));
        else
          indices.push_back(v == outer.getInductionVar() ? i : turn.lookupOrDefault(v));
      rows.push_back(vector::LoadOp::create(at, loc, type, load.getMemref(), indices));
    }
    transpose(at, loc, rows);
    for (int64_t k = 0; k < size; ++k)
      vector::StoreOp::create(at, loc, rows[k], tile, index(at, k * size));
  }

  /// The elements of a box, one by one; `before` gives what is there already.
  template <class Before>
  void elements(OpBuilder &b, IRMapping mapping, Value fromI, Value toI, Value fromJ, Value toJ, Before before) {
    Value one = index(b, 1);
    auto rows = scf::ForOp::create(b, loc, fromI, toI, one);
    OpBuilder in = OpBuilder::atBlockBegin(rows.getBody());
    auto row = scf::ForOp::create(in, loc, fromJ, toJ, one);
    row->setDiscardableAttrs(inner->getDiscardableAttrDictionary());
    in.setInsertionPointToStart(row.getBody());
    mapping.map(outer.getInductionVar(), rows.getInductionVar());
    mapping.map(inner.getInductionVar(), row.getInductionVar());
    before(in, mapping, rows.getInductionVar(), row.getInductionVar());
    for (scf::ForOp loop : llvm::reverse(ArrayRef(loops).take_front(outerAt + 1)))
      for (Operation &op : loop.getBody()->without_terminator())
        if (!isa<scf::ForOp>(op) && !(op.getNumResults() == 1 && mapping.contains(op.getResult(0))))
          in.clone(op, mapping);
  }

  scf::ForOp inner, outer;       // outer: along the last dimension of what is read down columns
  SmallVector<scf::ForOp> loops; // from the inside to the outside
  ptrdiff_t outerAt = 0;
  SmallVector<memref::LoadOp> columns;
  SmallVector<Value> tiles;
  int64_t size = 0;
  Location loc = inner.getLoc();
};

struct TileTransposesPass : impl::TileTransposesPassBase<TileTransposesPass> {
  void runOnOperation() override {
    SmallVector<scf::ForOp> innermost;
    getOperation().walk([&](scf::ForOp loop) {
      if (loop.getBody()->getOps<scf::ForOp>().empty())
        innermost.push_back(loop);
    });
    for (scf::ForOp loop : innermost)
      if (Nest nest(loop); nest.prepare()) {
        nest.tile();
        ++tiled;
      }
  }
};

} // namespace
} // namespace weft

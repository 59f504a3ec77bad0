// The order of reductions (docs/pipeline.md) as code: 64 lanes of accumulators, blocks of 4,096 elements, and how both are folded.
// Reductions.cpp decides in which loops the elements are walked.
#pragma once
#include "dialect/Transforms/GroupEmitter.h"

namespace weft {

inline constexpr int64_t laneCount = 64, blockSize = 4096;
inline constexpr int64_t openSize = mlir::ShapedType::kDynamic;

/// Accumulators on the stack, shared by the groups of a function.
class LaneBuffers {
public:
  explicit LaneBuffers(mlir::Block &entry) : entry(entry) {}
  /// Room for `size` accumulators on the stack. Each call for one group gives another buffer; `reset` starts again.
  mlir::Value get(mlir::Type element, int64_t size);
  void reset() { taken.clear(); }

private:
  mlir::Block &entry;
  using Key = std::pair<mlir::Type, int64_t>;
  llvm::DenseMap<Key, llvm::SmallVector<mlir::Value>> buffers;
  llvm::DenseMap<Key, unsigned> taken;
};

/// One reduction of a group.
struct Reduction {
  ReductionOpInterface op;
  mlir::Value operand;
  mlir::Type type;                     // of an accumulated value
  llvm::SmallVector<unsigned> outputs; // which yielded values it is
  mlir::Value lanes, blocks, scratch;  // lane l, column c: element l * columns + c
};

class Lanes {
public:
  using Values = llvm::SmallVector<mlir::Value>;
  using Buffer = mlir::Value Reduction::*;
  /// What is accumulated for an element, by its number.
  using Input = llvm::function_ref<mlir::Value(Reduction &, mlir::Value)>;
  using Block = llvm::function_ref<void(mlir::Value base, mlir::Value limit)>;

  Lanes(GroupEmitter &e, LaneBuffers &buffers) : e(e), pool(buffers) { pool.reset(); }

  void take(int64_t width, bool separateLanes, bool scratch);
  Buffer overBlocks(mlir::Value elements, Block block);
  void reducePacked(Input input, mlir::Value base, mlir::Value limit);
  Values results(Buffer buffer, mlir::Value column);
  mlir::Value foldTree(Reduction &r, llvm::MutableArrayRef<mlir::Value> values);

  void fill(Buffer buffer, int64_t size);
  void accumulate(Buffer buffer, mlir::Value at, llvm::function_ref<mlir::Value(Reduction &)> value);
  void fold(Buffer buffer);

  mlir::Value identity(Reduction &r);
  mlir::Value combine(Reduction &r, mlir::Value x, mlir::Value y);
  /// What is accumulated for an element of the operand.
  mlir::Value input(Reduction &r, mlir::Value x);
  mlir::Value load(mlir::Value buffer, mlir::Value at);
  void save(mlir::Value v, mlir::Value buffer, mlir::Value at);

  llvm::SmallVector<Reduction> reductions;
  int64_t total = openSize; // how many elements make one result
  bool exact = false;       // whether any order gives the same bits
  bool alone = false;       // whether each reduction has one result
  // Of the loops being written: accumulators side by side, lanes of them, and whether all elements are one block.
  int64_t columns = 1, count = laneCount;
  bool oneBlock = false;

private:
  GroupEmitter &e;
  LaneBuffers &pool;
};

/// Writes the loops of a group that reduces. Gives what the group's scalar results become.
llvm::SmallVector<mlir::Value> emitReductions(GroupEmitter &e, LaneBuffers &buffers);

} // namespace weft

// Writes the code of several turns of a loop at once: a value that differs between them becomes a vector with a lane
// for each turn, the others stay scalars. weft-vectorize-loops decides which loops, and knows that their turns are
// independent.
//
// Where the turns part, a mask says which lanes are on the way that the code is on: a branch is computed on both sides
// and a lane takes one by a select, a loop runs until it has been left by every lane. This is what ISPC and
// whole-function vectorisation (Karrenberg and Hack, 2011) do. Whatever runs has a lane that is on its way, except
// branches that are only arithmetic, of which no number traps (ScalarBuilder): so a scalar read is one that a turn
// does, and a loop ends because those of its lanes end.
#pragma once
#include "dialect/Transforms/Uniformity.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"

namespace mlir::memref {
class LoadOp;
class StoreOp;
} // namespace mlir::memref

namespace weft {

class LaneEmitter {
public:
  LaneEmitter(mlir::scf::ForOp loop, const Uniformity &uniformity, int64_t lanes, mlir::OpBuilder &b)
      : loop(loop), uniformity(uniformity), lanes(lanes), b(b), loc(loop.getLoc()) {}
  /// The turns `first`, first + 1, … of the loop.
  void emit(mlir::Value first);

private:
  // In all of them `mask` is null where every lane is on its way.
  void emitBlock(mlir::Block &block, mlir::Value mask);
  void emitOp(mlir::Operation *op, mlir::Value mask);
  void emitIf(mlir::scf::IfOp op, mlir::Value mask);
  void emitFor(mlir::scf::ForOp op, mlir::Value mask);
  void emitWhile(mlir::scf::WhileOp op, mlir::Value mask);
  void emitLoad(mlir::memref::LoadOp op, mlir::Value mask);
  void emitStore(mlir::memref::StoreOp op, mlir::Value mask);
  llvm::SmallVector<mlir::Value> emitSide(mlir::Block &block, mlir::Value mask);
  mlir::Value positions(mlir::Value buffer, mlir::ValueRange indices);

  mlir::VectorType vectorOf(mlir::Type t) const { return mlir::VectorType::get({lanes}, t); }
  mlir::Type typeOf(mlir::Value v) const { return uniformity.isVector(v) ? vectorOf(v.getType()) : v.getType(); }
  mlir::Value splat(mlir::Type t, int64_t v);
  mlir::Value scalar(mlir::Value v) const;
  mlir::Value vector(mlir::Value v);
  /// `v` in the form that `like` has.
  mlir::Value as(mlir::Value like, mlir::Value v) { return uniformity.isVector(like) ? vector(v) : scalar(v); }
  void bind(mlir::Value v, mlir::Value made) { values[v] = made; }
  void bind(mlir::ValueRange list, mlir::ValueRange made) {
    for (auto [v, m] : llvm::zip(list, made))
      bind(v, m);
  }

  mlir::Value both(mlir::Value mask, mlir::Value condition);
  mlir::Value any(mlir::Value mask);

  mlir::scf::ForOp loop;
  const Uniformity &uniformity;
  const int64_t lanes;
  mlir::OpBuilder &b;
  mlir::Location loc;
  llvm::DenseMap<mlir::Value, mlir::Value> values; // of the loop's body: what each became
};

} // namespace weft

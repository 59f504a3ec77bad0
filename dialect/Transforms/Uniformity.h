// Which values of a loop's body differ from turn to turn, and which of those are the loop's counter: what
// weft-vectorize-loops asks about the turns that are to become the lanes of vectors. LLVM's uniformity analysis, for
// structured control flow.
#pragma once
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/DenseSet.h"

namespace weft {

class Uniformity {
public:
  explicit Uniformity(mlir::scf::ForOp loop);

  /// Whether the turns that reach it may have different values. Turns may leave an inner loop at different times:
  /// inside it a value can be the same for all that are still there, and differ as its result.
  bool varies(mlir::Value v) const { return varying.contains(v); }
  bool varies(mlir::ValueRange values) const {
    return llvm::any_of(values, [&](mlir::Value v) { return varies(v); });
  }
  /// Whether it is the loop's counter, as whatever integer type.
  bool isCounter(mlir::Value v) const;
  /// Whether it is another number for each lane of a vector of turns; a counter is known from that of the first lane.
  bool isVector(mlir::Value v) const { return varies(v) && !isCounter(v); }

private:
  void visit(mlir::Block &block);
  void visit(mlir::scf::IfOp op);
  void visit(mlir::scf::ForOp op);
  void visit(mlir::scf::WhileOp op);
  void mark(mlir::Value v, bool varies) { changed |= varies && varying.insert(v).second; }

  mlir::Value counter;
  llvm::DenseSet<mlir::Value> varying;
  bool changed = true;
};

} // namespace weft

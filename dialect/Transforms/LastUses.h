// Where tensors, buffers and strings are used for the last time: what weft-assign-buffers places frees and in-place writes by.
#pragma once
#include "dialect/IR/Weft.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"

namespace weft {

/// Values that have an owner: tensors and strings.
inline bool isOwnable(mlir::Type t) { return llvm::isa<mlir::RankedTensorType, StringType>(t); }

class LastUses {
public:
  /// Reads the region once; operations added later are unknown to it.
  void compute(mlir::Region &region);

  /// The values, of this block and of those around it, that `op` or what it contains is the last in its block to use.
  llvm::ArrayRef<mlir::Value> endingAt(mlir::Operation *op) const {
    auto it = ending.find(op);
    return it == ending.end() ? llvm::ArrayRef<mlir::Value>() : llvm::ArrayRef(it->second);
  }
  bool usedIn(mlir::Block &block, mlir::Value v) const {
    auto it = used.find(&block);
    return it != used.end() && it->second.contains(v);
  }
  bool usedIn(mlir::Operation *op, mlir::Value v) const;

private:
  void computeBlock(mlir::Block &block);

  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<mlir::Value, 2>> ending;
  // In a fixed order, so that the code made from it is always the same.
  llvm::DenseMap<mlir::Block *, llvm::SetVector<mlir::Value>> used;
};

} // namespace weft

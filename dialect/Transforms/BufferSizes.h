// Which open sizes are equal: weft-hoist-buffers may only exchange buffers of one size, and only one that no turn of a loop changes.
#pragma once
#include "dialect/IR/Weft.h"

#include "mlir/Interfaces/LoopLikeInterface.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

#include <map>

namespace weft {

/// Numbers for index values and for sizes of buffers: equal numbers are equal sizes.
class BufferSizes {
public:
  /// Finds which sizes of buffers carried by the function's loops (scf.for and scf.while) never change.
  explicit BufferSizes(mlir::Operation *function);
  /// A size that is computed in `loop`, computed before it; null if turns may differ in it.
  mlir::Value outside(mlir::Value index, mlir::LoopLikeOpInterface loop);
  /// Tells of a carried buffer that is new.
  void addFixed(mlir::BlockArgument buffer);

  unsigned number(mlir::Value index);
  unsigned dim(mlir::Value buffer, int64_t d);
  /// Numbers name values: to be called when some may have gone.
  void forget();

private:
  using Dim = std::pair<mlir::Value, int64_t>; // of a block argument of a loop
  unsigned compute(mlir::Value index);
  unsigned computeDim(mlir::Value buffer, int64_t d);
  mlir::Value sameSize(mlir::Value buffer, int64_t d) const;
  mlir::Value dimOutside(mlir::Value buffer, int64_t d, mlir::LoopLikeOpInterface loop);
  unsigned shifted(unsigned n, int64_t by);
  unsigned of(std::vector<uintptr_t> key) { return keys.try_emplace(std::move(key), keys.size()).first->second; }

  std::map<std::vector<uintptr_t>, unsigned> keys;
  llvm::DenseMap<mlir::Value, unsigned> numbers;
  llvm::DenseMap<Dim, unsigned> dims;
  llvm::DenseMap<unsigned, std::pair<unsigned, int64_t>> shifts; // numbers that are another plus a constant
  llvm::DenseSet<unsigned> isSize;                               // not negative
  llvm::DenseSet<Dim> fixed; // known, or assumed until disproved
};

} // namespace weft

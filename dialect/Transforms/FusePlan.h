// The decisions of weft-fuse for one block: which operation belongs to which group, which values are stored, and the
// order of what is left. Made without changing the block; Fuse.cpp carries them out.
#pragma once
#include "dialect/IR/Weft.h"

#include "llvm/ADT/DenseMap.h"

namespace weft {

/// Whether the operation becomes part of a loop nest.
inline bool isFusable(mlir::Operation *op) {
  return llvm::isa<ElementwiseOpInterface, IndexedOpInterface, ReductionOpInterface>(op);
}

/// Whether a check in front of the operation may be what keeps it inside of a tensor: it says `checked`, or works on sizes that
/// only the check knows. It is computed after every check that stands before it.
bool reliesOnChecks(mlir::Operation *op);

/// What a loop nest iterates over: groups of one space can be one nest. Types and attributes are unique, so they
/// compare as pointers.
struct IterationSpace {
  mlir::Type shape;     // of the elements that are visited, with a neutral element type
  mlir::Attribute axes; // of reductions, else null
  mlir::Type result;    // of reductions: the shape that is left
  bool operator==(const IterationSpace &) const = default;

  static IterationSpace of(mlir::Operation *op);
  bool reduces() const { return axes != nullptr; }
};

/// One weft.fused to be.
struct GroupPlan {
  IterationSpace space;
  llvm::SmallVector<mlir::Operation *> members; // in program order
  llvm::SmallVector<mlir::Operation *> roots;   // the members whose values are stored
};

/// Where an operation is computed: one group, several (each computes it again), or none if it stays or is dead.
struct OpPlan {
  unsigned position = 0;
  bool root = false;
  llvm::SmallVector<unsigned, 1> groups;
};

struct BlockPlan {
  std::vector<GroupPlan> groups;
  llvm::DenseMap<mlir::Operation *, OpPlan> ops;
  /// Groups and the operations that stay, in an order in which every value is made before it is used. The terminator,
  /// which comes last, is not in it.
  struct Item {
    mlir::Operation *op; // null for a group
    unsigned group;
  };
  std::vector<Item> order;

  bool computes(unsigned group, mlir::Operation *op) const {
    auto it = ops.find(op);
    return it != ops.end() && llvm::is_contained(it->second.groups, group);
  }
};

/// Fills `order`. Fails if groups wait for each other, which only a fault of the planner can cause.
mlir::LogicalResult orderPlan(mlir::Block &block, BlockPlan &plan);
/// `merge` off: each operation is a group. Fails as orderPlan does.
mlir::FailureOr<BlockPlan> planBlock(mlir::Block &block, bool merge);

} // namespace weft

namespace llvm {
template <> struct DenseMapInfo<weft::IterationSpace> {
  static weft::IterationSpace getEmptyKey() { return {DenseMapInfo<mlir::Type>::getEmptyKey(), {}, {}}; }
  static weft::IterationSpace getTombstoneKey() { return {DenseMapInfo<mlir::Type>::getTombstoneKey(), {}, {}}; }
  static unsigned getHashValue(const weft::IterationSpace &s) {
    return static_cast<unsigned>(hash_combine(s.shape, s.axes, s.result));
  }
  static bool isEqual(const weft::IterationSpace &a, const weft::IterationSpace &b) { return a == b; }
};
} // namespace llvm

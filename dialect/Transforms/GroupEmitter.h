// Writes the scalar code of one weft.fused group on buffers: elements of any value of the group by need, and the loops around
// them. weft-lower-fused decides which loops; its reductions are in Reductions.cpp.
#pragma once
#include "dialect/IR/Weft.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"

namespace weft {

class GroupEmitter {
public:
  /// So many turns are written one after the other.
  static constexpr int64_t fewTurns = 4;

  /// Code goes before `group`.
  explicit GroupEmitter(FusedOp group);

  /// The element of `tensor` (a value of the group, or a scalar) at `indices`, broadcast against them. Computed once for the same
  /// indices, and outside of the loops that it does not depend on where that is no risk.
  mlir::Value element(mlir::Value tensor, mlir::ValueRange indices);
  /// The element at a position in row-major order, for values that `canFlatten`.
  mlir::Value flatElement(mlir::Value tensor, mlir::Value position);
  /// Whether element k of `tensor` depends only on elements k of buffers, and on scalars.
  bool canFlatten(mlir::Value tensor);

  /// The pieces of what `op` gives, if it has any. Code may be written only if it has.
  llvm::SmallVector<Part> parts(IndexedOpInterface op);
  /// What a block argument stands for.
  mlir::Value buffer(mlir::BlockArgument arg) { return group.getIns()[arg.getArgNumber()]; }

  /// Stores into output number `k` at indices, or at a position in row-major order.
  void store(unsigned k, mlir::Value v, mlir::ValueRange indices);
  void flatStore(unsigned k, mlir::Value v, mlir::Value position);

  /// Whether computing it may fail, print or make a string.
  bool isPlain(mlir::Value v);

  mlir::Value index(int64_t v);
  /// The size of dimension `d` of a tensor of the group.
  mlir::Value dim(mlir::Value tensor, int64_t d);
  /// The number of elements along `dims`.
  mlir::Value count(mlir::Value tensor, llvm::ArrayRef<int64_t> dims);
  mlir::Value count(mlir::Value tensor);
  // Arithmetic on indices, folded where it is known.
  mlir::Value add(mlir::Value x, mlir::Value y);
  mlir::Value sub(mlir::Value x, mlir::Value y);
  mlir::Value mul(mlir::Value x, mlir::Value y);
  mlir::Value min(mlir::Value x, mlir::Value y);
  mlir::Value max(mlir::Value x, mlir::Value y);
  mlir::Value div(mlir::Value x, mlir::Value y);
  mlir::Value rem(mlir::Value x, mlir::Value y);
  /// The position in row-major order of `indices` among `dims` of a tensor, and back.
  mlir::Value linearize(mlir::Value tensor, llvm::ArrayRef<int64_t> dims, mlir::ValueRange indices);
  void delinearize(mlir::Value tensor, llvm::ArrayRef<int64_t> dims, mlir::Value position,
                   llvm::MutableArrayRef<mlir::Value> indices);

  /// for (i = lower; i < upper; i += step). `independent` says that turns may run in any order or together; the loop is marked
  /// weft.parallel if it is innermost and free of other effects.
  void loop(mlir::Value lower, mlir::Value upper, int64_t step, bool independent,
            llvm::function_ref<void(mlir::Value)> body);
  void loop(mlir::Value upper, bool independent, llvm::function_ref<void(mlir::Value)> body) {
    loop(index(0), upper, 1, independent, body);
  }
  /// The same for independent turns that read or write all of `tensor`: threads may share them.
  void sharedLoop(mlir::Value tensor, mlir::Value lower, mlir::Value upper, int64_t step,
                  llvm::function_ref<void(mlir::Value)> body);
  /// Makes the turns between the bounds that `body` is given a weft.parallel. False, with nothing written, inside of a loop and where
  /// it cannot be worth it. The turns divide the elements of the stack buffers `divided` among themselves.
  bool share(mlir::Value elements, mlir::Value lower, mlir::Value upper, int64_t step, mlir::ValueRange divided,
             llvm::function_ref<void(mlir::Value, mlir::Value)> body);
  /// Loops over `dims` of `tensor`, sets `indices[d]` for each of them. The last ones may be unrolled where they
  /// are few turns.
  void nest(mlir::Value tensor, llvm::ArrayRef<int64_t> dims, llvm::MutableArrayRef<mlir::Value> indices,
            bool unroll, llvm::function_ref<void()> body) {
    nest(tensor, dims, indices, unroll, /*shared=*/false, body);
  }
  /// The same, and all of `tensor` is read or written: threads may share the outermost loop.
  void sharedNest(mlir::Value tensor, llvm::ArrayRef<int64_t> dims, llvm::MutableArrayRef<mlir::Value> indices,
                  bool unroll, llvm::function_ref<void()> body) {
    nest(tensor, dims, indices, unroll, /*shared=*/true, body);
  }
  /// Whether threads may share turns that compute so many elements (dynamic: unknown) in all.
  static bool mayShare(int64_t elements);
  /// For loops of other kinds: code goes to the end of `block` until `leave`.
  void enter(mlir::Block *block);
  void leave();

  FusedOp group;
  mlir::OpBuilder b;
  mlir::Location loc;

private:
  struct Known {
    llvm::SmallVector<mlir::Value> indices;
    mlir::Value value;
  };

  mlir::Value compute(mlir::Value tensor, mlir::ValueRange indices);
  mlir::Value computeFlat(mlir::Value tensor, mlir::Value position);
  mlir::Value scalarOp(mlir::Operation *op, llvm::function_ref<mlir::Value(mlir::Value)> operand);
  mlir::Value memoised(mlir::Value tensor, mlir::ValueRange indices, llvm::function_ref<mlir::Value()> make);
  mlir::Value splat(ConstantOp constant);
  mlir::Value flatView(mlir::Value buffer);
  unsigned levelOf(mlir::Value v) const;
  template <class Use> auto withElements(mlir::Operation *op, Use use);
  void insertAt(unsigned level);
  template <class Make> mlir::Value before(Make make);
  void nest(mlir::Value tensor, llvm::ArrayRef<int64_t> dims, llvm::MutableArrayRef<mlir::Value> indices,
            bool unroll, bool shared, llvm::function_ref<void()> body);

  llvm::SmallVector<mlir::Block *> levels; // the group's block, then the loops around the code being written
  unsigned level = 0;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<Known>> known;
  llvm::DenseMap<mlir::Value, bool> plain, flattens;
  llvm::DenseMap<int64_t, mlir::Value> indexConstants;
  llvm::DenseMap<std::pair<mlir::Value, int64_t>, mlir::Value> dims;
  llvm::DenseMap<mlir::Value, mlir::Value> flatViews;
};

} // namespace weft

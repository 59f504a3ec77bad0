// What the files of weft-lower-to-llvm share: the type rule, the entry function under construction, and the sets of
// patterns besides upstream's. The passes' users include Passes.h, not this.
#pragma once
#include "dialect/IR/Weft.h"

#include "mlir/Conversion/LLVMCommon/Pattern.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"

namespace mlir::func {
class FuncOp;
}

namespace weft {

/// The functions of lib/tensor/runtime.h and lib/parallel/parallel.h.
enum class Runtime {
  Alloc,
  Take,
  Free,
  Give,
  Fail,
  Print,
  CheckSizes,
  CallRoutine,
  TextCopy,
  TextConcat,
  TextEqual,
  TextStore,
  VariableAssign,
  VariableRead,
  ParallelFor
};

/// The entry function while its operations are converted: the frame, the blocks that failures lead to, and the symbols
/// of the module that its operations ask for.
class Entry {
public:
  /// `name` is the function's in the end; until then it has one that no symbol of C can have, because a user may call a
  /// function `weft_sin`, and the conversion finds lib/math's functions by name.
  Entry(mlir::ModuleOp module, llvm::StringRef name) : module(module), name(name) {}
  static constexpr llvm::StringLiteral temporaryName = "weft.entry";

  /// Gives the new function its first block, whose argument is the frame, and the failure blocks.
  void begin(mlir::OpBuilder &b, mlir::LLVM::LLVMFuncOp function);
  /// Names the function, gives the module's loops their annotations, and removes blocks that nothing leads to or that only go on.
  void end();
  bool begun() const { return firstBlock != nullptr; }

  /// The argument of the function; a weft_frame.
  mlir::Value frame() const { return firstBlock->getArgument(0); }
  /// The first block, which dominates every other.
  mlir::Block *first() const { return firstBlock; }
  /// Returns 1. The error is recorded.
  mlir::Block *failed() const { return failedBlock; }

  /// Calls a runtime function; null for a function without result.
  mlir::Value call(mlir::OpBuilder &b, mlir::Location loc, Runtime function, mlir::ValueRange arguments);
  /// Ends the block before `op` with a branch: on if `ok`, else to the failure block, which adds `op`'s place to the
  /// error that is recorded already.
  void failUnless(mlir::ConversionPatternRewriter &b, mlir::Operation *op, mlir::Value ok);
  /// The result of a call that gives null when it fails.
  mlir::Value checkedCall(mlir::ConversionPatternRewriter &b, mlir::Operation *op, Runtime function,
                          mlir::ValueRange arguments);

  /// The address of constant bytes.
  mlir::Value constantBytes(mlir::OpBuilder &b, mlir::Location loc, llvm::StringRef bytes);
  /// The address of a C string.
  mlir::Value constantCString(mlir::OpBuilder &b, mlir::Location loc, llvm::StringRef text);
  /// A constant text: the address of its payload.
  mlir::Value constantText(mlir::OpBuilder &b, mlir::Location loc, llvm::StringRef text);
  /// The symbol of a constant text, which starts with its header.
  mlir::LLVM::GlobalOp constantTextGlobal(mlir::OpBuilder &b, mlir::Location loc, llvm::StringRef text);

private:
  mlir::LLVM::LLVMFuncOp declaration(mlir::OpBuilder &b, Runtime function);
  mlir::LLVM::GlobalOp bytesGlobal(mlir::OpBuilder &b, mlir::Location loc, llvm::StringRef bytes, unsigned alignment);

  mlir::ModuleOp module;
  std::string name;
  mlir::Block *firstBlock = nullptr, *failedBlock = nullptr, *failedHereBlock = nullptr;
  llvm::StringMap<mlir::LLVM::GlobalOp> globals;
  llvm::DenseMap<int, mlir::LLVM::LLVMFuncOp> declarations;
};

/// A pattern that works on the entry function.
template <class Op> struct EntryPattern : mlir::ConvertOpToLLVMPattern<Op> {
  using Base = mlir::ConvertOpToLLVMPattern<Op>;
  using Adaptor = typename Base::OneToNOpAdaptor;
  EntryPattern(const mlir::LLVMTypeConverter &types, Entry &entry) : Base(types, /*benefit=*/10), entry(entry) {}
  Entry &entry;
};

// Small emitters.
mlir::Value emitInt(mlir::OpBuilder &b, mlir::Location loc, int bits, int64_t value);
/// `base` + `offset` bytes.
mlir::Value emitOffset(mlir::OpBuilder &b, mlir::Location loc, mlir::Value base, int64_t offset);
mlir::Value emitLoad(mlir::OpBuilder &b, mlir::Location loc, mlir::Type type, mlir::Value base, int64_t offset);
/// Stores `value`, a bool as a byte, at `base` + `offset` bytes.
void emitStore(mlir::OpBuilder &b, mlir::Location loc, mlir::Value value, mlir::Value base, int64_t offset);
/// A variable of `type` (of memory) in the function's first block.
mlir::Value emitAlloca(mlir::OpBuilder &b, mlir::Location loc, mlir::Type type, unsigned alignment = 0);
/// What an element is in memory: a bool is a byte, a string a pointer.
mlir::Type memoryType(const mlir::LLVMTypeConverter &types, mlir::Type element);
/// The element at `address`, as a value: a byte becomes a bool.
mlir::Value emitElementLoad(mlir::OpBuilder &b, mlir::Location loc, const mlir::LLVMTypeConverter &types,
                            mlir::Type element, mlir::Value address);

/// The address of the element at `indices`, each a scalar; `memory` is what an element is there.
mlir::Value elementAddress(mlir::OpBuilder &b, mlir::Location loc, mlir::MemRefType type, mlir::Type memory,
                           mlir::ValueRange parts, mlir::ValueRange indices);

/// The size of dimension `d` of a buffer; `parts` is what the memref became: a pointer and its open sizes.
mlir::Value sizeOf(mlir::OpBuilder &b, mlir::Location loc, mlir::MemRefType type, mlir::ValueRange parts, int64_t d);

/// The user's line behind a location: the innermost file:line:column.
mlir::FileLineColLoc userPlace(mlir::Location loc);

/// What loads and stores of a weft.parallel loop, and the branch back, carry until they are converted.
inline constexpr llvm::StringLiteral accessGroupName = "weft.access_group", loopAnnotationName = "weft.loop";

/// Lets stack buffers that are never alive together share their room, where a function has much of it.
void shareStackBuffers(mlir::Operation *function);

/// Turns every statement of scf into blocks.
mlir::LogicalResult controlFlowToBlocks(mlir::Operation *module);
/// Ends the block after each operation that may fail. Its pattern splits there, and would otherwise move the rest of a long
/// block each time.
void splitAfterFailures(mlir::Operation *module);

/// Whether weft-outline-groups or weft-outline-parallel made the function.
bool isKernel(mlir::func::FuncOp function);
void populateKernelPatterns(const mlir::LLVMTypeConverter &types, mlir::RewritePatternSet &patterns);
void populateBufferPatterns(const mlir::LLVMTypeConverter &types, Entry &entry, mlir::RewritePatternSet &patterns);
void populateParallelPatterns(const mlir::LLVMTypeConverter &types, Entry &entry, mlir::RewritePatternSet &patterns);
void populateVectorPatterns(mlir::ModuleOp module, const mlir::LLVMTypeConverter &types, Entry &entry,
                            mlir::RewritePatternSet &patterns);
/// Whether an operation of the math dialect becomes a call.
bool isMathCall(mlir::Operation *op);
void populateMathPatterns(const mlir::LLVMTypeConverter &types, mlir::RewritePatternSet &patterns);
void populateEffectPatterns(const mlir::LLVMTypeConverter &types, Entry &entry, mlir::RewritePatternSet &patterns);

} // namespace weft

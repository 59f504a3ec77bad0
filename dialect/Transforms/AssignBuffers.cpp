// weft-assign-buffers: from the Optimized form (tensors) to buffers. Every tensor gets a memref, every buffer and every string
// gets one owner, and with it the place where it is freed; a group whose input dies there writes into that input. The rules are
// in docs/pipeline.md, section Loops.
#include "dialect/IR/Weft.h"
#include "dialect/Transforms/Groups.h"
#include "dialect/Transforms/LastUses.h"
#include "dialect/Transforms/PrepareOwnership.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Pass/Pass.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_ASSIGNBUFFERSPASS
#include "dialect/Transforms/Passes.h.inc"
namespace {

Type bufferedType(Type t) {
  auto tensor = dyn_cast<RankedTensorType>(t);
  return tensor ? bufferTypeOf(tensor) : t;
}

class BufferAssigner {
public:
  BufferAssigner(func::FuncOp f, SymbolTable &symbols) : function(f), symbols(symbols), builder(f.getContext()) {}
  LogicalResult run();
  unsigned inPlace = 0, copied = 0; // results in an input's buffer, and copies made

private:
  /// Whose block frees a value or passes it on, and whether nobody else can see its buffer.
  struct Owner {
    Block *block;
    bool unique;
  };

  LogicalResult assignBlock(Block &block, ArrayRef<Value> owned);
  LogicalResult assignOp(Operation *op);
  LogicalResult assignGroup(FusedOp group, ArrayRef<Value> dying);
  LogicalResult assignBranches(Operation *op, ArrayRef<Value> dying);
  LogicalResult assignLoop(Operation *op);
  LogicalResult assignRoutine(Operation *op, ArrayRef<Value> dying);
  LogicalResult assignSimple(Operation *op);
  void assignConstant(ConstantOp constant);

  void consume(Operation *op, MutableOperandRange operands, bool needsUnique);
  Value copy(Location loc, Value v);
  Value reusableInput(FusedOp group, RankedTensorType type, const llvm::BitVector &atElement, function_ref<bool(Value)> free);
  BlockArgument donor(FusedOp group, RankedTensorType type, const llvm::BitVector &atElement);

  /// Makes `v` a value of the Loops form that `block` owns.
  void adopt(Value v, Block *block, bool unique = true) {
    v.setType(bufferedType(v.getType()));
    bind(v, v, block, unique);
  }
  void bind(Value v, Value buffer, Block *block, bool unique) {
    buffers[v] = buffer;
    owners[v] = {block, unique};
  }
  void borrow(Value v) {
    v.setType(bufferedType(v.getType()));
    buffers[v] = v;
  }
  bool owns(Block *block, Value v) const {
    auto it = owners.find(v);
    return it != owners.end() && it->second.block == block;
  }
  void free(Location loc, Value v) {
    FreeOp::create(builder, loc, buffers.lookup(v));
    owners.erase(v);
  }

  func::FuncOp function;
  SymbolTable &symbols;
  OpBuilder builder;
  LastUses lastUses;
  llvm::SmallDenseSet<Value> donated; // arguments whose buffers may become a result's
  DenseMap<Value, Owner> owners;
  DenseMap<Value, Value> buffers;
  DenseMap<Attribute, memref::GlobalOp> globals;
  SmallVector<Operation *> replaced; // erased at the end: later operations still name their results
};

LogicalResult BufferAssigner::run() {
  prepareOwnership(function);
  lastUses.compute(function.getBody());
  for (BlockArgument arg : function.getArguments())
    if (isOwnable(arg.getType()))
      borrow(arg);
  if (failed(assignBlock(function.getBody().front(), {})))
    return failure();
  SmallVector<Type> results = llvm::map_to_vector(function.getResultTypes(), bufferedType);
  for (Operation *op : llvm::reverse(replaced))
    op->erase();
  function.setFunctionType(
      FunctionType::get(function.getContext(), function.getBody().getArgumentTypes(), results));
  return success();
}

/// `owned` are the values that the block frees or passes on from its start.
LogicalResult BufferAssigner::assignBlock(Block &block, ArrayRef<Value> owned) {
  for (Value v : owned)
    if (!lastUses.usedIn(block, v)) {
      builder.setInsertionPointToStart(&block);
      free(v.getLoc(), v);
    }
  for (Operation &op : llvm::make_early_inc_range(block))
    if (failed(assignOp(&op)))
      return failure();
  return success();
}

LogicalResult BufferAssigner::assignOp(Operation *op) {
  Block *block = op->getBlock();
  Location loc = op->getLoc();
  SmallVector<Value> dying;
  llvm::copy_if(lastUses.endingAt(op), std::back_inserter(dying), [&](Value v) { return owns(block, v); });
  SmallVector<Value> unused;
  llvm::copy_if(op->getResults(), std::back_inserter(unused),
                [](Value v) { return isOwnable(v.getType()) && v.use_empty(); });
  // The frees come after the operation, also where it is replaced.
  Operation *next = op->getNextNode();

  LogicalResult done = llvm::TypeSwitch<Operation *, LogicalResult>(op)
                           .Case([&](FusedOp group) { return assignGroup(group, dying); })
                           .Case([&](scf::IfOp) { return assignBranches(op, dying); })
                           .Case<scf::ForOp, scf::WhileOp>([&](Operation *) { return assignLoop(op); })
                           .Case([&](RoutineOpInterface) { return assignRoutine(op, dying); })
                           .Default([&](Operation *) { return assignSimple(op); });
  if (failed(done))
    return failure();

  if (next)
    builder.setInsertionPoint(next);
  else
    builder.setInsertionPoint(block->getTerminator());
  for (Value v : dying)
    if (owns(block, v))
      free(loc, v);
  for (Value v : unused)
    if (owns(block, v))
      free(loc, v);
  return success();
}

/// Hands the tensors and strings among `operands` over to `op`: moved where this block owns them, nobody else sees them (for those
/// who will write them) and nothing needs them afterwards, otherwise copied.
void BufferAssigner::consume(Operation *op, MutableOperandRange operands, bool needsUnique) {
  llvm::SmallDenseSet<Value> ending;
  ending.insert_range(lastUses.endingAt(op));
  for (OpOperand &operand : operands) {
    Value v = operand.get();
    auto buffer = buffers.find(v);
    if (buffer == buffers.end())
      continue;
    auto owner = owners.find(v);
    if (owns(op->getBlock(), v) && ending.contains(v) && (owner->second.unique || !needsUnique) &&
        !lastUses.usedIn(op, v)) {
      owners.erase(owner);
      operand.set(buffer->second);
      continue;
    }
    builder.setInsertionPoint(op);
    operand.set(copy(op->getLoc(), buffer->second));
  }
}

Value BufferAssigner::copy(Location loc, Value v) {
  ++copied;
  auto type = dyn_cast<MemRefType>(v.getType());
  if (!type)
    return TextCopyOp::create(builder, loc, v);
  SmallVector<Value> sizes;
  for (int64_t d = 0; d < type.getRank(); ++d)
    if (type.isDynamicDim(d))
      sizes.push_back(buildBufferDim(builder, loc, v, d));
  Value fresh = AllocOp::create(builder, loc, type, sizes);
  if (isa<StringType>(type.getElementType())) {
    // Each element gets a reference of its own: a loop, which is a group.
    auto group = FusedOp::create(builder, loc, TypeRange(), v, fresh);
    Block &body = group.getBody().emplaceBlock();
    BlockArgument arg = body.addArgument(RankedTensorType::get(type.getShape(), type.getElementType()), loc);
    OpBuilder inside = OpBuilder::atBlockEnd(&body);
    YieldOp::create(inside, loc, ValueRange(arg));
  } else {
    memref::CopyOp::create(builder, loc, v, fresh);
  }
  return fresh;
}

//===--- Groups --------------------------------------------------------------------------------------------------===//

/// An input whose buffer can become the result's: it is `free` in this group, and each of its elements is read only when that element is
/// written. Null if there is none.
Value BufferAssigner::reusableInput(FusedOp group, RankedTensorType type, const llvm::BitVector &atElement,
                                    function_ref<bool(Value)> free) {
  Block &body = group.getBody().front();
  for (auto [i, in] : llvm::enumerate(group.getIns())) {
    if (body.getArgument(i).getType() != type || !atElement.test(i) || !free(in))
      continue;
    bool everyUse = llvm::all_of(llvm::enumerate(group.getIns()), [&](auto use) {
      return use.value() != in || atElement.test(use.index()) || body.getArgument(use.index()).use_empty();
    });
    if (everyUse)
      return in;
  }
  return {};
}

/// An argument of the function that this group is the last to use. A call may give its buffer up (weft_take), which is worth it for large
/// ones.
BlockArgument BufferAssigner::donor(FusedOp group, RankedTensorType type, const llvm::BitVector &atElement) {
  constexpr int64_t least = 16384;
  if (!type.hasStaticShape() || !type.getElementType().isIntOrFloat() || group->getBlock() != &function.getBody().front() ||
      type.getNumElements() * type.getElementTypeBitWidth() < 8 * least)
    return {};
  Value found = reusableInput(group, type, atElement, [&](Value in) {
    auto argument = dyn_cast<BlockArgument>(in);
    return argument && argument.getOwner() == group->getBlock() && !donated.contains(in) &&
           llvm::is_contained(lastUses.endingAt(group), in);
  });
  donated.insert(found);
  return cast_if_present<BlockArgument>(found);
}

LogicalResult BufferAssigner::assignGroup(FusedOp group, ArrayRef<Value> dying) {
  Location loc = group.getLoc();
  builder.setInsertionPoint(group);
  auto yield = cast<YieldOp>(group.getBody().front().getTerminator());
  SmallVector<Value> ins = llvm::map_to_vector(group.getIns(), [&](Value v) {
    auto it = buffers.find(v);
    return it == buffers.end() ? v : it->second;
  });
  llvm::BitVector atElement = elementwiseReads(group);
  // A store to a buffer of strings releases what a second result may still read.
  bool reuse = !isReductionGroup(group) &&
               (yield.getNumOperands() == 1 || llvm::none_of(yield.getOperandTypes(), [](Type t) {
                  return isa<StringType>(getElementTypeOrSelf(t));
                }));

  SmallVector<Value> outs;
  SmallVector<Type> scalars;
  SmallVector<std::pair<Value, Value>> bound;
  for (auto [value, result] : llvm::zip(yield.getValues(), group.getResults())) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    if (!type) {
      scalars.push_back(value.getType());
      continue;
    }
    auto dies = [&](Value in) {
      auto owner = owners.find(in);
      return owner != owners.end() && owner->second.unique && llvm::is_contained(dying, in);
    };
    Value input = reuse ? reusableInput(group, type, atElement, dies) : Value();
    BlockArgument argument = reuse && !input ? donor(group, type, atElement) : BlockArgument();
    if (input) {
      ++inPlace;
      owners.erase(input);
      outs.push_back(buffers.lookup(input));
    } else if (argument) {
      outs.push_back(TakeBufferOp::create(builder, loc, bufferTypeOf(type), buffers.lookup(argument), argument.getArgNumber()));
    } else {
      SmallVector<Value> sizes;
      for (int64_t d = 0; d < type.getRank(); ++d)
        if (type.isDynamicDim(d))
          sizes.push_back(buildGroupDim(builder, loc, ins, value, d));
      outs.push_back(AllocOp::create(builder, loc, bufferTypeOf(type), sizes));
    }
    bound.push_back({result, outs.back()});
  }

  auto stored = FusedOp::create(builder, loc, scalars, ins, outs);
  stored->setDiscardableAttrs(group->getDiscardableAttrDictionary());
  stored.getBody().takeBody(group.getBody());
  unsigned scalar = 0;
  for (Value result : group.getResults()) {
    if (isa<RankedTensorType>(result.getType()))
      continue;
    Value fresh = stored.getResult(scalar++);
    if (isOwnable(result.getType()))
      bind(result, fresh, group->getBlock(), /*unique=*/true);
    else
      result.replaceAllUsesWith(fresh);
  }
  for (auto [result, buffer] : bound)
    bind(result, buffer, group->getBlock(), /*unique=*/true);
  replaced.push_back(group);
  return success();
}

//===--- Control flow --------------------------------------------------------------------------------------------===//

/// What dies in a branching operation is owned by each of its branches: there it can be passed on or overwritten, and a branch that
/// does not use it frees it at once.
LogicalResult BufferAssigner::assignBranches(Operation *op, ArrayRef<Value> dying) {
  auto branch = dyn_cast<scf::IfOp>(op);
  if (branch && branch.getElseRegion().empty() && !dying.empty()) {
    OpBuilder b = OpBuilder::atBlockBegin(&branch.getElseRegion().emplaceBlock());
    scf::YieldOp::create(b, op->getLoc());
  }
  SmallVector<Owner> sunk = llvm::map_to_vector(dying, [&](Value v) { return owners.lookup(v); });
  for (Region &region : op->getRegions()) {
    if (region.empty())
      continue;
    for (auto [v, owner] : llvm::zip(dying, sunk))
      owners[v] = {&region.front(), owner.unique};
    if (failed(assignBlock(region.front(), dying)))
      return failure();
  }
  for (Value result : op->getResults())
    if (isOwnable(result.getType()))
      adopt(result, op->getBlock());
  return success();
}

LogicalResult BufferAssigner::assignLoop(Operation *op) {
  if (auto loop = dyn_cast<scf::ForOp>(op))
    consume(op, loop.getInitArgsMutable(), /*needsUnique=*/true);
  else
    consume(op, cast<scf::WhileOp>(op).getInitsMutable(), /*needsUnique=*/true);
  // What was copied for the loop and is not used in it need not wait for its end.
  builder.setInsertionPoint(op);
  for (Value v : lastUses.endingAt(op))
    if (owns(op->getBlock(), v) && !lastUses.usedIn(op, v))
      free(op->getLoc(), v);
  for (Region &region : op->getRegions()) {
    Block &block = region.front();
    SmallVector<Value> carried;
    for (BlockArgument arg : block.getArguments())
      if (isOwnable(arg.getType())) {
        adopt(arg, &block);
        carried.push_back(arg);
      }
    if (failed(assignBlock(block, carried)))
      return failure();
  }
  for (Value result : op->getResults())
    if (isOwnable(result.getType()))
      adopt(result, op->getBlock());
  return success();
}

//===--- Routines ------------------------------------------------------------------------------------------------===//

/// Results of a known size get a buffer here, which weft-hoist-buffers can take out of loops; the runtime allocates the others.
LogicalResult BufferAssigner::assignRoutine(Operation *op, ArrayRef<Value> dying) {
  Location loc = op->getLoc();
  builder.setInsertionPoint(op);
  StringRef name = op->getName().stripDialect();
  const detail::OpInfo &info = detail::info(*detail::find_op(name));
  SmallVector<Value> ins = llvm::map_to_vector(op->getOperands(), [&](Value v) {
    auto it = buffers.find(v);
    return it == buffers.end() ? v : it->second;
  });
  auto updated = [&](Value result) -> Value {
    if (!info.updates || result != op->getResult(0))
      return {};
    Value x = op->getOperand(0);
    bool free = x.getType() == result.getType() && llvm::is_contained(dying, x) && owners.lookup(x).unique &&
                llvm::count(op->getOperands(), x) == 1;
    return free ? x : Value();
  };
  SmallVector<Value> outs;
  SmallVector<int32_t> stored;
  SmallVector<Type> others;
  for (OpResult result : op->getResults()) {
    auto type = dyn_cast<RankedTensorType>(result.getType());
    Value x = type ? updated(result) : Value();
    if (!x && !(type && type.hasStaticShape())) {
      stored.push_back(-1);
      others.push_back(bufferedType(result.getType()));
      continue;
    }
    stored.push_back(static_cast<int32_t>(outs.size()));
    if (x) {
      ++inPlace;
      owners.erase(x);
      outs.push_back(buffers.lookup(x));
    } else {
      outs.push_back(AllocOp::create(builder, loc, bufferTypeOf(type), ValueRange()));
    }
  }
  auto call = CallRoutineOp::create(builder, loc, others, ins, outs, name, stored, op->getAttrDictionary());
  unsigned other = 0;
  for (auto [result, k] : llvm::zip(op->getResults(), stored)) {
    Value made = k < 0 ? Value(call.getResult(other++)) : outs[k];
    if (isOwnable(result.getType()))
      bind(result, made, op->getBlock(), /*unique=*/true);
    else
      result.replaceAllUsesWith(made);
  }
  replaced.push_back(op);
  return success();
}

//===--- Single operations ---------------------------------------------------------------------------------------===//

LogicalResult BufferAssigner::assignSimple(Operation *op) {
  Block *block = op->getBlock();
  Location loc = op->getLoc();
  builder.setInsertionPoint(op);
  if (auto constant = dyn_cast<ConstantOp>(op)) {
    assignConstant(constant);
    return success();
  }
  if (auto cast = dyn_cast<tensor::CastOp>(op)) {
    consume(op, cast.getSourceMutable(), /*needsUnique=*/true);
    builder.setInsertionPoint(op);
    Value source = cast.getSource();
    bind(cast, memref::CastOp::create(builder, loc, bufferedType(cast.getType()), source), block, /*unique=*/true);
    replaced.push_back(op);
    return success();
  }

  if (isa<func::ReturnOp>(op))
    consume(op, cast<func::ReturnOp>(op).getOperandsMutable(), /*needsUnique=*/false);
  else if (auto assign = dyn_cast<VariableAssignOp>(op))
    consume(op, assign.getValueMutable(), /*needsUnique=*/false);
  else if (auto yield = dyn_cast<scf::YieldOp>(op))
    consume(op, yield.getResultsMutable(), /*needsUnique=*/true);
  else if (auto condition = dyn_cast<scf::ConditionOp>(op))
    consume(op, condition.getArgsMutable(), /*needsUnique=*/true);
  else
    for (OpOperand &operand : op->getOpOperands())
      if (auto it = buffers.find(operand.get()); it != buffers.end())
        operand.set(it->second);

  if (auto dim = dyn_cast<tensor::DimOp>(op)) {
    dim.getResult().replaceAllUsesWith(memref::DimOp::create(builder, loc, dim.getSource(), dim.getIndex()).getResult());
    replaced.push_back(op);
    return success();
  }
  if (auto extract = dyn_cast<tensor::ExtractOp>(op)) {
    Value element = memref::LoadOp::create(builder, loc, extract.getTensor(), extract.getIndices());
    if (isOwnable(element.getType())) // borrowed from a buffer that may not live as long
      bind(extract, TextCopyOp::create(builder, loc, element), block, /*unique=*/true);
    else
      extract.getResult().replaceAllUsesWith(element);
    replaced.push_back(op);
    return success();
  }
  // A variable's buffer is its own too; strings are never written in place.
  if (auto read = dyn_cast<VariableReadOp>(op); read && isOwnable(read.getResult().getType())) {
    adopt(read.getResult(), block, /*unique=*/isa<StringType>(read.getResult().getType()));
    return success();
  }
  for (Type t : llvm::concat<const Type>(SmallVector<Type>(op->getOperandTypes()), SmallVector<Type>(op->getResultTypes())))
    if (isa<RankedTensorType>(t))
      return op->emitOpError("has tensors and is not in a group");
  for (Value result : op->getResults())
    if (isOwnable(result.getType()))
      adopt(result, block);
  return success();
}

void BufferAssigner::assignConstant(ConstantOp constant) {
  auto type = dyn_cast<RankedTensorType>(constant.getResult().getType());
  if (!type) {
    borrow(constant.getResult());
    return;
  }
  Attribute elements = constant.getValue();
  if (auto strings = dyn_cast<ArrayAttr>(elements))
    elements = DenseStringElementsAttr::get(type, llvm::map_to_vector(strings.getAsValueRange<StringAttr>(),
                                                                      [](StringRef text) { return text; }));
  memref::GlobalOp &global = globals[elements];
  if (!global) {
    OpBuilder detached(constant.getContext());
    global = memref::GlobalOp::create(detached, constant.getLoc(), "constant", detached.getStringAttr("private"),
                                      bufferTypeOf(type), elements, /*constant=*/true, detached.getI64IntegerAttr(64));
    symbols.insert(global);
  }
  buffers[constant.getResult()] =
      memref::GetGlobalOp::create(builder, constant.getLoc(), bufferTypeOf(type), global.getSymName());
  replaced.push_back(constant);
}

struct AssignBuffersPass : impl::AssignBuffersPassBase<AssignBuffersPass> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    for (auto f : llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>())) {
      if (f.isExternal())
        continue;
      BufferAssigner assigner(f, symbols);
      if (failed(assigner.run()))
        return signalPassFailure();
      inPlace += assigner.inPlace;
      copied += assigner.copied;
    }
  }
};

} // namespace
} // namespace weft

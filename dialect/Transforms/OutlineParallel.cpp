// weft-outline-parallel: the turns of a weft.parallel become a private function of their first, their end and what they
// read, and the operation a call that threads share. Runs when everything else about the loops is decided, so that they
// are what they would be in place.
#include "dialect/IR/Weft.h"
#include "dialect/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_OUTLINEPARALLELPASS
#include "dialect/Transforms/Passes.h.inc"

namespace {

/// The function of one weft.parallel while it is made.
class Task {
public:
  Task(ParallelOp op, func::FuncOp from, StringRef name) : op(op), loc(op.getLoc()), b(from) {
    function =
        func::FuncOp::create(b, loc, name, b.getFunctionType({b.getIndexType(), b.getIndexType()}, b.getI64Type()));
    function.setPrivate();
    function->setAttr("weft.task", b.getUnitAttr());
    entry = function.addEntryBlock();
  }

  void outline() {
    llvm::SetVector<Value> used;
    getUsedValuesDefinedAbove(op.getBody(), used);
    b.setInsertionPointToStart(entry);
    for (Value v : used)
      inside(v);
    auto [first, last] = bounds();
    Block &turns = op.getBody().front();
    turns.getArgument(0).replaceAllUsesWith(first);
    turns.getArgument(1).replaceAllUsesWith(last);
    entry->getOperations().splice(entry->end(), turns.getOperations());
    for (Value v : used)
      v.replaceUsesWithIf(known.lookup(v), [&](OpOperand &use) { return function->isAncestor(use.getOwner()); });
    giveFlags();
    function.setFunctionType(b.getFunctionType(entry->getArgumentTypes(), b.getI64Type()));
    call();
  }

private:
  /// What `v` is in the function: what costs nothing, and buffers that are used within a turn, is made again.
  Value inside(Value v) {
    if (Value there = known.lookupOrNull(v))
      return there;
    Operation *made = v.getDefiningOp();
    bool again = made && (matchPattern(made, m_Constant()) || isOwn(made) ||
                          isa<memref::GetGlobalOp, memref::DimOp, memref::CollapseShapeOp, memref::CastOp>(made));
    if (!again) {
      operands.push_back(v);
      Value there = entry->addArgument(v.getType(), v.getLoc());
      known.map(v, there);
      return there;
    }
    if (isOwn(made))
      copied.push_back(made);
    for (Value operand : made->getOperands())
      inside(operand);
    return b.clone(*made, known)->getResult(cast<OpResult>(v).getResultNumber());
  }

  bool isOwn(Operation *made) {
    return isa<memref::AllocaOp>(made) && !llvm::is_contained(op.getDivided(), made->getResult(0));
  }

  /// The bounds of turns begin to end, the function's arguments.
  std::pair<Value, Value> bounds() {
    Value begin = entry->getArgument(0), end = entry->getArgument(1);
    if (isPlain())
      return {begin, end};
    Value lower = inside(op.getLower()), step = arith::ConstantIndexOp::create(b, loc, op.getStep());
    auto bound = [&](Value turn) -> Value {
      return arith::AddIOp::create(b, loc, lower, arith::MulIOp::create(b, loc, turn, step));
    };
    Value last = arith::MinSIOp::create(b, loc, inside(op.getUpper()), bound(end));
    return {bound(begin), last};
  }
  bool isPlain() { return op.getStep() == 1 && getConstantIntValue(op.getLower()) == 0; }

  /// Bit k is set where check k did not hold.
  void giveFlags() {
    Operation *yield = entry->getTerminator();
    b.setInsertionPoint(yield);
    Value flags = arith::ConstantIntOp::create(b, loc, 0, 64);
    for (auto [k, held] : llvm::enumerate(yield->getOperands())) {
      Value bit = arith::ConstantIntOp::create(b, loc, int64_t(1) << k, 64),
            none = arith::ConstantIntOp::create(b, loc, 0, 64);
      flags = arith::OrIOp::create(b, loc, flags, arith::SelectOp::create(b, loc, held, none, bit));
    }
    func::ReturnOp::create(b, loc, flags);
    yield->erase();
  }

  void call() {
    b.setInsertionPoint(op);
    Value turns = op.getUpper();
    if (!isPlain()) {
      turns = arith::SubIOp::create(b, loc, turns, op.getLower());
      turns = arith::AddIOp::create(b, loc, turns, arith::ConstantIndexOp::create(b, loc, op.getStep() - 1));
      turns = arith::DivSIOp::create(b, loc, turns, arith::ConstantIndexOp::create(b, loc, op.getStep()));
    }
    Value flags = CallParallelOp::create(b, loc, b.getI64Type(), function.getName(), turns, op.getWork(), operands);
    for (auto [k, held] : llvm::enumerate(op.getHeld())) {
      Value bit = arith::ConstantIntOp::create(b, loc, int64_t(1) << k, 64),
            none = arith::ConstantIntOp::create(b, loc, 0, 64);
      Value failed = arith::AndIOp::create(b, loc, flags, bit);
      held.replaceAllUsesWith(arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, failed, none));
    }
    op->erase();
    for (Operation *buffer : copied)
      if (buffer->use_empty())
        buffer->erase();
  }

  ParallelOp op;
  Location loc;
  OpBuilder b;
  func::FuncOp function;
  Block *entry;
  IRMapping known;
  SmallVector<Value> operands;
  SmallVector<Operation *> copied; // the buffers that the function has its own of
};

struct OutlineParallelPass : impl::OutlineParallelPassBase<OutlineParallelPass> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    for (func::FuncOp function : llvm::to_vector(getOperation().getOps<func::FuncOp>())) {
      SmallVector<ParallelOp> loops;
      function.walk([&](ParallelOp op) { loops.push_back(op); });
      for (auto [k, op] : llvm::enumerate(loops)) {
        std::string name = (function.getName() + ".task" + Twine(k + 1)).str();
        while (symbols.lookup(name))
          name += '.';
        Task(op, function, name).outline();
      }
    }
  }
};

} // namespace
} // namespace weft

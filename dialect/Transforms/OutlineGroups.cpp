// weft-outline-groups: in a large function, one with more groups than LLVM takes in its stride, each group becomes a
// function of its own, and equal groups become one. Several of LLVM's passes take quadratic time in the loops of a
// function; and a host loop that was unrolled while tracing repeats the same few groups a thousand times.
//
// Runs on buffers, before groups become loops: a group is isolated from above, so its function is the group and its
// operands. Operands that are one buffer stay one argument, because what may be written in place depends on it.
#include "dialect/Transforms/Groups.h"
#include "dialect/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_OUTLINEGROUPSPASS
#include "dialect/Transforms/Passes.h.inc"

namespace {

/// Whether two of the group's buffers may be one (weft.take_buffer): as arguments they would seem to be two.
bool mayShareMemory(FusedOp group) {
  return llvm::any_of(group.getOuts(), [&](Value out) {
    return out.getDefiningOp<TakeBufferOp>() && llvm::is_contained(group.getIns(), rootOf(out));
  });
}

/// What fails or owns strings needs the frame, which only the entry function has.
bool needsFrame(FusedOp group) {
  auto text = [](Type t) { return isa<StringType>(getElementTypeOrSelf(t)); };
  if (llvm::any_of(group.getOperandTypes(), text) || llvm::any_of(group.getResultTypes(), text))
    return true;
  return group.getBody().walk([&](Operation *op) {
    bool plain = isMemoryEffectFree(op) && llvm::none_of(op->getResultTypes(), text);
    return plain || isa<YieldOp>(op) ? WalkResult::advance() : WalkResult::interrupt();
  }).wasInterrupted();
}

/// The group's operands without repetition, and which of them each operand is. Known integers are no operands but part of the
/// function: what it may divide by, and how fast, depends on them.
struct Operands {
  explicit Operands(FusedOp group) {
    llvm::SmallMapVector<Value, unsigned, 8> numbers;
    for (Value v : group.getOperands()) {
      Attribute value;
      if (isa<IntegerType>(v.getType()) && matchPattern(v, m_Constant(&value)))
        places.push_back({0, value});
      else
        places.push_back({numbers.try_emplace(v, numbers.size()).first->second, nullptr});
    }
    distinct = llvm::map_to_vector(numbers, [](auto &entry) { return entry.first; });
  }
  SmallVector<Value> distinct;
  SmallVector<std::pair<unsigned, Attribute>> places; // a number in `distinct`, or a constant
};

llvm::hash_code hashOf(FusedOp group, const Operands &operands) {
  llvm::hash_code hash = llvm::hash_combine(llvm::hash_combine_range(operands.places), group.getIns().size(),
                                            llvm::hash_combine_range(group->getResultTypes()));
  for (Operation &op : group.getBody().front())
    hash = llvm::hash_combine(
        hash, OperationEquivalence::computeHash(&op, OperationEquivalence::ignoreHashValue,
                                                OperationEquivalence::ignoreHashValue,
                                                OperationEquivalence::IgnoreLocations));
  return hash;
}

struct Kernel {
  func::FuncOp function;
  FusedOp group; // in it
  SmallVector<std::pair<unsigned, Attribute>> places;

  bool computes(FusedOp other, const Operands &operands) {
    return places == operands.places && group.getIns().size() == other.getIns().size() &&
           group.getOperandTypes() == other.getOperandTypes() && group.getResultTypes() == other.getResultTypes() &&
           OperationEquivalence::isRegionEquivalentTo(&group.getBody(), &other.getBody(),
                                                      OperationEquivalence::IgnoreLocations);
  }
};

class Outliner {
public:
  explicit Outliner(func::FuncOp entry) : entry(entry) {}

  /// Whether the group is now a call.
  bool outline(FusedOp group) {
    Operands operands(group);
    func::FuncOp kernel = kernelFor(group, operands);
    if (!kernel)
      return false;
    OpBuilder b(group);
    auto call = func::CallOp::create(b, group.getLoc(), kernel, operands.distinct);
    group->replaceAllUsesWith(call.getResults());
    group.erase();
    return true;
  }

private:
  func::FuncOp entry;
  llvm::DenseMap<size_t, SmallVector<Kernel, 1>> kernels;
  unsigned count = 0;

  func::FuncOp kernelFor(FusedOp group, const Operands &operands) {
    SmallVector<Kernel, 1> &alike = kernels[hashOf(group, operands)];
    for (Kernel &kernel : alike)
      if (kernel.computes(group, operands))
        return kernel.function;
    Kernel made = makeKernel(group, operands);
    // Where it stood, something may have shown that it cannot fail.
    if (needsFrame(made.group)) {
      made.function.erase();
      return nullptr;
    }
    alike.push_back(made);
    return made.function;
  }

  Kernel makeKernel(FusedOp group, const Operands &operands) {
    OpBuilder b(entry);
    auto type = b.getFunctionType(ValueRange(operands.distinct).getTypes(), group.getResultTypes());
    std::string name;
    do
      name = (entry.getName() + "." + Twine(++count)).str();
    while (SymbolTable::lookupSymbolIn(entry->getParentOp(), name));
    auto function = func::FuncOp::create(b, group.getLoc(), name, type);
    function.setPrivate();
    Block *body = function.addEntryBlock();
    b.setInsertionPointToEnd(body);
    auto inside = cast<FusedOp>(b.clone(*group));
    for (auto [outside, operand, place] : llvm::zip(group.getOperands(), inside->getOpOperands(), operands.places)) {
      OpBuilder first = OpBuilder::atBlockBegin(body);
      Value known = place.second ? first.clone(*outside.getDefiningOp())->getResult(0) : Value();
      operand.set(known ? known : body->getArgument(place.first));
    }
    func::ReturnOp::create(b, group.getLoc(), inside.getResults());
    return {function, inside, operands.places};
  }
};

struct OutlineGroupsPass : impl::OutlineGroupsPassBase<OutlineGroupsPass> {
  using OutlineGroupsPassBase::OutlineGroupsPassBase;

  void runOnOperation() override {
    for (func::FuncOp function : llvm::to_vector(getOperation().getOps<func::FuncOp>())) {
      SmallVector<FusedOp> groups;
      function.walk([&](FusedOp group) { groups.push_back(group); });
      if (groups.size() <= most)
        continue;
      Outliner outliner(function);
      for (FusedOp group : groups)
        if (!needsFrame(group) && !mayShareMemory(group) && outliner.outline(group))
          ++outlined;
    }
  }
};

} // namespace
} // namespace weft

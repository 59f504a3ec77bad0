// The order of a fused block: groups and the operations that stay, so that everything is made before it is used,
// effects keep their order, and what nothing forces to move stays where it was.
#include "dialect/Transforms/FusePlan.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"

#include <queue>

using namespace mlir;

namespace weft {
namespace {

class Sorter {
public:
  Sorter(Block &block, BlockPlan &plan) : block(block), plan(plan) {}

  /// What is ready, earliest first: what nothing forces to move stays where it was.
  LogicalResult run() {
    makeNodes();
    makeEdges();
    auto later = [&](unsigned a, unsigned b) { return std::pair(positions[a], a) > std::pair(positions[b], b); };
    std::priority_queue<unsigned, std::vector<unsigned>, decltype(later)> ready(later);
    for (unsigned n = 0; n < positions.size(); ++n)
      if (waiting[n] == 0)
        ready.push(n);
    while (!ready.empty()) {
      unsigned n = ready.top();
      ready.pop();
      bool group = n < plan.groups.size();
      plan.order.push_back({group ? nullptr : staying[n - plan.groups.size()], n});
      for (unsigned next : successors[n])
        if (--waiting[next] == 0)
          ready.push(next);
    }
    return success(plan.order.size() == positions.size());
  }

private:
  Block &block;
  BlockPlan &plan;
  // Nodes: the groups, then the operations that stay.
  std::vector<Operation *> staying;
  DenseMap<Operation *, unsigned> nodeOf;
  std::vector<SmallVector<unsigned, 2>> successors;
  std::vector<unsigned> waiting, positions;

  void edge(unsigned from, unsigned to) {
    successors[from].push_back(to);
    ++waiting[to];
  }

  void makeNodes() {
    for (GroupPlan &g : plan.groups)
      positions.push_back(plan.ops[g.roots.back()].position);
    for (Operation &op : block.without_terminator())
      if (!isFusable(&op)) {
        nodeOf[&op] = positions.size();
        staying.push_back(&op);
        positions.push_back(plan.ops[&op].position);
      }
    successors.resize(positions.size());
    waiting.resize(positions.size());
  }

  /// The nodes that compute an operation; the first one is where others take its value from.
  SmallVector<unsigned, 1> nodesOf(Operation *op) {
    if (isFusable(op))
      return plan.ops[op].groups;
    auto it = nodeOf.find(op);
    return it == nodeOf.end() ? SmallVector<unsigned, 1>() : SmallVector<unsigned, 1>{it->second};
  }

  void makeEdges() {
    Operation *effect = nullptr, *check = nullptr;
    for (Operation &op : block.without_terminator()) {
      SmallVector<unsigned, 1> makers = nodesOf(&op);
      if (makers.empty())
        continue;
      for (OpOperand &use : op.getUses())
        for (unsigned user : nodesOf(block.findAncestorOpInBlock(*use.getOwner())))
          if (!llvm::is_contained(makers, user))
            edge(makers.front(), user);
      // Earlier checks come before this one: they are effects.
      if (check && reliesOnChecks(&op))
        for (unsigned maker : makers)
          edge(nodeOf[check], maker);
      if (isa<CheckOp, CheckSizesOp>(op))
        check = &op;
      if (isMemoryEffectFree(&op))
        continue;
      if (effect)
        edge(nodesOf(effect).front(), makers.front());
      effect = &op;
    }
  }
};

} // namespace

LogicalResult orderPlan(Block &block, BlockPlan &plan) { return Sorter(block, plan).run(); }

} // namespace weft

// Grouping, one pass backwards over a block, so that every user of a value has its place when the value is visited.
//
// Every group has a level, and whatever takes a value from outside of a group has a lower level than that group
// (operations that stay have at most the same as what they feed on, and keep their order). So a value may join any
// group whose level is above all its other users', and groups can never wait for each other. Levels are as low as they
// can be, which puts values next to their users; a group is raised when that lets a value join it and nothing that
// feeds it would end up too low. A check counts as something that later operations which rely on it feed on.
#include "dialect/Transforms/FusePlan.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/DenseSet.h"

#include <limits>

using namespace mlir;

namespace weft {
namespace {

// Longer bodies gain nothing and cost the compiler more than linear time; more results than a few exhaust its
// registers.
constexpr size_t maxMembers = 256, maxRoots = 16;
// A cheap value wanted by more groups than this is stored after all.
constexpr size_t maxCopies = 16;
constexpr int64_t unbounded = std::numeric_limits<int64_t>::max();

bool isScalar(Type t) { return !isa<ShapedType>(t); }
bool hasEffects(Operation *op) { return !isMemoryEffectFree(op); }

bool isCheap(Operation *op) {
  if (isScalar(op->getResult(0).getType()) || hasEffects(op))
    return false;
  if (auto elementwise = dyn_cast<ElementwiseOpInterface>(op))
    return elementwise.isCheap();
  auto indexed = dyn_cast<IndexedOpInterface>(op);
  return indexed && indexed.isCheap();
}

/// Put together from pieces that get loops of their own, if it is the only result of its group and its base is stored:
/// then writing a piece in place costs no more than the piece.
bool isAssembled(Operation *op) {
  auto indexed = dyn_cast<IndexedOpInterface>(op);
  return indexed && !indexed.isCheap();
}

Type shapeKey(Type t) { return RankedTensorType::get(shapeOf(t), IntegerType::get(t.getContext(), 1)); }

/// Whether computing `v` in a group would read `base`.
bool readsThrough(Value v, Value base) {
  SmallVector<Value> work{v};
  llvm::SmallDenseSet<Value> seen;
  while (!work.empty() && seen.size() < maxMembers) {
    Value x = work.pop_back_val();
    if (x == base)
      return true;
    Operation *op = x.getDefiningOp();
    if (op && isFusable(op) && seen.insert(x).second)
      llvm::append_range(work, op->getOperands());
  }
  return false;
}

/// How an operation reads a tensor operand.
enum class Reading {
  InPlace,  // at the element it computes
  Moved,    // at another
  Repeated, // at one for several
  Stored    // from memory only
};
Reading readingOf(OpOperand &operand) {
  Operation *user = operand.getOwner();
  if (isa<ReductionOpInterface>(user))
    return Reading::InPlace;
  ArrayRef<int64_t> from = shapeOf(operand.get().getType()), to = shapeOf(user->getResult(0).getType());
  if (auto indexed = dyn_cast<IndexedOpInterface>(user)) {
    // What is written over a part of a tensor, and made from that tensor, is stored first: then the tensor can be
    // changed in place.
    int64_t base = indexed.getBase();
    if (base >= 0 && readsThrough(operand.get(), user->getOperand(base)))
      return Reading::Stored;
    return indexed.repeatsElements() ? Reading::Repeated : Reading::Moved;
  }
  if (from == to)
    return Reading::InPlace;
  auto wide = [](ArrayRef<int64_t> s) { return llvm::make_filter_range(s, [](int64_t d) { return d != 1; }); };
  return llvm::equal(wide(from), wide(to)) ? Reading::Moved : Reading::Repeated;
}

/// A use of a value by a group: `view` tells apart the index maps through which a group reads, 0 being the group's own
/// element.
struct Use {
  unsigned group;
  unsigned view;
  bool repeated;
  bool stored;
  bool operator==(const Use &) const = default;
};

struct GroupState {
  int64_t level;
  int64_t feedingGroups = unbounded, feedingOps = unbounded; // the lowest levels of what this group takes values from
  bool effect = false;
  bool assembled = false;
};

class Planner {
public:
  Planner(Block &block, bool merge) : block(block), merge(merge) {}

  FailureOr<BlockPlan> run() {
    unsigned position = 0;
    for (Operation &op : block)
      plan.ops[&op].position = position++;
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
      if (isFusable(&op))
        placeFusable(&op);
      else
        placeOther(&op);
    }
    for (GroupPlan &g : plan.groups) {
      std::reverse(g.members.begin(), g.members.end());
      std::reverse(g.roots.begin(), g.roots.end());
    }
    if (failed(orderPlan(block, plan)))
      return failure();
    return std::move(plan);
  }

private:
  Block &block;
  bool merge;
  BlockPlan plan;
  std::vector<GroupState> states;
  DenseMap<Operation *, int64_t> levels;             // of operations that stay
  DenseMap<Operation *, SmallVector<Use, 1>> usesOf; // by which operations that are placed read their operands
  DenseMap<std::pair<Value, IterationSpace>, unsigned> readers; // a group that reads the value at its own element
  DenseMap<std::pair<int64_t, IterationSpace>, unsigned> atLevel;
  Operation *nextEffect = nullptr;
  SmallVector<unsigned> relying; // groups with an operation that relies on the checks before it
  int64_t relyingLevel = 0;      // the highest level of such an operation that stays
  unsigned views = 0;

  /// The users of an operation's results: the groups with the way they read, and the highest level of the others. The
  /// effect that has to come later counts as one of them.
  struct Users {
    SmallVector<Use> groups;
    bool others = false;
    int64_t othersLevel = -1;
    std::optional<unsigned> nextEffect; // its group, if it has one
  };

  Users usersOf(Operation *op) {
    Users users;
    for (OpOperand &operand : op->getUses()) {
      Operation *user = block.findAncestorOpInBlock(*operand.getOwner());
      if (!isFusable(user)) {
        users.others = true;
        users.othersLevel = std::max(users.othersLevel, levels.lookup(user));
        continue;
      }
      Reading reading = readingOf(operand);
      for (const Use &u : usesOf.find(user)->second) {
        Use use = u;
        if (reading != Reading::InPlace)
          use = {u.group, ++views, u.repeated || reading == Reading::Repeated, reading == Reading::Stored};
        if (!llvm::is_contained(ArrayRef(users.groups).take_back(4), use)) // most users of a value are alike
          users.groups.push_back(use);
      }
    }
    if (nextEffect && hasEffects(op)) {
      if (isFusable(nextEffect))
        users.nextEffect = plan.ops[nextEffect].groups.front();
      users.othersLevel =
          std::max(users.othersLevel, users.nextEffect ? states[*users.nextEffect].level : levels.lookup(nextEffect));
    }
    return users;
  }

  void placeOther(Operation *op) {
    Users users = usersOf(op);
    int64_t level = std::max<int64_t>(users.othersLevel, 0);
    SmallVector<unsigned> after;
    for (const Use &u : users.groups)
      after.push_back(u.group);
    if (isa<CheckOp, CheckSizesOp>(op)) {
      after.append(relying);
      level = std::max(level, relyingLevel);
    }
    for (unsigned g : after)
      level = std::max(level, states[g].level);
    levels[op] = level;
    if (reliesOnChecks(op))
      relyingLevel = std::max(relyingLevel, level);
    if (users.nextEffect)
      after.push_back(*users.nextEffect);
    for (unsigned g : after)
      states[g].feedingOps = std::min(states[g].feedingOps, level);
    if (hasEffects(op))
      nextEffect = op;
  }

  void placeFusable(Operation *op) {
    Users users = usersOf(op);
    usesOf[op];
    bool effect = hasEffects(op);
    if (users.groups.empty() && !users.others && !effect)
      return;
    if (merge && isCheap(op) && placeCopies(op, users))
      return;
    if (!(merge && placeInside(op, users)))
      placeRoot(op, users);
    if (!effect)
      return;
    nextEffect = op;
    if (users.nextEffect)
      feed(*users.nextEffect, plan.ops[op].groups.front());
  }

  /// Cheap values are computed again in every group that reads them. What wants them in memory takes them from a copy.
  bool placeCopies(Operation *op, const Users &users) {
    SmallVector<unsigned, 1> groups;
    Users others{{}, users.others, users.othersLevel, {}};
    for (const Use &u : users.groups) {
      if (u.stored) {
        others.groups.push_back(u);
        continue;
      }
      if (llvm::is_contained(groups, u.group))
        continue;
      groups.push_back(u.group);
      if (groups.size() > maxCopies || isFull(u.group))
        return false;
    }
    if (groups.empty())
      return false;
    if (others.others || !others.groups.empty())
      placeRoot(storedCopy(op), others);
    for (unsigned g : groups)
      addMember(g, op);
    auto copied = llvm::make_filter_range(users.groups, [](const Use &u) { return !u.stored; });
    usesOf[op].assign(copied.begin(), copied.end());
    return true;
  }

  Operation *storedCopy(Operation *op) {
    Operation *stored = op->clone();
    block.getOperations().insertAfter(op->getIterator(), stored);
    op->getResult(0).replaceUsesWithIf(stored->getResult(0), [&](OpOperand &use) {
      Operation *user = use.getOwner();
      return user->getBlock() != &block || !isFusable(user) || readingOf(use) == Reading::Stored;
    });
    unsigned position = plan.ops[op].position;
    plan.ops[stored].position = position;
    return stored;
  }

  /// A value that one group reads, everywhere through the same index map and each element once, is computed in it.
  bool placeInside(Operation *op, const Users &users) {
    if (users.others || users.groups.empty() || isa<ReductionOpInterface>(op) || isAssembled(op) ||
        isScalar(op->getResult(0).getType()))
      return false;
    Use first = users.groups.front();
    if (first.repeated || first.stored || !llvm::all_equal(users.groups) || !canTake(first.group, op))
      return false;
    // An effect must happen for every element, and before the next one.
    if (hasEffects(op) && (first.view != 0 || !reach(first.group, users.othersLevel + 1)))
      return false;
    join(first, op);
    return true;
  }

  void placeRoot(Operation *op, const Users &users) {
    unsigned g = groupForRoot(op, users);
    plan.groups[g].roots.push_back(op);
    plan.ops[op].root = true;
    for (const Use &u : users.groups)
      if (u.group != g)
        feed(u.group, g);
    join({g, 0, false, false}, op);
  }

  void feed(unsigned user, unsigned maker) {
    states[user].feedingGroups = std::min(states[user].feedingGroups, states[maker].level);
  }

  unsigned groupForRoot(Operation *op, const Users &users) {
    IterationSpace space = IterationSpace::of(op);
    int64_t need = users.othersLevel;
    for (const Use &u : users.groups)
      need = std::max(need, states[u.group].level);
    ++need;
    if (!merge || isAssembled(op))
      return addGroup(space, need);
    if (std::optional<unsigned> g = readingGroup(op, space, users))
      return *g;
    auto fits = [&](unsigned g) {
      return canTakeRoot(g, op) && llvm::none_of(users.groups, [&](const Use &u) { return u.group == g; }) &&
             reach(g, need);
    };
    for (Value x : op->getOperands())
      if (auto it = readers.find({x, space}); it != readers.end() && fits(it->second))
        return it->second;
    // Two open dimensions may differ unless something read in common says they do not.
    bool known = cast<ShapedType>(space.shape).hasStaticShape();
    if (known && !space.reduces())
      if (auto it = atLevel.find({need, space});
          it != atLevel.end() && states[it->second].level == need && fits(it->second))
        return it->second;
    return addGroup(space, need);
  }

  /// The highest group of the same space that reads the value only at its own element, if it may come before all other
  /// users.
  std::optional<unsigned> readingGroup(Operation *op, const IterationSpace &space, const Users &users) {
    std::optional<unsigned> best;
    if (space.reduces() || isScalar(op->getResult(0).getType()))
      return best;
    for (const Use &u : users.groups)
      if (u.view == 0 && plan.groups[u.group].space == space && (!best || states[*best].level < states[u.group].level))
        best = u.group;
    if (!best || !canTakeRoot(*best, op))
      return {};
    int64_t need = users.othersLevel;
    for (const Use &u : users.groups) {
      if (u.group == *best && u.view != 0)
        return {};
      if (u.group != *best)
        need = std::max(need, states[u.group].level);
    }
    return reach(*best, need + 1) ? best : std::nullopt;
  }

  /// Whether the group has at least this level, or was raised to it.
  bool reach(unsigned g, int64_t level) {
    GroupState &s = states[g];
    if (s.level >= level)
      return true;
    if (level >= s.feedingGroups || level > s.feedingOps)
      return false;
    s.level = level;
    atLevel[{level, plan.groups[g].space}] = g;
    return true;
  }

  bool isFull(unsigned g) const { return plan.groups[g].members.size() >= maxMembers; }
  bool canTake(unsigned g, Operation *op) const { return !isFull(g) && !(states[g].effect && hasEffects(op)); }
  bool canTakeRoot(unsigned g, Operation *op) const {
    return canTake(g, op) && !states[g].assembled && plan.groups[g].roots.size() < maxRoots;
  }

  unsigned addGroup(const IterationSpace &space, int64_t level) {
    plan.groups.push_back({space, {}, {}});
    states.push_back({level});
    unsigned g = plan.groups.size() - 1;
    atLevel[{level, space}] = g;
    return g;
  }

  void addMember(unsigned g, Operation *op) {
    plan.groups[g].members.push_back(op);
    plan.ops[op].groups.push_back(g);
    if (reliesOnChecks(op) && !llvm::is_contained(relying, g))
      relying.push_back(g);
  }

  void join(const Use &use, Operation *op) {
    addMember(use.group, op);
    usesOf[op] = {use};
    states[use.group].effect |= hasEffects(op);
    states[use.group].assembled |= isAssembled(op);
    if (use.view != 0)
      return;
    const IterationSpace &space = plan.groups[use.group].space;
    for (OpOperand &x : op->getOpOperands()) {
      Type type = x.get().getType();
      if (isa<RankedTensorType>(type) && shapeKey(type) == space.shape && readingOf(x) == Reading::InPlace)
        readers[{x.get(), space}] = use.group;
    }
  }
};

} // namespace

bool reliesOnChecks(Operation *op) {
  if (!isFusable(op) && !isa<RoutineOpInterface>(op))
    return false;
  auto open = [](Type t) { return isa<RankedTensorType>(t) && !cast<RankedTensorType>(t).hasStaticShape(); };
  return op->hasAttr("checked") || llvm::any_of(op->getOperandTypes(), open) ||
         llvm::any_of(op->getResultTypes(), open);
}

IterationSpace IterationSpace::of(Operation *op) {
  Type result = op->getResult(0).getType();
  auto reduction = dyn_cast<ReductionOpInterface>(op);
  if (!reduction)
    return {shapeKey(result), {}, {}};
  return {shapeKey(op->getOperand(0).getType()), DenseI64ArrayAttr::get(op->getContext(), reduction.getReducedAxes()),
          shapeKey(result)};
}

FailureOr<BlockPlan> planBlock(Block &block, bool merge) { return Planner(block, merge).run(); }

} // namespace weft

// weft-hoist-buffers: takes weft.alloc and weft.free out of loops. The buffers of one type and size that a loop's body allocates and
// frees become a pool made before the loop: an allocation takes from it, a free puts back. Ownership is linear, so a turn leaves as
// many as it found; where it leaves other ones, they are carried to the next turn, and that is how two buffers alternate.
//
// A loop is first played through with names for what the pool holds (`Player`), then rewritten (`Rewriter`).
#include "dialect/IR/Weft.h"
#include "dialect/Transforms/BufferSizes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Pass/Pass.h"

using namespace mlir;

namespace weft {
#define GEN_PASS_DEF_HOISTBUFFERSPASS
#include "dialect/Transforms/Passes.h.inc"
namespace {

/// A buffer in the pool, by where it comes from.
struct Item {
  enum Kind { Spare, Freed, Merged, Forwarded } kind;
  unsigned position = 0;      // Spare: of the pool before the loop. Merged, Forwarded: of the pool behind the branch or the test
  Operation *op = nullptr;    // Freed: the free. Merged: the branch
  bool operator==(const Item &) const = default;
};
using Pool = SmallVector<Item>;

/// How one loop uses the pool of one kind of buffer.
struct Plan {
  llvm::DenseSet<Operation *> pooled;         // the allocations and frees that use it
  llvm::DenseMap<Operation *, Item> taken;    // by each allocation
  /// What the branches of an operation leave in the pool, where that differs.
  llvm::DenseMap<Operation *, SmallVector<std::pair<unsigned, SmallVector<Item>>>> merged;
  unsigned spares = 0;
  llvm::BitVector carried; // the spares that a turn exchanges for other buffers
  Pool left;               // behind the last region
  Pool tested;             // scf.while: behind the test
};

/// The blocks of the branches of an operation; null for an absent else.
SmallVector<Block *> branchesOf(Operation *op) {
  SmallVector<Block *> blocks;
  if (isa<scf::IfOp>(op))
    for (Region &region : op->getRegions())
      blocks.push_back(region.empty() ? nullptr : &region.front());
  return blocks;
}

class Player {
public:
  Player(LoopLikeOpInterface loop, Plan &plan) : loop(loop), plan(plan) {}
  /// False where the turns or branches of the loop do not leave as many buffers as they found.
  bool play();

private:
  bool count(Block &block, int &depth);
  void playBlock(Block &block, Pool &pool);
  void merge(Operation *op, MutableArrayRef<Pool> pools, Pool &pool);
  static void align(Pool &pool, const Pool &model);

  LoopLikeOpInterface loop;
  Plan &plan;
  int lowest = 0;
};

bool Player::play() {
  int depth = 0;
  for (Region *region : loop.getLoopRegions())
    if (!count(region->front(), depth))
      return false;
  if (depth != 0)
    return false;
  plan.spares = -lowest;
  plan.carried.resize(plan.spares);
  // A spare that the test leaves in place needs no argument behind it, unless the next turn finds another one there.
  for (bool settled = false; !settled;) {
    Pool pool;
    for (unsigned i = 0; i < plan.spares; ++i)
      pool.push_back({Item::Spare, i});
    Pool first = pool;
    for (Region *region : loop.getLoopRegions()) {
      if (region != loop.getLoopRegions().front()) {
        plan.tested = pool;
        for (auto [i, item] : llvm::enumerate(pool))
          if (item.kind != Item::Spare || plan.carried[item.position])
            item = {Item::Forwarded, static_cast<unsigned>(i)};
      }
      playBlock(region->front(), pool);
    }
    align(pool, first);
    plan.left = pool;
    settled = true;
    for (unsigned i = 0; i < plan.spares; ++i)
      if (pool[i] != first[i] && !plan.carried[i]) {
        plan.carried.set(i);
        settled = loop.getLoopRegions().size() == 1;
      }
  }
  return true;
}

bool Player::count(Block &block, int &depth) {
  for (Operation &op : block) {
    if (plan.pooled.contains(&op)) {
      depth += isa<AllocOp>(op) ? -1 : 1;
      lowest = std::min(lowest, depth);
    }
    std::optional<int> behind;
    for (Block *branch : branchesOf(&op)) {
      int own = depth;
      if ((branch && !count(*branch, own)) || own != behind.value_or(own))
        return false;
      behind = own;
    }
    depth = behind.value_or(depth);
  }
  return true;
}

void Player::playBlock(Block &block, Pool &pool) {
  for (Operation &op : block) {
    if (plan.pooled.contains(&op)) {
      if (isa<AllocOp>(op)) {
        plan.taken[&op] = pool.pop_back_val();
      } else {
        // What was taken in this turn goes back as what it is.
        auto it = plan.taken.find(cast<FreeOp>(op).getValue().getDefiningOp());
        pool.push_back(it == plan.taken.end() ? Item{Item::Freed, 0, &op} : it->second);
      }
    }
    SmallVector<Pool> pools;
    for (Block *branch : branchesOf(&op)) {
      pools.push_back(pool);
      if (branch)
        playBlock(*branch, pools.back());
    }
    if (!pools.empty())
      merge(&op, pools, pool);
  }
}

/// Puts what both hold to the same place.
void Player::align(Pool &pool, const Pool &model) {
  for (size_t i = 0; i < std::min(pool.size(), model.size()); ++i)
    if (auto *it = llvm::find(pool, model[i]); it != pool.end())
      std::swap(pool[i], *it);
}

void Player::merge(Operation *op, MutableArrayRef<Pool> pools, Pool &pool) {
  for (Pool &other : pools.drop_front())
    align(other, pools.front());
  pool = pools.front();
  auto &merged = plan.merged[op];
  merged.clear();
  for (unsigned i = 0; i < pool.size(); ++i) {
    if (llvm::all_of(pools, [&](Pool &p) { return p[i] == pool[i]; }))
      continue;
    merged.push_back({i, llvm::map_to_vector(pools, [&](Pool &p) { return p[i]; })});
    pool[i] = {Item::Merged, i, op};
  }
}

/// The allocations and frees of buffers of one type and size.
struct Group {
  MemRefType type;
  SmallVector<unsigned> numbers; // of the open sizes
  SmallVector<Value> sizes;
  SmallVector<AllocOp> allocs;
  SmallVector<FreeOp> frees;
};

class Rewriter {
public:
  Rewriter(LoopLikeOpInterface loop, Plan &plan, const Group &group, BufferSizes &known)
      : loop(loop), plan(plan), type(group.type), sizes(group.sizes), known(known), b(loop) {}
  /// Gives what the loop became.
  LoopLikeOpInterface rewrite();

private:
  void rewriteBlock(Block &block);
  void rewriteBranches(Operation *op);
  bool forwarded(const Item &item) const { return item.kind != Item::Spare || plan.carried.test(item.position); }
  Value valueOf(const Item &item);
  /// The same operation with more operands and results.
  Operation *extend(Operation *op, ValueRange operands, unsigned results);

  LoopLikeOpInterface loop;
  Plan &plan;
  MemRefType type;
  ArrayRef<Value> sizes;
  BufferSizes &known;
  OpBuilder b;
  SmallVector<Value> spares, forwardedValues; // here and now
  llvm::DenseMap<Operation *, Value> freed;
  llvm::DenseMap<std::pair<Operation *, unsigned>, Value> merged;
};

Value Rewriter::valueOf(const Item &item) {
  switch (item.kind) {
  case Item::Spare: return spares[item.position];
  case Item::Freed: return freed.lookup(item.op);
  case Item::Merged: return merged.lookup({item.op, item.position});
  case Item::Forwarded: return forwardedValues[item.position];
  }
  llvm_unreachable("all kinds are above");
}

Operation *Rewriter::extend(Operation *op, ValueRange operands, unsigned results) {
  b.setInsertionPoint(op);
  OperationState state(op->getLoc(), op->getName());
  state.addOperands(op->getOperands());
  state.addOperands(operands);
  state.addTypes(op->getResultTypes());
  state.types.append(results, type);
  state.addAttributes(op->getAttrs());
  for (Region &region : op->getRegions())
    state.addRegion()->takeBody(region);
  Operation *extended = b.create(state);
  op->replaceAllUsesWith(extended->getResults().drop_back(results));
  op->erase();
  return extended;
}

LoopLikeOpInterface Rewriter::rewrite() {
  Location loc = loop.getLoc();
  SmallVector<Value> fresh, initial;
  for (unsigned i = 0; i < plan.spares; ++i) {
    fresh.push_back(AllocOp::create(b, loc, type, sizes));
    if (plan.carried.test(i))
      initial.push_back(fresh.back());
  }
  bool tests = isa<scf::WhileOp>(loop);
  const Pool &behind = tests ? plan.tested : plan.left;
  unsigned results = tests ? llvm::count_if(behind, [&](const Item &i) { return forwarded(i); }) : initial.size();
  loop = cast<LoopLikeOpInterface>(extend(loop, initial, results));

  for (Region *region : loop.getLoopRegions()) {
    Block &block = region->front();
    bool first = region == loop.getLoopRegions().front(), last = region == loop.getLoopRegions().back();
    SmallVector<BlockArgument> more;
    for (unsigned i = 0, n = first ? initial.size() : results; i < n; ++i)
      known.addFixed(more.emplace_back(block.addArgument(type, loc)));
    auto next = more.begin();
    spares = fresh;
    if (first) {
      for (unsigned i : plan.carried.set_bits())
        spares[i] = *next++;
    } else {
      forwardedValues.assign(behind.size(), Value());
      for (auto [item, value] : llvm::zip(behind, forwardedValues))
        if (forwarded(item))
          value = *next++;
    }
    rewriteBlock(block);
    SmallVector<Value> passed;
    if (last)
      for (unsigned i : plan.carried.set_bits())
        passed.push_back(valueOf(plan.left[i]));
    else
      for (const Item &item : behind)
        if (forwarded(item))
          passed.push_back(valueOf(item));
    Operation *end = block.getTerminator();
    end->insertOperands(end->getNumOperands(), passed);
  }

  b.setInsertionPointAfter(loop);
  auto result = loop->getResults().take_back(results).begin();
  for (auto [i, item] : llvm::enumerate(behind)) {
    bool exchanged = tests ? forwarded(item) : plan.carried.test(i);
    FreeOp::create(b, loc, exchanged ? Value(*result++) : fresh[tests ? item.position : i]);
  }
  return loop;
}

void Rewriter::rewriteBlock(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(block)) {
    if (!plan.pooled.contains(&op)) {
      if (!branchesOf(&op).empty())
        rewriteBranches(&op);
      continue;
    }
    if (auto alloc = dyn_cast<AllocOp>(op))
      alloc.replaceAllUsesWith(valueOf(plan.taken.lookup(alloc)));
    else
      freed[&op] = cast<FreeOp>(op).getValue();
    op.erase();
  }
}

void Rewriter::rewriteBranches(Operation *op) {
  auto it = plan.merged.find(op);
  bool merges = it != plan.merged.end() && !it->second.empty();
  for (auto [k, region] : llvm::enumerate(op->getRegions())) {
    if (region.empty()) {
      if (!merges)
        continue;
      OpBuilder inside = OpBuilder::atBlockBegin(&region.emplaceBlock());
      scf::YieldOp::create(inside, op->getLoc());
    }
    rewriteBlock(region.front());
    if (!merges)
      continue;
    Operation *end = region.front().getTerminator();
    for (auto &[position, items] : it->second)
      end->insertOperands(end->getNumOperands(), valueOf(items[k]));
  }
  if (!merges)
    return;
  Operation *extended = extend(op, {}, it->second.size());
  for (auto [entry, value] : llvm::zip(it->second, extended->getResults().take_back(it->second.size())))
    merged[{op, entry.first}] = value;
}

//===--- The pass ------------------------------------------------------------------------------------------------===//

class LoopHoister {
public:
  LoopHoister(LoopLikeOpInterface loop, BufferSizes &sizes) : loop(loop), sizes(sizes) {}
  /// How many allocations left the loop.
  unsigned hoist();

private:
  void collect(Block &block);
  Group *find(MemRefType type, ArrayRef<unsigned> numbers) {
    auto *it = llvm::find_if(groups, [&](Group &g) { return g.type == type && g.numbers == numbers; });
    return it == groups.end() ? nullptr : it;
  }
  void group();
  std::optional<Plan> plan(const Group &g);

  LoopLikeOpInterface loop;
  BufferSizes &sizes;
  SmallVector<AllocOp> allocs;
  SmallVector<FreeOp> frees;
  SmallVector<Group, 1> groups;
};

void LoopHoister::collect(Block &block) {
  for (Operation &op : block) {
    if (auto alloc = dyn_cast<AllocOp>(op))
      allocs.push_back(alloc);
    else if (auto free = dyn_cast<FreeOp>(op))
      frees.push_back(free);
    for (Block *branch : branchesOf(&op))
      if (branch)
        collect(*branch);
  }
}

void LoopHoister::group() {
  for (AllocOp alloc : allocs) {
    // What a variable keeps is no buffer of the loop.
    if (llvm::any_of(alloc->getUsers(), llvm::IsaPred<VariableAssignOp>))
      continue;
    auto type = cast<MemRefType>(alloc.getBuffer().getType());
    auto numbers = llvm::map_to_vector(alloc.getSizes(), [&](Value v) { return sizes.number(v); });
    Group *g = find(type, numbers);
    if (!g) {
      auto outside = llvm::map_to_vector(alloc.getSizes(), [&](Value v) { return sizes.outside(v, loop); });
      if (llvm::is_contained(outside, Value()))
        continue;
      g = &groups.emplace_back(Group{type, numbers, outside, {}, {}});
    }
    g->allocs.push_back(alloc);
  }
  for (FreeOp free : frees) {
    // What is read from a variable is shared with it.
    auto type = dyn_cast<MemRefType>(free.getValue().getType());
    if (!type || free.getValue().getDefiningOp<VariableReadOp>())
      continue;
    SmallVector<unsigned> numbers;
    for (int64_t d = 0; d < type.getRank(); ++d)
      if (type.isDynamicDim(d))
        numbers.push_back(sizes.dim(free.getValue(), d));
    if (Group *g = find(type, numbers))
      g->frees.push_back(free);
  }
}

/// With all of them, or with those that live in one block only, where some leave the loop on another way.
std::optional<Plan> LoopHoister::plan(const Group &g) {
  Plan all;
  all.pooled.insert_range(g.allocs);
  all.pooled.insert_range(g.frees);
  if (Player(loop, all).play())
    return all;
  Plan local;
  for (FreeOp free : g.frees) {
    auto alloc = free.getValue().getDefiningOp<AllocOp>();
    if (alloc && alloc->getBlock() == free->getBlock() && llvm::is_contained(g.allocs, alloc)) {
      local.pooled.insert(alloc);
      local.pooled.insert(free);
    }
  }
  if (!local.pooled.empty() && Player(loop, local).play())
    return local;
  return std::nullopt;
}

unsigned LoopHoister::hoist() {
  for (Region *region : loop.getLoopRegions())
    collect(region->front());
  if (allocs.empty())
    return 0;
  sizes.forget();
  group();
  unsigned count = 0;
  for (const Group &g : groups)
    if (std::optional<Plan> p = plan(g)) {
      count += p->taken.size();
      loop = Rewriter(loop, *p, g, sizes).rewrite();
    }
  return count;
}

struct HoistBuffersPass : impl::HoistBuffersPassBase<HoistBuffersPass> {
  void runOnOperation() override {
    // Inner loops first: what leaves them may leave the outer one too.
    SmallVector<LoopLikeOpInterface> loops;
    getOperation().walk([&](Operation *op) {
      if (isa<scf::ForOp, scf::WhileOp>(op))
        loops.push_back(cast<LoopLikeOpInterface>(op));
    });
    BufferSizes sizes(getOperation());
    for (LoopLikeOpInterface loop : loops)
      hoisted += LoopHoister(loop, sizes).hoist();
  }
};

} // namespace
} // namespace weft

// The context pool: making contexts with every dialect of the pipeline loaded, lending and retiring them.
#include "dialect/Transforms/ContextPool.h"

#include "dialect/Transforms/Pipelines.h"

#include "mlir/Dialect/Index/IR/IndexDialect.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"

#include <map>

using namespace mlir;

namespace weft {

static const DialectRegistry &dialects() {
  static const DialectRegistry registry = [] {
    DialectRegistry r;
    registerWeftDialects(r);
    // What upstream's lowerings may make on their way.
    r.insert<index::IndexDialect, ub::UBDialect>();
    registerBuiltinDialectTranslation(r);
    registerLLVMDialectTranslation(r);
    return r;
  }();
  return registry;
}

struct ContextPool::Slot {
  Slot() : context(dialects(), MLIRContext::Threading::DISABLED) {
    context.loadAllAvailableDialects();
    context.printOpOnDiagnostic(false);
    context.printStackTraceOnDiagnostic(false);
    // The last resort: whoever wants to know has a handler of their own, and nothing may be written to stderr.
    context.getDiagEngine().registerHandler([](Diagnostic &) { return success(); });
  }
  MLIRContext context;
  std::map<int, std::unique_ptr<PassManager>> passes;
  unsigned uses = 0;
  std::size_t growth = 0;
};

ContextPool::ContextPool() = default;
ContextPool::~ContextPool() = default;

ContextPool::Lease ContextPool::take() {
  std::unique_ptr<Slot> slot;
  {
    std::lock_guard lock(mutex);
    if (idle.empty()) {
      ++madeCount;
    } else {
      slot = std::move(idle.back());
      idle.pop_back();
    }
  }
  if (!slot)
    slot = std::make_unique<Slot>();
  ++slot->uses;
  return {*this, std::move(slot)};
}

void ContextPool::giveBack(std::unique_ptr<Slot> slot) {
  if (slot->uses >= maxUses || slot->growth >= maxGrowth)
    return;
  std::lock_guard lock(mutex);
  if (idle.size() < maxIdle)
    idle.push_back(std::move(slot));
}

std::uint64_t ContextPool::made() const {
  std::lock_guard lock(mutex);
  return madeCount;
}

ContextPool::Lease::Lease() = default;
ContextPool::Lease::Lease(ContextPool &pool, std::unique_ptr<Slot> slot) : pool(&pool), slot(std::move(slot)) {}
ContextPool::Lease::Lease(Lease &&other) noexcept = default;

ContextPool::Lease &ContextPool::Lease::operator=(Lease &&other) noexcept {
  std::swap(pool, other.pool);
  std::swap(slot, other.slot);
  return *this;
}

ContextPool::Lease::~Lease() {
  if (slot)
    pool->giveBack(std::move(slot));
}

MLIRContext &ContextPool::Lease::context() const { return slot->context; }

void ContextPool::Lease::grew(std::size_t bytes) { slot->growth += bytes; }

PassManager &ContextPool::Lease::passes(int key, const std::function<void(PassManager &)> &build) {
  std::unique_ptr<PassManager> &made = slot->passes[key];
  if (!made) {
    made = std::make_unique<PassManager>(&slot->context);
    build(*made);
  }
  return *made;
}

} // namespace weft

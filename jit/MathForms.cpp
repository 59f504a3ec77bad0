// See MathForms.h.
#include "jit/MathForms.h"

#include "lib/math/math.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Analysis/VectorUtils.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/VFABIDemangler.h"

using namespace llvm;

namespace weft::jit {

static Function *declare(Module &module, const detail::MathForm &form, const Function &like) {
  Type *number = like.getReturnType()->getScalarType();
  Type *type = form.lanes == 1 ? number : FixedVectorType::get(number, form.lanes);
  SmallVector<Type *> operands(form.operands, type);
  auto *function =
      cast<Function>(module.getOrInsertFunction(detail::symbol_of(form), FunctionType::get(type, operands, false)).getCallee());
  function->setAttributes(like.getAttributes());
  return function;
}

/// The widest form of no more lanes for a function on vectors of so many; null where that is a form itself, or no
/// function of lib/math.
static const detail::MathForm *widestPart(StringRef symbol, int lanes) {
  auto [scalar, rest] = symbol.split(".x");
  const detail::MathForm *widest = nullptr;
  for (const detail::MathForm &form : detail::math_forms())
    if (form.lanes <= lanes && detail::math_symbol(form.name, form.wide) == scalar && (!widest || widest->lanes < form.lanes))
      widest = &form;
  return widest && widest->lanes < lanes ? widest : nullptr;
}

/// Part by part.
static Value *callParts(CallInst *call, Function *part, int lanes, int width) {
  IRBuilder<> b(call);
  SmallVector<Value *> results;
  Value *numbers = PoisonValue::get(call->getType());
  for (int first = 0; first < lanes; first += width) {
    SmallVector<Value *> operands;
    for (Value *v : call->args())
      operands.push_back(width == 1 ? b.CreateExtractElement(v, first)
                                    : b.CreateShuffleVector(v, createSequentialMask(first, width, 0)));
    results.push_back(b.CreateCall(part, operands));
    if (width == 1)
      numbers = b.CreateInsertElement(numbers, results.back(), first);
  }
  return width == 1 ? numbers : concatenateVectors(b, results);
}

/// The compiler takes vectors as wide as it likes.
static void splitVectorCalls(Module &module) {
  for (Function &f : make_early_inc_range(module)) {
    auto *type = dyn_cast<FixedVectorType>(f.getReturnType());
    int lanes = type ? static_cast<int>(type->getNumElements()) : 1;
    const detail::MathForm *form = type ? widestPart(f.getName(), lanes) : nullptr;
    if (!form)
      continue;
    Function *part = declare(module, *form, f);
    for (User *user : make_early_inc_range(f.users())) {
      auto *call = cast<CallInst>(user);
      call->replaceAllUsesWith(callParts(call, part, lanes, form->lanes));
      call->eraseFromParent();
    }
    f.eraseFromParent();
  }
}

void offerVectorForms(Module &module) {
  splitVectorCalls(module);
  StringMap<std::string> variants;
  for (const detail::MathForm &form : detail::math_forms()) {
    std::string symbol = detail::math_symbol(form.name, form.wide);
    Function *scalar = module.getFunction(symbol);
    if (!scalar || form.lanes == 1)
      continue;
    std::string name = declare(module, form, *scalar)->getName().str();
    // The mangling of LLVM's own vector functions: no mask, so many lanes, a vector for each operand.
    std::string &list = variants[symbol];
    list += (list.empty() ? "" : ",") + ("_ZGV" + StringRef(VFABI::_LLVM_) + "N" + Twine(form.lanes) +
                                         std::string(form.operands, 'v') + "_" + symbol + "(" + name + ")")
                                            .str();
  }
  for (const auto &[symbol, list] : variants)
    module.getFunction(symbol)->addFnAttr(VFABI::MappingsAttrName, list);
  // Vectors that live through a call are stored on the stack, which is aligned for them only where it is asked for in
  // time.
  bool vectors = any_of(module, [](const Function &f) { return f.isDeclaration() && f.getReturnType()->isVectorTy(); });
  for (Function &f : module)
    if (vectors && !f.isDeclaration())
      f.addFnAttr("stackrealign");
}

} // namespace weft::jit

// See MathForms.h.
#include "jit/MathForms.h"

#include "lib/math/math.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/VFABIDemangler.h"

using namespace llvm;

namespace weft::jit {

void offerVectorForms(Module &module) {
  StringMap<std::string> variants;
  for (const detail::MathForm &form : detail::math_forms()) {
    std::string symbol = detail::math_symbol(form.name, form.wide);
    Function *scalar = module.getFunction(symbol);
    if (!scalar || form.lanes == 1)
      continue;
    auto *type = FixedVectorType::get(scalar->getReturnType(), form.lanes);
    SmallVector<Type *> operands(form.operands, type);
    std::string name = detail::symbol_of(form);
    Function *vector =
        Function::Create(FunctionType::get(type, operands, false), Function::ExternalLinkage, name, module);
    vector->setAttributes(scalar->getAttributes());
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
  for (Function &f : module)
    if (!variants.empty() && !f.isDeclaration())
      f.addFnAttr("stackrealign");
}

} // namespace weft::jit

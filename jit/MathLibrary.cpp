// Names of SLEEF's functions: Sleef_finz_sinf8_u10avx2 computes 8 float32 sines with AVX2. The families finz and cinz,
// with and without fused multiply-add, promise the same bits for every number of lanes, the scalar form included.
#include "jit/MathLibrary.h"

#include "dialect/Transforms/MathFunctions.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/VFABIDemangler.h"
#include "llvm/TargetParser/Host.h"

#include <dlfcn.h>

using namespace llvm;

namespace weft::jit {

char NoMathLibrary::ID = 0;

namespace {

struct VectorForm {
  unsigned bits;
  StringRef isa;
};

/// What this processor can run.
struct Family {
  StringRef name, scalar;
  SmallVector<VectorForm, 3> vectors;

  static const Family &host() {
    static const Family family = make(sys::getHostCPUFeatures());
    return family;
  }

private:
  static Family make(const StringMap<bool> &features) {
    if (features.lookup("fma") && features.lookup("avx2")) {
      Family family{"finz", "purecfma", {{128, "avx2128"}, {256, "avx2"}}};
      if (features.lookup("avx512f"))
        family.vectors.push_back({512, "avx512f"});
      return family;
    }
    Family family{"cinz", "purec", {}};
    if (features.lookup("sse2"))
      family.vectors.push_back({128, "sse2"});
    return family;
  }
};

std::string sleefName(const MathFunction &f, bool wide, unsigned lanes, StringRef isa) {
  return ("Sleef_" + Family::host().name + "_" + f.name + (wide ? "d" : "f") + Twine(lanes) + "_" + f.accuracy + isa)
      .str();
}

void forEachFunction(function_ref<void(const MathFunction &, bool wide)> visit) {
  for (const MathFunction &f : mathFunctions())
    for (bool wide : {false, true})
      if (f.isSleefs() && f.serves(wide))
        visit(f, wide);
}

void forEachVectorForm(const MathFunction &f, bool wide, function_ref<void(unsigned lanes, StringRef name)> visit) {
  for (const VectorForm &v : Family::host().vectors) {
    unsigned lanes = v.bits / (wide ? 64 : 32);
    visit(lanes, sleefName(f, wide, lanes, v.isa));
  }
}

} // namespace

void offerVectorFunctions(Module &module) {
  forEachFunction([&](const MathFunction &f, bool wide) {
    std::string symbol = f.symbol(wide);
    Function *scalar = module.getFunction(symbol);
    if (!scalar)
      return;
    std::string variants;
    forEachVectorForm(f, wide, [&](unsigned lanes, StringRef name) {
      auto *type = FixedVectorType::get(scalar->getReturnType(), lanes);
      SmallVector<Type *> operands(f.operands, type);
      Function *vector =
          Function::Create(FunctionType::get(type, operands, false), Function::ExternalLinkage, name, module);
      vector->setAttributes(scalar->getAttributes());
      if (!variants.empty())
        variants += ',';
      // The mangling of LLVM's own vector functions: no mask, so many lanes, a vector for each operand.
      variants += ("_ZGV" + StringRef(VFABI::_LLVM_) + "N" + Twine(lanes) + std::string(f.operands, 'v') + "_" +
                   symbol + "(" + name + ")")
                      .str();
    });
    if (!variants.empty())
      scalar->addFnAttr(VFABI::MappingsAttrName, variants);
  });
}

bool callsMathLibrary(const Module &module) {
  bool calls = false;
  forEachFunction([&](const MathFunction &f, bool wide) { calls = calls || module.getFunction(f.symbol(wide)); });
  return calls;
}

Error findMathFunctions(function_ref<void(StringRef symbol, void *address)> found) {
  constexpr const char *file = "libsleef.so.3", *package = "libsleef3";
  auto missing = [&](const Twine &what) {
    return make_error<NoMathLibrary>("functions such as sin and pow need SLEEF, and " + what +
                                         "; install the Debian package " + package,
                                     inconvertibleErrorCode());
  };
  // Local: the program may hold another one. Never closed: code that calls it may run until the end.
  void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return missing(dlerror());
  std::string absent;
  auto find = [&](StringRef symbol, const std::string &name) {
    void *address = dlsym(library, name.c_str());
    if (address)
      found(symbol, address);
    else
      absent = name;
  };
  forEachFunction([&](const MathFunction &f, bool wide) {
    find(f.symbol(wide), sleefName(f, wide, 1, Family::host().scalar));
    forEachVectorForm(f, wide, [&](unsigned, StringRef name) { find(name, name.str()); });
  });
  return absent.empty() ? Error::success() : missing(Twine(file) + " has no function " + absent);
}

} // namespace weft::jit

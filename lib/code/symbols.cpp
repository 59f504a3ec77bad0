// See symbols.h.
#include "lib/code/symbols.h"

#include "lib/math/math.h"
#include "lib/parallel/parallel.h"
#include "lib/routines/call.h"
#include "lib/tensor/half.h"
#include "lib/tensor/runtime.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <string>
#include <unordered_map>

namespace weft::detail {
namespace {

// LLVM calls these where the processor has no instruction for it. A 16-bit number travels in the low bits of a float's
// register.
float inRegister(std::uint16_t bits) { return std::bit_cast<float>(std::uint32_t(bits)); }
float floatToFloat16(float x) { return inRegister(float16_format.encode(x)); }
float doubleToFloat16(double x) { return inRegister(float16_format.encode(x)); }
float float16ToFloat(float x) {
  return static_cast<float>(float16_format.decode(static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(x))));
}
float floatToBFloat16(float x) { return inRegister(bfloat16_format.encode(x)); }
float doubleToBFloat16(double x) { return inRegister(bfloat16_format.encode(x)); }

using One = double (*)(double);
using OneF = float (*)(float);
using Two = double (*)(double, double);
using TwoF = float (*)(float, float);

struct Symbol {
  const char *name;
  const void *address;
};

template <class F> const void *address(F *f) { return reinterpret_cast<const void *>(f); }

#define WEFT_SYMBOL(NAME) {#NAME, address(&::NAME)}
#define WEFT_MATH1(NAME)                                                                                               \
  {#NAME, address(static_cast<One>(&::NAME))}, { #NAME "f", address(static_cast<OneF>(&::NAME##f)) }
#define WEFT_MATH2(NAME)                                                                                               \
  {#NAME, address(static_cast<Two>(&::NAME))}, { #NAME "f", address(static_cast<TwoF>(&::NAME##f)) }

const Symbol table[] = {
    WEFT_SYMBOL(weft_alloc),
    WEFT_SYMBOL(weft_take),
    WEFT_SYMBOL(weft_free),
    WEFT_SYMBOL(weft_give),
    WEFT_SYMBOL(weft_fail),
    WEFT_SYMBOL(weft_print),
    WEFT_SYMBOL(weft_check_sizes),
    WEFT_SYMBOL(weft_call_routine),
    WEFT_SYMBOL(weft_parallel_for),
    WEFT_SYMBOL(weft_text_copy),
    WEFT_SYMBOL(weft_text_concat),
    WEFT_SYMBOL(weft_text_equal),
    WEFT_SYMBOL(weft_text_store),
    WEFT_SYMBOL(weft_variable_assign),
    WEFT_SYMBOL(weft_variable_read),
    WEFT_SYMBOL(memcpy),
    WEFT_SYMBOL(memmove),
    WEFT_SYMBOL(memset),
    WEFT_SYMBOL(memcmp),
    WEFT_MATH1(ceil),
    WEFT_MATH2(copysign),
    WEFT_MATH1(fabs),
    WEFT_MATH1(floor),
    {"fma", address(static_cast<double (*)(double, double, double)>(&::fma))},
    {"fmaf", address(static_cast<float (*)(float, float, float)>(&::fmaf))},
    WEFT_MATH2(fmax),
    WEFT_MATH2(fmin),
    WEFT_MATH2(fmod),
    {"ldexp", address(static_cast<double (*)(double, int)>(&::ldexp))},
    {"ldexpf", address(static_cast<float (*)(float, int)>(&::ldexpf))},
    WEFT_MATH1(rint),
    WEFT_MATH1(round),
    {"roundeven", address(static_cast<One>(&::rint))},
    {"roundevenf", address(static_cast<OneF>(&::rintf))},
    WEFT_MATH1(sqrt),
    WEFT_MATH1(trunc),
    {"__truncsfhf2", address(&floatToFloat16)},
    {"__truncdfhf2", address(&doubleToFloat16)},
    {"__extendhfsf2", address(&float16ToFloat)},
    {"__truncsfbf2", address(&floatToBFloat16)},
    {"__truncdfbf2", address(&doubleToBFloat16)},
};

using Symbols = std::unordered_map<std::string, const void *>;

Symbols all_symbols() {
  Symbols all;
  for (const Symbol &s : table)
    all.emplace(s.name, s.address);
  for (const MathForm &form : math_forms())
    all.emplace(symbol_of(form), form.address);
  return all;
}

} // namespace

const void *runtime_symbol(std::string_view name) {
  static const Symbols &symbols = *new Symbols(all_symbols()); // static objects may load code while they are destroyed
  auto found = symbols.find(std::string(name));
  return found == symbols.end() ? nullptr : found->second;
}

} // namespace weft::detail

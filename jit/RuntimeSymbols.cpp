// The table of runtimeSymbols(), and the proof that dialect/Transforms/FrameLayout.h, which the code is generated from,
// agrees with the structures of lib/tensor/runtime.h, which the runtime functions are compiled from.
#include "jit/RuntimeSymbols.h"

#include "dialect/Transforms/FrameLayout.h"
#include "lib/parallel/parallel.h"
#include "lib/routines/call.h"
#include "lib/tensor/half.h"
#include "lib/tensor/runtime.h"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>

namespace weft::jit {

using detail::Storage;
static_assert(offsetof(weft_frame, inputs) == layout::frameInputs && offsetof(weft_frame, dims) == layout::frameDims &&
              offsetof(weft_frame, results) == layout::frameResults &&
              offsetof(weft_frame, variables) == layout::frameVariables &&
              offsetof(weft_frame, error_file) == layout::frameErrorFile &&
              offsetof(weft_frame, error_line) == layout::frameErrorLine &&
              offsetof(weft_frame, error_column) == layout::frameErrorColumn);
static_assert(sizeof(weft_result) == layout::resultSize && offsetof(weft_result, bits) == layout::resultBits &&
              offsetof(weft_result, dims) == layout::resultDims);
static_assert(sizeof(weft_variable) == layout::variableSize && offsetof(weft_variable, data) == layout::variableData);
static_assert(sizeof(weft_print_argument) == layout::printArgumentSize && offsetof(weft_print_argument, dims) == 8 &&
              offsetof(weft_print_argument, dtype) == 16 && offsetof(weft_print_argument, rank) == 20);
static_assert(sizeof(Storage) == layout::headerSize && offsetof(Storage, refs) == layout::headerRefs &&
              offsetof(Storage, kind) == layout::headerKind && offsetof(Storage, bytes) == layout::headerBytes);
static_assert(int(Storage::Kind::Raw) == layout::kindRaw && int(Storage::Kind::Text) == layout::kindText &&
              int(Storage::Kind::Texts) == layout::kindTexts && weft_constant_refs == layout::constantRefs);

namespace {

// LLVM calls these where the processor has no instruction for it. A 16-bit number travels in the low bits of a float's register.
float inRegister(std::uint16_t bits) { return std::bit_cast<float>(std::uint32_t(bits)); }
float floatToFloat16(float x) { return inRegister(detail::float16_format.encode(x)); }
float doubleToFloat16(double x) { return inRegister(detail::float16_format.encode(x)); }
float float16ToFloat(float x) {
  return static_cast<float>(detail::float16_format.decode(static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(x))));
}
float floatToBFloat16(float x) { return inRegister(detail::bfloat16_format.encode(x)); }
float doubleToBFloat16(double x) { return inRegister(detail::bfloat16_format.encode(x)); }

using One = double (*)(double);
using OneF = float (*)(float);
using Two = double (*)(double, double);
using TwoF = float (*)(float, float);

template <class F> void *address(F *f) { return reinterpret_cast<void *>(f); }

#define WEFT_SYMBOL(NAME) {#NAME, address(&::NAME)}
#define WEFT_MATH1(NAME)                                                                                               \
  {#NAME, address(static_cast<One>(&::NAME))}, { #NAME "f", address(static_cast<OneF>(&::NAME##f)) }
#define WEFT_MATH2(NAME)                                                                                               \
  {#NAME, address(static_cast<Two>(&::NAME))}, { #NAME "f", address(static_cast<TwoF>(&::NAME##f)) }

const RuntimeSymbol table[] = {
    WEFT_SYMBOL(weft_alloc),
    WEFT_SYMBOL(weft_free),
    WEFT_SYMBOL(weft_give),
    WEFT_SYMBOL(weft_fail),
    WEFT_SYMBOL(weft_print),
    WEFT_SYMBOL(weft_check_sizes),
    WEFT_SYMBOL(weft_call_routine),
    WEFT_SYMBOL(weft_text_copy),
    WEFT_SYMBOL(weft_text_concat),
    WEFT_SYMBOL(weft_text_equal),
    WEFT_SYMBOL(weft_text_store),
    WEFT_SYMBOL(weft_variable_assign),
    WEFT_SYMBOL(weft_variable_read),
    WEFT_SYMBOL(weft_parallel_for),
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

} // namespace

std::span<const RuntimeSymbol> runtimeSymbols() { return table; }

} // namespace weft::jit

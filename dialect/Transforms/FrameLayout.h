// The layout of what compiled code shares with its caller (lib/tensor/runtime.h), as numbers, because a pass includes
// no header of libweft. jit/FrameLayout.cpp holds each against the structures themselves.
#pragma once
#include <cstdint>

namespace weft::layout {

// weft_frame
inline constexpr int32_t frameInputs = 0, frameDims = 8, frameResults = 16, frameVariables = 24;
inline constexpr int32_t frameErrorFile = 48, frameErrorLine = 56, frameErrorColumn = 60;
// weft_result
inline constexpr int32_t resultSize = 72, resultBits = 0, resultDims = 8;
// weft_variable
inline constexpr int32_t variableSize = 24, variableData = 0;
// weft_print_argument: { data, dims, dtype, rank }
inline constexpr int32_t printArgumentSize = 24;
// Storage, the header before a payload
inline constexpr int32_t headerSize = 64, headerRefs = 0, headerKind = 4, headerBytes = 8;
inline constexpr uint8_t kindRaw = 0, kindText = 1, kindTexts = 2;
/// In the count of a text that is a constant of the code.
inline constexpr uint32_t constantRefs = 0x80000000;

} // namespace weft::layout

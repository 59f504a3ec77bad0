// How compiled code calls routines.
#pragma once
#include "lib/tensor/runtime.h"

extern "C" {
/// Runs the routine of operation `op` (an OpId) with attributes as encode() gives them. A result whose `bits` are not 0
/// is made in the buffer there; else, at rank 0, in the bits themselves, a string as a text that the frame owns; else
/// in a new buffer that the frame owns, whose sizes are in `dims`, one for each dimension. 0, or 1 with the error
/// recorded.
WEFT_API std::int32_t weft_call_routine(weft_frame *f, std::int32_t op, const weft_print_argument *arguments,
                                        std::int64_t count, const char *attributes, weft_result *results);
}

// The proof that dialect/Transforms/FrameLayout.h, which code is generated from, agrees with the structures of
// lib/tensor/runtime.h, which the runtime functions are compiled from.
#include "dialect/Transforms/FrameLayout.h"
#include "lib/tensor/runtime.h"

#include <cstddef>

namespace weft {

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

} // namespace weft

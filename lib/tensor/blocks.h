// Memory for storage: 64-byte aligned blocks. Small ones come from malloc; large ones are kept when they are freed and
// handed out again, because touching fresh pages costs more than the arithmetic that fills them.
#pragma once
#include <cstddef>

namespace weft::detail {

struct Block {
  void *memory = nullptr; ///< aligned to 64 bytes; null when memory is short
  void *block = nullptr;  ///< what free_block wants back
};
Block allocate_block(std::size_t bytes);
/// `bytes` as it was allocated.
void free_block(void *block, std::size_t bytes);

} // namespace weft::detail

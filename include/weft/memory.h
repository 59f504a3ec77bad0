// What tensors occupy. Large blocks that are freed are kept for the next tensors, within a limit: fresh pages from the system cost
// more than the arithmetic that fills them.
#pragma once
#include <weft/detail/export.h>

#include <cstddef>

namespace weft {

/// Bytes and blocks of the whole process: elements with their headers, texts of strings included; buffers that were
/// shared with from_span or DLPack count with their headers only.
struct MemoryStats {
  std::size_t bytes_in_use = 0, blocks_in_use = 0;
  std::size_t peak_bytes = 0;   ///< the most that bytes_in_use was, since the start or reset_peak_memory()
  std::size_t cached_bytes = 0; ///< kept for the next tensors
  std::size_t cached_blocks = 0;
  std::size_t cache_limit = 0;  ///< of cached_bytes: an eighth of the machine's memory, and 1 GiB at most
};

/// The counts now; those of other threads' tensors may change meanwhile.
WEFT_API MemoryStats memory_stats();
/// Peaks count from now on.
WEFT_API void reset_peak_memory();
/// Gives what is kept back to the system. That happens by itself when the system has no more.
WEFT_API void clear_memory_cache();

} // namespace weft

// The block allocator of blocks.h. Large blocks are whole pages from the system; freed ones wait in a list, the oldest
// first to go when the list holds more than its share of the machine's memory.
#include "lib/tensor/blocks.h"

#include "lib/parallel/forks.h"

#include <weft/memory.h>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <list>
#include <mutex>
#include <new>

namespace weft::detail {
namespace {

constexpr std::size_t alignment = 64;
constexpr std::size_t large = std::size_t{1} << 20;
constexpr std::size_t huge_page = std::size_t{2} << 20;

#if defined(__SANITIZE_ADDRESS__)
constexpr bool keep_blocks = false; // a kept block would hide its use after free
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr bool keep_blocks = false;
#else
constexpr bool keep_blocks = true;
#endif
#else
constexpr bool keep_blocks = true;
#endif

std::size_t align_up(std::size_t n, std::size_t to) { return (n + to - 1) / to * to; }

/// Sizes are rounded up by at most an eighth, so that loops over slightly different sizes share blocks.
std::size_t rounded(std::size_t bytes) {
  std::size_t step = std::max(std::size_t{4096}, std::size_t{1} << (60 - __builtin_clzl(bytes)));
  return align_up(bytes, step);
}

std::size_t share_of_memory() {
  auto pages = static_cast<std::size_t>(std::max(sysconf(_SC_PHYS_PAGES), 0L));
  return std::min(pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) / 8, std::size_t{1} << 30);
}

/// The large blocks that nobody uses.
class FreeBlocks {
public:
  void *take(std::size_t size) {
    std::lock_guard lock(mutex_);
    auto it = std::find_if(kept_.rbegin(), kept_.rend(), [&](const Kept &k) { return k.size == size; });
    if (it == kept_.rend())
      return nullptr;
    void *block = it->block;
    bytes_ -= size;
    kept_.erase(std::next(it).base());
    return block;
  }

  void put(void *block, std::size_t size) noexcept {
    std::list<Kept> gone;
    try {
      gone.push_back({block, size});
    } catch (const std::bad_alloc &) {
      munmap(block, size);
      return;
    }
    {
      std::lock_guard lock(mutex_);
      kept_.splice(kept_.end(), gone);
      bytes_ += size;
      while (bytes_ > limit_) {
        bytes_ -= kept_.front().size;
        gone.splice(gone.end(), kept_, kept_.begin());
      }
    }
    unmap(gone);
  }

  void describe(MemoryStats &s) {
    std::lock_guard lock(mutex_);
    s.cached_bytes = bytes_;
    s.cached_blocks = kept_.size();
    s.cache_limit = limit_;
  }

  void clear() {
    std::list<Kept> gone;
    {
      std::lock_guard lock(mutex_);
      gone.swap(kept_);
      bytes_ = 0;
    }
    unmap(gone);
  }

  std::mutex &mutex() { return mutex_; }

private:
  struct Kept {
    void *block;
    std::size_t size;
  };
  static void unmap(const std::list<Kept> &blocks) {
    for (const Kept &k : blocks)
      munmap(k.block, k.size);
  }

  std::mutex mutex_;
  std::list<Kept> kept_; // the oldest first
  std::size_t bytes_ = 0;
  const std::size_t limit_ = share_of_memory();
};

FreeBlocks &free_blocks() {
  static FreeBlocks &blocks = *new FreeBlocks; // tensors may be destroyed after static objects
  return blocks;
}
std::mutex &blocks_mutex() { return free_blocks().mutex(); }
[[maybe_unused]] const bool forks_whole = hold_in_forks<blocks_mutex>();

constinit std::atomic<std::size_t> bytes_in_use{0}, blocks_in_use{0}, peak_bytes{0};

void count(std::size_t bytes) {
  blocks_in_use.fetch_add(1, std::memory_order_relaxed);
  std::size_t now = bytes_in_use.fetch_add(bytes, std::memory_order_relaxed) + bytes;
  std::size_t peak = peak_bytes.load(std::memory_order_relaxed);
  while (now > peak && !peak_bytes.compare_exchange_weak(peak, now, std::memory_order_relaxed))
    ;
}

/// Pages of the system. Large blocks begin where huge pages can: a block of a few of them would else have half as many.
void *map_pages(std::size_t size) {
  std::size_t slack = size >= huge_page ? huge_page : 0;
  auto map = [&]() -> char * {
    void *p = mmap(nullptr, size + slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? nullptr : static_cast<char *>(p);
  };
  char *p = map();
  if (!p) {
    free_blocks().clear();
    p = map();
  }
  if (!p || !slack)
    return p;
  std::size_t before = align_up(reinterpret_cast<std::uintptr_t>(p), huge_page) - reinterpret_cast<std::uintptr_t>(p);
  if (before)
    munmap(p, before);
  if (slack > before)
    munmap(p + before + size, slack - before);
  madvise(p + before, size, MADV_HUGEPAGE);
  return p + before;
}

Block find_block(std::size_t bytes) {
  if (keep_blocks && bytes >= large) {
    if (bytes > PTRDIFF_MAX / 2)
      return {};
    std::size_t size = rounded(bytes);
    void *p = free_blocks().take(size);
    if (!p)
      p = map_pages(size);
    return {p, p};
  }
  // malloc and an offset: aligned_alloc leaves the fast path of glibc.
  if (bytes > PTRDIFF_MAX - alignment)
    return {};
  void *block = std::malloc(bytes + alignment);
  if (!block) {
    free_blocks().clear();
    block = std::malloc(bytes + alignment);
  }
  auto address = reinterpret_cast<std::uintptr_t>(block);
  return {block ? reinterpret_cast<void *>(align_up(address, alignment)) : nullptr, block};
}

} // namespace

Block allocate_block(std::size_t bytes) {
  Block b = find_block(bytes);
  if (b.memory)
    count(bytes);
  return b;
}

void free_block(void *block, std::size_t bytes) {
  bytes_in_use.fetch_sub(bytes, std::memory_order_relaxed);
  blocks_in_use.fetch_sub(1, std::memory_order_relaxed);
  if (keep_blocks && bytes >= large)
    free_blocks().put(block, rounded(bytes));
  else
    std::free(block);
}

} // namespace weft::detail

namespace weft {

MemoryStats memory_stats() {
  MemoryStats s;
  s.bytes_in_use = detail::bytes_in_use.load(std::memory_order_relaxed);
  s.blocks_in_use = detail::blocks_in_use.load(std::memory_order_relaxed);
  s.peak_bytes = detail::peak_bytes.load(std::memory_order_relaxed);
  detail::free_blocks().describe(s);
  return s;
}

void reset_peak_memory() {
  detail::peak_bytes.store(detail::bytes_in_use.load(std::memory_order_relaxed), std::memory_order_relaxed);
}

void clear_memory_cache() { detail::free_blocks().clear(); }

} // namespace weft

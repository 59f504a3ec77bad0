// The cache of one function: entries by signature, the least recently used ones dropped when the function's bytes or the
// process's number of entries pass their bounds. An entry that is in the cache is whole: nothing half-made is ever stored.
#pragma once
#include "lib/function/entry.h"

#include <unordered_map>

namespace weft::detail {

class Cache {
public:
  /// `function` is kept alive by evictions that other functions cause; `bytes` is the bound on the sum of Entry::bytes().
  Cache(FunctionImpl &function, std::size_t bytes) : function_(function), bound_(bytes) {}
  ~Cache() { clear(); }

  /// The entry used last, for a pin. Only entries with code are put here.
  const std::atomic<Entry *> &last() const { return last_; }
  Ref<Entry> find(const Signature &s);
  /// An entry that differs in sizes only: the dimensions to open, joined with those of every other such entry.
  std::unique_ptr<Openings> find_openings(const Signature &s);
  /// Makes a new entry visible, or gives the one that another thread has put there for the same signature.
  Ref<Entry> insert(Ref<Entry> e, const Signature &s);
  /// To be called when an entry's size has changed, and when it has been used.
  void recount(Entry &e);
  void touch(Entry &e);

  /// Drops one entry if it is here.
  void evict(const Entry *e);
  void clear();

  struct Stats {
    std::size_t entries, bytes, evictions;
  };
  Stats stats() const;

private:
  using Map = std::unordered_multimap<std::uint64_t, Ref<Entry>>;
  Map::iterator locate(const Entry *e);
  /// Marks an entry that is here as the one used last. The lock is held.
  void mark(Entry &e);
  [[nodiscard]] Ref<Entry> take(Map::iterator at);
  void shrink(const Entry &keep, std::vector<Ref<Entry>> &dropped);

  FunctionImpl &function_;
  const std::size_t bound_;
  std::atomic<Entry *> last_{nullptr};
  mutable std::mutex mutex_;
  Map entries_;
  std::size_t bytes_ = 0, evictions_ = 0;
};

/// The bound on the entries of the whole process: every object of native code costs two memory maps, of which a process may
/// have 65,530. Zero restores the default of 8,192.
WEFT_API void limit_entries_for_testing(std::size_t n);

} // namespace weft::detail

// See cache.h. Locks: a cache's own, then the registry's; the registry calls into no cache while it is locked. Code of the user's
// runs outside of all locks: destructors, when entries are let go of, and operator== of host values. So under the lock keys are
// compared by their words; entries whose objects have to be compared are taken out of the lock and looked for again after.
#include "lib/function/cache.h"

#include "lib/function/function_impl.h"
#include "lib/code/log.h"

#include <fmt/format.h>

#include <algorithm>

namespace weft::detail {
namespace {

/// Goes up with every use that is not of the entry used last: entries are old by it.
constinit std::atomic<std::uint64_t> uses{1};

/// All entries in all caches of the process.
class Registry {
public:
  static Registry &get() {
    static auto &r = *new Registry; // functions with static storage may end later than this would
    return r;
  }
  void add(Entry *e, FunctionImpl *f) {
    std::lock_guard lock(mutex_);
    entries_.emplace(e, f);
  }
  void remove(Entry *e) {
    std::lock_guard lock(mutex_);
    entries_.erase(e);
  }
  void limit(std::size_t n) {
    std::lock_guard lock(mutex_);
    limit_ = n ? n : default_limit;
  }
  /// While there are too many entries, the one to go and its function.
  std::pair<Entry *, Ref<FunctionImpl>> surplus() {
    std::lock_guard lock(mutex_);
    if (entries_.size() <= limit_)
      return {};
    auto oldest = std::min_element(entries_.begin(), entries_.end(), [](auto &a, auto &b) { return a.first->used < b.first->used; });
    // Of a function that is ending nothing is left to do.
    return {oldest->first, oldest->second->try_retain()};
  }

private:
  static constexpr std::size_t default_limit = 8192;
  std::mutex mutex_;
  std::unordered_map<Entry *, FunctionImpl *> entries_;
  std::size_t limit_ = default_limit;
};

} // namespace

void limit_entries_for_testing(std::size_t n) { Registry::get().limit(n); }

Ref<Entry> Cache::find(const Signature &s) {
  std::vector<Ref<Entry>> candidates;
  {
    std::lock_guard lock(mutex_);
    auto [first, end] = entries_.equal_range(s.hash());
    for (; first != end; ++first)
      if (Entry &e = *first->second; e.key.matches_words(s)) {
        if (!e.key.has_objects()) {
          mark(e);
          return first->second;
        }
        candidates.push_back(first->second);
      }
  }
  for (Ref<Entry> &e : candidates)
    if (e->key.matches_objects(s)) {
      std::lock_guard lock(mutex_);
      auto [first, end] = entries_.equal_range(e->key.hash());
      if (std::any_of(first, end, [&](auto &pair) { return pair.second == e; }))
        mark(*e);
      return e;
    }
  return nullptr;
}

void Cache::mark(Entry &e) {
  e.used.store(uses.fetch_add(1, std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  if (e.compiled())
    last_.store(&e);
}

void Cache::touch(Entry &e) {
  std::uint64_t now = uses.load(std::memory_order_relaxed);
  if (e.used.load(std::memory_order_relaxed) != now)
    e.used.store(now, std::memory_order_relaxed);
}

std::unique_ptr<Openings> Cache::find_openings(const Signature &s) {
  std::vector<std::pair<Ref<Entry>, std::unique_ptr<Openings>>> candidates;
  {
    std::lock_guard lock(mutex_);
    for (auto &[hash, e] : entries_)
      if (auto some = e->key.differing_dimensions(s))
        candidates.emplace_back(e, std::move(some));
  }
  std::unique_ptr<Openings> all;
  for (auto &[e, some] : candidates) {
    if (!e->key.matches_objects(s))
      continue;
    if (!all)
      all = std::move(some);
    else
      for (std::size_t k = 0; k < all->size(); ++k)
        (*all)[k].join((*some)[k]);
  }
  return all;
}

Ref<Entry> Cache::insert(Ref<Entry> e, const Signature &s) {
  std::vector<Ref<Entry>> dropped, different; // `different` have the words of `s` and other objects
  for (;;) {
    Ref<Entry> unsure;
    {
      std::lock_guard lock(mutex_);
      auto [first, end] = entries_.equal_range(e->key.hash());
      auto it = std::find_if(first, end, [&](auto &pair) {
        return pair.second->key.matches_words(s) && std::ranges::find(different, pair.second) == different.end();
      });
      if (it != end)
        unsure = it->second;
      else {
        e->counted_bytes = e->bytes();
        bytes_ += e->counted_bytes;
        entries_.emplace(e->key.hash(), e);
        Registry::get().add(e.get(), &function_);
        shrink(*e, dropped);
        mark(*e);
        break;
      }
    }
    if (unsure->key.matches_objects(s))
      return unsure;
    different.push_back(std::move(unsure));
  }
  for (;;) {
    auto [old, owner] = Registry::get().surplus();
    if (!owner)
      return e;
    owner->cache.evict(old);
  }
}

void Cache::recount(Entry &e) {
  std::vector<Ref<Entry>> dropped;
  std::lock_guard lock(mutex_);
  if (locate(&e) == entries_.end())
    return;
  bytes_ -= e.counted_bytes;
  e.counted_bytes = e.bytes();
  bytes_ += e.counted_bytes;
  shrink(e, dropped);
  if (e.compiled())
    last_.store(&e);
}

Cache::Map::iterator Cache::locate(const Entry *e) {
  return std::find_if(entries_.begin(), entries_.end(), [&](auto &pair) { return pair.second.get() == e; });
}

Ref<Entry> Cache::take(Map::iterator at) {
  Ref<Entry> e = std::move(at->second);
  entries_.erase(at);
  bytes_ -= e->counted_bytes;
  Registry::get().remove(e.get());
  if (last_.load() == e.get())
    last_.store(nullptr);
  return e;
}

void Cache::shrink(const Entry &keep, std::vector<Ref<Entry>> &dropped) {
  while (bytes_ > bound_ && entries_.size() > 1) {
    auto oldest = entries_.end();
    for (auto at = entries_.begin(); at != entries_.end(); ++at)
      if (at->second.get() != &keep && (oldest == entries_.end() || at->second->used < oldest->second->used))
        oldest = at;
    dropped.push_back(take(oldest));
    ++evictions_;
    if (logs(LogTopic::Cache))
      log_line(fmt::format("cache: an entry of {} is evicted, its bound is {} bytes", function_.name, bound_));
  }
}

void Cache::evict(const Entry *e) {
  Ref<Entry> dropped;
  std::lock_guard lock(mutex_);
  auto at = locate(e);
  if (at == entries_.end())
    return;
  dropped = take(at);
  ++evictions_;
  if (logs(LogTopic::Cache))
    log_line(fmt::format("cache: an entry of {} is evicted, the process has too many", function_.name));
}

void Cache::clear() {
  std::vector<Ref<Entry>> dropped;
  std::lock_guard lock(mutex_);
  while (!entries_.empty())
    dropped.push_back(take(entries_.begin()));
}

Cache::Stats Cache::stats() const {
  std::lock_guard lock(mutex_);
  return {entries_.size(), bytes_, evictions_};
}

} // namespace weft::detail

// See flight.h. What threads know of each other is on the board by value: a flight is on the stack of its thread and may end at
// any time. Host values are compared by operator== of the user's, so on copies, and not while the board is locked.
#include "lib/function/flight.h"

#include "lib/function/function_impl.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>

namespace weft::detail {
namespace {

constinit thread_local const Flight *innermost = nullptr;

} // namespace

/// All flights of the process. Touched at misses only.
struct Flight::Board {
  struct Leading {
    std::uint64_t number; // never used again
    const void *thread;
    const FunctionImpl *function;
    std::shared_ptr<const Key> key;
  };
  struct Waiting {
    const void *thread, *leader;
  };
  std::mutex mutex;
  std::condition_variable ended;
  std::vector<Leading> leading;
  std::vector<Waiting> waiting;
  std::uint64_t flights = 0;

  static Board &get() {
    static auto &b = *new Board;
    return b;
  }
  /// A flight of the same function and words as `s` that is not in `different`.
  const Leading *find(const FunctionImpl &f, const Signature &s, const std::vector<std::uint64_t> &different) const {
    auto it = std::ranges::find_if(leading, [&](const Leading &l) {
      return l.function == &f && l.key->matches_words(s) && std::ranges::find(different, l.number) == different.end();
    });
    return it == leading.end() ? nullptr : &*it;
  }
  bool leads(std::uint64_t number) const {
    return std::ranges::any_of(leading, [&](const Leading &l) { return l.number == number; });
  }
  /// Whether the thread `leader` waits, over any number of threads, for `thread`.
  bool waits_for(const void *leader, const void *thread) const {
    for (;;) {
      auto it = std::ranges::find_if(waiting, [&](const Waiting &w) { return w.thread == leader; });
      if (it == waiting.end())
        return false;
      leader = it->leader;
      if (leader == thread)
        return true;
    }
  }
};

void Flight::recursive() const {
  std::string chain = function_.name;
  for (const Flight *f = outer_; f; f = f->outer_) {
    chain = f->function_.name + " -> " + chain;
    if (&f->function_ == &function_ && f->key_->matches(signature_))
      break;
  }
  raise(ErrorKind::Trace, signature_.where(),
        fmt::format("{} is called with the signature that is being traced: {}. Recursion may end on host arguments only; over "
                    "tensors use a loop",
                    function_.name, chain));
}

Flight::Flight(FunctionImpl &f, const Signature &s)
    : function_(f), signature_(s), key_(std::make_shared<const Key>(s)), outer_(innermost) {
  for (const Flight *o = outer_; o; o = o->outer_)
    if (&o->function_ == &f && o->key_->matches(s))
      recursive();
  const void *thread = &innermost;
  Board &board = Board::get();
  std::vector<std::uint64_t> different;
  for (;;) {
    std::shared_ptr<const Key> key; // its objects may go with it, so after the lock
    std::unique_lock lock(board.mutex);
    const Board::Leading *leader = board.find(f, s, different);
    if (!leader) {
      board.leading.push_back({board.flights + 1, thread, &f, key_});
      number_ = ++board.flights;
      break;
    }
    const std::uint64_t number = leader->number;
    const void *leading_thread = leader->thread;
    key = leader->key;
    if (key->has_objects()) {
      lock.unlock();
      if (!key->matches_objects(s)) {
        different.push_back(number);
        continue;
      }
      lock.lock();
      if (!board.leads(number)) { // it has ended meanwhile
        leads_ = false;
        return;
      }
    }
    if (board.waits_for(leading_thread, thread))
      break;
    leads_ = false;
    board.waiting.push_back({thread, leading_thread});
    board.ended.wait(lock, [&] { return !board.leads(number); });
    std::erase_if(board.waiting, [&](const Board::Waiting &w) { return w.thread == thread; });
    return;
  }
  innermost = this;
}

Flight::~Flight() {
  if (!leads_)
    return;
  innermost = outer_;
  if (!number_)
    return;
  Board &board = Board::get();
  Board::Leading ended; // the user's objects in it go after the lock
  {
    std::lock_guard lock(board.mutex);
    auto it = std::ranges::find_if(board.leading, [&](const Board::Leading &l) { return l.number == number_; });
    ended = std::move(*it);
    board.leading.erase(it);
  }
  board.ended.notify_all();
}

} // namespace weft::detail

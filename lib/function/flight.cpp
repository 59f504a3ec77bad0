// See flight.h.
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
  std::mutex mutex;
  std::condition_variable ended;
  std::vector<const Flight *> leading, waiting;
  std::uint64_t flights = 0;

  static Board &get() {
    static auto &b = *new Board;
    return b;
  }
  const Flight *leader(const Flight &f) const {
    auto it = std::find_if(leading.begin(), leading.end(), [&](const Flight *o) { return o->same(f); });
    return it == leading.end() ? nullptr : *it;
  }
  /// Whether `leader` waits, over any number of threads, for the thread of `f`.
  bool waits_for(const Flight &leader, const Flight &f) const {
    const void *thread = leader.thread_;
    for (;;) {
      auto it = std::find_if(waiting.begin(), waiting.end(), [&](const Flight *o) { return o->thread_ == thread; });
      if (it == waiting.end())
        return false;
      thread = (*it)->waits_for_->thread_;
      if (thread == f.thread_)
        return true;
    }
  }
};

bool Flight::same(const Flight &o) const {
  if (&function_ != &o.function_ || !std::ranges::equal(signature_.words(), o.signature_.words()))
    return false;
  std::span<const Signature::Object> a = signature_.objects(), b = o.signature_.objects();
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](auto &x, auto &y) { return x.equal(x.object, y.object); });
}

void Flight::recursive() const {
  std::string chain = function_.name;
  for (const Flight *f = outer_; f; f = f->outer_) {
    chain = f->function_.name + " -> " + chain;
    if (same(*f))
      break;
  }
  raise(ErrorKind::Trace, signature_.where(),
        fmt::format("{} is called with the signature that is being traced: {}. Recursion may end on host arguments only; over "
                    "tensors use a loop",
                    function_.name, chain));
}

Flight::Flight(FunctionImpl &f, const Signature &s) : function_(f), signature_(s), outer_(innermost), thread_(&innermost) {
  for (const Flight *o = outer_; o; o = o->outer_)
    if (same(*o))
      recursive();
  Board &board = Board::get();
  std::unique_lock lock(board.mutex);
  if (const Flight *leader = board.leader(*this); !leader) {
    number_ = ++board.flights;
    board.leading.push_back(this);
    listed_ = true;
  } else if (!board.waits_for(*leader, *this)) {
    leads_ = false;
    waits_for_ = leader;
    board.waiting.push_back(this);
    std::uint64_t flight = leader->number_;
    board.ended.wait(lock, [&] {
      return std::ranges::none_of(board.leading, [&](const Flight *o) { return o->number_ == flight; });
    });
    std::erase(board.waiting, this);
    return;
  }
  innermost = this;
}

Flight::~Flight() {
  if (!leads_)
    return;
  innermost = outer_;
  if (!listed_)
    return;
  Board &board = Board::get();
  {
    std::lock_guard lock(board.mutex);
    std::erase(board.leading, this);
  }
  board.ended.notify_all();
}

} // namespace weft::detail

// See parallel.h. oneTBB brings the threads together; which turns each of them runs is decided here, piece by piece, by
// a counter that all take from: whatever becomes of the helpers, the thread that asked runs what is left, so nothing
// can fail half-way.
#include "lib/parallel/parallel.h"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <string_view>

namespace weft::detail {
namespace {

/// A positive number from the environment; 0 if there is none, -1 if it is something else.
std::int64_t number_from(const char *variable) {
  const char *text = std::getenv(variable);
  if (!text || !*text)
    return 0;
  std::string_view all(text);
  std::int64_t number = 0;
  auto [end, error] = std::from_chars(all.begin(), all.end(), number);
  return error == std::errc() && end == all.end() && number > 0 ? number : -1;
}

constexpr std::int64_t most_threads = 1024;

std::int64_t threads_asked_for() {
  static const std::int64_t asked = number_from("WEFT_THREADS");
  return asked > most_threads ? -1 : asked;
}

int processors() {
  cpu_set_t allowed;
  return sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? std::max(CPU_COUNT(&allowed), 1) : 1;
}

/// The threads. Never destroyed: loops may run in destructors of static objects.
class Pool {
public:
  explicit Pool(int threads)
      : threads_(threads), most_(tbb::global_control::max_allowed_parallelism, most(threads)), arena_(threads) {}

  template <class Job> void run(Job &job) {
    arena_.execute([&] { tbb::parallel_for(0, threads_, [&](int) { job.run(); }, tbb::simple_partitioner()); });
  }

private:
  /// TBB starts no more threads than there are processors, unless it is told to.
  static std::size_t most(int threads) {
    return std::max(static_cast<std::size_t>(threads),
                    tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism));
  }

  int threads_;
  tbb::global_control most_;
  tbb::task_arena arena_;
};

enum class Threads { None, Asked, Gone };
std::atomic<Threads> threads{Threads::None};

/// In the child. Who was making the pool is not there either, so nobody may wait for it.
void after_fork() {
  if (threads.load() == Threads::Asked)
    threads.store(Threads::Gone);
}
[[maybe_unused]] const int watches_forks = pthread_atfork(nullptr, nullptr, after_fork);

/// The pool; null in a process that was forked after there was one, and where there is no memory for it.
Pool *pool() {
  Threads none = Threads::None;
  threads.compare_exchange_strong(none, Threads::Asked);
  if (threads.load() == Threads::Gone)
    return nullptr;
  try {
    static Pool &made = *new Pool(thread_count());
    return &made;
  } catch (...) {
    return nullptr;
  }
}

/// One loop while threads run it.
class Job {
public:
  Job(weft_task task, void *context, std::int64_t turns, std::int64_t piece)
      : task_(task), context_(context), turns_(turns), piece_(piece) {}

  /// Until no turns are left.
  void run() {
    std::int64_t flags = 0;
    for (std::int64_t begin; (begin = next_.fetch_add(piece_, std::memory_order_relaxed)) < turns_;)
      flags |= task_(context_, begin, std::min(begin + piece_, turns_));
    flags_.fetch_or(flags, std::memory_order_relaxed);
  }
  std::int64_t flags() const { return flags_.load(std::memory_order_relaxed); }

private:
  weft_task task_;
  void *context_;
  std::int64_t turns_, piece_;
  std::atomic<std::int64_t> next_{0}, flags_{0};
};

/// So many pieces for each thread: what is left when the first is done is little.
constexpr std::int64_t pieces_each = 4;

/// Pieces of many turns begin at a multiple of 64 elements: vectors stay where they would be, and no two threads write
/// one line of the cache.
std::int64_t piece_of(std::int64_t turns, std::int64_t work) {
  std::int64_t most = std::max<std::int64_t>(work / (least_shared_work() / 2 + 1), 2);
  std::int64_t pieces = std::min({turns, most, pieces_each * thread_count()});
  std::int64_t piece = (turns + pieces - 1) / pieces;
  return piece < 256 ? piece : (piece + 63) / 64 * 64;
}

} // namespace

int thread_count() {
  static const int count = [] {
    std::int64_t asked = threads_asked_for();
    return asked == 0 ? processors() : static_cast<int>(std::max<std::int64_t>(asked, 1));
  }();
  return count;
}

const char *thread_setting_error() {
  return threads_asked_for() < 0 ? "WEFT_THREADS has to be a number of threads, from 1 to 1024" : nullptr;
}

std::int64_t least_shared_work() {
  static const std::int64_t least = [] {
    std::int64_t asked = number_from("WEFT_PARALLEL_WORK");
    return asked > 0 ? asked : std::int64_t{1} << 19;
  }();
  return least;
}

} // namespace weft::detail

std::int64_t weft_parallel_for(weft_task task, void *context, std::int64_t turns, std::int64_t work) noexcept {
  using namespace weft::detail;
  Pool *threads = nullptr;
  if (work >= least_shared_work() && turns > 1 && thread_count() > 1)
    threads = pool();
  if (!threads)
    return task(context, 0, turns);
  Job job(task, context, turns, piece_of(turns, work));
  try {
    threads->run(job);
  } catch (...) { // TBB had no memory for a helper
  }
  job.run();
  return job.flags();
}

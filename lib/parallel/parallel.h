// Loops that threads share: the one runtime function that compiled code calls for them, and the same for routines.
// Turns are independent of each other, so results do not depend on how many threads there are or on who runs which
// turns.
//
// There is one pool in the process, a oneTBB arena of thread_count() threads: calls from many threads of a user's share
// it. It is made by the first loop that is worth it. A process forked after that runs its loops in the thread that
// asks: threads do not survive a fork.
#pragma once
#include <weft/detail/export.h>

#include <cstdint>
#include <memory>
#include <type_traits>

extern "C" {
/// Runs turns begin to end. Gives flags, which are or-ed over all turns; throws nothing.
using weft_task = std::int64_t (*)(void *context, std::int64_t begin, std::int64_t end);

/// Runs turns 0 to `turns`, shared among threads where `work`, the operations on elements of all of them, is worth it.
WEFT_API std::int64_t weft_parallel_for(weft_task task, void *context, std::int64_t turns, std::int64_t work) noexcept;
}

namespace weft::detail {

/// How many threads share a loop: WEFT_THREADS, else the processors that this process may run on.
WEFT_API int thread_count();
/// What is wrong with WEFT_THREADS, or null. There is one thread then.
WEFT_API const char *thread_setting_error();
/// As least_shared_work(): no work is enough, and the code does not ask.
inline constexpr std::int64_t never_shared = INT64_MAX;
/// The least work that threads share. The environment variable WEFT_PARALLEL_WORK, which is for tests, sets it.
WEFT_API std::int64_t least_shared_work();

/// f(begin, end) for turns 0 to `turns`, in pieces. For routines; `f` throws nothing.
template <class F> void parallel_for(std::int64_t turns, std::int64_t work, F &&f) {
  auto task = [](void *context, std::int64_t begin, std::int64_t end) -> std::int64_t {
    (*static_cast<std::remove_reference_t<F> *>(context))(begin, end);
    return 0;
  };
  weft_parallel_for(task, const_cast<void *>(static_cast<const void *>(std::addressof(f))), turns, work);
}

} // namespace weft::detail

// Locks and fork: what another thread holds while a process is forked, nobody gives back in the child.
#pragma once
#include <pthread.h>

#include <mutex>

namespace weft::detail {

/// From now on nobody else holds the mutex that `get` gives while the process is forked, so that the child can take it.
template <std::mutex &(*get)()> bool hold_in_forks() {
  auto take = [] { get().lock(); };
  auto give = [] { get().unlock(); };
  return pthread_atfork(take, give, give) == 0;
}

} // namespace weft::detail

// Work that nobody waits for, on one thread of its own that begins with the first job.
#pragma once
#include <weft/detail/export.h>

#include <functional>

namespace weft::detail {

/// Does `job`, which does not throw, some time; not at all where the program ends before. A child of fork() has the
/// jobs that had not begun, and does them when it adds its first.
void run_later(std::function<void()> job);

/// Drops the jobs that have not begun, waits for the one that has, and takes no more.
void end_background();

/// Returns when there is nothing left to do. For tests and tools.
WEFT_API void finish_background();

} // namespace weft::detail

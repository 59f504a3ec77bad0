// See unrolled.h.
#include "lib/trace/unrolled.h"

#include "lib/function/composite_scope.h"
#include "lib/function/tracer_scope.h"

#include <fmt/format.h>

#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace weft::trace {
namespace {

constexpr unsigned many = 32;

/// True for the first trace of the process that asks about this line.
bool is_news(const SourceLocation &loc) {
  static std::mutex &mutex = *new std::mutex;
  static auto &known = *new std::set<std::pair<std::string, unsigned>>;
  std::lock_guard lock(mutex);
  return known.emplace(loc.file, loc.line).second;
}

} // namespace

void LineCounts::count(const SourceLocation &loc) {
  if (!loc.line)
    return;
  Line &line = counts_[{loc.file, loc.line}];
  std::uint64_t composite = detail::CompositeScope::current(), last = std::exchange(line.composite, composite);
  if ((composite && composite == last) || ++line.operations != many || !is_news(loc))
    return;
  detail::TracerScope outside(nullptr); // the user's sink is not traced
  detail::warn(fmt::format(
      "{}:{}: warning: this line has emitted {} operations in one trace. If that is a loop of C++, which is unrolled "
      "while tracing, `for (Tensor i : weft::range(n))` makes it one loop of the graph",
      loc.file, loc.line, many));
}

} // namespace weft::trace

// See composite_scope.h.
#include "lib/function/composite_scope.h"

namespace weft::detail {
namespace {

struct Nesting {
  std::uint64_t depth = 0, calls = 0;
};
thread_local Nesting nesting;

} // namespace

CompositeScope::CompositeScope() {
  if (nesting.depth++ == 0)
    ++nesting.calls;
}
CompositeScope::~CompositeScope() { --nesting.depth; }

std::uint64_t CompositeScope::current() { return nesting.depth ? nesting.calls : 0; }

} // namespace weft::detail

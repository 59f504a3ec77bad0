// Eager prints of this thread can be muted, for a run that only serves a comparison.
#pragma once

namespace weft::detail {

class MutedPrints {
public:
  MutedPrints() { ++depth; }
  MutedPrints(const MutedPrints &) = delete;
  ~MutedPrints() { --depth; }
  static bool muted() { return depth > 0; }

private:
  static constinit thread_local int depth;
};

} // namespace weft::detail

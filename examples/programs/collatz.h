// The longest Collatz chain below a limit: scalar control flow, the case in which graph libraries are slowest.
#pragma once
#include <weft/weft.h>

namespace programs {

struct Chain {
  weft::Tensor start;  ///< the first number below the limit with the longest chain
  weft::Tensor length; ///< its steps to 1
  weft::Tensor total;  ///< the steps of all chains below the limit
};
/// `limit` and the results are int64 of rank 0.
Chain longest_chain(weft::Tensor limit);

} // namespace programs

template <> struct weft::Tree<programs::Chain> {
  static auto fields(auto &c) { return std::tie(c.start, c.length, c.total); }
};

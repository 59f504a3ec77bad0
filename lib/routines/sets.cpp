// The distinct elements of an array.
#include "lib/routines/order.h"

namespace weft::detail {

void routine::unique_values(RoutineCall &call) {
  const RoutineInput &x = call.in[0];
  with_type(x.type.dtype, [&]<class T>(TypeTag<T>) {
    std::vector<Kept<T>> items(x.as<Kept<T>>(), x.as<Kept<T>>() + x.size()), scratch;
    sort_items(items, scratch, false, [](const Kept<T> &v) { return order_key(v); });
    items.erase(std::unique(items.begin(), items.end(), same_member<Kept<T>>), items.end());
    auto count = static_cast<std::int64_t>(items.size());
    call.make(0, {count});
    RoutineInput found{call.out[0].type, reinterpret_cast<const char *>(items.data())};
    copy_elements(call.out[0], 0, found, 0, count);
  });
}

void routine::unique_all(RoutineCall &call) {
  const RoutineInput &x = call.in[0];
  with_type(x.type.dtype, [&]<class T>(TypeTag<T>) {
    Ranks<T> ranks, scratch;
    rank(x.as<T>(), 1, x.size(), ranks);
    sort_ranks<T>(ranks, scratch, false);
    std::vector<std::int64_t> firsts; // in the ranks, of each distinct element
    for (std::size_t i = 0; i < ranks.size(); ++i) {
      bool again = i > 0 && same_member(x.as<T>()[ranks[i - 1].index], x.as<T>()[ranks[i].index]);
      if (!again)
        firsts.push_back(static_cast<std::int64_t>(i));
      call.out[2].as<std::int64_t>()[ranks[i].index] = static_cast<std::int64_t>(firsts.size()) - 1;
    }
    auto count = static_cast<std::int64_t>(firsts.size());
    for (std::size_t k : {0, 1, 3})
      call.make(k, {count});
    firsts.push_back(x.size());
    for (std::int64_t k = 0; k < count; ++k) {
      std::int64_t from = firsts[static_cast<std::size_t>(k)], index = ranks[static_cast<std::size_t>(from)].index;
      copy_elements(call.out[0], k, x, index, 1);
      call.out[1].as<std::int64_t>()[k] = index;
      call.out[3].as<std::int64_t>()[k] = firsts[static_cast<std::size_t>(k) + 1] - from;
    }
  });
}

} // namespace weft::detail

// Shapes: the parts that are not worth inlining, and their text.
#include "lib/tensor/trace_list.h"

#include <fmt/format.h>

#include <ostream>

namespace weft {

void Shape::push_back(std::int64_t dim) {
  if (rank_ == max_rank)
    too_many({});
  dims_[static_cast<std::size_t>(rank_++)] = dim;
}

void detail::check_rank(int rank, const SourceLocation &loc) {
  if (rank > Shape::max_rank)
    raise(ErrorKind::Shape, loc, fmt::format("a tensor has at most {} dimensions", Shape::max_rank));
}

void Shape::too_many(const std::source_location &loc) {
  detail::check_rank(max_rank + 1, loc);
  __builtin_unreachable();
}

void Shape::no_dimension(int i) const {
  detail::raise(detail::ErrorKind::Index, detail::traced_location(),
                fmt::format("the shape {} has no dimension {}", to_string(*this), i));
}

std::string to_string(const Shape &s) {
  std::string text = "(";
  for (int i = 0; i < s.rank(); ++i) {
    text += i ? ", " : "";
    text += s[i] == dynamic ? "?" : std::to_string(s[i]);
  }
  return text + (s.rank() == 1 ? ",)" : ")");
}

std::ostream &operator<<(std::ostream &os, const Shape &s) { return os << to_string(s); }

} // namespace weft

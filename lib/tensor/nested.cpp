// From braces to a tensor: the first path down gives shape and dtype, and every other element is held against it.
#include "lib/tensor/nested.h"

#include "lib/tensor/trace_list.h"

#include <fmt/format.h>

#include <cstring>
#include <new>
#include <optional>
#include <vector>

namespace weft::detail {
namespace {

/// "[1][0]": where an element stands in the braces.
using Position = std::vector<std::size_t>;
std::string to_string(const Position &p) {
  std::string s;
  for (std::size_t i : p)
    s += fmt::format("[{}]", i);
  return s;
}

struct Outline {
  Shape shape;
  std::optional<DType> dtype; // none where there is no element
};

Outline outline(std::initializer_list<Nested> list, const SourceLocation &loc) {
  Outline o;
  for (const auto *level = &list; level;) {
    check_rank(o.shape.rank() + 1, loc);
    o.shape.push_back(static_cast<std::int64_t>(level->size()));
    const Nested *first = level->size() ? level->begin() : nullptr;
    level = first && first->is_list() ? &first->items() : nullptr;
    if (first && !level)
      o.dtype = first->dtype();
  }
  return o;
}

/// Copies the elements in row-major order.
class Filler {
public:
  Filler(const Outline &o, const ValueRef &to, const SourceLocation &loc)
      : outline_(o), out_(static_cast<char *>(const_cast<void *>(to->data))), loc_(loc) {}

  void list(const std::initializer_list<Nested> &items, int depth) {
    if (static_cast<std::int64_t>(items.size()) != outline_.shape[depth])
      ragged(fmt::format("the list at {} has {} elements", to_string(at_), items.size()), depth,
             fmt::format("a list of {}", outline_.shape[depth]));
    at_.push_back(0);
    for (const Nested &item : items) {
      bool leaf = depth + 1 == outline_.shape.rank() && outline_.dtype;
      if (leaf && item.is_list())
        ragged(fmt::format("there is a list at {}", to_string(at_)), depth + 1, "a single value");
      if (!leaf && !item.is_list())
        ragged(fmt::format("there is a single value at {}", to_string(at_)), depth + 1, "a list");
      if (leaf)
        element(item);
      else
        list(item.items(), depth + 1);
      ++at_.back();
    }
    at_.pop_back();
  }

private:
  void element(const Nested &item) {
    DType dtype = *outline_.dtype;
    if (item.dtype() != dtype)
      raise(ErrorKind::DType, loc_,
            fmt::format(
                "the braces mix dtypes: the element at {} is {}, but the first is {}; write all elements as one type "
                "(1 is int32, 1.f float32, 1.0 float64)",
                to_string(at_), name(item.dtype()), name(dtype)));
    if (dtype == DType::String) {
      Storage *text = Storage::text(item.text());
      if (!text)
        throw std::bad_alloc();
      std::memcpy(out_, &text->data, sizeof text->data);
    } else {
      std::memcpy(out_, item.bits(), itemsize(dtype));
    }
    out_ += itemsize(dtype);
  }

  [[noreturn]] void ragged(const std::string &found, int depth, const std::string &first) const {
    raise(ErrorKind::Shape, loc_,
          fmt::format("the braces are ragged: {}, but at {} there is {}", found,
                      to_string(Position(static_cast<std::size_t>(depth), 0)), first));
  }

  const Outline &outline_;
  char *out_;
  const SourceLocation &loc_;
  Position at_;
};

} // namespace

ValueRef make_nested(std::initializer_list<Nested> list, const SourceLocation &loc) {
  Outline o = outline(list, loc);
  ValueRef v = make_uninitialized({o.dtype.value_or(DType::Float32), o.shape}, loc);
  Filler(o, v, loc).list(list, 0);
  return v;
}

} // namespace weft::detail

namespace weft {

Tensor::Tensor(std::initializer_list<detail::Nested> list, std::source_location loc)
    : Tensor(detail::make_nested(list, loc)) {}

std::string_view detail::text_from(const char *s, const SourceLocation &loc) {
  if (!s)
    raise(ErrorKind::DType, loc, "a null const char * is no string");
  return s;
}

} // namespace weft

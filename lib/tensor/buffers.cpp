// Tensors from the user's memory: copies (from_span) and views (from_buffer).
#include "lib/tensor/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace weft {
namespace {

using detail::ErrorKind;
using detail::raise;

void check_shape(const Shape &shape, const SourceLocation &loc) {
  for (std::int64_t d : shape)
    if (d < 0)
      raise(ErrorKind::Shape, loc, fmt::format("a tensor cannot have the shape {}", to_string(shape)));
}

void check_count(std::size_t count, const Shape &shape, const SourceLocation &loc) {
  check_shape(shape, loc);
  if (static_cast<std::int64_t>(count) != shape.elements())
    raise(ErrorKind::Shape, loc,
          fmt::format("{} elements were given for the shape {}, which has {}", count, to_string(shape),
                      shape.elements()));
}

void check_buffer(const void *ptr, const detail::TensorType &t, const SourceLocation &loc) {
  check_shape(t.shape, loc);
  std::int64_t bytes = detail::byte_size(t);
  if (bytes == std::numeric_limits<std::int64_t>::max())
    raise(ErrorKind::Shape, loc, fmt::format("no buffer has the shape {}", to_string(t.shape)));
  if (t.dtype == DType::String)
    raise(ErrorKind::DType, loc, "from_buffer: strings have no buffer to share; use from_span, which copies them");
  if (!ptr && bytes)
    raise(ErrorKind::Shape, loc, fmt::format("from_buffer: a null pointer for the shape {}", to_string(t.shape)));
  if (reinterpret_cast<std::uintptr_t>(ptr) % itemsize(t.dtype))
    raise(ErrorKind::DType, loc, fmt::format("from_buffer: the pointer is not aligned for {}", name(t.dtype)));
  auto *b = static_cast<const unsigned char *>(ptr);
  if (t.dtype == DType::Bool && std::any_of(b, b + bytes, [](unsigned char c) { return c > 1; }))
    raise(ErrorKind::DType, loc,
          "from_buffer: a buffer of bool holds bytes 0 and 1; take it as uint8 and compare with 0");
}

} // namespace

Tensor detail::copy_buffer(const void *data, std::size_t count, const Shape &shape, DType dtype,
                           const SourceLocation &loc) {
  check_count(count, shape, loc);
  ValueRef v = make_uninitialized({dtype, shape}, loc);
  if (count)
    std::memcpy(const_cast<void *>(v->data), data, count * itemsize(dtype));
  return Tensor(std::move(v));
}

Tensor detail::copy_texts(std::span<const std::string_view> texts, const Shape &shape, const SourceLocation &loc) {
  check_count(texts.size(), shape, loc);
  ValueRef v = make_uninitialized({DType::String, shape}, loc);
  auto **out = static_cast<void **>(const_cast<void *>(v->data));
  for (std::string_view t : texts) {
    Storage *text = Storage::text(t);
    if (!text)
      throw std::bad_alloc();
    *out++ = text->data;
  }
  return Tensor(std::move(v));
}

Tensor from_buffer(const void *ptr, const Shape &shape, DType dtype, std::function<void(void *)> deleter,
                   std::source_location loc) {
  void *data = const_cast<void *>(ptr);
  detail::TensorType type{dtype, shape};
  detail::Storage *storage = nullptr;
  try {
    check_buffer(ptr, type, loc);
    storage = detail::Storage::external(data, detail::byte_size(type), deleter);
  } catch (...) {
    if (deleter)
      deleter(data);
    throw;
  }
  return Tensor(detail::make_value(type, storage));
}

} // namespace weft

// Storage and values: allocation, reference counts, and the helpers that make values.
#include "lib/tensor/value.h"

#include "lib/tensor/blocks.h"

#include <weft/memory.h>

#include <fmt/format.h>

#include <cstring>
#include <memory>
#include <new>
#include <span>

namespace weft::detail {
namespace {

std::size_t block_size(std::int64_t bytes) { return sizeof(Storage) + static_cast<std::size_t>(bytes); }

Storage *new_storage(std::int64_t bytes, Storage::Kind kind) {
  Block b = allocate_block(block_size(bytes));
  if (!b.memory)
    return nullptr;
  auto *s = new (b.memory) Storage;
  s->kind = kind;
  s->bytes = bytes;
  s->data = s + 1;
  s->block = b.block;
  return s;
}

void destroy(Storage *s) {
  if (s->kind == Storage::Kind::Texts)
    for (void *text : std::span(static_cast<void **>(s->data), static_cast<std::size_t>(s->bytes) / sizeof(void *)))
      if (text)
        release(Storage::of(text));
  if (s->deleter)
    s->deleter(s->data);
  std::unique_ptr<std::function<void(void *)>> callback(s->callback);
  if (callback && *callback)
    (*callback)(s->data);
  std::size_t size = block_size(callback ? 0 : s->bytes);
  void *block = s->block;
  s->~Storage();
  free_block(block, size);
}

} // namespace

Storage *Storage::allocate(std::int64_t bytes, Kind kind) {
  if (bytes < 0 || bytes > PTRDIFF_MAX / 2)
    return nullptr;
  Storage *s = new_storage(bytes, kind);
  if (s && kind == Kind::Texts && bytes)
    std::memset(s->data, 0, static_cast<std::size_t>(bytes));
  return s;
}

Storage *Storage::text(std::string_view t) {
  Storage *s = allocate(static_cast<std::int64_t>(t.size()), Kind::Text);
  if (s && !t.empty())
    std::memcpy(s->data, t.data(), t.size());
  return s;
}

Storage *Storage::external(void *data, std::int64_t bytes, std::function<void(void *)> deleter) {
  auto callback = std::make_unique<std::function<void(void *)>>(std::move(deleter));
  Storage *s = new_storage(0, Kind::Raw);
  if (!s)
    throw std::bad_alloc();
  s->bytes = bytes;
  s->data = data;
  s->callback = callback.release();
  return s;
}

void retain(Storage *s) { s->refs.fetch_add(1, std::memory_order_relaxed); }

void release(Storage *s) {
  if (s->refs.fetch_sub(1, std::memory_order_acq_rel) == 1)
    destroy(s);
}

std::int64_t live_storage() { return static_cast<std::int64_t>(memory_stats().blocks_in_use); }

Value::~Value() {
  if (storage)
    release(storage);
}

void retain(Value *v) { v->refs.fetch_add(1, std::memory_order_relaxed); }

void release(Value *v) {
  if (v->refs.fetch_sub(1, std::memory_order_acq_rel) == 1)
    delete v;
}

ValueRef make_value(const TensorType &t, Storage *storage) {
  std::unique_ptr<Storage, void (*)(Storage *)> owned(storage, [](Storage *s) { release(s); });
  auto v = ValueRef::adopt(new Value);
  v->type = t;
  v->data = storage->data;
  v->storage = owned.release();
  return v;
}

ValueRef make_scalar(DType dtype, const void *bits) {
  auto v = ValueRef::adopt(new Value);
  v->type.dtype = dtype;
  v->data = v->scalar;
  if (dtype == DType::String) {
    void *text;
    std::memcpy(&text, bits, sizeof text);
    v->storage = text ? Storage::of(text) : nullptr;
  }
  std::memcpy(v->scalar, bits, itemsize(dtype));
  return v;
}

ValueRef make_text(std::string_view s) {
  Storage *text = Storage::text(s);
  if (!text)
    raise(ErrorKind::OutOfMemory, {}, fmt::format("no memory for a string of {} bytes", s.size()));
  return make_scalar(DType::String, &text->data);
}

ValueRef with_shape(const ValueRef &v, const Shape &shape) {
  auto r = ValueRef::adopt(new Value);
  r->type = {v->type.dtype, shape};
  r->data = v->data;
  r->storage = v->storage;
  if (v->storage)
    retain(v->storage);
  if (v->data == v->scalar) {
    std::memcpy(r->scalar, v->scalar, sizeof r->scalar);
    r->data = r->scalar;
  }
  return r;
}

ValueRef make_uninitialized(const TensorType &t, const SourceLocation &where) {
  auto kind = t.dtype == DType::String ? Storage::Kind::Texts : Storage::Kind::Raw;
  Storage *s = Storage::allocate(byte_size(t), kind);
  if (!s)
    raise(ErrorKind::OutOfMemory, where,
          fmt::format("no memory for a tensor of {} {}", name(t.dtype), to_string(t.shape)));
  return make_value(t, s);
}

} // namespace weft::detail

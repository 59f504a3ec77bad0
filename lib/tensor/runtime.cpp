// The runtime functions of runtime.h: what compiled code calls while a frame is alive. Nothing throws through compiled
// code: what the standard library or a user's callback throws ends in the frame.
//
// The frame owns a list of Storage. An owned block is linked into it directly. The value of a variable is shared, so it
// may not be linked; a small block of its own stands for the frame's reference to it (a hold), whose deleter drops it.
#include "lib/tensor/runtime.h"

#include <algorithm>
#include <cstdio>
#include <new>
#include <span>
#include <utility>

using namespace weft;
using namespace weft::detail;

namespace {

void link(weft_frame *f, Storage *s) {
  s->prev = nullptr;
  s->next = f->live;
  if (f->live)
    f->live->prev = s;
  f->live = s;
}

void unlink(weft_frame *f, Storage *s) {
  (s->prev ? s->prev->next : f->live) = s->next;
  if (s->next)
    s->next->prev = s->prev;
  s->prev = s->next = nullptr;
}

void record(weft_frame *f, ErrorKind kind, const char *message) {
  f->error_kind = kind;
  f->error_file = "";
  f->error_line = f->error_column = 0;
  try {
    if (f->error_message)
      *f->error_message = message;
  } catch (const std::bad_alloc &) {
    // The kind alone has to do.
  }
}

void record_out_of_memory(weft_frame *f, std::int64_t bytes) {
  char message[80];
  std::snprintf(message, sizeof message, "out of memory: %lld bytes asked for", static_cast<long long>(bytes));
  record(f, ErrorKind::OutOfMemory, message);
}

/// The payload of `s`, now owned by the frame; null with the error recorded if there was no memory for it.
void *owned(weft_frame *f, Storage *s, std::int64_t bytes) {
  if (!s) {
    record_out_of_memory(f, bytes);
    return nullptr;
  }
  link(f, s);
  return s + 1;
}

void drop_hold(void *payload) { release(Storage::of(payload)); }

/// Only functions that write variables have holds, so no other function pays for the search.
Storage *find_hold(weft_frame *f, const void *payload) {
  if (f->variables)
    for (Storage *s = f->live; s; s = s->next)
      if (s->deleter == drop_hold && s->data == payload)
        return s;
  return nullptr;
}

/// Takes the frame's reference to the block of `payload` out of the frame.
Storage *detach(weft_frame *f, void *payload) {
  Storage *s = Storage::of(payload);
  if (Storage *hold = find_hold(f, payload)) {
    unlink(f, hold);
    retain(s);
    release(hold);
  } else {
    unlink(f, s);
  }
  return s;
}

TensorType type_of(const weft_print_argument &a) {
  return {static_cast<DType>(a.dtype), Shape(std::span<const std::int64_t>(a.dims, static_cast<std::size_t>(a.rank)))};
}

/// Appends the arguments, with a blank before each but the line's first.
void append(std::string &line, bool first, const weft_print_argument *arguments, std::int64_t count) {
  for (const weft_print_argument &a : std::span(arguments, static_cast<std::size_t>(count))) {
    if (!std::exchange(first, false))
      line += ' ';
    line += print_text(type_of(a), a.data);
  }
}

} // namespace

void *weft_alloc(weft_frame *f, std::int64_t bytes, std::int32_t kind) {
  return owned(f, Storage::allocate(bytes, static_cast<Storage::Kind>(kind)), bytes);
}

void *weft_take(weft_frame *f, std::int64_t bytes, std::int32_t input) {
  if (Storage *s = f->dying ? f->dying(f, input) : nullptr; s && s->bytes == bytes) {
    retain(s);
    return owned(f, s, bytes);
  }
  return weft_alloc(f, bytes, static_cast<std::int32_t>(Storage::Kind::Raw));
}

void weft_free(weft_frame *f, void *payload) {
  Storage *s = find_hold(f, payload);
  if (!s)
    s = Storage::of(payload);
  unlink(f, s);
  release(s);
}

void weft_give(weft_frame *f, std::int32_t result, void *payload) {
  detach(f, payload);
  f->results[result].bits = reinterpret_cast<std::uintptr_t>(payload);
}

void weft_fail(weft_frame *f, std::int32_t kind, const char *message, const char *file, std::int32_t line,
               std::int32_t column, const weft_print_argument *arguments, std::int64_t count) {
  record(f, static_cast<ErrorKind>(kind), message);
  f->error_file = file;
  f->error_line = static_cast<std::uint32_t>(line);
  f->error_column = static_cast<std::uint32_t>(column);
  try {
    if (f->error_message)
      append(*f->error_message, false, arguments, count);
  } catch (...) {
    // The message without its arguments is still the right error.
  }
}

std::int32_t weft_check_sizes(weft_frame *f, std::int32_t check, const std::int64_t *sizes) {
  return f->sizes_fit(f, check, sizes);
}

std::int32_t weft_print(weft_frame *f, const weft_print_argument *arguments, std::int64_t count) {
  try {
    std::string line; // made first: the arguments may be the variables' own elements
    append(line, true, arguments, count);
    SinkRef sink = print_sink();
    bool calls_back = sink && f->before_callback;
    if (calls_back)
      f->before_callback(f);
    std::exception_ptr thrown;
    try {
      emit_line(line, sink);
    } catch (...) {
      thrown = std::current_exception();
    }
    if (calls_back)
      f->after_callback(f);
    if (thrown)
      std::rethrow_exception(thrown);
    return 0;
  } catch (...) {
    *f->thrown = std::current_exception();
    return 1;
  }
}

void *weft_text(weft_frame *f, const char *bytes, std::int64_t length) {
  return owned(f, Storage::text({bytes, static_cast<std::size_t>(length)}), length);
}

void *weft_text_copy(weft_frame *f, const void *text) {
  std::string_view t = text_of(text);
  return weft_text(f, t.data(), static_cast<std::int64_t>(t.size()));
}

void *weft_text_concat(weft_frame *f, const void *a, const void *b) {
  std::string_view x = text_of(a), y = text_of(b);
  auto length = static_cast<std::int64_t>(x.size() + y.size());
  Storage *s = Storage::allocate(length, Storage::Kind::Text);
  if (s) {
    auto *bytes = reinterpret_cast<char *>(s + 1);
    std::copy(x.begin(), x.end(), bytes);
    std::copy(y.begin(), y.end(), bytes + x.size());
  }
  return owned(f, s, length);
}

std::int32_t weft_text_equal(const void *a, const void *b) { return text_of(a) == text_of(b); }

std::int32_t weft_text_store(weft_frame *f, void **element, const void *text) {
  Storage *s = nullptr;
  if (text) {
    s = Storage::of(text);
    if (!is_constant(s)) {
      retain(s);
    } else if (s = Storage::text(text_of(text)); !s) {
      record_out_of_memory(f, static_cast<std::int64_t>(text_of(text).size()));
      return 1;
    }
  }
  void *old = std::exchange(*element, s ? static_cast<void *>(s + 1) : nullptr);
  if (old)
    release(Storage::of(old));
  return 0;
}

void weft_variable_assign(weft_frame *f, std::int32_t k, void *payload) {
  weft_variable &v = f->variables[k];
  Storage *assigned = detach(f, payload);
  if (v.dirty)
    release(v.storage);
  v.storage = assigned;
  v.data = payload;
  v.dirty = 1;
}

void *weft_variable_read(weft_frame *f, std::int32_t k) {
  const weft_variable &v = f->variables[k];
  Storage *s = v.storage; // its elements are behind its header: what is lent to a frame always is so
  Storage *hold = Storage::allocate(0, Storage::Kind::Raw);
  if (!hold)
    return owned(f, nullptr, 0);
  retain(s);
  hold->data = const_cast<void *>(v.data);
  hold->deleter = drop_hold;
  link(f, hold);
  return const_cast<void *>(v.data);
}

void weft::detail::release_frame(weft_frame &f) {
  while (Storage *s = f.live) {
    unlink(&f, s);
    release(s);
  }
}

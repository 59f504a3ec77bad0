// Values and their storage: what a Tensor handle points to. A Value is immutable once it can be seen by two handles.
// Storage is shared with compiled code, which allocates and releases it through the runtime functions (runtime.h).
#pragma once
#include <weft/detail/rules.h>
#include <weft/tensor.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace weft::detail {

/// "weft::cast(x, weft::boolean)": what a message suggests; "" where there is no such conversion.
WEFT_API std::string suggested_cast(DType from, DType to);
/// The constant of namespace weft: "boolean".
WEFT_API std::string_view constant_name(DType d);
/// Throws ShapeError above the rank that a tensor may have.
void check_rank(int rank, const SourceLocation &loc);

/// A reference-counted block of memory. The payload follows the 64-byte header, so compiled code finds the header of
/// what it allocated from the data pointer; external buffers have `data` elsewhere and never reach compiled code as
/// owned.
struct alignas(64) Storage {
  enum class Kind : std::uint8_t { Raw, Text, Texts }; // Texts: an array of pointers to Text payloads, each owned
  std::atomic<std::uint32_t> refs{1};
  Kind kind = Kind::Raw;
  std::int64_t bytes = 0; // of the payload; for Text the length. Never changed: the block's size follows from it
  Storage *prev = nullptr, *next = nullptr; // the frame that owns it, while a call runs
  void *data = nullptr;
  void (*deleter)(void *) = nullptr;               // called with `data` at the end, or
  std::function<void(void *)> *callback = nullptr; // the same, owned: external buffers
  void *block = nullptr;                           // of the allocator (blocks.h)

  /// Null when memory is short or the size is no size. A Texts payload starts zeroed. Counted by live_storage().
  WEFT_API static Storage *allocate(std::int64_t bytes, Kind kind);
  WEFT_API static Storage *text(std::string_view s);
  /// The user's buffer, which `deleter` takes back.
  WEFT_API static Storage *external(void *data, std::int64_t bytes, std::function<void(void *)> deleter);
  static Storage *of(const void *payload) {
    return reinterpret_cast<Storage *>(const_cast<char *>(static_cast<const char *>(payload)) - sizeof(Storage));
  }
};
static_assert(sizeof(Storage) == 64);
WEFT_API void retain(Storage *s);
WEFT_API void release(Storage *s);
/// How many Storage blocks are alive in the process: tests hold it against leaks.
WEFT_API std::int64_t live_storage();

/// The text of one string element.
inline std::string_view text_of(const void *payload) {
  return payload ? std::string_view(static_cast<const char *>(payload), Storage::of(payload)->bytes)
                 : std::string_view();
}

class WEFT_API Value {
public:
  enum class Kind : std::uint8_t { Concrete, Symbolic, Poison, Moved };

  std::atomic<std::uint32_t> refs{1};
  Kind kind = Kind::Concrete;
  TensorType type;
  const void *data = nullptr; // Concrete: elements in row-major order; strings: pointers to Text payloads
  Storage *storage = nullptr; // null when the only element is held in `scalar`
  alignas(8) std::byte scalar[8] = {};

  Value() = default;
  virtual ~Value();
  Value(const Value &) = delete;
  Value &operator=(const Value &) = delete;
};

/// A value of the trace: `ir` and `region` belong to lib/trace.
struct WEFT_API SymbolicValue : Value {
  void *ir = nullptr;
  void *region = nullptr;
  std::uint64_t trace = 0;
  SourceLocation loc;
  // May be without a value when the code runs, because it was first assigned in a loop: the trace's flag that it was
  // assigned (null: certainly), and the message of the check that stands at its uses.
  void *assigned = nullptr;
  std::string unset;
};
/// A handle whose use is an error, with the reason.
struct WEFT_API PoisonValue : Value {
  ErrorKind error = ErrorKind::Trace;
  std::string reason;
};
/// A moved-from handle remembers who has its value: vector growth keeps identities.
struct WEFT_API MovedValue : Value {
  std::uint64_t heir = 0;
};

/// A concrete value over `storage` (takes one reference).
WEFT_API ValueRef make_value(const TensorType &t, Storage *storage);
/// A rank-0 value from the bits of one element. A string's bits are a Text payload pointer: takes one reference to the
/// text.
WEFT_API ValueRef make_scalar(DType dtype, const void *bits);
WEFT_API ValueRef make_text(std::string_view s);
/// The same elements under another shape of equal size, sharing the storage.
WEFT_API ValueRef with_shape(const ValueRef &v, const Shape &shape);
/// The largest int64 where the size is larger: Storage::allocate then gives null.
inline std::int64_t byte_size(const TensorType &t) {
  std::int64_t bytes;
  return __builtin_mul_overflow(t.shape.elements(), std::int64_t(itemsize(t.dtype)), &bytes)
             ? std::numeric_limits<std::int64_t>::max()
             : bytes;
}
/// A concrete value with uninitialised elements (empty texts), not shared yet. Throws OutOfMemoryError at `where`.
WEFT_API ValueRef make_uninitialized(const TensorType &t, const SourceLocation &where);

/// Throws the public error class of `kind` at `where`.
[[noreturn]] WEFT_API void raise(ErrorKind kind, const SourceLocation &where, const std::string &message);

/// tf.print's text of a value ("[[1 2 3]\n [4 5 6]]", 3 edge items past 6 per dimension), and NumPy's for <<.
WEFT_API std::string print_text(const TensorType &t, const void *data);
WEFT_API std::string numpy_text(const TensorType &t, const void *data);

/// The user's sink; null where lines go to stdout.
using SinkRef = std::shared_ptr<const std::function<void(std::string_view)>>;
WEFT_API SinkRef print_sink();
/// One line, given without its newline, to the sink, or to stdout where that is null. What the sink throws passes
/// through.
WEFT_API void emit_line(std::string_view line, const SinkRef &sink);
/// One warning, given without its newline, to the user's sink for them, or to stderr.
WEFT_API void warn(std::string_view line);

} // namespace weft::detail

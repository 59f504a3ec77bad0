// The runtime functions that compiled code calls, and the frame of a call. Everything a call owns hangs on its frame: after
// a failure the caller frees what is left. C linkage and named symbols only, so objects can be cached on disk.
#pragma once
#include "lib/tensor/value.h"

#include <cstdint>
#include <exception>

extern "C" {

/// One result: word 0 is the scalar's bits, or the data pointer; then the sizes of its open dimensions in order.
struct weft_result {
  std::uint64_t bits;
  std::int64_t dims[8];
};

/// A Variable inside a call that writes it: `data` are the elements of `storage`, replaced by assignments. `storage` may be
/// null only at rank 0. While `dirty` is 0 both are borrowed from the Variable's own value; an assignment sets it to 1, and the
/// slot then owns one reference to `storage`, which publishing hands over.
struct weft_variable {
  const void *data;
  weft::detail::Storage *storage;
  std::int32_t dirty;
};

struct weft_frame {
  const void *const *inputs;   // word k: data of input k (rank 0 too: the address of the element)
  const std::int64_t *dims;    // sizes of the open dimensions of all inputs, in order
  weft_result *results;
  weft_variable *variables;
  weft::detail::Storage *live; // head of the list of owned storage
  weft::detail::ErrorKind error_kind;
  const char *error_file;
  std::uint32_t error_line, error_column;
  std::string *error_message;  // owned by the caller; set by weft_fail
  std::exception_ptr *thrown;  // what a callback threw
  // Around a callback: publishes the variables and lets go of their locks; takes the locks again and lends what the variables have
  // by then. Both null where the call writes none.
  void (*before_callback)(weft_frame *);
  void (*after_callback)(weft_frame *);
  void *owner;
  // Whether sizes fit what was traced: 0, or 1 with the error recorded. Null where the code does not ask.
  std::int32_t (*sizes_fit)(weft_frame *, std::int32_t check, const std::int64_t *sizes);
  const void *size_checks;
  // The block of input k where the caller gives it up: nobody else has it or will look at it. Null else, or where none is given up.
  weft::detail::Storage *(*dying)(weft_frame *, std::int32_t input);
  void *call; // whose function that is
};

/// An argument of print and check.
struct weft_print_argument {
  const void *data;            // the elements (a string element: pointer to its text pointer)
  const std::int64_t *dims;
  std::int32_t dtype, rank;
};

/// A payload of `bytes` bytes, owned by the frame; kind as Storage::Kind. Null after recording OutOfMemory.
WEFT_API void *weft_alloc(weft_frame *f, std::int64_t bytes, std::int32_t kind);
/// The block of an input that the caller gives up, now the frame's, where it is of so many bytes; else as weft_alloc.
WEFT_API void *weft_take(weft_frame *f, std::int64_t bytes, std::int32_t input);
WEFT_API void weft_free(weft_frame *f, void *payload);
/// The payload leaves the frame and becomes result k.
WEFT_API void weft_give(weft_frame *f, std::int32_t result, void *payload);

WEFT_API void weft_fail(weft_frame *f, std::int32_t kind, const char *message, const char *file, std::int32_t line,
                        std::int32_t column, const weft_print_argument *arguments, std::int64_t count);
/// 0, or 1 when the sink threw.
WEFT_API std::int32_t weft_print(weft_frame *f, const weft_print_argument *arguments, std::int64_t count);

/// Asks the caller's sizes_fit.
WEFT_API std::int32_t weft_check_sizes(weft_frame *f, std::int32_t check, const std::int64_t *sizes);

// Strings: a text is a payload pointer; results are new texts owned by the frame (null after OutOfMemory).
WEFT_API void *weft_text(weft_frame *f, const char *bytes, std::int64_t length);
WEFT_API void *weft_text_copy(weft_frame *f, const void *text);
WEFT_API void *weft_text_concat(weft_frame *f, const void *a, const void *b);
WEFT_API std::int32_t weft_text_equal(const void *a, const void *b);
/// Stores a copy-by-reference of `text` in a Texts payload, releasing what was there. 0, or 1 after OutOfMemory.
WEFT_API std::int32_t weft_text_store(weft_frame *f, void **element, const void *text);

/// Assigns payload (ownership passes, it must be in the frame's list) to variable k.
WEFT_API void weft_variable_assign(weft_frame *f, std::int32_t k, void *payload);
/// The payload of variable k's value, retained for the frame: free it with weft_free.
WEFT_API void *weft_variable_read(weft_frame *f, std::int32_t k);
}

/// The reference count, or more, of texts that are constants of the code: never counted, and copied where they are stored.
inline constexpr std::uint32_t weft_constant_refs = 0x80000000;

namespace weft::detail {
/// The texts that are constants of the code have that bit in their count: they die with the code, so nobody refers to them
/// for longer than the call.
inline bool is_constant(const Storage *text) { return text->refs.load(std::memory_order_relaxed) >= weft_constant_refs; }
/// Frees what a call has left in its frame. For the caller, after success as after failure.
WEFT_API void release_frame(weft_frame &f);
} // namespace weft::detail

// Running compiled code once: the frame's error places, and the way from its status to an exception.
#pragma once
#include "lib/function/compiler.h"

namespace weft::detail {

/// Packs nothing itself: the caller sets inputs, dims, results and variables of `frame`.
class FrameCall {
public:
  FrameCall();
  FrameCall(const FrameCall &) = delete;
  /// Frees what the call has left in its frame.
  ~FrameCall();

  /// Whether the code ran to its end. Does not throw.
  bool run(const CompiledCode &code) { return code.entry(&frame) == 0; }
  /// Throws what the frame says after a failure: a callback's own exception, or the error class of its kind. The place is the
  /// code's, a number of `sites` or a line of its own, or `where` if it has none.
  [[noreturn]] void fail(const SourceLocation &where, std::span<const SourceLocation> sites = {});

  weft_frame frame{};

private:
  std::string message_;
  std::exception_ptr thrown_;
};

/// The value of a computed result: takes over what `r` owns. `type` has its open dimensions.
ValueRef take_result(weft_result &r, const TensorType &type);
/// Whether a result of this type owns a block of memory, rather than being the bits of an element.
inline bool owns_memory(const TensorType &t) { return t.shape.rank() > 0 || t.dtype == DType::String; }
/// Before the call: nothing is owned yet. After a failed one: frees what the code had given.
void clear_result(weft_result &r, const TensorType &type);
void drop_result(weft_result &r, const TensorType &type);

} // namespace weft::detail

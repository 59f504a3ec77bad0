// See frame.h.
#include "lib/function/frame.h"

namespace weft::detail {

FrameCall::FrameCall() {
  frame.error_message = &message_;
  frame.thrown = &thrown_;
}

FrameCall::~FrameCall() {
  if (frame.live)
    release_frame(frame);
}

void FrameCall::fail(const SourceLocation &where, std::span<const SourceLocation> sites) {
  if (thrown_)
    std::rethrow_exception(thrown_);
  SourceLocation at = where;
  if (frame.error_line && frame.error_file == std::string_view(numbered_lines) && frame.error_line <= sites.size()) {
    at = sites[frame.error_line - 1];
    at.function = "";
  } else if (frame.error_line) {
    at.file = frame.error_file;
    at.line = frame.error_line;
    at.column = frame.error_column;
    at.function = "";
  }
  raise(frame.error_kind, at, message_);
}

ValueRef take_result(weft_result &r, const TensorType &type) {
  if (!owns_memory(type))
    return make_scalar(type.dtype, &r.bits);
  auto *payload = reinterpret_cast<void *>(std::exchange(r.bits, 0));
  if (type.shape.rank() == 0)
    return make_scalar(type.dtype, &payload);
  return make_value(type, Storage::of(payload));
}

void clear_result(weft_result &r, const TensorType &type) {
  if (owns_memory(type))
    r.bits = 0;
}

void drop_result(weft_result &r, const TensorType &type) {
  if (owns_memory(type) && r.bits)
    release(Storage::of(reinterpret_cast<void *>(std::exchange(r.bits, 0))));
}

} // namespace weft::detail

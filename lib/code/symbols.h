// The functions that compiled code may call, by name. Code refers to nothing else outside of itself: what is not in
// this table cannot be loaded, so code holds no address of a process and may be kept on disk.
#pragma once
#include <weft/detail/export.h>

#include <string_view>

namespace weft::detail {

/// The address of a function of the runtime, of C's mathematics or of weft's own; null where there is none of this
/// name.
WEFT_API const void *runtime_symbol(std::string_view name);

} // namespace weft::detail

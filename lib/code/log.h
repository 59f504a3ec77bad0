// WEFT_LOG=trace,retrace,compile,cache: lines on stderr about what the caches do.
#pragma once
#include <weft/detail/export.h>

#include <string_view>

namespace weft::detail {

enum class LogTopic { Trace, Retrace, Compile, Cache };

/// Whether the environment asked for the topic when the process began.
WEFT_API bool logs(LogTopic topic);
/// One line: "weft: <text>".
WEFT_API void log_line(std::string_view text);

} // namespace weft::detail

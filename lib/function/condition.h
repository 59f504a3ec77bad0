// Conditions of statements that run now.
#pragma once
#include "lib/function/compiler.h"

namespace weft::detail {

/// The truth of a bool tensor of one element. `statement` ("if", "while", "check") names what asks, for the DTypeError,
/// ShapeError or TraceError.
bool holds(const Operand &cond, const char *statement, const SourceLocation &loc);
/// The DTypeError or ShapeError unless a value is one bool.
WEFT_API void check_condition(const Value &cond, const char *statement, const SourceLocation &loc);
/// For a value of a trace or graph in a statement that runs outside of it.
[[noreturn]] void outside_of_trace(const char *statement, const SourceLocation &loc);

} // namespace weft::detail

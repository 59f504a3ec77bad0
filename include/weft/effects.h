// Effects that belong to the program rather than to the trace: they happen on every run, in program order.
#pragma once
#include <weft/operand.h>

#include <functional>
#include <initializer_list>
#include <string_view>

namespace weft {

/// Prints its arguments, separated by blanks, and a newline to stdout, in tf.print's format: "[1 2 3]", "a 1".
/// An effect has no value to carry its place, so the first argument's place is the statement's.
template <class... A> void print(const Operand &first, const A &...rest);
inline void print(std::source_location loc = std::source_location::current());

/// Sends every line of print, with its newline, to `sink` on the calling thread instead of stdout; an empty
/// function restores stdout. Whatever the sink throws reaches the caller of the traced function. The variables that
/// this function writes have their values of that moment, and are free: the sink, and other threads meanwhile, may
/// assign them, and the function goes on with what they have after the print.
WEFT_API void set_print_sink(std::function<void(std::string_view)> sink);

/// Sends every warning, a line with its newline, to `sink` on the thread that it is found on, instead of to stderr; an
/// empty function restores stderr. There is one so far: that a source line is traced again and again because a loop on
/// the host is unrolled.
WEFT_API void set_warning_sink(std::function<void(std::string_view)> sink);

/// Throws CheckError with the message and the arguments from the call if `cond` (bool, one element) is false.
template <class... A> void check(const Operand &cond, std::string_view message, const A &...args);

namespace detail {
template <class T> Operand as_operand(const T &v, std::source_location loc) {
  if constexpr (std::is_same_v<T, Operand>)
    return v;
  else
    return Operand(v, loc);
}
WEFT_API void print(std::initializer_list<Operand> args, const SourceLocation &loc);
WEFT_API void check(const Operand &cond, std::string_view message, std::initializer_list<Operand> args);
} // namespace detail

inline void print(std::source_location loc) { detail::print({}, loc); }
template <class... A> void print(const Operand &first, const A &...rest) {
  detail::print({first, detail::as_operand(rest, first.source_location())...}, first.loc());
}
template <class... A> void check(const Operand &cond, std::string_view message, const A &...args) {
  detail::check(cond, message, {detail::as_operand(args, cond.source_location())...});
}

} // namespace weft

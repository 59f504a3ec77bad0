// FunctionOptions::verify: a trace's first call also runs op by op, and what differs is an error.
#pragma once
#include "lib/function/function_impl.h"

namespace weft::detail {

/// Runs the user's callable op by op with its prints muted and its assignments undone, then the entry, and compares results
/// and variables bit by bit.
void verify(FunctionImpl &f, const Entry &e, const Signature &s, void *args, std::span<ValueRef> results);

} // namespace weft::detail

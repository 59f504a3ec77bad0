// Traces under way. Of several threads that need one signature at the same time one traces and the others wait; a function that
// reaches itself with the signature that is being traced is an error, with the chain of calls.
#pragma once
#include "lib/function/signature.h"

#include <memory>

namespace weft::detail {

/// The right to trace one signature, or the knowledge that another thread has just done so (or failed to).
class Flight {
public:
  /// Waits while another thread traces the same signature of the same function; then `leads()` is false, and the cache may have
  /// the entry. It may not wait for a thread that waits for this one: then both trace, and the recursion is found.
  /// Throws TraceError when this thread itself is tracing it.
  Flight(FunctionImpl &f, const Signature &s);
  Flight(const Flight &) = delete;
  ~Flight();
  bool leads() const { return leads_; }

private:
  struct Board;
  FunctionImpl &function_;
  const Signature &signature_;
  const std::shared_ptr<const Key> key_; // a copy of the signature, for other threads
  const Flight *outer_;                  // of this thread
  std::uint64_t number_ = 0;             // on the board, where it leads
  bool leads_ = true;

  [[noreturn]] void recursive() const;
};

} // namespace weft::detail

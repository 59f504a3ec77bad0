// The ledger: one record for each trace of a function, with what it cost, how often it was used, and what differed from the
// nearest trace before it. Cost only at a miss; a hit counts one number.
#pragma once
#include "lib/function/signature.h"
#include "lib/function/stopwatch.h"

#include <atomic>
#include <deque>
#include <mutex>

namespace weft::detail {

class Record {
public:
  std::string signature, reason;
  double trace_ms = 0;
  std::shared_ptr<const std::vector<LeafText>> leaves; // dropped when many traces have followed
  alignas(64) std::atomic<std::uint64_t> hits{0};

  void compiled(double ms, std::size_t bytes) {
    compile_ms_.store(ms, std::memory_order_relaxed);
    code_bytes_.store(bytes, std::memory_order_relaxed);
  }
  TraceRecord read(const SourceLocation &where) const {
    return {signature, reason, trace_ms, compile_ms_.load(std::memory_order_relaxed),
            code_bytes_.load(std::memory_order_relaxed), hits.load(std::memory_order_relaxed), where};
  }

private:
  std::atomic<double> compile_ms_{0};
  std::atomic<std::size_t> code_bytes_{0};
};

class Ledger {
public:
  /// Adds the record of a trace that has just succeeded; signature and reason are worked out here.
  void add(std::shared_ptr<Record> record, int parameters);
  std::vector<TraceRecord> read(const SourceLocation &where) const;
  std::size_t traces() const;
  std::size_t hits() const;

private:
  static constexpr std::size_t kept = 1024, compared = 64;

  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<Record>> records_;
  std::size_t traces_ = 0, dropped_hits_ = 0;
};

/// The table of Function::explain(): `records` are the last of so many traces.
std::string explain_text(const std::string &name, std::size_t traces, const std::vector<TraceRecord> &records, const CacheStats &stats);

} // namespace weft::detail

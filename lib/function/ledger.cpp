// See ledger.h.
#include "lib/function/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <span>
#include <utility>

namespace weft::detail {
namespace {

std::string shape_difference(const Shape &from, const Shape &to) {
  if (from.rank() != to.rank())
    return fmt::format("shape {} -> {}", to_string(from), to_string(to));
  auto size = [](std::int64_t d) { return d == dynamic ? std::string("?") : std::to_string(d); };
  std::vector<std::string> dimensions;
  for (int d = 0; d < from.rank(); ++d)
    if (from[d] != to[d])
      dimensions.push_back(fmt::format("dimension {}: {} -> {}", d, size(from[d]), size(to[d])));
  return fmt::format("{}", fmt::join(dimensions, ", "));
}

std::string tensor_difference(const TensorType &from, const TensorType &to) {
  std::vector<std::string> parts;
  if (from.dtype != to.dtype)
    parts.push_back(fmt::format("dtype {} -> {}", name(from.dtype), name(to.dtype)));
  if (std::string shape = shape_difference(from.shape, to.shape); !shape.empty())
    parts.push_back(std::move(shape));
  return parts.empty() ? "weak number -> tensor" : fmt::format("{}", fmt::join(parts, ", "));
}

std::string leaf_difference(const LeafText &from, const LeafText &to) {
  if (from.kind == LeafText::Kind::Tensor && to.kind == LeafText::Kind::Tensor)
    return tensor_difference(from.type, to.type);
  if (from.kind == LeafText::Kind::Structure && to.kind == LeafText::Kind::Structure)
    return fmt::format("size {} -> {}", from.text, to.text);
  if (from.text == to.text)
    return fmt::format("another {}", to.text);
  return fmt::format("{} -> {}", from.text, to.text);
}

using Leaves = std::span<const LeafText>;

/// The leaves of one parameter.
Leaves of_parameter(const std::vector<LeafText> &all, int p) {
  auto [first, last] = std::ranges::equal_range(all, p, {}, &LeafText::parameter);
  return {first, last};
}

/// How many leaves of a parameter differ. One whose containers have other sizes counts as one difference.
std::size_t distance(Leaves a, Leaves b) {
  if (a.size() != b.size())
    return 1;
  std::size_t n = 0;
  for (std::size_t k = 0; k < a.size(); ++k)
    n += !a[k].same(b[k]);
  return n;
}

std::size_t distance(const std::vector<LeafText> &a, const std::vector<LeafText> &b, int parameters) {
  std::size_t n = 0;
  for (int p = 0; p < parameters; ++p)
    n += distance(of_parameter(a, p), of_parameter(b, p));
  return n;
}

/// What differs in one parameter; where containers have other sizes, the first difference, which is a size.
void add_differences(std::string &text, Leaves from, Leaves to) {
  for (std::size_t k = 0, leaf = 0; k < std::min(from.size(), to.size()); ++k) {
    bool structure = to[k].kind == LeafText::Kind::Structure;
    std::string which = structure || to.size() == 1 ? "" : fmt::format(" (leaf {})", leaf);
    leaf += !structure;
    if (from[k].same(to[k]))
      continue;
    text += fmt::format("{}argument {}{}: {}", text.empty() ? "" : "; ", to[k].parameter, which, leaf_difference(from[k], to[k]));
    if (from.size() != to.size())
      return;
  }
}

std::string difference(const std::vector<LeafText> &from, const std::vector<LeafText> &to, int parameters) {
  std::string text;
  for (int p = 0; p < parameters; ++p)
    add_differences(text, of_parameter(from, p), of_parameter(to, p));
  return text;
}

/// As one line of a table: control characters of names and host strings are written as C++ does.
std::string one_line(std::string_view text) {
  std::string line;
  for (char c : text)
    if (c == '\n')
      line += "\\n";
    else if (c == '\t')
      line += "\\t";
    else if (c == '\r')
      line += "\\r";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      line += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    else
      line += c;
  return line;
}

using SharedLeaves = std::shared_ptr<const std::vector<LeafText>>;

/// What differs from the nearest of the last traces, newest first.
std::string reason(const std::vector<SharedLeaves> &recent, const std::vector<LeafText> &leaves, int parameters) {
  if (recent.empty())
    return "first trace";
  const std::vector<LeafText> *nearest = nullptr;
  std::size_t least = 0;
  for (const SharedLeaves &r : recent)
    if (std::size_t d = distance(*r, leaves, parameters); !nearest || d < least)
      nearest = r.get(), least = d;
  std::string text = difference(*nearest, leaves, parameters);
  return text.empty() ? "the same signature: its entry had left the cache" : text;
}

} // namespace

// Host values are compared and destroyed by code of the user's, which may ask for these records: never under the lock.
void Ledger::add(std::shared_ptr<Record> record, int parameters) {
  record->signature = signature_text(*record->leaves, parameters);
  std::vector<SharedLeaves> recent;
  {
    std::lock_guard lock(mutex_);
    for (auto r = records_.rbegin(); r != records_.rend() && (*r)->leaves; ++r)
      recent.push_back((*r)->leaves);
  }
  record->reason = reason(recent, *record->leaves, parameters);
  std::shared_ptr<Record> dropped;
  SharedLeaves forgotten;
  std::lock_guard lock(mutex_);
  ++traces_;
  if (records_.size() == kept) {
    dropped_hits_ += records_.front()->hits.load(std::memory_order_relaxed);
    dropped = std::move(records_.front());
    records_.pop_front();
  }
  records_.push_back(std::move(record));
  if (records_.size() > compared)
    forgotten = std::exchange(records_[records_.size() - compared - 1]->leaves, nullptr);
}

std::vector<TraceRecord> Ledger::read(const SourceLocation &where) const {
  std::lock_guard lock(mutex_);
  std::vector<TraceRecord> all;
  all.reserve(records_.size());
  for (const auto &r : records_)
    all.push_back(r->read(where));
  return all;
}

std::size_t Ledger::traces() const {
  std::lock_guard lock(mutex_);
  return traces_;
}

std::size_t Ledger::hits() const {
  std::lock_guard lock(mutex_);
  std::size_t n = dropped_hits_;
  for (const auto &r : records_)
    n += r->hits.load(std::memory_order_relaxed);
  return n;
}

std::string explain_text(const std::string &name, std::size_t traces, const std::vector<TraceRecord> &records, const CacheStats &stats) {
  std::size_t width = std::string_view("signature").size();
  for (const TraceRecord &r : records)
    width = std::max(width, one_line(r.signature).size());
  width = std::min<std::size_t>(width, 60);
  std::string text = fmt::format("{}: {} traced, {} in the cache ({} bytes), {} hits, {} misses, {} evicted\n", one_line(name),
                                 traces, stats.entries, stats.bytes, stats.hits, stats.misses, stats.evictions);
  text += fmt::format("{:>4}  {:<{}}  {:>9}  {:>10}  {:>9}  {:>9}  {}\n", "#", "signature", width, "trace ms", "compile ms",
                      "bytes", "hits", "reason");
  std::size_t dropped = traces - std::min(traces, records.size());
  for (std::size_t k = 0; k < records.size(); ++k) {
    const TraceRecord &r = records[k];
    text += fmt::format("{:>4}  {:<{}}  {:>9.3f}  {:>10.3f}  {:>9}  {:>9}  {}\n", dropped + k + 1, one_line(r.signature), width,
                        r.trace_ms, r.compile_ms, r.code_bytes, r.hits, one_line(r.reason));
  }
  return text;
}

} // namespace weft::detail

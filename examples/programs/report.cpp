// Tables and progress bars for people; the text is aligned by characters, so it must be ASCII.
#include "report.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

using weft::Tensor;

namespace programs {
namespace {

template <class T> bool same_elements(const Tensor &a, const Tensor &b) {
  return std::memcmp(a.span<T>().data(), b.span<T>().data(), a.span<T>().size_bytes()) == 0;
}

std::string times(double ratio) { return fmt::format("{:.{}f}x", ratio, ratio < 9.95 ? 1 : 0); }

} // namespace

bool same_bits(const Tensor &a, const Tensor &b) {
  if (a.dtype() != b.dtype() || a.shape() != b.shape())
    return false;
  switch (a.dtype()) {
  case weft::boolean:
    return same_elements<bool>(a, b);
  case weft::int32:
    return same_elements<std::int32_t>(a, b);
  case weft::int64:
    return same_elements<std::int64_t>(a, b);
  case weft::float32:
    return same_elements<float>(a, b);
  case weft::float64:
    return same_elements<double>(a, b);
  default:
    return weft::array_equal(a, b);
  }
}

std::string duration(double seconds) {
  static constexpr std::pair<double, const char *> units[] = {{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}, {1e-9, "ns"}};
  auto unit =
      std::find_if(std::begin(units), std::end(units) - 1, [&](auto &u) { return seconds >= 0.9995 * u.first; });
  double value = seconds / unit->first;
  return fmt::format("{:.{}f} {}", value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0, unit->second);
}

void print_table(const std::vector<Comparison> &rows) {
  std::vector<std::array<std::string, 7>> cells = {
      {"", "eager", "compiled", "speed-up", "first call", "plain C++", "bits"}};
  bool plain = std::any_of(rows.begin(), rows.end(), [](const Comparison &c) { return c.plain_c.has_value(); });
  for (const Comparison &c : rows)
    cells.push_back({c.work, duration(c.eager), duration(c.compiled), times(c.eager / c.compiled),
                     duration(c.first_call), c.plain_c ? duration(*c.plain_c) : "",
                     c.same ? "same bits" : "DIFFERENT"});
  std::array<std::size_t, 7> widths{};
  for (auto &row : cells)
    for (std::size_t k = 0; k < row.size(); ++k)
      widths[k] = std::max(widths[k], row[k].size());
  for (auto &row : cells) {
    fmt::print("  {:<{}}", row[0], widths[0]);
    for (std::size_t k = 1; k < row.size(); ++k)
      if (k != 5 || plain)
        fmt::print("  {:>{}}", row[k], widths[k]);
    fmt::print("\n");
  }
}

Progress::Progress(std::string title, int steps)
    : title_(std::move(title)), steps_(steps), terminal_(isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
  if (terminal_)
    fmt::print(stderr, "\r\033[K");
}

void Progress::next(std::string_view step) {
  std::fflush(stdout);
  if (terminal_) {
    int filled = 24 * done_ / std::max(steps_, 1);
    fmt::print(stderr, "\r\033[K  [{:#<{}}{:.<{}}] {} {}/{}: {}", "", filled, "", 24 - filled, title_, done_ + 1,
               steps_, step);
    std::fflush(stderr);
  } else
    fmt::print(stderr, "  {} {}/{}: {}\n", title_, done_ + 1, steps_, step);
  ++done_;
}

} // namespace programs

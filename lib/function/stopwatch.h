// A stopwatch, for what records and logs say about time.
#pragma once
#include <chrono>
#include <utility>

namespace weft::detail {

class Stopwatch {
public:
  /// Since the beginning.
  double milliseconds() const { return between(start_, Clock::now()); }
  /// Since the last lap, or the beginning.
  double lap() {
    Clock::time_point last = std::exchange(lap_, Clock::now());
    return between(last, lap_);
  }

private:
  using Clock = std::chrono::steady_clock;
  static double between(Clock::time_point a, Clock::time_point b) { return std::chrono::duration<double, std::milli>(b - a).count(); }
  Clock::time_point start_ = Clock::now(), lap_ = start_;
};

} // namespace weft::detail

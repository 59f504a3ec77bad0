// Where the lines of weft::print go, and the warnings: stdout and stderr, or the user's sinks.
#include "lib/tensor/value.h"

#include <weft/effects.h>

#include <cstdio>
#include <memory>
#include <mutex>

namespace weft {
namespace {

using Sink = std::function<void(std::string_view)>;

/// The lock is held to copy a pointer only: a sink may print, and may set another sink.
class CurrentSink {
public:
  std::shared_ptr<const Sink> get() {
    std::lock_guard lock(mutex_);
    return sink_;
  }
  void set(std::shared_ptr<const Sink> s) {
    std::lock_guard lock(mutex_);
    sink_.swap(s);
  }

private:
  std::mutex mutex_;
  std::shared_ptr<const Sink> sink_;
};

CurrentSink &current_sink() {
  static CurrentSink &sink = *new CurrentSink; // static destructors may print
  return sink;
}

CurrentSink &warning_sink() {
  static CurrentSink &sink = *new CurrentSink;
  return sink;
}

std::shared_ptr<const Sink> shared(Sink sink) { return sink ? std::make_shared<const Sink>(std::move(sink)) : nullptr; }

} // namespace

void set_print_sink(Sink sink) { current_sink().set(shared(std::move(sink))); }
void set_warning_sink(Sink sink) { warning_sink().set(shared(std::move(sink))); }

void detail::warn(std::string_view line) {
  std::string whole(line);
  whole += '\n';
  if (auto sink = warning_sink().get())
    (*sink)(whole);
  else
    std::fwrite(whole.data(), 1, whole.size(), stderr);
}

detail::SinkRef detail::print_sink() { return current_sink().get(); }

void detail::emit_line(std::string_view line, const SinkRef &sink) {
  std::string whole(line);
  whole += '\n';
  if (sink) {
    (*sink)(whole);
    return;
  }
  std::fwrite(whole.data(), 1, whole.size(), stdout);
  std::fflush(stdout); // so that lines keep their order with what the host prints by other means
}

} // namespace weft

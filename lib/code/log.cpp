// See log.h.
#include "lib/code/log.h"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace weft::detail {
namespace {

unsigned read_topics() {
  constexpr std::string_view names[] = {"trace", "retrace", "compile", "cache"};
  const char *env = std::getenv("WEFT_LOG");
  std::string_view rest = env ? env : "";
  unsigned topics = 0;
  while (!rest.empty()) {
    std::string_view name = rest.substr(0, rest.find(','));
    for (unsigned k = 0; k < std::size(names); ++k)
      topics |= (name == names[k] ? 1u : 0u) << k;
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
  }
  return topics;
}

} // namespace

bool logs(LogTopic topic) {
  static const unsigned topics = read_topics();
  return topics >> static_cast<unsigned>(topic) & 1;
}

void log_line(std::string_view text) {
  std::string line = "weft: " + std::string(text) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

} // namespace weft::detail

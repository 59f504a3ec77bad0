// See cache_command.h.
#include "tools/weft/cache_command.h"

#include "lib/code/store.h"
#include "tools/weft/kernels.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <stdexcept>

namespace tool {
namespace {

using weft::detail::CodeStore;

std::string size_text(std::uint64_t bytes) {
  return bytes < 10'000'000 ? fmt::format("{:.1f} KB", static_cast<double>(bytes) / 1e3)
                            : fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

CodeStore::Stats stats_of_some_store() {
  CodeStore::Stats s = CodeStore::get().stats();
  if (s.folder.empty())
    throw std::runtime_error(
        "there is no cache: WEFT_CACHE=off, or neither it nor XDG_CACHE_HOME nor HOME names a folder");
  return s;
}

void print_stats() {
  CodeStore::Stats s = stats_of_some_store();
  fmt::print("folder:   {}\nentries:  {}, of this build and level {}\nbytes:    {} of at most {}\n", s.folder,
             s.entries, s.of_this_build, size_text(s.bytes), size_text(s.limit));
}

void clear() {
  CodeStore::Stats s = stats_of_some_store();
  fmt::print("{} entries removed from {}\n", CodeStore::get().clear(), s.folder);
}

void fill() {
  CodeStore::Stats s = stats_of_some_store();
  std::size_t calls = run_common_kernels();
  fmt::print("{} operations run; {} entries in {}\n", calls, CodeStore::get().stats().entries, s.folder);
}

} // namespace

void add_cache_command(CLI::App &app) {
  CLI::App *cache = app.add_subcommand("cache", "the compiled code kept on disk (WEFT_CACHE names the folder)");
  cache->require_subcommand(1);
  cache->add_subcommand("stats", "where it is and how much there is")->callback(print_stats);
  cache->add_subcommand("fill", "compile the kernels of the common operations")->callback(fill);
  cache->add_subcommand("clear", "remove all of it")->callback(clear);
}

} // namespace tool

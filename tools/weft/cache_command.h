// `weft cache`: the compiled code on disk.
#pragma once

namespace CLI {
class App;
}

namespace tool {

/// Adds the command and its words; they run while the command line is parsed.
void add_cache_command(CLI::App &app);

} // namespace tool

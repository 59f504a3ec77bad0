// What weft-autograph is asked to do: its own command line, and the compiler's arguments that Clang needs to read the source as
// the real compiler will.
#pragma once
#include "Check.h"

#include <optional>
#include <string>
#include <vector>

namespace weft::autograph {

struct Request {
  std::string Source, Output, Depfile, DepfileTarget;
  bool ChangedOnly = false, ForwardUnchanged = false, Plain = false;
  std::string Directory;              // where the compiler runs; empty: here
  std::vector<std::string> Arguments; // for Clang, the source not among them
  WarningOptions Warnings;
};

/// The request of a command line; nothing, and a message on stderr, where it is wrong. Exit codes: 0 for --help, 2.
std::optional<Request> readArguments(int Count, const char **Words, int &Exit);

} // namespace weft::autograph

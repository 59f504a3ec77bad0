// Runs the random programs that it is linked with and says which of them do not do the same eagerly, compiled and as plain C++.
// If the process dies, its last words are the program's name. Arguments: names of programs; none: all of them.
#include "tests/autograph/fuzz.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <unistd.h>

int main(int argc, char **argv) {
  using namespace weft::autograph;
  bool compiled = WEFT_TEST_REWRITTEN;
  int failed = 0;
  for (const Random &r : random_programs()) {
    if (argc > 1 && std::find(argv + 1, argv + argc, std::string(r.name)) == argv + argc)
      continue;
    std::printf("run %s\n", r.name);
    std::fflush(stdout);
    alarm(60);
    std::string d = difference(r, compiled);
    if (!d.empty()) {
      ++failed;
      std::printf("fail %s\n%s\n", r.name, d.c_str());
    }
  }
  std::printf("done, %d failed\n", failed);
  return failed != 0;
}

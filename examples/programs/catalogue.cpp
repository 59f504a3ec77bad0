// The list of examples.
#include "catalogue.h"

namespace programs {

std::span<const Program *const> catalogue() {
  static const Program *const all[] = {&seed_program(), &otsu_program(), &collatz_program(), &mandelbrot_program()};
  return all;
}

const Program *find_program(std::string_view name) {
  for (const Program *p : catalogue())
    if (p->name() == name)
      return p;
  return nullptr;
}

} // namespace programs

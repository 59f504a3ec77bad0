// See math.h.
#include "lib/math/math.h"

#include "lib/math/levels.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace weft::detail {
namespace {

Isa find_processor_isa() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("x86-64-v3"))
    return __builtin_cpu_supports("x86-64-v4") ? Isa::Avx512 : Isa::Avx2;
#endif
  return Isa::Baseline;
}

Isa most_asked_for() {
  const char *env = std::getenv("WEFT_MAX_ISA");
  std::string_view most = env ? env : "";
  return most == "baseline" ? Isa::Baseline : most == "avx2" ? Isa::Avx2 : Isa::Avx512;
}

math::FormTable find_forms() {
  math::FormTable table;
#if defined(__x86_64__)
  if (isa() >= Isa::Avx2)
    math::add_avx2_forms(table);
  if (isa() == Isa::Avx512)
    math::add_avx512_forms(table);
#endif
  if (isa() == Isa::Baseline)
    math::add_baseline_forms(table);
  return table;
}

} // namespace

void math::FormTable::add(const MathForm &form) { forms.push_back(form); }

Isa processor_isa() {
  static const Isa found = find_processor_isa();
  return found;
}

Isa isa() {
  static const Isa found = std::min(processor_isa(), most_asked_for());
  return found;
}

std::string math_symbol(std::string_view name, bool wide, int lanes) {
  std::string symbol = "weft_" + std::string(name) + (wide ? "" : "f");
  return lanes == 1 ? symbol : symbol + ".x" + std::to_string(lanes);
}

std::string symbol_of(const MathForm &form) { return math_symbol(form.name, form.wide, form.lanes); }

std::span<const MathForm> math_forms() {
  static const math::FormTable &table = *new math::FormTable(find_forms()); // outlives static objects that compile
  return table.forms;
}

} // namespace weft::detail

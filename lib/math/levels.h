// The levels of processor for which the functions are compiled, each in a file of its own.
#pragma once
#include "lib/math/math.h"

#include <vector>

namespace weft::detail::math {

struct FormTable {
  std::vector<MathForm> forms;
  /// Not inline: the linker might choose what was compiled for another level.
  void add(const MathForm &form);
};

/// Scalars for any processor. Without an instruction for fused multiply-add they are slow, and have the same bits.
void add_baseline_forms(FormTable &table);
/// AVX2 and FMA: scalars, and vectors of 128 and 256 bits.
void add_avx2_forms(FormTable &table);
/// AVX-512 (F, BW, DQ, VL): vectors of 512 bits.
void add_avx512_forms(FormTable &table);

} // namespace weft::detail::math

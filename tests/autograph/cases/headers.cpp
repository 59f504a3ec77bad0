// Functions in headers of the user: two levels, include guards and pragma once, a file included twice, classes, templates.
#include "user_helpers.h"

#include "tests/autograph/table.h"

#include "user_helpers.h" // again: the guard makes nothing of it
#include "user_sub.h"

#define STEP_NAME by_three
#define STEP 3
#include "user_steps.inc"
#undef STEP_NAME
#undef STEP
#define STEP_NAME by_five
#define STEP 5
#include "user_steps.inc"

using namespace weft;

Tensor defined_in_the_source(Tensor x) {
  if (x > 2)
    x = x * 10;
  return x;
}

namespace {

Tensor from_two_headers(Tensor a, Tensor b) { return distance(a, b) * 10000 + limited<Tensor>(a, 2, 6) * 100 + gcd(a, b) + limited<long>(9, 1, 5); }
// |12-18| 6, limited(12, 2, 6) 6, gcd 6, + 5: 60000 + 600 + 11.
CASE2(from_two_headers, {{12, 18}, 60611}, {{7, 3}, 40606}, {{1, 1}, 206});

Tensor declared_in_a_header(Tensor x) { return defined_in_the_source(x) + 1; }
CASE(declared_in_a_header, {{2}, 3}, {{3}, 31});

Tensor a_class_in_a_header(Tensor a, Tensor b) {
  Limits l(a, b);
  return l.clamp(5) * 100 + l.width();
}
CASE2(a_class_in_a_header, {{1, 3}, 302}, {{9, 7}, 702}, {{9, 2}, 507});

Tensor a_file_included_twice(Tensor x) { return by_three(x) * 10000 + by_five(x); }
// by_three(0): 3 6 9 12 leaves after 3 turns: 312. by_five(0): 5 10 15 20, 4 turns: 420. by_three(1): 4 7 10 13 16 19 22, 7 turns: 722.
// by_five(1): 6 11 16 21, 4 turns: 421. by_five(2): 7 12: 112; by_three(2): 5 8 11 14 17 20, 6 turns: 620.
CASE(a_file_included_twice, {{0}, 3120420}, {{1}, 7220421}, {{2}, 6200112}, {{20}, 200020});

Tensor macros_from_a_header(Tensor x) {
  CLAMP_TO_ZERO(x);
  if (IS_EVEN(x))
    return x * 10;
  return x;
}
CASE(macros_from_a_header, {{-4}, 0}, {{3}, 3}, {{8}, 80});

} // namespace

// Conditions, statements and whole loops that come out of macros, preprocessor conditionals, and other things between tokens.
#include "tests/autograph/table.h"

using namespace weft;

namespace {

#define IS_ODD(x) ((x) % 2 == 1)
#define CLAMP0(x) \
  if (x < 0)      \
  x = 0
#define WHEN(c) if (c)
#define OTHERWISE else
#define FOREVER for (;;)
#define UNTIL(c) while (!(c))
#define RETURN_IF(c, v) \
  do {                  \
    if (c)              \
      return v;         \
  } while (false)
#define COUNT_UP(i, n) for (Tensor i = 0; i < (n); i += 1)
#define TWICE(statement) statement statement
#define AND &&
#define EMPTY

Tensor a_condition(Tensor x) {
  Tensor n = 0;
  while (x != 1) {
    if (IS_ODD(x))
      x = 3 * x + 1;
    else
      x = x / 2;
    n += 1;
  }
  return n;
}
CASE(a_condition, {{1}, 0}, {{6}, 8});

Tensor a_statement(Tensor x) {
  CLAMP0(x);
  WHEN(x > 3) { x = x * 2; }
  OTHERWISE x += 1;
  return x;
}
CASE(a_statement, {{-5}, 1}, {{2}, 3}, {{9}, 18});

Tensor a_return(Tensor x) {
  RETURN_IF(x < 0, -1);
  RETURN_IF(x == 0, x + 100);
  while (x > 0) {
    x -= 3;
    RETURN_IF(x == 1, 11);
  }
  return x;
}
CASE(a_return, {{-7}, -1}, {{0}, 100}, {{4}, 11}, {{5}, -1}, {{6}, 0});

Tensor loops(Tensor x) {
  Tensor s = 0;
  COUNT_UP(i, x) {
    if (i == 5)
      break;
    s += i;
  }
  UNTIL(s < 4) { s -= 3; }
  FOREVER {
    s += 10;
    if (s > x AND s > 12)
      break;
  }
  return s;
}
// x = 0: s 0; 10, 20. x = 4: 0+1+2+3 = 6, 3, then 13. x = 9: 0+...+4 = 10, 7, 4, 1, then 11, 21.
CASE(loops, {{0}, 20}, {{4}, 13}, {{9}, 21});

Tensor statements_as_arguments(Tensor x) {
  Tensor r = 0;
  TWICE(if (x > 2) r += x; else r -= 1;)
  TWICE({
    r *= 2;
    if (r > 20)
      r = 20;
  })
  return r;
}
CASE(statements_as_arguments, {{0}, -8}, {{3}, 20}, {{9}, 20});

Tensor empty_macros(Tensor EMPTY x) {
  EMPTY if EMPTY(x > 1) EMPTY { EMPTY return x EMPTY; } EMPTY
  return EMPTY 5;
}
CASE(empty_macros, {{1}, 5}, {{2}, 2});

Tensor preprocessor_conditionals(Tensor x) {
#if defined(NOT_DEFINED)
  if (x > 1000)
    return 1;
#elif 1
  if (x > 1)
#else
  if (x > 2000)
#endif
  {
#ifdef NOT_DEFINED
    return 2;
#else
    return 3;
#endif
  }
  return 4;
}
CASE(preprocessor_conditionals, {{1}, 4}, {{2}, 3});

Tensor the_line(Tensor x) {
  Tensor line = 0;
  if (x > 1) {
    line = __LINE__ - 100;
  } else
    line = __LINE__ - 100;
  return line;
}
CASE(the_line, {{1}, 19}, {{2}, 17});

Tensor strings_and_characters(Tensor x) {
  if (x > 1) {
    print("if (x) { /* not a comment */ while \"quoted\"", R"(raw ) { // text)", "\\");
    return int('}') + int('\'');
  }
  print("else " /* a
  comment over lines */ "joined");
  return 0;
}
CASE(strings_and_characters, {{1}, 0, "else joined\n"}, {{2}, 125 + 39, "if (x) { /* not a comment */ while \"quoted\" raw ) { // text \\\n"});

Tensor alternative_tokens(Tensor x) <%
  if ((x > 1 and not (x == 5)) or x < -3) <%
    return 1;
  %>
  return 0;
%>
CASE(alternative_tokens, {{0}, 0}, {{2}, 1}, {{5}, 0}, {{-4}, 1});

Tensor a_line_\
continued(Tensor x) {
  if (x \
      > 1)
    return 1;
  return 2;
}
CASE(a_line_continued, {{1}, 2}, {{2}, 1});

Tensor digit_separators_and_suffixes(Tensor x) {
  if (x > 1'000)
    return 0x10;
  if (x > 0b100)
    return 1'0;
  return 010;
}
CASE(digit_separators_and_suffixes, {{0}, 8}, {{5}, 10}, {{1001}, 16});

#line 1000 "elsewhere.cpp"
Tensor another_line(Tensor x) {
  Tensor line = __LINE__;
  if (x > 1)
    line = __LINE__;
  return line;
}
CASE(another_line, {{1}, 1001}, {{2}, 1003});

} // namespace

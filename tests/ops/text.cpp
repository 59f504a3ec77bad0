// Rows of the routines of dialect/IR/TextOps.td, against Python's strings.
#include "tests/ops/table.h"

#include <weft/weft.h>

#include <fmt/format.h>

namespace weft::test {

using detail::OpId;
using Arguments = std::span<const Tensor>;

namespace {

/// Texts of many kinds, in shapes of rank 0 to 4, empty ones among them.
std::vector<Case> some_texts(DType dtype) {
  std::vector<Case> cases = unary(dtype);
  std::vector<std::string> mixed{"ABC xyz", "@AZ[`az{", "ÄÖÜ ß ñ", "日本語", "𝄞 clef", "tab\there", "a,b,,c,", ",", "aaaa", " both ends "};
  cases.push_back({texts(Shape(mixed.size()), mixed)});
  return cases;
}

Case of(std::initializer_list<std::string> values) { return {texts(Shape(values.size()), values)}; }

Inputs with_positions(std::vector<std::pair<Shape, Shape>> shapes) {
  return [shapes](DType dtype) {
    std::vector<Case> cases;
    for (const auto &[x, positions] : shapes) {
      Array a{string, x, {}, std::vector<std::string>(static_cast<std::size_t>(x.elements()), "hello world")};
      cases.push_back({a, plain(dtype, positions, 3), plain(dtype, positions, 4)}); // from -9 to 9: all within the text
    }
    return cases;
  };
}

void add_each_text(std::vector<Row> &rows) {
  auto add = [&](OpId op, std::string label, auto call, std::string numpy) {
    rows.push_back({op, "string_" + label, [=](Arguments a) { return call(a[0]); }, numpy, strings, some_texts});
  };
  using namespace weft::strings;
  add(OpId::StringLower, "lower", [](const Tensor &x) { return lower(x); }, "each(lambda s: s.encode().lower().decode(), x)");
  add(OpId::StringUpper, "upper", [](const Tensor &x) { return upper(x); }, "each(lambda s: s.encode().upper().decode(), x)");
  add(OpId::StringLength, "length", [](const Tensor &x) { return length(x); }, "each(lambda s: len(s.encode()), x, np.int64)");
  add(OpId::StringLength, "length_of_characters", [](const Tensor &x) { return length(x, "UTF8_CHAR"); },
      "each(len, x, np.int64)");
  add(OpId::StringReplace, "replace", [](const Tensor &x) { return replace(x, "a", "<>"); }, "each(lambda s: s.replace('a', '<>'), x)");
  add(OpId::StringReplace, "replace_first", [](const Tensor &x) { return replace(x, "l", "", false); },
      "each(lambda s: s.replace('l', '', 1), x)");
  add(OpId::StringReplace, "replace_overlapping", [](const Tensor &x) { return replace(x, "aa", "a\"\\\n"); },
      "each(lambda s: s.replace('aa', 'a\"\\\\\\n'), x)");
}

void add_substr(std::vector<Row> &rows) {
  std::vector<DType> signed_ones{int8, int16, int32, int64};
  rows.push_back({OpId::StringSubstr, "string_substr", [](Arguments a) { return weft::strings::substr(a[0], a[1], a[2]); },
                  "substr(x, y, z)", signed_ones,
                  with_positions({{{}, {}}, {{4}, {4}}, {{}, {3, 2}}, {{2, 3}, {}}, {{2, 1}, {3}}, {{0}, {1}}, {{2, 3, 1, 2}, {4, 1}}})});
  rows.push_back({OpId::StringSubstr, "string_substr_by_numbers",
                  [](Arguments a) { return weft::strings::substr(a[0] + "12", -2, 9); }, "each(lambda s: '12', x)", strings,
                  some_texts});
  rows.push_back({OpId::StringSubstr, "string_substr_at_the_end",
                  [](Arguments a) { return weft::strings::substr(a[0], weft::strings::length(a[0]), 5); }, "each(lambda s: '', x)",
                  strings, some_texts});
}

void add_joins(std::vector<Row> &rows) {
  auto joined = [&](std::string label, std::vector<Shape> shapes, auto call, std::string numpy) {
    rows.push_back({OpId::Add, "string_join_" + label, call, numpy, strings, operands(shapes)});
  };
  joined("three", {{2, 3}, {3}, {}}, [](Arguments a) { return weft::join({a[0], a[1], a[2]}, ", "); }, "x + ', ' + y + ', ' + z");
  joined("plain", {{3}, {2, 1}}, [](Arguments a) { return weft::join({a[0], a[1]}); }, "x + y");
  joined("one", {{3}}, [](Arguments a) { return weft::join({a[0]}, "-"); }, "x");
  joined("with_text", {{3}}, [](Arguments a) { return weft::join({a[0], "b"}, "-"); }, "x + '-b'");
  auto reduced = [&](std::string label, Axis axis, bool keepdims, std::string axes, std::vector<Shape> shapes) {
    rows.push_back({OpId::StringReduceJoin, "string_reduce_join_" + label,
                    [=](Arguments a) { return weft::strings::reduce_join(a[0], axis, "; ", keepdims); },
                    fmt::format("reduce_join(x, {}, {}, '; ')", axes, keepdims ? "True" : "False"), strings, shaped(shapes)});
  };
  reduced("all", all_axes, false, "None", {{}, {5}, {2, 3}, {0}, {2, 3, 4}});
  reduced("first", 0, false, "0", {{5}, {2, 3}, {0, 3}, {3, 0}, {2, 3, 4}});
  reduced("last_keepdims", -1, true, "-1", {{5}, {2, 3}, {3, 0}, {2, 3, 2, 2}});
  reduced("two", {0, 2}, false, "(0, 2)", {{2, 3, 4}, {2, 0, 3}});
}

void add_splits(std::vector<Row> &rows) {
  auto add = [&](std::string label, std::string separator, std::string python) {
    rows.push_back({OpId::StringSplit, "string_split_" + label,
                    [=](Arguments a) { return weft::strings::split(a[0], separator); },
                    fmt::format("np.array(x[()].split({}) + [None], object)[:-1]", python), strings, [](DType) {
                      std::vector<Case> cases;
                      for (const char *s : {"", "a", ",", "a,b,,c", ",a,", "one two  three ", " \t\n ", "x, y, z", ", , "})
                        cases.push_back({texts({}, {s})});
                      return cases;
                    }});
  };
  add("blanks", "", "");
  add("comma", ",", "','");
  add("comma_and_blank", ", ", "', '");
  rows.push_back({OpId::StringSplit, "string_split_and_joined",
                  [](Arguments a) { return weft::strings::reduce_join(weft::strings::split(a[0], " "), 0, "_"); },
                  "x[()].replace(' ', '_')", strings, [](DType) { return std::vector<Case>{{texts({}, {"a b  c"})}, {texts({}, {""})}}; }});
}


void add_numbers(std::vector<Row> &rows) {
  rows.push_back({OpId::AsString, "as_string", [](Arguments a) { return weft::strings::as_string(a[0]); }, "as_string(x)",
                  integers | booleans | halves, unary});
  rows.push_back({OpId::AsString, "as_string_of_floats", [](Arguments a) { return weft::strings::as_string(a[0]); },
                  "as_string(x)", wide, sweep(-1000, 1000)});
  auto add = [&](DType d, Inputs inputs) {
    rows.push_back({OpId::StringToNumber, fmt::format("string_to_number_{}", name(d)),
                    [=](Arguments a) { return weft::strings::to_number(a[0], d); },
                    fmt::format("to_number(x, '{}')", name(d)), strings, inputs});
  };
  Case whole = of({"0", "7", " 12", "42 \n", "\t100\r", "007"});
  Case real = of({"0", "-0.0", "1.5", " .25 ", "2.", "-1e-3", "1E+10", "inf", "-inf", "nan", "infinity", "3.4028234e38",
                  "1.1754944e-38", "1e-40", "0.1", "16777217", "1e-50", "-1e-400", "123456789012345678901234567890"});
  for (DType d : integers) {
    Case limits = is_signed_integer(d) ? of({"-128", "127", "-1"}) : of({"255", "128"});
    add(d, [=](DType) { return std::vector<Case>{whole, limits, {texts({}, {"5"})}, {texts({0}, {})}, {texts({2, 2}, {"1", "2", "3", "4"})}}; });
    if (d == int64)
      rows.back().inputs = [](DType) { return std::vector<Case>{of({"-9223372036854775808", "9223372036854775807"})}; };
    if (d == uint64)
      rows.back().inputs = [](DType) { return std::vector<Case>{of({"18446744073709551615"})}; };
  }
  for (DType d : wide)
    add(d, [=](DType) { return std::vector<Case>{real, whole, {texts({}, {"5"})}}; });
  for (DType d : halves)
    add(d, [=](DType) { return std::vector<Case>{of({"1.5", "0.1", "-65504", "inf", "nan", "3.14159"})}; });
}

} // namespace

std::vector<Row> text_rows() {
  std::vector<Row> rows;
  add_each_text(rows);
  add_substr(rows);
  add_joins(rows);
  add_splits(rows);
  add_numbers(rows);
  return rows;
}

} // namespace weft::test

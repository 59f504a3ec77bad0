// Generators of operands. Everything is a fixed function of dtype and shape, so that a failure repeats.
#include "tests/ops/inputs.h"

#include <cmath>
#include <limits>

namespace weft::test {
namespace {

std::vector<long double> integer_specials(DType dtype) {
  long double bits = 8.0L * itemsize(dtype);
  if (is_unsigned_integer(dtype)) {
    long double top = std::exp2(bits) - 1, middle = std::exp2(bits - 1);
    return {0, 1, 2, 3, 7, 10, 85, 100, middle - 1, middle, middle + 1, top - 1, top};
  }
  long double top = std::exp2(bits - 1) - 1;
  return {0, 1, -1, 2, -2, 3, -3, 7, -7, 10, 85, -86, 100, top / 2, top - 1, top, -top, -top - 1};
}

std::vector<long double> float_specials(DType dtype) {
  int mantissa = dtype == float64 ? 52 : dtype == float32 ? 23 : dtype == float16 ? 10 : 7;
  int top = dtype == float64 ? 1023 : dtype == float16 ? 15 : 127;
  long double largest = std::ldexp(2.0L - std::ldexp(1.0L, -mantissa), top), normal = std::ldexp(1.0L, 1 - top),
              denormal = std::ldexp(normal, -mantissa), next = 1 + std::ldexp(1.0L, -mantissa);
  long double nan = std::numeric_limits<long double>::quiet_NaN(), inf = std::numeric_limits<long double>::infinity();
  return {nan,      inf,       -inf, 0.0L, -0.0L, 1,    -1,   0.5L, -0.5L, 1.5L,  -1.5L,   2,       2.5L,   -2.5L, 3,
          -7.25L,   0.1L,      100,  -1e-3L, next, -next, largest, -largest, normal, -normal, denormal, -denormal,
          3 * denormal, std::ldexp(1.0L, mantissa), std::ldexp(1.0L, mantissa) - 0.5L};
}

std::vector<std::string> text_specials() {
  return {"", "a", "b", "ab", "hello", "héllo", std::string("nul\0in", 6), "longer than any small string buffer, surely"};
}

std::int64_t count(DType dtype) {
  return dtype == string ? std::int64_t(text_specials().size()) : std::int64_t(specials(dtype).size());
}

/// The specials at `positions`.
Array pick(DType dtype, const Shape &shape, const std::vector<std::int64_t> &positions) {
  Array a{dtype, shape, {}, {}};
  if (dtype == string) {
    for (std::int64_t p : positions)
      a.texts.push_back(text_specials()[p]);
    return a;
  }
  std::vector<long double> all = specials(dtype), values;
  for (std::int64_t p : positions)
    values.push_back(all[p]);
  return numbers(dtype, shape, values);
}

/// Each special with each other one: as two flat operands, and as a column with a row (the broadcast loop).
std::vector<Case> special_pairs(DType x, DType y) {
  std::int64_t n = count(x), m = count(y);
  std::vector<std::int64_t> left, right, rows, columns;
  for (std::int64_t i = 0; i < n; ++i) {
    rows.push_back(i);
    for (std::int64_t j = 0; j < m; ++j)
      left.push_back(i), right.push_back(j);
  }
  for (std::int64_t j = 0; j < m; ++j)
    columns.push_back(j);
  return {{pick(x, {n * m}, left), pick(y, {n * m}, right)}, {pick(x, {n, 1}, rows), pick(y, {m}, columns)}};
}

const std::vector<Shape> &shapes() {
  static const std::vector<Shape> all{{}, {1}, {5}, {67}, {2, 3}, {0}, {3, 0}, {2, 3, 4}, {2, 1, 3, 2}};
  return all;
}

struct Pair {
  Shape x, y;
};
const std::vector<Pair> &broadcasts() {
  static const std::vector<Pair> all{
      {{}, {}},         {{3}, {}},           {{}, {3}},          {{67}, {67}},      {{1}, {4}},          {{2, 3}, {3}},
      {{3}, {2, 3}},    {{2, 3}, {2, 1}},    {{1, 3}, {2, 1}},   {{2, 1, 3}, {4, 1}}, {{2, 3, 4}, {2, 3, 4}},
      {{2, 3, 4, 5}, {3, 1, 5}}, {{1, 2, 1, 3}, {4, 1, 2, 1}}, {{0}, {0}},      {{0}, {1}},          {{0, 3}, {3}},
      {{2, 0}, {1, 1}}, {{}, {0, 2}}};
  return all;
}

/// Shapes have nothing to do with elements: all of them for one dtype of each class, a few for the others.
bool common(DType d) { return d == boolean || d == int32 || d == float32 || d == string; }

std::vector<Shape> shapes_for(DType d) { return common(d) ? shapes() : std::vector<Shape>{{}, {67}, {0}, {2, 3}}; }

std::vector<Pair> broadcasts_for(DType d) {
  return common(d) ? broadcasts() : std::vector<Pair>{{{}, {}}, {{67}, {67}}, {{2, 3}, {3}}, {{0}, {1}}};
}

/// Integers without zeros, which only the divisor must not have.
void without_zero(Array &a) {
  if (!is_integer(a.dtype))
    return;
  auto size = itemsize(a.dtype);
  for (std::size_t i = 0; i < a.bytes.size(); i += size) {
    bool zero = true;
    for (std::size_t k = 0; k < size; ++k)
      zero &= a.bytes[i + k] == 0;
    a.bytes[i] = zero ? 3 : a.bytes[i];
  }
}

} // namespace

std::vector<long double> specials(DType dtype) {
  if (dtype == boolean)
    return {0, 1};
  return is_integer(dtype) ? integer_specials(dtype) : float_specials(dtype);
}

Array plain(DType dtype, const Shape &shape, unsigned seed) {
  std::uint32_t state = 2654435761u * (seed + 1);
  auto next = [&] {
    state ^= state << 13, state ^= state >> 17, state ^= state << 5;
    return state;
  };
  std::vector<long double> values;
  std::vector<std::string> strings;
  for (std::int64_t i = shape.elements(); i > 0; --i) {
    long double magnitude = 1 + next() % 9;
    bool negative = next() % 2 && !is_unsigned_integer(dtype);
    if (is_floating(dtype))
      magnitude += (next() % 4) * 0.25L;
    else if (dtype == boolean)
      magnitude = next() % 2;
    values.push_back(negative ? -magnitude : magnitude);
    strings.push_back(text_specials()[next() % text_specials().size()]);
  }
  return dtype == string ? texts(shape, strings) : numbers(dtype, shape, values);
}

std::vector<Case> unary(DType dtype) {
  std::vector<std::int64_t> all;
  for (std::int64_t i = 0; i < count(dtype); ++i)
    all.push_back(i);
  std::vector<Case> cases{{pick(dtype, Shape(all.size()), all)}};
  for (const Shape &s : shapes_for(dtype))
    cases.push_back({plain(dtype, s)});
  return cases;
}

Inputs sweep(double low, double high) {
  return [low, high](DType dtype) {
    std::vector<Case> cases = unary(dtype);
    std::vector<long double> values;
    constexpr int n = 5000;
    for (int i = 0; i <= n; ++i) {
      long double t = i / static_cast<long double>(n);
      values.push_back(low + (high - low) * t);
      values.push_back(std::exp2(-140 + 260 * t)); // every magnitude
      values.push_back(1 + (t - 0.5L) * 0.02L);     // and near 1
    }
    cases.push_back({numbers(dtype, Shape(values.size()), values)});
    return cases;
  };
}

std::vector<Case> binary(DType dtype) {
  std::vector<Case> cases = special_pairs(dtype, dtype);
  for (const auto &[x, y] : broadcasts_for(dtype))
    cases.push_back({plain(dtype, x, 1), plain(dtype, y, 2)});
  return cases;
}

std::vector<Case> divisions(DType dtype) {
  std::vector<Case> cases = binary(dtype);
  for (Case &c : cases)
    without_zero(c[1]);
  return cases;
}

std::vector<Case> shifts(DType dtype) {
  std::vector<Case> cases = special_pairs(dtype, dtype);
  long double width = 8.0L * itemsize(dtype), wrapped = is_unsigned_integer(dtype) ? 255 : -1;
  std::vector<long double> amounts{0, 1, 2, 3, width / 2, width - 1, width, width + 1, 100, wrapped};
  for (long double value : {1.0L, 85.0L, -86.0L})
    cases.push_back({numbers(dtype, {}, {value}), numbers(dtype, Shape(amounts.size()), amounts)});
  for (const auto &[x, y] : broadcasts_for(dtype))
    cases.push_back({plain(dtype, x, 1), numbers(dtype, {}, {2})});
  return cases;
}

std::vector<Case> second_positive(DType dtype) {
  std::vector<Case> cases = binary(dtype);
  auto size = itemsize(dtype);
  for (Case &c : cases)
    for (std::size_t i = size - 1; i < c[1].bytes.size(); i += size)
      c[1].bytes[i] &= 0x7f;
  return cases;
}

std::vector<Case> triples(DType dtype) {
  std::vector<Case> cases;
  for (Case &c : special_pairs(dtype, dtype))
    for (long double bound : {-1.0L, 0.5L, 3.0L})
      cases.push_back({c[0], c[1], numbers(dtype, {}, {bound})});
  for (const auto &[x, y] : broadcasts_for(dtype))
    cases.push_back({plain(dtype, x, 1), plain(dtype, y, 2), plain(dtype, x, 3)});
  return cases;
}

std::vector<Case> selections(DType dtype) {
  std::vector<Case> cases;
  for (Case &c : special_pairs(dtype, dtype)) {
    Shape condition = c[0].shape.rank() == 1 ? c[0].shape : Shape{c[0].shape[0], c[1].shape[0]};
    cases.push_back({plain(boolean, condition, 3), c[0], c[1]});
  }
  for (const auto &[x, y] : broadcasts_for(dtype)) {
    cases.push_back({plain(boolean, {}, 5), plain(dtype, x, 1), plain(dtype, y, 2)});
    cases.push_back({plain(boolean, x, 4), plain(dtype, {}, 1), plain(dtype, y, 2)});
    cases.push_back({plain(boolean, y, 3), plain(dtype, x, 1), plain(dtype, y, 2)});
  }
  return cases;
}

Inputs shaped(std::vector<Shape> shapes) {
  return [shapes](DType dtype) {
    std::vector<Case> cases;
    for (const Shape &s : shapes)
      cases.push_back({plain(dtype, s)});
    return cases;
  };
}

Inputs reducible(std::vector<Shape> shapes) {
  return [shapes](DType dtype) {
    std::vector<Case> cases = shaped(shapes)(dtype);
    for (const Shape &s : shapes) {
      std::int64_t n = count(dtype), size = s.elements();
      if (size == 0)
        continue;
      std::vector<std::int64_t> cycle;
      for (std::int64_t i = 0; i < size; ++i)
        cycle.push_back((i * 7 + size) % n);
      cases.push_back({pick(dtype, s, cycle)});
      if (!is_floating(dtype))
        continue;
      for (std::int64_t &p : cycle) // without NaN and infinities, which would hide everything else
        p = 3 + p % 17;
      cases.push_back({pick(dtype, s, cycle)});
    }
    return cases;
  };
}

Inputs operands(std::vector<Shape> shapes) {
  return [shapes](DType dtype) {
    Case c;
    for (const Shape &s : shapes)
      c.push_back(plain(dtype, s, static_cast<unsigned>(c.size() + 1)));
    return std::vector<Case>{c};
  };
}

} // namespace weft::test

// Random numbers: two routines for bits and keys (dialect/IR/RandomOps.td), and the distributions, which are made of
// elementwise operations on bits, so compiled code fuses them.
#include <weft/random.h>

#include "lib/eager/dispatch.h"
#include "lib/eager/open_shape.h"
#include "lib/eager/place.h"
#include "lib/function/compiler.h"
#include "lib/tensor/number_text.h"

#include <weft/effects.h>

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace weft {

using detail::apply;
using detail::Attr;
using detail::ErrorKind;
using detail::OpenShape;
using detail::OpId;
using detail::Place;
using detail::raise;
using detail::ValueRef;

Tensor detail::random_key(std::uint64_t seed) {
  return from_span(std::array{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
}

namespace {

/// What `random_keys` counts in: no two uses share a block.
enum Domain : std::int64_t { splitting = 1, folding = 2 };

Tensor keys(const Operand &key, const Operand &numbers, Domain domain) {
  std::array<ValueRef, 2> operands{key.value(), numbers.value()};
  Attr attr{"domain", std::int64_t{domain}};
  return apply(OpId::RandomKeys, operands, {&attr, 1}, key.loc());
}

void check_shape(const Operand &key, const Shape &shape, const char *function) {
  for (std::int64_t d : shape)
    if (d < 0)
      raise(
          ErrorKind::Shape, key.loc(),
          fmt::format("random::{}: a shape has known sizes and no negative ones, not {}", function, to_string(shape)));
}

void check_dtype(const Operand &key, DType dtype, const char *function) {
  if (dtype != float32 && dtype != float64)
    raise(ErrorKind::DType, key.loc(),
          fmt::format("random::{} gives float32 or float64, not {}: cast the result", function, name(dtype)));
}

/// A C++ number that is known now.
bool known(const Operand &o) { return o.weak() && o.value()->kind == detail::Value::Kind::Concrete; }

double number(const Operand &o) {
  DType d = o.dtype();
  return is_floating(d) ? detail::read_real(d, o.value()->data).value
                        : static_cast<double>(detail::read_integer(d, o.value()->data));
}

/// A parameter of a distribution, in its dtype and ready to meet elements of its shape.
Operand parameter(const Operand &o, DType dtype, const Shape &shape, const char *function, const char *parameter) {
  auto subject = [&] { return fmt::format("random::{}: {}", function, parameter); };
  Tensor t(o.weak() ? detail::adapted(o, dtype, ErrorKind::DType, subject) : o.value());
  if (o.dtype() != dtype && !o.weak())
    raise(ErrorKind::DType, o.loc(),
          fmt::format("{} is {} where the numbers are {}: convert it with weft::cast(x, weft::{})", subject(),
                      name(o.dtype()), name(dtype), detail::constant_name(dtype)));
  Operand result(t, o.source_location());
  return o.shape().rank() == 0 ? result : Operand(broadcast_to(result, shape), o.source_location());
}

Tensor bits_of(const Operand &key, const OpenShape &shape, DType dtype) {
  std::vector<ValueRef> operands{key.value()};
  for (const Tensor &length : shape.lengths)
    operands.push_back(length.checked(key.loc()));
  std::array<Attr, 2> attrs{Attr{"shape", shape.sizes}, Attr{"dtype", dtype}};
  return apply(OpId::RandomBits, operands, attrs, key.loc());
}

/// The top bits as a number of [0, 1), as many as the dtype holds exactly; with `middle` one bit less, and half of the
/// last one added, so that it is in (0, 1).
Tensor fraction(const Operand &key, const OpenShape &shape, DType dtype, bool middle = false) {
  Place at(key);
  bool wide = dtype == float64;
  int digits = (wide ? 53 : 24) - middle;
  Tensor words = bits_of(key, shape, wide ? uint64 : uint32);
  Tensor top = cast(at(bitwise_right_shift(at(words), at.number((wide ? 64 : 32) - digits))), dtype);
  if (middle)
    top = add(at(top), at.number(0.5));
  return multiply(at(top), at.number(std::ldexp(1.0, -digits)));
}

/// The high half of the product of two uint64, by their 32-bit halves.
Tensor high_product(const Place &at, const Tensor &x, const Tensor &y) {
  auto low = [&](const Tensor &v) { return bitwise_and(at(v), at.number(std::uint64_t{0xFFFFFFFF})); };
  auto high = [&](const Tensor &v) { return bitwise_right_shift(at(v), at.number(32)); };
  auto times = [&](const Tensor &a, const Tensor &b) { return multiply(at(a), at(b)); };
  auto plus = [&](const Tensor &a, const Tensor &b) { return add(at(a), at(b)); };
  Tensor x0 = low(x), x1 = high(x), y0 = low(y), y1 = high(y);
  Tensor inner = times(x0, y1), outer = times(x1, y0);
  Tensor carry = plus(plus(high(times(x0, y0)), low(inner)), low(outer));
  return plus(plus(times(x1, y1), high(carry)), plus(high(inner), high(outer)));
}

/// x * y / 2^64 for a y of at most 2^32.
Tensor scaled(const Place &at, const Tensor &x, const Tensor &y) {
  Tensor high = bitwise_right_shift(at(x), at.number(32)),
         low = bitwise_and(at(x), at.number(std::uint64_t{0xFFFFFFFF}));
  Tensor carry = bitwise_right_shift(at(multiply(at(low), at(y))), at.number(32));
  return bitwise_right_shift(at(add(at(multiply(at(high), at(y))), at(carry))), at.number(32));
}

/// sin(pi / 2 * s) for s from -1 to 1, by Taylor's series: what it leaves out is below the last place.
Tensor sine_of_quarter_turns(const Place &at, const Tensor &s) {
  int terms = s.dtype() == float64 ? 11 : 7;
  std::vector<double> coefficients{std::numbers::pi / 2};
  for (int k = 1; k < terms; ++k)
    coefficients.push_back(-coefficients.back() * std::pow(std::numbers::pi / 2, 2) / (2 * k * (2 * k + 1)));
  Tensor square = multiply(at(s), at(s)), sum = multiply(at(square), at.number(coefficients.back()));
  for (int k = terms - 2; k > 0; --k)
    sum = multiply(at(add(at(sum), at.number(coefficients[static_cast<std::size_t>(k)]))), at(square));
  return multiply(at(add(at(sum), at.number(coefficients[0]))), at(s));
}

/// Both bounds of randint as uint64, modulo 2^64.
struct Bounds {
  Tensor lo, hi;
};

Bounds bounds(const Operand &lo, const Operand &hi, const Shape &shape, DType dtype) {
  if (known(lo) && known(hi) && is_integer(lo.dtype()) && is_integer(hi.dtype())) {
    detail::Integer first = detail::read_integer(lo.dtype(), lo.value()->data),
                    end = detail::read_integer(hi.dtype(), hi.value()->data);
    int bits = static_cast<int>(8 * itemsize(dtype)) - is_signed_integer(dtype);
    detail::Integer limit = detail::Integer{1} << bits;
    if (first >= end || first < (is_signed_integer(dtype) ? -limit : 0) || end > limit)
      raise(ErrorKind::Check, lo.loc(),
            fmt::format("random::randint: lo must be below hi, and both within {}: [{}, {})", name(dtype),
                        detail::integer_text(lo.dtype(), lo.value()->data),
                        detail::integer_text(hi.dtype(), hi.value()->data)));
    return {Tensor(static_cast<std::uint64_t>(first)), Tensor(static_cast<std::uint64_t>(end))};
  }
  Operand first = parameter(lo, dtype, shape, "randint", "lo"), end = parameter(hi, dtype, shape, "randint", "hi");
  Place at(lo);
  check(at(all(at(less(first, end)))), "random::randint: lo must be below hi");
  return {cast(first, uint64), cast(end, uint64)};
}

} // namespace

namespace random {

// --- keys and bits

Tensor split(const Operand &key, std::int64_t n) {
  if (n < 0)
    raise(ErrorKind::Shape, key.loc(), fmt::format("random::split: a number of keys cannot be negative: {}", n));
  Place at(key);
  return keys(key, at(arange(at.number(n))), splitting);
}

Tensor fold_in(const Operand &key, const Operand &data) {
  if (!is_integer(data.dtype()))
    raise(ErrorKind::DType, data.loc(), fmt::format("random::fold_in: data is an integer, not {}", name(data.dtype())));
  Place at(data);
  return keys(key, data.dtype() == uint64 ? data : at(cast(data, int64)), folding);
}

Tensor bits(const Operand &key, const Shape &shape, DType dtype) { return bits_of(key, shape, dtype); }

// --- distributions

Tensor uniform(const Operand &key, const Shape &shape, const Operand &lo, const Operand &hi, DType dtype) {
  check_shape(key, shape, "uniform");
  check_dtype(key, dtype, "uniform");
  Place at(key);
  constexpr const char *rule = "random::uniform: lo must be below hi, and hi - lo finite";
  Operand low = parameter(lo, dtype, shape, "uniform", "lo"), high = parameter(hi, dtype, shape, "uniform", "hi");
  Tensor u = fraction(key, shape, dtype);
  Tensor distance;
  if (known(lo) && known(hi)) {
    double from = number(low), to = number(high);
    if (!(from < to) || std::isinf(detail::nearest(dtype, to - from)))
      raise(ErrorKind::Check, lo.loc(), fmt::format("{}: [{}, {})", rule, from, to));
    if (from == 0 && to == 1)
      return u;
    distance = subtract(high, low);
  } else {
    distance = subtract(high, low);
    check(at(all(at(logical_and(at(less(low, high)), at(isfinite(at(distance))))))), rule);
  }
  Tensor x = add(at(multiply(at(u), at(distance))), low);
  return minimum(at(x), at(nextafter(high, low))); // it may have been rounded up to hi
}

Tensor normal(const Operand &key, const Shape &shape, const Operand &mean, const Operand &stddev, DType dtype) {
  check_shape(key, shape, "normal");
  check_dtype(key, dtype, "normal");
  Place at(key);
  Operand centre = parameter(mean, dtype, shape, "normal", "mean"),
          scale = parameter(stddev, dtype, shape, "normal", "stddev");
  bool wide = dtype == float64;
  double unit = wide ? 0x1p-64 : 0x1p-32;
  Tensor words = bits(key, {std::int64_t{2}, shape.elements()}, wide ? uint64 : uint32);
  // Never 0, so the logarithm is finite; all bits count, because small ones are what the far tails are made of.
  Tensor whole = cast(at(words[at.number(0)]), dtype);
  Tensor u = multiply(at(add(at(whole), at.number(1))), at.number(unit));
  Tensor radius = sqrt(at(multiply(at(log(at(u))), at.number(-2))));
  // The cosine of any angle is distributed as the sine of one from -90 to 90 degrees, which needs no reduction.
  Tensor turns = cast(at(cast(at(words[at.number(1)]), wide ? int64 : int32)), dtype);
  Tensor sine = sine_of_quarter_turns(at, multiply(at(turns), at.number(2 * unit)));
  Tensor standard = reshape(at(multiply(at(radius), at(sine))), shape);
  return add(at(multiply(at(standard), scale)), centre);
}

Tensor bernoulli(const Operand &key, const Shape &shape, const Operand &p) {
  check_shape(key, shape, "bernoulli");
  DType dtype = p.weak() ? float32 : p.dtype();
  check_dtype(p, dtype, "bernoulli");
  Place at(key);
  constexpr const char *rule = "random::bernoulli: p is a probability, from 0 to 1";
  Operand chance = parameter(p, dtype, shape, "bernoulli", "p");
  if (known(p)) {
    double v = number(chance);
    if (!(v >= 0 && v <= 1))
      raise(ErrorKind::Check, p.loc(), fmt::format("{}: {}", rule, v));
  } else {
    Tensor valid = logical_and(at(greater_equal(chance, at.number(0))), at(less_equal(chance, at.number(1))));
    check(at(all(at(valid))), rule);
  }
  return less(at(fraction(key, shape, dtype)), chance);
}

Tensor randint(const Operand &key, const Shape &shape, const Operand &lo, const Operand &hi, DType dtype) {
  check_shape(key, shape, "randint");
  if (!is_integer(dtype))
    raise(ErrorKind::DType, key.loc(), fmt::format("random::randint gives integers, not {}", name(dtype)));
  Place at(key);
  auto [first, end] = bounds(lo, hi, shape, dtype);
  Tensor span = subtract(at(end), at(first));
  // The whole part of fraction * span: a fraction of 64 bits, or of 128 where the span may have as many as 64.
  Tensor offset;
  if (itemsize(dtype) < 8)
    offset = scaled(at, bits(key, shape, uint64), span);
  else {
    Tensor words = bits(key, {std::int64_t{2}, shape.elements()}, uint64);
    Tensor top = reshape(at(words[at.number(0)]), shape), rest = reshape(at(words[at.number(1)]), shape);
    Tensor low = multiply(at(top), at(span));
    Tensor carried = less(at(add(at(low), at(high_product(at, rest, span)))), at(low));
    offset = add(at(high_product(at, top, span)), at(cast(at(carried), uint64)));
  }
  return cast(at(add(at(first), at(offset))), dtype);
}

/// A permutation of a number of rows.
static Tensor order_of(const Operand &key, const OpenShape &rows) {
  // Of 64 bits, two of a billion are equal with a probability of 3%, which only keeps the order of those two.
  return argsort(Operand(bits_of(key, rows, uint64), key.source_location()));
}

Tensor permutation(const Operand &key, std::int64_t n) {
  if (n < 0)
    raise(ErrorKind::Shape, key.loc(), fmt::format("random::permutation: a count cannot be negative: {}", n));
  return order_of(key, Shape{n});
}

Tensor permutation(const Operand &key, const Operand &x) {
  const Shape &shape = x.shape();
  if (shape.rank() == 0)
    raise(ErrorKind::Shape, x.loc(),
          fmt::format("random::permutation of {}: there is nothing to put into another order",
                      to_string(x.value()->type)));
  Place at(x);
  OpenShape rows;
  rows.add(x, 0);
  return take(x, at(order_of(key, rows)), 0);
}

Tensor categorical(const Operand &key, const Operand &logits, const Shape &shape) {
  check_shape(key, shape, "categorical");
  check_dtype(logits, logits.dtype(), "categorical");
  const Shape &x = logits.shape();
  if (x.rank() == 0 || x[-1] == 0)
    raise(ErrorKind::Shape, logits.loc(),
          fmt::format("random::categorical of {}: there is nothing to choose from", to_string(logits.value()->type)));
  Place at(key);
  OpenShape all(shape);
  all.add(logits, 0, x.rank());
  // The largest of the logits with Gumbel's noise, -log(-log u).
  Tensor u = fraction(key, all, logits.dtype(), true);
  Tensor noise = negative(at(log(at(negative(at(log(at(u))))))));
  return argmax(at(add(at(noise), logits)), -1);
}

// --- Generator

Generator::Generator(const Operand &key) : state_(key, "random::Generator") {
  if (key.dtype() != uint32 || key.shape() != Shape{2})
    raise(ErrorKind::DType, key.loc(),
          fmt::format("random::Generator is made from a seed or a key, uint32 (2,), not from {}",
                      to_string(key.value()->type)));
}

Tensor Generator::next(std::source_location loc) const {
  auto at = [&](const Tensor &t) { return Operand(t, loc); };
  Tensor both = split(at(state_.value(loc)));
  state_.assign(at(both[Operand(0, loc)]));
  return both[Operand(1, loc)];
}

} // namespace random
} // namespace weft

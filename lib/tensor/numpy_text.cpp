// The text of operator<<: what numpy.array2string prints with its default options (NumPy 2.4), then shape and dtype.
// The names below follow NumPy's numpy/_core/arrayprint.py.
#include "lib/tensor/number_text.h"
#include "lib/tensor/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <ostream>
#include <vector>

namespace weft::detail {
namespace {

constexpr std::int64_t threshold = 1000, edge_items = 3;
constexpr std::size_t line_width = 75;
constexpr int precision = 8;

/// Decimal digits that a dtype holds for sure: numpy.finfo's `precision`.
int decimal_digits(DType d) {
  switch (d) {
  case DType::Float16:
    return 3;
  case DType::BFloat16:
    return 2;
  case DType::Float32:
    return 6;
  default:
    return 15;
  }
}

/// The elements that are shown: all of them, or the edges of every long dimension.
class Selection {
public:
  explicit Selection(const Shape &shape) : shape_(shape), summarised_(shape.elements() > threshold) { collect(0, 0); }

  bool cut(int axis) const { return summarised_ && shape_[axis] > 2 * edge_items; }
  const std::vector<std::int64_t> &offsets() const { return offsets_; }

  /// Calls f(i, first, last) for each index shown along an axis, and gap() where some are left out.
  template <class F, class G> void walk(int axis, F f, G gap) const {
    std::int64_t n = shape_[axis];
    for (std::int64_t i = 0; i < n; ++i) {
      if (cut(axis) && i == edge_items) {
        gap();
        i = n - edge_items;
      }
      f(i, i == 0, i + 1 == n);
    }
  }

private:
  void collect(int axis, std::int64_t offset) {
    if (axis == shape_.rank())
      offsets_.push_back(offset);
    else
      walk(axis, [&](std::int64_t i, bool, bool) { collect(axis + 1, offset * shape_[axis] + i); }, [] {});
  }

  const Shape &shape_;
  bool summarised_;
  std::vector<std::int64_t> offsets_;
};

using Format = std::function<std::string(std::int64_t)>; // the text of the element at an offset

std::string pad_left(const std::string &s, std::size_t width) {
  return s.size() < width ? std::string(width - s.size(), ' ') + s : s;
}

// --- floating point

/// NumPy's FloatingFormat: all elements of an array in one notation, points aligned.
class FloatFormat {
public:
  explicit FloatFormat(const std::vector<Real> &shown) {
    std::vector<Real> finite;
    bool negative_infinity = false;
    for (const Real &x : shown)
      if (std::isfinite(x.value))
        finite.push_back(x);
      else
        negative_infinity |= std::isinf(x.value) && x.value < 0;
    choose_notation(finite);
    if (!finite.empty())
      exponential_ ? measure_scientific(finite) : measure_positional(finite);
    if (finite.size() < shown.size()) { // room for "nan", "inf" or "-inf"
      std::size_t have = right_ + 1, need = negative_infinity ? 4 : 3;
      left_ = std::max(left_, need > have ? need - have : 0);
    }
  }

  std::string operator()(const Real &x) const {
    if (!std::isfinite(x.value))
      return pad_left(std::isnan(x.value) ? "nan" : x.value < 0 ? "-inf" : "inf", left_ + 1 + right_);
    std::string s = exponential_ ? scientific(x, digits_, exponent_) : positional(x, precision);
    s = pad_left(s, s.size() + left_ - std::min(left_, s.find('.')));
    if (!exponential_)
      s.resize(std::max(s.size(), left_ + 1 + right_), ' ');
    return s;
  }

private:
  void choose_notation(const std::vector<Real> &finite) {
    double most = 0, least = INFINITY;
    for (const Real &x : finite)
      if (double a = std::fabs(x.value); a != 0)
        most = std::max(most, a), least = std::min(least, a);
    if (most == 0)
      return;
    DType d = finite[0].dtype; // in whose arithmetic NumPy divides and compares
    exponential_ = most >= std::pow(10., std::min(precision, decimal_digits(d))) || least < nearest(d, 1e-4) ||
                   nearest(d, most / least) > 1000;
  }

  void measure_positional(const std::vector<Real> &finite) {
    for (const Real &x : finite) {
      std::string s = positional(x, precision);
      std::size_t point = s.find('.');
      left_ = std::max(left_, point);
      right_ = std::max(right_, s.size() - point - 1);
    }
  }

  void measure_scientific(const std::vector<Real> &finite) {
    for (const Real &x : finite) {
      std::string s = scientific(x, precision);
      std::size_t point = s.find('.'), e = s.find('e');
      left_ = std::max(left_, point);
      digits_ = std::max(digits_, static_cast<int>(e - point - 1));
      exponent_ = std::max(exponent_, s.size() - e - 2);
    }
    right_ = exponent_ + 2 + static_cast<std::size_t>(digits_);
  }

  bool exponential_ = false;
  int digits_ = 0;                   // scientific: after the point
  std::size_t exponent_ = 0;         // scientific: digits of the exponent
  std::size_t left_ = 0, right_ = 0; // widths before and after the point
};

/// str() of a NumPy scalar.
std::string scalar_text(const Real &x) {
  if (std::isnan(x.value))
    return "nan";
  if (std::isinf(x.value))
    return x.value < 0 ? "-inf" : "inf";
  double a = std::fabs(x.value), limit = x.dtype == DType::Float64 ? 1e16 : std::pow(10., decimal_digits(x.dtype));
  constexpr int all_digits = 1100; // more than any element has
  if (a == 0 || (a < limit && a >= 1e-4)) {
    std::string s = positional(x, all_digits);
    return s.back() == '.' ? s + '0' : s;
  }
  std::string s = scientific(x, all_digits);
  if (std::size_t point = s.find(".e"); point != std::string::npos)
    s.erase(point, 1);
  return s;
}

// --- strings

/// The bytes of the UTF-8 character at s[i], or 1 with `valid` false.
std::size_t utf8_length(std::string_view s, std::size_t i, bool &valid) {
  auto byte = [&](std::size_t k) { return k < s.size() ? static_cast<unsigned char>(s[k]) : 0u; };
  unsigned c = byte(i);
  std::size_t n = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
  valid = n > 0;
  for (std::size_t k = 1; k < n; ++k)
    valid &= (byte(i + k) & 0xc0) == 0x80;
  return valid ? n : 1;
}

/// Python's repr of a str.
std::string quoted(std::string_view text) {
  char quote = text.find('\'') != text.npos && text.find('"') == text.npos ? '"' : '\'';
  std::string out(1, quote);
  for (std::size_t i = 0; i < text.size();) {
    bool valid;
    std::size_t n = utf8_length(text, i, valid);
    auto c = static_cast<unsigned char>(text[i]);
    bool c1_control = n == 2 && c == 0xc2 && static_cast<unsigned char>(text[i + 1]) < 0xa0;
    if (c == '\n' || c == '\t' || c == '\r')
      out += c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\r";
    else if (c == '\\' || c == static_cast<unsigned char>(quote))
      (out += '\\') += static_cast<char>(c);
    else if (c < 0x20 || c == 0x7f || !valid || c1_control)
      out += fmt::format("\\x{:02x}", c1_control ? static_cast<unsigned char>(text[i + 1]) : c);
    else
      out += text.substr(i, n);
    i += n;
  }
  return out += quote;
}

std::size_t characters(std::string_view s) {
  return static_cast<std::size_t>(std::count_if(s.begin(), s.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

// --- arrays

Format make_format(const TensorType &t, const void *data, const std::vector<std::int64_t> &shown) {
  auto *bytes = static_cast<const char *>(data);
  std::size_t step = itemsize(t.dtype);
  auto at = [=](std::int64_t i) { return bytes + static_cast<std::size_t>(i) * step; };
  if (t.dtype == DType::Bool)
    return [=](std::int64_t i) { return *at(i) ? " True" : "False"; };
  if (t.dtype == DType::String)
    return [=](std::int64_t i) { return quoted(text_of(*reinterpret_cast<const void *const *>(at(i)))); };
  if (is_floating(t.dtype)) {
    std::vector<Real> elements;
    for (std::int64_t i : shown)
      elements.push_back(read_real(t.dtype, at(i)));
    return [=, format = FloatFormat(elements)](std::int64_t i) { return format(read_real(t.dtype, at(i))); };
  }
  std::size_t width = 0;
  for (std::int64_t i : shown)
    width = std::max(width, integer_text(t.dtype, at(i)).size());
  return [=](std::int64_t i) { return pad_left(integer_text(t.dtype, at(i)), width); };
}

/// NumPy's _formatArray.
class Layout {
public:
  Layout(const Shape &shape, const Selection &selection, const Format &format)
      : shape_(shape), selection_(selection), format_(format) {}

  std::string text(int axis, std::int64_t offset, const std::string &indent, std::size_t width) const {
    return axis + 1 == shape_.rank() ? row(axis, offset, indent, width) : block(axis, offset, indent, width);
  }

private:
  std::string row(int axis, std::int64_t offset, const std::string &indent, std::size_t width) const {
    std::string done, line = indent;
    auto extend = [&](const std::string &word) {
      if (characters(line) + characters(word) > width - 1 && line.size() > indent.size()) {
        while (line.back() == ' ')
          line.pop_back();
        done += line + '\n';
        line = indent;
      }
      line += word;
    };
    selection_.walk(
        axis,
        [&](std::int64_t i, bool, bool last) {
          extend(format_(offset * shape_[axis] + i));
          line += last ? "" : " ";
        },
        [&] {
          extend("...");
          line += ' ';
        });
    return '[' + (done + line).substr(indent.size()) + ']';
  }

  std::string block(int axis, std::int64_t offset, const std::string &indent, std::size_t width) const {
    std::string s, between(static_cast<std::size_t>(shape_.rank() - axis - 1), '\n');
    selection_.walk(
        axis,
        [&](std::int64_t i, bool first, bool last) {
          s += first ? "" : indent;
          s += text(axis + 1, offset * shape_[axis] + i, indent + ' ', width - 1);
          s += last ? "" : between;
        },
        [&] { s += indent + "..." + between; });
    return '[' + s + ']';
  }

  const Shape &shape_;
  const Selection &selection_;
  const Format &format_;
};

std::string rank_0_text(DType dtype, const void *data) {
  if (dtype == DType::String)
    return std::string(text_of(*static_cast<const void *const *>(data)));
  if (dtype == DType::Bool)
    return *static_cast<const char *>(data) ? "True" : "False";
  return is_floating(dtype) ? scalar_text(read_real(dtype, data)) : integer_text(dtype, data);
}

} // namespace

std::string numpy_text(const TensorType &t, const void *data) {
  if (t.shape.rank() == 0)
    return rank_0_text(t.dtype, data);
  if (t.shape.elements() == 0)
    return "[]";
  Selection selection(t.shape);
  Format format = make_format(t, data, selection.offsets());
  return Layout(t.shape, selection, format).text(0, 0, " ", line_width);
}

} // namespace weft::detail

namespace weft {

std::string to_string(const Tensor &t) {
  using Kind = detail::Value::Kind;
  const detail::Value *v = t.value();
  if (!v || v->kind == Kind::Moved)
    return "<empty Tensor>";
  if (v->kind == Kind::Poison)
    return "<Tensor without a value: " + static_cast<const detail::PoisonValue *>(v)->reason + ">";
  std::string text = v->kind == Kind::Symbolic ? "<traced>" : detail::numpy_text(v->type, v->data);
  return fmt::format("{} {} {}", text, to_string(v->type.shape), name(v->type.dtype));
}

std::ostream &operator<<(std::ostream &os, const Tensor &t) { return os << to_string(t); }

} // namespace weft

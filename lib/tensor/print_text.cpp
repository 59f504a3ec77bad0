// The text of weft::print: what tf.print prints (TensorFlow 2.21). Every dimension of more than six elements shows
// three at each end. Strings stand in quotes, except of rank 0.
#include "lib/tensor/number_text.h"
#include "lib/tensor/value.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace weft::detail {
namespace {

constexpr std::int64_t edge_items = 3;

/// TensorFlow's FloatToBuffer and DoubleToBuffer: the short text where it reads back as the same number, else all
/// digits.
std::string real(const Real &x) {
  if (std::isnan(x.value))
    return "nan";
  if (std::isinf(x.value))
    return x.value < 0 ? "-inf" : "inf";
  bool wide = x.dtype == DType::Float64;
  std::string s = general(x.value, wide ? 15 : 6);
  double back = 0;
  float narrow = 0;
  if (wide) {
    std::from_chars(s.data(), s.data() + s.size(), back);
  } else {
    std::from_chars(s.data(), s.data() + s.size(), narrow);
    back = narrow;
  }
  return back == x.value ? s : general(x.value, wide ? 17 : 9);
}

/// absl::Utf8SafeCEscape.
std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    switch (c) {
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    case '"':
    case '\'':
    case '\\':
      (out += '\\') += c;
      break;
    default:
      if (byte < 0x20 || byte == 0x7f)
        out += fmt::format("\\{:03o}", byte);
      else
        out += c;
    }
  }
  return out;
}

class Printer {
public:
  Printer(const TensorType &t, const void *data) : type_(t), data_(static_cast<const char *>(data)) { dimension(0, 0); }
  std::string take() { return std::move(out_); }

private:
  void dimension(int axis, std::int64_t offset) {
    if (axis == type_.shape.rank()) {
      out_ += element(offset);
      return;
    }
    std::int64_t n = type_.shape[axis];
    out_ += '[';
    for (std::int64_t i = 0; i < n; ++i) {
      if (i > 0)
        space(axis);
      if (i == edge_items && n > 2 * edge_items) {
        out_ += "...";
        space(axis);
        i = n - edge_items;
      }
      dimension(axis + 1, offset * n + i);
    }
    out_ += ']';
  }

  void space(int axis) {
    int inner = type_.shape.rank() - 1 - axis;
    if (inner == 0)
      out_ += ' ';
    else
      out_.append(static_cast<std::size_t>(inner), '\n').append(static_cast<std::size_t>(axis) + 1, ' ');
  }

  std::string element(std::int64_t offset) const {
    const char *p = data_ + static_cast<std::size_t>(offset) * itemsize(type_.dtype);
    switch (type_.dtype) {
    case DType::Bool:
      return *p ? "1" : "0";
    case DType::String: {
      std::string_view text = text_of(*reinterpret_cast<const void *const *>(p));
      return type_.shape.rank() == 0 ? std::string(text) : '"' + escaped(text) + '"';
    }
    default:
      return is_floating(type_.dtype) ? real(read_real(type_.dtype, p)) : integer_text(type_.dtype, p);
    }
  }

  const TensorType &type_;
  const char *data_;
  std::string out_;
};

} // namespace

std::string print_text(const TensorType &t, const void *data) { return Printer(t, data).take(); }

} // namespace weft::detail

// Reading and writing .npy: a magic number, a header that is a Python dict, then the elements.
#include "npy.h"

#include "lib/tensor/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <vector>

using weft::DType;
using weft::Shape;
using weft::Tensor;

namespace tool {
namespace {

[[noreturn]] void fail(const std::string &path, const std::string &reason) {
  throw weft::IoError({}, fmt::format("{}: {}", path, reason));
}

struct Kind {
  DType dtype;
  const char *text; // NumPy's type string without the byte order
};
constexpr Kind kinds[] = {{DType::Bool, "b1"},    {DType::Int8, "i1"},    {DType::Int16, "i2"},
                          {DType::Int32, "i4"},   {DType::Int64, "i8"},   {DType::UInt8, "u1"},
                          {DType::UInt16, "u2"},  {DType::UInt32, "u4"},  {DType::UInt64, "u8"},
                          {DType::Float16, "f2"}, {DType::Float32, "f4"}, {DType::Float64, "f8"}};

struct Header {
  DType dtype = DType::Float32;
  std::size_t item = 0; // bytes of an element in the file
  bool fortran = false;
  Shape shape;
  std::size_t data = 0; // where the elements start
};

Shape reversed(const Shape &s) {
  Shape r;
  for (int d = s.rank(); d-- > 0;)
    r.push_back(s[d]);
  return r;
}

/// The text after `'key':` in the header's dict.
std::string_view value_of(std::string_view dict, const char *key, const std::string &path) {
  std::size_t at = dict.find(fmt::format("'{}'", key));
  at = at == dict.npos ? at : dict.find(':', at);
  at = at == dict.npos ? at : dict.find_first_not_of(' ', at + 1);
  if (at == dict.npos)
    fail(path, fmt::format("its header has no '{}'", key));
  return dict.substr(at);
}

void read_dtype(Header &h, std::string_view text, const std::string &path) {
  std::size_t end = text.find('\'', 1);
  if (text.empty() || text[0] != '\'' || end == text.npos || end < 3)
    fail(path, "structured elements are no tensor");
  std::string_view descr = text.substr(1, end - 1), type = descr.substr(1);
  auto known = std::find_if(std::begin(kinds), std::end(kinds), [&](const Kind &k) { return k.text == type; });
  bool native = descr[0] == '<' || descr[0] == '|' || descr[0] == '=';
  if (native && known != std::end(kinds)) {
    h.dtype = known->dtype;
    h.item = weft::itemsize(h.dtype);
  } else if (native && type[0] == 'U' && type.size() < 9 && type.find_first_not_of("0123456789", 1) == type.npos) {
    h.dtype = DType::String;
    h.item = 4 * std::stoul("0" + std::string(type.substr(1)));
  } else
    fail(path, fmt::format("elements of NumPy type '{}' have no dtype in weft", descr));
}

void read_shape(Header &h, std::string_view text, const std::string &path) {
  std::size_t end = text.find(')');
  if (text.empty() || text[0] != '(' || end == text.npos)
    fail(path, "its header has no shape");
  std::int64_t size = -1;
  for (char c : text.substr(1, end)) {
    if (c >= '0' && c <= '9' && size < std::int64_t{1} << 48)
      size = std::max<std::int64_t>(size, 0) * 10 + (c - '0');
    else if (c == ',' || c == ')') {
      if (size >= 0 && h.shape.rank() == Shape::max_rank)
        fail(path, "it has more than 8 dimensions");
      if (size >= 0)
        h.shape.push_back(size);
      size = -1;
    } else if (c != ' ')
      fail(path, "its header has no shape");
  }
}

Header read_header(const std::string &bytes, const std::string &path) {
  static constexpr std::string_view magic = "\x93NUMPY";
  std::size_t prefix = bytes.size() > 6 && bytes[6] == 1 ? 10 : 12;
  if (bytes.size() < prefix || bytes.compare(0, 6, magic) != 0 || bytes[6] < 1 || bytes[6] > 3)
    fail(path, "it is no .npy file");
  std::size_t length = 0;
  for (std::size_t k = prefix; k-- > 8;)
    length = length << 8 | static_cast<unsigned char>(bytes[k]);
  if (length > bytes.size() - prefix)
    fail(path, "its header is cut off");
  std::string_view dict = std::string_view(bytes).substr(prefix, length);
  Header h;
  h.data = prefix + length;
  read_dtype(h, value_of(dict, "descr", path), path);
  read_shape(h, value_of(dict, "shape", path), path);
  h.fortran = value_of(dict, "fortran_order", path).substr(0, 4) == "True";
  // Elements in Fortran order are those of the transposed tensor in C order.
  if (h.fortran)
    h.shape = reversed(h.shape);
  return h;
}

void append_utf8(std::string &out, std::uint32_t c) {
  if (c < 0x80)
    out += static_cast<char>(c);
  else if (c < 0x800)
    (out += static_cast<char>(0xC0 | c >> 6)) += static_cast<char>(0x80 | (c & 0x3F));
  else {
    if (c < 0x10000)
      out += static_cast<char>(0xE0 | c >> 12);
    else
      (out += static_cast<char>(0xF0 | c >> 18)) += static_cast<char>(0x80 | (c >> 12 & 0x3F));
    (out += static_cast<char>(0x80 | (c >> 6 & 0x3F))) += static_cast<char>(0x80 | (c & 0x3F));
  }
}

Tensor read_texts(const char *data, const Header &h) {
  std::vector<std::string> texts(static_cast<std::size_t>(h.shape.elements()));
  for (std::size_t k = 0; k < texts.size(); ++k)
    for (std::size_t at = 0; at < h.item; at += 4) {
      std::uint32_t c;
      std::memcpy(&c, data + k * h.item + at, sizeof c);
      if (c == 0)
        break;
      append_utf8(texts[k], c > 0x10FFFF ? 0xFFFD : c);
    }
  return weft::from_span(texts, h.shape);
}

/// Code points of UTF-8 text; a wrong byte becomes U+FFFD.
std::vector<std::uint32_t> code_points(std::string_view text) {
  std::vector<std::uint32_t> points;
  for (std::size_t k = 0; k < text.size();) {
    auto lead = static_cast<unsigned char>(text[k]);
    std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 && lead < 0xF8 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 0;
    std::uint32_t c = length == 1 ? lead : lead & (0x7F >> length);
    bool good = length > 0 && k + length <= text.size();
    for (std::size_t j = 1; good && j < length; ++j) {
      auto next = static_cast<unsigned char>(text[k + j]);
      good = (next & 0xC0) == 0x80;
      c = c << 6 | (next & 0x3F);
    }
    points.push_back(good ? c : 0xFFFD);
    k += good ? length : 1;
  }
  return points;
}

/// The type string and the elements as they stand in a file.
std::pair<std::string, std::string> file_form(const std::string &path, const Tensor &t) {
  if (t.dtype() == DType::String) {
    std::vector<std::vector<std::uint32_t>> all;
    std::size_t longest = 1;
    for (const std::string &text : t.to_vector<std::string>())
      longest = std::max(longest, all.emplace_back(code_points(text)).size());
    std::string bytes;
    for (auto &points : all) {
      points.resize(longest);
      bytes.append(reinterpret_cast<const char *>(points.data()), 4 * longest);
    }
    return {fmt::format("<U{}", longest), bytes};
  }
  auto known = std::find_if(std::begin(kinds), std::end(kinds), [&](const Kind &k) { return k.dtype == t.dtype(); });
  if (known == std::end(kinds))
    fail(path, fmt::format("{} has no .npy type: cast it first", weft::name(t.dtype())));
  auto *data = static_cast<const char *>(t.value()->data);
  return {fmt::format("{}{}", weft::itemsize(t.dtype()) == 1 ? '|' : '<', known->text),
          std::string(data, static_cast<std::size_t>(weft::detail::byte_size(t.value()->type)))};
}

} // namespace

Tensor read_npy(const std::string &path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad() || errno)
    fail(path, fmt::format("cannot be read: {}", std::strerror(errno ? errno : EIO)));
  Header h = read_header(bytes, path);
  std::int64_t total = 0;
  if (__builtin_mul_overflow(h.shape.elements(), static_cast<std::int64_t>(h.item), &total) ||
      static_cast<std::size_t>(total) != bytes.size() - h.data)
    fail(path, fmt::format("it has {} bytes of elements, where its shape {} asks for {}", bytes.size() - h.data,
                           weft::to_string(h.shape), total));
  Tensor t;
  if (h.dtype == DType::String)
    t = read_texts(bytes.data() + h.data, h);
  else {
    if (h.dtype == DType::Bool) // a byte other than 0 and 1 is no bool to C++
      std::transform(bytes.begin() + static_cast<std::ptrdiff_t>(h.data), bytes.end(),
                     bytes.begin() + static_cast<std::ptrdiff_t>(h.data),
                     [](char c) { return static_cast<char>(c != 0); });
    t = weft::detail::copy_buffer(bytes.data() + h.data, static_cast<std::size_t>(h.shape.elements()), h.shape,
                                  h.dtype);
  }
  if (!h.fortran || h.shape.rank() < 2)
    return t;
  Shape axes;
  for (int d = h.shape.rank(); d-- > 0;)
    axes.push_back(d);
  return weft::permute_dims(t, axes);
}

void write_npy(const std::string &path, const Tensor &tensor) {
  auto [descr, bytes] = file_form(path, tensor);
  std::string shape; // a Python tuple: (), (2,), (2, 3)
  for (std::int64_t d : tensor.shape())
    shape += fmt::format("{}{}", shape.empty() ? "" : ", ", d);
  if (tensor.ndim() == 1)
    shape += ',';
  std::string dict = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", descr, shape);
  dict.append(63 - (10 + dict.size()) % 64, ' ').push_back('\n'); // elements start at a multiple of 64
  errno = 0;
  std::ofstream file(path, std::ios::binary);
  file.write("\x93NUMPY\x01\x00", 8);
  file.put(static_cast<char>(dict.size() & 0xFF)).put(static_cast<char>(dict.size() >> 8));
  file << dict << bytes;
  file.close();
  if (!file)
    fail(path, fmt::format("cannot be written: {}", std::strerror(errno)));
}

} // namespace tool

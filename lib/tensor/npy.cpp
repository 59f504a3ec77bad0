// Reading and writing .npy: a magic number, a header that is a Python dict, then the elements.
#include "lib/tensor/npy.h"

#include "lib/tensor/value.h"

#include <weft/io.h>
#include <weft/ops.h>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <memory>
#include <new>
#include <vector>

namespace weft {
namespace detail {
namespace {

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
  bool swapped = false; // the file has its bytes in the other order
  bool bytes = false;   // texts are bytes, not code points
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
std::string_view value_of(std::string_view dict, const char *key, const FilePlace &file) {
  std::size_t at = dict.find(fmt::format("'{}'", key));
  at = at == dict.npos ? at : dict.find(':', at);
  at = at == dict.npos ? at : dict.find_first_not_of(' ', at + 1);
  if (at == dict.npos)
    file.fail(fmt::format("its header has no '{}'", key));
  return dict.substr(at);
}

void read_dtype(Header &h, std::string_view text, const FilePlace &file) {
  std::size_t end = text.find('\'', 1);
  if (text.empty() || text[0] != '\'' || end == text.npos || end < 3)
    file.fail("structured elements are no tensor");
  std::string_view descr = text.substr(1, end - 1), type = descr.substr(1);
  auto known = std::find_if(std::begin(kinds), std::end(kinds), [&](const Kind &k) { return k.text == type; });
  h.swapped = descr[0] == '>';
  bool ordered = h.swapped || descr[0] == '<' || descr[0] == '|' || descr[0] == '=';
  bool texts = type[0] == 'U' || type[0] == 'S';
  if (ordered && known != std::end(kinds)) {
    h.dtype = known->dtype;
    h.item = itemsize(h.dtype);
  } else if (ordered && texts && type.size() < 9 && type.find_first_not_of("0123456789", 1) == type.npos) {
    h.dtype = DType::String;
    h.bytes = type[0] == 'S';
    h.item = (h.bytes ? 1 : 4) * std::stoul("0" + std::string(type.substr(1)));
  } else
    file.fail(fmt::format("elements of NumPy type '{}' have no dtype in weft", descr));
}

void read_shape(Header &h, std::string_view text, const FilePlace &file) {
  std::size_t end = text.find(')');
  if (text.empty() || text[0] != '(' || end == text.npos)
    file.fail("its header has no shape");
  std::int64_t size = -1;
  for (char c : text.substr(1, end)) {
    if (c >= '0' && c <= '9' && size < std::int64_t{1} << 48)
      size = std::max<std::int64_t>(size, 0) * 10 + (c - '0');
    else if (c == ',' || c == ')') {
      if (size >= 0 && h.shape.rank() == Shape::max_rank)
        file.fail("it has more than 8 dimensions");
      if (size >= 0)
        h.shape.push_back(size);
      size = -1;
    } else if (c != ' ')
      file.fail("its header has no shape");
  }
}

Header read_header(std::string_view bytes, const FilePlace &file) {
  static constexpr std::string_view magic = "\x93NUMPY";
  std::size_t prefix = bytes.size() > 6 && bytes[6] == 1 ? 10 : 12;
  if (bytes.size() < prefix || bytes.compare(0, 6, magic) != 0 || bytes[6] < 1 || bytes[6] > 3)
    file.fail(bytes.starts_with("PK") ? "it is a .npz file: use weft::load_npz" : "it is no .npy file");
  std::size_t length = 0;
  for (std::size_t k = prefix; k-- > 8;)
    length = length << 8 | static_cast<unsigned char>(bytes[k]);
  if (length > bytes.size() - prefix)
    file.fail("its header is cut off");
  std::string_view dict = bytes.substr(prefix, length);
  Header h;
  h.data = prefix + length;
  read_dtype(h, value_of(dict, "descr", file), file);
  read_shape(h, value_of(dict, "shape", file), file);
  h.fortran = value_of(dict, "fortran_order", file).substr(0, 4) == "True";
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

/// The bytes of each unit of `size` in the other order.
void swap_bytes(char *data, std::size_t count, std::size_t size) {
  for (std::size_t k = 0; k < count; ++k)
    std::reverse(data + k * size, data + (k + 1) * size);
}

std::string read_text(const char *data, const Header &h) {
  std::string text;
  if (h.bytes) {
    text.assign(data, h.item);
    text.erase(text.find_last_not_of('\0') + 1); // NumPy pads with zeros
    return text;
  }
  for (std::size_t at = 0; at < h.item; at += 4) {
    std::uint32_t c;
    std::memcpy(&c, data + at, sizeof c);
    c = h.swapped ? __builtin_bswap32(c) : c;
    if (c == 0)
      break;
    append_utf8(text, c > 0x10FFFF ? 0xFFFD : c);
  }
  return text;
}

Tensor read_texts(const char *data, const Header &h, const FilePlace &file) {
  std::vector<std::string> texts(static_cast<std::size_t>(h.shape.elements()));
  for (std::size_t k = 0; k < texts.size(); ++k)
    texts[k] = read_text(data + k * h.item, h);
  std::vector<std::string_view> views(texts.begin(), texts.end());
  return copy_texts(views, h.shape, file.loc);
}

Tensor read_numbers(const char *data, const Header &h, const FilePlace &file) {
  auto count = static_cast<std::size_t>(h.shape.elements());
  Tensor t = copy_buffer(data, count, h.shape, h.dtype, file.loc);
  auto *elements = static_cast<char *>(const_cast<void *>(t.value()->data)); // nobody else has seen it yet
  if (h.dtype == DType::Bool) // a byte other than 0 and 1 is no bool to C++
    std::transform(elements, elements + count, elements, [](char c) { return static_cast<char>(c != 0); });
  if (h.swapped)
    swap_bytes(elements, count, h.item);
  return t;
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

/// Texts as NumPy stores them: code points, as many for each as the longest has.
std::string stored_texts(const Value &v, std::size_t &longest) {
  auto *elements = static_cast<const void *const *>(v.data);
  std::vector<std::vector<std::uint32_t>> all;
  longest = 1;
  for (std::int64_t i = 0; i < v.type.shape.elements(); ++i)
    longest = std::max(longest, all.emplace_back(code_points(text_of(elements[i]))).size());
  std::string bytes;
  for (auto &points : all) {
    points.resize(longest);
    bytes.append(reinterpret_cast<const char *>(points.data()), 4 * longest);
  }
  return bytes;
}

/// A Python tuple: (), (2,), (2, 3).
std::string tuple(const Shape &shape) {
  std::string s;
  for (std::int64_t d : shape)
    s += fmt::format("{}{}", s.empty() ? "" : ", ", d);
  return fmt::format("({}{})", s, shape.rank() == 1 ? "," : "");
}

/// All bytes of a file.
std::string contents(const FilePlace &file) {
  std::unique_ptr<std::FILE, int (*)(std::FILE *)> f(std::fopen(file.name.c_str(), "rb"), std::fclose);
  std::string bytes;
  if (f)
    bytes = read_all([&](char *data, std::size_t size) { return std::fread(data, 1, size, f.get()); });
  if (!f || std::ferror(f.get()))
    file.fail(fmt::format("cannot be read: {}", std::strerror(errno)));
  return bytes;
}

} // namespace

void FilePlace::fail(const std::string &reason) const {
  raise(ErrorKind::Io, loc, fmt::format("{}: {}", name, reason));
}

Tensor read_npy(std::string_view bytes, const FilePlace &file) {
  Header h = read_header(bytes, file);
  std::int64_t total = 0, count = h.shape.elements();
  bool countable = h.shape.countable() && !__builtin_mul_overflow(count, static_cast<std::int64_t>(h.item), &total);
  if (!countable || static_cast<std::size_t>(total) != bytes.size() - h.data || (h.item == 0 && count > 0))
    file.fail(fmt::format("it has {} bytes of elements, which its shape {} with {} bytes for each does not ask for",
                          bytes.size() - h.data, to_string(h.shape), h.item));
  const char *data = bytes.data() + h.data;
  Tensor t = h.dtype == DType::String ? read_texts(data, h, file) : read_numbers(data, h, file);
  if (!h.fortran || h.shape.rank() < 2)
    return t;
  Shape axes;
  for (int d = h.shape.rank(); d-- > 0;)
    axes.push_back(d);
  return permute_dims(Operand(t, file.loc), axes);
}

std::string_view NpyImage::elements() const {
  return value->type.dtype == DType::String ? std::string_view(texts)
                                            : std::string_view(static_cast<const char *>(value->data),
                                                               static_cast<std::size_t>(byte_size(value->type)));
}

NpyImage npy_image(const Tensor &t, const FilePlace &file) {
  NpyImage image{{}, {}, t.checked(file.loc)};
  if (image.value->kind != Value::Kind::Concrete)
    raise(ErrorKind::Trace, file.loc,
          fmt::format("{}: a traced Tensor has a value to write only when the compiled function runs: return it",
                      file.name));
  DType dtype = t.dtype();
  std::string descr;
  if (dtype == DType::String) {
    std::size_t longest = 0;
    image.texts = stored_texts(*image.value, longest);
    descr = fmt::format("<U{}", longest);
  } else {
    auto known = std::find_if(std::begin(kinds), std::end(kinds), [&](const Kind &k) { return k.dtype == dtype; });
    if (known == std::end(kinds))
      file.fail(fmt::format("{} has no .npy type: cast it first", name(dtype)));
    descr = fmt::format("{}{}", itemsize(dtype) == 1 ? '|' : '<', known->text);
  }
  std::string dict = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", descr, tuple(t.shape()));
  dict.append(63 - (10 + dict.size()) % 64, ' ').push_back('\n'); // elements start at a multiple of 64
  image.head = std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(dict.size() & 0xFF) +
               static_cast<char>(dict.size() >> 8) + dict;
  return image;
}

} // namespace detail

Tensor load(const std::string &path, std::source_location loc) {
  detail::FilePlace file{path, loc};
  try {
    return detail::read_npy(detail::contents(file), file);
  } catch (const std::bad_alloc &) {
    detail::raise(detail::ErrorKind::OutOfMemory, loc, fmt::format("no memory for {}", path));
  }
}

void save(const std::string &path, const Operand &x) {
  detail::FilePlace file{path, x.source_location()};
  detail::NpyImage image = detail::npy_image(Tensor(x.value()), file);
  std::FILE *f = std::fopen(path.c_str(), "wb");
  bool written = f != nullptr;
  for (std::string_view part : {std::string_view(image.head), image.elements()})
    written = written && std::fwrite(part.data(), 1, part.size(), f) == part.size();
  int why = errno;
  if (f && std::fclose(f) != 0 && written) {
    written = false;
    why = errno;
  }
  if (!written)
    file.fail(fmt::format("cannot be written: {}", std::strerror(why)));
}

} // namespace weft

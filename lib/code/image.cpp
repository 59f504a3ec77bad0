// See image.h.
#include "lib/code/image.h"

#include "lib/code/symbols.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace weft::detail {
namespace {

std::uint64_t whole_pages(std::uint64_t n) { return (n + CodeImage::page - 1) / CodeImage::page * CodeImage::page; }

class LoadedCode final : public CompiledCode {
public:
  explicit LoadedCode(std::size_t size)
      : base_(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
    code_bytes = size;
  }
  ~LoadedCode() override {
    if (mapped())
      munmap(base_, code_bytes);
  }
  bool mapped() const { return base_ != MAP_FAILED; }
  char *base() const { return static_cast<char *>(base_); }

private:
  void *base_;
};

class Writer {
public:
  void number(std::uint64_t n) { out.append(reinterpret_cast<const char *>(&n), sizeof n); }
  void text(std::string_view s) {
    number(s.size());
    out.append(s);
  }
  std::string out;
};

/// Reads what Writer wrote; of anything else it gives zeros and is not `good` any more.
class Reader {
public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  std::uint64_t number() {
    std::uint64_t n = 0;
    std::string_view from = take(sizeof n);
    std::memcpy(&n, from.data(), from.size());
    return n;
  }
  std::string_view text() { return take(number()); }
  /// How many things of at least `size` bytes follow.
  std::uint64_t count(std::size_t size) {
    std::uint64_t n = number();
    good_ &= n <= rest_.size() / size;
    return good_ ? n : 0;
  }
  bool good() const { return good_ && rest_.empty(); }

private:
  std::string_view take(std::uint64_t n) {
    good_ &= n <= rest_.size();
    if (!good_)
      return {};
    std::string_view taken = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return taken;
  }
  std::string_view rest_;
  bool good_ = true;
};

/// Whether everything lies inside of the image.
bool sound(const CodeImage &image) {
  std::uint64_t size = image.bytes.size();
  bool split = image.constant == size || (image.constant < size && image.constant % CodeImage::page == 0);
  return split && image.entry < image.constant &&
         std::ranges::all_of(
             image.pointers,
             [&](const CodeImage::Pointer &p) {
               return size >= 8 && p.offset <= size - 8 && p.symbol >= -1 &&
                      p.symbol < static_cast<std::int64_t>(image.symbols.size());
             });
}

} // namespace

std::string to_bytes(const CodeImage &image) {
  Writer w;
  w.number(image.constant);
  w.number(image.entry);
  w.number(image.symbols.size());
  for (const std::string &s : image.symbols)
    w.text(s);
  w.number(image.pointers.size());
  for (const CodeImage::Pointer &p : image.pointers)
    for (std::uint64_t n : {p.offset, std::bit_cast<std::uint64_t>(p.symbol), std::bit_cast<std::uint64_t>(p.addend)})
      w.number(n);
  w.text(image.bytes);
  return std::move(w.out);
}

std::optional<CodeImage> image_of(std::string_view bytes) {
  Reader r(bytes);
  CodeImage image;
  image.constant = r.number();
  image.entry = r.number();
  image.symbols.resize(r.count(8));
  for (std::string &s : image.symbols)
    s = r.text();
  image.pointers.resize(r.count(24));
  for (CodeImage::Pointer &p : image.pointers) {
    p.offset = r.number();
    p.symbol = std::bit_cast<std::int64_t>(r.number());
    p.addend = std::bit_cast<std::int64_t>(r.number());
  }
  image.bytes = r.text();
  return r.good() && sound(image) ? std::optional(std::move(image)) : std::nullopt;
}

std::unique_ptr<CompiledCode> load(const CodeImage &image, std::string &why) {
  auto code = std::make_unique<LoadedCode>(whole_pages(image.bytes.size()));
  if (!code->mapped()) {
    why = "there is no memory for its code";
    return nullptr;
  }
  std::vector<std::uint64_t> addresses;
  for (const std::string &s : image.symbols) {
    const void *address = runtime_symbol(s);
    if (!address) {
      why = "it calls " + s + ", which is not in this library";
      return nullptr;
    }
    addresses.push_back(reinterpret_cast<std::uint64_t>(address));
  }
  char *base = code->base();
  std::memcpy(base, image.bytes.data(), image.bytes.size());
  for (const CodeImage::Pointer &p : image.pointers) {
    std::uint64_t of =
        p.symbol < 0 ? reinterpret_cast<std::uint64_t>(base) : addresses[static_cast<std::size_t>(p.symbol)];
    std::uint64_t address = of + static_cast<std::uint64_t>(p.addend);
    std::memcpy(base + p.offset, &address, sizeof address);
  }
  if (mprotect(base, whole_pages(image.constant), PROT_READ | PROT_EXEC) != 0) {
    why = "this system forbids new executable memory";
    return nullptr;
  }
  __builtin___clear_cache(base, base + image.constant);
  code->entry = reinterpret_cast<std::int32_t (*)(weft_frame *)>(base + image.entry);
  return code;
}

} // namespace weft::detail

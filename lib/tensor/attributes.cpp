// Attributes as bytes: a count, then of each one its kind, its name and its value.
#include <weft/detail/rules.h>

#include <cstring>
#include <type_traits>

namespace weft::detail {
namespace {

class Writer {
public:
  template <class T> void number(T v) { bytes.append(reinterpret_cast<const char *>(&v), sizeof v); }
  void text(std::string_view s) {
    number(static_cast<std::uint32_t>(s.size()));
    bytes += s;
  }
  std::string bytes;
};

class Reader {
public:
  explicit Reader(const char *bytes) : at_(bytes) {}
  template <class T> T number() {
    T v;
    std::memcpy(&v, at_, sizeof v);
    at_ += sizeof v;
    return v;
  }
  std::string_view text() {
    auto n = number<std::uint32_t>();
    at_ += n;
    return {at_ - n, n};
  }

private:
  const char *at_;
};

template <std::size_t I = 0> Attr::Payload read_payload(std::size_t kind, Reader &r) {
  if constexpr (I == std::variant_size_v<Attr::Payload>) {
    return {};
  } else {
    using T = std::variant_alternative_t<I, Attr::Payload>;
    if (kind != I)
      return read_payload<I + 1>(kind, r);
    if constexpr (std::is_same_v<T, std::string>) {
      return T(r.text());
    } else if constexpr (std::is_same_v<T, Shape>) {
      Shape list;
      for (auto n = r.number<std::uint32_t>(); n > 0; --n)
        list.push_back(r.number<std::int64_t>());
      return list;
    } else {
      return r.number<T>();
    }
  }
}

} // namespace

std::string encode(AttrList attrs) {
  Writer w;
  w.number(static_cast<std::uint32_t>(attrs.size()));
  for (const Attr &a : attrs) {
    w.number(static_cast<std::uint8_t>(a.value.index()));
    w.text(a.name);
    std::visit(
        [&](const auto &v) {
          using T = std::decay_t<decltype(v)>;
          if constexpr (std::is_same_v<T, std::string>) {
            w.text(v);
          } else if constexpr (std::is_same_v<T, Shape>) {
            w.number(static_cast<std::uint32_t>(v.size()));
            for (std::int64_t d : v)
              w.number(d);
          } else {
            w.number(v);
          }
        },
        a.value);
  }
  return w.bytes;
}

std::vector<Attr> decode_attributes(const char *bytes) {
  Reader r(bytes);
  std::vector<Attr> attrs(r.number<std::uint32_t>());
  for (Attr &a : attrs) {
    auto kind = r.number<std::uint8_t>();
    a.name = r.text();
    a.value = read_payload(kind, r);
  }
  return attrs;
}

} // namespace weft::detail

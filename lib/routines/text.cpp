// Strings: what is done with the bytes of each text. Texts are UTF-8; only string_length looks at its code points.
#include "lib/routines/routine.h"
#include "lib/tensor/number_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

namespace weft::detail {
namespace {

constexpr std::string_view blanks = " \t\n\v\f\r";

std::string_view text_in(const RoutineInput &x, std::int64_t i) { return x.as<TextElement>()[i].view(); }

/// Each text changed byte by byte.
template <class F> void each_byte(RoutineCall &call, F change) {
  for (std::int64_t i = 0; i < call.in[0].size(); ++i) {
    std::string s(text_in(call.in[0], i));
    std::transform(s.begin(), s.end(), s.begin(), change);
    store_text(call.out[0], i, s);
  }
}

/// Where the element of an operand is that meets element `i` of the result, by broadcasting.
class Broadcast {
public:
  Broadcast(const Shape &from, const Shape &to) : to_(to) {
    std::int64_t step = 1;
    for (int d = from.rank(), at = to.rank(); d-- > 0;) {
      steps_[static_cast<std::size_t>(--at)] = from[d] == 1 ? 0 : step;
      step *= from[d];
    }
  }
  std::int64_t operator()(std::int64_t i) const {
    std::int64_t from = 0;
    for (int d = to_.rank(); d-- > 0; i /= to_[d])
      from += i % to_[d] * steps_[static_cast<std::size_t>(d)];
    return from;
  }

private:
  Shape to_;
  std::array<std::int64_t, Shape::max_rank> steps_{};
};

/// The text in quotes, as a message shows it.
std::string quoted(std::string_view s) {
  constexpr std::size_t longest = 60;
  return s.size() <= longest ? fmt::format("\"{}\"", s) : fmt::format("\"{}…\"", s.substr(0, longest));
}

std::string replaced(std::string_view s, std::string_view from, std::string_view to, bool all) {
  std::string result;
  std::size_t at = 0;
  for (std::size_t next; (next = s.find(from, at)) != s.npos; at = next + from.size()) {
    result.append(s.substr(at, next - at)).append(to);
    if (!all) {
      at = next + from.size();
      break;
    }
  }
  return result.append(s.substr(at));
}

/// Whether a number out of range is so because it is too near to 0: std::from_chars does not tell.
bool too_small(std::string_view s) {
  long double v = 0;
  return std::from_chars(s.data(), s.data() + s.size(), v).ec == std::errc{} && std::fabs(v) < 1;
}

/// The number that all of `s` shows, as std::from_chars reads it.
template <class T> T number_from(std::string_view s, DType dtype) {
  std::string_view inner = s;
  inner.remove_prefix(std::min(inner.find_first_not_of(blanks), inner.size()));
  inner = inner.substr(0, inner.find_last_not_of(blanks) + 1);
  constexpr bool half = std::is_same_v<T, Float16> || std::is_same_v<T, BFloat16>;
  std::conditional_t<half, double, T> v{};
  auto [end, error] = std::from_chars(inner.data(), inner.data() + inner.size(), v);
  if (error == std::errc::invalid_argument || end != inner.data() + inner.size())
    throw RoutineError{ErrorKind::Check, fmt::format("{} is no {}", quoted(s), name(dtype))};
  if (std::is_floating_point_v<decltype(v)> && error == std::errc::result_out_of_range && too_small(inner))
    return T(inner.front() == '-' ? -0.0 : 0.0);
  T result(v);
  if (error != std::errc{} || (half && std::isinf(static_cast<float>(result)) && std::isfinite(static_cast<double>(v))))
    throw RoutineError{ErrorKind::Check, fmt::format("{} is beyond {}", quoted(s), name(dtype))};
  return result;
}

std::vector<std::string_view> parts(std::string_view s, std::string_view separator) {
  std::vector<std::string_view> result;
  if (separator.empty()) {
    for (std::size_t at = 0; (at = s.find_first_not_of(blanks, at)) != s.npos;) {
      std::size_t end = std::min(s.find_first_of(blanks, at), s.size());
      result.push_back(s.substr(at, end - at));
      at = end;
    }
    return result;
  }
  std::size_t at = 0;
  for (std::size_t next; (next = s.find(separator, at)) != s.npos; at = next + separator.size())
    result.push_back(s.substr(at, next - at));
  result.push_back(s.substr(at));
  return result;
}

} // namespace

void routine::string_lower(RoutineCall &call) {
  each_byte(call, [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
}

void routine::string_upper(RoutineCall &call) {
  each_byte(call, [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; });
}

void routine::string_length(RoutineCall &call) {
  bool characters = call.flag("characters");
  for (std::int64_t i = 0; i < call.in[0].size(); ++i) {
    std::string_view s = text_in(call.in[0], i);
    auto starts = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
    call.out[0].as<std::int64_t>()[i] =
        characters ? std::count_if(s.begin(), s.end(), starts) : static_cast<std::int64_t>(s.size());
  }
}

void routine::string_substr(RoutineCall &call) {
  const Shape &shape = call.out[0].type.shape;
  std::array<Broadcast, 3> from{Broadcast(call.in[0].type.shape, shape), Broadcast(call.in[1].type.shape, shape),
                                Broadcast(call.in[2].type.shape, shape)};
  for (std::int64_t i = 0; i < call.out[0].size(); ++i) {
    std::string_view s = text_in(call.in[0], from[0](i));
    std::int64_t position = call.in[1].as<std::int64_t>()[from[1](i)],
                 length = call.in[2].as<std::int64_t>()[from[2](i)];
    auto size = static_cast<std::int64_t>(s.size());
    if (position < -size || position > size)
      throw RoutineError{ErrorKind::Index,
                         fmt::format("position {} is out of range for {} of {} bytes", position, quoted(s), size)};
    auto first = static_cast<std::size_t>(position < 0 ? position + size : position);
    store_text(call.out[0], i, s.substr(first, length < 0 ? s.npos : static_cast<std::size_t>(length)));
  }
}

void routine::string_replace(RoutineCall &call) {
  for (std::int64_t i = 0; i < call.in[0].size(); ++i)
    store_text(call.out[0], i, replaced(text_in(call.in[0], i), call.text("from"), call.text("to"), call.flag("all")));
}

void routine::string_to_number(RoutineCall &call) {
  with_type(call.out[0].type.dtype, [&]<class T>(TypeTag<T>) {
    if constexpr (!std::is_same_v<T, bool> && !std::is_same_v<T, TextElement>)
      for (std::int64_t i = 0; i < call.in[0].size(); ++i)
        call.out[0].as<T>()[i] = number_from<T>(text_in(call.in[0], i), call.out[0].type.dtype);
  });
}

void routine::as_string(RoutineCall &call) {
  DType dtype = call.in[0].type.dtype;
  for (std::int64_t i = 0; i < call.in[0].size(); ++i) {
    const char *element = call.in[0].data + i * static_cast<std::int64_t>(itemsize(dtype));
    if (dtype == DType::Bool)
      store_text(call.out[0], i, std::string_view(*element ? "true" : "false"));
    else
      store_text(call.out[0], i,
                 is_floating(dtype) ? shortest_text(read_real(dtype, element)) : integer_text(dtype, element));
  }
}

void routine::string_reduce_join(RoutineCall &call) {
  Shape kept = call.in[0].type.shape;
  for (std::int64_t axis : call.list("axes"))
    kept[static_cast<int>(axis)] = 1;
  Broadcast to(kept, call.in[0].type.shape);
  std::vector<std::string> joined(static_cast<std::size_t>(call.out[0].size()));
  std::vector<bool> begun(joined.size());
  for (std::int64_t i = 0; i < call.in[0].size(); ++i) {
    auto k = static_cast<std::size_t>(to(i));
    if (begun[k])
      joined[k] += call.text("separator");
    begun[k] = true;
    joined[k] += text_in(call.in[0], i);
  }
  for (std::size_t k = 0; k < joined.size(); ++k)
    store_text(call.out[0], static_cast<std::int64_t>(k), joined[k]);
}

void routine::string_split(RoutineCall &call) {
  std::vector<std::string_view> all = parts(text_in(call.in[0], 0), call.text("separator"));
  call.make(0, Shape{all.size()});
  for (std::size_t k = 0; k < all.size(); ++k)
    store_text(call.out[0], static_cast<std::int64_t>(k), all[k]);
}

} // namespace weft::detail

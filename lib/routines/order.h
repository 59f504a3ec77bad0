// The order of elements that sorting, searching and sets have in common: false before true, numbers, NaN above every
// number, texts by their bytes. For everything but texts it is the order of unsigned numbers, which machines are good
// at.
#pragma once
#include "lib/routines/routine.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

namespace weft::detail {

template <std::size_t bytes> struct UnsignedOf;
template <> struct UnsignedOf<1> {
  using type = std::uint8_t;
};
template <> struct UnsignedOf<2> {
  using type = std::uint16_t;
};
template <> struct UnsignedOf<4> {
  using type = std::uint32_t;
};
template <> struct UnsignedOf<8> {
  using type = std::uint64_t;
};

/// Infinity's bits, above which the magnitudes of NaNs are.
template <class T>
inline constexpr auto infinity_bits =
    std::bit_cast<typename UnsignedOf<sizeof(T)>::type>(std::numeric_limits<T>::infinity());
template <const HalfFormat &format>
inline constexpr auto infinity_bits<HalfNumber<format>> =
    static_cast<std::uint16_t>((2 * format.bias + 1) << format.mantissa_bits);

template <class T> bool is_nan(const T &v) {
  if constexpr (std::is_integral_v<T> || std::is_same_v<T, TextElement>)
    return false;
  else {
    using U = typename UnsignedOf<sizeof(T)>::type;
    constexpr U sign = U(1) << (8 * sizeof(U) - 1);
    return static_cast<U>(std::bit_cast<U>(v) & ~sign) > infinity_bits<T>;
  }
}

/// What is compared: equal elements have equal keys, and NaN's is the largest of all.
template <class T> auto order_key(const T &v) {
  if constexpr (std::is_same_v<T, TextElement>)
    return v.view();
  else {
    using U = typename UnsignedOf<sizeof(T)>::type;
    constexpr U sign = U(1) << (8 * sizeof(U) - 1);
    auto bits = std::bit_cast<U>(v);
    if constexpr (std::is_integral_v<T>)
      return std::is_signed_v<T> ? U(bits ^ sign) : bits;
    else {
      U magnitude = bits & U(~sign), turned = bits & sign ? U(~bits) : U(bits | sign);
      return magnitude > infinity_bits<T> ? U(~U(0)) : magnitude == 0 ? sign : turned;
    }
  }
}
template <class T> using OrderKey = decltype(order_key(std::declval<const T &>()));

/// A bool in a vector of one byte each.
template <class T> using Kept = std::conditional_t<std::is_same_v<T, bool>, std::uint8_t, T>;

template <class T> bool before(const T &a, const T &b) { return order_key(a) < order_key(b); }

/// Whether sets hold a and b as one: NaN is not even equal to itself.
template <class T> bool same_member(const T &a, const T &b) { return order_key(a) == order_key(b) && !is_nan(a); }

/// Sorts by unsigned keys, a byte at a time from the lowest; equal keys keep their order.
template <class Item, class Key> void sort_by_bytes(std::vector<Item> &items, std::vector<Item> &scratch, Key key) {
  constexpr std::size_t bytes = sizeof(key(items[0])), values = 256;
  std::array<std::array<std::size_t, values>, bytes> counts{};
  for (const Item &item : items)
    for (std::size_t b = 0; b < bytes; ++b)
      ++counts[b][static_cast<std::uint8_t>(key(item) >> (8 * b))];
  scratch.resize(items.size());
  for (std::size_t b = 0; b < bytes; ++b) {
    auto byte_of = [&](const Item &item) { return static_cast<std::uint8_t>(key(item) >> (8 * b)); };
    if (counts[b][byte_of(items[0])] == items.size())
      continue;
    std::size_t first = 0;
    for (std::size_t &count : counts[b])
      first += std::exchange(count, first);
    for (const Item &item : items)
      scratch[counts[b][byte_of(item)]++] = item;
    items.swap(scratch);
  }
}

/// Sorts items by their keys, in order or from the largest down; equal keys keep their order. `scratch` is kept from
/// call to call.
template <class Item, class Key>
void sort_items(std::vector<Item> &items, std::vector<Item> &scratch, bool descending, Key key) {
  using K = decltype(key(items[0]));
  if constexpr (std::is_integral_v<K>) {
    // Below, the tables of counts cost more than they save.
    constexpr std::size_t many = 16 * sizeof(K);
    K flip = descending ? static_cast<K>(~K(0)) : K(0);
    if (items.size() >= many)
      sort_by_bytes(items, scratch, [=](const Item &i) { return static_cast<K>(key(i) ^ flip); });
    else
      std::stable_sort(items.begin(), items.end(),
                       [=](const Item &a, const Item &b) { return (key(a) ^ flip) < (key(b) ^ flip); });
  } else
    std::stable_sort(items.begin(), items.end(),
                     [=](const Item &a, const Item &b) { return descending ? key(b) < key(a) : key(a) < key(b); });
}

/// An element's key with its place.
template <class T> struct Ranked {
  OrderKey<T> key;
  std::int64_t index;
};
template <class T> using Ranks = std::vector<Ranked<T>>;

/// The elements x[i * stride] with their places.
template <class T> void rank(const T *x, std::int64_t stride, std::int64_t length, Ranks<T> &ranks) {
  ranks.resize(static_cast<std::size_t>(length));
  for (std::int64_t i = 0; i < length; ++i)
    ranks[static_cast<std::size_t>(i)] = {order_key(x[i * stride]), i};
}
/// In order, or from the largest down; equal ones by their places.
template <class T> void sort_ranks(Ranks<T> &ranks, Ranks<T> &scratch, bool descending) {
  sort_items(ranks, scratch, descending, [](const Ranked<T> &r) { return r.key; });
}

} // namespace weft::detail

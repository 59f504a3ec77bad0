// Tree<T>: how arguments and results of traced functions fall apart into leaves. Tensors, Operands and Variables
// are graph leaves; containers and structs with a Tree specialisation are walked; every other type is a host
// value, part of the signature.
#pragma once
#include <weft/variable.h>

#include <array>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weft {

class Module;

/// Specialise for a struct that holds tensors:
/// `template <> struct weft::Tree<State> { static auto fields(auto &s) { return std::tie(s.w, s.b); } };`
template <class T> struct Tree {};

namespace detail {

/// What walks over leaves: the flattener of a call, the binder of a trace, the collector of results. walk() visits in
/// one fixed order, so leaf k of one walk is leaf k of every other.
class WEFT_API LeafVisitor {
public:
  virtual ~LeafVisitor();
  virtual void tensor(Tensor &t) = 0;
  virtual void operand(Operand &o) = 0;
  virtual void variable(Variable &v) = 0;
  /// A host value: its type, its bytes or hash, and a way to keep, compare and print it.
  struct Host {
    const void *type;  // one address per C++ type
    const void *bytes; // the value's bits, or its hash; valid during the visit only
    std::size_t size;
    const void *object;                        // the value itself
    bool (*equal)(const void *, const void *); // null where the bits are the value, as are clone and destroy
    void *(*clone)(const void *);
    void (*destroy)(void *);
    std::string (*text)(const void *);
  };
  virtual void host(const Host &h) = 0;
  /// The structure before its leaves: a container's size, an optional's state, a map's key.
  virtual void structure(std::uint64_t word) = 0;
};

template <class T> inline constexpr char type_id = 0;
template <class T>
concept HasFields = requires(T &t) { Tree<T>::fields(t); };
template <class T> inline constexpr bool false_for = false;
template <class T, template <class...> class C> inline constexpr bool is_a = false;
template <class... A, template <class...> class C> inline constexpr bool is_a<C<A...>, C> = true;
template <class T> inline constexpr bool is_std_array = false;
template <class T, std::size_t N> inline constexpr bool is_std_array<std::array<T, N>> = true;

template <class T>
concept Container = is_a<T, std::vector> || is_std_array<T> || is_a<T, std::pair> || is_a<T, std::tuple> ||
                    is_a<T, std::optional> || is_a<T, std::map> || is_a<T, std::unordered_map>;

WEFT_API std::string host_number(double v);
WEFT_API std::string host_number(long double v);
WEFT_API std::string host_number(std::int64_t v);
WEFT_API std::string host_number(std::uint64_t v);

template <class T> std::string host_text(const void *p) {
  const T &v = *static_cast<const T *>(p);
  if constexpr (std::is_same_v<T, bool>)
    return v ? "true" : "false";
  else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>)
    return '"' + std::string(v) + '"';
  else if constexpr (std::is_same_v<T, DType>)
    return std::string(name(v));
  else if constexpr (std::is_same_v<T, Shape>)
    return to_string(v);
  else if constexpr (std::is_enum_v<T>)
    return host_number(static_cast<std::int64_t>(v));
  else if constexpr (std::is_same_v<T, long double>)
    return host_number(v);
  else if constexpr (std::is_floating_point_v<T>)
    return host_number(static_cast<double>(v));
  else if constexpr (std::is_unsigned_v<T>)
    return host_number(static_cast<std::uint64_t>(v));
  else if constexpr (std::is_integral_v<T>)
    return host_number(static_cast<std::int64_t>(v));
  else
    return "object";
}

template <class T> void walk_host(const T &v, LeafVisitor &visitor) {
  LeafVisitor::Host h{&type_id<T>, &v, sizeof v, &v, nullptr, nullptr, nullptr, host_text<T>};
  if constexpr (std::is_base_of_v<Module, T>) { // by identity
    std::uint64_t identity = v.identity();
    h.bytes = &identity, h.size = sizeof identity, h.text = [](const void *) -> std::string { return "module"; };
    visitor.host(h);
  } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>) {
    h.bytes = v.data(), h.size = v.size();
    visitor.host(h);
  } else if constexpr (std::is_same_v<T, long double>) {
    if (std::numeric_limits<T>::digits == 64) // x86's extended format: ten bytes, the others are padding
      h.size = 10;
    visitor.host(h);
  } else if constexpr (std::is_same_v<T, Shape>) {
    h.bytes = v.begin(), h.size = v.size() * sizeof(std::int64_t);
    visitor.host(h);
  } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
    visitor.host(h);
  } else {
    static_assert(
        requires {
          { v == v } -> std::convertible_to<bool>;
          std::hash<T>{}(v);
        }, "a host parameter of a traced function is part of its signature: it needs operator== and std::hash, "
           "or a weft::Tree specialisation if it holds tensors");
    static_assert(std::is_copy_constructible_v<T>, "a host parameter of a traced function is kept with its trace");
    std::size_t hash = std::hash<T>{}(v);
    h.bytes = &hash, h.size = sizeof hash;
    h.equal = [](const void *a, const void *b) {
      return bool(*static_cast<const T *>(a) == *static_cast<const T *>(b));
    };
    h.clone = [](const void *p) -> void * { return new T(*static_cast<const T *>(p)); };
    h.destroy = [](void *p) { delete static_cast<T *>(p); };
    visitor.host(h);
  }
}

template <class T> void walk(T &value, LeafVisitor &visitor) {
  if constexpr (std::is_same_v<T, Tensor>)
    visitor.tensor(value);
  else if constexpr (std::is_same_v<T, Operand>)
    visitor.operand(value);
  else if constexpr (std::is_same_v<T, Variable>)
    visitor.variable(value);
  else if constexpr (HasFields<T>)
    std::apply([&](auto &...f) { (walk(f, visitor), ...); }, Tree<T>::fields(value));
  else if constexpr (is_a<T, std::vector>) {
    visitor.structure(value.size());
    if constexpr (std::is_same_v<T, std::vector<bool>>)
      for (bool b : value)
        walk(b, visitor);
    else
      for (auto &e : value)
        walk(e, visitor);
  } else if constexpr (is_std_array<T>) {
    for (auto &e : value)
      walk(e, visitor);
  } else if constexpr (is_a<T, std::pair> || is_a<T, std::tuple>) {
    std::apply([&](auto &...e) { (walk(e, visitor), ...); }, value);
  } else if constexpr (is_a<T, std::optional>) {
    visitor.structure(value.has_value());
    if (value)
      walk(*value, visitor);
  } else if constexpr (is_a<T, std::map>) {
    visitor.structure(value.size());
    for (auto &[k, e] : value) {
      walk_host(k, visitor);
      walk(e, visitor);
    }
  } else if constexpr (is_a<T, std::unordered_map>) {
    static_assert(std::is_same_v<typename T::key_type, std::string>, "an unordered_map argument has string keys");
    std::map<std::string, typename T::mapped_type *> sorted; // a signature must not depend on the hash order
    for (auto &[k, e] : value)
      sorted.emplace(k, &e);
    visitor.structure(value.size());
    for (auto &[k, e] : sorted) {
      walk_host(k, visitor);
      walk(*e, visitor);
    }
  } else
    walk_host(value, visitor);
}

/// Whether walk() takes a type apart into tensors and host values.
template <class T>
inline constexpr bool is_tree =
    std::is_same_v<T, Tensor> || std::is_same_v<T, Operand> || std::is_same_v<T, Variable> || HasFields<T> ||
    std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_same_v<T, Shape> || std::is_same_v<T, std::string>;
template <class E, class A> inline constexpr bool is_tree<std::vector<E, A>> = is_tree<E>;
template <class E, std::size_t N> inline constexpr bool is_tree<std::array<E, N>> = is_tree<E>;
template <class E> inline constexpr bool is_tree<std::optional<E>> = is_tree<E>;
template <class A, class B> inline constexpr bool is_tree<std::pair<A, B>> = is_tree<A> && is_tree<B>;
template <class... E> inline constexpr bool is_tree<std::tuple<E...>> = (is_tree<E> && ...);
template <class K, class E, class... R> inline constexpr bool is_tree<std::map<K, E, R...>> = is_tree<K> && is_tree<E>;
template <class K, class E, class... R>
inline constexpr bool is_tree<std::unordered_map<K, E, R...>> = std::is_same_v<K, std::string> && is_tree<E>;

/// Whether there may be tensors among a tree's leaves.
template <class T>
inline constexpr bool holds_tensors = std::is_base_of_v<Tensor, T> || std::is_same_v<T, Operand> || HasFields<T>;
template <class E, class A> inline constexpr bool holds_tensors<std::vector<E, A>> = is_tree<E> && holds_tensors<E>;
template <class E, std::size_t N>
inline constexpr bool holds_tensors<std::array<E, N>> = is_tree<E> && holds_tensors<E>;
template <class E> inline constexpr bool holds_tensors<std::optional<E>> = is_tree<E> && holds_tensors<E>;
template <class A, class B>
inline constexpr bool holds_tensors<std::pair<A, B>> =
    is_tree<std::pair<A, B>> && (holds_tensors<A> || holds_tensors<B>);
template <class... E>
inline constexpr bool holds_tensors<std::tuple<E...>> = is_tree<std::tuple<E...>> && (holds_tensors<E> || ...);
template <class K, class E, class... R>
inline constexpr bool holds_tensors<std::map<K, E, R...>> = is_tree<std::map<K, E, R...>> && holds_tensors<E>;
template <class K, class E, class... R>
inline constexpr bool holds_tensors<std::unordered_map<K, E, R...>> =
    is_tree<std::unordered_map<K, E, R...>> && holds_tensors<E>;

/// Whether a copy of a T has Tensors of its own. Fields of a user's struct may lie elsewhere.
template <class T>
inline constexpr bool owns_tensors = !std::is_reference_v<T> && !HasFields<T> && !std::is_same_v<T, Operand>;
template <class E, class A> inline constexpr bool owns_tensors<std::vector<E, A>> = owns_tensors<E>;
template <class E, std::size_t N> inline constexpr bool owns_tensors<std::array<E, N>> = owns_tensors<E>;
template <class E> inline constexpr bool owns_tensors<std::optional<E>> = owns_tensors<E>;
template <class A, class B> inline constexpr bool owns_tensors<std::pair<A, B>> = owns_tensors<A> && owns_tensors<B>;
template <class... E> inline constexpr bool owns_tensors<std::tuple<E...>> = (owns_tensors<E> && ...);
template <class K, class E, class... R> inline constexpr bool owns_tensors<std::map<K, E, R...>> = owns_tensors<E>;
template <class K, class E, class... R>
inline constexpr bool owns_tensors<std::unordered_map<K, E, R...>> = owns_tensors<E>;

} // namespace detail
} // namespace weft

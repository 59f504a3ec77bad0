// Conditions of rewritten control flow: the place and the variables of a statement (Site, Names), a truth that is known
// or traced (Cond), and the flags by which loops and functions are left (Flag, Exits).
#pragma once
#include <weft/detail/function_ref.h>
#include <weft/tree.h>

#include <optional>
#include <stdexcept>
#include <type_traits>

namespace weft {

namespace detail {
WEFT_API ValueRef chosen_as(const ValueRef &number, DType dtype, const std::source_location &here);
template <class T> inline constexpr bool is_map = is_a<T, std::map> || is_a<T, std::unordered_map>;
} // namespace detail

/// Whether a trace runs on this thread.
WEFT_API bool tracing();

/// The shape that a tensor keeps in a loop: `weft::dynamic` where a turn may change the size.
struct ShapeInvariant {
  Tensor &tensor;
  Shape shape;
};

/// Options of a loop.
struct LoopOptions {
  std::int64_t maximum_iterations = -1;              ///< turns at most; below 0: no bound
  std::vector<ShapeInvariant> shape_invariants = {}; ///< `{{x, {weft::dynamic, 3}}}`: tensors that the loop carries
};

/// Options for the loop in whose body this is the first statement; weft-autograph moves them there. Anywhere else it
/// has no effect, which is a TraceError while tracing.
WEFT_API void loop_options(const LoopOptions &options, std::source_location loc = std::source_location::current());

namespace ag {

/// Receives the variables of a statement, as the user wrote them, each with the place of its last assignment.
class WEFT_API Names {
public:
  struct Name {
    const Tensor *tensor;
    std::string text;
    SourceLocation assigned;
  };
  explicit Names(const SourceLocation &statement) : statement_(statement) {}
  /// Any type: tensors, and containers and structs (Tree) of them, whose elements are `name[0]`, `name.first`; others
  /// are left out.
  template <class T> void operator()(std::string_view name, const T &value, unsigned line = 0, unsigned column = 0);
  /// The same for what `value` returns, unless there is no such element: then it throws std::out_of_range.
  template <class F> void element(std::string_view name, F value, unsigned line, unsigned column) {
    try {
      (*this)(name, value(), line, column);
    } catch (const std::out_of_range &) {
    }
  }
  const std::vector<Name> &all() const { return names_; }

private:
  template <class T> void leaves(const std::string &name, T &value, const SourceLocation &assigned);
  void add(const Tensor &t, std::string name, const SourceLocation &assigned);

  SourceLocation statement_;
  std::vector<Name> names_;
};

/// The place of a statement in the user's source, and the variables that it assigns. Lives as long as the statement
/// runs.
class Site {
public:
  using Naming = detail::FunctionRef<void(Names &)>;
  Site(unsigned line, unsigned column, std::source_location here = std::source_location::current())
      : loc_(here), here_(here) {
    loc_.line = line, loc_.column = column;
  }
  template <class F>
    requires std::is_invocable_v<F &, Names &>
  Site(unsigned line, unsigned column, F &&names, std::source_location here = std::source_location::current())
      : Site(line, column, here) {
    naming_.emplace(names);
  }
  /// Of a statement written by hand. `line` 0 stands for an unknown place.
  explicit Site(const std::source_location &here) : loc_(here), here_(here) {}
  explicit Site(const SourceLocation &loc) : loc_(loc) {}
  /// The same place with other names.
  Site(const Site &o, Naming naming) : loc_(o.loc_), here_(o.here_), naming_(naming) {}

  const SourceLocation &loc() const { return loc_; }
  const std::source_location &here() const { return here_; }
  void name(Names &names) const {
    if (naming_)
      (*naming_)(names);
  }

private:
  SourceLocation loc_;
  std::source_location here_; // about the same, as operations take it
  std::optional<Naming> naming_;
};

/// The truth of a condition: known now (every C++ bool is, and eagerly every tensor), or a tensor of the trace.
class WEFT_API Cond {
public:
  template <std::same_as<bool> B> Cond(B known) : known_(known) {}
  /// A bool tensor of one element; a DTypeError or ShapeError that names the statement ("if", "&&") unless it is.
  Cond(const Tensor &t, const Site &site, const char *statement);

  bool known() const { return !traced_; }
  /// The truth of one that is known.
  bool value() const { return known_; }
  operator Tensor() const;
  operator Operand() const;
  /// As a Tensor's: a TraceError unless the truth is known.
  explicit operator bool() const;

private:
  detail::ValueRef traced_; // bool, of rank 0
  bool known_ = false;
  std::source_location here_;
};

/// A C++ number or text chosen by a tensor: what `c ? 1 : 2` gives. It converts to a Tensor, and beside tensors it is
/// as weak as the number itself.
template <class T> class Chosen {
public:
  using value_type = T;
  Chosen(T known, const std::source_location &here) : known_(std::move(known)), here_(here) {}
  Chosen(const Tensor &traced, const std::source_location &here) : traced_(traced.checked(here)), here_(here) {}
  /// As C++ converts the numbers.
  template <class U>
  Chosen(const Chosen<U> &o)
      : known_(o.known_),
        traced_(o.traced_ ? detail::chosen_as(o.traced_, Tensor(known_).dtype(), o.here_) : o.traced_), here_(o.here_) {
  }
  operator Tensor() const { return traced_ ? Tensor(traced_) : Tensor(known_); }
  operator Operand() const {
    Operand o(known_, here_);
    if (traced_)
      o.bind(traced_);
    return o;
  }

private:
  template <class U> friend class Chosen;
  T known_ = {};
  detail::ValueRef traced_;
  std::source_location here_;
};

/// Whether a loop or function was left by a break, continue or return. Known until a traced region sets it: a plain
/// bool eagerly.
class WEFT_API Flag {
public:
  Flag() {
    if (tracing())
      trace();
  }
  Flag(const Flag &) = delete;
  Flag &operator=(const Flag &) = delete;
  void set() { traced_ ? assign(true) : void(known_ = true); }
  /// Whether it is known to be set.
  bool is_set() const { return traced_ ? known_set() : known_; }

  // For the runtime.
  void assign(bool value);
  Cond cond() const;

private:
  void trace();
  bool known_set() const;

  bool known_ = false;
  std::optional<Tensor> traced_; // in a trace: control flow merges it
};

/// The flags that leave a loop (null: none), and its options.
struct Exits {
  Exits(Flag *broken = nullptr, Flag *returned = nullptr, LoopOptions options = {})
      : broken(broken), returned(returned), options(std::move(options)) {}
  Exits(Flag *broken, LoopOptions options) : Exits(broken, nullptr, std::move(options)) {}
  Exits(LoopOptions options) : Exits(nullptr, nullptr, std::move(options)) {}

  bool left() const { return (broken && broken->is_set()) || (returned && returned->is_set()); }
  /// Whether turn number `turn` may run.
  bool goes_on(std::int64_t turn) const {
    return !left() && (options.maximum_iterations < 0 || turn < options.maximum_iterations);
  }

  Flag *broken, *returned;
  LoopOptions options;
};

/// `of[key]` that inserts nothing: std::out_of_range where a standard container has no such element.
template <class C, class K> decltype(auto) element(C &of, const K &key) {
  if constexpr (detail::is_map<std::remove_const_t<C>>)
    return (of.at(typename C::key_type(key)));
  else if constexpr (requires { typename C::allocator_type; } || detail::is_std_array<std::remove_const_t<C>>)
    return (of.at(static_cast<std::size_t>(key)));
  else
    return of[key];
}

template <class T> void Names::operator()(std::string_view name, const T &value, unsigned line, unsigned column) {
  SourceLocation assigned = statement_;
  assigned.line = line, assigned.column = column;
  if constexpr (std::is_array_v<T>) {
    std::size_t k = 0;
    for (auto &e : value)
      leaves(std::string(name) + '[' + std::to_string(k++) + ']', const_cast<std::remove_cvref_t<decltype(e)> &>(e),
             assigned);
  } else
    leaves(std::string(name), const_cast<std::remove_cv_t<T> &>(value), assigned);
}
template <class T>
void Names::leaves([[maybe_unused]] const std::string &name, [[maybe_unused]] T &value,
                   [[maybe_unused]] const SourceLocation &assigned) {
  if constexpr (!detail::holds_tensors<T>)
    return;
  else if constexpr (std::is_base_of_v<Tensor, T>)
    add(value, name, assigned);
  else if constexpr (detail::is_a<T, std::vector> || detail::is_std_array<T>) {
    std::size_t k = 0;
    for (auto &e : value)
      leaves(name + '[' + std::to_string(k++) + ']', e, assigned);
  } else if constexpr (detail::is_a<T, std::pair>) {
    leaves(name + ".first", value.first, assigned);
    leaves(name + ".second", value.second, assigned);
  } else if constexpr (detail::is_a<T, std::tuple>) {
    std::size_t k = 0;
    std::apply([&](auto &...e) { (leaves("std::get<" + std::to_string(k++) + ">(" + name + ')', e, assigned), ...); },
               value);
  } else if constexpr (detail::is_a<T, std::optional>) {
    if (value)
      leaves('*' + name, *value, assigned);
  } else if constexpr (detail::is_a<T, std::map> || detail::is_a<T, std::unordered_map>) {
    for (auto &[k, e] : value)
      leaves(name + '[' + detail::host_text<std::remove_cvref_t<decltype(k)>>(&k) + ']', e, assigned);
  } else if constexpr (detail::HasFields<T>) {
    std::size_t k = 0; // fields have no names that could be had
    std::apply([&](auto &...e) { (leaves(name + '.' + std::to_string(k++), e, assigned), ...); },
               Tree<T>::fields(value));
  }
}

} // namespace ag

namespace detail {

using Block = FunctionRef<void()>;

template <class T>
inline constexpr bool is_tensor_like =
    std::is_base_of_v<Tensor, std::remove_cvref_t<T>> || std::is_same_v<std::remove_cvref_t<T>, Variable> ||
    std::is_same_v<std::remove_cvref_t<T>, Operand>;
template <class T> inline constexpr bool is_chosen = is_a<T, ag::Chosen>;
/// A condition that is a C++ value, whatever is traced.
template <class T>
inline constexpr bool is_host =
    !is_tensor_like<T> && !std::is_same_v<std::remove_cvref_t<T>, ag::Cond> && !is_chosen<std::remove_cvref_t<T>>;

/// What `if (c)` makes of c, for types whose conversion is not const too.
template <class C> bool truth(const C &c) { return static_cast<bool>(const_cast<C &>(c)); }

/// Whether a number that a tensor chose is not 0.
WEFT_API ag::Cond number_cond(const Operand &number, const ag::Site &site);

template <class C> ag::Cond condition(const C &c, const ag::Site &site, const char *statement) {
  if constexpr (std::is_same_v<C, ag::Cond>)
    return c;
  else if constexpr (std::is_same_v<C, Operand>)
    return ag::Cond(Tensor(c.value()), site, statement);
  else if constexpr (std::is_same_v<C, Variable>)
    return ag::Cond(c.value(site.here()), site, statement);
  else if constexpr (is_tensor_like<C>)
    return ag::Cond(c, site, statement);
  else if constexpr (is_chosen<C>)
    return number_cond(c, site);
  else
    return truth(c);
}

} // namespace detail
} // namespace weft

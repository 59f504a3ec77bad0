// What weft-autograph rewrites native control flow to. Run eagerly these are plain C++ control flow; while a function
// is traced, a tensor condition becomes a region of the graph and a C++ bool still decides at once. The forms that are
// written by hand are in control_flow.h. The templates here only tell types apart; the work is in
// lib/function/autograph.cpp.
#pragma once
#include <weft/detail/function_ref.h>
#include <weft/tree.h>

#include <memory>
#include <optional>
#include <type_traits>

namespace weft {

class Range;

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
  Chosen(T known, const std::source_location &here) : known_(std::move(known)), here_(here) {}
  Chosen(const Tensor &traced, const std::source_location &here) : traced_(traced.checked(here)), here_(here) {}
  operator Tensor() const { return traced_ ? Tensor(traced_) : Tensor(known_); }
  operator Operand() const {
    Operand o(known_, here_);
    if (traced_)
      o.bind(traced_);
    return o;
  }

private:
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

/// A condition that `unrolled` made: the loop runs on the host, and where its tensor part fails it is left.
struct Unrolled {
  Cond cond;
};
/// A loop's step that changes what lives outside of the loop.
template <class F> struct [[nodiscard]] Guarded {
  F step;
  void operator()() { step(); }
};

} // namespace ag

namespace detail {

class Tracer;
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

WEFT_API void if_stmt(const ag::Site &site, const ag::Cond &cond, Block then, Block otherwise);
/// A value of each side, merged.
WEFT_API Tensor if_exp(const ag::Site &site, const ag::Cond &cond, FunctionRef<Tensor()> then,
                       FunctionRef<Tensor()> otherwise);
WEFT_API ag::Cond if_cond(const ag::Site &site, const ag::Cond &cond, FunctionRef<ag::Cond()> then,
                          FunctionRef<ag::Cond()> otherwise);
WEFT_API ag::Cond and_cond(const ag::Site &site, const ag::Cond &a, FunctionRef<ag::Cond()> b);
WEFT_API ag::Cond or_cond(const ag::Site &site, const ag::Cond &a, FunctionRef<ag::Cond()> b);
WEFT_API ag::Cond not_cond(const ag::Site &site, const ag::Cond &a);
WEFT_API Tensor not_tensor(const Operand &a);
WEFT_API ag::Cond clear_cond(std::initializer_list<const ag::Flag *> flags);

/// Loops whose condition may be a tensor. The flags are looked at before the condition.
WEFT_API void loop(const ag::Site &site, const ag::Exits &exits, FunctionRef<ag::Cond()> cond, Block step, Block body);
WEFT_API void do_loop(const ag::Site &site, const ag::Exits &exits, Block body, FunctionRef<ag::Cond()> cond);
/// Loops that run on the host while tracing. Where `cond` is a tensor, the loop is left when that fails.
WEFT_API void host_loop(const ag::Site &site, const ag::Exits &exits, FunctionRef<ag::Cond()> cond, Block step,
                        Block body);
WEFT_API void host_do_loop(const ag::Site &site, const ag::Exits &exits, Block body, FunctionRef<bool()> cond);
WEFT_API void for_range(const ag::Site &site, const ag::Exits &exits, const Range &range,
                        FunctionRef<void(Tensor &&)> body);
WEFT_API void for_rows(const ag::Site &site, const ag::Exits &exits, const Tensor &rows,
                       FunctionRef<void(Tensor &&)> body);

/// The turns of a host loop while tracing: each runs under the flags that are not known.
class WEFT_API HostTurns {
public:
  /// `failed`: another flag that ends the loop, or null.
  HostTurns(const ag::Site &site, const ag::Exits &exits, ag::Flag *failed = nullptr)
      : site_(site), exits_(exits), failed_(failed) {}
  /// One turn; false when the loop is over.
  bool run(Block turn);

private:
  const ag::Site &site_;
  const ag::Exits &exits_;
  ag::Flag *failed_;
  std::int64_t turns_ = 0, guarded_ = 0;
};

/// A loop over a host container, unrolled while tracing.
template <class R, class B> void for_container(const ag::Site &site, const ag::Exits &exits, R &&range, B &body) {
  if (tracing()) {
    HostTurns turns(site, exits);
    for (auto &&e : range)
      if (!turns.run([&] { body(std::forward<decltype(e)>(e)); }))
        return;
  } else {
    std::int64_t turn = 0;
    for (auto &&e : range) {
      if (!exits.goes_on(turn++))
        return;
      body(std::forward<decltype(e)>(e));
    }
  }
}

[[noreturn]] WEFT_API void host_choice(const ag::Site &site);

/// The tensors of a result that is set on several ways through a traced function.
class WEFT_API ResultSlots {
public:
  explicit ResultSlots(const ag::Site &site);
  ~ResultSlots();
  ResultSlots(const ResultSlots &) = delete;
  bool traced() const { return tracer_; }
  /// A set in a traced region, of a result that holds tensors: `walk` visits it, and its tensors are taken out.
  void set(FunctionRef<void(LeafVisitor &)> walk, const SourceLocation &where);
  /// A set of a result without tensors: a TraceError in a region that was opened after the result was made.
  void set_host(bool known_type, const SourceLocation &where) const;
  /// Puts the tensors back.
  void take(FunctionRef<void(LeafVisitor &)> walk);
  [[noreturn]] void missing() const;

private:
  struct State;
  Tracer *tracer_;
  std::size_t statements_ = 0; // open when it was made
  SourceLocation where_;
  std::unique_ptr<State> state_;
};

} // namespace detail

namespace ag {

/// The result of a function that returns under traced conditions. Eagerly it only holds the value.
template <class T> class Ret {
public:
  explicit Ret(const Site &site) : slots_(site) {}
  /// `return v;` at line:column. While tracing, results that are set on several ways must agree in dtypes, ranks,
  /// structure and host values; one without tensors cannot depend on a traced condition (TraceError).
  void set(T v, unsigned line, unsigned column, std::source_location file = std::source_location::current()) {
    if (slots_.traced()) {
      SourceLocation where = file;
      where.line = line, where.column = column;
      if constexpr (detail::holds_tensors<T>) {
        slots_.set([&](detail::LeafVisitor &visitor) { detail::walk(v, visitor); }, where);
        if (value_) // all have its structure, and its tensors live from one statement to the next
          return;
      } else
        slots_.set_host(detail::is_tree<T>, where);
    }
    value_.emplace(std::move(v));
  }
  T take() {
    if (!value_)
      slots_.missing();
    if constexpr (detail::holds_tensors<T>)
      if (slots_.traced())
        slots_.take([&](detail::LeafVisitor &visitor) { detail::walk(*value_, visitor); });
    return std::move(*value_);
  }

private:
  detail::ResultSlots slots_;
  std::optional<T> value_;
};

/// Stands where a host variable is about to be changed, or an exception thrown, inside of what was opened after the
/// Host was made.
class WEFT_API Host {
public:
  Host();
  /// A TraceError with this message in a traced region.
  void changed(std::string_view message, unsigned line, unsigned column,
               std::source_location file = std::source_location::current()) const;
  /// The same for a variable of type X: tensors and Variables may change.
  template <class X>
  void changed(std::string_view message, unsigned line, unsigned column,
               std::source_location file = std::source_location::current()) const {
    if constexpr (!detail::is_tensor_like<X>)
      changed(message, line, column, file);
  }

private:
  std::uint64_t trace_ = 0;
  std::size_t depth_ = 0;
};

/// As the first statement of a function: weft-autograph leaves the function alone.
inline void do_not_convert() {}

/// Whether none of the flags is set.
template <std::same_as<Flag>... F> Cond clear(const F *...flags) { return detail::clear_cond({flags...}); }

/// Whether a condition of this type may be a tensor of the trace.
template <class C> inline constexpr bool is_traceable = !detail::is_host<C>;

/// What a probe returns, a lambda that is never called: whether a tensor of the trace may decide one of these conditions.
template <class... C> std::bool_constant<(is_traceable<C> || ...)> probe(const C &...) { return {}; }

/// The condition of `while (true)`: with `Traced` the loop is one of the graph.
template <bool Traced> auto always() {
  if constexpr (Traced)
    return Cond(true);
  else
    return true;
}
/// The condition of a loop that must run on the host, because it changes host variables.
template <class C> Unrolled unrolled(const C &cond, std::source_location here = std::source_location::current()) {
  return {detail::condition(cond, Site(here), "loop")};
}
/// A step that changes host variables of outside: it is skipped where the flags are set, so it runs under them.
template <class F> Guarded<std::decay_t<F>> guarded(F &&step) { return {std::forward<F>(step)}; }

/// `if (c) then(); else otherwise();`
template <class C, class F, class G> void if_stmt(const Site &site, const C &c, F &&then, G &&otherwise) {
  if constexpr (!detail::is_host<C>)
    detail::if_stmt(site, detail::condition(c, site, "if"), then, otherwise);
  else if (detail::truth(c))
    then();
  else
    otherwise();
}
template <class C, class F> void if_stmt(const Site &site, const C &c, F &&then) {
  ag::if_stmt(site, c, then, [] {});
}
/// `if (c) then(); else otherwise();` where `otherwise` jumps: the statements after the if run after `then` only.
template <class C, class F, class G, class R>
void if_rest(const Site &site, const C &c, F &&then, G &&otherwise, R &&rest) {
  ag::if_stmt(site, c, [&] { then(), rest(); }, otherwise);
}

/// `for (; cond(); step()) body();`. A tensor condition makes it one loop of the graph.
template <class C, class S, class B> void loop(const Site &site, const Exits &exits, C &&cond, S &&step, B &&body) {
  using K = std::remove_cvref_t<decltype(cond())>;
  if constexpr (std::is_same_v<K, Unrolled>)
    detail::host_loop(site, exits, [&] { return cond().cond; }, step, body);
  else if constexpr (!detail::is_host<K>)
    detail::loop(site, exits, [&] { return detail::condition(cond(), site, "while"); }, step, body);
  else if (tracing())
    detail::host_loop(site, exits, [&] { return Cond(static_cast<bool>(cond())); }, step, body);
  else
    for (std::int64_t turn = 0; exits.goes_on(turn) && static_cast<bool>(cond()); ++turn) {
      body();
      if (exits.left())
        return;
      step();
    }
}
/// `do body(); while (cond());`
template <class B, class C> void do_loop(const Site &site, const Exits &exits, B &&body, C &&cond) {
  using K = std::remove_cvref_t<decltype(cond())>;
  if constexpr (std::is_same_v<K, Unrolled>)
    detail::host_loop(
        site, exits, [&, first = true]() mutable { return std::exchange(first, false) ? Cond(true) : cond().cond; },
        [] {}, body);
  else if constexpr (!detail::is_host<K>)
    detail::do_loop(site, exits, body, [&] { return detail::condition(cond(), site, "while"); });
  else
    detail::host_do_loop(site, exits, body, [&] { return static_cast<bool>(cond()); });
}
/// `for (auto &&e : range) body(e);`: over a Range or a Tensor's rows one loop of the graph, over a host container
/// unrolled.
template <class R, class B> void for_loop(const Site &site, const Exits &exits, R &&range, B &&body) {
  if constexpr (std::is_base_of_v<Range, std::remove_cvref_t<R>>)
    detail::for_range(site, exits, range, [&](Tensor &&e) { body(std::move(e)); });
  else if constexpr (std::is_base_of_v<Tensor, std::remove_cvref_t<R>>)
    detail::for_rows(site, exits, range, [&](Tensor &&e) { body(std::move(e)); });
  else
    detail::for_container(site, exits, range, body);
}
template <class E, class B>
void for_loop(const Site &site, const Exits &exits, std::initializer_list<E> range, B &&body) {
  detail::for_container(site, exits, range, body);
}

} // namespace ag

namespace detail {

/// The type of `c ? f() : g()`. A side that only throws has none.
template <class A, class B> struct CommonType {
  using type = std::common_type_t<A, B>;
};
template <class A> struct CommonType<A, void> {
  using type = A;
};
template <class B> struct CommonType<void, B> {
  using type = B;
};
template <> struct CommonType<void, void> {
  using type = void;
};

template <class T>
inline constexpr bool is_text =
    std::is_same_v<T, const char *> || std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>;

/// `c ? then() : otherwise()` of a condition that may be a tensor.
template <class T, class F, class G> auto choose(const ag::Site &site, const ag::Cond &c, F &then, G &otherwise) {
  if constexpr (std::is_void_v<T>)
    detail::if_stmt(site, c, then, otherwise);
  else if constexpr (std::is_convertible_v<T, Tensor> && !Scalar<T> && !is_text<T> && !is_chosen<T> &&
                     !std::is_same_v<T, ag::Cond>)
    return detail::if_exp(site, c, [&] { return Tensor(then()); }, [&] { return Tensor(otherwise()); });
  else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, ag::Cond>)
    return detail::if_cond(site, c, [&] { return ag::Cond(then()); }, [&] { return ag::Cond(otherwise()); });
  else if constexpr (Scalar<T> || is_text<T>) {
    using V = std::conditional_t<is_text<T>, std::string, T>;
    if (c.known())
      return ag::Chosen<V>(c.value() ? V(T(then())) : V(T(otherwise())), site.here());
    return ag::Chosen<V>(detail::if_exp(
                             site, c, [&] { return Tensor(V(T(then()))); }, [&] { return Tensor(V(T(otherwise()))); }),
                         site.here());
  } else if constexpr (is_chosen<T>) {
    if (c.known())
      return c.value() ? T(then()) : T(otherwise());
    return T(detail::if_exp(
                 site, c, [&] { return Tensor(T(then())); }, [&] { return Tensor(T(otherwise())); }),
             site.here());
  } else {
    if (c.known())
      return c.value() ? T(then()) : T(otherwise());
    if constexpr (holds_tensors<T>) {
      ag::Ret<T> result(site);
      std::uint32_t line = site.loc().line, column = site.loc().column;
      detail::if_stmt(
          site, c, [&] { result.set(then(), line, column, site.here()); },
          [&] { result.set(otherwise(), line, column, site.here()); });
      return result.take();
    } else
      detail::host_choice(site);
  }
}

} // namespace detail

namespace ag {

/// `c ? then() : otherwise()`, both converted to their common type first; only one side runs. With a tensor condition:
/// a Tensor, a container or struct (Tree) of them, a C++ number or text (Chosen); other types are a TraceError while
/// tracing.
template <class C, class F, class G> auto if_exp(const Site &site, const C &c, F &&then, G &&otherwise) {
  using T = typename detail::CommonType<std::decay_t<decltype(then())>, std::decay_t<decltype(otherwise())>>::type;
  if constexpr (!detail::is_host<C>)
    return detail::choose<T>(site, detail::condition(c, site, "?:"), then, otherwise);
  else if constexpr (std::is_void_v<T>) {
    if (detail::truth(c))
      then();
    else
      otherwise();
  } else {
    auto value = [](auto &side) -> T {
      if constexpr (std::is_void_v<decltype(side())>) {
        side();
        __builtin_unreachable(); // what has no value only throws
      } else
        return side();
    };
    return detail::truth(c) ? value(then) : value(otherwise);
  }
}
/// `a && b()`: the right side runs only if the left does not decide. A bool of two C++ values, a Tensor of two tensors,
/// else a Cond.
template <class A, class F> auto and_(const Site &site, const A &a, F &&b) {
  using B = std::remove_cvref_t<decltype(b())>;
  if constexpr (detail::is_host<A> && detail::is_host<B>)
    return detail::truth(a) && static_cast<bool>(b());
  else {
    Cond r =
        detail::and_cond(site, detail::condition(a, site, "&&"), [&] { return detail::condition(b(), site, "&&"); });
    if constexpr (detail::is_tensor_like<A> && detail::is_tensor_like<B>)
      return Tensor(r);
    else
      return r;
  }
}
/// `a || b()`, as and_.
template <class A, class F> auto or_(const Site &site, const A &a, F &&b) {
  using B = std::remove_cvref_t<decltype(b())>;
  if constexpr (detail::is_host<A> && detail::is_host<B>)
    return detail::truth(a) || static_cast<bool>(b());
  else {
    Cond r =
        detail::or_cond(site, detail::condition(a, site, "||"), [&] { return detail::condition(b(), site, "||"); });
    if constexpr (detail::is_tensor_like<A> && detail::is_tensor_like<B>)
      return Tensor(r);
    else
      return r;
  }
}
/// `!a`: logical_not of a tensor, of any shape.
template <class A> auto not_(const Site &site, const A &a) {
  if constexpr (detail::is_host<A>)
    return !detail::truth(a);
  else if constexpr (detail::is_tensor_like<A>)
    return detail::not_tensor(Operand(a, site.here()));
  else
    return detail::not_cond(site, detail::condition(a, site, "!"));
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
} // namespace weft

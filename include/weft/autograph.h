// What weft-autograph rewrites native control flow to. Run eagerly these are plain C++ control flow; while a function
// is traced, a tensor condition becomes a region of the graph and a C++ bool still decides at once. The forms that are
// written by hand are in control_flow.h. The templates here only tell types apart; the work is in
// lib/function (autograph.cpp, loops.cpp,
// result_slots.cpp).
#pragma once
#include <weft/condition.h>

#include <memory>

namespace weft {

class Range;

namespace ag {

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
  /// `to = from`: a TraceError in a traced region unless what is not tensors is the same in both.
  template <class T, class F>
  T &assign(T &to, std::type_identity_t<T> from, F same, std::string_view message, unsigned line, unsigned column,
            std::source_location file = std::source_location::current()) const {
    if (trace_ && !same(to, from))
      changed(message, line, column, file);
    return to = std::move(from);
  }
  /// `map[key]`: a TraceError where that would make an element in a traced region.
  template <class M>
    requires detail::is_map<M>
  auto &element(M &map, const std::type_identity_t<typename M::key_type> &key, std::string_view message, unsigned line,
                unsigned column, std::source_location file = std::source_location::current()) const {
    if (trace_ && !map.contains(key))
      changed(message, line, column, file);
    return map[key];
  }
  /// Another type's, in an instantiation.
  template <class C, class K>
    requires(!detail::is_map<std::remove_cvref_t<C>>)
  decltype(auto) element(C &&of, K &&key, std::string_view, unsigned, unsigned) const {
    return std::forward<C>(of)[std::forward<K>(key)];
  }

private:
  std::uint64_t trace_ = 0;
  std::size_t depth_ = 0;
};

/// Whether two objects are equal in what is not tensors; other classes' own state is not looked at.
template <class T> bool same(const T &a, const T &b) {
  if constexpr (std::is_scalar_v<T> || detail::is_a<T, std::basic_string>)
    return a == b;
  else if constexpr (detail::is_a<T, std::pair>)
    return ag::same(a.first, b.first) && ag::same(a.second, b.second);
  else if constexpr (detail::is_a<T, std::tuple>)
    return [&]<std::size_t... K>(std::index_sequence<K...>) {
      return (ag::same(std::get<K>(a), std::get<K>(b)) && ...);
    }(std::make_index_sequence<std::tuple_size_v<T>>());
  else
    return true;
}
/// Whether objects of this type may be assigned under any condition.
template <class T> inline constexpr bool is_free = detail::is_tensor_like<T>;

/// As the first statement of a function: weft-autograph leaves the function alone.
inline void do_not_convert() {}

/// Whether none of the flags is set.
template <std::same_as<Flag>... F> Cond clear(const F *...flags) { return detail::clear_cond({flags...}); }

/// Whether a condition of this type may be a tensor of the trace.
template <class C> inline constexpr bool is_traceable = !detail::is_host<C>;

/// What a probe returns, a lambda that is never called: whether a tensor of the trace may decide one of these
/// conditions.
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

template <class T>
inline constexpr bool is_text =
    std::is_same_v<T, const char *> || std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>;

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
// A number beside one that a tensor chose: `c ? d ? 1 : 2 : 3`.
template <class A, class B> struct CommonType<ag::Chosen<A>, ag::Chosen<B>> {
  using type = ag::Chosen<std::common_type_t<A, B>>;
};
template <class A, class B>
  requires Scalar<B> || is_text<B>
struct CommonType<ag::Chosen<A>, B> {
  using type = ag::Chosen<std::common_type_t<A, B>>;
};
template <class A, class B>
  requires Scalar<A> || is_text<A>
struct CommonType<A, ag::Chosen<B>> {
  using type = ag::Chosen<std::common_type_t<A, B>>;
};

/// What a side of `?:` gives, as the common type. One without a value only throws.
template <class T, class F> T side_of(F &side, const std::source_location &here) {
  using S = std::remove_cvref_t<decltype(side())>;
  if constexpr (std::is_void_v<S>) {
    side();
    __builtin_unreachable();
  } else if constexpr (is_chosen<T> && !is_chosen<S>)
    return T(static_cast<typename T::value_type>(side()), here);
  else
    return static_cast<T>(side());
}

/// `c ? then() : otherwise()` of a condition that may be a tensor.
template <class T, class F, class G> auto choose(const ag::Site &site, const ag::Cond &c, F &then, G &otherwise) {
  if constexpr (std::is_void_v<T>)
    detail::if_stmt(site, c, then, otherwise);
  else if constexpr (std::is_convertible_v<T, Tensor> && !Scalar<T> && !is_text<T> && !is_chosen<T> &&
                     !std::is_same_v<T, ag::Cond>)
    return detail::if_exp(
        site, c, [&] { return Tensor(side_of<T>(then, site.here())); },
        [&] { return Tensor(side_of<T>(otherwise, site.here())); });
  else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, ag::Cond>)
    return detail::if_cond(
        site, c, [&] { return ag::Cond(side_of<T>(then, site.here())); },
        [&] { return ag::Cond(side_of<T>(otherwise, site.here())); });
  else if constexpr (Scalar<T> || is_text<T>) {
    using V = std::conditional_t<is_text<T>, std::string, T>;
    if (c.known())
      return ag::Chosen<V>(c.value() ? V(side_of<T>(then, site.here())) : V(side_of<T>(otherwise, site.here())),
                           site.here());
    return ag::Chosen<V>(detail::if_exp(
                             site, c, [&] { return Tensor(V(side_of<T>(then, site.here()))); },
                             [&] { return Tensor(V(side_of<T>(otherwise, site.here()))); }),
                         site.here());
  } else if constexpr (is_chosen<T>) {
    if (c.known())
      return c.value() ? side_of<T>(then, site.here()) : side_of<T>(otherwise, site.here());
    return T(detail::if_exp(
                 site, c, [&] { return Tensor(side_of<T>(then, site.here())); },
                 [&] { return Tensor(side_of<T>(otherwise, site.here())); }),
             site.here());
  } else {
    if (c.known())
      return c.value() ? side_of<T>(then, site.here()) : side_of<T>(otherwise, site.here());
    if constexpr (holds_tensors<T>) {
      ag::Ret<T> result(site);
      std::uint32_t line = site.loc().line, column = site.loc().column;
      detail::if_stmt(
          site, c, [&] { result.set(side_of<T>(then, site.here()), line, column, site.here()); },
          [&] { result.set(side_of<T>(otherwise, site.here()), line, column, site.here()); });
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
  } else
    return detail::truth(c) ? detail::side_of<T>(then, site.here()) : detail::side_of<T>(otherwise, site.here());
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

} // namespace ag
} // namespace weft

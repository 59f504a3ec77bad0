// Control flow over tensors: ranges, statements that are written by hand (namespace ag), and the functional forms. Run
// eagerly they are plain C++ control flow; while tracing each region is traced once and becomes scf.if, scf.for or
// scf.while.
#pragma once
#include <weft/autograph.h>

#include <optional>
#include <tuple>
#include <utility>

namespace weft {

class RangeIterator;
struct RangeEnd {};

/// The numbers start, start + step, … before stop. `int` and narrower give int32, wider int64, a Tensor its dtype.
class WEFT_API Range {
public:
  Range(const Operand &start, const Operand &stop, const Operand &step);
  RangeIterator begin() const;
  RangeEnd end() const { return {}; }
  const Tensor &start() const { return start_; }
  const Tensor &stop() const { return stop_; }
  const Tensor &step() const { return step_; }
  const SourceLocation &loc() const { return loc_; }

private:
  Tensor start_, stop_, step_; // of one dtype
  SourceLocation loc_;
};
/// 0, 1, … before `stop`. Bounds are integers of rank 0 (DTypeError, ShapeError); tensors among them decide the dtype,
/// and a C++ number that does not fit into it is a DTypeError.
inline Range range(const Operand &stop) { return Range(Operand(0, {}), stop, Operand(1, {})); }
/// start, start + 1, … before `stop`.
inline Range range(const Operand &start, const Operand &stop) { return Range(start, stop, Operand(1, {})); }
/// start, start + step, … before `stop`, downwards where the step is negative; a step of zero is a CheckError.
inline Range range(const Operand &start, const Operand &stop, const Operand &step) { return Range(start, stop, step); }

namespace detail {
class Tracer;
struct LoopState; // an open loop of the tracer
/// The shared half of the iterators of `for (Tensor i : …)`. While tracing it opens a graph loop when made, gives its
/// body one turn and closes it at ++; what is destroyed open was left by a break or an exception. Eagerly it counts.
class WEFT_API LoopCursor {
public:
  explicit LoopCursor(const Range &r, const ag::Site *site = nullptr);
  LoopCursor(const Tensor &rows, const SourceLocation &loc, const ag::Site *site = nullptr);
  LoopCursor(LoopCursor &&o) noexcept;
  LoopCursor &operator=(LoopCursor &&) = delete;
  ~LoopCursor();
  bool more() const { return turn_ < turns_; }
  Tensor current() const;
  void advance();

private:
  Tracer *tracer_ = nullptr; // null when run eagerly
  LoopState *state_ = nullptr;
  int exceptions_ = 0;    // in flight when the loop was opened
  ValueRef first_, step_; // eager: start and step; for rows, the tensor
  std::uint64_t turn_ = 0, turns_ = 1;
};
} // namespace detail

class RangeIterator {
public:
  explicit RangeIterator(const Range &r) : cursor_(r) {}
  bool operator!=(RangeEnd) const { return cursor_.more(); }
  Tensor operator*() const { return cursor_.current(); }
  RangeIterator &operator++() {
    cursor_.advance();
    return *this;
  }

private:
  detail::LoopCursor cursor_;
};
inline RangeIterator Range::begin() const { return RangeIterator(*this); }

class RowIterator {
public:
  RowIterator(const Tensor &rows, const SourceLocation &loc) : cursor_(rows, loc) {}
  bool operator!=(RowEnd) const { return cursor_.more(); }
  Tensor operator*() const { return cursor_.current(); }
  RowIterator &operator++() {
    cursor_.advance();
    return *this;
  }

private:
  detail::LoopCursor cursor_;
};

/// The statements that native control flow is rewritten to, as they are written by hand. A host condition decides while
/// tracing; a tensor condition becomes graph control flow: bool dtype, one element.
namespace ag {

/// `if (cond) then(); else otherwise();`. A DTypeError or ShapeError unless a tensor condition is one bool.
template <class C, class F, class G>
  requires(!std::is_same_v<C, Site> && std::is_invocable_v<F &> && std::is_invocable_v<G &>)
void if_stmt(const C &cond, F &&then, G &&otherwise, std::source_location loc = std::source_location::current()) {
  ag::if_stmt(Site(loc), cond, then, otherwise);
}
template <class C, class F>
  requires(!std::is_same_v<C, Site> && std::is_invocable_v<F &>)
void if_stmt(const C &cond, F &&then, std::source_location loc = std::source_location::current()) {
  ag::if_stmt(Site(loc), cond, then, [] {});
}

/// `while (cond()) body();`. A DTypeError or ShapeError unless a tensor condition is one bool.
template <class C, class F>
  requires std::is_invocable_v<C &> && std::is_invocable_v<F &>
void while_stmt(C &&cond, F &&body, std::source_location loc = std::source_location::current()) {
  ag::loop(Site(loc), Exits(), cond, [] {}, body);
}

/// `body(i)` for each element of a Range, each row of a Tensor, or each element of a host container (unrolled).
template <class R, class F>
void for_stmt(R &&range, F &&body, std::source_location loc = std::source_location::current()) {
  ag::for_loop(Site(loc), Exits(), std::forward<R>(range), body);
}

/// `cond ? then() : otherwise()`: only one side runs. With a tensor condition both give a Tensor of one dtype and rank.
template <class C, class F, class G>
  requires(!std::is_same_v<C, Site>)
auto if_exp(const C &cond, F &&then, G &&otherwise, std::source_location loc = std::source_location::current()) {
  if constexpr (detail::is_host<C>)
    return cond ? then() : otherwise();
  else
    return detail::if_exp(
        Site(loc), detail::condition(cond, Site(loc), "if"), [&] { return Tensor(then()); },
        [&] { return Tensor(otherwise()); });
}
/// `a && b` and `a || b`: the right side runs only if the left does not decide. A bool of two C++ values, else a
/// Tensor.
template <class A, class F> auto and_(const A &a, F &&b, std::source_location loc = std::source_location::current()) {
  auto r = ag::and_(Site(loc), a, b);
  if constexpr (std::is_same_v<decltype(r), bool>)
    return r;
  else
    return Tensor(r);
}
template <class A, class F> auto or_(const A &a, F &&b, std::source_location loc = std::source_location::current()) {
  auto r = ag::or_(Site(loc), a, b);
  if constexpr (std::is_same_v<decltype(r), bool>)
    return r;
  else
    return Tensor(r);
}

} // namespace ag

/// `then()` if pred, else `otherwise()`; both give a Tensor of one dtype and rank.
template <class F, class G> Tensor cond(const Operand &pred, F &&then, G &&otherwise) {
  ag::Site site(pred.loc());
  return detail::if_exp(
      site, detail::condition(pred, site, "if"), [&] { return Tensor(then()); }, [&] { return Tensor(otherwise()); });
}

namespace detail {
/// run(k) for the number k of a branch.
WEFT_API void switch_stmt(const Operand &index, std::size_t branches, FunctionRef<void(std::size_t)> run);
WEFT_API Tensor switch_case(const Operand &index, std::span<const FunctionRef<Tensor()>> branches);
} // namespace detail

/// Runs branch number `index`, an integer of rank 0 (DTypeError, ShapeError); the last one where there is no such
/// number. The branches give a Tensor of one dtype and rank each, or all give nothing. A C++ number as the index
/// decides while tracing.
template <class... F>
  requires(sizeof...(F) > 0 && (std::is_invocable_v<F &> && ...))
auto switch_case(const Operand &index, F &&...branches) {
  if constexpr ((std::is_void_v<decltype(branches())> && ...)) {
    detail::Block all[] = {branches...};
    detail::switch_stmt(index, sizeof...(F), [&](std::size_t k) { all[k](); });
  } else {
    detail::FunctionRef<Tensor()> all[] = {branches...};
    return detail::switch_case(index, all);
  }
}

namespace detail {
/// Gives each tensor of a loop's state the value that the tensor in its place has in the next state. A TraceError where
/// the two differ in anything but tensors.
WEFT_API void assign_leaves(FunctionRef<void(LeafVisitor &)> state, FunctionRef<void(LeafVisitor &)> next,
                            const SourceLocation &loc);

/// The state after a turn. The tensors that the trace carries round a loop are those of `state`: a container must not
/// put others in their place.
template <class T> void next_state(T &state, T next, const SourceLocation &loc) {
  if constexpr (is_tree<T> && !std::is_same_v<T, Tensor>)
    if (tracing())
      return assign_leaves([&](LeafVisitor &v) { walk(state, v); }, [&](LeafVisitor &v) { walk(next, v); }, loc);
  state = std::move(next);
}

/// The condition of a while_loop over a state of types S, and the place of the call: an argument made from the user's
/// callable, because a default argument cannot stand behind the initial values.
template <class... S> class LoopCondition {
public:
  template <class C>
    requires(!std::is_same_v<std::remove_cvref_t<C>, LoopCondition> && std::is_invocable_r_v<Tensor, C &, S &...>)
  LoopCondition(C &&condition, std::source_location loc = std::source_location::current())
      : holds(condition), where(loc) {}
  FunctionRef<Tensor(S &...)> holds;
  SourceLocation where;
};

/// The options with invariants of the state, which holds copies of the tensors that the user named.
WEFT_API LoopOptions options_of(const LoopOptions &options, FunctionRef<void(LeafVisitor &)> state);

template <class F, class... T>
auto while_loop(const LoopOptions &options, const LoopCondition<T...> &cond, F &body, T... init) {
  std::tuple<T...> state(std::move(init)...);
  ag::Site site(cond.where);
  detail::loop(
      site, options_of(options, [&](LeafVisitor &v) { walk(state, v); }), [&] { return condition(std::apply(cond.holds, state), site, "while"); }, [] {},
      [&] {
        if constexpr (sizeof...(T) == 1)
          next_state<T...>(std::get<0>(state), body(std::get<0>(state)), cond.where);
        else
          next_state<std::tuple<T...>>(state, std::apply(body, state), cond.where);
      });
  if constexpr (sizeof...(T) == 1)
    return std::get<0>(state);
  else
    return state;
}
template <class T> using LoopVar = std::conditional_t<std::is_convertible_v<T, Tensor>, Tensor, std::decay_t<T>>;
} // namespace detail

/// Repeats `body` while `cond` holds. An invariant of LoopOptions names an initial value. Both take the loop's state; one initial value gives its type back, several a
/// std::tuple, which `body` then returns too.
template <class F, class... T>
  requires(sizeof...(T) > 0)
auto while_loop(const std::type_identity_t<detail::LoopCondition<detail::LoopVar<T>...>> &cond, F &&body, T &&...init) {
  return detail::while_loop<F, detail::LoopVar<T>...>(LoopOptions{}, cond, body, std::forward<T>(init)...);
}
template <class F, class... T>
  requires(sizeof...(T) > 0)
auto while_loop(const LoopOptions &options,
                const std::type_identity_t<detail::LoopCondition<detail::LoopVar<T>...>> &cond, F &&body, T &&...init) {
  return detail::while_loop<F, detail::LoopVar<T>...>(options, cond, body, std::forward<T>(init)...);
}

/// For i in [lo, hi): state = body(i, state...).
template <class F, class... T>
  requires(sizeof...(T) > 0)
auto fori_loop(const Operand &lo, const Operand &hi, F &&body, T &&...init) {
  std::tuple<detail::LoopVar<T>...> state(std::forward<T>(init)...);
  for (Tensor i : range(lo, hi))
    if constexpr (sizeof...(T) == 1)
      detail::next_state<detail::LoopVar<T>...>(std::get<0>(state), body(i, std::get<0>(state)), hi.loc());
    else
      detail::next_state<std::tuple<detail::LoopVar<T>...>>(
          state, std::apply([&](auto &...s) { return body(i, s...); }, state), hi.loc());
  if constexpr (sizeof...(T) == 1)
    return std::get<0>(state);
  else
    return state;
}

namespace detail {
using LeafWalk = FunctionRef<void(LeafVisitor &)>;
/// The number of rows of every tensor of a tree: an int64. ShapeError where they differ. A traced call that has no row,
/// while their number is open, is traced with its own sizes.
WEFT_API Tensor row_count(LeafWalk rows, const char *function, const std::source_location &loc);
/// Whether it is known that there is no row.
WEFT_API bool has_no_row(LeafWalk rows);
/// The result that has no row: `make` gives it one, of a row that is put in the place of the tensors of `rows`. It is
/// only traced, to know how that is shaped, and never runs.
WEFT_API void without_rows(LeafWalk rows, FunctionRef<void()> make, LeafWalk result, const std::source_location &loc);
/// Puts row i in the place of each tensor.
WEFT_API void take_rows(LeafWalk rows, const Operand &i);
/// Puts as many copies of each tensor in its place as `rows` has rows.
WEFT_API void spread_rows(LeafWalk first, const Tensor &rows, const std::source_location &loc);
/// Writes row i of each tensor.
WEFT_API void write_rows(LeafWalk all, LeafWalk row, const Operand &i);
/// The tensors of the trees in `rows`, stacked.
WEFT_API void stack_rows(LeafWalk result, std::span<const LeafWalk> rows, const std::source_location &loc);

template <class T> auto leaves_of(T &tree) {
  return [&tree](LeafVisitor &v) { walk(tree, v); };
}
template <class T> T row_of(T rows, const Operand &i) {
  take_rows(leaves_of(rows), i);
  return rows;
}
WEFT_API const Tensor &first_tensor(LeafWalk tree);

/// turn(row) for each row of `rows`, and what it gives, in rows; peek(row) gives the same and changes nothing.
template <class T, class P, class F>
auto each_row(const T &rows, const char *function, P peek, F turn, const std::source_location &loc) {
  using R = decltype(peek(rows));
  static_assert(is_tree<R> && holds_tensors<R>, "the function of scan or map gives tensors");
  T copy = rows;
  Tensor n = row_count(leaves_of(copy), function, loc);
  if (has_no_row(leaves_of(copy))) {
    std::optional<R> none;
    without_rows(leaves_of(copy), [&] { none.emplace(peek(copy)); }, [&](LeafVisitor &v) { walk(*none, v); }, loc);
    return *std::move(none);
  }
  Operand zero(std::int64_t{0}, loc);
  R result = turn(row_of(rows, zero));
  if (!tracing()) {
    std::vector<R> parts{result};
    for (std::int64_t i = 1, end = n.item<std::int64_t>(); i < end; ++i)
      parts.push_back(turn(row_of(rows, Operand(i, loc))));
    std::vector<decltype(leaves_of(result))> walks;
    for (R &part : parts)
      walks.push_back(leaves_of(part));
    stack_rows(leaves_of(result), std::vector<LeafWalk>(walks.begin(), walks.end()), loc);
    return result;
  }
  spread_rows(leaves_of(result), first_tensor(leaves_of(copy)), loc);
  for (Tensor i : range(Operand(std::int64_t{1}, loc), Operand(n, loc))) {
    R part = turn(row_of(rows, Operand(i, loc)));
    write_rows(leaves_of(result), leaves_of(part), Operand(i, loc));
  }
  return result;
}
} // namespace detail

/// For each row x of `xs`, in order: `{carry, y} = body(carry, x)`, where body gives a std::pair or std::tuple. Gives
/// the last carry and the rows y, stacked, as a std::pair. `xs`, the carry and y are tensors or trees of them (Tree,
/// containers); all tensors of xs have the same number of rows (ShapeError). While tracing the body is traced twice:
/// for the first row, which tells how y is shaped, and for the others, which are one loop. For no row it is only
/// traced. JAX `lax.scan`.
template <class F, class C, class X>
auto scan(F &&body, const C &init, const X &xs, std::source_location loc = std::source_location::current()) {
  detail::LoopVar<C> carry(init);
  auto ys = detail::each_row(
      detail::LoopVar<X>(xs), "scan",
      [&body, carry](const auto &row) mutable {
        auto [next, y] = body(carry, row);
        return y;
      },
      [&](const auto &row) {
        auto [next, y] = body(carry, row);
        detail::next_state<detail::LoopVar<C>>(carry, std::move(next), loc);
        return y;
      },
      loc);
  return std::pair<detail::LoopVar<C>, decltype(ys)>(std::move(carry), std::move(ys));
}

/// f(x, …) for each row of the tensors (or trees of them) xs…, stacked; rules as for scan. JAX `lax.map`, TensorFlow `map_fn`.
template <class F, class X>
auto map(F &&f, const X &xs, std::source_location loc = std::source_location::current()) {
  auto turn = [&](const auto &row) { return f(row); };
  return detail::each_row(detail::LoopVar<X>(xs), "map", turn, turn, loc);
}
template <class F, class X, class Y, class... Z>
  requires(!std::is_same_v<Y, std::source_location>)
auto map(F &&f, const X &xs, const Y &ys, const Z &...more) {
  std::tuple<detail::LoopVar<X>, detail::LoopVar<Y>, detail::LoopVar<Z>...> all(xs, ys, more...);
  auto turn = [&](const auto &row) { return std::apply(f, row); };
  return detail::each_row(all, "map", turn, turn, std::source_location{});
}

} // namespace weft

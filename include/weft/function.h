// Function: a callable that is traced once per input signature, compiled, and from then on runs as native code.
// The templates here only take arguments apart and put results together; everything else is behind FunctionImpl.
#pragma once
#include <weft/detail/function_ref.h>
#include <weft/tree.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weft {

/// dtype and shape of a tensor argument; `weft::dynamic` leaves a dimension open.
struct TensorSpec {
  DType dtype = float32;
  Shape shape;
};
/// A TensorSpec: `spec(float32, {weft::dynamic, 784})`; without a shape, of rank 0. Throws ShapeError for a negative size other than
/// `weft::dynamic`.
WEFT_API TensorSpec spec(DType dtype, const Shape &shape = {}, std::source_location loc = std::source_location::current());

struct FunctionOptions {
  std::string name = {};                        ///< shown in traces, errors and dumps
  std::vector<TensorSpec> input_signature = {}; ///< one per tensor leaf; other arguments are a DTypeError or ShapeError
  bool reduce_retracing = false;                ///< open the dimensions that differ instead of tracing each size
  std::size_t cache_bytes = std::size_t{256} << 20; ///< bound on the code and programs this function keeps
  /// Gives up the promise of equal bits for this function and those it calls: a product that is added may be rounded once with the
  /// sum, and x / y be x times 1 / y, which is infinite for a subnormal y. Functions of mathematics keep their bounds.
  bool fast_math = false;
  /// The first call of each trace also runs op by op; a difference is a TraceError. Not with fast_math.
  bool verify = false;
  bool autograph = true;  ///< false: a traced condition is an error
  bool compile = true;    ///< false: traced and checked, then run op by op
};

/// A form of the program that can be looked at.
enum class Stage { Traced, Optimized, Loops, LLVM, LLVMOptimized, Assembly };

/// One trace of a function, as data.
struct TraceRecord {
  std::string signature; ///< "(float32 (2, 3), int32 (), 4)"
  std::string reason;    ///< what differed from the nearest earlier trace
  double trace_ms = 0, compile_ms = 0;
  std::size_t code_bytes = 0, hits = 0;
  SourceLocation where; ///< where the function was made
};

/// What a function's cache holds and has done. `bytes` are those of code and kept programs; a miss is a trace that was begun,
/// failed ones included; an eviction is an entry dropped for one of the two bounds.
struct CacheStats {
  std::size_t entries = 0, bytes = 0, hits = 0, misses = 0, evictions = 0;
};

/// Runs every traced function op by op while set; for debugging. The environment variable WEFT_EAGER=1 sets it at the start.
WEFT_API void run_functions_eagerly(bool eagerly);

namespace detail {

class FunctionImpl;
class Entry;
WEFT_API void retain(FunctionImpl *);
WEFT_API void release(FunctionImpl *);
WEFT_API void retain(Entry *);
WEFT_API void release(Entry *);

/// The user's callable, type-erased. `args` is the address of a std::tuple of references to the parameters.
struct Body {
  std::function<std::shared_ptr<void>(void *args)> call; // gives the result object; null for void
  int parameters = 0;
  bool owns_tensors = false; // those of the arguments are the call's own: who else has one refers to its value, too
  void (*walk_args)(void *args, LeafVisitor &) = nullptr;
  void (*walk_parameter)(void *args, int k, LeafVisitor &) = nullptr;
  void (*walk_result)(void *result, LeafVisitor &) = nullptr;
  std::shared_ptr<void> (*copy_args)(const void *args) = nullptr; // a tuple of references to copies, which it keeps alive
  std::shared_ptr<void> (*copy_result)(const void *result) = nullptr;
};

WEFT_API Ref<FunctionImpl> make_function(Body body, FunctionOptions options, const SourceLocation &where);

/// Receives a result: copies the traced result object (its structure and host parts) and fills in the tensors.
using Receiver = FunctionRef<void(const void *prototype, LeafVisitor &fill)>;
/// One call: finds or makes the entry, runs it, and hands over the result. `bound` is the entry of a ConcreteFunction.
WEFT_API void call(FunctionImpl &f, void *args, Entry *bound, const std::source_location &where, Receiver receive);
/// The usual case of one Tensor.
WEFT_API Tensor call_tensor(FunctionImpl &f, void *args, Entry *bound, const std::source_location &where);

WEFT_API Ref<Entry> concrete(FunctionImpl &f, void *args);
WEFT_API std::string ir(FunctionImpl &f, Stage stage, void *args);
WEFT_API std::string entry_ir(FunctionImpl &f, Entry &e, Stage stage);
WEFT_API std::string explain(const FunctionImpl &f);
WEFT_API std::vector<TraceRecord> traces(const FunctionImpl &f);
WEFT_API std::size_t trace_count(const FunctionImpl &f);
WEFT_API CacheStats cache_stats(const FunctionImpl &f);
WEFT_API void clear_cache(FunctionImpl &f);
[[noreturn]] WEFT_API void empty_function(const SourceLocation &where);

/// A Tensor that stands for a spec where only a trace is asked for (concrete, ir).
WEFT_API Tensor placeholder(const TensorSpec &s);

// How a parameter is kept between a call and the callable: by value, a Module by reference.
template <class A> struct Parameter {
  using type = std::remove_cvref_t<A>;
  static_assert(!std::is_same_v<type, const char *> && !std::is_same_v<type, char *>,
                "take std::string (a host value) or Tensor instead of const char *");
  static_assert(!(std::is_lvalue_reference_v<A> && !std::is_const_v<std::remove_reference_t<A>>),
                "a traced function cannot change its arguments: take Tensor and return the new value");
  static_assert(!std::is_base_of_v<Module, type>, "take a module by reference: its identity is part of the signature");
};
template <class M>
  requires std::is_base_of_v<Module, std::remove_const_t<M>>
struct Parameter<M &> {
  using type = M &;
};
template <class A> using ParameterType = typename Parameter<A>::type;

template <class F> struct SignatureOf : SignatureOf<decltype(&F::operator())> {};
template <class R, class... A> struct SignatureOf<R(A...)> {
  using type = R(A...);
};
template <class R, class... A> struct SignatureOf<R(A...) noexcept> : SignatureOf<R(A...)> {};
template <class R, class C, class... A> struct SignatureOf<R (C::*)(A...)> : SignatureOf<R(A...)> {};
template <class R, class C, class... A> struct SignatureOf<R (C::*)(A...) const> : SignatureOf<R(A...)> {};
template <class R, class C, class... A> struct SignatureOf<R (C::*)(A...) noexcept> : SignatureOf<R(A...)> {};
template <class R, class C, class... A> struct SignatureOf<R (C::*)(A...) const noexcept> : SignatureOf<R(A...)> {};

/// Copies of arguments, and the tuple by which they are reached.
template <class... P> struct KeptArguments {
  explicit KeptArguments(const std::tuple<P &...> &args)
      : values(args), references(std::apply([](auto &...v) { return std::tuple<P &...>(v...); }, values)) {}
  std::tuple<P...> values;
  std::tuple<P &...> references;
};

/// Assembles type-erased access to a callable R(A...).
template <class R, class... A, class F> Body make_body(F f) {
  using Args = std::tuple<ParameterType<A> &...>;
  Body b;
  b.owns_tensors = (detail::owns_tensors<ParameterType<A>> && ...);
  b.call = [shared = std::make_shared<F>(std::move(f))](void *args) -> std::shared_ptr<void> {
    if constexpr (std::is_void_v<R>) {
      std::apply(*shared, *static_cast<Args *>(args));
      return nullptr;
    } else
      return std::make_shared<R>(std::apply(*shared, *static_cast<Args *>(args)));
  };
  b.parameters = sizeof...(A);
  b.walk_args = [](void *args, LeafVisitor &v) {
    std::apply([&](auto &...a) { (walk(a, v), ...); }, *static_cast<Args *>(args));
  };
  b.walk_parameter = [](void *args, int k, LeafVisitor &v) {
    int i = 0;
    std::apply([&](auto &...a) { ((i++ == k ? walk(a, v) : void()), ...); }, *static_cast<Args *>(args));
  };
  b.copy_args = [](const void *args) -> std::shared_ptr<void> {
    auto kept = std::make_shared<KeptArguments<ParameterType<A>...>>(*static_cast<const Args *>(args));
    return {kept, &kept->references};
  };
  if constexpr (!std::is_void_v<R>) {
    b.walk_result = [](void *r, LeafVisitor &v) { walk(*static_cast<R *>(r), v); };
    b.copy_result = [](const void *r) -> std::shared_ptr<void> {
      return std::make_shared<R>(*static_cast<const R *>(r));
    };
  }
  return b;
}

template <class R, class Args>
R run(FunctionImpl *f, Args &args, Entry *bound, const std::source_location &where) {
  if (!f)
    empty_function(where);
  if constexpr (std::is_same_v<R, Tensor>)
    return call_tensor(*f, &args, bound, where);
  else if constexpr (std::is_void_v<R>)
    call(*f, &args, bound, where, [](const void *, LeafVisitor &) {});
  else {
    std::optional<R> result;
    call(*f, &args, bound, where, [&](const void *prototype, LeafVisitor &fill) {
      result.emplace(*static_cast<const R *>(prototype));
      walk(*result, fill);
    });
    return std::move(*result);
  }
}

/// A value, or a TensorSpec where a Tensor is expected (in a vector too).
template <class P, class V> P bind_spec(V &&v) {
  if constexpr (std::is_same_v<std::remove_cvref_t<V>, TensorSpec>) {
    static_assert(std::is_constructible_v<P, const Tensor &>, "a spec stands for a Tensor parameter");
    return P(placeholder(v));
  } else if constexpr (std::is_same_v<std::remove_cvref_t<V>, std::vector<TensorSpec>>) {
    P tensors;
    for (const TensorSpec &s : v)
      tensors.push_back(placeholder(s));
    return tensors;
  } else
    return P(std::forward<V>(v));
}

} // namespace detail

/// One trace of a Function, compiled, with its host arguments bound: called with the same parameters, host values must
/// equal those bound (TraceError), tensors must have the traced dtypes and shapes (DTypeError, ShapeError).
template <class Signature> class ConcreteFunction;
template <class R, class... A> class ConcreteFunction<R(A...)> {
public:
  R operator()(detail::ParameterType<A>... args, std::source_location where = std::source_location::current()) const {
    std::tuple<detail::ParameterType<A> &...> packed(args...);
    return detail::run<R>(function_.get(), packed, entry_.get(), where);
  }
  /// The program at one stage, as text.
  std::string ir(Stage stage) const { return detail::entry_ir(*function_, *entry_, stage); }
  ConcreteFunction(detail::Ref<detail::FunctionImpl> f, detail::Ref<detail::Entry> e)
      : function_(std::move(f)), entry_(std::move(e)) {}

private:
  detail::Ref<detail::FunctionImpl> function_;
  detail::Ref<detail::Entry> entry_;
};

/// A traced function: a copyable handle; copies share traces. Wrapping traces nothing. The first call with a new signature
/// (dtypes and shapes of tensors, values of host arguments) traces and compiles; later calls run native code. A handle made
/// by default is empty, and calling it is a TraceError.
template <class Signature> class Function;
template <class R, class... A> class Function<R(A...)> {
public:
  Function() = default;

  R operator()(detail::ParameterType<A>... args, std::source_location where = std::source_location::current()) const {
    std::tuple<detail::ParameterType<A> &...> packed(args...);
    return detail::run<R>(impl_.get(), packed, nullptr, where);
  }
  explicit operator bool() const { return static_cast<bool>(impl_); }

  /// Traced and compiled, not run: a TensorSpec (or Tensor) for each tensor, a value for each host parameter.
  template <class... V> ConcreteFunction<R(A...)> concrete(V &&...specs) const {
    static_assert(sizeof...(V) == sizeof...(A), "one spec or value for each parameter");
    std::tuple<detail::ParameterType<A>...> bound(detail::bind_spec<detail::ParameterType<A>>(std::forward<V>(specs))...);
    return std::apply(
        [&](auto &...args) {
          std::tuple<detail::ParameterType<A> &...> packed(args...);
          detail::Ref<detail::FunctionImpl> f(&impl()); // the trace may assign this very handle
          return ConcreteFunction<R(A...)>(f, detail::concrete(*f, &packed));
        },
        bound);
  }
  /// The program at one stage, for these arguments (values or specs); traced if it was not yet.
  template <class... V> std::string ir(Stage stage, V &&...args) const {
    static_assert(sizeof...(V) == sizeof...(A), "one spec or value for each parameter");
    std::tuple<detail::ParameterType<A>...> bound(detail::bind_spec<detail::ParameterType<A>>(std::forward<V>(args))...);
    return std::apply(
        [&](auto &...a) {
          std::tuple<detail::ParameterType<A> &...> packed(a...);
          return detail::ir(impl(), stage, &packed);
        },
        bound);
  }
  /// How many traces have succeeded since the function was made, dropped ones included. TraceError for an empty handle.
  std::size_t trace_count() const { return detail::trace_count(impl()); }
  /// The traces so far, the last 1,024 of them.
  std::vector<TraceRecord> traces() const { return detail::traces(impl()); }
  /// The same as a table for people.
  std::string explain() const { return detail::explain(impl()); }
  /// Numbers of the cache now; `hits` counts calls that needed no trace. TraceError for an empty handle.
  CacheStats cache_stats() const { return detail::cache_stats(impl()); }
  /// Forgets every entry; its code is unmapped when the last call that runs it ends.
  void clear_cache() const { detail::clear_cache(impl()); }

  explicit Function(detail::Ref<detail::FunctionImpl> impl) : impl_(std::move(impl)) {}

private:
  detail::FunctionImpl &impl() const {
    if (!impl_)
      detail::empty_function({});
    return *impl_;
  }
  detail::Ref<detail::FunctionImpl> impl_;
};

namespace detail {

template <class R, class... A> struct SignatureOf<Function<R(A...)>> : SignatureOf<R(A...)> {};
template <class R, class... A> struct SignatureOf<ConcreteFunction<R(A...)>> : SignatureOf<R(A...)> {};

// The type of a Function says what callers pass and get, so that functions of `const Tensor &` and of `Tensor` are one type.
template <class S> struct FunctionMaker;
template <class R, class... A> struct FunctionMaker<R(A...)> {
  using Result = std::remove_cvref_t<R>;
  template <class F>
  static Function<Result(ParameterType<A>...)> make(F &&f, FunctionOptions options, const SourceLocation &where) {
    return Function<Result(ParameterType<A>...)>(
        make_function(make_body<Result, A...>(std::decay_t<F>(std::forward<F>(f))), std::move(options), where));
  }
};

template <class F> inline constexpr bool is_function = false;
template <class S> inline constexpr bool is_function<Function<S>> = true;
template <class F>
concept OneCallOperator = std::is_function_v<F> || is_function<F> || requires { &F::operator(); };
template <class F> using Called = std::remove_pointer_t<std::decay_t<F>>;
template <class F>
concept Wrappable = OneCallOperator<Called<F>>;
template <class F> using Callable = typename SignatureOf<Called<F>>::type;

} // namespace detail

/// Wraps a callable. Nothing is traced yet. The signature Function<Tensor(Tensor, int)> is deduced, or given for generic lambdas
/// and overload sets: `weft::function<Tensor(Tensor, int)>(f)`.
template <detail::Wrappable F>
auto function(F &&f, FunctionOptions options = {}, std::source_location where = std::source_location::current()) {
  return detail::FunctionMaker<detail::Callable<F>>::make(std::forward<F>(f), std::move(options), where);
}
template <detail::Wrappable F>
auto function(std::string name, F &&f, FunctionOptions options = {},
              std::source_location where = std::source_location::current()) {
  options.name = std::move(name);
  return detail::FunctionMaker<detail::Callable<F>>::make(std::forward<F>(f), std::move(options), where);
}
template <class Signature, class F>
  requires std::is_function_v<Signature>
auto function(F &&f, FunctionOptions options = {}, std::source_location where = std::source_location::current()) {
  return detail::FunctionMaker<Signature>::make(std::forward<F>(f), std::move(options), where);
}
template <class Signature, class F>
  requires std::is_function_v<Signature>
auto function(std::string name, F &&f, FunctionOptions options = {},
              std::source_location where = std::source_location::current()) {
  options.name = std::move(name);
  return detail::FunctionMaker<Signature>::make(std::forward<F>(f), std::move(options), where);
}

} // namespace weft

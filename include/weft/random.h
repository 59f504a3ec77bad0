// Random numbers: functions of a key, a uint32 tensor of shape (2,). The same key gives the same numbers, eager and
// compiled and on every machine, so each use needs a key of its own: split one, or fold a step number in. Generator
// does that by itself.
#pragma once
#include <weft/tree.h>

#include <concepts>

namespace weft {

namespace detail {
WEFT_API Tensor random_key(std::uint64_t seed);
}

/// After JAX's jax.random; the bits are those of Philox4x32-10. Functions throw DTypeError and ShapeError for a key
/// that is none, and for a shape with negative sizes; numbers that the distribution cannot have are a CheckError.
namespace random {

template <class T>
concept Seed = std::integral<T> && !std::same_as<T, bool>;

/// A key from a seed: its low 32 bits, then its high ones.
template <Seed T> Tensor key(T seed) { return weft::detail::random_key(static_cast<std::uint64_t>(seed)); }
/// n independent keys, (n, 2): use them in place of `key`. ShapeError for a negative n.
WEFT_API Tensor split(const Operand &key, std::int64_t n = 2);
/// The key for one number of many, such as a step or a sample: `data` is an integer of any dtype (DTypeError), and a
/// whole tensor gives as many keys, in a new last dimension.
WEFT_API Tensor fold_in(const Operand &key, const Operand &data);

/// Bits, each 0 or 1 alike: uint8, uint16, uint32 or uint64 (DTypeError).
WEFT_API Tensor bits(const Operand &key, const Shape &shape = {}, DType dtype = uint32);
/// Numbers from lo up to hi, which is never reached: multiples of 2^-24 (float32) or 2^-53 (float64) of the distance.
/// lo and hi have the dtype and broadcast to the shape; lo must be below hi, and hi - lo finite.
WEFT_API Tensor uniform(const Operand &key, const Shape &shape = {}, const Operand &lo = 0.0, const Operand &hi = 1.0,
                        DType dtype = float32);
/// Normally distributed numbers, by the transform of Box and Muller; always finite where mean and stddev are moderate:
/// none is farther from the mean than 6.7 (float32) or 9.5 (float64) standard deviations. float32 or float64; mean and
/// stddev have the dtype and broadcast to the shape.
WEFT_API Tensor normal(const Operand &key, const Shape &shape = {}, const Operand &mean = 0.0,
                       const Operand &stddev = 1.0, DType dtype = float32);
/// true with probability p, from 0 to 1, float32 or float64, which broadcasts to the shape.
WEFT_API Tensor bernoulli(const Operand &key, const Shape &shape = {}, const Operand &p = 0.5);
/// Integers from lo up to below hi, which must be above it; each as likely as any other to within 2^-32 of that (2^-64
/// for int64 and uint64). C++ numbers may have any hi up to one above the largest number of the dtype; tensors have the
/// dtype, and broadcast to the shape.
WEFT_API Tensor randint(const Operand &key, const Shape &shape, const Operand &lo, const Operand &hi,
                        DType dtype = int32);
/// The numbers 0 to n - 1 in random order, as int64; ShapeError for a negative n.
WEFT_API Tensor permutation(const Operand &key, std::int64_t n);
/// The rows of x, its elements along dimension 0, in random order; every dtype. ShapeError for rank 0, which has no
/// rows.
WEFT_API Tensor permutation(const Operand &key, const Operand &x);
/// Indices along the last dimension of `logits`, each with a probability proportional to the logit's exponential: one
/// for each line (where `shape` is empty), or `shape` of them, as int64 of shape + logits.shape without the last
/// dimension. float32 or float64; ShapeError where there is nothing to choose from, which is found at run time while
/// the sizes are open.
WEFT_API Tensor categorical(const Operand &key, const Operand &logits, const Shape &shape = {});

/// Random numbers in program order: a key in a Variable, which each use replaces. In a traced function every run goes
/// on where the last one stopped. Made outside of traced functions (VariableError); copies share the Variable. For the
/// use by several threads at once give each its own, from split().
class WEFT_API Generator {
public:
  template <Seed T>
  explicit Generator(T seed, std::source_location loc = std::source_location::current())
      : Generator(Operand(random::key(seed), loc)) {}
  explicit Generator(const Operand &key);

  /// A key that was not given out before.
  Tensor next(std::source_location loc = std::source_location::current()) const;
  /// The functions of that name with a new key.
  Tensor bits(const Shape &shape = {}, DType dtype = uint32,
              std::source_location loc = std::source_location::current()) const {
    return random::bits(Operand(next(loc), loc), shape, dtype);
  }
  Tensor uniform(const Shape &shape = {}, const Operand &lo = 0.0, const Operand &hi = 1.0, DType dtype = float32,
                 std::source_location loc = std::source_location::current()) const {
    return random::uniform(Operand(next(loc), loc), shape, lo, hi, dtype);
  }
  Tensor normal(const Shape &shape = {}, const Operand &mean = 0.0, const Operand &stddev = 1.0, DType dtype = float32,
                std::source_location loc = std::source_location::current()) const {
    return random::normal(Operand(next(loc), loc), shape, mean, stddev, dtype);
  }
  Tensor bernoulli(const Shape &shape = {}, const Operand &p = 0.5,
                   std::source_location loc = std::source_location::current()) const {
    return random::bernoulli(Operand(next(loc), loc), shape, p);
  }
  Tensor randint(const Shape &shape, const Operand &lo, const Operand &hi, DType dtype = int32,
                 std::source_location loc = std::source_location::current()) const {
    return random::randint(Operand(next(loc), loc), shape, lo, hi, dtype);
  }
  Tensor permutation(std::int64_t n, std::source_location loc = std::source_location::current()) const {
    return random::permutation(Operand(next(loc), loc), n);
  }
  Tensor permutation(const Operand &x) const {
    return random::permutation(Operand(next(x.source_location()), x.source_location()), x);
  }
  Tensor categorical(const Operand &logits, const Shape &shape = {},
                     std::source_location loc = std::source_location::current()) const {
    return random::categorical(Operand(next(loc), loc), logits, shape);
  }

  /// The key that the next use is made from: keep and assign it to repeat what came after.
  const Variable &state() const { return state_; }

private:
  friend struct Tree<Generator>;
  Variable state_;
};

} // namespace random

/// A parameter of a traced function may be a Generator.
template <> struct Tree<random::Generator> {
  static auto fields(auto &g) { return std::tie(g.state_); }
};

} // namespace weft

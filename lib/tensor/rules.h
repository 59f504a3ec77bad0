// What the typeRule fields of the operation table may use: classes of dtypes, and one function per family of
// operations that gives the result type or the error. Shapes may have open dimensions; an open dimension is never 1.
#pragma once
#include <weft/detail/rules.h>

#include <span>

namespace weft::detail {

/// The attribute of that name. An operation that was made without it is an InternalError.
const Attr::Payload &attribute(AttrList attrs, std::string_view name);

struct RuleArguments {
  std::span<const TensorType> operands;
  AttrList attrs;

  const Attr::Payload &attr(std::string_view name) const { return attribute(attrs, name); }
  const Shape &list(std::string_view name) const { return std::get<Shape>(attr(name)); }
  std::int64_t integer(std::string_view name) const { return std::get<std::int64_t>(attr(name)); }
  bool flag(std::string_view name) const { return std::get<bool>(attr(name)); }
  DType dtype(std::string_view name) const { return std::get<DType>(attr(name)); }
};

/// A class of dtypes that an operation takes, with the words for its error.
struct DTypeClass {
  bool (*contains)(DType);
  const char *words;
};
extern const DTypeClass number, number_or_string, number_or_bool, floating, integer, bool_or_integer, boolean_dtype, any;

// For rules: the errors, and what several of them ask.
TypeResult dtype_error(std::string message);
TypeResult shape_error(std::string message);
TypeResult index_error(std::string message);
/// The error of an operand whose dtype is not in the class.
std::optional<TypeResult> unaccepted(const TensorType &t, const DTypeClass &accepts);
/// The error of two operands that must have one dtype.
TypeResult mismatch(DType a, DType b);
/// The error of operands that do not have one dtype, or one that is not in the class.
std::optional<TypeResult> not_of_one(std::span<const TensorType> operands, const DTypeClass &accepts);
/// Whether two sizes can be the same: an open one agrees with any.
inline bool may_equal(std::int64_t a, std::int64_t b) { return a == b || a == dynamic || b == dynamic; }

/// A slice of a dimension by Python's rules: its first position and how many it has. A bound that is not given is
/// `dynamic`.
struct Extent {
  std::int64_t first, size;
};
Extent sliced(std::int64_t start, std::int64_t stop, std::int64_t step, std::int64_t n);

/// How the result's dtype follows from the operands'.
enum class ResultDType { Same, Boolean, Accumulator };
inline constexpr ResultDType same = ResultDType::Same, boolean_result = ResultDType::Boolean,
                             accumulator = ResultDType::Accumulator;

/// What elements of a dtype are added up in: bool and integers below 32 bits in int32, others in their own.
DType accumulator_of(DType d);

/// "add (+) of int32 (2,) and int32 (3,)": the beginning of an operation's error.
WEFT_API std::string describe(OpId op, std::span<const TensorType> operands);

/// Whether two shapes can be the same: an open dimension agrees with any size.
WEFT_API bool may_equal(const Shape &a, const Shape &b);
/// NumPy broadcasting of two shapes; the error names both.
TypeResult broadcast(const Shape &a, const Shape &b, DType dtype);

TypeResult elementwise(const RuleArguments &a, const DTypeClass &accepts, ResultDType result);
TypeResult where(const RuleArguments &a);
TypeResult cast(const RuleArguments &a);
/// `axes` ascending and distinct, within the operand's rank.
TypeResult reduction(const RuleArguments &a, const DTypeClass &accepts, ResultDType result);
/// The same, and an error where nothing is reduced: there is no neutral element.
TypeResult nonempty_reduction(const RuleArguments &a, const DTypeClass &accepts, ResultDType result);
TypeResult reshape(const RuleArguments &a);
TypeResult broadcast_to(const RuleArguments &a);
TypeResult permute_dims(const RuleArguments &a);
TypeResult diagonal(const RuleArguments &a);
TypeResult slice(const RuleArguments &a);
TypeResult insert(const RuleArguments &a);
TypeResult concat(const RuleArguments &a);
TypeResult arange(const RuleArguments &a);
TypeResult positions(const RuleArguments &a);
/// The attribute `shape` with its open sizes as long as the operands from number `first` on are, if there are any:
/// vectors, one for each.
std::variant<Shape, TypeResult> with_lengths(const RuleArguments &a, std::size_t first);
/// The error of an attribute that is no axis of the first operand; it counts from the front.
std::optional<TypeResult> bad_axis(const RuleArguments &a, std::string_view name = "axis");

// Of dialect/IR/SearchOps.td (search_rules.cpp).
/// The first operand's shape, for what works along the attribute `axis`.
TypeResult along_axis(const RuleArguments &a, const DTypeClass &accepts, DType result);
TypeResult top_k(const RuleArguments &a);
/// Of argmax and argmin.
TypeResult extreme_index(const RuleArguments &a);
TypeResult searchsorted(const RuleArguments &a);
TypeResult nonzero(const RuleArguments &a);
TypeResult cumulative(const RuleArguments &a);
TypeResult take(const RuleArguments &a);
TypeResult take_along_axis(const RuleArguments &a);
TypeResult scatter(const RuleArguments &a, const DTypeClass &accepts);
TypeResult boolean_mask(const RuleArguments &a);
/// The first `results` of: values, indices, inverse indices, counts.
TypeResult unique(const RuleArguments &a, std::size_t results);

// Of dialect/IR/LinalgOps.td (linalg_rules.cpp).
TypeResult matmul(const RuleArguments &a);
/// Square matrices, and the same type again.
TypeResult of_square_matrices(const RuleArguments &a);
TypeResult solve(const RuleArguments &a);
/// `results` tensors of one number for each square matrix.
TypeResult determinants(const RuleArguments &a, std::size_t results);
TypeResult eigen(const RuleArguments &a, bool vectors);
TypeResult qr(const RuleArguments &a);
TypeResult svd(const RuleArguments &a, bool vectors);

// Of dialect/IR/NeuralOps.td (neural_rules.cpp).
TypeResult conv2d(const RuleArguments &a);
TypeResult pool2d(const RuleArguments &a, const DTypeClass &accepts);

// Of dialect/IR/RandomOps.td (random_rules.cpp).
TypeResult random_bits(const RuleArguments &a);
TypeResult random_keys(const RuleArguments &a);

// Of dialect/IR/TextOps.td (text_rules.cpp).
extern const DTypeClass text;
TypeResult of_strings(const RuleArguments &a, DType result);
TypeResult string_substr(const RuleArguments &a);
TypeResult string_replace(const RuleArguments &a);
TypeResult string_to_number(const RuleArguments &a);
TypeResult as_string(const RuleArguments &a);
TypeResult string_split(const RuleArguments &a);

} // namespace weft::detail

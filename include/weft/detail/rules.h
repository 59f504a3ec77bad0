// The neutral face of the operation table: identifiers, attributes and the type rules that dialect/IR/Ops.td carries.
// Dispatch and eager code infer result types through it before anything is traced; the dialect's verifier asks the
// same rules, so the two cannot drift apart. Depends on nothing but the public dtypes and shapes.
#pragma once
#include <weft/dtype.h>
#include <weft/shape.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace weft::detail {

/// One number per operation, in the table's order.
enum class OpId : std::uint16_t {
#define WEFT_OP(ID, NAME) ID,
#include <weft/detail/op_ids.h.inc>
#undef WEFT_OP
};

struct TensorType {
  DType dtype = DType::Float32;
  Shape shape;
  friend bool operator==(const TensorType &, const TensorType &) = default;
};
WEFT_API std::string to_string(const TensorType &t); // "float32 (2, 3)"

/// A compile-time parameter of an operation. A Shape holds any short list of integers.
struct Attr {
  using Payload = std::variant<std::int64_t, bool, double, DType, Shape, std::string>;
  std::string_view name;
  Payload value;
};
using AttrList = std::span<const Attr>;

enum class ErrorKind : std::uint8_t { Trace, Shape, DType, Index, Variable, Check, OutOfMemory, Io, Internal };

/// Attributes as bytes that compiled code can hold, and back: what is given refers to the bytes, which know their own length.
WEFT_API std::string encode(AttrList attrs);
WEFT_API std::vector<Attr> decode_attributes(const char *bytes);

/// The inferred type, or the error.
struct TypeResult {
  std::optional<TensorType> type; ///< of the first result
  ErrorKind kind = ErrorKind::Shape;
  std::string message;
  std::vector<TensorType> more = {}; ///< of the results after it

  static TypeResult ok(DType d, Shape s) { return {TensorType{d, s}, {}, {}}; }
  static TypeResult ok(std::vector<TensorType> results) {
    TypeResult r{results.front(), {}, {}};
    r.more.assign(results.begin() + 1, results.end());
    return r;
  }
  static TypeResult error(ErrorKind k, std::string m) { return {std::nullopt, k, std::move(m)}; }

  /// That of result k, where there is a type.
  const TensorType &of(std::size_t k) const { return k ? more[k - 1] : *type; }
};

struct OpInfo {
  OpId id;
  std::string_view name;   ///< Array API name, "add"
  std::string_view symbol; ///< "+" where the operation is an operator, else ""
  int operands;            ///< -1: any number
  int results;
  bool elementwise;        ///< NumPy broadcasting, one element from one element of each operand
  bool broadcasts;         ///< operands are repeated along dimensions of size 1
  bool reduction;          ///< along the attribute `axes`; every other attribute belongs to the operation
  bool widens_halves;      ///< a reduction that combines floats of 16 bits in float32
  bool routine;            ///< a library function (lib/routines)
  bool finds_sizes;        ///< a routine whose results have sizes that its rule leaves open
  bool updates;            ///< a routine whose first result may be made in its first operand's memory
  int conditions;          ///< the first operands that choose among the others: they do not meet in one dtype with them
};
WEFT_API const OpInfo &info(OpId op);
WEFT_API std::optional<OpId> find_op(std::string_view name);

/// The result type of `op`, by the rule of its record; a ShapeError where its elements cannot be counted (Shape::countable). The message does not name operation or location: the caller adds them.
WEFT_API TypeResult infer(OpId op, std::span<const TensorType> operands, AttrList attrs);


} // namespace weft::detail

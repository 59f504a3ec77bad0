// Operations on strings, after TensorFlow's tf.strings. `+` joins two, `==` compares; weft::print shows them.
#pragma once
#include <weft/operand.h>

namespace weft {

/// Elementwise on string tensors of any shape; DTypeError for other dtypes, unless it says otherwise. Texts are UTF-8,
/// and positions and lengths count bytes.
namespace strings {

/// The letters A to Z as small ones, or a to z as capitals; all others stay as they are. `strings.lower`,
/// `strings.upper` of TensorFlow with its default encoding.
WEFT_API Tensor lower(const Operand &x);
WEFT_API Tensor upper(const Operand &x);
/// How long the texts are, as int64: in bytes, or with the unit "UTF8_CHAR" in code points; CheckError for another
/// unit. `strings.length` of TensorFlow.
WEFT_API Tensor length(const Operand &x, std::string_view unit = "BYTE");
/// `length` bytes from `position` on; the operands broadcast, and integers of any dtype are taken for both. A negative
/// position counts from the end, a negative length means the rest, and what is beyond the end is left out. IndexError
/// for a position before the beginning or behind the end.
WEFT_API Tensor substr(const Operand &x, const Operand &position, const Operand &length);
/// The texts with every `from` replaced by `to`, or only the first one; plain text. CheckError for an empty `from`.
WEFT_API Tensor replace(const Operand &x, std::string_view from, std::string_view to, bool replace_all = true);
/// The decimal numbers that the texts show, with blanks around them; "inf" and "nan" too for floating dtypes. One too
/// small for the dtype is 0; one beyond it, and anything else, is a CheckError. A plus sign is not taken, as by
/// std::from_chars.
WEFT_API Tensor to_number(const Operand &x, DType dtype = float32);
/// Numbers and bools as texts: "true", "-5", "0.1". For floating dtypes the shortest text that reads back as the same
/// number.
WEFT_API Tensor as_string(const Operand &x);
/// The texts of each place joined, with `separator` between them; the operands broadcast. ShapeError for an empty list.
WEFT_API Tensor join(std::initializer_list<Operand> xs, std::string_view separator = "",
                     std::source_location loc = std::source_location::current());
/// The texts along the axes joined in row-major order; "" where there are none. IndexError for an axis out of range.
WEFT_API Tensor reduce_join(const Operand &x, const Axis &axis = all_axes, std::string_view separator = "",
                            bool keepdims = false);
/// The parts of one text, of rank 0 (ShapeError), between separators: a vector, whose size a traced function finds when
/// it runs. An empty separator stands for runs of blanks, tabs and line ends, at the ends too; then no part is empty.
/// As Python's str.split on ASCII.
WEFT_API Tensor split(const Operand &x, std::string_view separator = "");

} // namespace strings
using strings::join;

} // namespace weft

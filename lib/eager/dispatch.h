// Dispatch: every public operation arrives here. Weak C++ numbers take the dtype of the tensors beside them, dtypes are
// promoted by the Array API table, the type rule of the operation's record gives the result type or the error, and then
// the operation is traced or runs now.
#pragma once
#include <weft/detail/rules.h>
#include <weft/operand.h>

#include <initializer_list>
#include <span>

namespace weft::detail {

/// One operation. The first operand's place is the operation's.
Tensor apply(OpId op, std::initializer_list<const Operand *> operands);
/// The dimensions of x that `axis` names, counted from the front and ascending; the operation's IndexError for one that is not
/// there, or is named twice.
Shape axes_of(const Axis &axis, const Operand &x, std::string_view operation);
Tensor apply_reduction(OpId op, const Operand &x, const Axis &axis, bool keepdims);
/// The same from values whose dtypes agree, with attributes.
WEFT_API Tensor apply(OpId op, std::span<const ValueRef> operands, AttrList attrs, const SourceLocation &loc);

/// The same for operations with more than one result.
std::vector<Tensor> apply_all(OpId op, std::span<const ValueRef> operands, AttrList attrs, const SourceLocation &loc);

/// The values of operands that meet in one operation: weak numbers converted to the others' dtype, then promoted to one
/// dtype where the Array API table has one (else left for the type rule to refuse).
std::vector<ValueRef> resolve(std::span<const Operand *const> operands, std::string_view operation);
/// The same for x and what is put into it, which cannot change x's dtype (DTypeError).
std::vector<ValueRef> resolve_into(const Operand &x, const Operand &value, std::string_view operation);
/// `v` with elements of another dtype; traced or at once.
ValueRef convert(const ValueRef &v, DType dtype, const SourceLocation &loc);

/// Runs a library routine now (lib/eager/routines.cpp). `types` are those of its results, with the sizes that it finds open.
void run_routine(OpId op, std::span<const ValueRef> operands, AttrList attrs, std::span<const TensorType> types,
                 std::span<ValueRef> results, const SourceLocation &loc);
/// Runs one operation now: looks up or compiles its kernel, or does it directly where it is only a view or a copy
/// (lib/eager/kernels.cpp).
ValueRef run_eager(OpId op, std::span<const ValueRef> operands, AttrList attrs, const TensorType &type,
                   const SourceLocation &loc);

} // namespace weft::detail

// See kernels.h. New operations are in the table, and so here.
#include "tools/weft/kernels.h"

#include "lib/eager/dispatch.h"
#include "lib/function/background.h"

#include <weft/weft.h>

#include <initializer_list>
#include <vector>

namespace tool {
namespace {

using weft::DType;
using weft::Shape;
using weft::detail::AttrList;
using weft::detail::OpId;
using weft::detail::ValueRef;

constexpr OpId operations[] = {
#define WEFT_OP(ID, NAME) OpId::ID,
#include <weft/detail/op_ids.h.inc>
#undef WEFT_OP
};
constexpr DType dtypes[] = {DType::Float32, DType::Float64, DType::Int32, DType::Int64, DType::Bool};

/// Shapes of operands: equal ones, and a number or a row or a column beside a matrix, on either side.
const std::vector<std::vector<Shape>> layouts[] = {
    {},
    {{{3}}, {{}}},
    {{{3}, {3}}, {{}, {}}, {{3}, {}}, {{}, {3}}, {{2, 3}, {3}}, {{3}, {2, 3}}, {{2, 3}, {2, 1}}, {{2, 1}, {2, 3}}},
    {{{3}, {3}, {3}}, {{}, {}, {}}, {{3}, {3}, {}}, {{3}, {}, {3}}, {{3}, {}, {}}},
};

ValueRef operand(const Shape &shape, DType dtype) { return weft::ones(shape, dtype).checked({}); }

/// 1 where the operation takes such operands.
std::size_t run(OpId op, const std::vector<ValueRef> &operands, AttrList attrs = {}) {
  try {
    weft::detail::apply(op, operands, attrs, {});
    return 1;
  } catch (const weft::Error &) { // not of this dtype, or not without attributes of its own
    return 0;
  }
}

std::size_t run_elementwise(OpId op) {
  std::size_t calls = 0;
  const weft::detail::OpInfo &info = weft::detail::info(op);
  for (const std::vector<Shape> &shapes : layouts[info.operands])
    for (DType dtype : dtypes) {
      std::vector<ValueRef> operands;
      for (const Shape &shape : shapes)
        operands.push_back(operand(shape, static_cast<int>(operands.size()) < info.conditions ? DType::Bool : dtype));
      calls += run(op, operands);
      if (op == OpId::Cast)
        for (DType to : dtypes) {
          weft::detail::Attr attr{"dtype", to};
          calls += run(op, operands, AttrList(&attr, 1));
        }
    }
  return calls;
}

std::size_t run_reduction(OpId op) {
  std::size_t calls = 0;
  for (DType dtype : dtypes)
    for (std::int64_t axis : {-1, 0, 1}) { // -1: all of a vector
      weft::detail::Attr attrs[] = {{"axes", axis < 0 ? Shape{0} : Shape{axis}}, {"keepdims", false}};
      calls += run(op, std::vector<ValueRef>{operand(axis < 0 ? Shape{3} : Shape{2, 3}, dtype)}, attrs);
    }
  return calls;
}

} // namespace

std::size_t run_common_kernels() {
  std::size_t calls = 0;
  for (OpId op : operations) {
    const weft::detail::OpInfo &info = weft::detail::info(op);
    if (info.elementwise && info.operands > 0 && info.operands < static_cast<int>(std::size(layouts)))
      calls += run_elementwise(op);
    else if (info.reduction)
      calls += run_reduction(op);
  }
  weft::detail::finish_background();
  return calls;
}

} // namespace tool

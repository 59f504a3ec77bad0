// Sorting, searching, sets, and elements by index. Routines of lib/routines; part of the operation table, Ops.td.

def Weft_SortOp : Weft_Routine<"sort"> {
  let summary = "The elements along an axis in order";
  let description = [{
    Ascending, or with `descending` from the largest down; false before true, texts by their bytes, NaN last (first where
    descending). Array API `sort`.
  }];
  let arguments = (ins Weft_Tensor:$x, I64Attr:$axis, BoolAttr:$descending);
  let typeRule = "return along_axis(a, any, a.operands[0].dtype);";
}
def Weft_ArgsortOp : Weft_Routine<"argsort"> {
  let summary = "The indices that put the elements along an axis in order";
  let description = [{The order of `sort`; equal elements keep theirs. Gives int64. Array API `argsort`.}];
  let arguments = (ins Weft_Tensor:$x, I64Attr:$axis, BoolAttr:$descending);
  let typeRule = "return along_axis(a, any, DType::Int64);";
}

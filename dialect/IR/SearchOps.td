// Sorting, searching, sets, and elements by index. Routines of lib/routines; part of the operation table, Ops.td.

// What can only be wrong while sizes are open: then it is found at run time.
def Weft_OpenOperands : Weft_FailsWhere<"::weft::hasOpenOperand(getOperation())">;
class Weft_OpenRoutine<string mnemonic> : Weft_Routine<mnemonic, Weft_OpenOperands.traits> {
  let methods = Weft_OpenOperands.methods;
}

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
def Weft_TopKOp : Weft_OpenRoutine<"top_k"> {
  let summary = "The k largest elements along the last axis, and their indices";
  let description = [{
    In the order of a descending `sort`; of equal elements the one with the lower index comes first. A ShapeError where there are
    fewer than k. The indices are int64. TensorFlow `top_k`.
  }];
  let arguments = (ins Weft_Tensor:$x, I64Attr:$k);
  let results = (outs Weft_Tensor:$values, Weft_Tensor:$indices);
  let typeRule = "return top_k(a);";
}

def Weft_ArgmaxOp : Weft_OpenRoutine<"argmax"> {
  let summary = "The index of the largest element along an axis";
  let description = [{
    The first one, as int64; that of the first NaN if there is one. A ShapeError where there is no element. Array API `argmax`.
  }];
  let arguments = (ins Weft_Tensor:$x, I64Attr:$axis, BoolAttr:$keepdims);
  let typeRule = "return extreme_index(a);";
}
def Weft_ArgminOp : Weft_OpenRoutine<"argmin"> {
  let summary = "The index of the smallest element along an axis";
  let description = [{
    The first one, as int64; that of the first NaN if there is one. A ShapeError where there is no element. Array API `argmin`.
  }];
  let arguments = (ins Weft_Tensor:$x, I64Attr:$axis, BoolAttr:$keepdims);
  let typeRule = "return extreme_index(a);";
}
def Weft_SearchsortedOp : Weft_Routine<"searchsorted"> {
  let summary = "Where values belong in a sorted vector";
  let description = [{
    The first position, as int64, at which a value can be inserted and the order is kept; with `right` the last one. The order is that
    of `sort`. Array API `searchsorted`.
  }];
  let arguments = (ins Weft_Tensor:$sorted, Weft_Tensor:$values, BoolAttr:$right);
  let typeRule = "return searchsorted(a);";
}
def Weft_NonzeroOp : Weft_Routine<"nonzero"> {
  let summary = "The positions of the elements that are not 0";
  let description = [{
    A row of int64 for each dimension of x and a column for each position, in row-major order; NaN is not 0. Array API `nonzero`.
  }];
  let arguments = (ins Weft_Tensor:$x);
  let results = (outs Weft_Tensor:$positions);
  let typeRule = "return nonzero(a);";
  let findsSizes = 1;
}

def Weft_CumulativeSumOp : Weft_Routine<"cumulative_sum"> {
  let summary = "The sums of the elements up to each one along an axis";
  let description = [{
    Added from left to right; dtypes as for `sum`, and floats of 16 bits are added in float32, each result rounded once. With `include_initial` 0 stands before them. Array API `cumulative_sum`.
  }];
  let arguments = (ins Weft_Tensor:$x, I64Attr:$axis, BoolAttr:$include_initial);
  let typeRule = "return cumulative(a);";
}
def Weft_CumulativeProdOp : Weft_Routine<"cumulative_prod"> {
  let summary = "The products of the elements up to each one along an axis";
  let description = [{
    Multiplied from left to right; dtypes and float32 as for `cumulative_sum`. With `include_initial` 1 stands before them. Array API `cumulative_prod`.
  }];
  let arguments = (ins Weft_Tensor:$x, I64Attr:$axis, BoolAttr:$include_initial);
  let typeRule = "return cumulative(a);";
}

def Weft_TakeOp : Weft_FailingRoutine<"take"> {
  let summary = "The elements at indices along an axis";
  let description = [{
    The shape of the indices (int32 or int64, of any rank) stands where the axis was; a negative index counts from the end. An
    IndexError where one is out of range. Array API `take`, TensorFlow `gather`.
  }];
  let arguments = (ins Weft_Tensor:$x, Weft_Tensor:$indices, I64Attr:$axis);
  let typeRule = "return take(a);";
}
def Weft_TakeAlongAxisOp : Weft_FailingRoutine<"take_along_axis"> {
  let summary = "One element along an axis for each index";
  let description = [{
    The indices (int32 or int64) are of x's rank and broadcast with x in the other dimensions. An IndexError where one is out of
    range. Array API `take_along_axis`.
  }];
  let arguments = (ins Weft_Tensor:$x, Weft_Tensor:$indices, I64Attr:$axis);
  let typeRule = "return take_along_axis(a);";
}
class Weft_Scatter<string mnemonic, string accepts> : Weft_FailingRoutine<mnemonic> {
  let arguments = (ins Weft_Tensor:$x, Weft_Tensor:$indices, Weft_Tensor:$updates);
  let typeRule = "return scatter(a, " # accepts # ");";
  let updates = 1;
}
def Weft_ScatterUpdateOp : Weft_Scatter<"scatter_update", "any"> {
  let summary = "x with the rows at indices replaced";
  let description = [{
    The updates have the shape of the indices (int32 or int64), then that of a row of x, or broadcast to it. Of equal indices the last
    one wins. An IndexError where one is out of range. TensorFlow `tensor_scatter_nd_update`.
  }];
}
def Weft_ScatterAddOp : Weft_Scatter<"scatter_add", "number"> {
  let summary = "x with the updates added to the rows at indices";
  let description = [{
    Shapes as for `scatter_update`; what has the same index is added in order. TensorFlow `tensor_scatter_nd_add`.
  }];
}
def Weft_BooleanMaskOp : Weft_OpenRoutine<"boolean_mask"> {
  let summary = "The elements where a mask is true";
  let description = [{
    In row-major order, along one dimension that stands where the mask's were: the mask has the shape of x's leading dimensions. x[mask]
    of the Array API, TensorFlow `boolean_mask`.
  }];
  let arguments = (ins Weft_Tensor:$x, Weft_Tensor:$mask);
  let typeRule = "return boolean_mask(a);";
  let findsSizes = 1;
}

def Weft_UniqueValuesOp : Weft_Routine<"unique_values"> {
  let summary = "The distinct elements in order";
  let description = [{The order of `sort`; each NaN is one of its own. Array API `unique_values`.}];
  let arguments = (ins Weft_Tensor:$x);
  let results = (outs Weft_Tensor:$values);
  let typeRule = "return unique(a, 1);";
  let findsSizes = 1;
}
def Weft_UniqueAllOp : Weft_Routine<"unique_all"> {
  let summary = "The distinct elements in order, with their first positions, where each element is among them, and how many there are";
  let description = [{
    The order of `sort`; each NaN is one of its own. Positions are of x as a vector; all but the values are int64. Array API `unique_all`.
  }];
  let arguments = (ins Weft_Tensor:$x);
  let results = (outs Weft_Tensor:$values, Weft_Tensor:$indices, Weft_Tensor:$inverse_indices, Weft_Tensor:$counts);
  let typeRule = "return unique(a, 4);";
  let findsSizes = 1;
}

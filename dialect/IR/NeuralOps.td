// Convolutions and pools. Routines of lib/routines; part of the operation table, Ops.td.

// Images are (n, height, width, channels). With `same` as many zeros as needed stand around them, evenly and the odd one behind,
// so that the result has ceil(size / stride) positions; else windows lie inside.
def Weft_Conv2dOp : Weft_Routine<"conv2d"> {
  let summary = "Sums of images under filters that move over them";
  let description = [{
    Images (n, height, width, in) and filters (height, width, in, out) give (n, rows, columns, out). Floating dtypes; 16-bit
    ones are computed in float32 and rounded once. TensorFlow `conv2d`, NHWC and HWIO.
  }];
  let arguments = (ins Weft_Tensor:$x, Weft_Tensor:$w, DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$dilations,
                       BoolAttr:$same);
  let typeRule = "return conv2d(a);";
}
class Weft_Pool<string mnemonic> : Weft_Routine<mnemonic> {
  let arguments = (ins Weft_Tensor:$x, DenseI64ArrayAttr:$window, DenseI64ArrayAttr:$strides, BoolAttr:$same);
}
def Weft_MaxPool2dOp : Weft_Pool<"max_pool2d"> {
  let summary = "The largest elements of windows that move over images";
  let description = [{NaN where a window holds one; padding is never the largest. Every number. TensorFlow `max_pool2d`, NHWC.}];
  let typeRule = "return pool2d(a, number);";
}
def Weft_AvgPool2dOp : Weft_Pool<"avg_pool2d"> {
  let summary = "The means of windows that move over images";
  let description = [{
    Padding is not counted. Floating dtypes; 16-bit ones are computed in float32 and rounded once. TensorFlow `avg_pool2d`, NHWC.
  }];
  let typeRule = "return pool2d(a, floating);";
}

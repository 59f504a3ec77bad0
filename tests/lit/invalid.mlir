// RUN: %weft-opt %s --split-input-file --verify-diagnostics

// The verifier asks the type rules of the operation table.
func.func @dtypes(%a: tensor<2xf32>, %b: tensor<2xi32>) {
  // expected-error @+1 {{the dtypes float32 and int32 do not mix}}
  %0 = weft.add %a, %b : (tensor<2xf32>, tensor<2xi32>) -> tensor<2xf32>
  return
}

// -----

func.func @broadcast(%a: tensor<2xf32>, %b: tensor<3xf32>) {
  // expected-error @+1 {{the shapes (2,) and (3,) do not broadcast}}
  %0 = weft.add %a, %b : (tensor<2xf32>, tensor<3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @result(%a: tensor<2xf32>) {
  // expected-error @+1 {{has the type float32 (3,) where its operands give float32 (2,)}}
  %0 = weft.exp %a : (tensor<2xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @floating(%a: tensor<2xi32>) {
  // expected-error @+1 {{a floating dtype is needed, not int32}}
  %0 = weft.exp %a : (tensor<2xi32>) -> tensor<2xi32>
  return
}

// -----

func.func @accumulator(%a: tensor<2xi8>) {
  // expected-error @+1 {{has the type int8 () where its operands give int32 ()}}
  %0 = weft.sum %a axes = [0] : (tensor<2xi8>) -> tensor<i8>
  return
}

// -----

func.func @axis(%a: tensor<2xf32>) {
  // expected-error @+1 {{axis 1 is out of range for rank 1}}
  %0 = weft.sum %a axes = [1] : (tensor<2xf32>) -> tensor<f32>
  return
}

// -----

func.func @reshape(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{6 elements of shape (2, 3) cannot take the shape (4,)}}
  %0 = weft.reshape %a [4] : (tensor<2x3xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @window(%a: tensor<3xf32>) {
  // expected-error @+1 {{index 3 is out of range for dimension 0 of size 3}}
  %0 = weft.slice %a starts = [2] sizes = [2] steps = [1] dynamic = [] : (tensor<3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @offset(%a: tensor<3xf32>, %i: tensor<2xi32>) {
  // expected-error @+1 {{an index is an int32 or int64 of rank 0, not int32 (2,)}}
  %0 = weft.slice %a[%i] starts = [0] sizes = [1] steps = [1] dynamic = [0] : (tensor<3xf32>, tensor<2xi32>) -> tensor<1xf32>
  return
}

// -----

// A scalar counts as rank 0, and a type that is no dtype of weft is refused.
func.func @scalars(%a: i17, %b: f32) {
  %ok = weft.add %b, %b : (f32, f32) -> f32
  // expected-error @+1 {{has an operand of type 'i17', which is no tensor of weft}}
  %0 = weft.add %a, %a : (i17, i17) -> i17
  return
}

// -----

func.func @rank(%a: tensor<1x1x1x1x1x1x1x1x1xf32>) {
  // expected-error @+1 {{which is no tensor of weft}}
  %0 = weft.exp %a : (tensor<1x1x1x1x1x1x1x1x1xf32>) -> tensor<1x1x1x1x1x1x1x1x1xf32>
  return
}

// -----

func.func @strings() {
  // expected-error @+1 {{has 1 strings for the type 'tensor<2x!weft.string>'}}
  %0 = weft.constant ["a"] : tensor<2x!weft.string>
  return
}

// -----

func.func @constant() {
  // expected-error @+1 {{needs dense elements, or an array of strings}}
  %0 = weft.constant 3 : i32
  return
}

// -----

func.func @arguments(%a: tensor<2xf32>) {
  // expected-error @+1 {{passes 1 values to 0 block arguments}}
  %0 = weft.fused ins(%a : tensor<2xf32>) {
    %c = arith.constant 1.0 : f32
    weft.yield %c : f32
  } -> f32
  return
}

// -----

func.func @buffers(%a: memref<2xf32>, %b: memref<3xf32>) {
  // expected-error @+1 {{stores 'tensor<2xf32>' into a buffer of type 'memref<3xf32>'}}
  weft.fused ins(%a : memref<2xf32>) outs(%b : memref<3xf32>) {
  ^bb0(%x: tensor<2xf32>):
    weft.yield %x : tensor<2xf32>
  }
  return
}

// -----

func.func @results(%a: tensor<2xf32>) {
  // expected-error @+1 {{has results of other types than it yields}}
  %0 = weft.fused ins(%a : tensor<2xf32>) {
  ^bb0(%x: tensor<2xf32>):
    weft.yield %x : tensor<2xf32>
  } -> tensor<3xf32>
  return
}

// -----

func.func @spaces(%a: tensor<2xf32>, %b: tensor<3xf32>) {
  // expected-error @+1 {{computes values over different shapes}}
  %0:2 = weft.fused ins(%a, %b : tensor<2xf32>, tensor<3xf32>) {
  ^bb0(%x: tensor<2xf32>, %y: tensor<3xf32>):
    weft.yield %x, %y : tensor<2xf32>, tensor<3xf32>
  } -> tensor<2xf32>, tensor<3xf32>
  return
}

// -----

func.func @axes(%a: tensor<2x2xf32>) {
  // expected-error @+1 {{reduces over different axes}}
  %0:2 = weft.fused ins(%a : tensor<2x2xf32>) {
  ^bb0(%x: tensor<2x2xf32>):
    %r = weft.sum %x axes = [0] : (tensor<2x2xf32>) -> tensor<2xf32>
    %s = weft.sum %x axes = [1] : (tensor<2x2xf32>) -> tensor<2xf32>
    weft.yield %r, %s : tensor<2xf32>, tensor<2xf32>
  } -> tensor<2xf32>, tensor<2xf32>
  return
}

// RUN: %weft-opt %s --split-input-file --verify-diagnostics | FileCheck %s

// A dimension of an open window is what is left to the end, in steps.
// CHECK-LABEL: @to_the_end
func.func @to_the_end(%a: tensor<?xf32>, %b: tensor<4xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
  // CHECK: weft.slice
  %0 = weft.slice %a starts = [1] sizes = [-9223372036854775808] steps = [2] dynamic = [] : (tensor<?xf32>) -> tensor<?xf32>
  %1 = weft.slice %b starts = [-3] sizes = [-9223372036854775808] steps = [1] dynamic = [] : (tensor<4xf32>) -> tensor<?xf32>
  return %0, %1 : tensor<?xf32>, tensor<?xf32>
}

// -----

func.func @shorter(%b: tensor<4xf32>) {
  // expected-error @+1 {{has the type float32 (4,) where its operands give float32 (3,)}}
  %0 = weft.slice %b starts = [-3] sizes = [-9223372036854775808] steps = [1] dynamic = [] : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @before_the_first(%b: tensor<4xf32>) {
  // expected-error @+1 {{index -5 is out of range for dimension 0 of size 4}}
  %0 = weft.slice %b starts = [-5] sizes = [1] steps = [1] dynamic = [] : (tensor<4xf32>) -> tensor<1xf32>
  return
}

// -----

func.func @to_a_stop(%b: tensor<9xf32>) {
  // expected-error @+1 {{has the type float32 (4,) where its operands give float32 (3,)}}
  %0 = weft.slice %b starts = [-7] sizes = [-9223372036854775808] steps = [1] dynamic = [] {stops = array<i64: 5>} : (tensor<9xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @lengths(%a: tensor<4x6xf32>, %l: tensor<8xi64>) {
  // expected-error @+1 {{1 lengths for the open sizes of (?, ?)}}
  %0 = weft.reshape %a lengths %l [-9223372036854775808, -9223372036854775808] : (tensor<4x6xf32>, tensor<8xi64>) -> tensor<?x?xf32>
  return
}

// -----

func.func @two_open(%a: tensor<4x6xf32>) {
  // expected-error @+1 {{24 elements of shape (4, 6) cannot take the shape (?, ?, 2)}}
  %0 = weft.reshape %a [-9223372036854775808, -9223372036854775808, 2] : (tensor<4x6xf32>) -> tensor<?x?x2xf32>
  return
}

// -----

func.func @constant() {
  // expected-error @+1 {{a constant has no open dimension}}
  %0 = weft.constant ["a"] : tensor<?x!weft.string>
  return
}

// -----

func.func @broadcast_to(%a: tensor<f32>) {
  // expected-error @+1 {{the sizes to broadcast to must be known while tracing}}
  %0 = weft.broadcast_to %a [-9223372036854775808] : (tensor<f32>) -> tensor<?xf32>
  return
}

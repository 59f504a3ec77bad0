// RUN: %weft-opt %s | %weft-opt | FileCheck %s

// Every operation, printed and read again. Scalars stand for tensors of rank 0.
// CHECK-LABEL: func.func @elementwise
func.func @elementwise(%a: tensor<2x3xf32>, %b: tensor<3xf32>, %i: tensor<4xi32>, %u: tensor<4xui8>, %m: tensor<4xi1>, %k: f32) {
  // CHECK: weft.add %{{.*}}, %{{.*}} : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %0 = weft.add %a, %b : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  // CHECK: weft.divide %{{.*}}, %{{.*}} : (tensor<2x3xf32>, f32) -> tensor<2x3xf32>
  %1 = weft.divide %a, %k : (tensor<2x3xf32>, f32) -> tensor<2x3xf32>
  // CHECK: weft.less %{{.*}}, %{{.*}} : (tensor<4xui8>, tensor<4xui8>) -> tensor<4xi1>
  %2 = weft.less %u, %u : (tensor<4xui8>, tensor<4xui8>) -> tensor<4xi1>
  // CHECK: weft.where %{{.*}}, %{{.*}}, %{{.*}} : (tensor<4xi1>, tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
  %3 = weft.where %m, %i, %i : (tensor<4xi1>, tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
  // CHECK: weft.cast %{{.*}} to f64 : (tensor<4xi32>) -> tensor<4xf64>
  %4 = weft.cast %i to f64 : (tensor<4xi32>) -> tensor<4xf64>
  // CHECK: weft.bitwise_invert %{{.*}} : (tensor<4xui8>) -> tensor<4xui8>
  %5 = weft.bitwise_invert %u : (tensor<4xui8>) -> tensor<4xui8>
  return
}

// CHECK-LABEL: func.func @reductions
func.func @reductions(%a: tensor<2x3xf32>, %i: tensor<4x?xi8>) {
  // CHECK: weft.sum %{{.*}} axes = [0, 1] : (tensor<2x3xf32>) -> f32
  %0 = weft.sum %a axes = [0, 1] : (tensor<2x3xf32>) -> f32
  // CHECK: weft.max %{{.*}} axes = [1] {keepdims = true} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  %1 = weft.max %a axes = [1] {keepdims = true} : (tensor<2x3xf32>) -> tensor<2x1xf32>
  // CHECK: weft.prod %{{.*}} axes = [0] : (tensor<4x?xi8>) -> tensor<?xi32>
  %2 = weft.prod %i axes = [0] : (tensor<4x?xi8>) -> tensor<?xi32>
  return
}

// CHECK-LABEL: func.func @shapes
func.func @shapes(%a: tensor<2x3xf32>, %b: tensor<?x3xf32>, %i: tensor<i32>, %k: i64, %x: f32) {
  // CHECK: weft.reshape %{{.*}} [3, 2] : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %0 = weft.reshape %a [3, 2] : (tensor<2x3xf32>) -> tensor<3x2xf32>
  // CHECK: weft.broadcast_to %{{.*}} [2, 2] : (f32) -> tensor<2x2xf32>
  %1 = weft.broadcast_to %x [2, 2] : (f32) -> tensor<2x2xf32>
  // CHECK: weft.permute_dims %{{.*}} axes = [1, 0] : (tensor<?x3xf32>) -> tensor<3x?xf32>
  %2 = weft.permute_dims %b axes = [1, 0] : (tensor<?x3xf32>) -> tensor<3x?xf32>
  // CHECK: weft.slice %{{.*}} starts = [0, 2] sizes = [2, 2] steps = [1, -1] dynamic = [] : (tensor<2x3xf32>) -> tensor<2x2xf32>
  %3 = weft.slice %a starts = [0, 2] sizes = [2, 2] steps = [1, -1] dynamic = [] : (tensor<2x3xf32>) -> tensor<2x2xf32>
  // CHECK: weft.reshape %{{.*}} lengths %{{.*}}, %{{.*}} [-9223372036854775808, -9223372036854775808] : (tensor<?x3xf32>, tensor<?xi64>, tensor<?xi64>) -> tensor<?x?xf32>
  %l = weft.positions %b axis = 0 : (tensor<?x3xf32>) -> tensor<?xi64>
  %8 = weft.reshape %b lengths %l, %l [-9223372036854775808, -9223372036854775808] : (tensor<?x3xf32>, tensor<?xi64>, tensor<?xi64>) -> tensor<?x?xf32>
  // CHECK: weft.diagonal %{{.*}} offset = -1 : (tensor<2x3xf32>) -> tensor<1xf32>
  %9 = weft.diagonal %a offset = -1 : (tensor<2x3xf32>) -> tensor<1xf32>
  // CHECK: weft.slice %{{.*}} {stops = array<i64: 5, -9223372036854775808>} : (tensor<?x3xf32>) -> tensor<?x3xf32>
  %10 = weft.slice %b starts = [-3, 0] sizes = [-9223372036854775808, 3] steps = [1, 1] dynamic = [] {stops = array<i64: 5, -9223372036854775808>}
    : (tensor<?x3xf32>) -> tensor<?x3xf32>
  // CHECK: weft.slice %{{.*}}[%{{.*}}, %{{.*}}] starts = [0, 0] sizes = [1, 1] steps = [1, 1] dynamic = [0, 1]
  %4 = weft.slice %b[%i, %k] starts = [0, 0] sizes = [1, 1] steps = [1, 1] dynamic = [0, 1]
    : (tensor<?x3xf32>, tensor<i32>, i64) -> tensor<1x1xf32>
  // CHECK: weft.insert %{{.*}} into %{{.*}}[%{{.*}}] starts = [0, 0] sizes = [1, 1] steps = [1, 1] dynamic = [0] {checked}
  %5 = weft.insert %4 into %a[%k] starts = [0, 0] sizes = [1, 1] steps = [1, 1] dynamic = [0] {checked}
    : (tensor<2x3xf32>, tensor<1x1xf32>, i64) -> tensor<2x3xf32>
  // CHECK: weft.concat %{{.*}}, %{{.*}} axis = 0 : (tensor<2x3xf32>, tensor<?x3xf32>) -> tensor<?x3xf32>
  %6 = weft.concat %a, %b axis = 0 : (tensor<2x3xf32>, tensor<?x3xf32>) -> tensor<?x3xf32>
  // CHECK: weft.arange %{{.*}} step %{{.*}} size = 5 : (i64, i64) -> tensor<5xi64>
  %7 = weft.arange %k step %k size = 5 : (i64, i64) -> tensor<5xi64>
  return
}

// CHECK-LABEL: func.func @effects
func.func @effects(%c: tensor<i1>, %x: f32) {
  // CHECK: weft.constant ["a", "b"] : tensor<2x!weft.string>
  %s = weft.constant ["a", "b"] : tensor<2x!weft.string>
  // CHECK: weft.constant dense<[1, 2]> : tensor<2xi32>
  %d = weft.constant dense<[1, 2]> : tensor<2xi32>
  // CHECK: weft.print{{$}}
  weft.print
  // CHECK: weft.print %{{.*}}, %{{.*}} : tensor<2x!weft.string>, f32
  weft.print %s, %x : tensor<2x!weft.string>, f32
  // CHECK: weft.check %{{.*}}, "is it"(%{{.*}} : f32) kind = 5 : tensor<i1>
  weft.check %c, "is it"(%x : f32) kind = 5 : tensor<i1>
  // CHECK: weft.variable_read "v" slot 2 : tensor<2xi32>
  %v = weft.variable_read "v" slot 2 : tensor<2xi32>
  // CHECK: weft.variable_assign %{{.*}} to "v" slot 2 : tensor<2xi32>
  weft.variable_assign %v to "v" slot 2 : tensor<2xi32>
  return
}

// CHECK-LABEL: func.func @groups
func.func @groups(%a: tensor<4xf32>, %m: memref<4xf32>, %n: index) {
  // CHECK: weft.fused ins(%{{.*}} : tensor<4xf32>) {
  // CHECK-NEXT: ^bb0(%[[X:.*]]: tensor<4xf32>):
  // CHECK: weft.yield %{{.*}} : tensor<4xf32>
  // CHECK-NEXT: } -> tensor<4xf32>
  %0 = weft.fused ins(%a : tensor<4xf32>) {
  ^bb0(%x: tensor<4xf32>):
    %e = weft.exp %x : (tensor<4xf32>) -> tensor<4xf32>
    weft.yield %e : tensor<4xf32>
  } -> tensor<4xf32>
  // CHECK: weft.fused ins(%{{.*}} : memref<4xf32>) outs(%{{.*}} : memref<4xf32>)
  weft.fused ins(%m : memref<4xf32>) outs(%m : memref<4xf32>) {
  ^bb0(%x: tensor<4xf32>):
    %e = weft.exp %x : (tensor<4xf32>) -> tensor<4xf32>
    weft.yield %e : tensor<4xf32>
  }
  // CHECK: weft.alloc(%{{.*}}) : memref<?xf32>
  %b = weft.alloc(%n) : memref<?xf32>
  // CHECK: weft.free %{{.*}} : memref<?xf32>
  weft.free %b : memref<?xf32>
  return
}

// CHECK-LABEL: func.func @text
func.func @text(%x: !weft.string) -> i1 {
  // CHECK: weft.text_concat %{{.*}}, %{{.*}}
  %0 = weft.text_concat %x, %x
  // CHECK: weft.text_copy
  %1 = weft.text_copy %0
  // CHECK: weft.text_equal
  %2 = weft.text_equal %0, %1
  return %2 : i1
}

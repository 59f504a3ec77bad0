// RUN: %weft-opt %s --weft-fuse | FileCheck %s

// What a check lets pass is not read before the check: the slice says `checked`, so its group has to stay behind it. Otherwise an
// index that is out of range reads memory that is not the tensor's before anybody says so. The two values have one shape and no
// other order than that of the print and the check between them.
// CHECK-LABEL: func.func @checked
// CHECK: %[[E:.*]] = weft.fused
// CHECK: weft.exp
// CHECK: weft.print %[[E]]
// CHECK: weft.check
// CHECK: weft.fused
// CHECK: weft.slice {{.*}}{checked}
func.func @checked(%x: tensor<8xf32>, %y: tensor<4xf32>, %i: i64, %inside: i1) -> (tensor<4xf32>, tensor<4xf32>) {
  %e = weft.exp %y : (tensor<4xf32>) -> tensor<4xf32>
  weft.print %e : tensor<4xf32>
  weft.check %inside, "index out of range"(%i : i64) kind = 3 : i1
  %s = weft.slice %x[%i] starts = [0] sizes = [4] steps = [1] dynamic = [0] {checked} : (tensor<8xf32>, i64) -> tensor<4xf32>
  return %e, %s : tensor<4xf32>, tensor<4xf32>
}

// Two elements that are printed one after the other: the second is read behind its own check.
// CHECK-LABEL: func.func @elements
// CHECK: weft.check %{{.*}}, "first"
// CHECK: %[[A:.*]] = weft.fused
// CHECK: weft.print %[[A]] : f32
// CHECK: weft.check %{{.*}}, "second"
// CHECK: %[[B:.*]] = weft.fused
// CHECK: weft.print %[[B]] : f32
func.func @elements(%x: tensor<8xf32>, %i: i64, %j: i64, %c: i1, %d: i1) {
  weft.check %c, "first"(%i : i64) kind = 3 : i1
  %s = weft.slice %x[%i] starts = [0] sizes = [1] steps = [1] dynamic = [0] {checked} : (tensor<8xf32>, i64) -> tensor<1xf32>
  %a = weft.reshape %s [] : (tensor<1xf32>) -> f32
  weft.print %a : f32
  weft.check %d, "second"(%j : i64) kind = 3 : i1
  %t = weft.slice %x[%j] starts = [0] sizes = [1] steps = [1] dynamic = [0] {checked} : (tensor<8xf32>, i64) -> tensor<1xf32>
  %b = weft.reshape %t [] : (tensor<1xf32>) -> f32
  weft.print %b : f32
  return
}

// Sizes that were found while running: the sum reads both tensors by one size, so it stays behind the question whether they have one.
// What is before the question and does not need it may stay there.
// CHECK-LABEL: func.func @sizes
// CHECK: %[[E:.*]] = weft.fused
// CHECK: weft.exp
// CHECK: weft.print %[[E]]
// CHECK: weft.check_sizes 0
// CHECK: weft.fused
// CHECK: weft.add
func.func @sizes(%x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %e = weft.exp %x : (tensor<?xf32>) -> tensor<?xf32>
  weft.print %e : tensor<?xf32>
  %n = tensor.dim %x, %c0 : tensor<?xf32>
  %m = tensor.dim %y, %c0 : tensor<?xf32>
  weft.check_sizes 0(%n, %m)
  %s = weft.add %x, %y : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
  return %s : tensor<?xf32>
}

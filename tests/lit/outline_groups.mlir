// RUN: %weft-opt %s -split-input-file --weft-outline-groups=most=2 | FileCheck %s
// RUN: %weft-opt %s -split-input-file --weft-outline-groups=most=2 --weft-lower-fused --weft-lower-to-llvm | FileCheck %s --check-prefix=LLVM

// Equal groups are one function; scalars are returned. Two operands that are one buffer stay one argument: the third group writes
// in place, so it is another function than the second.
// CHECK: func.func private @normal.1(%[[X:.*]]: memref<128xf32>) -> f32 {
// CHECK-NEXT: %[[S:.*]] = weft.fused ins(%[[X]] : memref<128xf32>)
// CHECK: return %[[S]] : f32
// CHECK: func.func private @normal.2(%[[X:.*]]: memref<128xf32>, %[[S:.*]]: f32, %[[Y:.*]]: memref<128xf32>) {
// CHECK-NEXT: weft.fused ins(%[[X]], %[[S]] : memref<128xf32>, f32) outs(%[[Y]] : memref<128xf32>)
// CHECK: func.func private @normal.3(%[[X:.*]]: memref<128xf32>, %[[S:.*]]: f32) {
// CHECK-NEXT: weft.fused ins(%[[X]], %[[S]] : memref<128xf32>, f32) outs(%[[X]] : memref<128xf32>)
// CHECK-LABEL: func.func @normal(
// CHECK-SAME: %[[X:.*]]: memref<128xf32>)
// CHECK-NEXT: %[[S:.*]] = call @normal.1(%[[X]])
// CHECK-NEXT: %[[Y:.*]] = weft.alloc()
// CHECK-NEXT: call @normal.2(%[[X]], %[[S]], %[[Y]])
// CHECK-NEXT: %[[T:.*]] = call @normal.1(%[[Y]])
// CHECK-NEXT: call @normal.3(%[[Y]], %[[T]])
// CHECK-NEXT: return %[[Y]]
// LLVM: llvm.func internal @normal.1(%{{.*}}: !llvm.ptr) -> f32
// The lanes of the sum are the function's own.
// LLVM: llvm.alloca {{.*}}!llvm.array<64 x f32>
// LLVM: llvm.func internal @normal.2(%{{.*}}: !llvm.ptr, %{{.*}}: f32, %{{.*}}: !llvm.ptr)
// LLVM: llvm.func internal @normal.3(%{{.*}}: !llvm.ptr, %{{.*}}: f32)
// LLVM: llvm.func @normal(%{{.*}}: !llvm.ptr) -> i32
// LLVM-NOT: llvm.alloca
// LLVM: %[[S:.*]] = llvm.call @normal.1(
// LLVM: llvm.call @normal.2(%{{.*}}, %[[S]], %{{.*}}) : (!llvm.ptr, f32, !llvm.ptr) -> ()
func.func @normal(%x: memref<128xf32>) -> memref<128xf32> {
  %s = weft.fused ins(%x : memref<128xf32>) {
  ^bb0(%a: tensor<128xf32>):
    %r = weft.sum %a axes = [0] : (tensor<128xf32>) -> f32
    weft.yield %r : f32
  } -> f32
  %y = weft.alloc() : memref<128xf32>
  weft.fused ins(%x, %s : memref<128xf32>, f32) outs(%y : memref<128xf32>) {
  ^bb0(%a: tensor<128xf32>, %b: f32):
    %r = weft.divide %a, %b : (tensor<128xf32>, f32) -> tensor<128xf32>
    weft.yield %r : tensor<128xf32>
  }
  %t = weft.fused ins(%y : memref<128xf32>) {
  ^bb0(%a: tensor<128xf32>):
    %r = weft.sum %a axes = [0] : (tensor<128xf32>) -> f32
    weft.yield %r : f32
  } -> f32
  weft.fused ins(%y, %t : memref<128xf32>, f32) outs(%y : memref<128xf32>) {
  ^bb0(%a: tensor<128xf32>, %b: f32):
    %r = weft.divide %a, %b : (tensor<128xf32>, f32) -> tensor<128xf32>
    weft.yield %r : tensor<128xf32>
  }
  return %y : memref<128xf32>
}

// -----

// Several results, open sizes.
// CHECK: func.func private @both.1(%{{.*}}: memref<?xf32>) -> (f32, f32)
// LLVM: llvm.func internal @both.1(%{{.*}}: !llvm.ptr, %{{.*}}: i64) -> !llvm.struct<(f32, f32)>
// LLVM: llvm.insertvalue
// LLVM: llvm.func @both
// LLVM: %[[B:.*]] = llvm.call @both.1(%{{.*}}, %{{.*}}) : (!llvm.ptr, i64) -> !llvm.struct<(f32, f32)>
// LLVM: llvm.extractvalue %[[B]][0]
// LLVM: llvm.extractvalue %[[B]][1]
// CHECK-LABEL: func.func @both
func.func @both(%x: memref<?xf32>, %y: memref<?xf32>) -> (f32, f32) {
  %s:2 = weft.fused ins(%x : memref<?xf32>) {
  ^bb0(%a: tensor<?xf32>):
    %p = weft.sum %a axes = [0] : (tensor<?xf32>) -> f32
    %q = weft.max %a axes = [0] : (tensor<?xf32>) -> f32
    weft.yield %p, %q : f32, f32
  } -> f32, f32
  %t:2 = weft.fused ins(%y : memref<?xf32>) {
  ^bb0(%a: tensor<?xf32>):
    %p = weft.sum %a axes = [0] : (tensor<?xf32>) -> f32
    %q = weft.max %a axes = [0] : (tensor<?xf32>) -> f32
    weft.yield %p, %q : f32, f32
  } -> f32, f32
  %u = weft.fused ins(%y : memref<?xf32>) {
  ^bb0(%a: tensor<?xf32>):
    %p = weft.sum %a axes = [0] : (tensor<?xf32>) -> f32
    weft.yield %p : f32
  } -> f32
  %v = arith.addf %s#0, %t#0 : f32
  %w = arith.addf %s#1, %u : f32
  return %v, %w : f32, f32
}

// -----

// A known integer becomes a part of the function, which cannot fail then. What cannot fail only where it stands stays there.
// CHECK: func.func private @known.1(%[[X:.*]]: memref<8xi32>, %[[Y:.*]]: memref<8xi32>) {
// CHECK: %[[TWO:.*]] = arith.constant 2 : i32
// CHECK: weft.fused ins(%[[X]], %[[TWO]] : memref<8xi32>, i32) outs(%[[Y]] : memref<8xi32>)
// CHECK-LABEL: func.func @known(
// CHECK: call @known.1(%{{.*}}, %{{.*}}) : (memref<8xi32>, memref<8xi32>) -> ()
// CHECK: weft.fused
// CHECK: call @known.1(
func.func @known(%x: memref<8xi32>, %y: memref<8xi32>, %d: i32) {
  %two = arith.constant 2 : i32
  weft.fused ins(%x, %two : memref<8xi32>, i32) outs(%y : memref<8xi32>) {
  ^bb0(%a: tensor<8xi32>, %b: i32):
    %r = weft.divide %a, %b : (tensor<8xi32>, i32) -> tensor<8xi32>
    weft.yield %r : tensor<8xi32>
  }
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  %is = arith.cmpi ne, %d, %zero : i32
  weft.check %is, "integer division by zero" kind = 5 : i1
  %safe = arith.select %is, %d, %one : i32
  weft.fused ins(%x, %safe : memref<8xi32>, i32) outs(%y : memref<8xi32>) {
  ^bb0(%a: tensor<8xi32>, %b: i32):
    %r = weft.divide %a, %b : (tensor<8xi32>, i32) -> tensor<8xi32>
    weft.yield %r : tensor<8xi32>
  }
  weft.fused ins(%x, %two : memref<8xi32>, i32) outs(%y : memref<8xi32>) {
  ^bb0(%a: tensor<8xi32>, %b: i32):
    %r = weft.divide %a, %b : (tensor<8xi32>, i32) -> tensor<8xi32>
    weft.yield %r : tensor<8xi32>
  }
  return
}

// -----

// What may fail or has strings stays where the frame is. Few groups stay, too.
// CHECK-NOT: func.func private
// CHECK-LABEL: func.func @stay
func.func @stay(%x: memref<8xi32>, %s: memref<2x!weft.string>, %y: memref<8xi32>, %z: memref<2xi1>) {
  weft.fused ins(%x : memref<8xi32>) outs(%y : memref<8xi32>) {
  ^bb0(%a: tensor<8xi32>):
    %r = weft.divide %a, %a : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
    weft.yield %r : tensor<8xi32>
  }
  weft.fused ins(%s : memref<2x!weft.string>) outs(%z : memref<2xi1>) {
  ^bb0(%a: tensor<2x!weft.string>):
    %r = weft.equal %a, %a : (tensor<2x!weft.string>, tensor<2x!weft.string>) -> tensor<2xi1>
    weft.yield %r : tensor<2xi1>
  }
  weft.fused ins(%x : memref<8xi32>) outs(%y : memref<8xi32>) {
  ^bb0(%a: tensor<8xi32>):
    %r = weft.fmod %a, %a : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
    weft.yield %r : tensor<8xi32>
  }
  return
}

// -----

// CHECK-NOT: func.func private
// CHECK-LABEL: func.func @few
func.func @few(%x: memref<8xf32>, %y: memref<8xf32>) {
  weft.fused ins(%x : memref<8xf32>) outs(%y : memref<8xf32>) {
  ^bb0(%a: tensor<8xf32>):
    %r = weft.exp %a : (tensor<8xf32>) -> tensor<8xf32>
    weft.yield %r : tensor<8xf32>
  }
  return
}

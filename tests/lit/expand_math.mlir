// RUN: %weft-opt %s --weft-expand-math | FileCheck %s

// float32 functions become arithmetic with every fused multiply-add written out, and no fast-math flag.
// CHECK-LABEL: func.func @exp
// CHECK-NOT: math.exp
// CHECK-NOT: fastmath
// CHECK: math.fma
// CHECK: arith.shli
// CHECK: return
func.func @exp(%x: f32) -> f32 {
  %y = math.exp %x : f32
  return %y : f32
}

// CHECK-LABEL: func.func @log
// CHECK-NOT: math.log
// CHECK: arith.bitcast %{{.*}} : f32 to i32
// CHECK: math.fma
// CHECK: return
func.func @log(%x: f32) -> f32 {
  %y = math.log %x : f32
  return %y : f32
}

// CHECK-LABEL: func.func @tanh
// CHECK-NOT: math.tanh
// CHECK: math.fma
// CHECK: %[[Y:.*]] = math.copysign
// CHECK: return %[[Y]]
func.func @tanh(%x: f32) -> f32 {
  %y = math.tanh %x : f32
  return %y : f32
}

// Narrower dtypes are computed in float32, inside of loops too.
// CHECK-LABEL: func.func @half
// CHECK: scf.for
// CHECK: arith.extf %{{.*}} : f16 to f32
// CHECK: math.fma
// CHECK: arith.truncf %{{.*}} : f32 to f16
func.func @half(%x: f16, %lo: index, %hi: index, %step: index) -> f16 {
  %r = scf.for %i = %lo to %hi step %step iter_args(%y = %x) -> f16 {
    %e = math.exp %y : f16
    scf.yield %e : f16
  }
  return %r : f16
}

// float64 goes to the C library; the rest is one instruction or exact.
// CHECK-LABEL: func.func @kept
// CHECK: math.exp %{{.*}} : f64
// CHECK: math.sqrt %{{.*}} : f32
// CHECK: math.floor %{{.*}} : f32
func.func @kept(%x: f64, %y: f32) -> (f64, f32) {
  %e = math.exp %x : f64
  %s = math.sqrt %y : f32
  %f = math.floor %s : f32
  return %e, %f : f64, f32
}

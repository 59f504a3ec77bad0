// RUN: %weft-opt %s --weft-expand-math | FileCheck %s

// The arithmetic of lib/math: every fused multiply-add is written out, and no fast-math flag is set.
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

// Both ways are computed, and the sign is the argument's.
// CHECK-LABEL: func.func @tanh
// CHECK-NOT: math.tanh
// CHECK: math.fma
// CHECK: arith.divf
// CHECK: arith.select
// CHECK: arith.xori
// CHECK: return
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

// float64 is called later; the rest is one instruction or exact.
// CHECK-LABEL: func.func @kept
// CHECK: math.exp %{{.*}} : f64
// CHECK-NOT: math.fma
// CHECK: math.sqrt %{{.*}} : f32
// CHECK: math.floor %{{.*}} : f32
func.func @kept(%x: f64, %y: f32) -> (f64, f32) {
  %e = math.exp %x : f64
  %s = math.sqrt %y : f32
  %f = math.floor %s : f32
  return %e, %f : f64, f32
}

// bfloat16 as float16: one rounding, at the end.
// CHECK-LABEL: func.func @bfloat
// CHECK: %[[X:.*]] = arith.extf %{{.*}} : bf16 to f32
// CHECK-NOT: bf16
// CHECK: arith.truncf %{{.*}} : f32 to bf16
// CHECK-NOT: arith.truncf
// CHECK: return
func.func @bfloat(%x: bf16) -> bf16 {
  %y = math.tanh %x : bf16
  return %y : bf16
}

// Only exp, log and tanh are polynomials: their relatives keep their own, more exact functions.
// CHECK-LABEL: func.func @relatives
// CHECK: math.expm1 %{{.*}} : f32
// CHECK: math.log1p %{{.*}} : f32
// CHECK: math.log2 %{{.*}} : f32
// CHECK: math.sin %{{.*}} : f32
// CHECK-NOT: math.fma
func.func @relatives(%x: f32) -> f32 {
  %a = math.expm1 %x : f32
  %b = math.log1p %a : f32
  %c = math.log2 %b : f32
  %d = math.sin %c : f32
  return %d : f32
}

// float64 log and tanh stay too.
// CHECK-LABEL: func.func @wide
// CHECK: math.log %{{.*}} : f64
// CHECK: math.tanh %{{.*}} : f64
// CHECK-NOT: arith.extf
// CHECK-NOT: arith.truncf
// CHECK-NOT: math.fma
func.func @wide(%x: f64) -> f64 {
  %l = math.log %x : f64
  %t = math.tanh %l : f64
  return %t : f64
}

// A function with many keeps them all: they are calls.
// CHECK-LABEL: func.func @many
// CHECK-COUNT-5: math.tanh
// CHECK-NOT: math.fma
func.func @many(%x: f32) -> f32 {
  %a = math.tanh %x : f32
  %b = math.tanh %a : f32
  %c = math.tanh %b : f32
  %d = math.tanh %c : f32
  %e = math.tanh %d : f32
  return %e : f32
}

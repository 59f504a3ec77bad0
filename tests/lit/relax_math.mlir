// RUN: %weft-opt %s --pass-pipeline='builtin.module(func.func(weft-relax-math))' --split-input-file | FileCheck %s

// NaN and infinities are not taken to be absent, and comparisons stay.
// CHECK-LABEL: func.func @relaxed(
// CHECK: arith.mulf %{{.*}}, %{{.*}} fastmath<reassoc,nsz,arcp,contract> : f32
// CHECK: arith.addf %{{.*}}, %{{.*}} fastmath<reassoc,nsz,arcp,contract> : f32
// CHECK: arith.divf %{{.*}}, %{{.*}} fastmath<reassoc,nsz,arcp,contract> : f32
// CHECK: math.exp %{{[0-9a-z]*}} : f32
// CHECK: arith.cmpf olt, %{{[0-9a-z]*}}, %{{[0-9a-z]*}} : f32
module attributes {weft.fast_math} {
  func.func @relaxed(%x: f32, %y: f32) -> (f32, i1) {
    %a = arith.mulf %x, %y : f32
    %b = arith.addf %a, %x : f32
    %c = arith.divf %b, %y : f32
    %d = math.exp %c : f32
    %e = arith.cmpf olt, %d, %x : f32
    return %d, %e : f32, i1
  }
}

// -----

// CHECK-LABEL: func.func @kept(
// CHECK: arith.mulf %{{[0-9a-z]*}}, %{{[0-9a-z]*}} : f32
// CHECK: arith.addf %{{[0-9a-z]*}}, %{{[0-9a-z]*}} : f32
module {
  func.func @kept(%x: f32, %y: f32) -> f32 {
    %a = arith.mulf %x, %y : f32
    %b = arith.addf %a, %x : f32
    return %b : f32
  }
}

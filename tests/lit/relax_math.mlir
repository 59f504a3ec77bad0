// RUN: %weft-opt %s --pass-pipeline='builtin.module(func.func(weft-relax-math))' --split-input-file | FileCheck %s

// What is exact, and comparisons, stay.
// CHECK-LABEL: func.func @relaxed(
// CHECK: arith.mulf %{{.*}}, %{{.*}} fastmath<arcp,contract> : f32
// CHECK: arith.addf %{{.*}}, %{{.*}} fastmath<arcp,contract> : f32
// CHECK: arith.divf %{{.*}}, %{{.*}} fastmath<arcp,contract> : f32
// CHECK: math.exp %{{[0-9a-z]*}} : f32
// CHECK: arith.cmpf olt, %{{[0-9a-z]*}}, %{{[0-9a-z]*}} : f32
// CHECK: arith.divf %{{[0-9a-z]*}}, %{{[0-9a-z]*}} {weft.exact} : f32
module attributes {weft.fast_math} {
  func.func @relaxed(%x: f32, %y: f32) -> (f32, i1) {
    %a = arith.mulf %x, %y : f32
    %b = arith.addf %a, %x : f32
    %c = arith.divf %b, %y : f32
    %d = math.exp %c : f32
    %e = arith.cmpf olt, %d, %x : f32
    %f = arith.divf %x, %y {weft.exact} : f32
    %g = arith.addf %d, %f : f32
    return %g, %e : f32, i1
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

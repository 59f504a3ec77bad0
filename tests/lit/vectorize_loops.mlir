// RUN: %weft-opt %s --weft-vectorize-loops=vector-bits=256 --split-input-file | FileCheck %s

// A lane stays as it was when its loop ended: %a by a select, the number of turns, which is one for all lanes that are still in the loop,
// kept beside. Rows are read and written together up to the bound that is checked; the last vector ends there, and fewer rows than lanes,
// or those behind the bound, are left to the loop that was.
// CHECK-LABEL: func.func @while(
// CHECK-SAME: %[[X:.*]]: memref<?xf32>, %[[O:.*]]: memref<?xi32>, %[[A:.*]]: memref<?xf32>, %[[M:.*]]: index)
// CHECK: %[[N:.*]] = memref.dim %[[X]]
// CHECK: %[[BOUND:.*]] = arith.minsi %[[M]], %[[N]]
// CHECK: %[[ENOUGH:.*]] = arith.cmpi sge, %[[BOUND]], %[[W:.*]] : index
// CHECK: %[[END:.*]] = arith.select %[[ENOUGH]], %[[BOUND]], %[[ZERO:.*]] : index
// CHECK: %[[LATEST:.*]] = arith.subi %[[END]], %[[W]]
// CHECK: scf.for %[[R:.*]] = %[[ZERO]] to %[[END]] step %[[W]] {
// CHECK-NEXT: %[[I:.*]] = arith.minsi %[[R]], %[[LATEST]]
// CHECK-NEXT: %[[V:.*]] = vector.load %[[X]][%[[I]]] : memref<?xf32>, vector<8xf32>
// CHECK: %[[ALL:.*]] = vector.broadcast %{{.*}} : i1 to vector<8xi1>
// CHECK: %[[DONE:.*]]:4 = scf.while (%[[B:.*]] = %[[V]], %[[K:.*]] = %{{.*}}, %[[IN:.*]] = %[[ALL]], %[[KEPT:.*]] = %{{.*}}) : (vector<8xf32>, i32, vector<8xi1>, vector<8xi32>)
// CHECK: %[[C:.*]] = arith.cmpf olt, %[[B]], %{{.*}} : vector<8xf32>
// CHECK: %[[STILL:.*]] = arith.andi %[[IN]], %[[C]]
// CHECK: %[[KS:.*]] = vector.broadcast %[[K]]
// CHECK: %[[TURNS:.*]] = arith.select %[[IN]], %[[KS]], %[[KEPT]]
// CHECK: %[[ANY:.*]] = vector.reduction <or>, %[[STILL]]
// CHECK: scf.condition(%[[ANY]]) %[[B]], %[[K]], %[[STILL]], %[[TURNS]]
// CHECK: ^bb0(%[[B:.*]]: vector<8xf32>, %[[K:.*]]: i32, %[[STILL:.*]]: vector<8xi1>, %[[TURNS:.*]]: vector<8xi32>):
// CHECK-NEXT: %[[NEXT:.*]] = arith.addf %[[B]], %[[B]]
// CHECK-NEXT: %[[K2:.*]] = arith.addi %[[K]], %{{.*}} : i32
// CHECK-NEXT: %[[FROZEN:.*]] = arith.select %[[STILL]], %[[NEXT]], %[[B]]
// CHECK-NEXT: scf.yield %[[FROZEN]], %[[K2]], %[[STILL]], %[[TURNS]]
// CHECK: vector.store %[[DONE]]#3, %[[O]][%[[I]]]
// CHECK: vector.store %[[DONE]]#0, %[[A]][%[[I]]]
// CHECK: scf.for %{{.*}} = %[[END]] to %[[M]]
// CHECK: weft.check
// CHECK: memref.store
func.func @while(%x: memref<?xf32>, %o: memref<?xi32>, %p: memref<?xf32>, %m: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %k1 = arith.constant 1 : i32
  %k0 = arith.constant 0 : i32
  %four = arith.constant 4.0 : f32
  scf.for %i = %c0 to %m step %c1 {
    %n = memref.dim %x, %c0 : memref<?xf32>
    %negative = arith.cmpi slt, %i, %c0 : index
    %wrapped = arith.addi %i, %n : index
    %j = arith.select %negative, %wrapped, %i : index
    %exists = arith.cmpi ult, %j, %n : index
    weft.check %exists, "index out of range" kind = 3 : i1
    %v = memref.load %x[%j] : memref<?xf32>
    %r:2 = scf.while (%a = %v, %k = %k0) : (f32, i32) -> (f32, i32) {
      %c = arith.cmpf olt, %a, %four : f32
      scf.condition(%c) %a, %k : f32, i32
    } do {
    ^bb0(%a: f32, %k: i32):
      %b = arith.addf %a, %a : f32
      %k2 = arith.addi %k, %k1 : i32
      scf.yield %b, %k2 : f32, i32
    }
    memref.store %r#1, %o[%i] : memref<?xi32>
    memref.store %r#0, %p[%i] : memref<?xf32>
  }
  return
}

// -----

// A cheap side is computed for every lane; one that divides, for those that take it, if any does. A counted loop that all lanes leave
// together stays one, and its counter a scalar. 17 rows are three vectors, and nothing is left.
// CHECK-LABEL: func.func @branches(
// CHECK: %[[LATEST:.*]] = arith.constant 9 : index
// CHECK: scf.for
// CHECK: %[[V:.*]] = vector.load
// CHECK: scf.for %[[T:.*]] = %{{.*}} iter_args(%[[S:.*]] = %[[V]]) -> (vector<8xi32>) : i32
// CHECK: %[[ODD:.*]] = arith.cmpi ne, %{{.*}} : vector<8xi32>
// CHECK-NOT: scf.if
// CHECK: %[[THEN:.*]] = arith.addi %[[S]], %{{.*}} : vector<8xi32>
// CHECK: %[[NOT:.*]] = arith.xori %[[ODD]]
// CHECK: %[[ANY:.*]] = vector.reduction <or>, %[[NOT]]
// CHECK: %[[ELSE:.*]] = scf.if %[[ANY]] -> (vector<8xi32>)
// CHECK: arith.divsi
// CHECK: } else {
// CHECK: arith.select %[[ODD]], %[[THEN]], %[[ELSE]]
// CHECK: vector.store
// CHECK-NOT: scf.for
// CHECK: return
func.func @branches(%x: memref<17xi32>, %o: memref<17xi32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c17 = arith.constant 17 : index
  %k0 = arith.constant 0 : i32
  %k1 = arith.constant 1 : i32
  %k9 = arith.constant 9 : i32
  scf.for %i = %c0 to %c17 step %c1 {
    %v = memref.load %x[%i] : memref<17xi32>
    %r = scf.for %t = %k0 to %k9 step %k1 iter_args(%s = %v) -> (i32) : i32 {
      %b = arith.andi %s, %k1 : i32
      %odd = arith.cmpi ne, %b, %k0 : i32
      %w = scf.if %odd -> (i32) {
        %y = arith.addi %s, %t : i32
        scf.yield %y : i32
      } else {
        %d = arith.ori %v, %k1 : i32
        %y = arith.divsi %s, %d : i32
        scf.yield %y : i32
      }
      scf.yield %w : i32
    }
    memref.store %r, %o[%i] : memref<17xi32>
  }
  return
}

// -----

// A counted loop that lanes leave at different times asks before each turn. Elements that are apart are gathered and scattered; in a
// branch, only those of its lanes. The second loop writes what it reads: its last rows are not computed twice.
// CHECK-LABEL: func.func @counted(
// CHECK: scf.for %{{.*}} = %{{.*}} to %{{.*}} step
// CHECK: %[[N:.*]] = vector.gather %{{.*}} : memref<?x2xi32>, vector<8xindex>, vector<8xi1>, vector<8xi32> into vector<8xi32>
// CHECK: scf.while (%[[T:.*]] = %{{.*}}, %[[S:.*]] = %{{.*}}, %{{.*}}) : (i32, vector<8xi32>, vector<8xi1>)
// CHECK: %[[TS:.*]] = vector.broadcast %[[T]] : i32 to vector<8xi32>
// CHECK: arith.cmpi slt, %[[TS]], %[[N]] : vector<8xi32>
// CHECK: scf.condition
// CHECK: %[[FEW:.*]] = arith.cmpi slt, %{{.*}} : vector<8xi32>
// CHECK-NEXT: %[[ANY:.*]] = vector.reduction <or>, %[[FEW]]
// CHECK-NEXT: scf.if %[[ANY]]
// CHECK: vector.scatter %{{.*}}[%{{.*}}] [%{{.*}}], %[[FEW]]
// CHECK: scf.for %{{.*}} = %{{.*}} to %{{.*}} step
// CHECK-NOT: vector
// CHECK: %[[REST:.*]] = arith.remui
// CHECK: scf.for %[[I:.*]] =
// CHECK-NEXT: vector.load %[[P:.*]][%[[I]]]
// CHECK: vector.store %{{.*}}, %[[P]][%[[I]]]
func.func @counted(%x: memref<?x2xi32>, %n: index, %p: memref<?xi32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %k0 = arith.constant 0 : i32
  %k1 = arith.constant 1 : i32
  %k9 = arith.constant 9 : i32
  scf.for %i = %c0 to %n step %c1 {
    %v = memref.load %x[%i, %c1] : memref<?x2xi32>
    %r = scf.for %t = %k0 to %v step %k1 iter_args(%s = %v) -> (i32) : i32 {
      %y = arith.addi %s, %t : i32
      scf.yield %y : i32
    }
    %few = arith.cmpi slt, %r, %k9 : i32
    scf.if %few {
      memref.store %r, %x[%i, %c1] : memref<?x2xi32>
    }
  }
  scf.for %i = %c0 to %n step %c1 {
    %v = memref.load %p[%i] : memref<?xi32>
    %r = scf.for %t = %k0 to %k9 step %k1 iter_args(%s = %v) -> (i32) : i32 {
      %y = arith.muli %s, %s : i32
      scf.yield %y : i32
    }
    memref.store %r, %p[%i] : memref<?xi32>
  }
  return
}

// -----

// What stays as it is: turns without a loop, few rows, turns that write where others do, that carry something, that may fail otherwise.
// CHECK-LABEL: func.func @scalar(
// CHECK-NOT: vector
func.func @scalar(%x: memref<?xf32>, %o: memref<?xf32>, %n: index) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %zero = arith.constant 0.0 : f32
  scf.for %i = %c0 to %n step %c1 {
    %v = memref.load %x[%i] : memref<?xf32>
    %w = arith.mulf %v, %v : f32
    memref.store %w, %o[%i] : memref<?xf32>
  }
  scf.for %i = %c0 to %c3 step %c1 {
    %v = memref.load %x[%i] : memref<?xf32>
    %r = scf.for %t = %c0 to %n step %c1 iter_args(%s = %v) -> (f32) {
      %y = arith.mulf %s, %s : f32
      scf.yield %y : f32
    }
    memref.store %r, %o[%i] : memref<?xf32>
  }
  scf.for %i = %c0 to %n step %c1 {
    %v = memref.load %x[%i] : memref<?xf32>
    %r = scf.for %t = %c0 to %n step %c1 iter_args(%s = %v) -> (f32) {
      %y = arith.mulf %s, %s : f32
      scf.yield %y : f32
    }
    memref.store %r, %o[%c3] : memref<?xf32>
  }
  %sum = scf.for %i = %c0 to %n step %c1 iter_args(%all = %zero) -> (f32) {
    %v = memref.load %x[%i] : memref<?xf32>
    %r = scf.for %t = %c0 to %n step %c1 iter_args(%s = %v) -> (f32) {
      %y = arith.mulf %s, %s : f32
      scf.yield %y : f32
    }
    %next = arith.addf %all, %r : f32
    scf.yield %next : f32
  }
  scf.for %i = %c0 to %n step %c1 {
    %v = memref.load %x[%i] : memref<?xf32>
    %r = scf.for %t = %c0 to %n step %c1 iter_args(%s = %v) -> (f32) {
      %positive = arith.cmpf ogt, %s, %zero : f32
      weft.check %positive, "not positive" kind = 6 : i1
      %y = arith.mulf %s, %s : f32
      scf.yield %y : f32
    }
    memref.store %r, %o[%i] : memref<?xf32>
  }
  return %sum : f32
}

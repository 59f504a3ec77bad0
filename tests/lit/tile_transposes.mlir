// RUN: %weft-opt %s --weft-tile-transposes --split-input-file | FileCheck %s

// Rows of the source are read as vectors, laid in turns in three stages, and kept on the stack; elements then come from there. What is
// left of both sides goes one by one. The loop between runs around the tiles.
// CHECK-LABEL: func.func @batch(
// CHECK-SAME: %[[X:.*]]: memref<?x?x?xf64>, %[[O:.*]]: memref<?x?x?xf64>
// CHECK: %[[TILE:.*]] = memref.alloca() {alignment = 64 : i64} : memref<64xf64>
// CHECK: scf.for %[[BLOCK:.*]] = %{{.*}} to %[[ENDI:.*]] step %c256
// CHECK: %[[LAST:.*]] = arith.minsi %{{.*}}, %[[ENDI]]
// CHECK: scf.for %[[K:.*]] = %{{.*}} to %{{.*}} step
// CHECK: scf.for %[[J:.*]] = %{{.*}} to %[[ENDJ:.*]] step %c8
// CHECK: scf.for %[[I:.*]] = %[[BLOCK]] to %[[LAST]] step %c8
// CHECK-COUNT-8: vector.load %[[X]][%{{.*}}, %[[K]], %[[I]]] : memref<?x?x?xf64>, vector<8xf64>
// CHECK-COUNT-24: vector.shuffle
// CHECK-NOT: vector.shuffle
// CHECK-COUNT-8: vector.store %{{.*}}, %[[TILE]]
// CHECK: memref.load %[[TILE]]
// CHECK: memref.store %{{.*}}, %[[O]][%{{.*}}, %[[K]], %{{.*}}]
// CHECK: scf.for %{{.*}} = %[[BLOCK]] to %[[LAST]]
// CHECK: scf.for %{{.*}} = %[[ENDJ]] to
// CHECK: memref.load %[[X]]
// CHECK: scf.for %{{.*}} = %[[ENDI]] to
// CHECK: memref.load %[[X]]
func.func @batch(%x: memref<?x?x?xf64>, %o: memref<?x?x?xf64>, %n: index, %m: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    scf.for %k = %c0 to %m step %c1 {
      scf.for %j = %c0 to %n step %c1 {
        %v = memref.load %x[%j, %k, %i] : memref<?x?x?xf64>
        memref.store %v, %o[%i, %k, %j] : memref<?x?x?xf64>
      } {weft.parallel}
    }
  }
  return
}

// -----

// Turns that read what others write stay in their order.
// CHECK-LABEL: func.func @in_place(
// CHECK-NOT: vector
func.func @in_place(%x: memref<64x64xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 64 : index
  scf.for %i = %c0 to %n step %c1 {
    scf.for %j = %c0 to %n step %c1 {
      %v = memref.load %x[%j, %i] : memref<64x64xf32>
      memref.store %v, %x[%i, %j] : memref<64x64xf32>
    }
  }
  return
}

// -----

// So do those that write where other turns do.
// CHECK-LABEL: func.func @last_one_counts(
// CHECK-NOT: vector
func.func @last_one_counts(%x: memref<64x64xf32>, %o: memref<64xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 64 : index
  scf.for %i = %c0 to %n step %c1 {
    scf.for %j = %c0 to %n step %c1 {
      %v = memref.load %x[%j, %i] : memref<64x64xf32>
      memref.store %v, %o[%j] : memref<64xf32>
    }
  }
  return
}

// -----

// Sides shorter than a tile.
// CHECK-LABEL: func.func @narrow(
// CHECK-NOT: vector
func.func @narrow(%x: memref<64x15xf32>, %o: memref<15x64xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = arith.constant 64 : index
  %m = arith.constant 15 : index
  scf.for %i = %c0 to %m step %c1 {
    scf.for %j = %c0 to %n step %c1 {
      %v = memref.load %x[%j, %i] : memref<64x15xf32>
      memref.store %v, %o[%i, %j] : memref<15x64xf32>
    }
  }
  return
}

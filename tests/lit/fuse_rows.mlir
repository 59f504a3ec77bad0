// RUN: %weft-opt %s -split-input-file --weft-fuse-rows | FileCheck %s

// The second loop reads what the first wrote in the same row, with other buffers and constants between them.
// CHECK-LABEL: func.func @same_rows
// CHECK: %[[A:.*]] = weft.alloc()
// CHECK: %[[B:.*]] = weft.alloc()
// CHECK: scf.for %[[I:.*]] = %c0 to %c8
// CHECK: memref.store %{{.*}}, %[[A]][%[[I]], %
// CHECK: memref.store %{{.*}}, %[[B]][%[[I]], %
// CHECK-NOT: scf.for %{{.*}} to %c8
// CHECK: return %[[B]]
func.func @same_rows(%x: memref<8x64xf32>) -> memref<8x64xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %c64 = arith.constant 64 : index
  %a = weft.alloc() : memref<8x64xf32>
  scf.for %i = %c0 to %c8 step %c1 {
    scf.for %j = %c0 to %c64 step %c1 {
      %v = memref.load %x[%i, %j] : memref<8x64xf32>
      %w = arith.addf %v, %v : f32
      memref.store %w, %a[%i, %j] : memref<8x64xf32>
    }
  }
  %b = weft.alloc() : memref<8x64xf32>
  %one = arith.constant 1 : index
  scf.for %i = %c0 to %c8 step %one {
    scf.for %j = %c0 to %c64 step %one {
      %last = arith.subi %c64, %one : index
      %k = arith.subi %last, %j : index
      %v = memref.load %a[%i, %k] : memref<8x64xf32>
      memref.store %v, %b[%i, %j] : memref<8x64xf32>
    }
  }
  weft.free %a : memref<8x64xf32>
  return %b : memref<8x64xf32>
}

// -----

// A row of the second loop is a column of the first.
// CHECK-LABEL: func.func @other_rows
// CHECK-COUNT-2: scf.for %{{.*}} = %c0 to %c8
// CHECK: return
func.func @other_rows(%x: memref<8x8xf32>) -> memref<8x8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %a = weft.alloc() : memref<8x8xf32>
  %b = weft.alloc() : memref<8x8xf32>
  scf.for %i = %c0 to %c8 step %c1 {
    scf.for %j = %c1 to %c8 step %c1 {
      %v = memref.load %x[%i, %j] : memref<8x8xf32>
      memref.store %v, %a[%i, %j] : memref<8x8xf32>
    }
  }
  scf.for %i = %c0 to %c8 step %c1 {
    scf.for %j = %c1 to %c8 step %c1 {
      %v = memref.load %a[%j, %i] : memref<8x8xf32>
      memref.store %v, %b[%i, %j] : memref<8x8xf32>
    }
  }
  return %b : memref<8x8xf32>
}

// -----

// The second loop writes over what the first reads in other rows; what may fail stands between two others.
// CHECK-LABEL: func.func @overwritten
// CHECK-COUNT-3: scf.for %{{.*}} = %c0 to %c8
// CHECK: return
func.func @overwritten(%ok: i1) -> memref<8x8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c7 = arith.constant 7 : index
  %c8 = arith.constant 8 : index
  %zero = arith.constant 0.0 : f32
  %a = weft.alloc() : memref<8x8xf32>
  %b = weft.alloc() : memref<8x8xf32>
  scf.for %i = %c0 to %c8 step %c1 {
    scf.for %j = %c1 to %c8 step %c1 {
      %k = arith.subi %c7, %i : index
      %v = memref.load %a[%k, %j] : memref<8x8xf32>
      memref.store %v, %b[%i, %j] : memref<8x8xf32>
    }
  }
  scf.for %i = %c0 to %c8 step %c1 {
    scf.for %j = %c1 to %c8 step %c1 {
      memref.store %zero, %a[%i, %j] : memref<8x8xf32>
    }
  }
  weft.check %ok, "no" kind = 5 : i1
  scf.for %i = %c0 to %c8 step %c1 {
    scf.for %j = %c1 to %c8 step %c1 {
      %v = memref.load %b[%i, %j] : memref<8x8xf32>
      memref.store %v, %b[%i, %j] : memref<8x8xf32>
    }
  }
  return %b : memref<8x8xf32>
}

// -----

// Lanes are set anew in each turn. Loops inside of a loop that both take are fused, too.
// CHECK-LABEL: func.func @inner
// CHECK: scf.for %[[B:.*]] = %c0 to %c4
// CHECK: scf.for %[[I:.*]] = %c0 to %c8
// CHECK: memref.store %{{.*}}, %{{.*}}[%[[B]], %[[I]]]
// CHECK: memref.store %{{.*}}, %{{.*}}[%[[B]], %[[I]], %
// CHECK-NOT: to %c8
// CHECK: return
func.func @inner(%x: memref<4x8x64xf32>) -> memref<4x8x64xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %c8 = arith.constant 8 : index
  %c64 = arith.constant 64 : index
  %zero = arith.constant 0.0 : f32
  %lanes = memref.alloca() : memref<1xf32>
  %s = weft.alloc() : memref<4x8xf32>
  %y = weft.alloc() : memref<4x8x64xf32>
  scf.for %b = %c0 to %c4 step %c1 {
    scf.for %i = %c0 to %c8 step %c1 {
      memref.store %zero, %lanes[%c0] : memref<1xf32>
      scf.for %j = %c0 to %c64 step %c1 {
        %v = memref.load %x[%b, %i, %j] : memref<4x8x64xf32>
        %l = memref.load %lanes[%c0] : memref<1xf32>
        %w = arith.addf %l, %v : f32
        memref.store %w, %lanes[%c0] : memref<1xf32>
      }
      %l = memref.load %lanes[%c0] : memref<1xf32>
      memref.store %l, %s[%b, %i] : memref<4x8xf32>
    }
  }
  scf.for %b = %c0 to %c4 step %c1 {
    scf.for %i = %c0 to %c8 step %c1 {
      scf.for %j = %c0 to %c64 step %c1 {
        %v = memref.load %x[%b, %i, %j] : memref<4x8x64xf32>
        %l = memref.load %s[%b, %i] : memref<4x8xf32>
        %w = arith.divf %v, %l : f32
        memref.store %w, %y[%b, %i, %j] : memref<4x8x64xf32>
      }
    }
  }
  return %y : memref<4x8x64xf32>
}

// -----

// What threads share is fused, and is as much work as both.
// CHECK-LABEL: func.func @shared
// CHECK: %[[W:.*]] = arith.addi %c3000, %c2000
// CHECK: weft.parallel %c0 to %c8 step 1 work %[[W]] {
// CHECK: ^bb0(%[[FIRST:.*]]: index, %[[LAST:.*]]: index):
// CHECK: scf.for %[[I:.*]] = %[[FIRST]] to %[[LAST]]
// CHECK: memref.store %{{.*}}, %{{.*}}[%[[I]], %
// CHECK: memref.store %{{.*}}, %{{.*}}[%[[I]], %
// CHECK-NOT: weft.parallel
// CHECK: return
func.func @shared(%x: memref<8x64xf32>) -> memref<8x64xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %c64 = arith.constant 64 : index
  %c2000 = arith.constant 2000 : index
  %c3000 = arith.constant 3000 : index
  %a = weft.alloc() : memref<8x64xf32>
  weft.parallel %c0 to %c8 step 1 work %c3000 {
  ^bb0(%first: index, %last: index):
    scf.for %i = %first to %last step %c1 {
      scf.for %j = %c0 to %c64 step %c1 {
        %v = memref.load %x[%i, %j] : memref<8x64xf32>
        memref.store %v, %a[%i, %j] : memref<8x64xf32>
      }
    }
    weft.yield
  }
  weft.parallel %c0 to %c8 step 1 work %c2000 {
  ^bb0(%first: index, %last: index):
    %two = arith.constant 2.0 : f32
    scf.for %i = %first to %last step %c1 {
      scf.for %j = %c0 to %c64 step %c1 {
        %v = memref.load %a[%i, %j] : memref<8x64xf32>
        %w = arith.mulf %v, %two : f32
        memref.store %w, %a[%i, %j] : memref<8x64xf32>
      }
    }
    weft.yield
  }
  return %a : memref<8x64xf32>
}

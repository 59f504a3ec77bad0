// RUN: env WEFT_PARALLEL_WORK=1000 %weft-opt %s --split-input-file --weft-lower-fused --weft-outline-parallel | FileCheck %s
// RUN: env WEFT_PARALLEL_WORK=1000 %weft-opt %s --split-input-file --weft-lower-fused --weft-outline-parallel --weft-lower-to-llvm | FileCheck %s --check-prefix=LLVM
// RUN: %weft-opt %s --split-input-file --weft-lower-fused --weft-outline-parallel | FileCheck %s --check-prefix=ONE

// No work is enough here.
// ONE-NOT: call_parallel

// The sizes are open, so whether threads share the loop is found when it runs. The function reads its operands from words.
// CHECK: func.func private @open.task1(%[[B:.*]]: index, %[[E:.*]]: index, %[[X:.*]]: memref<?xf32>, %[[S:.*]]: f32, %[[O:.*]]: memref<?xf32>) -> i64
// CHECK: scf.for %[[I:.*]] = %[[B]] to %[[E]] step
// CHECK-NEXT: memref.load %[[X]][%[[I]]]
// CHECK: {weft.parallel}
// CHECK-LABEL: func.func @open(
// CHECK: %[[N:.*]] = memref.dim
// CHECK: %[[WORK:.*]] = arith.muli %[[N]], %c{{.*}} : index
// CHECK: weft.call_parallel @open.task1 turns %[[N]] work %[[WORK]]
// LLVM: llvm.func @weft_parallel_for(!llvm.ptr, !llvm.ptr, i64, i64) -> i64
// LLVM: llvm.func internal @open.task1(%[[WORDS:.*]]: !llvm.ptr, %{{.*}}: i64, %{{.*}}: i64) -> i64
// LLVM: llvm.getelementptr inbounds %[[WORDS]][16]
// LLVM-LABEL: llvm.func @open(
// LLVM: llvm.alloca {{.*}} x !llvm.array<5 x i64>
// LLVM: llvm.mlir.addressof @open.task1
// LLVM: llvm.call @weft_parallel_for(
func.func @open(%x: memref<?xf32>, %s: f32, %o: memref<?xf32>) {
  weft.fused ins(%x, %s : memref<?xf32>, f32) outs(%o : memref<?xf32>) {
  ^bb0(%a: tensor<?xf32>, %b: f32):
    %m = weft.multiply %a, %b : (tensor<?xf32>, f32) -> tensor<?xf32>
    weft.yield %m : tensor<?xf32>
  }
  return
}

// -----

// Known to be little.
// CHECK-LABEL: func.func @little(
// CHECK-NOT: call_parallel
// CHECK: scf.for
func.func @little(%x: memref<100xf32>, %o: memref<100xf32>) {
  weft.fused ins(%x : memref<100xf32>) outs(%o : memref<100xf32>) {
  ^bb0(%a: tensor<100xf32>):
    %m = weft.multiply %a, %a : (tensor<100xf32>, tensor<100xf32>) -> tensor<100xf32>
    weft.yield %m : tensor<100xf32>
  }
  return
}

// -----

// Each row is a turn, with lanes of its own.
// CHECK: func.func private @rows.task1(%[[B:.*]]: index, %[[E:.*]]: index, %[[X:[^:]*]]: memref<300x200xf32>, %[[O:[^:]*]]: memref<300xf32>) -> i64
// CHECK: memref.alloca() {{.*}} : memref<64xf32>
// CHECK: scf.for %{{.*}} = %[[B]] to %[[E]] step
// CHECK-LABEL: func.func @rows(
// CHECK-NOT: alloca
// CHECK: weft.call_parallel @rows.task1 turns %c300 work
func.func @rows(%x: memref<300x200xf32>, %o: memref<300xf32>) {
  weft.fused ins(%x : memref<300x200xf32>) outs(%o : memref<300xf32>) {
  ^bb0(%a: tensor<300x200xf32>):
    %m = weft.sum %a axes = [1] : (tensor<300x200xf32>) -> tensor<300xf32>
    weft.yield %m : tensor<300xf32>
  }
  return
}

// -----

// One result: the turns divide the lanes that blocks are combined into. Those are the caller's, the lanes of a block the function's own.
// CHECK: func.func private @all.task1(%[[B:.*]]: index, %[[E:.*]]: index, %[[X:[^:]*]]: memref<?xf32>, %[[BLOCKS:[^:]*]]: memref<64xf32>) -> i64
// CHECK: memref.alloca() {{.*}} : memref<64xf32>
// CHECK: scf.for %[[FIRST:.*]] = %{{.*}} to %{{.*}} step %c262144
// CHECK: scf.for %[[LANE:.*]] = %[[B]] to
// CHECK: memref.store %{{.*}}, %[[BLOCKS]][%[[LANE]]]
// CHECK-LABEL: func.func @all(
// CHECK: %[[LANES:.*]] = memref.alloca()
// CHECK-NOT: memref.alloca
// CHECK: weft.call_parallel @all.task1 turns %c64 work %{{.*}}(%{{.*}}, %[[LANES]] :
func.func @all(%x: memref<?xf32>) -> f32 {
  %r = weft.fused ins(%x : memref<?xf32>) {
  ^bb0(%a: tensor<?xf32>):
    %m = weft.sum %a axes = [0] : (tensor<?xf32>) -> f32
    weft.yield %m : f32
  } -> f32
  return %r : f32
}

// -----

// Tiles of columns have a step, and the rest, which is not shared, lanes beside them. A check is made behind all turns.
// CHECK: func.func private @tiles.task1(%[[B:.*]]: index, %[[E:.*]]: index,
// CHECK: memref.alloca
// CHECK: %[[LAST:.*]] = arith.minsi
// CHECK: scf.for %{{.*}} = %{{.*}} to %[[LAST]] step %c256
// CHECK-LABEL: func.func @tiles(
// CHECK: memref.alloca
// CHECK: %[[TURNS:.*]] = arith.divsi
// CHECK: weft.call_parallel @tiles.task1 turns %[[TURNS]]
func.func @tiles(%x: memref<500x?xf32>, %o: memref<?xf32>) {
  weft.fused ins(%x : memref<500x?xf32>) outs(%o : memref<?xf32>) {
  ^bb0(%a: tensor<500x?xf32>):
    %e = weft.exp %a : (tensor<500x?xf32>) -> tensor<500x?xf32>
    %m = weft.sum %e axes = [0] : (tensor<500x?xf32>) -> tensor<?xf32>
    weft.yield %m : tensor<?xf32>
  }
  return
}

// -----

// CHECK: func.func private @check.task1(
// CHECK: %[[HELD:.*]] = scf.for
// CHECK: %[[BIT:.*]] = arith.select %[[HELD]], %{{.*}}, %c1_i64
// CHECK-LABEL: func.func @check(
// CHECK: %[[FLAGS:.*]] = weft.call_parallel @check.task1
// CHECK: %[[FAILED:.*]] = arith.andi %[[FLAGS]], %c1_i64
// CHECK: %[[ALL:.*]] = arith.cmpi eq, %[[FAILED]]
// CHECK: weft.check %[[ALL]], "
func.func @check(%x: memref<?xi32>, %y: memref<?xi32>, %o: memref<?xi32>) {
  weft.fused ins(%x, %y : memref<?xi32>, memref<?xi32>) outs(%o : memref<?xi32>) {
  ^bb0(%a: tensor<?xi32>, %b: tensor<?xi32>):
    %m = weft.floor_divide %a, %b : (tensor<?xi32>, tensor<?xi32>) -> tensor<?xi32>
    weft.yield %m : tensor<?xi32>
  }
  return
}

// RUN: %weft-opt %s --weft-lower-fused --split-input-file --verify-diagnostics | FileCheck %s

// Every access is at the element itself: one loop over all elements. What is read once is loaded once, and everything is read before
// anything is written, as %x is an output too.
// CHECK-LABEL: func.func @flat(
// CHECK-SAME: %[[X:.*]]: memref<3x4xf32>, %[[S:.*]]: f32, %[[O:.*]]: memref<3x4xf32>)
// CHECK-DAG: %[[N:.*]] = arith.constant 12 : index
// CHECK-DAG: %[[FX:.*]] = memref.collapse_shape %[[X]] {{\[}}[0, 1]] : memref<3x4xf32> into memref<12xf32>
// CHECK-DAG: %[[FO:.*]] = memref.collapse_shape %[[O]]
// CHECK: scf.for %[[I:.*]] = %{{.*}} to %[[N]] step %{{.*}} {
// CHECK-NEXT: %[[V:.*]] = memref.load %[[FX]][%[[I]]]
// CHECK-NEXT: %[[A:.*]] = arith.mulf %[[V]], %[[S]]
// CHECK-NEXT: %[[B:.*]] = arith.subf %[[V]], %[[A]]
// CHECK-NEXT: memref.store %[[A]], %[[FX]][%[[I]]]
// CHECK-NEXT: memref.store %[[B]], %[[FO]][%[[I]]]
// CHECK-NEXT: } {weft.parallel}
func.func @flat(%x: memref<3x4xf32>, %s: f32, %o: memref<3x4xf32>) {
  weft.fused ins(%x, %s : memref<3x4xf32>, f32) outs(%x, %o : memref<3x4xf32>, memref<3x4xf32>) {
  ^bb0(%a: tensor<3x4xf32>, %b: f32):
    %m = weft.multiply %a, %b : (tensor<3x4xf32>, f32) -> tensor<3x4xf32>
    %d = weft.subtract %a, %m : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
    weft.yield %m, %d : tensor<3x4xf32>, tensor<3x4xf32>
  }
  return
}

// -----

// Broadcasting: a loop for each dimension. What does not change in the inner loop is computed before it.
// CHECK-LABEL: func.func @broadcast(
// CHECK-SAME: %[[X:.*]]: memref<?x70xf32>, %[[C:.*]]: memref<?x1xf32>, %[[R:.*]]: memref<70xf32>
// CHECK: %[[N:.*]] = memref.dim %[[X]]
// CHECK: scf.for %[[I:.*]] = %{{.*}} to %[[N]]
// CHECK-DAG: %[[V:.*]] = memref.load %[[C]][%[[I]], %{{.*}}]
// CHECK-DAG: %[[E:.*]] = math.exp %[[V]]
// CHECK: scf.for %[[J:.*]] =
// CHECK-NOT: math.exp
// CHECK: memref.load %[[R]][%[[J]]]
// CHECK: arith.addf %{{.*}}, %[[E]]
// CHECK: weft.parallel
func.func @broadcast(%x: memref<?x70xf32>, %c: memref<?x1xf32>, %r: memref<70xf32>, %o: memref<?x70xf32>) {
  weft.fused ins(%x, %c, %r : memref<?x70xf32>, memref<?x1xf32>, memref<70xf32>) outs(%o : memref<?x70xf32>) {
  ^bb0(%a: tensor<?x70xf32>, %b: tensor<?x1xf32>, %d: tensor<70xf32>):
    %e = weft.exp %b : (tensor<?x1xf32>) -> tensor<?x1xf32>
    %f = weft.multiply %a, %d : (tensor<?x70xf32>, tensor<70xf32>) -> tensor<?x70xf32>
    %g = weft.add %f, %e : (tensor<?x70xf32>, tensor<?x1xf32>) -> tensor<?x70xf32>
    weft.yield %g : tensor<?x70xf32>
  }
  return
}

// -----

// At most four elements need no loop; a last dimension of few is unrolled in the loop over the rows.
// CHECK-LABEL: func.func @unrolled
// CHECK-NOT: scf.for
// CHECK-COUNT-4: arith.negf
// CHECK-NOT: arith.negf
// CHECK: scf.for
// CHECK-COUNT-3: arith.addf
// CHECK-NOT: arith.addf
// CHECK: weft.parallel
func.func @unrolled(%x: memref<2x2xf32>, %y: memref<9x3xf32>, %z: memref<3xf32>) {
  weft.fused ins(%x : memref<2x2xf32>) outs(%x : memref<2x2xf32>) {
  ^bb0(%a: tensor<2x2xf32>):
    %m = weft.negative %a : (tensor<2x2xf32>) -> tensor<2x2xf32>
    weft.yield %m : tensor<2x2xf32>
  }
  weft.fused ins(%y, %z : memref<9x3xf32>, memref<3xf32>) outs(%y : memref<9x3xf32>) {
  ^bb0(%a: tensor<9x3xf32>, %b: tensor<3xf32>):
    %m = weft.add %a, %b : (tensor<9x3xf32>, tensor<3xf32>) -> tensor<9x3xf32>
    weft.yield %m : tensor<9x3xf32>
  }
  return
}

// -----

// Parts have loops of their own, without branches; written in place, an insert is only its part.
// CHECK-LABEL: func.func @parts(
// CHECK-SAME: %[[X:.*]]: memref<100xf32>, %[[Y:.*]]: memref<98xf32>, %[[O:.*]]: memref<100xf32>, %[[C:.*]]: memref<198xf32>)
// CHECK: memref.load %[[X]][%[[Z:.*]]]
// CHECK: memref.store %{{.*}}, %[[O]][%[[Z]]]
// CHECK: memref.load %[[X]][%[[L:.*]]]
// CHECK: memref.store %{{.*}}, %[[O]][%[[L]]]
// CHECK: scf.for %[[I:.*]] =
// CHECK-NEXT: memref.load %[[Y]][%[[I]]]
// CHECK-NEXT: %[[J:.*]] = arith.addi %[[I]], %{{.*}}
// CHECK-NEXT: memref.store %{{.*}}, %[[O]][%[[J]]]
// CHECK: weft.parallel
// CHECK-NOT: memref.load %[[X]]
// CHECK: scf.for
// CHECK-NEXT: memref.load %[[Y]]
// CHECK: memref.store %{{.*}}, %[[X]]
// CHECK-NOT: scf.if
// CHECK: scf.for
// CHECK: memref.load %[[X]]
// CHECK: scf.for
// CHECK: memref.load %[[Y]]
// CHECK-NOT: scf.if
func.func @parts(%x: memref<100xf32>, %y: memref<98xf32>, %o: memref<100xf32>, %c: memref<198xf32>) {
  weft.fused ins(%x, %y : memref<100xf32>, memref<98xf32>) outs(%o : memref<100xf32>) {
  ^bb0(%a: tensor<100xf32>, %b: tensor<98xf32>):
    %m = weft.insert %b into %a starts = [1] sizes = [98] steps = [1] dynamic = [] : (tensor<100xf32>, tensor<98xf32>) -> tensor<100xf32>
    weft.yield %m : tensor<100xf32>
  }
  weft.fused ins(%x, %y : memref<100xf32>, memref<98xf32>) outs(%x : memref<100xf32>) {
  ^bb0(%a: tensor<100xf32>, %b: tensor<98xf32>):
    %m = weft.insert %b into %a starts = [1] sizes = [98] steps = [1] dynamic = [] : (tensor<100xf32>, tensor<98xf32>) -> tensor<100xf32>
    weft.yield %m : tensor<100xf32>
  }
  weft.fused ins(%x, %y : memref<100xf32>, memref<98xf32>) outs(%c : memref<198xf32>) {
  ^bb0(%a: tensor<100xf32>, %b: tensor<98xf32>):
    %m = weft.concat %a, %b axis = 0 : (tensor<100xf32>, tensor<98xf32>) -> tensor<198xf32>
    weft.yield %m : tensor<198xf32>
  }
  return
}

// -----

// Strings: what a turn makes it frees; the buffer holds a reference of its own. What a loop may fail of is checked
// behind it, for all turns at once, so that it is parallel.
// CHECK-LABEL: func.func @strings(
// CHECK-SAME: %[[X:.*]]: memref<9x!weft.string>, %[[S:.*]]: !weft.string, %[[O:.*]]: memref<9x!weft.string>
// CHECK: scf.for
// CHECK: %[[V:.*]] = memref.load %[[X]]
// CHECK: %[[J:.*]] = weft.text_concat %[[V]], %[[S]]
// CHECK: memref.store %[[J]], %[[O]]
// CHECK-NEXT: weft.free %[[J]] : !weft.string
// CHECK-NOT: weft.parallel
// CHECK: %[[ALL:.*]]:2 = scf.for {{.*}} iter_args(%[[BEFORE:.*]] = %{{.*}}, %{{.*}} = %{{.*}}) -> (i1, i1)
// CHECK: arith.fptosi
// CHECK: %[[HOLDS:.*]] = arith.andi %[[BEFORE]], %{{.*}} : i1
// CHECK: scf.yield %[[HOLDS]], %{{.*}}
// CHECK: weft.parallel
// CHECK: weft.check %[[ALL]]#0, "integer division by zero"
// CHECK-NEXT: weft.check %[[ALL]]#1, "{{.*}}negative
// CHECK: return
func.func @strings(%x: memref<9x!weft.string>, %s: !weft.string, %o: memref<9x!weft.string>, %i: memref<9xi32>) {
  weft.fused ins(%x, %s : memref<9x!weft.string>, !weft.string) outs(%o : memref<9x!weft.string>) {
  ^bb0(%a: tensor<9x!weft.string>, %b: !weft.string):
    %m = weft.add %a, %b : (tensor<9x!weft.string>, !weft.string) -> tensor<9x!weft.string>
    weft.yield %m : tensor<9x!weft.string>
  }
  weft.fused ins(%i : memref<9xi32>) outs(%i : memref<9xi32>) {
  ^bb0(%a: tensor<9xi32>):
    %m = weft.divide %a, %a : (tensor<9xi32>, tensor<9xi32>) -> tensor<9xi32>
    %p = weft.pow %m, %a : (tensor<9xi32>, tensor<9xi32>) -> tensor<9xi32>
    weft.yield %p : tensor<9xi32>
  }
  return
}

// -----

// A group of rank 0 has no loop. Its string is owned by who uses the group.
// CHECK-LABEL: func.func @scalar
// CHECK: %[[V:.*]] = memref.load
// CHECK: %[[C:.*]] = weft.text_copy %[[V]]
// CHECK: return %[[C]]
func.func @scalar(%x: memref<9x!weft.string>) -> !weft.string {
  %0 = weft.fused ins(%x : memref<9x!weft.string>) {
  ^bb0(%a: tensor<9x!weft.string>):
    %e = weft.slice %a starts = [4] sizes = [1] steps = [1] dynamic = [] : (tensor<9x!weft.string>) -> tensor<1x!weft.string>
    %r = weft.reshape %e [] : (tensor<1x!weft.string>) -> !weft.string
    weft.yield %r : !weft.string
  } -> !weft.string
  return %0 : !weft.string
}

// -----

// The one order of reductions: blocks of 4,096, 64 lanes from the identity, lanes folded 32, 16, 8 in memory and 4, 2, 1 in registers,
// and the blocks combined in the same way.
// CHECK-LABEL: func.func @blocks
// CHECK-DAG: %[[BLOCKS:.*]] = memref.alloca() {alignment = 64 : i64} : memref<64xf32>
// CHECK-DAG: %[[LANES:.*]] = memref.alloca() {alignment = 64 : i64} : memref<64xf32>
// CHECK-DAG: %[[C64:.*]] = arith.constant 64 : index
// CHECK-DAG: %[[C4096:.*]] = arith.constant 4096 : index
// CHECK: scf.for %[[BASE:.*]] = %{{.*}} to %{{.*}} step %[[C4096]]
// CHECK: arith.minsi %{{.*}}, %[[C4096]]
// CHECK: scf.for %{{.*}} = %{{.*}} to %{{.*}} step %[[C64]]
// CHECK: scf.for %[[L:.*]] = %{{.*}} to %[[C64]] step
// CHECK: %[[A:.*]] = memref.load %[[LANE:.*]][%[[L]]] : memref<64xf32>
// CHECK: %[[S:.*]] = arith.addf %[[A]], %{{.*}}
// CHECK: memref.store %[[S]], %[[LANE]][%[[L]]]
// CHECK-NEXT: } {weft.parallel}
// CHECK: scf.for %{{.*}} = %{{.*}} to %c32
// CHECK: scf.for %{{.*}} = %{{.*}} to %c16
// CHECK: scf.for %{{.*}} = %{{.*}} to %c8
// CHECK-COUNT-8: memref.load
// CHECK-COUNT-7: arith.addf
// CHECK: scf.for %{{.*}} = %{{.*}} to %c32
func.func @blocks(%x: memref<?xf32>) -> f32 {
  %0 = weft.fused ins(%x : memref<?xf32>) {
  ^bb0(%a: tensor<?xf32>):
    %s = weft.sum %a axes = [0] : (tensor<?xf32>) -> f32
    weft.yield %s : f32
  } -> f32
  return %0 : f32
}

// -----

// Few elements are a tree in registers, here over each row of three: lane 0 with lane 2, then with lane 1.
// CHECK-LABEL: func.func @tree
// CHECK: scf.for %[[I:.*]] =
// CHECK: %[[X0:.*]] = memref.load %{{.*}}[%[[I]], %c0]
// CHECK: %[[A0:.*]] = arith.addf %{{.*}}, %[[X0]]
// CHECK: %[[X1:.*]] = memref.load %{{.*}}[%[[I]], %c1]
// CHECK: %[[A1:.*]] = arith.addf %{{.*}}, %[[X1]]
// CHECK: %[[X2:.*]] = memref.load %{{.*}}[%[[I]], %c2]
// CHECK: %[[A2:.*]] = arith.addf %{{.*}}, %[[X2]]
// CHECK: %[[B:.*]] = arith.addf %[[A0]], %[[A2]]
// CHECK: %[[S:.*]] = arith.addf %[[B]], %[[A1]]
// CHECK: memref.store %[[S]], %{{.*}}[%[[I]]]
// CHECK: weft.parallel
func.func @tree(%x: memref<70x3xf32>, %o: memref<70xf32>) {
  weft.fused ins(%x : memref<70x3xf32>) outs(%o : memref<70xf32>) {
  ^bb0(%a: tensor<70x3xf32>):
    %s = weft.sum %a axes = [1] : (tensor<70x3xf32>) -> tensor<70xf32>
    weft.yield %s : tensor<70xf32>
  }
  return
}

// -----

// Columns: tiles of 256 accumulators, here shared by two reductions; the rows of a lane follow each other, and the product is computed once.
// CHECK-LABEL: func.func @columns
// CHECK-COUNT-2: memref.alloca() {alignment = 64 : i64} : memref<8192xf32>
// CHECK: scf.for %{{.*}} = %{{.*}} to %{{.*}} step %c128
// CHECK: scf.for %[[L:.*]] = %{{.*}} to %c64
// CHECK: scf.for %[[R:.*]] = %[[L]] to %c1000{{.*}} step %c64
// CHECK: scf.for
// CHECK-COUNT-1: arith.mulf
// CHECK-NOT: arith.mulf
// CHECK: arith.addf
// CHECK: arith.maximumf
// CHECK: weft.parallel
func.func @columns(%x: memref<1000x512xf32>, %o: memref<512xf32>, %p: memref<512xf32>) {
  weft.fused ins(%x : memref<1000x512xf32>) outs(%o, %p : memref<512xf32>, memref<512xf32>) {
  ^bb0(%a: tensor<1000x512xf32>):
    %m = weft.multiply %a, %a : (tensor<1000x512xf32>, tensor<1000x512xf32>) -> tensor<1000x512xf32>
    %s = weft.sum %m axes = [0] : (tensor<1000x512xf32>) -> tensor<512xf32>
    %t = weft.max %m axes = [0] : (tensor<1000x512xf32>) -> tensor<512xf32>
    weft.yield %s, %t : tensor<512xf32>, tensor<512xf32>
  }
  return
}

// -----

// Where columns are only read, eight rows of a lane are added at once, one after the other.
// CHECK-LABEL: func.func @read_columns(
// CHECK-SAME: %[[X:.*]]: memref<1000x512xf32>
// CHECK: %[[FLAT:.*]] = memref.collapse_shape %[[X]]
// CHECK: scf.for %[[L:.*]] = %{{.*}} to %c64
// CHECK: scf.for %{{.*}} = %[[L]] to %[[WHOLE:.*]] step %c512
// CHECK: scf.for
// CHECK: memref.load %{{.*}} : memref<16384xf32>
// CHECK: %[[FIRST:.*]] = memref.load %[[FLAT]]
// CHECK: arith.addf %{{.*}}, %[[FIRST]]
// CHECK-COUNT-7: memref.load %[[FLAT]]
// CHECK-NOT: memref.load
// CHECK: memref.store
// CHECK: scf.for %{{.*}} = %[[WHOLE]] to %c1000{{.*}} step %c64
func.func @read_columns(%x: memref<1000x512xf32>, %o: memref<512xf32>) {
  weft.fused ins(%x : memref<1000x512xf32>) outs(%o : memref<512xf32>) {
  ^bb0(%a: tensor<1000x512xf32>):
    %s = weft.sum %a axes = [0] : (tensor<1000x512xf32>) -> tensor<512xf32>
    weft.yield %s : tensor<512xf32>
  }
  return
}

// -----

// any stops behind the block that decides.
// CHECK-LABEL: func.func @early
// CHECK: %[[R:.*]]:2 = scf.while (%[[B:.*]] = %{{.*}}, %[[F:.*]] = %false
// CHECK: %[[MORE:.*]] = arith.cmpi slt, %[[B]]
// CHECK: %[[OPEN:.*]] = arith.cmpi eq, %[[F]], %false
// CHECK: %[[C:.*]] = arith.andi %[[MORE]], %[[OPEN]]
// CHECK: scf.condition(%[[C]])
// CHECK: return %[[R]]#1
func.func @early(%x: memref<?x?xf32>, %k: f32) -> i1 {
  %0 = weft.fused ins(%x, %k : memref<?x?xf32>, f32) {
  ^bb0(%a: tensor<?x?xf32>, %b: f32):
    %c = weft.greater %a, %b : (tensor<?x?xf32>, f32) -> tensor<?x?xi1>
    %s = weft.any %c axes = [0, 1] : (tensor<?x?xi1>) -> i1
    weft.yield %s : i1
  } -> i1
  return %0 : i1
}

// -----

// A sum of integers is exact in any order, so it needs no blocks: one set of lanes and no loop over blocks of 4,096.
// CHECK-LABEL: func.func @exact
// CHECK-COUNT-1: memref.alloca() {{.*}} : memref<64xi64>
// CHECK-NOT: memref.alloca
// CHECK-NOT: constant 4096
// CHECK: return
func.func @exact(%x: memref<?xi64>) -> i64 {
  %0 = weft.fused ins(%x : memref<?xi64>) {
  ^bb0(%a: tensor<?xi64>):
    %s = weft.sum %a axes = [0] : (tensor<?xi64>) -> i64
    weft.yield %s : i64
  } -> i64
  return %0 : i64
}

// -----

// A sum over nothing is its identity: no element is read.
// CHECK-LABEL: func.func @nothing
// CHECK-NEXT: %[[Z:.*]] = arith.constant 0.000000e+00 : f32
// CHECK-NEXT: return %[[Z]]
func.func @nothing(%x: memref<0x3xf32>) -> f32 {
  %0 = weft.fused ins(%x : memref<0x3xf32>) {
  ^bb0(%a: tensor<0x3xf32>):
    %s = weft.sum %a axes = [0, 1] : (tensor<0x3xf32>) -> f32
    weft.yield %s : f32
  } -> f32
  return %0 : f32
}

// -----

// Reads of elements of a moved input are no flat loop, as that would read at the element that is written.
// CHECK-LABEL: func.func @reversed(
// CHECK-SAME: %[[X:.*]]: memref<9x9xf32>, %[[O:.*]]: memref<9x9xf32>)
// CHECK-NOT: memref.collapse_shape
// CHECK: scf.for %[[I:.*]] =
// CHECK: scf.for %[[J:.*]] =
// CHECK: memref.load %[[X]][%[[J]], %[[I]]]
// CHECK: memref.store %{{.*}}, %[[O]][%[[I]], %[[J]]]
func.func @reversed(%x: memref<9x9xf32>, %o: memref<9x9xf32>) {
  weft.fused ins(%x : memref<9x9xf32>) outs(%o : memref<9x9xf32>) {
  ^bb0(%a: tensor<9x9xf32>):
    %p = weft.permute_dims %a axes = [1, 0] : (tensor<9x9xf32>) -> tensor<9x9xf32>
    weft.yield %p : tensor<9x9xf32>
  }
  return
}

//===--- Groups that are no loop nest over buffers are refused ---------------------------------------------------------===//

// -----

func.func @no_buffers(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{has no buffers}}
  %0 = weft.fused ins(%x : tensor<4xf32>) {
  ^bb0(%a: tensor<4xf32>):
    %s = weft.negative %a : (tensor<4xf32>) -> tensor<4xf32>
    weft.yield %s : tensor<4xf32>
  } -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @foreign(%x: memref<4xf32>) {
  weft.fused ins(%x : memref<4xf32>) outs(%x : memref<4xf32>) {
  ^bb0(%a: tensor<4xf32>):
    // expected-error @+1 {{cannot be part of a loop}}
    %s = arith.negf %a : tensor<4xf32>
    weft.yield %s : tensor<4xf32>
  }
  return
}

// -----

// A table has no body for one element; it belongs outside of groups.
func.func @table(%o: memref<2xf32>) {
  weft.fused outs(%o : memref<2xf32>) {
    // expected-error @+1 {{cannot be part of a loop}}
    %s = weft.constant dense<[1.0, 2.0]> : tensor<2xf32>
    weft.yield %s : tensor<2xf32>
  }
  return
}

// -----

func.func @reduced_and_read(%x: memref<8x4xf32>, %o: memref<4xf32>) {
  // expected-error @+1 {{reduces and yields something else}}
  weft.fused ins(%x : memref<8x4xf32>) outs(%o : memref<4xf32>) {
  ^bb0(%a: tensor<8x4xf32>):
    %s = weft.sum %a axes = [0] : (tensor<8x4xf32>) -> tensor<4xf32>
    %e = weft.exp %s : (tensor<4xf32>) -> tensor<4xf32>
    weft.yield %e : tensor<4xf32>
  }
  return
}

// RUN: %weft-opt %s -split-input-file --weft-lower-to-llvm | FileCheck %s

// Inputs are read from the frame (word 0: inputs, word 1: dimensions), results are written to it (word 2).
// CHECK-LABEL: llvm.func @scalars(
// CHECK-SAME: %[[FRAME:.*]]: !llvm.ptr) -> i32
// CHECK: %[[INPUTS:.*]] = llvm.load %[[FRAME]] : !llvm.ptr -> !llvm.ptr
// CHECK: %[[A:.*]] = llvm.load %[[INPUTS]] : !llvm.ptr -> !llvm.ptr
// CHECK: llvm.load %[[A]] : !llvm.ptr -> f32
// A bool is a byte: what is not 0 is true.
// CHECK: %[[BYTE:.*]] = llvm.load %{{.*}} : !llvm.ptr -> i8
// CHECK: llvm.icmp "ne" %[[BYTE]]
// CHECK: llvm.getelementptr inbounds %[[FRAME]][16]
// CHECK: llvm.zext %{{.*}} : i1 to i8
// CHECK: %[[DONE:.*]] = llvm.mlir.constant(0 : i32)
// CHECK: llvm.return %[[DONE]] : i32
// CHECK-NOT: llvm.mlir.constant(1 : i32)
func.func @scalars(%a: f32, %b: i1) -> (f32, i1) {
  %s = arith.addf %a, %a : f32
  return %s, %b : f32, i1
}

// -----

// A parallel loop: its accesses are in a group that the branch back names; a buffer is a pointer and its open sizes.
// CHECK: #[[GROUP:.*]] = #llvm.access_group
// CHECK: #[[LOOP:.*]] = #llvm.loop_annotation<parallelAccesses = #[[GROUP]]>
// CHECK-LABEL: llvm.func @parallel
// CHECK: %[[BUFFER:.*]] = llvm.call @weft_alloc
// CHECK: llvm.icmp "ne" %[[BUFFER]]
// CHECK: llvm.cond_br %{{.*}}, ^{{.*}}, ^[[HERE:bb[0-9]+]](%{{.*}}, %{{.*}}, %{{.*}} : !llvm.ptr, i32, i32)
// CHECK: llvm.load %{{.*}} {access_groups = [#[[GROUP]]]} : !llvm.ptr -> f32
// CHECK-NOT: fastmath
// CHECK: llvm.store %{{.*}} {access_groups = [#[[GROUP]]]} : f32
// CHECK: llvm.br ^{{.*}} {loop_annotation = #[[LOOP]]}
// CHECK: llvm.call @weft_give(%{{.*}}, %{{.*}}, %[[BUFFER]])
// The place of what failed is stored into the frame.
// CHECK: ^[[HERE]](%[[FILE:.*]]: !llvm.ptr, %[[LINE:.*]]: i32, %[[COLUMN:.*]]: i32):
// CHECK: llvm.store %[[FILE]]
// CHECK: llvm.store %[[LINE]]
// CHECK: llvm.store %[[COLUMN]]
// CHECK: %[[FAILED:.*]] = llvm.mlir.constant(1 : i32)
// CHECK: llvm.return %[[FAILED]]
func.func @parallel(%a: memref<?xf32>) -> memref<?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = memref.dim %a, %c0 : memref<?xf32>
  %r = weft.alloc(%n) : memref<?xf32>
  scf.for %i = %c0 to %n step %c1 {
    %x = memref.load %a[%i] : memref<?xf32>
    %y = arith.mulf %x, %x : f32
    memref.store %y, %r[%i] : memref<?xf32>
  } {weft.parallel}
  return %r : memref<?xf32>
}

// -----

// Loops that are not parallel get no annotation; buffers may be carried from turn to turn.
// CHECK-NOT: loop_annotation
// CHECK-LABEL: llvm.func @pingpong
// CHECK: ^[[HEADER:bb[0-9]+]](%{{.*}}: i64, %[[X:.*]]: !llvm.ptr, %[[Y:.*]]: !llvm.ptr):
// CHECK: llvm.br ^[[HEADER]](%{{.*}}, %[[Y]], %[[X]] : i64, !llvm.ptr, !llvm.ptr)
func.func @pingpong(%n: index) -> memref<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %a = weft.alloc() : memref<4xf32>
  %b = weft.alloc() : memref<4xf32>
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%x = %a, %y = %b) -> (memref<4xf32>, memref<4xf32>) {
    scf.yield %y, %x : memref<4xf32>, memref<4xf32>
  }
  weft.free %r#1 : memref<4xf32>
  return %r#0 : memref<4xf32>
}

// -----

// A check branches to a block of its own, which records the error with constants of the module.
// CHECK-DAG: llvm.mlir.global private unnamed_addr constant @[[MESSAGE:.*]]("not positive\00")
// CHECK-DAG: llvm.mlir.global private unnamed_addr constant @[[FILE:.*]]("user.cpp\00")
// CHECK-LABEL: llvm.func @check
// CHECK: llvm.alloca
// CHECK: llvm.cond_br %{{.*}}, ^{{.*}}, ^[[BAD:bb[0-9]+]]
// CHECK: ^[[BAD]]:
// CHECK: %[[KIND:.*]] = llvm.mlir.constant(5 : i32)
// CHECK: %[[M:.*]] = llvm.mlir.addressof @[[MESSAGE]]
// CHECK: %[[F:.*]] = llvm.mlir.addressof @[[FILE]]
// CHECK: %[[L:.*]] = llvm.mlir.constant(3 : i32)
// CHECK: %[[C:.*]] = llvm.mlir.constant(7 : i32)
// CHECK: llvm.call @weft_fail(%{{.*}}, %[[KIND]], %[[M]], %[[F]], %[[L]], %[[C]],
func.func @check(%a: i64) -> i64 {
  %c0 = arith.constant 0 : i64
  %ok = arith.cmpi sgt, %a, %c0 : i64
  weft.check %ok, "not positive" (%a : i64) kind = 5 : i1 loc(callsite("positive"("user.cpp":3:7) at "lib.h":1:1))
  return %a : i64
}

// -----

// Strings are pointers to texts; a constant is a text with its header (64 bytes) in the object.
// CHECK: llvm.mlir.global private unnamed_addr constant @[[TEXT:.*]]("\00\00\00\80\01{{.*}}hello\00") {{.*}}alignment = 64
// CHECK-LABEL: llvm.func @strings
// CHECK: %[[HEADER:.*]] = llvm.mlir.addressof @[[TEXT]]
// CHECK: %[[HELLO:.*]] = llvm.getelementptr inbounds %[[HEADER]][64]
// CHECK: %[[BOTH:.*]] = llvm.call @weft_text_concat(%{{.*}}, %[[HELLO]], %{{.*}})
// CHECK: llvm.call @weft_text_store(
// CHECK: llvm.call @weft_print(
// CHECK: llvm.call @weft_free(%{{.*}}, %[[BOTH]])
func.func @strings(%s: !weft.string) -> memref<1x!weft.string> {
  %c0 = arith.constant 0 : index
  %hello = weft.constant ["hello"] : !weft.string
  %both = weft.text_concat %hello, %s
  %r = weft.alloc() : memref<1x!weft.string>
  memref.store %both, %r[%c0] : memref<1x!weft.string>
  weft.print %both : !weft.string
  weft.free %both : !weft.string
  return %r : memref<1x!weft.string>
}

// -----

// A variable of rank 0 is read where it lies; an assignment gives it a new buffer.
// CHECK-LABEL: llvm.func @variables
// CHECK: llvm.getelementptr inbounds %{{.*}}[24]
// CHECK: %[[V:.*]] = llvm.load %{{.*}} : !llvm.ptr -> i64
// CHECK: %[[NEW:.*]] = llvm.call @weft_alloc
// CHECK: llvm.store %[[V]], %[[NEW]]
// CHECK: llvm.call @weft_variable_assign(%{{.*}}, %{{.*}}, %[[NEW]])
// CHECK: llvm.call @weft_variable_read
func.func @variables() -> memref<2xf32> {
  %v = weft.variable_read "n" slot 0 : i64
  weft.variable_assign %v to "n" slot 0 : i64
  %w = weft.variable_read "w" slot 1 : memref<2xf32>
  return %w : memref<2xf32>
}

// -----

// The name of a function of libm is as good as any other.
// CHECK: llvm.func @expm1(f64) -> f64
// CHECK: llvm.func @expm1.(%{{.*}}: !llvm.ptr) -> i32
// CHECK: llvm.call @expm1(%{{.*}}) : (f64) -> f64
func.func @expm1(%x: f64) -> f64 {
  %y = math.expm1 %x : f64
  return %y : f64
}

// -----

// Unsigned numbers are signless here; bools in constants are bytes.
// CHECK: llvm.mlir.global private constant @flags(dense<[1, 0]> : tensor<2xi8>)
// CHECK-LABEL: llvm.func @unsigned
// CHECK: llvm.udiv %{{.*}} : i8
// CHECK-NOT: unrealized_conversion_cast
memref.global "private" constant @flags : memref<2xi1> = dense<[true, false]>
func.func @unsigned(%a: ui8) -> (ui8, i1) {
  %c0 = arith.constant 0 : index
  %x = builtin.unrealized_conversion_cast %a : ui8 to i8
  %q = arith.divui %x, %x : i8
  %r = builtin.unrealized_conversion_cast %q : i8 to ui8
  %g = memref.get_global @flags : memref<2xi1>
  %f = memref.load %g[%c0] : memref<2xi1>
  return %r, %f : ui8, i1
}

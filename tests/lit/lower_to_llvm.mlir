// RUN: %weft-opt %s --weft-lower-to-llvm --split-input-file --verify-diagnostics | FileCheck %s

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

// A parallel loop with a large body says how wide its vectors are, by the widest element in it.
// CHECK-DAG: #[[WIDE:.*]] = #llvm.loop_vectorize<disable = false, width = 16 : i32>
// CHECK-DAG: #[[ONCE:.*]] = #llvm.loop_interleave<count = 1 : i32>
// CHECK-DAG: #[[AS_IS:.*]] = #llvm.loop_unroll<disable = true>
// CHECK: #[[LOOP:.*]] = #llvm.loop_annotation<vectorize = #[[WIDE]], interleave = #[[ONCE]], unroll = #[[AS_IS]], parallelAccesses = #{{.*}}>
// CHECK-LABEL: llvm.func @large
// CHECK: llvm.cond_br {{.*}}{loop_annotation = #[[LOOP]]}
func.func @large(%x: memref<100xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c100 = arith.constant 100 : index
  scf.for %i = %c0 to %c100 step %c1 {
    %v0 = memref.load %x[%i] : memref<100xf32>
    %v1 = arith.addf %v0, %v0 : f32
    %v2 = arith.addf %v1, %v1 : f32
    %v3 = arith.addf %v2, %v2 : f32
    %v4 = arith.addf %v3, %v3 : f32
    %v5 = arith.addf %v4, %v4 : f32
    %v6 = arith.addf %v5, %v5 : f32
    %v7 = arith.addf %v6, %v6 : f32
    %v8 = arith.addf %v7, %v7 : f32
    %v9 = arith.addf %v8, %v8 : f32
    %v10 = arith.addf %v9, %v9 : f32
    %v11 = arith.addf %v10, %v10 : f32
    %v12 = arith.addf %v11, %v11 : f32
    %v13 = arith.addf %v12, %v12 : f32
    %v14 = arith.addf %v13, %v13 : f32
    %v15 = arith.addf %v14, %v14 : f32
    %v16 = arith.addf %v15, %v15 : f32
    %v17 = arith.addf %v16, %v16 : f32
    %v18 = arith.addf %v17, %v17 : f32
    %v19 = arith.addf %v18, %v18 : f32
    %v20 = arith.addf %v19, %v19 : f32
    %v21 = arith.addf %v20, %v20 : f32
    %v22 = arith.addf %v21, %v21 : f32
    %v23 = arith.addf %v22, %v22 : f32
    %v24 = arith.addf %v23, %v23 : f32
    %v25 = arith.addf %v24, %v24 : f32
    %v26 = arith.addf %v25, %v25 : f32
    %v27 = arith.addf %v26, %v26 : f32
    %v28 = arith.addf %v27, %v27 : f32
    %v29 = arith.addf %v28, %v28 : f32
    %v30 = arith.addf %v29, %v29 : f32
    %v31 = arith.addf %v30, %v30 : f32
    %v32 = arith.addf %v31, %v31 : f32
    %v33 = arith.addf %v32, %v32 : f32
    %v34 = arith.addf %v33, %v33 : f32
    %v35 = arith.addf %v34, %v34 : f32
    %v36 = arith.addf %v35, %v35 : f32
    %v37 = arith.addf %v36, %v36 : f32
    %v38 = arith.addf %v37, %v37 : f32
    %v39 = arith.addf %v38, %v38 : f32
    %v40 = arith.addf %v39, %v39 : f32
    %v41 = arith.addf %v40, %v40 : f32
    %v42 = arith.addf %v41, %v41 : f32
    %v43 = arith.addf %v42, %v42 : f32
    %v44 = arith.addf %v43, %v43 : f32
    %v45 = arith.addf %v44, %v44 : f32
    %v46 = arith.addf %v45, %v45 : f32
    %v47 = arith.addf %v46, %v46 : f32
    memref.store %v47, %x[%i] : memref<100xf32>
  } {weft.parallel}
  return
}

// -----

// A parallel loop: its accesses are in a group that the branch back names; a buffer is a pointer and its open sizes. The
// annotation is on the branch that closes the loop, where LLVM looks for it, and not on the guard before the loop.
// CHECK: #[[GROUP:.*]] = #llvm.access_group
// CHECK: #[[LOOP:.*]] = #llvm.loop_annotation<parallelAccesses = #[[GROUP]]>
// CHECK-LABEL: llvm.func @parallel
// CHECK: %[[N:.*]] = llvm.load %{{.*}} : !llvm.ptr -> i64
// CHECK: %[[BUFFER:.*]] = llvm.call @weft_alloc
// CHECK: llvm.icmp "ne" %[[BUFFER]]
// CHECK: llvm.cond_br %{{.*}}, ^{{.*}}, ^[[HERE:bb[0-9]+]](%{{.*}}, %{{.*}}, %{{.*}} : !llvm.ptr, i32, i32)
// CHECK: %[[ENTER:.*]] = llvm.icmp "slt" %[[ZERO:.*]], %[[N]] : i64
// CHECK-NEXT: llvm.cond_br %[[ENTER]], ^[[BODY:bb[0-9]+]](%[[ZERO]] : i64), ^[[EXIT:bb[0-9]+]]{{$}}
// CHECK-NEXT: ^[[BODY]](%[[I:.*]]: i64):
// CHECK: llvm.load %{{.*}} {access_groups = [#[[GROUP]]]} : !llvm.ptr -> f32
// CHECK-NOT: fastmath
// CHECK: llvm.store %{{.*}} {access_groups = [#[[GROUP]]]} : f32
// CHECK-NEXT: %[[NEXT:.*]] = llvm.add %[[I]], %{{.*}} overflow<nsw> : i64
// CHECK-NEXT: %[[AGAIN:.*]] = llvm.icmp "ne" %[[NEXT]], %[[N]] : i64
// CHECK-NEXT: llvm.cond_br %[[AGAIN]], ^[[BODY]](%[[NEXT]] : i64), ^[[EXIT]] {loop_annotation = #[[LOOP]]}
// CHECK-NEXT: ^[[EXIT]]:
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

// Loops that are not parallel get no annotation; buffers may be carried from turn to turn. A loop without a turn hands its
// initial values on.
// CHECK-NOT: loop_annotation
// CHECK-LABEL: llvm.func @pingpong
// CHECK: %[[A:.*]] = llvm.call @weft_alloc
// CHECK: %[[B:.*]] = llvm.call @weft_alloc
// CHECK: llvm.cond_br %{{.*}}, ^[[BODY:bb[0-9]+]](%{{.*}}, %[[A]], %[[B]] : i64, !llvm.ptr, !llvm.ptr), ^[[EXIT:bb[0-9]+]](%[[A]], %[[B]] : !llvm.ptr, !llvm.ptr)
// CHECK-NEXT: ^[[BODY]](%{{.*}}: i64, %[[X:.*]]: !llvm.ptr, %[[Y:.*]]: !llvm.ptr):
// CHECK-NOT: overflow
// CHECK: llvm.cond_br %{{.*}}, ^[[BODY]](%{{.*}}, %[[Y]], %[[X]] : i64, !llvm.ptr, !llvm.ptr), ^[[EXIT]](%[[Y]], %[[X]] : !llvm.ptr, !llvm.ptr)
// CHECK-NOT: loop_annotation
// CHECK: ^[[EXIT]](%[[P:.*]]: !llvm.ptr, %[[Q:.*]]: !llvm.ptr):
// CHECK: llvm.call @weft_free(%{{.*}}, %[[Q]])
// CHECK: llvm.call @weft_give(%{{.*}}, %{{.*}}, %[[P]])
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

// Bounds and step that are known only at run time: the loop is entered if the lower bound is below the upper, and goes on by
// the same comparison, since the counter may pass the upper bound. Without a turn the results are the initial values, with
// turns what the last one yielded, to which a counter belongs too.
// CHECK-LABEL: llvm.func @maybe_no_turn
// CHECK: %[[LO:.*]] = llvm.load %{{.*}} : !llvm.ptr -> i64
// CHECK: %[[HI:.*]] = llvm.load %{{.*}} : !llvm.ptr -> i64
// CHECK: %[[STEP:.*]] = llvm.load %{{.*}} : !llvm.ptr -> i64
// CHECK: %[[X:.*]] = llvm.load %{{.*}} : !llvm.ptr -> i64
// CHECK-NEXT: %[[ENTER:.*]] = llvm.icmp "slt" %[[LO]], %[[HI]] : i64
// CHECK-NEXT: llvm.cond_br %[[ENTER]], ^[[BODY:bb[0-9]+]](%[[LO]], %[[X]], %[[LO]] : i64, i64, i64), ^[[EXIT:bb[0-9]+]](%[[X]], %[[LO]] : i64, i64)
// CHECK-NEXT: ^[[BODY]](%[[I:.*]]: i64, %[[A:.*]]: i64, %{{.*}}: i64):
// CHECK-NEXT: %[[SUM:.*]] = llvm.add %[[A]], %[[X]] : i64
// CHECK-NEXT: %[[NEXT:.*]] = llvm.add %[[I]], %[[STEP]] : i64
// CHECK-NEXT: %[[AGAIN:.*]] = llvm.icmp "slt" %[[NEXT]], %[[HI]] : i64
// CHECK-NEXT: llvm.cond_br %[[AGAIN]], ^[[BODY]](%[[NEXT]], %[[SUM]], %[[I]] : i64, i64, i64), ^[[EXIT]](%[[SUM]], %[[I]] : i64, i64)
// CHECK-NEXT: ^[[EXIT]](%[[P:.*]]: i64, %[[Q:.*]]: i64):
// CHECK: llvm.store %[[P]]
// CHECK: llvm.store %[[Q]]
func.func @maybe_no_turn(%lo: index, %hi: index, %step: index, %x: i64) -> (i64, index) {
  %r:2 = scf.for %i = %lo to %hi step %step iter_args(%a = %x, %b = %lo) -> (i64, index) {
    %n = arith.addi %a, %x : i64
    scf.yield %n, %i : i64, index
  }
  return %r#0, %r#1 : i64, index
}

// -----

// Known bounds: no guard where there is a turn for certain. A counter that meets the upper bound is compared for equality, one
// that passes it is not. From 7 to 7 there is no turn, so this loop keeps its guard.
// CHECK-LABEL: llvm.func @known_turns
// CHECK: %[[C0:.*]] = llvm.mlir.constant(0 : i32)
// CHECK: %[[C2:.*]] = llvm.mlir.constant(2 : i32)
// CHECK: %[[C6:.*]] = llvm.mlir.constant(6 : i32)
// CHECK: %[[C7:.*]] = llvm.mlir.constant(7 : i32)
// CHECK-NEXT: llvm.br ^[[MEETS:bb[0-9]+]](%[[C0]], %{{.*}} : i32, f32)
// CHECK-NEXT: ^[[MEETS]](
// CHECK: llvm.icmp "ne" %{{.*}}, %[[C6]] : i32
// CHECK-NEXT: llvm.cond_br %{{.*}}, ^[[MEETS]](%{{.*}}, %[[A:.*]] : i32, f32), ^{{.*}}(%[[A]] : f32)
// CHECK: llvm.br ^[[PASSES:bb[0-9]+]](%[[C0]], %{{.*}} : i32, f32)
// CHECK-NEXT: ^[[PASSES]](
// CHECK: llvm.icmp "slt" %{{.*}}, %[[C7]] : i32
// CHECK-NEXT: llvm.cond_br %{{.*}}, ^[[PASSES]](%{{.*}}, %[[B:.*]] : i32, f32), ^{{.*}}(%[[B]] : f32)
// CHECK-NEXT: ^{{.*}}(%[[KEPT:.*]]: f32):
// CHECK-NEXT: %[[ENTER:.*]] = llvm.icmp "slt" %[[C7]], %[[C7]] : i32
// CHECK-NEXT: llvm.cond_br %[[ENTER]], ^{{.*}}(%[[C7]], %[[KEPT]] : i32, f32), ^[[EXIT:bb[0-9]+]](%[[KEPT]] : f32)
// CHECK: ^[[EXIT]](
func.func @known_turns(%x: f32) -> (f32, f32, f32) {
  %c0 = arith.constant 0 : i32
  %c2 = arith.constant 2 : i32
  %c6 = arith.constant 6 : i32
  %c7 = arith.constant 7 : i32
  %meets = scf.for %i = %c0 to %c6 step %c2 iter_args(%a = %x) -> f32 : i32 {
    %n = arith.addf %a, %x : f32
    scf.yield %n : f32
  }
  %passes = scf.for %i = %c0 to %c7 step %c2 iter_args(%a = %meets) -> f32 : i32 {
    %n = arith.mulf %a, %x : f32
    scf.yield %n : f32
  }
  %none = scf.for %i = %c7 to %c7 step %c2 iter_args(%a = %passes) -> f32 : i32 {
    %n = arith.subf %a, %x : f32
    scf.yield %n : f32
  }
  return %meets, %passes, %none : f32, f32, f32
}

// -----

// An unsigned loop is guarded by an unsigned comparison.
// CHECK-LABEL: llvm.func @unsigned_turns
// CHECK: %[[N:.*]] = llvm.load %{{.*}} : !llvm.ptr -> i8
// CHECK: llvm.icmp "ult" %{{.*}}, %[[N]] : i8
// CHECK: llvm.icmp "ne" %{{.*}}, %[[N]] : i8
func.func @unsigned_turns(%n: i8) -> i8 {
  %c1 = arith.constant 1 : i8
  %r = scf.for unsigned %i = %c1 to %n step %c1 iter_args(%a = %n) -> i8 : i8 {
    %b = arith.muli %a, %i : i8
    scf.yield %b : i8
  }
  return %r : i8
}

// -----

// A while keeps its test at the top: what the test hands on is the body's arguments and the results, of other number and type
// than what the body hands back.
// CHECK-LABEL: llvm.func @while
// CHECK: llvm.br ^[[TEST:bb[0-9]+]](%{{.*}} : i64)
// CHECK-NEXT: ^[[TEST]](%[[I:.*]]: i64):
// CHECK-NEXT: %[[MORE:.*]] = llvm.icmp "slt" %[[I]], %{{.*}} : i64
// CHECK-NEXT: %[[F:.*]] = llvm.sitofp %[[I]] : i64 to f64
// CHECK-NEXT: llvm.cond_br %[[MORE]], ^[[BODY:bb[0-9]+]](%[[I]], %[[F]] : i64, f64), ^[[EXIT:bb[0-9]+]]{{$}}
// CHECK-NEXT: ^[[BODY]](%[[J:.*]]: i64, %[[G:.*]]: f64):
// CHECK: %[[H:.*]] = llvm.fadd %[[G]]
// CHECK: %[[K:.*]] = llvm.fptosi %[[H]]
// CHECK: %[[S:.*]] = llvm.add %[[J]], %[[K]] : i64
// CHECK-NEXT: llvm.br ^[[TEST]](%[[S]] : i64)
// CHECK-NEXT: ^[[EXIT]]:
// CHECK: llvm.store %[[I]]
// CHECK: llvm.store %[[F]]
func.func @while(%n: i64) -> (i64, f64) {
  %zero = arith.constant 0 : i64
  %half = arith.constant 5.0e-01 : f64
  %r:2 = scf.while (%i = %zero) : (i64) -> (i64, f64) {
    %more = arith.cmpi slt, %i, %n : i64
    %f = arith.sitofp %i : i64 to f64
    scf.condition(%more) %i, %f : i64, f64
  } do {
  ^bb0(%j: i64, %g: f64):
    %h = arith.addf %g, %half : f64
    %k = arith.fptosi %h : f64 to i64
    %s = arith.addi %j, %k : i64
    scf.yield %s : i64
  }
  return %r#0, %r#1 : i64, f64
}

// -----

// Statements in statements: a loop with a branch whose other way is a loop. The branch without else goes on behind itself, and
// the block that closes the outer loop takes the branch's value.
// CHECK-LABEL: llvm.func @nested
// CHECK: %[[C:.*]] = llvm.icmp "ne" %{{.*}} : i8
// CHECK: %[[X:.*]] = llvm.load %{{.*}} : !llvm.ptr -> f32
// CHECK: llvm.cond_br %{{.*}}, ^[[OUTER:bb[0-9]+]](%{{.*}}, %[[X]] : i64, f32), ^[[EXIT:bb[0-9]+]](%[[X]] : f32)
// CHECK-NEXT: ^[[OUTER]](%[[I:.*]]: i64, %[[A:.*]]: f32):
// CHECK-NEXT: llvm.cond_br %[[C]], ^[[THEN:bb[0-9]+]], ^[[ELSE:bb[0-9]+]]{{$}}
// CHECK-NEXT: ^[[THEN]]:
// CHECK-NEXT: %[[P:.*]] = llvm.fadd %[[A]], %[[X]]
// CHECK-NEXT: llvm.br ^[[CHOSEN:bb[0-9]+]](%[[P]] : f32)
// CHECK-NEXT: ^[[ELSE]]:
// CHECK-NEXT: %[[ENTER:.*]] = llvm.icmp "slt" %[[I]], %{{.*}} : i64
// CHECK-NEXT: llvm.cond_br %[[ENTER]], ^[[INNER:bb[0-9]+]](%[[I]], %[[A]] : i64, f32), ^[[LEFT:bb[0-9]+]](%[[A]] : f32)
// CHECK-NEXT: ^[[INNER]](%{{.*}}: i64, %[[B:.*]]: f32):
// CHECK-NEXT: %[[Q:.*]] = llvm.fmul %[[B]], %[[X]]
// CHECK: llvm.cond_br %{{.*}}, ^[[INNER]](%{{.*}}, %[[Q]] : i64, f32), ^[[LEFT]](%[[Q]] : f32)
// CHECK-NEXT: ^[[LEFT]](%[[R:.*]]: f32):
// CHECK-NEXT: llvm.br ^[[CHOSEN]](%[[R]] : f32)
// CHECK-NEXT: ^[[CHOSEN]](%[[S:.*]]: f32):
// CHECK-NEXT: llvm.cond_br %[[C]], ^[[PRINT:bb[0-9]+]], ^[[CLOSE:bb[0-9]+]]{{$}}
// CHECK-NEXT: ^[[PRINT]]:
// CHECK: llvm.call @weft_print
// CHECK: llvm.br ^[[CLOSE]]{{$}}
// CHECK-NEXT: ^[[CLOSE]]:
// CHECK-NEXT: %[[NEXT:.*]] = llvm.add %[[I]]
// CHECK: llvm.cond_br %{{.*}}, ^[[OUTER]](%[[NEXT]], %[[S]] : i64, f32), ^[[EXIT]](%[[S]] : f32)
func.func @nested(%n: index, %c: i1, %x: f32) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) -> f32 {
    %s = scf.if %c -> f32 {
      %p = arith.addf %a, %x : f32
      scf.yield %p : f32
    } else {
      %inner = scf.for %j = %i to %n step %c1 iter_args(%b = %a) -> f32 {
        %q = arith.mulf %b, %x : f32
        scf.yield %q : f32
      }
      scf.yield %inner : f32
    }
    scf.if %c {
      weft.print %s : f32
    }
    scf.yield %s : f32
  }
  return %r : f32
}

// -----

// A branch in a parallel loop: the accesses in it are in the loop's group, those behind the loop are not.
// CHECK-LABEL: llvm.func @branch_in_parallel
// CHECK-COUNT-1: llvm.load {{.*}} {access_groups = [#{{.*}}]} : !llvm.ptr -> f32
// CHECK: llvm.store {{.*}} {access_groups = [#{{.*}}]} : f32
// CHECK: llvm.cond_br {{.*}} {loop_annotation = #{{.*}}}
// CHECK-NOT: access_groups
// CHECK: llvm.return
func.func @branch_in_parallel(%c: i1, %n: index, %x: memref<?xf32>, %y: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %v = scf.if %c -> f32 {
      %l = memref.load %x[%i] : memref<?xf32>
      scf.yield %l : f32
    } else {
      %z = arith.constant 0.0 : f32
      scf.yield %z : f32
    }
    memref.store %v, %y[%i] : memref<?xf32>
  } {weft.parallel}
  %w = memref.load %x[%c0] : memref<?xf32>
  memref.store %w, %y[%c0] : memref<?xf32>
  return
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

// The runtime records its own error, with the place of the step that does not fit: the code only ends.
// CHECK-LABEL: llvm.func @check_sizes
// CHECK: %[[SIZES:.*]] = llvm.alloca %{{.*}} x !llvm.array<2 x i64>
// CHECK: llvm.store %{{.*}}, %[[SIZES]]
// CHECK: %[[NUMBER:.*]] = llvm.mlir.constant(7 : i32)
// CHECK: %[[STATUS:.*]] = llvm.call @weft_check_sizes(%{{.*}}, %[[NUMBER]], %[[SIZES]])
// CHECK: %[[FITS:.*]] = llvm.icmp "eq" %[[STATUS]]
// CHECK: llvm.cond_br %[[FITS]], ^{{.*}}, ^[[FAILED:bb[0-9]+]]
// CHECK: ^[[FAILED]]:
// CHECK-NOT: llvm.call
// CHECK: llvm.return
func.func @check_sizes(%x: memref<?xf32>, %y: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %n = memref.dim %x, %c0 : memref<?xf32>
  %m = memref.dim %y, %c0 : memref<?xf32>
  weft.check_sizes 7(%n, %m)
  return
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

// The name of a function that is called is as good as any other.
// CHECK: llvm.func @weft_acosh(f64) -> f64
// CHECK: llvm.func @weft_acosh.(%{{.*}}: !llvm.ptr) -> i32
// CHECK: llvm.call @weft_acosh(%{{.*}}) : (f64) -> f64
func.func @weft_acosh(%x: f64) -> f64 {
  %y = math.acosh %x : f64
  return %y : f64
}

// -----

// Functions of mathematics have names that LLVM gives no meaning to, one declaration and no effects; 16-bit floats go
// through float32.
// CHECK-DAG: llvm.func @weft_sinf(f32) -> f32 attributes {memory_effects = #llvm.memory_effects<other = none, argMem = none, inaccessibleMem = none, errnoMem = none, targetMem0 = none, targetMem1 = none>, no_unwind, will_return}
// CHECK-DAG: llvm.func @weft_sin(f64) -> f64
// CHECK-DAG: llvm.func @weft_pow(f64, f64) -> f64
// CHECK-LABEL: llvm.func @mathematics
// CHECK: %[[ONE:.*]] = llvm.call @weft_sinf(%{{.*}}) : (f32) -> f32
// CHECK: llvm.call @weft_sinf(%[[ONE]]) : (f32) -> f32
// CHECK: llvm.call @weft_sin(%{{.*}}) : (f64) -> f64
// CHECK: llvm.call @weft_pow(%{{.*}}, %{{.*}}) : (f64, f64) -> f64
// CHECK: %[[WIDE:.*]] = llvm.fpext %{{.*}} : f16 to f32
// CHECK: %[[RESULT:.*]] = llvm.call @weft_sinf(%[[WIDE]])
// CHECK: llvm.fptrunc %[[RESULT]] : f32 to f16
// CHECK: llvm.intr.sqrt
func.func @mathematics(%x: f32, %y: f64, %h: f16) -> (f32, f64, f16) {
  %a = math.sin %x : f32
  %b = math.sin %a : f32
  %c = math.sin %y : f64
  %d = math.powf %c, %y : f64
  %e = math.sin %h : f16
  %f = math.sqrt %b : f32
  return %f, %d, %e : f32, f64, f16
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

// -----

// Buffers: an element's place counts rows by the open size behind them; a copy is the bytes of all elements; other shapes keep the
// pointer, and multiply the sizes that become one.
// CHECK-LABEL: llvm.func @places
// CHECK: %[[INPUTS:.*]] = llvm.load %{{.*}} : !llvm.ptr -> !llvm.ptr
// CHECK: %[[X:.*]] = llvm.load %[[INPUTS]] : !llvm.ptr -> !llvm.ptr
// CHECK: %[[ROWS:.*]] = llvm.load %{{.*}} : !llvm.ptr -> i64
// CHECK: %[[COLUMNS:.*]] = llvm.load %{{.*}} : !llvm.ptr -> i64
// CHECK: %[[I:.*]] = llvm.load %{{.*}} : !llvm.ptr -> i64
// CHECK: %[[ROW:.*]] = llvm.mul %[[I]], %[[COLUMNS]] overflow<nsw, nuw> : i64
// CHECK-NEXT: %[[PLACE:.*]] = llvm.add %[[ROW]], %[[I]] overflow<nsw, nuw> : i64
// CHECK-NEXT: llvm.getelementptr inbounds %[[X]][%[[PLACE]]] : (!llvm.ptr, i64) -> !llvm.ptr, f64
// CHECK: %[[SIZE:.*]] = llvm.mul %[[ROWS]], %[[COLUMNS]]
// CHECK: llvm.getelementptr inbounds %[[X]][%[[I]]]
// CHECK: %[[ELEMENT:.*]] = llvm.mlir.constant(8 : i64)
// CHECK: %[[BYTES:.*]] = llvm.mul %[[ELEMENT]], %[[SIZE]]
// CHECK: "llvm.intr.memcpy"(%{{.*}}, %[[X]], %[[BYTES]])
func.func @places(%x: memref<?x?xf64>, %i: index, %y: memref<?xf64>) -> (f64, f64) {
  %a = memref.load %x[%i, %i] : memref<?x?xf64>
  %flat = memref.collapse_shape %x [[0, 1]] : memref<?x?xf64> into memref<?xf64>
  %b = memref.load %flat[%i] : memref<?xf64>
  memref.copy %flat, %y : memref<?xf64> to memref<?xf64>
  return %a, %b : f64, f64
}

// -----

// The bytes of a buffer that cannot be counted are the largest number, which no allocator gives; a buffer of strings says so.
// CHECK-LABEL: llvm.func @sizes
// CHECK: %[[MOST:.*]] = llvm.mlir.constant(9223372036854775807 : i64)
// CHECK: llvm.call @weft_alloc(%{{.*}}, %[[MOST]], %{{.*}})
// CHECK: %[[BYTES:.*]] = llvm.mlir.constant(24 : i64)
// CHECK: %[[TEXTS:.*]] = llvm.mlir.constant(2 : i32)
// CHECK: llvm.call @weft_alloc(%{{.*}}, %[[BYTES]], %[[TEXTS]])
func.func @sizes() -> (memref<4611686018427387904x4xf32>, memref<3x!weft.string>) {
  %a = weft.alloc() : memref<4611686018427387904x4xf32>
  %b = weft.alloc() : memref<3x!weft.string>
  return %a, %b : memref<4611686018427387904x4xf32>, memref<3x!weft.string>
}

// -----

// What a variable's string is read as must outlive the next assignment: it is copied, and the copy may fail. An assigned
// string is stored into a buffer of one element, which takes a reference of its own.
// CHECK-LABEL: llvm.func @string_variable
// CHECK: %[[VARIABLE:.*]] = llvm.load %{{.*}} : !llvm.ptr -> !llvm.ptr
// CHECK: %[[DATA:.*]] = llvm.load %[[VARIABLE]] : !llvm.ptr -> !llvm.ptr
// CHECK: %[[HELD:.*]] = llvm.load %[[DATA]] : !llvm.ptr -> !llvm.ptr
// CHECK: %[[S:.*]] = llvm.call @weft_text_copy(%{{.*}}, %[[HELD]])
// CHECK: llvm.icmp "ne" %[[S]]
// CHECK: %[[SAME:.*]] = llvm.call @weft_text_equal(%[[S]], %[[S]])
// CHECK: llvm.icmp "ne" %[[SAME]]
// CHECK: %[[BOX:.*]] = llvm.call @weft_alloc
// CHECK: llvm.call @weft_text_store(%{{.*}}, %[[BOX]], %[[S]])
// CHECK: llvm.call @weft_free(%{{.*}}, %[[S]])
// CHECK: llvm.call @weft_variable_assign(%{{.*}}, %{{.*}}, %[[BOX]])
func.func @string_variable() -> i1 {
  %s = weft.variable_read "s" slot 0 : !weft.string
  %e = weft.text_equal %s, %s
  weft.variable_assign %s to "s" slot 0 : !weft.string
  return %e : i1
}

// -----

// A failure without a place in a program of the user's stores none: it only ends the call.
// CHECK-LABEL: llvm.func @no_place
// CHECK: llvm.cond_br %{{.*}}, ^{{.*}}, ^[[FAILED:bb[0-9]+]]{{$}}
// CHECK: ^[[FAILED]]:
// CHECK-NEXT: llvm.mlir.constant(1 : i32)
// CHECK-NEXT: llvm.return
func.func @no_place(%x: f32) {
  weft.print %x : f32 loc(unknown)
  return
}

//===--- What has no form in LLVM is refused, never guessed ------------------------------------------------------------===//

// -----

func.func @first(%x: f32) -> f32 {
  return %x : f32
}
// expected-error @+1 {{a module holds one public function, and this is the second}}
func.func @second(%x: f32) -> f32 {
  return %x : f32
}

// -----

// expected-error @below {{holds no function}}
module {
  func.func private @declared(f32) -> f32
}

// -----

// Tensors, and groups that are no loops yet, belong to earlier forms.
// expected-error @+1 {{failed to legalize operation 'func.func'}}
func.func @tensors(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

func.func @group(%x: memref<4xf32>) {
  // expected-error @+1 {{failed to legalize operation 'weft.fused'}}
  weft.fused ins(%x : memref<4xf32>) outs(%x : memref<4xf32>) {
  ^bb0(%a: tensor<4xf32>):
    weft.yield %a : tensor<4xf32>
  }
  return
}

// -----

func.func @statement(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-error @+1 {{is no statement that the tracer makes}}
  scf.parallel (%i) = (%c0) to (%n) step (%c1) {
    weft.print
  }
  return
}

// -----

// A layout other than row-major would need strides.
func.func @layout(%x: memref<4x4xf32, strided<[8, 1]>>) -> f32 {
  %c0 = arith.constant 0 : index
  // expected-error @+1 {{failed to legalize operation 'memref.load'}}
  %v = memref.load %x[%c0, %c0] : memref<4x4xf32, strided<[8, 1]>>
  return %v : f32
}

// -----

func.func @size_of_which(%x: memref<?xf32>, %d: index) -> index {
  // expected-error @+1 {{failed to legalize operation 'memref.dim'}}
  %n = memref.dim %x, %d : memref<?xf32>
  return %n : index
}

// -----

// Bytes of strings must not be copied: each element owns its string.
func.func @copied_strings(%x: memref<4x!weft.string>, %y: memref<4x!weft.string>) {
  // expected-error @+1 {{failed to legalize operation 'memref.copy'}}
  memref.copy %x, %y : memref<4x!weft.string> to memref<4x!weft.string>
  return
}

// -----

// The stack has room for what is known to be small only.
func.func @open_room(%n: index) -> f32 {
  %c0 = arith.constant 0 : index
  // expected-error @+1 {{failed to legalize operation 'memref.alloca'}}
  %b = memref.alloca(%n) : memref<?xf32>
  %v = memref.load %b[%c0] : memref<?xf32>
  return %v : f32
}

// -----

// Memory has one owner, the frame.
func.func @other_memory(%n: index) -> memref<?xf32> {
  // expected-error @+1 {{failed to legalize operation 'memref.alloc'}}
  %b = memref.alloc(%n) : memref<?xf32>
  return %b : memref<?xf32>
}

// -----

func.func @open_variable() -> memref<?xf32> {
  // expected-error @+1 {{failed to legalize operation 'weft.variable_read'}}
  %v = weft.variable_read "v" slot 0 : memref<?xf32>
  return %v : memref<?xf32>
}

// -----

// expected-error @+1 {{failed to legalize operation 'memref.global'}}
memref.global "private" @unset : memref<4xf32> = uninitialized
func.func @uninitialised() -> f32 {
  %c0 = arith.constant 0 : index
  %g = memref.get_global @unset : memref<4xf32>
  %v = memref.load %g[%c0] : memref<4xf32>
  return %v : f32
}

// -----

// The results are named in records: a buffer that is there by its address, others by zero, which the call fills in.
// CHECK-LABEL: llvm.func @call_routine
// CHECK: %[[RESULTS:.*]] = llvm.alloca {{.*}} x !llvm.array<18 x i64>
// CHECK: %[[STATUS:.*]] = llvm.call @weft_call_routine(
// CHECK: llvm.icmp "eq" %[[STATUS]]
// CHECK: llvm.load {{.*}} -> !llvm.ptr
// CHECK: llvm.load {{.*}} -> i64
func.func @call_routine(%x: memref<4xf32>, %y: memref<?xf32>) -> memref<?xi64> {
  %0 = weft.alloc() : memref<4xf32>
  %1 = weft.call_routine "unique_values"(%y : memref<?xf32>) outs(%0 : memref<4xf32>) stored [0, -1] {axis = 0 : i64} -> memref<?xi64>
  weft.free %0 : memref<4xf32>
  return %1 : memref<?xi64>
}

// -----

// Vectors that would only be put aside around a call are not made several at a time.
// CHECK: #[[SINGLY:.*]] = #llvm.loop_interleave<count = 1 : i32>
// CHECK: #[[CALLING:.*]] = #llvm.loop_annotation<interleave = #[[SINGLY]], parallelAccesses = #{{.*}}>
// CHECK-LABEL: llvm.func @sines
// CHECK: llvm.call @weft_sinf
// CHECK: llvm.cond_br {{.*}}{loop_annotation = #[[CALLING]]}
func.func @sines(%x: memref<100xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c100 = arith.constant 100 : index
  scf.for %i = %c0 to %c100 step %c1 {
    %v = memref.load %x[%i] : memref<100xf32>
    %s = math.sin %v : f32
    memref.store %s, %x[%i] : memref<100xf32>
  } {weft.parallel}
  return
}

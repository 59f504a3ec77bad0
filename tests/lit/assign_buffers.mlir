// RUN: %weft-opt %s --weft-assign-buffers --split-input-file --verify-diagnostics | FileCheck %s

// An argument is never written; a value that dies in a group gives it its buffer, also where it is read twice.
// CHECK-LABEL: func.func @in_place(
// CHECK-SAME: %[[X:.*]]: memref<4xf32>) -> memref<4xf32>
// CHECK: %[[A:.*]] = weft.alloc() : memref<4xf32>
// CHECK: weft.fused ins(%[[X]] : memref<4xf32>) outs(%[[A]] : memref<4xf32>)
// CHECK: weft.fused ins(%[[A]], %[[A]] : memref<4xf32>, memref<4xf32>) outs(%[[A]] : memref<4xf32>)
// CHECK-NOT: weft.free
// CHECK: return %[[A]]
func.func @in_place(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = weft.fused ins(%x : tensor<4xf32>) {
  ^bb0(%a: tensor<4xf32>):
    %s = weft.negative %a : (tensor<4xf32>) -> tensor<4xf32>
    weft.yield %s : tensor<4xf32>
  } -> tensor<4xf32>
  %1 = weft.fused ins(%0, %0 : tensor<4xf32>, tensor<4xf32>) {
  ^bb0(%a: tensor<4xf32>, %b: tensor<4xf32>):
    %s = weft.multiply %a, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    weft.yield %s : tensor<4xf32>
  } -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

// Not where another element is read, where the value is needed later, or where the element type differs.
// CHECK-LABEL: func.func @not_in_place
// CHECK: %[[A:.*]] = weft.alloc() : memref<4xf32>
// CHECK: %[[B:.*]] = weft.alloc() : memref<4xf32>
// CHECK: weft.fused ins(%[[A]] : memref<4xf32>) outs(%[[B]] : memref<4xf32>)
// CHECK: %[[C:.*]] = weft.alloc() : memref<4xi1>
// CHECK: weft.fused ins(%[[B]] : memref<4xf32>) outs(%[[C]] : memref<4xi1>)
// CHECK: weft.free %[[B]]
// CHECK: weft.print %[[A]]
// CHECK: weft.free %[[A]]
// CHECK: return %[[C]]
func.func @not_in_place(%x: tensor<4xf32>) -> tensor<4xi1> {
  %0 = weft.fused ins(%x : tensor<4xf32>) {
  ^bb0(%a: tensor<4xf32>):
    %s = weft.negative %a : (tensor<4xf32>) -> tensor<4xf32>
    weft.yield %s : tensor<4xf32>
  } -> tensor<4xf32>
  %1 = weft.fused ins(%0 : tensor<4xf32>) {
  ^bb0(%a: tensor<4xf32>):
    %r = weft.slice %a starts = [3] sizes = [4] steps = [-1] dynamic = [] : (tensor<4xf32>) -> tensor<4xf32>
    %s = weft.add %a, %r : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    weft.yield %s : tensor<4xf32>
  } -> tensor<4xf32>
  %2 = weft.fused ins(%1 : tensor<4xf32>) {
  ^bb0(%a: tensor<4xf32>):
    %s = weft.less %a, %a : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
    weft.yield %s : tensor<4xi1>
  } -> tensor<4xi1>
  weft.print %0 : tensor<4xf32>
  return %2 : tensor<4xi1>
}

// -----

// The tensor that insert changes is read at the element that is written; what is inserted is not.
// CHECK-LABEL: func.func @insert
// CHECK: %[[A:.*]] = weft.alloc() : memref<4xf32>
// CHECK: memref.copy %{{.*}}, %[[A]]
// CHECK: scf.for {{.*}} iter_args(%[[U:.*]] = %[[A]])
// CHECK: weft.fused ins(%[[U]], %{{.*}} : memref<4xf32>, memref<2xf32>) outs(%[[U]] : memref<4xf32>)
// CHECK: scf.yield %[[U]]
func.func @insert(%n: index, %x: tensor<4xf32>, %y: tensor<2xf32>) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%u = %x) -> tensor<4xf32> {
    %0 = weft.fused ins(%u, %y : tensor<4xf32>, tensor<2xf32>) {
    ^bb0(%a: tensor<4xf32>, %b: tensor<2xf32>):
      %s = weft.insert %b into %a starts = [1] sizes = [2] steps = [1] dynamic = [] : (tensor<4xf32>, tensor<2xf32>) -> tensor<4xf32>
      weft.yield %s : tensor<4xf32>
    } -> tensor<4xf32>
    scf.yield %0 : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// -----

// Carried values change places without a copy. One result is not used, the other is returned twice.
// CHECK-LABEL: func.func @swap(
// CHECK-SAME: %{{.*}}: index, %[[X:.*]]: memref<2xf32>, %[[Y:.*]]: memref<2xf32>)
// CHECK: %[[A:.*]] = weft.alloc()
// CHECK: memref.copy %[[X]], %[[A]]
// CHECK: %[[B:.*]] = weft.alloc()
// CHECK: memref.copy %[[Y]], %[[B]]
// CHECK: %[[R:.*]]:2 = scf.for {{.*}} iter_args(%[[P:.*]] = %[[A]], %[[Q:.*]] = %[[B]])
// CHECK-NEXT: scf.yield %[[Q]], %[[P]]
// CHECK: weft.free %[[R]]#1
// CHECK: %[[C:.*]] = weft.alloc()
// CHECK: memref.copy %[[R]]#0, %[[C]]
// CHECK: return %[[R]]#0, %[[C]]
func.func @swap(%n: index, %x: tensor<2xf32>, %y: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x, %b = %y) -> (tensor<2xf32>, tensor<2xf32>) {
    scf.yield %b, %a : tensor<2xf32>, tensor<2xf32>
  }
  return %r#0, %r#0 : tensor<2xf32>, tensor<2xf32>
}

// -----

// One value yielded twice is copied once; the values it replaces die in the turn. The initial value is used after the loop.
// CHECK-LABEL: func.func @yielded_twice
// CHECK: %[[V:.*]] = weft.alloc()
// CHECK: weft.fused outs(%[[V]]
// CHECK: %[[A:.*]] = weft.alloc()
// CHECK: memref.copy %[[V]], %[[A]]
// CHECK: %[[B:.*]] = weft.alloc()
// CHECK: memref.copy %[[V]], %[[B]]
// CHECK: scf.for {{.*}} iter_args(%[[P:.*]] = %[[A]], %[[Q:.*]] = %[[B]])
// CHECK: weft.free %[[Q]]
// CHECK: weft.fused ins(%[[P]] : memref<2xf32>) outs(%[[P]] : memref<2xf32>)
// CHECK: %[[C:.*]] = weft.alloc()
// CHECK: memref.copy %[[P]], %[[C]]
// CHECK: scf.yield %[[P]], %[[C]]
// CHECK: weft.print %[[V]]
// CHECK: weft.free %[[V]]
func.func @yielded_twice(%n: index, %one: f32) -> (tensor<2xf32>, tensor<2xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %v = weft.fused {
    %k = weft.constant dense<1.0> : tensor<2xf32>
    weft.yield %k : tensor<2xf32>
  } -> tensor<2xf32>
  %r:2 = scf.for %i = %c0 to %n step %c1 iter_args(%a = %v, %b = %v) -> (tensor<2xf32>, tensor<2xf32>) {
    %0 = weft.fused ins(%a : tensor<2xf32>) {
    ^bb0(%p: tensor<2xf32>):
      %s = weft.negative %p : (tensor<2xf32>) -> tensor<2xf32>
      weft.yield %s : tensor<2xf32>
    } -> tensor<2xf32>
    scf.yield %0, %0 : tensor<2xf32>, tensor<2xf32>
  }
  weft.print %v : tensor<2xf32>
  return %r#0, %r#1 : tensor<2xf32>, tensor<2xf32>
}

// -----

// What dies in a branch belongs to both: overwritten in one, freed in the other, which yields a value from outside.
// CHECK-LABEL: func.func @branches(
// CHECK-SAME: %{{.*}}: i1, %[[X:.*]]: memref<2xf32>)
// CHECK: %[[V:.*]] = weft.alloc()
// CHECK: %[[R:.*]] = scf.if
// CHECK-NEXT: weft.fused ins(%[[V]] : memref<2xf32>) outs(%[[V]] : memref<2xf32>)
// CHECK: scf.yield %[[V]]
// CHECK: } else {
// CHECK-NEXT: weft.free %[[V]]
// CHECK-NEXT: %[[C:.*]] = weft.alloc()
// CHECK-NEXT: memref.copy %[[X]], %[[C]]
// CHECK-NEXT: scf.yield %[[C]]
// CHECK: return %[[R]]
func.func @branches(%c: i1, %x: tensor<2xf32>) -> tensor<2xf32> {
  %v = weft.fused ins(%x : tensor<2xf32>) {
  ^bb0(%p: tensor<2xf32>):
    %s = weft.abs %p : (tensor<2xf32>) -> tensor<2xf32>
    weft.yield %s : tensor<2xf32>
  } -> tensor<2xf32>
  %r = scf.if %c -> tensor<2xf32> {
    %0 = weft.fused ins(%v : tensor<2xf32>) {
    ^bb0(%p: tensor<2xf32>):
      %s = weft.negative %p : (tensor<2xf32>) -> tensor<2xf32>
      weft.yield %s : tensor<2xf32>
    } -> tensor<2xf32>
    scf.yield %0 : tensor<2xf32>
  } else {
    scf.yield %x : tensor<2xf32>
  }
  return %r : tensor<2xf32>
}

// -----

// A branch without else: the other way frees too.
// CHECK-LABEL: func.func @no_else
// CHECK: %[[V:.*]] = weft.alloc()
// CHECK: scf.if
// CHECK: weft.print %[[V]]
// CHECK: weft.free %[[V]]
// CHECK: } else {
// CHECK: weft.free %[[V]]
func.func @no_else(%c: i1) {
  %v = weft.fused {
    %k = weft.constant dense<1.0> : tensor<2xf32>
    weft.yield %k : tensor<2xf32>
  } -> tensor<2xf32>
  scf.if %c {
    weft.print %v : tensor<2xf32>
  }
  return
}

// -----

// The test of a while forwards what it likes: one value twice, one not at all. What a body borrows lives until behind the loop.
// CHECK-LABEL: func.func @while(
// CHECK: %[[V:.*]] = weft.alloc(%{{.*}}) : memref<?xf32>
// CHECK: %[[A:.*]] = weft.alloc(%{{.*}}) : memref<?xf32>
// CHECK: %[[B:.*]] = weft.alloc(%{{.*}}) : memref<?xf32>
// CHECK: %[[R:.*]]:2 = scf.while (%[[P:.*]] = %[[A]], %[[Q:.*]] = %[[B]])
// CHECK: weft.free %[[P]]
// CHECK: %[[C:.*]] = weft.alloc(%{{.*}}) : memref<?xf32>
// CHECK: memref.copy %[[Q]], %[[C]]
// CHECK: scf.condition(%{{.*}}) %[[Q]], %[[C]]
// CHECK: ^bb0(%[[S:.*]]: memref<?xf32>, %[[T:.*]]: memref<?xf32>):
// CHECK: weft.print %[[V]]
// CHECK-NOT: weft.free
// CHECK: scf.yield %[[T]], %[[S]]
// CHECK: weft.free %[[V]]
// CHECK: weft.free %[[R]]#1
// CHECK: return %[[R]]#0
func.func @while(%c: i1, %x: tensor<?xf32>) -> tensor<?xf32> {
  %v = weft.fused ins(%x : tensor<?xf32>) {
  ^bb0(%p: tensor<?xf32>):
    %s = weft.negative %p : (tensor<?xf32>) -> tensor<?xf32>
    weft.yield %s : tensor<?xf32>
  } -> tensor<?xf32>
  %r:2 = scf.while (%a = %x, %b = %x) : (tensor<?xf32>, tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>) {
    scf.condition(%c) %b, %b : tensor<?xf32>, tensor<?xf32>
  } do {
  ^bb0(%a: tensor<?xf32>, %b: tensor<?xf32>):
    weft.print %v : tensor<?xf32>
    scf.yield %b, %a : tensor<?xf32>, tensor<?xf32>
  }
  return %r#0 : tensor<?xf32>
}

// -----

// A string carried through a loop: the old one is freed in each turn, the constant it starts from is copied.
// CHECK-LABEL: func.func @strings(
// CHECK-SAME: %{{.*}}: index, %[[S:.*]]: !weft.string)
// CHECK: %[[E:.*]] = weft.constant ["x"]
// CHECK: %[[I:.*]] = weft.text_copy %[[E]]
// CHECK: %[[R:.*]] = scf.for {{.*}} iter_args(%[[A:.*]] = %[[I]])
// CHECK: %[[J:.*]] = weft.text_concat %[[A]], %[[S]]
// CHECK-NEXT: weft.free %[[A]] : !weft.string
// CHECK-NEXT: scf.yield %[[J]]
// CHECK: return %[[R]]
func.func @strings(%n: index, %s: !weft.string) -> !weft.string {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %e = weft.constant ["x"] : !weft.string
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %e) -> !weft.string {
    %j = weft.text_concat %a, %s
    scf.yield %j : !weft.string
  }
  return %r : !weft.string
}

// -----

// A choice between strings: each branch gives a string of its own. The tensor's strings are copied one by one.
// CHECK-LABEL: func.func @choice(
// CHECK-SAME: %{{.*}}: i1, %[[S:.*]]: !weft.string, %[[T:.*]]: memref<2x!weft.string>)
// CHECK: %[[J:.*]] = weft.text_concat %[[S]], %[[S]]
// CHECK: %[[R:.*]] = scf.if
// CHECK-NEXT: scf.yield %[[J]]
// CHECK: } else {
// CHECK-NEXT: weft.free %[[J]]
// CHECK-NEXT: %[[C:.*]] = weft.text_copy %[[S]]
// CHECK-NEXT: scf.yield %[[C]]
// CHECK: %[[U:.*]] = weft.alloc() : memref<2x!weft.string>
// CHECK: weft.fused ins(%[[T]] : memref<2x!weft.string>) outs(%[[U]] : memref<2x!weft.string>)
// CHECK: return %[[R]], %[[U]]
func.func @choice(%c: i1, %s: !weft.string, %t: tensor<2x!weft.string>) -> (!weft.string, tensor<2x!weft.string>) {
  %j = weft.text_concat %s, %s
  %r = arith.select %c, %j, %s : !weft.string
  return %r, %t : !weft.string, tensor<2x!weft.string>
}

// -----

// A variable takes over what nobody else needs; what it gives may be passed on but not written, so the loop gets a copy.
// CHECK-LABEL: func.func @variables
// CHECK: %[[A:.*]] = weft.alloc()
// CHECK: weft.variable_assign %[[A]] to "v"
// CHECK: %[[R:.*]] = weft.variable_read "v"
// CHECK: %[[B:.*]] = weft.alloc()
// CHECK: memref.copy %[[R]], %[[B]]
// CHECK: weft.free %[[R]]
// CHECK: %[[L:.*]] = scf.for {{.*}} iter_args(%{{.*}} = %[[B]])
// CHECK: %[[S:.*]] = weft.variable_read "v"
// CHECK-NOT: weft.free
// CHECK: return %[[L]], %[[S]]
func.func @variables(%n: index) -> (tensor<2xf32>, tensor<2xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %v = weft.fused {
    %k = weft.constant dense<1.0> : tensor<2xf32>
    weft.yield %k : tensor<2xf32>
  } -> tensor<2xf32>
  weft.variable_assign %v to "v" slot 0 : tensor<2xf32>
  %w = weft.variable_read "v" slot 0 : tensor<2xf32>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %w) -> tensor<2xf32> {
    %0 = weft.fused ins(%a : tensor<2xf32>) {
    ^bb0(%p: tensor<2xf32>):
      %s = weft.negative %p : (tensor<2xf32>) -> tensor<2xf32>
      weft.yield %s : tensor<2xf32>
    } -> tensor<2xf32>
    scf.yield %0 : tensor<2xf32>
  }
  %u = weft.variable_read "v" slot 0 : tensor<2xf32>
  return %r, %u : tensor<2xf32>, tensor<2xf32>
}

// -----

// Constants: a table is a global, shared and copied where it is returned; one value everywhere fills what the loop will own.
// CHECK-LABEL: func.func @constants
// CHECK: %[[G:.*]] = memref.get_global @constant : memref<2xi32>
// CHECK: %[[H:.*]] = memref.get_global @constant_0 : memref<2x!weft.string>
// CHECK: %[[Z:.*]] = weft.alloc() : memref<2xf32>
// CHECK: weft.fused outs(%[[Z]] : memref<2xf32>)
// CHECK-NOT: memref.copy
// CHECK: scf.for {{.*}} iter_args(%{{.*}} = %[[Z]])
// CHECK: weft.fused ins(%{{.*}} : memref<2xf32>)
// CHECK-NEXT: ^bb0(%{{.*}}: tensor<2xf32>):
// CHECK-NEXT: weft.constant dense<0.000000e+00> : tensor<2xf32>
// CHECK: weft.print %[[H]]
// CHECK: %[[C:.*]] = weft.alloc() : memref<2xi32>
// CHECK: memref.copy %[[G]], %[[C]]
// CHECK: memref.global "private" constant @constant : memref<2xi32> = dense<[1, 2]>
// CHECK: memref.global "private" constant @constant_0 : memref<2x!weft.string> = dense<["a", "b"]>
func.func @constants(%n: index) -> (tensor<2xf32>, tensor<2xi32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %t = weft.constant dense<[1, 2]> : tensor<2xi32>
  %u = weft.constant ["a", "b"] : tensor<2x!weft.string>
  %z = weft.constant dense<0.0> : tensor<2xf32>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %z) -> tensor<2xf32> {
    %0 = weft.fused ins(%a, %z : tensor<2xf32>, tensor<2xf32>) {
    ^bb0(%p: tensor<2xf32>, %q: tensor<2xf32>):
      %s = weft.maximum %p, %q : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
      weft.yield %s : tensor<2xf32>
    } -> tensor<2xf32>
    scf.yield %0 : tensor<2xf32>
  }
  weft.print %u : tensor<2x!weft.string>
  return %r, %t : tensor<2xf32>, tensor<2xi32>
}

// -----

// A value that is read again later keeps its buffer; its last reader may write there.
// CHECK-LABEL: func.func @later_use
// CHECK: %[[A:.*]] = weft.alloc()
// CHECK: %[[B:.*]] = weft.alloc()
// CHECK: weft.fused ins(%[[A]] : memref<4xf32>) outs(%[[B]] : memref<4xf32>)
// CHECK: weft.fused ins(%[[A]], %[[B]] : memref<4xf32>, memref<4xf32>) outs(%[[A]] : memref<4xf32>)
// CHECK: weft.free %[[B]]
// CHECK: return %[[A]]
func.func @later_use(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = weft.fused ins(%x : tensor<4xf32>) {
  ^bb0(%a: tensor<4xf32>):
    %s = weft.negative %a : (tensor<4xf32>) -> tensor<4xf32>
    weft.yield %s : tensor<4xf32>
  } -> tensor<4xf32>
  %1 = weft.fused ins(%0 : tensor<4xf32>) {
  ^bb0(%a: tensor<4xf32>):
    %s = weft.exp %a : (tensor<4xf32>) -> tensor<4xf32>
    weft.yield %s : tensor<4xf32>
  } -> tensor<4xf32>
  %2 = weft.fused ins(%0, %1 : tensor<4xf32>, tensor<4xf32>) {
  ^bb0(%a: tensor<4xf32>, %b: tensor<4xf32>):
    %s = weft.add %a, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    weft.yield %s : tensor<4xf32>
  } -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

// A loop borrows: what it reads from outside is needed in the next turn, so no turn writes or frees it. Nor does it write what it
// carries while the turn still reads that.
// CHECK-LABEL: func.func @borrowed_by_loop
// CHECK: %[[V:.*]] = weft.alloc()
// CHECK: scf.for {{.*}} iter_args(%[[U:.*]] = %{{.*}})
// CHECK-NEXT: %[[W:.*]] = weft.alloc()
// CHECK-NEXT: weft.fused ins(%[[V]], %[[U]] : memref<4xf32>, memref<4xf32>) outs(%[[W]] : memref<4xf32>)
// CHECK: weft.print %[[U]]
// CHECK-NEXT: weft.free %[[U]]
// CHECK-NEXT: scf.yield %[[W]]
// CHECK: weft.free %[[V]]
func.func @borrowed_by_loop(%n: index, %x: tensor<4xf32>) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %0 = weft.fused ins(%x : tensor<4xf32>) {
  ^bb0(%a: tensor<4xf32>):
    %s = weft.negative %a : (tensor<4xf32>) -> tensor<4xf32>
    weft.yield %s : tensor<4xf32>
  } -> tensor<4xf32>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%u = %x) -> tensor<4xf32> {
    %1 = weft.fused ins(%0, %u : tensor<4xf32>, tensor<4xf32>) {
    ^bb0(%a: tensor<4xf32>, %b: tensor<4xf32>):
      %s = weft.add %a, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
      weft.yield %s : tensor<4xf32>
    } -> tensor<4xf32>
    weft.print %u : tensor<4xf32>
    scf.yield %1 : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}

// -----

// A variable's buffer is shared with the variable: it is never written, only freed. What the variable takes over is copied if the
// caller gets it too.
// CHECK-LABEL: func.func @shared
// CHECK: %[[V:.*]] = weft.variable_read "v"
// CHECK-NEXT: %[[A:.*]] = weft.alloc()
// CHECK-NEXT: weft.fused ins(%[[V]] : memref<2xf32>) outs(%[[A]] : memref<2xf32>)
// CHECK: weft.free %[[V]]
// CHECK: %[[C:.*]] = weft.alloc()
// CHECK: memref.copy %[[A]], %[[C]]
// CHECK: weft.variable_assign %[[C]] to "v"
// CHECK: return %[[A]]
func.func @shared() -> tensor<2xf32> {
  %v = weft.variable_read "v" slot 0 : tensor<2xf32>
  %0 = weft.fused ins(%v : tensor<2xf32>) {
  ^bb0(%a: tensor<2xf32>):
    %s = weft.negative %a : (tensor<2xf32>) -> tensor<2xf32>
    weft.yield %s : tensor<2xf32>
  } -> tensor<2xf32>
  weft.variable_assign %0 to "v" slot 0 : tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// An argument is the caller's: a variable or a result gets a copy of it.
// CHECK-LABEL: func.func @arguments(
// CHECK-SAME: %[[X:.*]]: memref<2xf32>)
// CHECK: %[[A:.*]] = weft.alloc()
// CHECK: memref.copy %[[X]], %[[A]]
// CHECK: weft.variable_assign %[[A]] to "v"
// CHECK: %[[B:.*]] = weft.alloc()
// CHECK: memref.copy %[[X]], %[[B]]
// CHECK-NOT: weft.free
// CHECK: return %[[B]]
func.func @arguments(%x: tensor<2xf32>) -> tensor<2xf32> {
  weft.variable_assign %x to "v" slot 0 : tensor<2xf32>
  return %x : tensor<2xf32>
}

// -----

// No result in the buffer of an input that is read for several elements, nor of one that is reduced: not even where the shapes
// are the same.
// CHECK-LABEL: func.func @other_reads
// CHECK: %[[A:.*]] = weft.alloc() : memref<1x4xf32>
// CHECK: %[[B:.*]] = weft.alloc() : memref<3x4xf32>
// CHECK: weft.fused ins(%[[A]], %{{.*}} : memref<1x4xf32>, memref<3x4xf32>) outs(%[[B]] : memref<3x4xf32>)
// CHECK: weft.free %[[A]]
// CHECK: %[[C:.*]] = weft.alloc() : memref<1x4xf32>
// CHECK: %[[D:.*]] = weft.alloc() : memref<1x4xf32>
// CHECK: weft.fused ins(%[[C]] : memref<1x4xf32>) outs(%[[D]] : memref<1x4xf32>)
// CHECK: weft.free %[[C]]
// CHECK: return %[[B]], %[[D]]
func.func @other_reads(%x: tensor<1x4xf32>, %y: tensor<3x4xf32>) -> (tensor<3x4xf32>, tensor<1x4xf32>) {
  %0 = weft.fused ins(%x : tensor<1x4xf32>) {
  ^bb0(%a: tensor<1x4xf32>):
    %s = weft.negative %a : (tensor<1x4xf32>) -> tensor<1x4xf32>
    weft.yield %s : tensor<1x4xf32>
  } -> tensor<1x4xf32>
  %1 = weft.fused ins(%0, %y : tensor<1x4xf32>, tensor<3x4xf32>) {
  ^bb0(%a: tensor<1x4xf32>, %b: tensor<3x4xf32>):
    %s = weft.add %a, %b : (tensor<1x4xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
    weft.yield %s : tensor<3x4xf32>
  } -> tensor<3x4xf32>
  %2 = weft.fused ins(%x : tensor<1x4xf32>) {
  ^bb0(%a: tensor<1x4xf32>):
    %s = weft.abs %a : (tensor<1x4xf32>) -> tensor<1x4xf32>
    weft.yield %s : tensor<1x4xf32>
  } -> tensor<1x4xf32>
  %3 = weft.fused ins(%2 : tensor<1x4xf32>) {
  ^bb0(%a: tensor<1x4xf32>):
    %s = weft.sum %a axes = [0] {keepdims = true} : (tensor<1x4xf32>) -> tensor<1x4xf32>
    weft.yield %s : tensor<1x4xf32>
  } -> tensor<1x4xf32>
  return %1, %3 : tensor<3x4xf32>, tensor<1x4xf32>
}

// -----

// A group of strings writes in place if it has one result. With two, a store would release what the other result still reads.
// CHECK-LABEL: func.func @strings_in_place
// CHECK: %[[A:.*]] = weft.alloc() : memref<2x!weft.string>
// CHECK: weft.fused ins(%[[A]] : memref<2x!weft.string>) outs(%[[A]] : memref<2x!weft.string>)
// CHECK: %[[B:.*]] = weft.alloc() : memref<2x!weft.string>
// CHECK: %[[C:.*]] = weft.alloc() : memref<2x!weft.string>
// CHECK: weft.fused ins(%[[A]] : memref<2x!weft.string>) outs(%[[B]], %[[C]] : memref<2x!weft.string>, memref<2x!weft.string>)
// CHECK: weft.free %[[A]] : memref<2x!weft.string>
// CHECK: return %[[B]], %[[C]]
func.func @strings_in_place(%x: tensor<2x!weft.string>) -> (tensor<2x!weft.string>, tensor<2x!weft.string>) {
  %0 = weft.fused ins(%x : tensor<2x!weft.string>) {
  ^bb0(%a: tensor<2x!weft.string>):
    %s = weft.add %a, %a : (tensor<2x!weft.string>, tensor<2x!weft.string>) -> tensor<2x!weft.string>
    weft.yield %s : tensor<2x!weft.string>
  } -> tensor<2x!weft.string>
  %1 = weft.fused ins(%0 : tensor<2x!weft.string>) {
  ^bb0(%a: tensor<2x!weft.string>):
    %s = weft.add %a, %a : (tensor<2x!weft.string>, tensor<2x!weft.string>) -> tensor<2x!weft.string>
    weft.yield %s : tensor<2x!weft.string>
  } -> tensor<2x!weft.string>
  %2:2 = weft.fused ins(%1 : tensor<2x!weft.string>) {
  ^bb0(%a: tensor<2x!weft.string>):
    %s = weft.add %a, %a : (tensor<2x!weft.string>, tensor<2x!weft.string>) -> tensor<2x!weft.string>
    %t = weft.add %s, %a : (tensor<2x!weft.string>, tensor<2x!weft.string>) -> tensor<2x!weft.string>
    weft.yield %s, %t : tensor<2x!weft.string>, tensor<2x!weft.string>
  } -> tensor<2x!weft.string>, tensor<2x!weft.string>
  return %2#0, %2#1 : tensor<2x!weft.string>, tensor<2x!weft.string>
}

// -----

// An element taken out of a buffer of strings is copied: the buffer may die first.
// CHECK-LABEL: func.func @element
// CHECK: %[[V:.*]] = memref.load
// CHECK: %[[S:.*]] = weft.text_copy %[[V]]
// CHECK: return %[[S]]
func.func @element(%x: tensor<2x!weft.string>, %i: index) -> !weft.string {
  %s = tensor.extract %x[%i] : tensor<2x!weft.string>
  return %s : !weft.string
}

// -----

// What nobody reads is freed where it is made.
// CHECK-LABEL: func.func @dead
// CHECK: weft.fused {{.*}} outs(%[[A:.*]] : memref<2xf32>)
// CHECK: weft.free %[[A]]
// CHECK-NEXT: %[[V:.*]] = weft.variable_read "v"
// CHECK-NEXT: weft.free %[[V]]
// CHECK-NEXT: %[[S:.*]] = weft.text_concat
// CHECK-NEXT: weft.free %[[S]] : !weft.string
// CHECK-NEXT: return
func.func @dead(%x: tensor<2xf32>, %s: !weft.string) {
  %0 = weft.fused ins(%x : tensor<2xf32>) {
  ^bb0(%a: tensor<2xf32>):
    %s1 = weft.negative %a : (tensor<2xf32>) -> tensor<2xf32>
    weft.yield %s1 : tensor<2xf32>
  } -> tensor<2xf32>
  %v = weft.variable_read "v" slot 0 : tensor<2xf32>
  %t = weft.text_concat %s, %s
  return
}

// -----

// An open size comes from the operation that makes the shape, and a result of that size may take over the buffer.
// CHECK-LABEL: func.func @open(
// CHECK-SAME: %[[X:.*]]: memref<?xf32>, %[[Y:.*]]: memref<?xf32>)
// CHECK-DAG: %[[M:.*]] = memref.dim %[[X]]
// CHECK-DAG: %[[N:.*]] = memref.dim %[[Y]]
// CHECK: %[[SIZE:.*]] = arith.addi %{{.*}}, %[[N]] : index
// CHECK: %[[A:.*]] = weft.alloc(%[[SIZE]]) : memref<?xf32>
// CHECK: weft.fused ins(%[[A]] : memref<?xf32>) outs(%[[A]] : memref<?xf32>)
func.func @open(%x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32> {
  %0 = weft.fused ins(%x, %y : tensor<?xf32>, tensor<?xf32>) {
  ^bb0(%a: tensor<?xf32>, %b: tensor<?xf32>):
    %s = weft.concat %a, %b axis = 0 : (tensor<?xf32>, tensor<?xf32>) -> tensor<?xf32>
    weft.yield %s : tensor<?xf32>
  } -> tensor<?xf32>
  %1 = weft.fused ins(%0 : tensor<?xf32>) {
  ^bb0(%a: tensor<?xf32>):
    %s = weft.exp %a : (tensor<?xf32>) -> tensor<?xf32>
    weft.yield %s : tensor<?xf32>
  } -> tensor<?xf32>
  return %1 : tensor<?xf32>
}

//===--- What is not in the Optimized form is refused ------------------------------------------------------------------===//

// -----

func.func @not_fused(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{has tensors and is not in a group}}
  %0 = weft.negative %x : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func private @other(tensor<4xf32>) -> tensor<4xf32>
func.func @call(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{has tensors and is not in a group}}
  %0 = func.call @other(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @region(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{has tensors and is not in a group}}
  %0 = scf.execute_region -> tensor<4xf32> {
    scf.yield %x : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// -----

// A routine's result of a known size has a buffer made for it; one of an open size, or a scalar, is made by the call.
// CHECK-LABEL: func.func @routines(
// CHECK-SAME: %[[X:.*]]: memref<4xf32>, %[[Y:.*]]: memref<?xf32>)
// CHECK: %[[A:.*]] = weft.alloc() : memref<4xf32>
// CHECK: weft.call_routine "sort"(%[[X]] : memref<4xf32>) outs(%[[A]] : memref<4xf32>) stored [0] {axis = 0 : i64, descending = false}
// CHECK: %[[B:.*]] = weft.call_routine "argsort"(%[[Y]] : memref<?xf32>) stored [-1] {axis = 0 : i64, descending = true} -> memref<?xi64>
// CHECK: weft.print %[[A]]
// CHECK: weft.free %[[A]]
// CHECK: return %[[B]]
func.func @routines(%x: tensor<4xf32>, %y: tensor<?xf32>) -> tensor<?xi64> {
  %0 = weft.sort %x {axis = 0 : i64, descending = false} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = weft.argsort %y {axis = 0 : i64, descending = true} : (tensor<?xf32>) -> tensor<?xi64>
  weft.print %0 : tensor<4xf32>
  return %1 : tensor<?xi64>
}

// -----

// What a routine updates is changed in its own buffer where nobody needs the old elements.
// CHECK-LABEL: func.func @updates(
// CHECK-SAME: %[[X:.*]]: memref<4xf32>
// CHECK: %[[A:.*]] = weft.alloc() : memref<4xf32>
// CHECK: weft.call_routine "scatter_add"(%[[X]], {{.*}}) outs(%[[A]] : memref<4xf32>) stored [0]
// CHECK: weft.call_routine "scatter_add"(%[[A]], {{.*}}) outs(%[[A]] : memref<4xf32>) stored [0]
// CHECK: return %[[A]]
func.func @updates(%x: tensor<4xf32>, %i: tensor<2xi32>, %u: tensor<2xf32>) -> tensor<4xf32> {
  %0 = weft.scatter_add %x, %i, %u : (tensor<4xf32>, tensor<2xi32>, tensor<2xf32>) -> tensor<4xf32>
  %1 = weft.scatter_add %0, %i, %u : (tensor<4xf32>, tensor<2xi32>, tensor<2xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

// A large argument of the function may give its buffer to the result of the group that reads it last, element by element.
// CHECK-LABEL: func.func @donor(
// CHECK-SAME: %[[X:.*]]: memref<100x100xf32>, %[[Y:.*]]: memref<100x100xf32>
// CHECK: %[[T:.*]] = weft.take_buffer %[[Y]] input 1 : memref<100x100xf32>
// CHECK: weft.fused ins(%[[X]], %[[Y]] : {{.*}}) outs(%[[T]] :
// CHECK: %[[A:.*]] = weft.alloc() : memref<100x100xf32>
// CHECK: weft.fused ins(%[[X]], %[[T]] : {{.*}}) outs(%[[A]] :
// CHECK: return %[[T]], %[[A]]
func.func @donor(%x: tensor<100x100xf32>, %y: tensor<100x100xf32>) -> (tensor<100x100xf32>, tensor<100x100xf32>) {
  %0 = weft.fused ins(%x, %y : tensor<100x100xf32>, tensor<100x100xf32>) {
  ^bb0(%a: tensor<100x100xf32>, %b: tensor<100x100xf32>):
    %s = weft.add %a, %b : (tensor<100x100xf32>, tensor<100x100xf32>) -> tensor<100x100xf32>
    weft.yield %s : tensor<100x100xf32>
  } -> tensor<100x100xf32>
  %1 = weft.fused ins(%x, %0 : tensor<100x100xf32>, tensor<100x100xf32>) {
  ^bb0(%a: tensor<100x100xf32>, %b: tensor<100x100xf32>):
    %t = weft.permute_dims %a axes = [1, 0] : (tensor<100x100xf32>) -> tensor<100x100xf32>
    %s = weft.add %t, %b : (tensor<100x100xf32>, tensor<100x100xf32>) -> tensor<100x100xf32>
    weft.yield %s : tensor<100x100xf32>
  } -> tensor<100x100xf32>
  return %0, %1 : tensor<100x100xf32>, tensor<100x100xf32>
}

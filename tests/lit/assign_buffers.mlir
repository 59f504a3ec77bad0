// RUN: %weft-opt %s --weft-assign-buffers --split-input-file | FileCheck %s

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

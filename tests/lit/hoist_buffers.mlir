// RUN: %weft-opt %s --weft-hoist-buffers --split-input-file | FileCheck %s

// What lives for one turn is allocated once.
// CHECK-LABEL: func.func @temporary
// CHECK: %[[A:.*]] = weft.alloc() : memref<4xf32>
// CHECK: scf.for
// CHECK-NOT: weft.alloc
// CHECK: weft.print %[[A]]
// CHECK-NOT: weft.free
// CHECK: }
// CHECK: weft.free %[[A]]
func.func @temporary(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %a = weft.alloc() : memref<4xf32>
    weft.print %a : memref<4xf32>
    weft.free %a : memref<4xf32>
  }
  return
}

// -----

// A stencil: the new buffer becomes the carried one and the old one the next turn's new one.
// CHECK-LABEL: func.func @stencil(
// CHECK-SAME: %{{.*}}: index, %[[X:.*]]: memref<8xf32>)
// CHECK: %[[U:.*]] = weft.alloc()
// CHECK: memref.copy %[[X]], %[[U]]
// CHECK: %[[S:.*]] = weft.alloc()
// CHECK: %[[R:.*]]:2 = scf.for {{.*}} iter_args(%[[A:.*]] = %[[U]], %[[B:.*]] = %[[S]])
// CHECK-NEXT: weft.fused ins(%[[A]] : memref<8xf32>) outs(%[[B]] : memref<8xf32>)
// CHECK-NOT: weft.alloc
// CHECK-NOT: memref.copy
// CHECK: scf.yield %[[B]], %[[A]]
// CHECK: weft.free %[[R]]#1
// CHECK: return %[[R]]#0
func.func @stencil(%n: index, %x: memref<8xf32>) -> memref<8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %u0 = weft.alloc() : memref<8xf32>
  memref.copy %x, %u0 : memref<8xf32> to memref<8xf32>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%u = %u0) -> (memref<8xf32>) {
    %v = weft.alloc() : memref<8xf32>
    weft.fused ins(%u : memref<8xf32>) outs(%v : memref<8xf32>) {
    ^bb0(%a: tensor<8xf32>):
      %b = weft.slice %a starts = [7] sizes = [8] steps = [-1] dynamic = [] : (tensor<8xf32>) -> tensor<8xf32>
      %s = weft.add %a, %b : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
      weft.yield %s : tensor<8xf32>
    }
    weft.free %u : memref<8xf32>
    scf.yield %v : memref<8xf32>
  }
  return %r : memref<8xf32>
}

// -----

// A temporary and an exchange share: what was freed first is taken again, so one spare is enough.
// CHECK-LABEL: func.func @shared
// CHECK: %[[U:.*]] = weft.alloc()
// CHECK: %[[S:.*]] = weft.alloc()
// CHECK-NOT: weft.alloc
// CHECK: scf.for {{.*}} iter_args(%[[A:.*]] = %[[U]], %[[B:.*]] = %[[S]])
// CHECK-NEXT: weft.print %[[B]]
// CHECK-NEXT: weft.print %[[A]], %[[B]]
// CHECK-NEXT: scf.yield %[[B]], %[[A]]
func.func @shared(%n: index) -> memref<8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %u0 = weft.alloc() : memref<8xf32>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%u = %u0) -> (memref<8xf32>) {
    %t = weft.alloc() : memref<8xf32>
    weft.print %t : memref<8xf32>
    weft.free %t : memref<8xf32>
    %v = weft.alloc() : memref<8xf32>
    weft.print %u, %v : memref<8xf32>, memref<8xf32>
    weft.free %u : memref<8xf32>
    scf.yield %v : memref<8xf32>
  }
  return %r : memref<8xf32>
}

// -----

// An exchange in one branch: the other leaves both where they are.
// CHECK-LABEL: func.func @branch
// CHECK: scf.for {{.*}} iter_args(%[[A:.*]] = %{{.*}}, %[[B:.*]] = %{{.*}})
// CHECK: %[[R:.*]]:2 = scf.if
// CHECK-NEXT: weft.print %[[A]], %[[B]]
// CHECK-NEXT: scf.yield %[[B]], %[[A]]
// CHECK: } else {
// CHECK-NEXT: scf.yield %[[A]], %[[B]]
// CHECK: scf.yield %[[R]]#0, %[[R]]#1
func.func @branch(%n: index, %c: i1) -> memref<8xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %u0 = weft.alloc() : memref<8xf32>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%u = %u0) -> (memref<8xf32>) {
    %w = scf.if %c -> (memref<8xf32>) {
      %v = weft.alloc() : memref<8xf32>
      weft.print %u, %v : memref<8xf32>, memref<8xf32>
      weft.free %u : memref<8xf32>
      scf.yield %v : memref<8xf32>
    } else {
      scf.yield %u : memref<8xf32>
    }
    scf.yield %w : memref<8xf32>
  }
  return %r : memref<8xf32>
}

// -----

// A while whose test makes the new value: the body gets the spare through the test.
// CHECK-LABEL: func.func @while
// CHECK: %[[R:.*]]:2 = scf.while (%[[A:.*]] = %{{.*}}, %[[B:.*]] = %{{.*}})
// CHECK-NEXT: weft.print %[[A]], %[[B]]
// CHECK-NEXT: scf.condition(%{{.*}}) %[[B]], %[[A]]
// CHECK: ^bb0(%[[P:.*]]: memref<8xf32>, %[[Q:.*]]: memref<8xf32>):
// CHECK-NEXT: weft.print %[[Q]]
// CHECK-NEXT: scf.yield %[[P]], %[[Q]]
// CHECK: weft.free %[[R]]#1
// CHECK: return %[[R]]#0
func.func @while(%c: i1) -> memref<8xf32> {
  %u0 = weft.alloc() : memref<8xf32>
  %r = scf.while (%u = %u0) : (memref<8xf32>) -> memref<8xf32> {
    %v = weft.alloc() : memref<8xf32>
    weft.print %u, %v : memref<8xf32>, memref<8xf32>
    weft.free %u : memref<8xf32>
    scf.condition(%c) %v : memref<8xf32>
  } do {
  ^bb0(%u: memref<8xf32>):
    %t = weft.alloc() : memref<8xf32>
    weft.print %t : memref<8xf32>
    weft.free %t : memref<8xf32>
    scf.yield %u : memref<8xf32>
  }
  return %r : memref<8xf32>
}

// -----

// Loops in loops: what leaves the inner one leaves the outer one too.
// CHECK-LABEL: func.func @nested
// CHECK: %[[A:.*]] = weft.alloc() : memref<4xf32>
// CHECK: scf.for
// CHECK-NEXT: scf.for
// CHECK-NEXT: weft.print %[[A]]
// CHECK: weft.free %[[A]]
// CHECK-NEXT: return
func.func @nested(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    scf.for %j = %c0 to %n step %c1 {
      %a = weft.alloc() : memref<4xf32>
      weft.print %a : memref<4xf32>
      weft.free %a : memref<4xf32>
    }
  }
  return
}

// -----

// An open size that no turn changes: all buffers have that of the first one.
// CHECK-LABEL: func.func @open(
// CHECK-SAME: %{{.*}}: index, %[[X:.*]]: memref<?xf32>)
// CHECK: %[[D:.*]] = memref.dim %{{.*}}, %{{.*}} : memref<?xf32>
// CHECK: %[[U:.*]] = weft.alloc(%[[D]])
// CHECK: %[[E:.*]] = memref.dim %[[U]]
// CHECK: %[[S:.*]] = weft.alloc(%[[E]])
// CHECK: scf.for {{.*}} iter_args(%[[A:.*]] = %[[U]], %[[B:.*]] = %[[S]])
// CHECK-NOT: weft.alloc
// CHECK: scf.yield %[[B]], %[[A]]
func.func @open(%n: index, %x: memref<?xf32>) -> memref<?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %d = memref.dim %x, %c0 : memref<?xf32>
  %u0 = weft.alloc(%d) : memref<?xf32>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%u = %u0) -> (memref<?xf32>) {
    %e = memref.dim %u, %c0 : memref<?xf32>
    %v = weft.alloc(%e) : memref<?xf32>
    weft.print %u, %v : memref<?xf32>, memref<?xf32>
    weft.free %u : memref<?xf32>
    scf.yield %v : memref<?xf32>
  }
  return %r : memref<?xf32>
}

// -----

// Sizes that turns change stay, and so does what a variable takes over; what is read from a variable is no spare.
// CHECK-LABEL: func.func @kept
// CHECK: scf.for
// CHECK: weft.alloc(%{{.*}}) : memref<?xf32>
// CHECK: weft.free
// CHECK: weft.alloc() : memref<4xf32>
// CHECK-NEXT: weft.variable_assign
// CHECK: %[[V:.*]] = weft.variable_read
// CHECK: weft.free %[[V]]
func.func @kept(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %a = weft.alloc(%i) : memref<?xf32>
    weft.print %a : memref<?xf32>
    weft.free %a : memref<?xf32>
    %b = weft.alloc() : memref<4xf32>
    weft.variable_assign %b to "v" slot 0 : memref<4xf32>
    %v = weft.variable_read "v" slot 0 : memref<4xf32>
    weft.print %v : memref<4xf32>
    weft.free %v : memref<4xf32>
  }
  return
}

// -----

// A buffer that leaves its turn stays in it: here each turn makes one and gives one away to the variable, so there would be none
// for the next turn. What lives and dies in the same turn still goes.
// CHECK-LABEL: func.func @given_away
// CHECK: %[[U:.*]] = weft.alloc()
// CHECK: %[[T:.*]] = weft.alloc()
// CHECK: scf.for {{.*}} iter_args(%[[A:.*]] = %[[U]])
// CHECK-NEXT: weft.print %[[T]]
// CHECK-NEXT: %[[V:.*]] = weft.alloc()
// CHECK-NEXT: weft.variable_assign %[[A]]
// CHECK-NEXT: scf.yield %[[V]]
// CHECK: weft.free %[[T]]
func.func @given_away(%n: index) -> memref<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %u0 = weft.alloc() : memref<4xf32>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%u = %u0) -> memref<4xf32> {
    %t = weft.alloc() : memref<4xf32>
    weft.print %t : memref<4xf32>
    weft.free %t : memref<4xf32>
    %v = weft.alloc() : memref<4xf32>
    weft.variable_assign %u to "v" slot 0 : memref<4xf32>
    scf.yield %v : memref<4xf32>
  }
  return %r : memref<4xf32>
}

// -----

// Given away in one branch, freed in the other: the turns do not leave as many buffers as they found.
// CHECK-LABEL: func.func @maybe_given_away
// CHECK-NOT: weft.alloc
// CHECK: scf.for
// CHECK-NEXT: %[[V:.*]] = weft.alloc()
// CHECK-NEXT: scf.if
// CHECK-NEXT: weft.variable_assign %[[V]]
// CHECK-NEXT: } else {
// CHECK-NEXT: weft.free %[[V]]
func.func @maybe_given_away(%n: index, %c: i1) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %v = weft.alloc() : memref<4xf32>
    scf.if %c {
      weft.variable_assign %v to "v" slot 0 : memref<4xf32>
    } else {
      weft.free %v : memref<4xf32>
    }
  }
  return
}

// -----

// Buffers of other element types are other buffers; one that is free again is taken again.
// CHECK-LABEL: func.func @types
// CHECK: %[[F:.*]] = weft.alloc() : memref<4xf32>
// CHECK: %[[I:.*]] = weft.alloc() : memref<4xi32>
// CHECK-NOT: weft.alloc
// CHECK: scf.for
// CHECK-NEXT: weft.print %[[F]], %[[I]]
// CHECK-NEXT: weft.print %[[I]]
// CHECK-NEXT: }
func.func @types(%n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %v = weft.alloc() : memref<4xf32>
    %w = weft.alloc() : memref<4xi32>
    weft.print %v, %w : memref<4xf32>, memref<4xi32>
    weft.free %v : memref<4xf32>
    weft.free %w : memref<4xi32>
    %x = weft.alloc() : memref<4xi32>
    weft.print %x : memref<4xi32>
    weft.free %x : memref<4xi32>
  }
  return
}

// -----

// A buffer of strings is a buffer; a string itself is no buffer of a known size and stays.
// CHECK-LABEL: func.func @strings
// CHECK: %[[B:.*]] = weft.alloc() : memref<2x!weft.string>
// CHECK: scf.for
// CHECK-NEXT: weft.print %[[B]]
// CHECK-NEXT: %[[T:.*]] = weft.text_concat
// CHECK-NEXT: weft.free %[[T]] : !weft.string
// CHECK-NEXT: }
// CHECK-NEXT: weft.free %[[B]]
func.func @strings(%n: index, %s: !weft.string) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %v = weft.alloc() : memref<2x!weft.string>
    weft.print %v : memref<2x!weft.string>
    weft.free %v : memref<2x!weft.string>
    %t = weft.text_concat %s, %s
    weft.free %t : !weft.string
  }
  return
}

// -----

// A carried buffer that grows by one element a turn: no buffer from before the loop is large enough.
// CHECK-LABEL: func.func @grows
// CHECK-COUNT-1: weft.alloc
// CHECK-NOT: weft.alloc
// CHECK: scf.for
// CHECK: %[[V:.*]] = weft.alloc(
// CHECK: weft.free
// CHECK-NEXT: scf.yield %[[V]]
func.func @grows(%n: index) -> memref<?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %u0 = weft.alloc(%c1) : memref<?xf32>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%u = %u0) -> memref<?xf32> {
    %d = memref.dim %u, %c0 : memref<?xf32>
    %e = arith.addi %d, %c1 : index
    %v = weft.alloc(%e) : memref<?xf32>
    weft.print %u, %v : memref<?xf32>, memref<?xf32>
    weft.free %u : memref<?xf32>
    scf.yield %v : memref<?xf32>
  }
  return %r : memref<?xf32>
}

// -----

// A size computed in the turn from what no turn changes is computed before the loop.
// CHECK-LABEL: func.func @computed_size(
// CHECK-SAME: %{{.*}}: index, %[[X:.*]]: memref<?xf32>)
// CHECK: %[[D:.*]] = memref.dim %[[X]]
// CHECK-NEXT: %[[E:.*]] = arith.addi %[[D]], %{{.*}} : index
// CHECK-NEXT: %[[V:.*]] = weft.alloc(%[[E]])
// CHECK-NEXT: scf.for
// CHECK-NOT: weft.alloc
func.func @computed_size(%n: index, %x: memref<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %d = memref.dim %x, %c0 : memref<?xf32>
    %e = arith.addi %d, %c1 : index
    %v = weft.alloc(%e) : memref<?xf32>
    weft.print %v : memref<?xf32>
    weft.free %v : memref<?xf32>
  }
  return
}

// -----

// Nothing to do outside of loops: a branch that is not taken allocates nothing.
// CHECK-LABEL: func.func @no_loop
// CHECK-NEXT: scf.if
// CHECK-NEXT: %[[S:.*]] = weft.alloc()
// CHECK-NEXT: weft.print %[[S]]
// CHECK-NEXT: weft.free %[[S]]
func.func @no_loop(%c: i1) {
  scf.if %c {
    %s = weft.alloc() : memref<4xf32>
    weft.print %s : memref<4xf32>
    weft.free %s : memref<4xf32>
  }
  return
}

// RUN: %weft-opt %s --weft-fuse --split-input-file | FileCheck %s
// RUN: %weft-opt %s --weft-fuse=merge=false --split-input-file | FileCheck %s --check-prefix=SINGLE

// One turn of a Mandelbrot loop: three results, one loop nest. Alone, every operation is a nest.
// CHECK-LABEL: func.func @mandelbrot
// CHECK: %[[R:.*]]:3 = weft.fused
// CHECK: weft.yield %{{.*}}, %{{.*}}, %{{.*}} : tensor<8xf32>, tensor<8xf32>, tensor<8xi32>
// CHECK-NOT: weft.fused
// CHECK: return %[[R]]#1, %[[R]]#0, %[[R]]#2
// SINGLE-LABEL: func.func @mandelbrot
// SINGLE-COUNT-12: weft.fused
func.func @mandelbrot(%re: tensor<8xf32>, %im: tensor<8xf32>, %n: tensor<8xi32>, %cr: tensor<8xf32>, %ci: tensor<8xf32>,
                      %two: f32, %four: f32, %one: i32) -> (tensor<8xf32>, tensor<8xf32>, tensor<8xi32>) {
  %re2 = weft.multiply %re, %re : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %im2 = weft.multiply %im, %im : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %abs = weft.add %re2, %im2 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %in = weft.less_equal %abs, %four : (tensor<8xf32>, f32) -> tensor<8xi1>
  %d = weft.subtract %re2, %im2 : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %re3 = weft.add %d, %cr : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %p = weft.multiply %re, %im : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %p2 = weft.multiply %p, %two : (tensor<8xf32>, f32) -> tensor<8xf32>
  %im3 = weft.add %p2, %ci : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %re4 = weft.where %in, %re3, %re : (tensor<8xi1>, tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %more = weft.add %n, %one : (tensor<8xi32>, i32) -> tensor<8xi32>
  %n2 = weft.where %in, %more, %n : (tensor<8xi1>, tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  return %re4, %im3, %n2 : tensor<8xf32>, tensor<8xf32>, tensor<8xi32>
}

// -----

// Reductions take their producers in and share a group when they read the same; what is read again later is stored.
// CHECK-LABEL: func.func @reductions
// CHECK-SAME: %[[X:.*]]: tensor<4x8xf32>)
// CHECK: %[[S:.*]]:2 = weft.fused ins(%[[X]] : tensor<4x8xf32>)
// CHECK: weft.exp
// CHECK: weft.sum
// CHECK: weft.max
// CHECK: %[[E:.*]] = weft.fused
// CHECK: weft.log
// CHECK: %[[T:.*]] = weft.fused ins(%[[E]]
// CHECK-NEXT: ^bb0
// CHECK-NEXT: weft.sum
// CHECK: %[[Q:.*]] = weft.fused ins(%[[E]], %[[T]]
// CHECK: return %[[S]]#0, %[[S]]#1, %[[Q]]
func.func @reductions(%x: tensor<4x8xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4x8xf32>) {
  %e = weft.exp %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  %s = weft.sum %e axes = [1] : (tensor<4x8xf32>) -> tensor<4xf32>
  %m = weft.max %e axes = [1] : (tensor<4x8xf32>) -> tensor<4xf32>
  %l = weft.log %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  %t = weft.sum %l axes = [0, 1] : (tensor<4x8xf32>) -> f32
  %q = weft.divide %l, %t : (tensor<4x8xf32>, f32) -> tensor<4x8xf32>
  return %s, %m, %q : tensor<4xf32>, tensor<4xf32>, tensor<4x8xf32>
}

// -----

// Read through two index maps, or for several elements, a value is stored; through one, it is computed where it is read.
// CHECK-LABEL: func.func @stencil
// CHECK: %[[E:.*]] = weft.fused
// CHECK-NEXT: ^bb0
// CHECK-NEXT: weft.exp
// CHECK-NEXT: weft.yield
// CHECK: weft.fused ins(%[[E]] : tensor<10xf32>)
// CHECK: weft.slice
// CHECK: weft.slice
// CHECK: weft.add
func.func @stencil(%x: tensor<10xf32>) -> tensor<8xf32> {
  %e = weft.exp %x : (tensor<10xf32>) -> tensor<10xf32>
  %a = weft.slice %e starts = [0] sizes = [8] steps = [1] dynamic = [] : (tensor<10xf32>) -> tensor<8xf32>
  %b = weft.slice %e starts = [2] sizes = [8] steps = [1] dynamic = [] : (tensor<10xf32>) -> tensor<8xf32>
  %s = weft.add %a, %b : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %s : tensor<8xf32>
}

// CHECK-LABEL: func.func @column
// CHECK: %[[E:.*]] = weft.fused
// CHECK: weft.exp
// CHECK: weft.fused ins(%[[E]]
// CHECK: weft.add
func.func @column(%x: tensor<4x1xf32>, %y: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %e = weft.exp %x : (tensor<4x1xf32>) -> tensor<4x1xf32>
  %s = weft.add %e, %y : (tensor<4x1xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  return %s : tensor<4x8xf32>
}

// CHECK-LABEL: func.func @transposed
// CHECK: weft.fused
// CHECK: weft.exp
// CHECK: weft.permute_dims
// CHECK: weft.log
// CHECK-NOT: weft.fused
func.func @transposed(%x: tensor<4x8xf32>) -> tensor<8x4xf32> {
  %e = weft.exp %x : (tensor<4x8xf32>) -> tensor<4x8xf32>
  %p = weft.permute_dims %e axes = [1, 0] : (tensor<4x8xf32>) -> tensor<8x4xf32>
  %l = weft.log %p : (tensor<8x4xf32>) -> tensor<8x4xf32>
  return %l : tensor<8x4xf32>
}

// -----

// Casts and views are computed again rather than stored, also inside of a loop.
// CHECK-LABEL: func.func @cheap
// CHECK-SAME: %[[X:.*]]: tensor<8xi32>
// CHECK: weft.fused ins(%[[X]] : tensor<8xi32>)
// CHECK: weft.cast
// CHECK: weft.sum
// CHECK: scf.for
// CHECK: weft.fused ins(%[[X]], %{{.*}} : tensor<8xi32>, tensor<1x8xf32>)
// CHECK: weft.reshape
// CHECK: weft.cast
func.func @cheap(%x: tensor<8xi32>, %y: tensor<1x8xf32>, %lo: index, %hi: index, %step: index) -> (f32, tensor<1x8xf32>) {
  %f = weft.cast %x to f32 : (tensor<8xi32>) -> tensor<8xf32>
  %s = weft.sum %f axes = [0] : (tensor<8xf32>) -> f32
  %v = weft.reshape %x [1, 8] : (tensor<8xi32>) -> tensor<1x8xi32>
  %r = scf.for %i = %lo to %hi step %step iter_args(%z = %y) -> tensor<1x8xf32> {
    %c = weft.cast %v to f32 : (tensor<1x8xi32>) -> tensor<1x8xf32>
    %w = weft.add %z, %c : (tensor<1x8xf32>, tensor<1x8xf32>) -> tensor<1x8xf32>
    scf.yield %w : tensor<1x8xf32>
  }
  return %s, %r : f32, tensor<1x8xf32>
}

// -----

// What may fail is neither dropped nor moved across another effect, and is alone with its effect in its group.
// CHECK-LABEL: func.func @effects
// CHECK: weft.fused
// CHECK: weft.divide
// CHECK: weft.print
// CHECK: %[[Q:.*]] = weft.fused
// CHECK: weft.multiply
// CHECK: weft.floor_divide
// CHECK: weft.fused ins(%[[Q]]
// CHECK: weft.remainder
// CHECK: return
func.func @effects(%x: tensor<8xi32>, %y: tensor<8xi32>) -> tensor<8xi32> {
  %unused = weft.divide %x, %y : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  weft.print %x : tensor<8xi32>
  %m = weft.multiply %x, %x : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  %q = weft.floor_divide %m, %y : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  %r = weft.remainder %q, %y : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  return %r : tensor<8xi32>
}

// A constant divisor cannot fail, also when it comes from outside of the group; a float one never does.
// CHECK-LABEL: func.func @harmless
// CHECK: weft.fused
// CHECK: weft.divide
// CHECK: weft.divide
// CHECK: weft.yield
// CHECK-NOT: weft.fused
func.func @harmless(%x: tensor<8xi32>) -> tensor<8xi32> {
  %c3 = arith.constant 3 : i32
  %a = weft.divide %x, %c3 : (tensor<8xi32>, i32) -> tensor<8xi32>
  %b = weft.divide %a, %c3 : (tensor<8xi32>, i32) -> tensor<8xi32>
  return %b : tensor<8xi32>
}

// -----

// Between a group's first and last member: the reader of the first waits for the group.
// CHECK-LABEL: func.func @order
// CHECK: %[[R:.*]]:2 = weft.fused
// CHECK: weft.print %[[R]]#0
// CHECK: return %[[R]]#1
func.func @order(%x: tensor<8xf32>) -> tensor<8xf32> {
  %a = weft.exp %x : (tensor<8xf32>) -> tensor<8xf32>
  weft.print %a : tensor<8xf32>
  %b = weft.log %x : (tensor<8xf32>) -> tensor<8xf32>
  return %b : tensor<8xf32>
}

// -----

// Open dimensions that nothing connects may differ.
// CHECK-LABEL: func.func @open
// CHECK: weft.fused
// CHECK-NEXT: ^bb0
// CHECK-NEXT: weft.sqrt
// CHECK-NEXT: weft.yield
// CHECK: weft.fused
// CHECK-NEXT: ^bb0
// CHECK-NEXT: weft.exp
// CHECK-NEXT: weft.log
// CHECK-NEXT: weft.yield
func.func @open(%x: tensor<?xf32>, %y: tensor<?xf32>) -> (tensor<?xf32>, tensor<?xf32>, tensor<?xf32>) {
  %a = weft.exp %x : (tensor<?xf32>) -> tensor<?xf32>
  %b = weft.sqrt %y : (tensor<?xf32>) -> tensor<?xf32>
  %c = weft.log %x : (tensor<?xf32>) -> tensor<?xf32>
  return %a, %b, %c : tensor<?xf32>, tensor<?xf32>, tensor<?xf32>
}

// -----

// A branch that canonicalisation made a choice between tensors.
// CHECK-LABEL: func.func @choice
// CHECK-SAME: %[[C:.*]]: i1
// CHECK: weft.fused
// CHECK: weft.where %{{.*}}, %{{.*}}, %{{.*}} : (i1, tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
func.func @choice(%c: i1, %x: tensor<8xf32>, %y: tensor<8xf32>) -> tensor<8xf32> {
  %r = arith.select %c, %x, %y : tensor<8xf32>
  return %r : tensor<8xf32>
}

// -----

// Open tensors may have two sizes, so no loop can read both.
// CHECK-LABEL: func.func @open_choice
// CHECK-NOT: weft.where
// CHECK: return
func.func @open_choice(%c: i1, %x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32> {
  %r = arith.select %c, %x, %y : tensor<?xf32>
  return %r : tensor<?xf32>
}

// -----

// An element of a tensor is a group that gives a scalar.
// CHECK-LABEL: func.func @element
// CHECK: %[[E:.*]] = weft.fused ins(%{{.*}}, %{{.*}} : tensor<8xf32>, i64)
// CHECK: weft.slice
// CHECK: weft.reshape
// CHECK: weft.yield %{{.*}} : f32
// CHECK: weft.print %[[E]] : f32
func.func @element(%x: tensor<8xf32>, %i: i64) {
  %s = weft.slice %x[%i] starts = [0] sizes = [1] steps = [1] dynamic = [0] {checked} : (tensor<8xf32>, i64) -> tensor<1xf32>
  %e = weft.reshape %s [] : (tensor<1xf32>) -> f32
  weft.print %e : f32
  return
}

// -----

// What is put together from pieces is alone in its group, and its base is stored, so that it can be written in place. A base
// that is cheap is stored only for this.
// CHECK-LABEL: func.func @pieces
// CHECK: %[[B:.*]] = weft.fused
// CHECK: weft.broadcast_to
// CHECK: %[[I:.*]] = weft.fused
// CHECK-NEXT: ^bb0
// CHECK-NEXT: weft.exp
// CHECK-NEXT: weft.insert
// CHECK-NEXT: weft.yield %{{.*}} : tensor<8xf32>
// CHECK: weft.fused
// CHECK: weft.broadcast_to
// CHECK: weft.add
func.func @pieces(%k: f32, %y: tensor<2xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  %b = weft.broadcast_to %k [8] : (f32) -> tensor<8xf32>
  %e = weft.exp %y : (tensor<2xf32>) -> tensor<2xf32>
  %i = weft.insert %e into %b starts = [3] sizes = [2] steps = [1] dynamic = [] : (tensor<8xf32>, tensor<2xf32>) -> tensor<8xf32>
  %s = weft.add %i, %b : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %i, %s : tensor<8xf32>, tensor<8xf32>
}

// -----

// A part that is made from the tensor it replaces a part of is stored first: then nothing but the base is read while it is written.
// CHECK-LABEL: func.func @part_of_itself
// CHECK: %[[Y:.*]] = weft.fused
// CHECK: weft.slice
// CHECK: weft.negative
// CHECK: weft.fused ins(
// CHECK-NEXT: ^bb0
// CHECK-NEXT: weft.insert
// CHECK-NEXT: weft.yield
func.func @part_of_itself(%x: tensor<8xf32>) -> tensor<8xf32> {
  %s = weft.slice %x starts = [3] sizes = [2] steps = [1] dynamic = [] : (tensor<8xf32>) -> tensor<2xf32>
  %y = weft.negative %s : (tensor<2xf32>) -> tensor<2xf32>
  %i = weft.insert %y into %x starts = [5] sizes = [2] steps = [1] dynamic = [] : (tensor<8xf32>, tensor<2xf32>) -> tensor<8xf32>
  return %i : tensor<8xf32>
}

// -----

// A reduction is never in one loop with what reads it: the loop would need the sum before it has it. What is divided is stored,
// since it is read twice, and each group waits for the one before it.
// CHECK-LABEL: func.func @softmax
// CHECK-SAME: %[[X:.*]]: tensor<8xf32>)
// CHECK: %[[E:.*]] = weft.fused ins(%[[X]]
// CHECK-NEXT: ^bb0
// CHECK-NEXT: weft.exp
// CHECK-NEXT: weft.yield
// CHECK: %[[S:.*]] = weft.fused ins(%[[E]]
// CHECK-NEXT: ^bb0
// CHECK-NEXT: weft.sum
// CHECK-NEXT: weft.yield
// CHECK: %[[Q:.*]] = weft.fused ins(%[[E]], %[[S]]
// CHECK-NEXT: ^bb0
// CHECK-NEXT: weft.divide
// CHECK-NEXT: weft.yield
// CHECK: %[[M:.*]] = weft.fused ins(%[[Q]]
// CHECK-NEXT: ^bb0
// CHECK-NEXT: weft.max
// CHECK-NEXT: weft.yield
// CHECK: %[[R:.*]] = weft.fused ins(%[[Q]], %[[M]]
// CHECK-NEXT: ^bb0
// CHECK-NEXT: weft.subtract
// CHECK-NEXT: weft.yield
// CHECK: return %[[R]]
func.func @softmax(%x: tensor<8xf32>) -> tensor<8xf32> {
  %e = weft.exp %x : (tensor<8xf32>) -> tensor<8xf32>
  %s = weft.sum %e axes = [0] {keepdims = true} : (tensor<8xf32>) -> tensor<1xf32>
  %q = weft.divide %e, %s : (tensor<8xf32>, tensor<1xf32>) -> tensor<8xf32>
  %m = weft.max %q axes = [0] : (tensor<8xf32>) -> f32
  %r = weft.subtract %q, %m : (tensor<8xf32>, f32) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// -----

// Two groups that would wait for each other stay apart, though they read the same and have one shape: between them is a reduction
// of the first that the second reads.
// CHECK-LABEL: func.func @between
// CHECK: %[[A:.*]] = weft.fused
// CHECK-NEXT: ^bb0
// CHECK-NEXT: weft.exp
// CHECK-NEXT: weft.yield
// CHECK: %[[S:.*]] = weft.fused ins(%[[A]]
// CHECK: %[[B:.*]] = weft.fused ins(%{{.*}}, %[[S]]
// CHECK-NEXT: ^bb0
// CHECK-NEXT: weft.multiply
// CHECK: return %[[A]], %[[B]]
func.func @between(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  %a = weft.exp %x : (tensor<8xf32>) -> tensor<8xf32>
  %s = weft.sum %a axes = [0] : (tensor<8xf32>) -> f32
  %b = weft.multiply %x, %s : (tensor<8xf32>, f32) -> tensor<8xf32>
  return %a, %b : tensor<8xf32>, tensor<8xf32>
}

// -----

// Reductions of one tensor over other axes are other loop nests.
// CHECK-LABEL: func.func @axes
// CHECK-COUNT-3: weft.fused
// CHECK-NOT: weft.fused
func.func @axes(%x: tensor<4x4xf32>) -> (tensor<4xf32>, tensor<4xf32>, f32) {
  %a = weft.sum %x axes = [0] : (tensor<4x4xf32>) -> tensor<4xf32>
  %b = weft.sum %x axes = [1] : (tensor<4x4xf32>) -> tensor<4xf32>
  %c = weft.sum %x axes = [0, 1] : (tensor<4x4xf32>) -> f32
  return %a, %b, %c : tensor<4xf32>, tensor<4xf32>, f32
}

// -----

// A group stays behind the read that it computes from and before the assignment of what it computes: what it reads after the
// assignment is not what it read before, so the two do not become one group.
// CHECK-LABEL: func.func @variables
// CHECK: %[[V:.*]] = weft.variable_read "v"
// CHECK-NEXT: %[[A:.*]] = weft.fused ins(%[[V]]
// CHECK: weft.variable_assign %[[A]] to "v"
// CHECK-NEXT: %[[W:.*]] = weft.variable_read "v"
// CHECK-NEXT: %[[B:.*]] = weft.fused ins(%[[W]]
// CHECK: weft.variable_assign %[[B]] to "v"
func.func @variables(%x: tensor<4xf32>) -> tensor<4xf32> {
  %v = weft.variable_read "v" slot 0 : tensor<4xf32>
  %a = weft.add %v, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  weft.variable_assign %a to "v" slot 0 : tensor<4xf32>
  %w = weft.variable_read "v" slot 0 : tensor<4xf32>
  %b = weft.multiply %w, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  weft.variable_assign %b to "v" slot 0 : tensor<4xf32>
  return %b : tensor<4xf32>
}

// -----

// What is computed before a loop or a branch stays there, though only the region reads it: inside it would be computed in every
// turn. What reads the loop's result comes after it.
// CHECK-LABEL: func.func @regions
// CHECK: %[[E:.*]] = weft.fused
// CHECK: weft.exp
// CHECK: %[[R:.*]] = scf.for
// CHECK-NEXT: weft.fused ins(%{{.*}}, %[[E]]
// CHECK-NOT: weft.exp
// CHECK: scf.yield
// CHECK: weft.fused ins(%[[R]]
// CHECK: weft.log
func.func @regions(%n: index, %x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %e = weft.exp %x : (tensor<4xf32>) -> tensor<4xf32>
  %r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %y) -> tensor<4xf32> {
    %s = weft.add %a, %e : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    scf.yield %s : tensor<4xf32>
  }
  %l = weft.log %r : (tensor<4xf32>) -> tensor<4xf32>
  return %l : tensor<4xf32>
}

// -----

// A division that may fail is done for every element, in the order of the elements: read through a transposition it is stored, not
// computed where it is read. It fails before the print behind it and not after.
// CHECK-LABEL: func.func @failing
// CHECK: %[[Q:.*]] = weft.fused
// CHECK: weft.divide
// CHECK-NEXT: weft.yield
// CHECK: weft.print
// CHECK: weft.fused ins(%[[Q]]
// CHECK: weft.permute_dims
// CHECK: weft.add
func.func @failing(%i: tensor<4x8xi32>, %j: tensor<4x8xi32>, %k: tensor<8x4xi32>) -> tensor<8x4xi32> {
  %q = weft.divide %i, %j : (tensor<4x8xi32>, tensor<4x8xi32>) -> tensor<4x8xi32>
  weft.print %i : tensor<4x8xi32>
  %p = weft.permute_dims %q axes = [1, 0] : (tensor<4x8xi32>) -> tensor<8x4xi32>
  %s = weft.add %p, %k : (tensor<8x4xi32>, tensor<8x4xi32>) -> tensor<8x4xi32>
  return %s : tensor<8x4xi32>
}

// -----

// What nobody uses goes, but not what may fail.
// CHECK-LABEL: func.func @unused
// CHECK-NOT: weft.exp
// CHECK: weft.remainder
// CHECK-NOT: weft.exp
// CHECK: return
func.func @unused(%x: tensor<8xf32>, %i: tensor<8xi32>) {
  %a = weft.exp %x : (tensor<8xf32>) -> tensor<8xf32>
  %b = weft.remainder %i, %i : (tensor<8xi32>, tensor<8xi32>) -> tensor<8xi32>
  return
}

// -----

// Strings are elements as others are: what joins them and what compares them share a group.
// CHECK-LABEL: func.func @strings
// CHECK: %[[R:.*]]:2 = weft.fused
// CHECK: weft.add
// CHECK: weft.add
// CHECK: weft.equal
// CHECK: weft.yield %{{.*}}, %{{.*}} : tensor<3x!weft.string>, tensor<3xi1>
// CHECK-NOT: weft.fused
// CHECK: return %[[R]]#0, %[[R]]#1
func.func @strings(%a: tensor<3x!weft.string>, %s: !weft.string) -> (tensor<3x!weft.string>, tensor<3xi1>) {
  %j = weft.add %a, %s : (tensor<3x!weft.string>, !weft.string) -> tensor<3x!weft.string>
  %k = weft.add %j, %a : (tensor<3x!weft.string>, tensor<3x!weft.string>) -> tensor<3x!weft.string>
  %e = weft.equal %j, %k : (tensor<3x!weft.string>, tensor<3x!weft.string>) -> tensor<3xi1>
  return %k, %e : tensor<3x!weft.string>, tensor<3xi1>
}

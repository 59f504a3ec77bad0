// RUN: %weft-opt %s --weft-scalarize --split-input-file --verify-diagnostics | FileCheck %s

// Nested loops and branches over rank-0 tensors become scf and arith alone. A divisor that is a constant needs no check.
// CHECK-LABEL: func.func @collatz(
// CHECK-SAME: %[[N:.*]]: i64) -> i64
// CHECK-NOT: tensor
// CHECK-NOT: weft.
// CHECK: scf.while (%{{.*}} = %[[N]], %{{.*}} = %{{.*}}) : (i64, i64) -> (i64, i64)
// CHECK: %[[MORE:.*]] = arith.cmpi ne, %[[X:.*]], %{{.*}} : i64
// CHECK: scf.condition(%[[MORE]])
// CHECK: arith.remsi
// CHECK: %[[EVEN:.*]] = arith.cmpi eq
// CHECK: scf.if %[[EVEN]] -> (i64)
// CHECK: arith.divsi
// CHECK: } else {
// CHECK: arith.muli
// CHECK: arith.addi
// CHECK: return %{{.*}} : i64
func.func @collatz(%n: tensor<i64>) -> tensor<i64> {
  %zero = weft.constant dense<0> : tensor<i64>
  %one = weft.constant dense<1> : tensor<i64>
  %two = weft.constant dense<2> : tensor<i64>
  %three = weft.constant dense<3> : tensor<i64>
  %r:2 = scf.while (%x = %n, %steps = %zero) : (tensor<i64>, tensor<i64>) -> (tensor<i64>, tensor<i64>) {
    %c = weft.not_equal %x, %one : (tensor<i64>, tensor<i64>) -> tensor<i1>
    %b = tensor.extract %c[] : tensor<i1>
    scf.condition(%b) %x, %steps : tensor<i64>, tensor<i64>
  } do {
  ^bb0(%x: tensor<i64>, %steps: tensor<i64>):
    %m = weft.fmod %x, %two : (tensor<i64>, tensor<i64>) -> tensor<i64>
    %c = weft.equal %m, %zero : (tensor<i64>, tensor<i64>) -> tensor<i1>
    %b = tensor.extract %c[] : tensor<i1>
    %next = scf.if %b -> tensor<i64> {
      %h = weft.divide %x, %two : (tensor<i64>, tensor<i64>) -> tensor<i64>
      scf.yield %h : tensor<i64>
    } else {
      %t = weft.multiply %x, %three : (tensor<i64>, tensor<i64>) -> tensor<i64>
      %u = weft.add %t, %one : (tensor<i64>, tensor<i64>) -> tensor<i64>
      scf.yield %u : tensor<i64>
    }
    %more = weft.add %steps, %one : (tensor<i64>, tensor<i64>) -> tensor<i64>
    scf.yield %next, %more : tensor<i64>, tensor<i64>
  }
  return %r#1 : tensor<i64>
}

// -----

// What an unknown divisor may be: zero is an error, -1 would overflow.
// CHECK-LABEL: func.func @divide(
// CHECK-SAME: %[[X:.*]]: i32, %[[Y:.*]]: i32) -> i32
// CHECK: %[[SAFE:.*]] = arith.cmpi ne, %[[Y]], %{{.*}} : i32
// CHECK: weft.check %[[SAFE]], "integer division by zero" kind = 5
// CHECK: %[[MINUS:.*]] = arith.cmpi eq, %[[Y]], %c-1_i32
// CHECK: %[[Q:.*]] = arith.divsi %[[X]], %{{.*}} : i32
// CHECK: %[[NEG:.*]] = arith.subi %{{.*}}, %[[X]] : i32
// CHECK: %[[R:.*]] = arith.select %[[MINUS]], %[[NEG]], %[[Q]] : i32
// CHECK: return %[[R]]
func.func @divide(%x: tensor<i32>, %y: tensor<i32>) -> tensor<i32> {
  %r = weft.divide %x, %y : (tensor<i32>, tensor<i32>) -> tensor<i32>
  return %r : tensor<i32>
}

// -----

// A scalar divisor of a tensor is checked once, before the elements; a tensor's elements are checked where they are divided by.
// CHECK-LABEL: func.func @divisors(
// CHECK-SAME: %[[X:.*]]: tensor<8xi32>, %[[N:.*]]: i32, %[[E:.*]]: tensor<?xi32>)
// CHECK: %[[SAFE:.*]] = arith.cmpi ne, %[[N]], %{{.*}} : i32
// CHECK: weft.check %[[SAFE]], "integer division by zero" kind = 5
// CHECK: %[[D:.*]] = arith.select %[[SAFE]], %[[N]], %{{.*}} : i32
// CHECK: weft.remainder %[[X]], %[[D]] : (tensor<8xi32>, i32) -> tensor<8xi32>
// CHECK-NOT: weft.check
// CHECK: weft.divide %[[E]], %[[N]] : (tensor<?xi32>, i32) -> tensor<?xi32>
func.func @divisors(%x: tensor<8xi32>, %n: tensor<i32>, %e: tensor<?xi32>) -> (tensor<8xi32>, tensor<?xi32>) {
  %r = weft.remainder %x, %n : (tensor<8xi32>, tensor<i32>) -> tensor<8xi32>
  %q = weft.divide %e, %n : (tensor<?xi32>, tensor<i32>) -> tensor<?xi32>
  return %r, %q : tensor<8xi32>, tensor<?xi32>
}

// -----

// arith has only signless integers.
// CHECK-LABEL: func.func @unsigned(
// CHECK-SAME: %[[X:.*]]: ui8, %[[Y:.*]]: ui8) -> i1
// CHECK-DAG: %[[A:.*]] = builtin.unrealized_conversion_cast %[[X]] : ui8 to i8
// CHECK-DAG: %[[B:.*]] = builtin.unrealized_conversion_cast %[[Y]] : ui8 to i8
// CHECK: arith.cmpi ult, %[[A]], %[[B]] : i8
func.func @unsigned(%x: tensor<ui8>, %y: tensor<ui8>) -> tensor<i1> {
  %r = weft.less %x, %y : (tensor<ui8>, tensor<ui8>) -> tensor<i1>
  return %r : tensor<i1>
}

// -----

// Strings stay constants of the dialect, and joining them is a new string.
// CHECK-LABEL: func.func @text(
// CHECK-SAME: %[[X:.*]]: !weft.string) -> (!weft.string, i1)
// CHECK: %[[C:.*]] = weft.constant ["!"] : !weft.string
// CHECK: %[[J:.*]] = weft.text_concat %[[X]], %[[C]]
// CHECK: %[[E:.*]] = weft.text_equal %[[X]], %[[J]]
// CHECK: return %[[J]], %[[E]]
func.func @text(%x: tensor<!weft.string>) -> (tensor<!weft.string>, tensor<i1>) {
  %c = weft.constant ["!"] : tensor<!weft.string>
  %j = weft.add %x, %c : (tensor<!weft.string>, tensor<!weft.string>) -> tensor<!weft.string>
  %e = weft.equal %x, %j : (tensor<!weft.string>, tensor<!weft.string>) -> tensor<i1>
  return %j, %e : tensor<!weft.string>, tensor<i1>
}

// -----

// Tensors keep their operations and take scalars; effects take scalars; a loop's index is one.
// CHECK-LABEL: func.func @mixed(
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>, %[[K:.*]]: f32, %[[N:.*]]: index) -> tensor<4xf32>
// CHECK: %[[M:.*]] = weft.multiply %[[X]], %[[K]] : (tensor<4xf32>, f32) -> tensor<4xf32>
// CHECK: %[[S:.*]] = weft.sum %[[M]] axes = [0] : (tensor<4xf32>) -> f32
// CHECK: weft.variable_read "v" slot 0 : f32
// CHECK: weft.print %[[S]] : f32
// CHECK: scf.for %[[I:.*]] = %{{.*}} to %[[N]]
// CHECK: %[[J:.*]] = arith.index_cast %[[I]] : index to i64
// CHECK: weft.print %[[J]] : i64
// CHECK: return %[[M]]
func.func @mixed(%x: tensor<4xf32>, %k: tensor<f32>, %n: index) -> tensor<4xf32> {
  %m = weft.multiply %x, %k : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %s = weft.sum %m axes = [0] : (tensor<4xf32>) -> tensor<f32>
  %v = weft.variable_read "v" slot 0 : tensor<f32>
  weft.print %s : tensor<f32>
  weft.variable_assign %v to "v" slot 0 : tensor<f32>
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    %j = arith.index_cast %i : index to i64
    %t = tensor.from_elements %j : tensor<i64>
    weft.print %t : tensor<i64>
  }
  return %m : tensor<4xf32>
}

// -----

// Shape operations and reductions that start and end at rank 0 are scalar work too.
// CHECK-LABEL: func.func @rank0(
// CHECK-SAME: %[[X:.*]]: i32, %[[B:.*]]: i1) -> (i32, i32, f64)
// CHECK: %[[ONE:.*]] = arith.extui %[[B]] : i1 to i32
// CHECK: %[[SUM:.*]] = arith.addi %{{.*}}, %[[ONE]] : i32
// CHECK: %[[F:.*]] = arith.sitofp %[[X]] : i32 to f64
// CHECK: return %[[X]], %[[SUM]], %[[F]]
func.func @rank0(%x: tensor<i32>, %b: tensor<i1>) -> (tensor<i32>, tensor<i32>, tensor<f64>) {
  %r = weft.reshape %x [] : (tensor<i32>) -> tensor<i32>
  %s = weft.sum %b axes = [] : (tensor<i1>) -> tensor<i32>
  %f = weft.cast %r to f64 : (tensor<i32>) -> tensor<f64>
  return %r, %s, %f : tensor<i32>, tensor<i32>, tensor<f64>
}

// -----

// A constant of one value is that value repeated; others stay.
// CHECK-LABEL: func.func @constants(
// CHECK: %[[C:.*]] = arith.constant 2.500000e+00 : f32
// CHECK: weft.broadcast_to %[[C]] [2, 2] : (f32) -> tensor<2x2xf32>
// CHECK: weft.constant dense<[1, 2]> : tensor<2xi32>
func.func @constants() -> (tensor<2x2xf32>, tensor<2xi32>) {
  %a = weft.constant dense<2.5> : tensor<2x2xf32>
  %b = weft.constant dense<[1, 2]> : tensor<2xi32>
  return %a, %b : tensor<2x2xf32>, tensor<2xi32>
}

// -----

// The check of an index known only at run time comes before the slice, once. A negative one counts from the end.
// CHECK-LABEL: func.func @row(
// CHECK-SAME: %[[X:.*]]: tensor<?x3xf32>, %[[I:.*]]: i32) -> tensor<1x3xf32>
// CHECK: %[[WIDE:.*]] = arith.extsi %[[I]] : i32 to i64
// CHECK: %[[INDEX:.*]] = arith.index_cast %[[WIDE]] : i64 to index
// CHECK: %[[NEGATIVE:.*]] = arith.cmpi slt, %[[INDEX]], %{{.*}} : index
// CHECK: %[[SIZE:.*]] = tensor.dim %[[X]]
// CHECK: %[[WRAPPED:.*]] = arith.addi %[[INDEX]], %[[SIZE]] : index
// CHECK: %[[AT:.*]] = arith.select %[[NEGATIVE]], %[[WRAPPED]], %[[INDEX]] : index
// CHECK: %[[OFFSET:.*]] = arith.index_cast %[[AT]] : index to i64
// CHECK: %[[INSIDE:.*]] = arith.cmpi ult, %[[AT]], %{{.*}} : index
// CHECK: weft.check %[[INSIDE]], "index out of range for dimension 0; index and size:"(%[[I]], %{{.*}} : i32, i64) kind = 3
// CHECK: weft.slice %[[X]][%[[OFFSET]]] {{.*}}{checked}
func.func @row(%x: tensor<?x3xf32>, %i: tensor<i32>) -> tensor<1x3xf32> {
  %r = weft.slice %x[%i] starts = [0, 0] sizes = [1, 3] steps = [1, 1] dynamic = [0]
    : (tensor<?x3xf32>, tensor<i32>) -> tensor<1x3xf32>
  return %r : tensor<1x3xf32>
}

// -----

// Only rank 0 is scalar: one element of another rank stays a tensor, and so does its work.
// CHECK-LABEL: func.func @one_element(
// CHECK-SAME: %[[X:.*]]: tensor<1xf32>, %[[Y:.*]]: tensor<1x1xi32>) -> (tensor<1xf32>, i32)
// CHECK-NEXT: %[[A:.*]] = weft.add %[[X]], %[[X]] : (tensor<1xf32>, tensor<1xf32>) -> tensor<1xf32>
// CHECK-NEXT: %[[S:.*]] = weft.sum %[[Y]] axes = [0, 1] : (tensor<1x1xi32>) -> i32
// CHECK-NEXT: return %[[A]], %[[S]]
func.func @one_element(%x: tensor<1xf32>, %y: tensor<1x1xi32>) -> (tensor<1xf32>, i32) {
  %a = weft.add %x, %x : (tensor<1xf32>, tensor<1xf32>) -> tensor<1xf32>
  %s = weft.sum %y axes = [0, 1] : (tensor<1x1xi32>) -> tensor<i32>
  %r = tensor.extract %s[] : tensor<i32>
  return %a, %r : tensor<1xf32>, i32
}

// -----

// What cannot fail is not checked: a division of floats, one by -1 (which must not overflow either), a slice whose place is known,
// and one that was checked before.
// CHECK-LABEL: func.func @unchecked(
// CHECK-SAME: %[[X:.*]]: f32, %[[Y:.*]]: f32, %[[N:.*]]: i32
// CHECK-NOT: weft.check
// CHECK: arith.divf %[[X]], %[[Y]] : f32
// CHECK-NOT: weft.check
// CHECK: %[[NEG:.*]] = arith.subi %{{.*}}, %[[N]] : i32
// CHECK: arith.select %{{.*}}, %[[NEG]], %{{.*}} : i32
// CHECK-NOT: weft.check
// CHECK: weft.slice %{{.*}} starts = [2]
// CHECK-NOT: weft.check
// CHECK: weft.slice {{.*}}{checked}
// CHECK-NOT: weft.check
// CHECK: return
func.func @unchecked(%x: tensor<f32>, %y: tensor<f32>, %n: tensor<i32>, %t: tensor<8xf32>, %i: i64)
    -> (tensor<f32>, tensor<i32>, tensor<2xf32>, tensor<1xf32>) {
  %f = weft.divide %x, %y : (tensor<f32>, tensor<f32>) -> tensor<f32>
  %m = weft.constant dense<-1> : tensor<i32>
  %q = weft.divide %n, %m : (tensor<i32>, tensor<i32>) -> tensor<i32>
  %s = weft.slice %t starts = [2] sizes = [2] steps = [3] dynamic = [] : (tensor<8xf32>) -> tensor<2xf32>
  %c = weft.slice %t[%i] starts = [0] sizes = [1] steps = [1] dynamic = [0] {checked} : (tensor<8xf32>, i64) -> tensor<1xf32>
  return %f, %q, %s, %c : tensor<f32>, tensor<i32>, tensor<2xf32>, tensor<1xf32>
}

// -----

// A constant zero is known to be wrong, but it is an error of the call that gets there, not of the compiler.
// CHECK-LABEL: func.func @by_zero(
// CHECK: weft.check %{{.*}}, "integer division by zero" kind = 5 : i1
// CHECK: arith.divsi
func.func @by_zero(%x: tensor<i32>) -> tensor<i32> {
  %z = weft.constant dense<0> : tensor<i32>
  %q = weft.divide %x, %z : (tensor<i32>, tensor<i32>) -> tensor<i32>
  return %q : tensor<i32>
}

// -----

// A check stays in the branch of what it checks: the way that does not divide does not fail.
// CHECK-LABEL: func.func @guarded(
// CHECK-NEXT: scf.if
// CHECK: weft.check %{{.*}}, "integer division by zero"
// CHECK: arith.divsi
// CHECK: } else {
// CHECK-NOT: weft.check
// CHECK: return
func.func @guarded(%c: tensor<i1>, %x: tensor<i32>, %y: tensor<i32>) -> tensor<i32> {
  %b = tensor.extract %c[] : tensor<i1>
  %r = scf.if %b -> tensor<i32> {
    %q = weft.divide %x, %y : (tensor<i32>, tensor<i32>) -> tensor<i32>
    scf.yield %q : tensor<i32>
  } else {
    scf.yield %x : tensor<i32>
  }
  return %r : tensor<i32>
}

// -----

// What is inserted is checked like what is cut out: the first element and the last.
// CHECK-LABEL: func.func @insert(
// CHECK-SAME: %[[X:.*]]: tensor<8xf32>, %[[V:.*]]: tensor<2xf32>, %[[I:.*]]: i64)
// CHECK: %[[FIRST:.*]] = arith.cmpi ult, %[[AT:.*]], %{{.*}} : index
// CHECK: %[[END:.*]] = arith.addi %[[AT]], %{{.*}} : index
// CHECK: %[[LAST:.*]] = arith.cmpi ult, %[[END]], %{{.*}} : index
// CHECK: %[[BOTH:.*]] = arith.andi %[[FIRST]], %[[LAST]] : i1
// CHECK: weft.check %[[BOTH]], "index out of range for dimension 0 of size 8:"(%[[I]] : i64) kind = 3
// CHECK: weft.insert %[[V]] into %[[X]]{{.*}}{checked}
func.func @insert(%x: tensor<8xf32>, %v: tensor<2xf32>, %i: tensor<i64>) -> tensor<8xf32> {
  %r = weft.insert %v into %x[%i] starts = [0] sizes = [2] steps = [1] dynamic = [0]
    : (tensor<8xf32>, tensor<2xf32>, tensor<i64>) -> tensor<8xf32>
  return %r : tensor<8xf32>
}

// -----

// A table of strings has no scalar form, not even where all of them are equal.
// CHECK-LABEL: func.func @equal_strings
// CHECK-NEXT: weft.constant ["a", "a"] : tensor<2x!weft.string>
func.func @equal_strings() -> tensor<2x!weft.string> {
  %a = weft.constant ["a", "a"] : tensor<2x!weft.string>
  return %a : tensor<2x!weft.string>
}

// -----

// An operation that the tracer does not make, and that needs a tensor where the pass makes a scalar.
func.func @foreign(%x: f32) -> tensor<f32> {
  // expected-error @+1 {{'tensor.splat' op result #0 must be ranked tensor}}
  %0 = tensor.splat %x : tensor<f32>
  return %0 : tensor<f32>
}

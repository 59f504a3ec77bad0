// Matrix products and decompositions. Routines of lib/routines; part of the operation table, Ops.td.

def Weft_MatmulOp : Weft_Routine<"matmul"> {
  let summary = "The product of matrices";
  let description = [{
    x (..., m, k) with y (..., k, n) gives (..., m, n); the dimensions in front broadcast. A vector is a row on the left and a
    column on the right, and its dimension is not in the result. Every number, of one dtype, which is the result's: integers
    wrap, 16-bit floats are computed in float32 and rounded once. Sums of nothing are 0. Array API `matmul`.
  }];
  let arguments = (ins Weft_Tensor:$x, Weft_Tensor:$y);
  let typeRule = "return matmul(a);";
}

// Decompositions: matrices are the last two dimensions of their operand, as many as the dimensions in front say. float32 and
// float64.
def Weft_CholeskyOp : Weft_FailingRoutine<"cholesky"> {
  let summary = "The Cholesky factor of positive definite matrices";
  let description = [{
    The lower triangular L with x = L L^T, or with `upper` the upper triangular U with x = U^T U. x must be symmetric: only the
    triangle of the result's side is read. A CheckError where x is not positive definite. Array API `linalg.cholesky`.
  }];
  let arguments = (ins Weft_Tensor:$x, BoolAttr:$upper);
  let updates = 1;
  let typeRule = "return of_square_matrices(a);";
}
def Weft_SolveOp : Weft_FailingRoutine<"solve"> {
  let summary = "The solution of linear equations";
  let description = [{
    The y with `matmul(x, y)` = b: b is a vector, or matrices (..., n, k) whose dimensions in front broadcast with x's. A
    CheckError where x is singular. Array API `linalg.solve`.
  }];
  let arguments = (ins Weft_Tensor:$x, Weft_Tensor:$b);
  let typeRule = "return solve(a);";
}
def Weft_InvOp : Weft_FailingRoutine<"inv"> {
  let summary = "The inverses of matrices";
  let description = [{A CheckError where x is singular. Array API `linalg.inv`.}];
  let arguments = (ins Weft_Tensor:$x);
  let updates = 1;
  let typeRule = "return of_square_matrices(a);";
}
def Weft_DetOp : Weft_Routine<"det"> {
  let summary = "The determinants of matrices";
  let description = [{1 for a matrix without elements. Array API `linalg.det`.}];
  let arguments = (ins Weft_Tensor:$x);
  let typeRule = "return determinants(a, 1);";
}
def Weft_SlogdetOp : Weft_Routine<"slogdet"> {
  let summary = "The signs and the logarithms of the magnitudes of determinants";
  let description = [{0 and -inf where x is singular. Array API `linalg.slogdet`.}];
  let arguments = (ins Weft_Tensor:$x);
  let results = (outs Weft_Tensor:$sign, Weft_Tensor:$logabsdet);
  let typeRule = "return determinants(a, 2);";
}
def Weft_EighOp : Weft_FailingRoutine<"eigh"> {
  let summary = "The eigenvalues, ascending, and eigenvectors of symmetric matrices";
  let description = [{
    Column i of the vectors belongs to value i, has length 1 and is at right angles to the others. x must be symmetric: only its
    lower triangle is read. A CheckError where that holds NaN or an infinity. Array API `linalg.eigh`.
  }];
  let arguments = (ins Weft_Tensor:$x);
  let results = (outs Weft_Tensor:$eigenvalues, Weft_Tensor:$eigenvectors);
  let typeRule = "return eigen(a, true);";
}
def Weft_EigvalshOp : Weft_FailingRoutine<"eigvalsh"> {
  let summary = "The eigenvalues, ascending, of symmetric matrices";
  let description = [{As `eigh`, without the vectors. Array API `linalg.eigvalsh`.}];
  let arguments = (ins Weft_Tensor:$x);
  let typeRule = "return eigen(a, false);";
}
def Weft_QrOp : Weft_Routine<"qr"> {
  let summary = "Matrices as products of an orthogonal and an upper triangular one";
  let description = [{
    x (..., m, n) = Q R with k = min(m, n): Q is (..., m, k) and R (..., k, n), or with `complete` (..., m, m) and (..., m, n).
    Array API `linalg.qr`.
  }];
  let arguments = (ins Weft_Tensor:$x, BoolAttr:$complete);
  let results = (outs Weft_Tensor:$q, Weft_Tensor:$r);
  let typeRule = "return qr(a);";
}
def Weft_SvdOp : Weft_FailingRoutine<"svd"> {
  let summary = "Singular value decompositions";
  let description = [{
    x (..., m, n) = U S Vh with k = min(m, n) singular values in S, descending: U is (..., m, k) and Vh (..., k, n), or with
    `full_matrices` (..., m, m) and (..., n, n). A CheckError where x holds NaN or an infinity. Array API `linalg.svd`.
  }];
  let arguments = (ins Weft_Tensor:$x, BoolAttr:$full_matrices);
  let results = (outs Weft_Tensor:$u, Weft_Tensor:$s, Weft_Tensor:$vh);
  let typeRule = "return svd(a, true);";
}
def Weft_SvdvalsOp : Weft_FailingRoutine<"svdvals"> {
  let summary = "The singular values of matrices, descending";
  let description = [{As `svd`, without the vectors. Array API `linalg.svdvals`.}];
  let arguments = (ins Weft_Tensor:$x);
  let typeRule = "return svd(a, false);";
}

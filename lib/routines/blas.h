// BLAS and LAPACK, from OpenBLAS. Loading it takes milliseconds, in which whole programs run, so it is opened when the
// first routine needs it. LAPACK's matrices are in column-major order: a matrix of ours is its transpose there.
#pragma once
#include "lib/routines/routine.h"

#include <cmath>
#include <mutex>
#include <vector>

namespace weft::detail {

using BlasInt = std::int32_t;
enum class BlasOrder : int { RowMajor = 101 };
enum class BlasTranspose : int { No = 111, Yes = 112 };
enum class BlasTriangle : int { Upper = 121, Lower = 122 };
enum class BlasDiagonal : int { Stored = 131, One = 132 };
enum class BlasSide : int { Left = 141 };

/// The functions that routines use, for T = float or double. Those of LAPACK take the lengths of texts at the end.
template <class T> struct Blas {
  void (*gemm)(BlasOrder, BlasTranspose a_as, BlasTranspose b_as, BlasInt m, BlasInt n, BlasInt k, T alpha, const T *a,
               BlasInt lda, const T *b, BlasInt ldb, T beta, T *c, BlasInt ldc);
  void (*gemv)(BlasOrder, BlasTranspose a_as, BlasInt m, BlasInt n, T alpha, const T *a, BlasInt lda, const T *x,
               BlasInt incx, T beta, T *y, BlasInt incy);
  void (*trsm)(BlasOrder, BlasSide, BlasTriangle, BlasTranspose, BlasDiagonal, BlasInt m, BlasInt n, T alpha,
               const T *a, BlasInt lda, T *b, BlasInt ldb);
  void (*potrf)(const char *uplo, const BlasInt *n, T *a, const BlasInt *lda, BlasInt *info, std::size_t);
  void (*getrf)(const BlasInt *m, const BlasInt *n, T *a, const BlasInt *lda, BlasInt *pivots, BlasInt *info);
  void (*getri)(const BlasInt *n, T *a, const BlasInt *lda, const BlasInt *pivots, T *work, const BlasInt *work_size,
                BlasInt *info);
  void (*gelqf)(const BlasInt *m, const BlasInt *n, T *a, const BlasInt *lda, T *tau, T *work, const BlasInt *work_size,
                BlasInt *info);
  void (*orglq)(const BlasInt *m, const BlasInt *n, const BlasInt *k, T *a, const BlasInt *lda, const T *tau, T *work,
                const BlasInt *work_size, BlasInt *info);
  void (*syevd)(const char *jobz, const char *uplo, const BlasInt *n, T *a, const BlasInt *lda, T *values, T *work,
                const BlasInt *work_size, BlasInt *integers, const BlasInt *integers_size, BlasInt *info, std::size_t,
                std::size_t);
  void (*gesdd)(const char *jobz, const BlasInt *m, const BlasInt *n, T *a, const BlasInt *lda, T *s, T *u,
                const BlasInt *ldu, T *vt, const BlasInt *ldvt, T *work, const BlasInt *work_size, BlasInt *integers,
                BlasInt *info, std::size_t);
};
/// The right to call them: blas<T>()->gemm(…).
template <class T> class BlasUse {
public:
  const Blas<T> *operator->() const { return &functions_; }

private:
  template <class U> friend BlasUse<U> blas();
  explicit BlasUse(const Blas<T> &functions, std::unique_lock<std::recursive_mutex> alone)
      : functions_(functions), alone_(std::move(alone)) {}

  const Blas<T> &functions_;
  std::unique_lock<std::recursive_mutex> alone_;
};
/// The first call opens the library; an error of kind Io where it cannot. Threads call it at the same time, except
/// where the library is one of the builds for programs of one thread: then one at a time.
template <class T> BlasUse<T> blas();
extern template BlasUse<float> blas();
extern template BlasUse<double> blas();

/// A size as BLAS counts, in 32 bits; an error of kind Shape where it is larger.
BlasInt blas_size(std::int64_t n);

/// Memory for a function of LAPACK: `call(work, size)` with size -1 says in work[0] how much it wants.
template <class T, class F> std::vector<T> workspace(F call) {
  T wanted = 0;
  call(&wanted, -1);
  // float32 rounds large numbers, down also.
  double size = std::nextafter(wanted, std::numeric_limits<T>::infinity());
  return std::vector<T>(static_cast<std::size_t>(
      blas_size(size < 9e18 ? static_cast<std::int64_t>(size) : std::numeric_limits<std::int64_t>::max())));
}

} // namespace weft::detail

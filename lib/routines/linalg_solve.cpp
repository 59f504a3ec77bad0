// Cholesky factors, and what an LU decomposition gives: solutions, inverses, determinants.
#include "lib/routines/matrices.h"

namespace weft::detail {
namespace {

/// The LU decomposition of one matrix at a time. LAPACK sees the transposes: transpose(A) = P L U, so that in our order
/// U's transpose is the lower triangle with the diagonal, and L's the upper one with ones.
template <class T> class Factors {
public:
  explicit Factors(std::int64_t n) : n_(blas_size(n)), pivots_(static_cast<std::size_t>(n)) {}

  /// `a` becomes its factors. False where a pivot is 0.
  bool factorize(T *a) {
    BlasInt info = 0;
    if (n_ > 0)
      blas<T>()->getrf(&n_, &n_, a, &n_, pivots_.data(), &info);
    return info == 0;
  }

  /// `b` (n, columns) becomes the solution of a y = b.
  void solve(const T *a, T *b, BlasInt columns) const {
    auto f = blas<T>();
    auto divide = [&](BlasTriangle triangle, BlasDiagonal diagonal) {
      f->trsm(BlasOrder::RowMajor, BlasSide::Left, triangle, BlasTranspose::No, diagonal, n_, columns, 1, a, n_, b,
             columns);
    };
    divide(BlasTriangle::Lower, BlasDiagonal::Stored);
    divide(BlasTriangle::Upper, BlasDiagonal::One);
    for (std::int64_t i = n_ - 1; i >= 0; --i)
      if (std::int64_t other = pivot(i); other != i)
        std::swap_ranges(b + i * columns, b + (i + 1) * columns, b + other * columns);
  }

  void invert(T *a) {
    BlasInt info = 0;
    auto call = [&](T *work, BlasInt size) { blas<T>()->getri(&n_, a, &n_, pivots_.data(), work, &size, &info); };
    if (work_.empty())
      work_ = workspace<T>(call);
    call(work_.data(), static_cast<BlasInt>(work_.size()));
  }

  bool odd_permutation() const {
    bool odd = false;
    for (std::int64_t i = 0; i < n_; ++i)
      odd ^= pivot(i) != i;
    return odd;
  }

private:
  /// The row that was exchanged with row i.
  std::int64_t pivot(std::int64_t i) const { return pivots_[static_cast<std::size_t>(i)] - 1; }

  BlasInt n_;
  std::vector<BlasInt> pivots_;
  std::vector<T> work_;
};

template <class T> void cholesky_of(T *a, BlasInt n, bool upper, const Matrices &m, std::int64_t number) {
  BlasInt info = 0;
  blas<T>()->potrf(upper ? "L" : "U", &n, a, &n, &info, 1); // the other one of the transpose
  bool definite = info == 0;
  for (std::int64_t i = 0; i < n; ++i) {
    definite &= !std::isnan(a[i * n + i]);
    T *rest = upper ? a + i * n : a + i * n + i + 1;
    std::fill(rest, rest + (upper ? i : n - i - 1), T{0});
  }
  if (!definite)
    refuse(m, number, "is not positive definite");
}

/// A determinant as a fraction and a power of two, which cannot overflow on the way.
template <class T> struct Determinant {
  double fraction = 1;
  std::int64_t exponent = 0;

  Determinant(const std::vector<T> &factors, std::int64_t n, bool negative) {
    for (std::int64_t i = 0; i < n; ++i) {
      int of_factor = 0, of_product = 0;
      double factor = std::frexp(static_cast<double>(factors[static_cast<std::size_t>(i * n + i)]), &of_factor);
      fraction = std::frexp(fraction * factor, &of_product);
      exponent += std::isfinite(fraction) ? of_factor + of_product : 0;
    }
    fraction = negative ? 0 - fraction : fraction + 0; // no zero has a sign
  }
  T value() const {
    constexpr std::int64_t beyond = 1 << 20; // every power further out is 0 or infinite
    return static_cast<T>(std::ldexp(fraction, static_cast<int>(std::clamp(exponent, -beyond, beyond))));
  }
  T sign() const { return static_cast<T>(std::isnan(fraction) ? fraction : (fraction > 0) - (fraction < 0)); }
  T logarithm() const { return static_cast<T>(std::log(std::fabs(fraction)) + static_cast<double>(exponent) * M_LN2); }
};

/// each(b, determinant), of every matrix of the operand.
template <class T, class F> void each_determinant(const RoutineCall &call, F each) {
  Matrices m(call.in[0].type.shape);
  Factors<T> factors(m.rows);
  std::vector<T> a(static_cast<std::size_t>(m.elements()));
  for (std::int64_t b = 0; b < m.count; ++b) {
    const T *from = call.in[0].as<T>() + b * m.elements();
    std::copy(from, from + m.elements(), a.data());
    factors.factorize(a.data()); // a pivot of 0 is a factor of the result
    each(b, Determinant<T>(a, m.rows, factors.odd_permutation()));
  }
}

} // namespace

void routine::cholesky(RoutineCall &call) {
  Matrices m(call.in[0].type.shape);
  with_lapack_type(call.in[0].type.dtype, [&]<class T>(TypeTag<T>) {
    T *a = copied<T>(call);
    for (std::int64_t b = 0; b < m.count && m.rows > 0; ++b)
      cholesky_of(a + b * m.elements(), blas_size(m.rows), call.flag("upper"), m, b);
  });
}

void routine::inv(RoutineCall &call) {
  Matrices m(call.in[0].type.shape);
  with_lapack_type(call.in[0].type.dtype, [&]<class T>(TypeTag<T>) {
    T *a = copied<T>(call);
    Factors<T> factors(m.rows);
    for (std::int64_t b = 0; b < m.count && m.rows > 0; ++b, a += m.elements()) {
      if (!factors.factorize(a))
        refuse(m, b, "is singular: it has no inverse");
      factors.invert(a);
    }
  });
}

void routine::solve(RoutineCall &call) {
  Matrices m(call.in[0].type.shape);
  const Shape &right = call.in[1].type.shape, &result = call.out[0].type.shape;
  bool vector = right.rank() == 1;
  std::int64_t columns = vector ? 1 : right[-1], size = m.rows * columns;
  Shape batch = leading(result, result.rank() - (vector ? 1 : 2)),
        right_batch = leading(right, vector ? 0 : right.rank() - 2);
  if (call.out[0].size() == 0)
    return;
  with_lapack_type(call.in[0].type.dtype, [&]<class T>(TypeTag<T>) {
    Factors<T> factors(m.rows);
    std::vector<T> a(static_cast<std::size_t>(m.elements()));
    std::int64_t factorized = -1; // which matrix `a` holds: neighbours often have the same
    for (std::int64_t k = 0; k < batch.elements(); ++k) {
      std::int64_t of_x = matrix_of(k, batch, m.batch), of_b = matrix_of(k, batch, right_batch);
      if (of_x != factorized) {
        const T *from = call.in[0].as<T>() + of_x * m.elements();
        std::copy(from, from + m.elements(), a.data());
        if (!factors.factorize(a.data()))
          refuse(m, of_x, "is singular: the equations have no one solution");
        factorized = of_x;
      }
      T *to = call.out[0].as<T>() + k * size;
      const T *b = call.in[1].as<T>() + of_b * size;
      std::copy(b, b + size, to);
      factors.solve(a.data(), to, blas_size(columns));
    }
  });
}

void routine::det(RoutineCall &call) {
  with_lapack_type(call.in[0].type.dtype, [&]<class T>(TypeTag<T>) {
    each_determinant<T>(call, [&](std::int64_t b, const Determinant<T> &d) { call.out[0].as<T>()[b] = d.value(); });
  });
}

void routine::slogdet(RoutineCall &call) {
  with_lapack_type(call.in[0].type.dtype, [&]<class T>(TypeTag<T>) {
    each_determinant<T>(call, [&](std::int64_t b, const Determinant<T> &d) {
      call.out[0].as<T>()[b] = d.sign();
      call.out[1].as<T>()[b] = d.logarithm();
    });
  });
}

} // namespace weft::detail

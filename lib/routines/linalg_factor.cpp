// Decompositions by Householder reflections and iterations: eigenvalues, QR, singular values. LAPACK sees the transpose
// of every matrix and gives the transposes of its factors, so most of them are in our order at once.
#include "lib/routines/matrices.h"

namespace weft::detail {
namespace {

template <class T> void transpose(T *a, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < i; ++j)
      std::swap(a[i * n + j], a[j * n + i]);
}

/// Eigenvalues into result 0 and, if wanted, vectors into result 1.
template <class T> void eigen(RoutineCall &call, bool vectors) {
  Matrices m(call.in[0].type.shape);
  if (m.rows == 0 || m.count == 0)
    return;
  BlasInt n = blas_size(m.rows), info = 0, integers_wanted = 0;
  T *values = call.out[0].as<T>();
  std::vector<T> scratch(vectors ? 0 : static_cast<std::size_t>(m.elements()));
  T *a = vectors ? call.out[1].as<T>() : scratch.data();
  BlasInt *integers = &integers_wanted, asks = -1;
  auto run = [&](T *work, BlasInt size) { // our lower triangle is the upper one of the transpose
    blas<T>()->syevd(vectors ? "V" : "N", "U", &n, a, &n, values, work, &size, integers,
                    size < 0 ? &asks : &integers_wanted, &info, 1, 1);
  };
  std::vector<T> work = workspace<T>(run);
  std::vector<BlasInt> many(static_cast<std::size_t>(integers_wanted));
  integers = many.data();
  for (std::int64_t b = 0; b < m.count; ++b, values += n) {
    const T *from = call.in[0].as<T>() + b * m.elements();
    for (std::int64_t i = 0; i < n; ++i)
      check_finite(from + i * n, i + 1, m, b);
    std::copy(from, from + m.elements(), a);
    run(work.data(), static_cast<BlasInt>(work.size()));
    check_converged(info, m, b);
    if (vectors) { // its columns are our rows
      transpose(a, n);
      a += m.elements();
    }
  }
}

/// transpose(A) = L Q, so A = transpose(Q) transpose(L).
template <class T> class OrthogonalFactors {
public:
  OrthogonalFactors(const Matrices &m, std::int64_t columns_of_q)
      : m_(blas_size(m.rows)), n_(blas_size(m.columns)), k_(blas_size(m.smaller())), of_q_(blas_size(columns_of_q)),
        a_(static_cast<std::size_t>(m.elements())), tau_(static_cast<std::size_t>(m.smaller())) {}

  void operator()(const T *from, T *q, T *r) {
    if (k_ == 0)
      return make_identity(q, of_q_);
    std::copy(from, from + a_.size(), a_.data());
    BlasInt info = 0;
    auto factorize = [&](T *work, BlasInt size) {
      blas<T>()->gelqf(&n_, &m_, a_.data(), &n_, tau_.data(), work, &size, &info);
    };
    auto form = [&](T *work, BlasInt size) {
      blas<T>()->orglq(&of_q_, &m_, &k_, q, &of_q_, tau_.data(), work, &size, &info);
    };
    if (work_.empty()) {
      work_ = workspace<T>(factorize);
      if (std::vector<T> more = workspace<T>(form); more.size() > work_.size())
        work_ = std::move(more);
    }
    factorize(work_.data(), static_cast<BlasInt>(work_.size()));
    for (std::int64_t i = 0; i < of_q_; ++i) // R is the upper triangle
      for (std::int64_t j = 0; j < n_; ++j)
        r[i * n_ + j] = i <= j ? a_[static_cast<std::size_t>(i * n_ + j)] : T{0};
    for (std::int64_t i = 0; i < m_; ++i) // the reflections, of which Q is made, are below it
      for (std::int64_t j = 0; j < of_q_; ++j)
        q[i * of_q_ + j] = j < k_ ? a_[static_cast<std::size_t>(i * n_ + j)] : T{0};
    form(work_.data(), static_cast<BlasInt>(work_.size()));
  }

private:
  BlasInt m_, n_, k_, of_q_; // A is (m, n), Q is (m, of_q)
  std::vector<T> a_, tau_, work_;
};

/// The singular values of one matrix at a time, and where they are wanted its vectors. transpose(A) = transpose(Vh) S
/// transpose(U): LAPACK's left vectors are ours on the right.
template <class T> class SingularValues {
public:
  enum class Vectors { None, Some, All };
  SingularValues(const Matrices &m, Vectors vectors)
      : m_(blas_size(m.rows)), n_(blas_size(m.columns)), k_(blas_size(m.smaller())), vectors_(vectors),
        a_(static_cast<std::size_t>(m.elements())), integers_(static_cast<std::size_t>(8 * m.smaller())) {}

  BlasInt operator()(const T *from, T *u, T *s, T *vh) {
    if (k_ == 0) {
      if (vectors_ == Vectors::All) {
        make_identity(u, m_);
        make_identity(vh, n_);
      }
      return 0;
    }
    std::copy(from, from + a_.size(), a_.data());
    BlasInt info = 0, columns_of_u = vectors_ == Vectors::All ? m_ : k_;
    const char *job = vectors_ == Vectors::None ? "N" : vectors_ == Vectors::Some ? "S" : "A";
    auto run = [&](T *work, BlasInt size) {
      blas<T>()->gesdd(job, &n_, &m_, a_.data(), &n_, s, vh, &n_, u, &columns_of_u, work, &size, integers_.data(), &info,
                      1);
    };
    if (work_.empty())
      work_ = workspace<T>(run);
    run(work_.data(), static_cast<BlasInt>(work_.size()));
    return info;
  }

private:
  BlasInt m_, n_, k_;
  Vectors vectors_;
  std::vector<T> a_, work_;
  std::vector<BlasInt> integers_;
};

} // namespace

void routine::eigh(RoutineCall &call) {
  with_lapack_type(call.in[0].type.dtype, [&]<class T>(TypeTag<T>) { eigen<T>(call, true); });
}
void routine::eigvalsh(RoutineCall &call) {
  with_lapack_type(call.in[0].type.dtype, [&]<class T>(TypeTag<T>) { eigen<T>(call, false); });
}

void routine::qr(RoutineCall &call) {
  Matrices m(call.in[0].type.shape), q(call.out[0].type.shape), r(call.out[1].type.shape);
  with_lapack_type(call.in[0].type.dtype, [&]<class T>(TypeTag<T>) {
    OrthogonalFactors<T> factorize(m, q.columns);
    for (std::int64_t b = 0; b < m.count; ++b)
      factorize(call.in[0].as<T>() + b * m.elements(), call.out[0].as<T>() + b * q.elements(),
                call.out[1].as<T>() + b * r.elements());
  });
}

void routine::svd(RoutineCall &call) {
  Matrices m(call.in[0].type.shape), u(call.out[0].type.shape), vh(call.out[2].type.shape);
  with_lapack_type(call.in[0].type.dtype, [&]<class T>(TypeTag<T>) {
    using Vectors = typename SingularValues<T>::Vectors;
    SingularValues<T> decompose(m, call.flag("full_matrices") ? Vectors::All : Vectors::Some);
    for (std::int64_t b = 0; b < m.count; ++b) {
      const T *a = call.in[0].as<T>() + b * m.elements();
      check_finite(a, m.elements(), m, b);
      check_converged(decompose(a, call.out[0].as<T>() + b * u.elements(), call.out[1].as<T>() + b * m.smaller(),
                                call.out[2].as<T>() + b * vh.elements()),
                      m, b);
    }
  });
}

void routine::svdvals(RoutineCall &call) {
  Matrices m(call.in[0].type.shape);
  with_lapack_type(call.in[0].type.dtype, [&]<class T>(TypeTag<T>) {
    SingularValues<T> decompose(m, SingularValues<T>::Vectors::None);
    for (std::int64_t b = 0; b < m.count; ++b) {
      const T *a = call.in[0].as<T>() + b * m.elements();
      check_finite(a, m.elements(), m, b);
      check_converged(decompose(a, nullptr, call.out[0].as<T>() + b * m.smaller(), nullptr), m, b);
    }
  });
}

} // namespace weft::detail

// What the decompositions share: stacks of matrices, and the errors that name one of them.
#pragma once
#include "lib/routines/blas.h"

#include <fmt/format.h>

#include <cstring>

namespace weft::detail {

/// The first sizes of a shape.
inline Shape leading(const Shape &s, int count) {
  Shape r;
  for (int d = 0; d < count; ++d)
    r.push_back(s[d]);
  return r;
}

/// Which matrix of an operand meets matrix `result` of the result: the dimensions in front of the matrices broadcast.
inline std::int64_t matrix_of(std::int64_t result, const Shape &batch, const Shape &own) {
  std::int64_t index = 0, step = 1;
  for (int d = batch.rank() - 1, o = own.rank() - 1; o >= 0; --d, --o) {
    index += own[o] == 1 ? 0 : result % batch[d] * step;
    result /= batch[d];
    step *= own[o];
  }
  return index;
}

/// The last two dimensions of a shape, as many times as those in front say.
struct Matrices {
  Shape batch;
  std::int64_t count, rows, columns;
  explicit Matrices(const Shape &s)
      : batch(leading(s, s.rank() - 2)), count(batch.elements()), rows(s[-2]), columns(s[-1]) {}
  std::int64_t elements() const { return rows * columns; }
  std::int64_t smaller() const { return std::min(rows, columns); }
};

/// "the matrix", or "matrix (1, 0) of the stack": the one with that number.
inline std::string matrix_words(const Matrices &m, std::int64_t number) {
  if (m.batch.empty())
    return "the matrix";
  Shape index = m.batch;
  for (int d = m.batch.rank() - 1; d >= 0; --d) {
    index[d] = number % m.batch[d];
    number /= m.batch[d];
  }
  return fmt::format("matrix {} of the stack", to_string(index));
}

[[noreturn]] inline void refuse(const Matrices &m, std::int64_t number, std::string_view why) {
  throw RoutineError{ErrorKind::Check, fmt::format("{} {}", matrix_words(m, number), why)};
}

/// NaN and infinities: LAPACK's iterations would not end well.
template <class T> void check_finite(const T *first, std::int64_t n, const Matrices &m, std::int64_t number) {
  if (!std::all_of(first, first + n, [](T v) { return std::isfinite(v); }))
    refuse(m, number, "holds NaN or an infinity");
}
inline void check_converged(BlasInt info, const Matrices &m, std::int64_t number) {
  if (info != 0)
    refuse(m, number, "has no decomposition that LAPACK finds: its iteration does not converge");
}

/// f(TypeTag<T>{}) for float or double.
template <class F> void with_lapack_type(DType d, F &&f) {
  if (d == DType::Float32)
    f(TypeTag<float>{});
  else
    f(TypeTag<double>{});
}

/// The first operand's elements in the first result, to work on there: they are there already where the two share
/// memory.
template <class T> T *copied(RoutineCall &call) {
  if (call.out[0].data != call.in[0].data && call.in[0].size() > 0)
    std::memcpy(call.out[0].data, call.in[0].data, static_cast<std::size_t>(call.in[0].size()) * sizeof(T));
  return call.out[0].as<T>();
}

template <class T> void make_identity(T *a, std::int64_t n) {
  std::fill_n(a, n * n, T{0});
  for (std::int64_t i = 0; i < n; ++i)
    a[i * n + i] = 1;
}

} // namespace weft::detail

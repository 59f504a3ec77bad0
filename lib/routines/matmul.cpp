// Products of matrices: by BLAS for floating dtypes (its small kernels are faster than loops of our own at every size),
// by loops for integers.
#include "lib/parallel/parallel.h"
#include "lib/routines/matrices.h"
#include "lib/routines/products.h"

#include <cstring>

namespace weft::detail {
namespace {

/// The type in which integers are multiplied: it wraps, also where C++ would compute in int.
template <class T> using Wrapping = std::make_unsigned_t<decltype(T{} + T{})>;

/// Some columns of y, which stay in the cache for all rows of x: their sums are one vector of the processor's, or a
/// few.
template <int width, class T> void multiply_columns(const ProductSizes &s, const T *x, const T *y, T *out) {
  using W = Wrapping<T>;
  using Some [[gnu::vector_size(width * sizeof(T))]] = T;
  using Sums [[gnu::vector_size(width * sizeof(W))]] = W;
  for (std::int64_t i = 0; i < s.rows; ++i, x += s.inner, out += s.columns) {
    Sums sums = {};
    for (std::int64_t k = 0; k < s.inner; ++k) {
      Some some;
      std::memcpy(&some, y + k * s.columns, sizeof some);
      sums += static_cast<W>(x[k]) * __builtin_convertvector(some, Sums);
    }
    Some narrow = __builtin_convertvector(sums, Some);
    std::memcpy(out, &narrow, sizeof narrow);
  }
}

template <class T> void multiply_integers(const ProductSizes &s, const T *x, const T *y, T *out) {
  std::int64_t j = 0;
  for (; j + 16 <= s.columns; j += 16)
    multiply_columns<16>(s, x, y + j, out + j);
  for (; j + 4 <= s.columns; j += 4)
    multiply_columns<4>(s, x, y + j, out + j);
  for (; j < s.columns; ++j)
    multiply_columns<1>(s, x, y + j, out + j);
}

template <class T> void multiply_by_blas(const ProductSizes &s, const T *x, const T *y, T *out) {
  BlasInt rows = blas_size(s.rows), inner = blas_size(s.inner), columns = blas_size(s.columns);
  auto b = blas<T>();
  constexpr auto order = BlasOrder::RowMajor;
  if (s.columns == 1 || s.rows == 1) { // sums from zero, so that what was in the memory does not matter
    std::fill_n(out, s.rows * s.columns, T{});
    if (s.columns == 1)
      b->gemv(order, BlasTranspose::No, rows, inner, 1, x, inner, y, 1, 1, out, 1);
    else
      b->gemv(order, BlasTranspose::Yes, inner, columns, 1, y, columns, x, 1, 1, out, 1);
    return;
  }
  b->gemm(order, BlasTranspose::No, BlasTranspose::No, rows, columns, inner, 1, x, inner, y, columns, 0, out, columns);
}

/// The pieces in which threads share the rows of a product; the last one is what is left.
struct Pieces {
  std::int64_t count, rows;
};

/// OpenBLAS gives rows the bits that they have in the whole product as long as a piece begins where its own tiles of rows do, of 48
/// rows or a divisor of that on every processor, and is far above the size (10^6 products of elements) up to which it has other code. One
/// row alone is another function.
Pieces pieces_of(const ProductSizes &s) {
  constexpr std::int64_t tile = 48, least = std::int64_t{1} << 21;
  std::int64_t each = s.inner * s.columns, most = std::min({std::int64_t{thread_count()}, s.rows * each / least, s.rows / tile});
  if (most < 2 || s.columns == 1)
    return {1, s.rows};
  std::int64_t rows = (s.rows / most + tile - 1) / tile * tile, count = (s.rows + rows - 1) / rows;
  std::int64_t last = s.rows - (count - 1) * rows;
  return {last < tile || last * each < least ? count - 1 : count, rows};
}

} // namespace

template <class T> void multiply_alone(const ProductSizes &s, const T *x, const T *y, T *out) {
  if constexpr (std::is_integral_v<T>)
    multiply_integers(s, x, y, out);
  else if (s.inner == 0)
    std::fill_n(out, s.rows * s.columns, T{0});
  else
    multiply_by_blas(s, x, y, out);
}

template <class T> void multiply(const ProductSizes &s, const T *x, const T *y, T *out) {
  Pieces pieces = pieces_of(s);
  if (pieces.count < 2)
    return multiply_alone(s, x, y, out);
  open_blas<T>(s); // an error is thrown here, not by a thread
  parallel_for(pieces.count, s.rows * s.inner * s.columns, [&](std::int64_t begin, std::int64_t end) {
    std::int64_t first = begin * pieces.rows, last = end == pieces.count ? s.rows : end * pieces.rows;
    multiply_alone({last - first, s.inner, s.columns}, x + first * s.inner, y, out + first * s.columns);
  });
}

void routine::matmul(RoutineCall &call) {
  const Shape &x = call.in[0].type.shape, &y = call.in[1].type.shape;
  RoutineOutput &out = call.out[0];
  if (out.size() == 0)
    return;
  ProductSizes s{x.rank() > 1 ? x[-2] : 1, x[-1], y.rank() > 1 ? y[-1] : 1};
  Shape x_batch = leading(x, std::max(x.rank() - 2, 0)), y_batch = leading(y, std::max(y.rank() - 2, 0)),
        batch = leading(out.type.shape, std::max(x_batch.rank(), y_batch.rank()));
  if (y_batch.empty()) { // the rows of all of x's matrices are those of one
    s.rows *= batch.elements();
    batch = x_batch = Shape();
  }
  with_type(out.type.dtype, [&]<class T>(TypeTag<T>) {
    if constexpr (!std::is_same_v<T, bool> && !std::is_same_v<T, TextElement>) {
      std::vector<Product<T>> x_wide, y_wide;
      const Product<T> *xs = in_products<T>(call.in[0], x_wide), *ys = in_products<T>(call.in[1], y_wide);
      out_of_products<T>(out, [&](Product<T> *to) {
        auto product = [&](std::int64_t b, auto how) {
          how(s, xs + matrix_of(b, batch, x_batch) * s.rows * s.inner,
              ys + matrix_of(b, batch, y_batch) * s.inner * s.columns, to + b * s.rows * s.columns);
        };
        if (batch.elements() < 8) {
          for (std::int64_t b = 0; b < batch.elements(); ++b)
            product(b, multiply<Product<T>>);
          return;
        }
        open_blas<Product<T>>(s);
        parallel_for(batch.elements(), batch.elements() * s.rows * s.inner * s.columns,
                     [&](std::int64_t begin, std::int64_t end) {
                       for (std::int64_t b = begin; b < end; ++b)
                         product(b, multiply_alone<Product<T>>);
                     });
      });
    }
  });
}

template void multiply(const ProductSizes &, const float *, const float *, float *);
template void multiply(const ProductSizes &, const double *, const double *, double *);
template void multiply_alone(const ProductSizes &, const float *, const float *, float *);
template void multiply_alone(const ProductSizes &, const double *, const double *, double *);

} // namespace weft::detail

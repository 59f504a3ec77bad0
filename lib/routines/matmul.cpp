// Products of matrices: gemm for float32 and float64, loops for integers and for what is too small for a call.
#include "lib/routines/matrices.h"
#include "lib/routines/products.h"

namespace weft::detail {
namespace {

/// Below so many multiplications loops are faster than gemm, which packs its operands first.
constexpr std::int64_t few = 256;

/// Row by row, four rows of y at a time, over blocks of y that stay in the cache. Sums go up along `inner`.
template <class T> void multiply_plainly(const ProductSizes &s, const T *x, const T *y, T *out) {
  // Integers wrap, also those narrower than int, which C++ would compute in.
  using Whole = decltype(T{} + T{});
  using W =
      typename std::conditional_t<std::is_integral_v<T>, std::make_unsigned<Whole>, std::type_identity<Whole>>::type;
  constexpr std::int64_t block_columns = 512, block_inner = 64;
  std::fill_n(out, s.rows * s.columns, T{});
  for (std::int64_t first = 0; first < s.columns; first += block_columns)
    for (std::int64_t from = 0; from < s.inner; from += block_inner) {
      std::int64_t width = std::min(block_columns, s.columns - first), to = std::min(from + block_inner, s.inner);
      for (std::int64_t i = 0; i < s.rows; ++i) {
        T *r = out + i * s.columns + first;
        std::int64_t k = from;
        for (; k + 4 <= to; k += 4) {
          const T *a = x + i * s.inner + k, *b = y + k * s.columns + first;
          W a0 = static_cast<W>(a[0]), a1 = static_cast<W>(a[1]), a2 = static_cast<W>(a[2]), a3 = static_cast<W>(a[3]);
          for (std::int64_t j = 0; j < width; ++j)
            r[j] = static_cast<T>(static_cast<W>(r[j]) + a0 * static_cast<W>(b[j]) +
                                  a1 * static_cast<W>(b[j + s.columns]) + a2 * static_cast<W>(b[j + 2 * s.columns]) +
                                  a3 * static_cast<W>(b[j + 3 * s.columns]));
        }
        for (; k < to; ++k) {
          W a = static_cast<W>(x[i * s.inner + k]);
          const T *b = y + k * s.columns + first;
          for (std::int64_t j = 0; j < width; ++j)
            r[j] = static_cast<T>(static_cast<W>(r[j]) + a * static_cast<W>(b[j]));
        }
      }
    }
}

template <class T> void multiply_by_blas(const ProductSizes &s, const T *x, const T *y, T *out) {
  BlasInt rows = blas_size(s.rows), inner = blas_size(s.inner), columns = blas_size(s.columns);
  const Blas<T> &b = blas<T>();
  constexpr auto order = BlasOrder::RowMajor;
  if (s.columns == 1 || s.rows == 1) { // sums from zero, so that what was in the memory does not matter
    std::fill_n(out, s.rows * s.columns, T{});
    if (s.columns == 1)
      b.gemv(order, BlasTranspose::No, rows, inner, 1, x, inner, y, 1, 1, out, 1);
    else
      b.gemv(order, BlasTranspose::Yes, inner, columns, 1, y, columns, x, 1, 1, out, 1);
    return;
  }
  b.gemm(order, BlasTranspose::No, BlasTranspose::No, rows, columns, inner, 1, x, inner, y, columns, 0, out, columns);
}

} // namespace

template <class T> void multiply(const ProductSizes &s, const T *x, const T *y, T *out) {
  if constexpr (std::is_floating_point_v<T>) {
    // Few by each factor, so that no product of them overflows.
    bool small = s.rows <= few && s.inner <= few && s.columns <= few && s.rows * s.inner * s.columns <= few;
    if (!small && s.inner > 0)
      return multiply_by_blas(s, x, y, out);
  }
  multiply_plainly(s, x, y, out);
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
        for (std::int64_t b = 0; b < batch.elements(); ++b)
          multiply(s, xs + matrix_of(b, batch, x_batch) * s.rows * s.inner,
                   ys + matrix_of(b, batch, y_batch) * s.inner * s.columns, to + b * s.rows * s.columns);
      });
    }
  });
}

template void multiply(const ProductSizes &, const float *, const float *, float *);
template void multiply(const ProductSizes &, const double *, const double *, double *);

} // namespace weft::detail

// The product of two matrices, in the one way that every routine has it.
#pragma once
#include "lib/routines/blas.h"

#include <algorithm>

namespace weft::detail {

/// The type in which products of T are computed: 16-bit floats are rounded once, at the end.
template <class T>
using Product = std::conditional_t<std::is_same_v<T, Float16> || std::is_same_v<T, BFloat16>, float, T>;

struct ProductSizes {
  std::int64_t rows, inner, columns;
};

/// out (rows, columns) = x (rows, inner) y (inner, columns) for T = float, double or an integer, which wraps. For the
/// same sizes it is always the same computation. Threads share a large one.
template <class T> void multiply(const ProductSizes &s, const T *x, const T *y, T *out);
/// The same bits by this thread alone: for one of many products that threads share.
template <class T> void multiply_alone(const ProductSizes &s, const T *x, const T *y, T *out);

/// Throws what multiply_alone would for matrices of up to these sizes.
template <class T> void open_blas(const ProductSizes &s) {
  if constexpr (std::is_floating_point_v<T>) {
    blas<T>();
    for (std::int64_t n : {s.rows, s.inner, s.columns})
      blas_size(n);
  }
}

/// The elements of an operand in the type of products: where that is another, they are converted into `converted`.
template <class T> const Product<T> *in_products(const RoutineInput &x, std::vector<Product<T>> &converted) {
  if constexpr (std::is_same_v<T, Product<T>>)
    return x.as<T>();
  else
    return converted.assign(x.as<T>(), x.as<T>() + x.size()), converted.data();
}

/// `make(out)` with the elements of a result in the type of products, rounded into the result afterwards.
template <class T, class F> void out_of_products(RoutineOutput &result, F make) {
  if constexpr (std::is_same_v<T, Product<T>>)
    return make(result.as<T>());
  else {
    std::vector<Product<T>> wide(static_cast<std::size_t>(result.size()));
    make(wide.data());
    std::copy(wide.begin(), wide.end(), result.as<T>());
  }
}

} // namespace weft::detail

// Eigen: matrices and vectors as Tensors, and Tensors seen as matrices. Not part of weft.h, which needs no Eigen.
#pragma once
#include <weft/tensor.h>

#include <Eigen/Core>

namespace weft {

template <detail::Scalar T>
using EigenMap = Eigen::Map<const Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

/// The elements of x as a matrix, without a copy; a vector is a matrix with one column. Valid while this value is
/// alive. T is the C++ type of the dtype (DTypeError); ShapeError for other ranks than 1 and 2, TraceError for a traced
/// tensor.
template <detail::Scalar T>
EigenMap<T> eigen_map(const Tensor &x, std::source_location loc = std::source_location::current()) {
  Shape shape = x.shape(loc);
  if (shape.rank() != 1 && shape.rank() != 2)
    throw ShapeError(loc, "eigen_map: a matrix has two dimensions and a vector one, not the shape " + to_string(shape));
  return {x.span<T>(loc).data(), shape[0], shape.rank() == 2 ? shape[1] : 1};
}
template <detail::Scalar T> EigenMap<T> eigen_map(const Tensor &&) = delete;

/// A copy of a matrix, an array or an expression of Eigen's: of rank 1 where its type is a vector's, else of rank 2.
template <class D>
Tensor from_eigen(const Eigen::DenseBase<D> &m, std::source_location loc = std::source_location::current()) {
  using T = typename D::Scalar;
  Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> rows = m.derived().matrix();
  std::span<const T> elements(rows.data(), static_cast<std::size_t>(rows.size()));
  return from_span(elements, D::IsVectorAtCompileTime ? Shape(rows.size()) : Shape(rows.rows(), rows.cols()), loc);
}

} // namespace weft

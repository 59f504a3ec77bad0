// Eigen's matrices as Tensors and Tensors as its matrices. Only built where Eigen is installed.
#include <weft/eigen.h>

#include <gtest/gtest.h>

namespace weft {
namespace {

TEST(EigenTest, SeesATensorAsAMatrix) {
  Tensor x = {{1.0f, 2.0f, 3.0f}, {4.0f, 5.0f, 6.0f}}, v = {1.0f, 0.0f, -1.0f};
  auto m = eigen_map<float>(x);
  EXPECT_EQ(m.data(), x.span<float>().data());
  EXPECT_EQ(m.rows() * 10 + m.cols(), 23);
  EXPECT_EQ(m(1, 0), 4.0f);
  Eigen::VectorXf product = m * eigen_map<float>(v);
  EXPECT_EQ(product, Eigen::Vector2f(-2, -2));
  Tensor none = from_span(std::vector<double>{}, {0, 3});
  EXPECT_EQ(eigen_map<double>(none).cols(), 3);
}

TEST(EigenTest, MakesATensorOfAMatrix) {
  Eigen::Matrix3d columns; // column-major
  columns << 1, 2, 3, 4, 5, 6, 7, 8, 9;
  EXPECT_EQ(from_eigen(columns).to_vector<double>(), (std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8, 9}));
  Tensor part = from_eigen(columns.block(0, 1, 3, 2).transpose() * 2); // an expression
  EXPECT_EQ(part.shape(), Shape(2, 3));
  EXPECT_EQ(part.to_vector<double>(), (std::vector<double>{4, 10, 16, 6, 12, 18}));
  EXPECT_EQ(from_eigen(Eigen::Vector2i(1, 2)).shape(), Shape(2));
  EXPECT_EQ(from_eigen(Eigen::RowVector2i(1, 2)).to_vector<int>(), (std::vector<int>{1, 2}));
  EXPECT_EQ(from_eigen(Eigen::ArrayXXf::Ones(2, 2)).to_vector<float>(), (std::vector<float>{1, 1, 1, 1}));
  EXPECT_EQ(from_eigen(columns.array() > 4).dtype(), boolean);
  EXPECT_EQ(from_eigen(Eigen::MatrixXf(0, 3)).shape(), Shape(0, 3));
}

TEST(EigenTest, RefusesOtherRanksAndDtypes) {
  Tensor cube = from_span(std::vector<float>(8), {2, 2, 2}), scalar = 1.0f, x = {1.0f};
  EXPECT_THROW((void)eigen_map<float>(cube), ShapeError);
  EXPECT_THROW((void)eigen_map<float>(scalar), ShapeError);
  EXPECT_THROW((void)eigen_map<double>(x), DTypeError);
}

} // namespace
} // namespace weft

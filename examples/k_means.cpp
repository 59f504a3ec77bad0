// Operations of several kinds in one traced loop that stops by itself: clusters of random points, found by k-means.
#include <weft/weft.h>

#include <iostream>
#include <tuple>

using weft::Tensor;

// Moves each centre to the mean of the points that are nearest to it, until no point changes its centre.
std::tuple<Tensor, Tensor> k_means(Tensor points, Tensor centres) {
  std::int64_t k = centres.shape()[0];
  Tensor nearest = weft::argmin(weft::zeros({points.shape()[0], k}), 1), turns = 0, moving = true;
  while (moving) {
    // |p - c|^2 without |p|^2, which is the same for every centre.
    Tensor distances = weft::sum(centres * centres, 1) - 2 * weft::matmul(points, weft::matrix_transpose(centres));
    Tensor now = weft::argmin(distances, 1);
    moving = weft::any(now != nearest);
    nearest = now;
    Tensor sums = weft::segment_sum(points, nearest, k);
    Tensor sizes = weft::segment_sum(weft::ones_like(points(weft::slice(weft::none), 0)), nearest, k);
    centres = sums / weft::expand_dims(weft::maximum(sizes, 1), 1);
    turns += 1;
  }
  return {weft::take(centres, weft::argsort(centres(weft::slice(weft::none), 0))), turns};
}

int main() {
  Tensor keys = weft::random::split(weft::random::key(7), 4);
  Tensor noise = weft::random::normal(keys[0], {300, 2}, 0.f, 0.5f);
  Tensor middles = {{-3.f, 0.f}, {0.f, 2.f}, {3.f, -1.f}};
  Tensor points = noise + weft::take(middles, weft::random::randint(keys[1], {300}, 0, 3));
  Tensor start = weft::random::permutation(keys[2], points)(weft::slice(3));

  auto traced = weft::function("k_means", k_means);
  auto [centres, turns] = traced(points, start);
  std::cout << weft::round(centres * 10) / 10 << "\n"
            << "after " << turns.item<int>() << " turns; eager gives the same bits: ";
  std::cout << std::boolalpha << weft::array_equal(centres, std::get<0>(k_means(points, start))) << "\n";
  weft::save("centres.npy", centres);
  std::cout << weft::load("centres.npy").shape() << " in centres.npy\n";
}

// Convolutions as products: the windows are gathered as the rows of a matrix, block by block, and multiplied by the
// filters.
#include "lib/parallel/parallel.h"
#include "lib/routines/products.h"
#include "lib/routines/windows.h"

namespace weft::detail {
namespace {

/// How many elements of gathered windows there are at a time: some of the cache nearest but one.
constexpr std::int64_t block = 1 << 18;

struct Convolution {
  Windows rows, columns;
  std::int64_t images, channels, filters;

  std::int64_t window() const { return rows.size * columns.size * channels; }
  std::int64_t windows() const { return rows.count * columns.count; }
  /// Whether the images themselves are the rows of the matrix.
  bool pointwise() const {
    return rows.size == 1 && columns.size == 1 && rows.count == rows.image && columns.count == columns.image;
  }
};

/// The window at a row and column, with zeros for what is outside.
template <class T> void gather(const Convolution &c, const T *image, std::int64_t row, std::int64_t column, T *to) {
  std::int64_t begin = c.columns.begin(column), end = c.columns.end(column), line = c.columns.size * c.channels;
  bool inside = begin == 0 && end == c.columns.size && c.rows.begin(row) == 0 && c.rows.end(row) == c.rows.size;
  if (!inside)
    std::fill_n(to, c.window(), T{0});
  for (std::int64_t i = c.rows.begin(row); i < c.rows.end(row); ++i) {
    std::int64_t first = (c.rows.first(row) + i * c.rows.gap) * c.columns.image + c.columns.first(column);
    // Elements side by side are copied at once.
    std::int64_t at_once = c.columns.gap == 1 ? std::max<std::int64_t>(end - begin, 1) : 1;
    for (std::int64_t j = begin; j < end; j += at_once) {
      const T *from = image + (first + j * c.columns.gap) * c.channels;
      std::copy(from, from + at_once * c.channels, to + i * line + j * c.channels);
    }
  }
}

template <class T> void convolve(const Convolution &c, const T *x, const T *w, T *out) {
  if (c.pointwise())
    return multiply({c.images * c.windows(), c.channels, c.filters}, x, w, out);
  std::int64_t at_a_time = std::clamp<std::int64_t>(block / std::max<std::int64_t>(c.window(), 1), 1, c.windows());
  std::int64_t per_image = (c.windows() + at_a_time - 1) / at_a_time, pieces = c.images * per_image;
  auto compute = [&](std::int64_t piece, T *gathered) {
    std::int64_t n = piece / per_image, first = piece % per_image * at_a_time,
                 count = std::min(at_a_time, c.windows() - first);
    const T *image = x + n * c.rows.image * c.columns.image * c.channels;
    for (std::int64_t k = 0; k < count; ++k)
      gather(c, image, (first + k) / c.columns.count, (first + k) % c.columns.count, gathered + k * c.window());
    multiply_alone({count, c.window(), c.filters}, gathered, w, out + (n * c.windows() + first) * c.filters);
  };
  // Each thread has room of its own. All are made here, where there may be an error.
  std::int64_t shares = std::min<std::int64_t>(pieces, thread_count()), room = at_a_time * c.window();
  std::vector<T> gathered(static_cast<std::size_t>(shares * room));
  open_blas<T>({at_a_time, c.window(), c.filters});
  parallel_for(shares, c.images * c.windows() * c.window() * c.filters, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t piece = begin * pieces / shares; piece < end * pieces / shares; ++piece)
      compute(piece, gathered.data() + begin * room);
  });
}

} // namespace

void routine::conv2d(RoutineCall &call) {
  const Shape &x = call.in[0].type.shape, &w = call.in[1].type.shape, &out = call.out[0].type.shape;
  if (call.out[0].size() == 0)
    return;
  auto along = [&](int d) {
    return Windows(x[1 + d], w[d], call.list("dilations")[d], call.list("strides")[d], out[1 + d], call.flag("same"));
  };
  Convolution c{along(0), along(1), x[0], x[3], w[3]};
  with_type(call.in[0].type.dtype, [&]<class T>(TypeTag<T>) {
    if constexpr (std::is_floating_point_v<Product<T>>) {
      std::vector<Product<T>> images, filters;
      const Product<T> *xs = in_products<T>(call.in[0], images), *ws = in_products<T>(call.in[1], filters);
      out_of_products<T>(call.out[0], [&](Product<T> *to) { convolve(c, xs, ws, to); });
    }
  });
}

} // namespace weft::detail

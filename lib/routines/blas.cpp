// See blas.h.
#include "lib/routines/blas.h"

#include <fmt/format.h>

#include <dlfcn.h>

namespace weft::detail {
namespace {

constexpr const char *file = "libopenblas.so.0", *package = "libopenblas0-serial";

void *open_library() {
  // Local: the program may hold another BLAS.
  void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (!library)
    throw RoutineError{
        ErrorKind::Io,
        fmt::format("linear algebra needs OpenBLAS, and {}; install the Debian package {}", dlerror(), package)};
  // One order of summation, whatever the number of processors: some builds of the library start threads.
  if (void *set_threads = dlsym(library, "openblas_set_num_threads"))
    reinterpret_cast<void (*)(int)>(set_threads)(1);
  return library;
}

/// The library, open. A failure throws, and the next call tries again.
void *library() {
  static void *opened = open_library();
  return opened;
}

template <class F> void find(F *&function, const std::string &name) {
  function = reinterpret_cast<F *>(dlsym(library(), name.c_str()));
  if (!function)
    throw RoutineError{ErrorKind::Io,
                       fmt::format("{} has no function {}; install the Debian package {}", file, name, package)};
}

template <class T> Blas<T> load() {
  const char *type = std::is_same_v<T, float> ? "s" : "d";
  auto blas_name = [&](const char *name) { return fmt::format("cblas_{}{}", type, name); };
  auto lapack_name = [&](const char *name) { return fmt::format("{}{}_", type, name); };
  Blas<T> b;
  find(b.gemm, blas_name("gemm"));
  find(b.gemv, blas_name("gemv"));
  find(b.trsm, blas_name("trsm"));
  find(b.potrf, lapack_name("potrf"));
  find(b.getrf, lapack_name("getrf"));
  find(b.getri, lapack_name("getri"));
  find(b.gelqf, lapack_name("gelqf"));
  find(b.orglq, lapack_name("orglq"));
  find(b.syevd, lapack_name("syevd"));
  find(b.gesdd, lapack_name("gesdd"));
  return b;
}

} // namespace

template <class T> const Blas<T> &blas() {
  static const Blas<T> table = load<T>();
  return table;
}
template const Blas<float> &blas();
template const Blas<double> &blas();

BlasInt blas_size(std::int64_t n) {
  if (n > std::numeric_limits<BlasInt>::max())
    throw RoutineError{ErrorKind::Shape, fmt::format("{} elements along a dimension: BLAS counts to 2^31 - 1", n)};
  return static_cast<BlasInt>(n);
}

} // namespace weft::detail

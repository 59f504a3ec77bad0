// See blas.h.
#include "lib/routines/blas.h"

#include <fmt/format.h>

#include <dlfcn.h>
#include <unistd.h>

namespace weft::detail {
namespace {

constexpr const char *file = "libopenblas.so.0", *package = "libopenblas0-pthread";

/// While it exists, whoever asks the environment finds `variable` in it. Not setenv: other threads may be reading. They
/// see the old environment or the new one, and both stay.
class InEnvironment {
public:
  explicit InEnvironment(const char *variable) : before_(environ) {
    static std::vector<char *> kept; // once: a library that cannot be opened is tried again
    if (kept.empty()) {
      kept.push_back(const_cast<char *>(variable));
      for (char **v = before_; v && *v; ++v)
        kept.push_back(*v);
      kept.push_back(nullptr);
    }
    environ = made_ = kept.data();
  }
  ~InEnvironment() {
    if (environ == made_) // else somebody has set a variable since
      environ = before_;
  }
  InEnvironment(const InEnvironment &) = delete;
  InEnvironment &operator=(const InEnvironment &) = delete;

private:
  char **before_, **made_;
};

void *open_library() {
  // Its own threads would be started while it is loaded, and be busy waiting. Weft shares work among threads itself.
  InEnvironment one_thread("OPENBLAS_NUM_THREADS=1");
  // Local: the program may hold another BLAS.
  void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (!library)
    throw RoutineError{
        ErrorKind::Io,
        fmt::format("linear algebra needs OpenBLAS, and {}; install the Debian package {}", dlerror(), package)};
  // Where the program itself has loaded it before.
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

namespace {

/// Whether calls may overlap. Builds without threads hand out their work space without a lock, and those with OpenMP
/// look only at OpenMP's threads: two products at once came out wrong, one in a thousand.
bool is_safe() {
  constexpr int posix_threads = 1;
  void *kind = dlsym(library(), "openblas_get_parallel");
  return kind && reinterpret_cast<int (*)()>(kind)() == posix_threads;
}

/// Held by the one that may call. A routine that holds it may ask for it again.
std::recursive_mutex &one_at_a_time() {
  static std::recursive_mutex mutex;
  return mutex;
}

} // namespace

template <class T> BlasUse<T> blas() {
  static const Blas<T> table = load<T>();
  static const bool safe = is_safe();
  return BlasUse<T>(table, safe ? std::unique_lock<std::recursive_mutex>() : std::unique_lock(one_at_a_time()));
}
template BlasUse<float> blas();
template BlasUse<double> blas();

BlasInt blas_size(std::int64_t n) {
  if (n > std::numeric_limits<BlasInt>::max())
    throw RoutineError{ErrorKind::Shape, fmt::format("{} elements along a dimension: BLAS counts to 2^31 - 1", n)};
  return static_cast<BlasInt>(n);
}

} // namespace weft::detail

// Reaching the compiler: libweft-compiler.so is opened at the first trace and stays open. Also the tracer of each thread.
#include "lib/function/compiler.h"

#include "lib/code/build.h"
#include "lib/function/background.h"
#include "lib/parallel/parallel.h"

#include <fmt/format.h>

#include <dlfcn.h>

#include <atomic>

namespace weft {

bool tracing() { return detail::Tracer::current() != nullptr; }

namespace detail {
namespace {

constinit thread_local Tracer *current_tracer = nullptr;
constinit std::atomic<Compiler *> testing_compiler{nullptr};
constinit std::atomic<bool> compiler_ended{false};

Compiler &open_compiler() {
  std::string path = compiler_library();
  // Local: a host program may hold another LLVM.
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  void *entry = library ? dlsym(library, "weft_compiler") : nullptr;
  if (!entry)
    raise(ErrorKind::Internal, {},
          fmt::format("the compiler library cannot be opened: {}. Install libweft-compiler.so beside libweft.so with the libMLIR and "
                      "libLLVM of LLVM 22, or name it in WEFT_COMPILER_LIBRARY",
                      dlerror()));
  return *reinterpret_cast<decltype(&weft_compiler)>(entry)();
}

} // namespace

Compiler &Compiler::get(const SourceLocation &where) {
  if (Compiler *c = testing_compiler.load(std::memory_order_acquire))
    return *c;
  if (ended())
    raise(ErrorKind::Trace, where,
          "the program is ending and the compiler has gone with its static objects: a destructor of a static object can run what was "
          "compiled before, but nothing new");
  if (const char *message = thread_setting_error())
    raise(ErrorKind::Io, where, message);
  static Compiler &compiler = open_compiler(); // a failure throws, and the next call tries again
  return compiler;
}

void Compiler::end() {
  compiler_ended.store(true, std::memory_order_release);
  end_background();
}
bool Compiler::ended() { return compiler_ended.load(std::memory_order_acquire); }

void Compiler::set_for_testing(Compiler *c) { testing_compiler.store(c, std::memory_order_release); }

Tracer *Tracer::current() { return current_tracer; }

void Tracer::set_current(Tracer *t) {
  current_tracer = t;
  TraceList::set_current(t ? &t->list : nullptr);
}

} // namespace detail
} // namespace weft

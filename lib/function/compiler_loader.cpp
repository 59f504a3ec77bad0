// Reaching the compiler: libweft-compiler.so is opened at the first trace, from the folder in which libweft itself lies, and
// stays open. Also the tracer of each thread.
#include "lib/function/compiler.h"

#include "lib/parallel/parallel.h"

#include <fmt/format.h>

#include <dlfcn.h>

#include <atomic>
#include <cstdlib>

namespace weft {

bool tracing() { return detail::Tracer::current() != nullptr; }

namespace detail {
namespace {

constinit thread_local Tracer *current_tracer = nullptr;
constinit std::atomic<Compiler *> testing_compiler{nullptr};
constinit std::atomic<bool> compiler_ended{false};

std::string library_path() {
  if (const char *env = std::getenv("WEFT_COMPILER_LIBRARY"); env && *env)
    return env;
  constexpr std::string_view file = "libweft-compiler.so";
  Dl_info self;
  if (!dladdr(reinterpret_cast<const void *>(&Compiler::get), &self) || !self.dli_fname)
    return std::string(file);
  std::string folder(self.dli_fname);
  folder.resize(folder.rfind('/') == std::string::npos ? 0 : folder.rfind('/') + 1);
  return folder + std::string(file);
}

Compiler &open_compiler() {
  std::string path = library_path();
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

void Compiler::end() { compiler_ended.store(true, std::memory_order_release); }
bool Compiler::ended() { return compiler_ended.load(std::memory_order_acquire); }

void Compiler::set_for_testing(Compiler *c) { testing_compiler.store(c, std::memory_order_release); }

Tracer *Tracer::current() { return current_tracer; }

void Tracer::set_current(Tracer *t) {
  current_tracer = t;
  TraceList::set_current(t ? &t->list : nullptr);
}

} // namespace detail
} // namespace weft

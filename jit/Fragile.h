// Fragile: the owner of what LLVM or MLIR is at work on.
#pragma once
#include <exception>
#include <memory>

namespace weft::jit {

/// A unique_ptr that leaks when an exception ends its life: then LLVM gave up half-way (Compiler.cpp), and what it was at work on is
/// whole for nobody, not even for its destructor.
template <class T> class Fragile {
public:
  explicit Fragile(std::unique_ptr<T> object) : object(std::move(object)) {}
  Fragile(Fragile &&) noexcept = default;
  ~Fragile() {
    if (broken())
      (void)object.release();
  }
  /// Whether an exception is under way that was not when this was made.
  bool broken() const { return std::uncaught_exceptions() > exceptions; }
  explicit operator bool() const { return object != nullptr; }
  T *operator->() const { return object.get(); }
  T &operator*() const { return *object; }
  std::unique_ptr<T> take() { return std::move(object); }

private:
  std::unique_ptr<T> object;
  int exceptions = std::uncaught_exceptions();
};

} // namespace weft::jit

// Ref<T>: an intrusive reference-counted pointer of one word. retain(T *) and release(T *) are found by
// argument-dependent look-up, so T may stay incomplete in public headers.
#pragma once
#include <cstddef>
#include <utility>

namespace weft::detail {

template <class T> class Ref {
public:
  Ref() = default;
  Ref(std::nullptr_t) {}
  /// Takes over one reference that the caller owns.
  static Ref adopt(T *p) {
    Ref r;
    r.p_ = p;
    return r;
  }
  explicit Ref(T *p) : p_(p) {
    if (p_)
      retain(p_);
  }
  Ref(const Ref &o) : Ref(o.p_) {}
  Ref(Ref &&o) noexcept : p_(std::exchange(o.p_, nullptr)) {}
  Ref &operator=(Ref o) noexcept {
    std::swap(p_, o.p_);
    return *this;
  }
  ~Ref() {
    if (p_)
      release(p_);
  }
  T *get() const { return p_; }
  T *operator->() const { return p_; }
  T &operator*() const { return *p_; }
  explicit operator bool() const { return p_ != nullptr; }
  friend bool operator==(const Ref &a, const Ref &b) { return a.p_ == b.p_; }
  /// Gives the reference away without dropping it.
  T *detach() { return std::exchange(p_, nullptr); }

private:
  T *p_ = nullptr;
};

} // namespace weft::detail

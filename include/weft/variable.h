// Variable: state that outlives a call. It has identity: copies of the handle are the same variable, and a
// traced function reads and writes the live value. dtype and shape are fixed when it is made.
#pragma once
#include <weft/operand.h>

#include <string>

namespace weft {

namespace detail {
struct VariableState;
WEFT_API void retain(VariableState *);
WEFT_API void release(VariableState *);
} // namespace detail

/// A mutable tensor with identity. Made outside of traced functions: making one while tracing is a VariableError.
class WEFT_API Variable {
public:
  Variable() = default;
  explicit Variable(const Operand &initial, std::string name = "Variable");

  bool defined() const { return static_cast<bool>(state_); }
  /// The value now; while tracing, the value at this point of the program.
  Tensor value(std::source_location loc = std::source_location::current()) const;
  /// The dtype, which never changes. An empty handle is a VariableError, here and below.
  DType dtype(std::source_location loc = std::source_location::current()) const;
  /// The shape, which never changes.
  Shape shape(std::source_location loc = std::source_location::current()) const;
  int ndim(std::source_location loc = std::source_location::current()) const { return shape(loc).rank(); }
  const std::string &name(std::source_location loc = std::source_location::current()) const;

  /// Sets the value. Throws VariableError when dtype or shape differ from the variable's; a C++ number takes the dtype, and is a
  /// VariableError where it does not fit.
  void assign(const Operand &value) const;
  /// Adds to the value, as one step that no other thread's write comes between. `delta` has the variable's dtype and broadcasts to
  /// its shape, else a VariableError; a C++ number takes the dtype.
  void assign_add(const Operand &delta) const;
  /// Subtracts from the value; as assign_add.
  void assign_sub(const Operand &delta) const;

  Tensor operator[](const Operand &i) const { return value(i.source_location())[i]; }
  template <class T> T item(std::source_location loc = std::source_location::current()) const {
    return value(loc).template item<T>(loc);
  }

  Variable(const Variable &) = default;
  Variable(Variable &&) noexcept = default;
  /// Rebinds this handle to the same variable as `o`.
  Variable &operator=(const Variable &o) = default;
  Variable &operator=(Variable &&o) noexcept = default;
  // "v = x" would look like an assignment of the value: write v.assign(x), v.assign_add(x), v.assign_sub(x).
  template <class T>
    requires(!std::is_same_v<std::remove_cvref_t<T>, Variable>)
  Variable &operator=(const T &) = delete;
  template <class T> Variable &operator+=(const T &) = delete;
  template <class T> Variable &operator-=(const T &) = delete;
  template <class T> Variable &operator*=(const T &) = delete;
  template <class T> Variable &operator/=(const T &) = delete;

  detail::VariableState *state() const { return state_.get(); }

private:
  detail::VariableState &usable(const SourceLocation &loc) const;
  void store(const Operand &value, const char *method) const;
  void update(const Operand &delta, const char *method, Tensor (*operation)(const Operand &, const Operand &)) const;

  detail::Ref<detail::VariableState> state_;
};

} // namespace weft

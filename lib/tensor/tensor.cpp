// Tensor: the handle. Construction, copy, move and destruction, which keep the tracer's list of live tensors, and the
// accessors with the errors of handles that have no value to give.
#include "lib/tensor/trace_list.h"

#include <weft/control_flow.h>
#include <weft/ops.h>

#include <fmt/format.h>

#include <new>
#include <utility>

namespace weft {

using detail::ErrorKind;
using detail::raise;
using detail::TraceList;
using detail::Value;
using detail::ValueRef;

namespace {

bool moved_from(const Value *v) { return v && v->kind == Value::Kind::Moved; }

/// What a copy of a handle gets: a moved-from handle is an empty one to everybody else.
Value *copied(Value *v) {
  if (!v || moved_from(v))
    return nullptr;
  detail::retain(v);
  return v;
}

const char *cpp_type(DType d) {
  switch (d) {
  case DType::Bool:
    return "bool";
  case DType::Int8:
    return "std::int8_t";
  case DType::Int16:
    return "std::int16_t";
  case DType::Int32:
    return "std::int32_t";
  case DType::Int64:
    return "std::int64_t";
  case DType::UInt8:
    return "std::uint8_t";
  case DType::UInt16:
    return "std::uint16_t";
  case DType::UInt32:
    return "std::uint32_t";
  case DType::UInt64:
    return "std::uint64_t";
  case DType::Float32:
    return "float";
  case DType::Float64:
    return "double";
  case DType::String:
    return "std::string";
  case DType::Float16:
  case DType::BFloat16:
    break;
  }
  return nullptr;
}

[[noreturn]] void wrong_dtype(DType asked, DType is, const char *method, const SourceLocation &loc) {
  const char *right = cpp_type(is);
  bool castable = (asked == DType::String) == (is == DType::String);
  std::string use = right ? fmt::format("{}<{}>()", method, right) : std::string();
  if (castable)
    use += fmt::format("{}astype(weft::{}){}", right ? ", or convert it with " : "", detail::constant_name(asked), right ? "" : " first");
  raise(ErrorKind::DType, loc,
        fmt::format("{}<{}>() was asked of a Tensor of dtype {}{}{}", method, cpp_type(asked), name(is), use.empty() ? "" : ": use ", use));
}

} // namespace

// --- life of a handle

Tensor::Tensor() { link(); }

Tensor::Tensor(const Tensor &o) : value_(copied(o.value_)) { link(); }

Tensor::Tensor(Tensor &&o) noexcept {
  link();
  TraceList *list = detail::current_trace_list;
  if (list && !list->owns(o)) { // an outer tensor stays as it is
    value_ = copied(o.value_);
    return;
  }
  value_ = copied(o.value_);
  detail::Value *left = nullptr;
  if (list) {
    // Whoever relocates tensors destroys the source next: the identity then passes to this handle.
    if (auto *moved = new (std::nothrow) detail::MovedValue) {
      moved->kind = Value::Kind::Moved;
      moved->heir = id_;
      left = moved;
    }
  }
  o.set(left);
}

Tensor &Tensor::operator=(const Tensor &o) & {
  if (this != &o) {
    check_writable();
    set(copied(o.value_));
  }
  return *this;
}

Tensor &Tensor::operator=(Tensor &&o) & {
  if (this != &o) {
    check_writable();
    set(copied(o.value_));
    TraceList *list = detail::current_trace_list;
    if (!list || list->owns(o))
      o.set(nullptr);
  }
  return *this;
}

Tensor::~Tensor() {
  if (TraceList::id(*this))
    TraceList::leave(*this);
  if (value_)
    detail::release(value_);
}

Tensor::Tensor(ValueRef v) : value_(v.detach()) { link(); }
Tensor::Tensor(DType dtype, const void *bits) : Tensor(detail::make_scalar(dtype, bits)) {}
Tensor::Tensor(std::string_view text) : Tensor(detail::make_text(text)) {}

void Tensor::link() {
  if (TraceList *list = detail::current_trace_list)
    list->link(*this);
}

void Tensor::set(Value *v) noexcept {
  if (Value *old = std::exchange(value_, v))
    detail::release(old);
}

void Tensor::check_writable() const {
  if (TraceList *list = detail::current_trace_list; list && !list->owns(*this))
    list->outer_assignment();
}

// --- accessors

const Value &Tensor::usable(const SourceLocation &loc) const {
  if (!value_ || moved_from(value_))
    raise(ErrorKind::Trace, loc,
          "an empty Tensor is used: it was never given a value, or was moved from; assign one before using it");
  if (value_->kind == Value::Kind::Poison) {
    auto *poison = static_cast<const detail::PoisonValue *>(value_);
    raise(poison->error, loc, poison->reason);
  }
  return *value_;
}

ValueRef Tensor::checked(const SourceLocation &loc) const {
  (void)usable(loc);
  return ValueRef(value_);
}

bool Tensor::defined() const { return value_ && !moved_from(value_); }

DType Tensor::dtype(std::source_location loc) const { return usable(loc).type.dtype; }

int Tensor::ndim(std::source_location loc) const { return usable(loc).type.shape.rank(); }

Shape Tensor::shape(std::source_location loc) const {
  const Shape &s = usable(loc).type.shape;
  if (!s.is_static())
    raise(
        ErrorKind::Trace, loc,
        fmt::format("the shape {} is not known while tracing: use weft::shape(x) (an int64 tensor) or weft::dim(x, i)",
                    to_string(s)));
  return s;
}

std::int64_t Tensor::size(std::source_location loc) const {
  const Shape &s = usable(loc).type.shape;
  if (!s.is_static())
    raise(ErrorKind::Trace, loc,
          fmt::format(
              "the size of shape {} is not known while tracing: use weft::prod(weft::shape(x)), or weft::dim(x, i) "
              "for one dimension",
              to_string(s)));
  return s.elements();
}

detail::Elements Tensor::elements(DType dtype, const char *method, bool one, const SourceLocation &loc) const {
  const Value &v = usable(loc);
  if (v.kind == Value::Kind::Symbolic)
    raise(ErrorKind::Trace, loc,
          fmt::format(
              "{}() needs a value, but this Tensor is traced and has one only when the compiled function runs: return "
              "it, show it with weft::print, or go on computing with tensors",
              method));
  if (v.type.dtype != dtype)
    wrong_dtype(dtype, v.type.dtype, method, loc);
  std::int64_t count = v.type.shape.elements();
  if (one && count != 1)
    raise(ErrorKind::Shape, loc,
          fmt::format("{}() needs one element, but this Tensor has {} (shape {}): use to_vector(), or index it first",
                      method, count, to_string(v.type.shape)));
  return {v.data, static_cast<std::size_t>(count)};
}

std::string detail::text_at(const Elements &e, std::size_t i) {
  return std::string(text_of(static_cast<const void *const *>(e.data)[i]));
}

Tensor::operator bool() const {
  SourceLocation loc = detail::traced_location();
  bool symbolic = value_ && value_->kind == Value::Kind::Symbolic;
  if (detail::current_trace_list || symbolic) {
    if (symbolic)
      loc = static_cast<const detail::SymbolicValue *>(value_)->loc;
    raise(
        ErrorKind::Trace, loc,
        fmt::format(
            "a traced tensor was used as a C++ condition{}: compile with weft-c++, add weft_autograph(target), or use "
            "weft::ag::if_stmt / weft::cond",
            loc.line ? fmt::format(" at {}:{}", loc.file, loc.line) : std::string()));
  }
  const Value &v = usable(loc);
  if (v.type.dtype != DType::Bool)
    raise(ErrorKind::DType, loc,
          fmt::format("a Tensor of dtype {} is used as a condition: compare it (x != 0), or cast it to bool",
                      name(v.type.dtype)));
  if (v.type.shape.elements() != 1)
    raise(
        ErrorKind::Shape, loc,
        fmt::format("a Tensor of shape {} is used as a condition, which takes one element: use weft::any or weft::all",
                    to_string(v.type.shape)));
  return *static_cast<const bool *>(v.data);
}

// --- what is more than the handle

Tensor Tensor::astype(DType dtype, std::source_location loc) const { return cast(Operand(*this, loc), dtype); }

RowIterator Tensor::begin(std::source_location loc) const { return RowIterator(*this, loc); }

Tensor &Tensor::operator+=(const Operand &o) & { return *this = add(Operand(*this, o.source_location()), o); }
Tensor &Tensor::operator-=(const Operand &o) & { return *this = subtract(Operand(*this, o.source_location()), o); }
Tensor &Tensor::operator*=(const Operand &o) & { return *this = multiply(Operand(*this, o.source_location()), o); }
Tensor &Tensor::operator/=(const Operand &o) & { return *this = divide(Operand(*this, o.source_location()), o); }
Tensor &Tensor::operator%=(const Operand &o) & { return *this = fmod(Operand(*this, o.source_location()), o); }

} // namespace weft

// DLPack: Tensors in the memory of other libraries, and theirs in ours.
#include <weft/dlpack.h>

#include "lib/tensor/value.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <memory>
#include <new>

namespace weft {

using detail::ErrorKind;
using detail::raise;

namespace {

// Numbers of the standard that older headers have no names for.
constexpr std::uint8_t dl_int = 0, dl_uint = 1, dl_float = 2, dl_bfloat = 4, dl_bool = 6;

std::uint8_t code_of(DType d) {
  return d == DType::Bool         ? dl_bool
         : is_signed_integer(d)   ? dl_int
         : is_unsigned_integer(d) ? dl_uint
         : d == DType::BFloat16   ? dl_bfloat
                                  : dl_float;
}

/// What to_dlpack gives out: the struct, the numbers that it points to, and the value.
struct Lent {
  DLManagedTensor managed{};
  std::array<std::int64_t, Shape::max_rank> shape{}, strides{};
  detail::ValueRef value;
};

/// Calls the deleter, once.
struct Release {
  void operator()(DLManagedTensor *m) const {
    if (m->deleter)
      m->deleter(m);
  }
};
using Managed = std::unique_ptr<DLManagedTensor, Release>;

DType dtype_of_elements(const DLDataType &t, const SourceLocation &loc) {
  for (int d = 0; d < dtype_count; ++d) {
    auto dtype = static_cast<DType>(d);
    if (dtype != DType::String && t.lanes == 1 && t.code == code_of(dtype) && t.bits == 8 * itemsize(dtype))
      return dtype;
  }
  raise(ErrorKind::DType, loc,
        fmt::format("from_dlpack: elements of code {}, {} bits and {} lanes have no dtype in weft", t.code, t.bits,
                    t.lanes));
}

Shape shape_of(const DLTensor &t, const SourceLocation &loc) {
  if (t.ndim < 0 || t.ndim > Shape::max_rank || (t.ndim > 0 && !t.shape))
    raise(ErrorKind::Shape, loc,
          fmt::format("from_dlpack: a tensor has from 0 to {} dimensions, not {}{}", Shape::max_rank, t.ndim,
                      t.ndim > 0 && !t.shape ? " without a shape" : ""));
  Shape shape;
  for (std::int32_t d = 0; d < t.ndim; ++d)
    shape.push_back(t.shape[d]);
  return shape;
}

bool row_major(const DLTensor &t, const Shape &shape) {
  std::int64_t step = 1;
  for (int d = shape.rank(); t.strides && d-- > 0; step *= shape[d])
    if (shape[d] != 1 && t.strides[d] != step)
      return shape.elements() == 0;
  return true;
}

/// The elements in row-major order, in memory of their own; null where that is short.
std::unique_ptr<char[]> gathered(const char *data, const Shape &shape, const std::int64_t *strides, std::size_t size) {
  auto count = shape.elements();
  std::unique_ptr<char[]> copy(new (std::nothrow) char[static_cast<std::size_t>(count) * size]);
  for (std::int64_t i = 0; copy && i < count; ++i) {
    std::int64_t from = 0, rest = i;
    for (int d = shape.rank(); d-- > 0; rest /= shape[d])
      from += rest % shape[d] * strides[d];
    std::memcpy(copy.get() + static_cast<std::size_t>(i) * size, data + from * static_cast<std::int64_t>(size), size);
  }
  return copy;
}

} // namespace

DLManagedTensor *to_dlpack(const Operand &x) {
  const detail::ValueRef &v = x.value();
  if (v->kind != detail::Value::Kind::Concrete)
    raise(ErrorKind::Trace, x.loc(),
          "to_dlpack: a traced Tensor has memory only when the compiled function runs: return it");
  if (v->type.dtype == DType::String)
    raise(ErrorKind::DType, x.loc(), "to_dlpack: DLPack has no strings");
  auto lent = std::make_unique<Lent>();
  lent->value = v;
  const Shape &shape = v->type.shape;
  std::int64_t step = 1;
  for (int d = shape.rank(); d-- > 0; step *= shape[d]) {
    lent->shape[static_cast<std::size_t>(d)] = shape[d];
    lent->strides[static_cast<std::size_t>(d)] = step;
  }
  DLTensor &t = lent->managed.dl_tensor;
  t.data = const_cast<void *>(v->data);
  t.device.device_type = kDLCPU;
  t.ndim = shape.rank();
  t.dtype = {code_of(v->type.dtype), static_cast<std::uint8_t>(8 * itemsize(v->type.dtype)), 1};
  t.shape = lent->shape.data();
  t.strides = lent->strides.data();
  lent->managed.manager_ctx = lent.get();
  lent->managed.deleter = [](DLManagedTensor *m) { delete static_cast<Lent *>(m->manager_ctx); };
  return &lent.release()->managed;
}

Tensor from_dlpack(DLManagedTensor *managed, std::source_location loc) {
  if (!managed)
    raise(ErrorKind::Shape, loc, "from_dlpack: a null pointer");
  Managed owned(managed);
  const DLTensor &t = managed->dl_tensor;
  if (t.device.device_type != kDLCPU)
    raise(ErrorKind::Check, loc,
          fmt::format("from_dlpack: the elements are in the memory of device type {}; copy them to the CPU first",
                      static_cast<int>(t.device.device_type)));
  DType dtype = dtype_of_elements(t.dtype, loc);
  Shape shape = shape_of(t, loc);
  const char *data = t.data ? static_cast<const char *>(t.data) + t.byte_offset : nullptr;
  auto give_back = [managed](void *) { Release()(managed); };
  if (!data || row_major(t, shape)) // from_buffer finds what is wrong with a null pointer
    return from_buffer(data, shape, dtype, (owned.release(), give_back), loc);
  if (reinterpret_cast<std::uintptr_t>(data) % itemsize(dtype))
    raise(ErrorKind::DType, loc, fmt::format("from_dlpack: the elements are not aligned for {}", name(dtype)));
  // A negative or uncountable shape is an error of from_buffer's, too; nothing is copied for it.
  bool valid = shape.countable();
  for (std::int64_t d : shape)
    valid &= d >= 0;
  if (!valid)
    return from_buffer(data, shape, dtype, (owned.release(), give_back), loc);
  auto copy = gathered(data, shape, t.strides, itemsize(dtype));
  owned.reset();
  if (!copy)
    raise(ErrorKind::OutOfMemory, loc,
          fmt::format("from_dlpack: no memory for a copy of the shape {}", to_string(shape)));
  char *elements = copy.release();
  return from_buffer(elements, shape, dtype, [](void *p) { delete[] static_cast<char *>(p); }, loc);
}

} // namespace weft

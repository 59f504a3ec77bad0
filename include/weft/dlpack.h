// DLPack: arrays of other libraries (NumPy, PyTorch, JAX, TVM, …) as Tensors and the other way round, in the same memory. The C
// structs are those of https://dmlc.github.io/dlpack, whose header is taken where it is installed. Where a program has a copy of
// it elsewhere, that is included before this one.
#pragma once
#include <weft/operand.h>

#if __has_include(<dlpack/dlpack.h>)
#include <dlpack/dlpack.h>
#elif !defined(DLPACK_DLPACK_H_)
#define DLPACK_DLPACK_H_
extern "C" {
typedef enum { kDLCPU = 1 } DLDeviceType;
typedef struct {
  DLDeviceType device_type;
  int32_t device_id;
} DLDevice;
typedef enum { kDLInt = 0, kDLUInt = 1, kDLFloat = 2, kDLBfloat = 4 } DLDataTypeCode;
typedef struct {
  uint8_t code; // a DLDataTypeCode, or 6: bool, of 8 bits
  uint8_t bits;
  uint16_t lanes;
} DLDataType;
typedef struct {
  void *data;
  DLDevice device;
  int32_t ndim;
  DLDataType dtype;
  int64_t *shape;
  int64_t *strides; // in elements; null: row-major
  uint64_t byte_offset;
} DLTensor;
typedef struct DLManagedTensor {
  DLTensor dl_tensor;
  void *manager_ctx;
  void (*deleter)(struct DLManagedTensor *self); // may be null
} DLManagedTensor;
}
#endif

namespace weft {

/// The elements of x in its own memory, which lives until the result's deleter is called. They must not be written: values of
/// Tensors do not change. DTypeError for strings, TraceError for a traced tensor, which has no value.
WEFT_API DLManagedTensor *to_dlpack(const Operand &x);
/// A Tensor of the same memory, or of a copy where its elements are not in row-major order. Takes the DLManagedTensor over: its
/// deleter is called exactly once, at the latest with the last handle, or before an error is thrown. The memory must not
/// change meanwhile. CheckError for memory that is not the CPU's; DTypeError for elements without a dtype (complex numbers,
/// vectors) and for memory that is not aligned for them; ShapeError for more than 8 dimensions and for a null pointer.
WEFT_API Tensor from_dlpack(DLManagedTensor *managed, std::source_location loc = std::source_location::current());

} // namespace weft

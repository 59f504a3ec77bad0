// The table of routines, generated from the operation table, and what they share.
#include "lib/routines/routine.h"

#include "lib/tensor/rules.h"
#include "lib/tensor/runtime.h"
#include "lib/tensor/small_vector.h"

#include <cstring>
#include <utility>

namespace weft::detail {

const Attr::Payload &RoutineCall::attribute(std::string_view name) const { return detail::attribute(attrs, name); }

using Routine = void (*)(RoutineCall &);
static Routine routine_of(OpId op) {
  switch (op) {
#define WEFT_ROUTINE(ID, NAME)                                                                                         \
  case OpId::ID:                                                                                                       \
    return routine::NAME;
#include "routines.inc"
#undef WEFT_ROUTINE
  default:
    return nullptr;
  }
}

void call_routine(OpId op, std::span<const RoutineInput> in, AttrList attrs, std::span<const TensorType> types,
                  FunctionRef<RoutineOutput(std::size_t, const TensorType &)> place) {
  SmallVector<RoutineOutput, 4> out;
  for (const TensorType &type : types)
    out.push_back(type.shape.is_static() ? place(out.size(), type) : RoutineOutput{type, nullptr});
  auto make = [&](std::size_t k, const Shape &shape) { out[k] = place(k, {types[k].dtype, shape}); };
  RoutineCall call{in, {out.begin(), out.size()}, attrs, make};
  routine_of(op)(call);
}

void store_text(RoutineOutput &out, std::int64_t i, std::string_view text) {
  Storage *s = Storage::text(text);
  if (!s)
    throw std::bad_alloc();
  out.as<void *>()[i] = s + 1;
}

void store_text(RoutineOutput &out, std::int64_t i, TextElement text) {
  if (!text.payload)
    return;
  Storage *s = Storage::of(text.payload);
  if (is_constant(s))
    return store_text(out, i, text.view());
  retain(s);
  out.as<void *>()[i] = s + 1;
}

void replace_text(RoutineOutput &out, std::int64_t i, TextElement text) {
  void *old = std::exchange(out.as<void *>()[i], nullptr);
  store_text(out, i, text);
  if (old && !is_constant(Storage::of(old)))
    release(Storage::of(old));
}

void copy_elements(RoutineOutput &out, std::int64_t to, const RoutineInput &in, std::int64_t from, std::int64_t count) {
  if (out.type.dtype == DType::String) {
    for (std::int64_t k = 0; k < count; ++k)
      store_text(out, to + k, in.as<TextElement>()[from + k]);
    return;
  }
  auto size = static_cast<std::int64_t>(itemsize(out.type.dtype));
  if (count)
    std::memcpy(out.data + to * size, in.data + from * size, static_cast<std::size_t>(count * size));
}

} // namespace weft::detail

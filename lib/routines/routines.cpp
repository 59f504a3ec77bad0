// The table of routines, generated from the operation table, and what they share.
#include "lib/routines/routine.h"

#include "lib/tensor/rules.h"
#include "lib/tensor/runtime.h"

namespace weft::detail {

const Attr::Payload &RoutineCall::attribute(std::string_view name) const { return detail::attribute(attrs, name); }

Routine routine_of(OpId op) {
  switch (op) {
#define WEFT_ROUTINE(ID, NAME)                                                                                         \
  case OpId::ID: return routine::NAME;
#include "routines.inc"
#undef WEFT_ROUTINE
  default: return nullptr;
  }
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
  // Texts that are constants of compiled code die with it.
  if (s->refs.load(std::memory_order_relaxed) >= weft_constant_refs)
    return store_text(out, i, text.view());
  retain(s);
  out.as<void *>()[i] = s + 1;
}

} // namespace weft::detail

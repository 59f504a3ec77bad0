// Routines run at once: results are made, and the library function fills them.
#include "lib/eager/dispatch.h"
#include "lib/routines/routine.h"
#include "lib/tensor/rules.h"
#include "lib/tensor/small_vector.h"

#include <fmt/format.h>

#include <new>

namespace weft::detail {
namespace {

char *bytes_of(const ValueRef &v) { return const_cast<char *>(static_cast<const char *>(v->data)); }

/// Space for one result. Rank 0 is held in the value itself, but for strings.
ValueRef make(const TensorType &type, const SourceLocation &loc) {
  if (type.shape.rank() == 0) {
    std::uint64_t none = 0;
    return make_scalar(type.dtype, &none);
  }
  return make_uninitialized(type, loc);
}

} // namespace

void run_routine(OpId op, std::span<const ValueRef> operands, AttrList attrs, std::span<const TensorType> types,
                 std::span<ValueRef> results, const SourceLocation &loc) {
  SmallVector<RoutineInput, 4> in;
  for (const ValueRef &v : operands)
    in.push_back({v->type, static_cast<const char *>(v->data)});
  auto place = [&](std::size_t k, const TensorType &type) {
    results[k] = make(type, loc);
    return RoutineOutput{type, bytes_of(results[k])};
  };
  auto described = [&] {
    std::vector<TensorType> in_types;
    for (const RoutineInput &i : in)
      in_types.push_back(i.type);
    return describe(op, in_types);
  };
  auto adopt_texts = [&] { // a string of rank 0 is owned through the value's storage
    for (const ValueRef &v : results)
      if (v && v->type.dtype == DType::String && v->type.shape.rank() == 0)
        if (auto *text = *reinterpret_cast<void *const *>(v->data))
          v->storage = Storage::of(text);
  };
  try {
    call_routine(op, in, attrs, types, place);
    adopt_texts();
  } catch (const RoutineError &e) {
    adopt_texts();
    raise(e.kind, loc, fmt::format("{}: {}", described(), e.message));
  } catch (const std::bad_alloc &) {
    adopt_texts();
    raise(ErrorKind::OutOfMemory, loc, fmt::format("no memory for {}", described()));
  }
}

} // namespace weft::detail

// See call.h.
#include "lib/routines/call.h"

#include "lib/routines/routine.h"
#include "lib/tensor/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <span>
#include <vector>

using namespace weft;
using namespace weft::detail;

namespace {

/// Where one result is made: `data` is set, or the frame has no memory (std::bad_alloc).
RoutineOutput place(weft_frame *f, const TensorType &type, weft_result &r) {
  if (type.shape.rank() == 0)
    return {type, reinterpret_cast<char *>(&r.bits)};
  std::copy(type.shape.begin(), type.shape.end(), r.dims);
  if (!r.bits) {
    auto kind = type.dtype == DType::String ? Storage::Kind::Texts : Storage::Kind::Raw;
    void *payload = weft_alloc(f, byte_size(type), static_cast<std::int32_t>(kind));
    if (!payload)
      throw std::bad_alloc();
    r.bits = reinterpret_cast<std::uintptr_t>(payload);
  }
  return {type, reinterpret_cast<char *>(r.bits)};
}

/// A string of rank 0 becomes the frame's: the routine may have shared one that others hold.
void own_text(weft_frame *f, weft_result &r) {
  auto *text = reinterpret_cast<void *>(r.bits);
  r.bits = reinterpret_cast<std::uintptr_t>(weft_text_copy(f, text));
  if (text)
    release(Storage::of(text));
  if (!r.bits)
    throw std::bad_alloc();
}

void run(weft_frame *f, OpId op, std::span<const RoutineInput> in, std::span<const TensorType> types,
         const char *attributes, weft_result *results) {
  std::vector<Attr> attrs = decode_attributes(attributes);
  TypeResult inferred = infer(op, types, attrs);
  if (!inferred.type)
    throw RoutineError{inferred.kind, inferred.message};
  std::vector<TensorType> made{*inferred.type};
  made.insert(made.end(), inferred.more.begin(), inferred.more.end());
  call_routine(op, in, attrs, made, [&](std::size_t k, const TensorType &type) { return place(f, type, results[k]); });
  for (std::size_t k = 0; k < made.size(); ++k)
    if (made[k].dtype == DType::String && made[k].shape.rank() == 0)
      own_text(f, results[k]);
}

} // namespace

std::int32_t weft_call_routine(weft_frame *f, std::int32_t op, const weft_print_argument *arguments, std::int64_t count,
                               const char *attributes, weft_result *results) {
  auto id = static_cast<OpId>(op);
  std::vector<TensorType> types;
  auto fail = [&](ErrorKind kind, const std::string &message) {
    weft_fail(f, static_cast<std::int32_t>(kind), fmt::format("{}: {}", describe(id, types), message).c_str(), "", 0, 0,
              nullptr, 0);
    return 1;
  };
  try {
    std::vector<RoutineInput> in;
    for (const weft_print_argument &a : std::span(arguments, static_cast<std::size_t>(count))) {
      types.push_back({static_cast<DType>(a.dtype), Shape(std::span(a.dims, static_cast<std::size_t>(a.rank)))});
      in.push_back({types.back(), static_cast<const char *>(a.data)});
    }
    run(f, id, in, types, attributes, results);
    return 0;
  } catch (const RoutineError &e) {
    return fail(e.kind, e.message);
  } catch (const std::bad_alloc &) {
    return fail(ErrorKind::OutOfMemory, "out of memory");
  } catch (const std::exception &e) { // a fault of the routine's
    return fail(ErrorKind::Internal, e.what());
  }
}

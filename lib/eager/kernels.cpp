// See kernels.h. An operation that runs at once ends here: views and copies are done directly (direct.cpp), the rest by a
// kernel, on the operands' own elements.
#include "lib/eager/kernels.h"

#include "lib/code/store.h"
#include "lib/eager/direct.h"
#include "lib/function/frame.h"
#include "lib/function/tracer_scope.h"
#include "lib/function/words.h"
#include "lib/parallel/forks.h"
#include "lib/tensor/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <iterator>
#include <optional>

namespace weft::detail {

void Groups::add(std::int64_t size, std::uint32_t flag) {
  if (size == 1)
    return;
  if (count && flags[count - 1] == flag)
    sizes[count - 1] *= size;
  else {
    sizes[count] = size;
    flags[count++] = flag;
  }
}

Groups elementwise_groups(std::span<const ValueRef> operands, const Shape &result) {
  Groups g;
  int rank = result.rank();
  if (std::all_of(operands.begin(), operands.end(), [&](const ValueRef &o) { return o->type.shape == result; })) {
    g.add(result.elements(), 0);
    return g;
  }
  for (int d = 0; d < rank; ++d) {
    std::uint32_t flag = 0;
    for (std::size_t k = 0; k < operands.size(); ++k) {
      const Shape &s = operands[k]->type.shape;
      int own = d - (rank - s.rank());
      if (own < 0 || s[own] == 1)
        flag |= 1u << k;
    }
    g.add(result[d], flag);
  }
  return g;
}

Groups reduction_groups(const Shape &x, const Shape &axes) {
  Groups g;
  bool reduces = false;
  for (int d = 0; d < x.rank(); ++d) {
    bool reduced = std::find(axes.begin(), axes.end(), d) != axes.end();
    g.add(x[d], reduced);
    reduces |= reduced && x[d] != 1;
  }
  // One element per result is reduced all the same: -0 becomes +0 in a sum.
  if (!reduces && !axes.empty()) {
    g.sizes[g.count] = 1;
    g.flags[g.count++] = 1;
  }
  return g;
}

KernelCache &KernelCache::get() {
  static auto &c = *new KernelCache; // eager code may run in static destructors
  return c;
}

[[maybe_unused]] static const bool forks_whole = hold_in_forks<KernelCache::mutex>();

std::shared_ptr<KernelCache::Slot> KernelCache::slot_for(std::span<const std::uint64_t> key) {
  std::uint64_t hash = hash_words(key);
  std::shared_ptr<Slot> dropped; // unmapped outside of the lock
  std::lock_guard lock(mutex_);
  auto [first, end] = slots_.equal_range(hash);
  for (; first != end; ++first)
    if (std::ranges::equal(first->second->key, key)) {
      first->second->used = ++uses_;
      return first->second;
    }
  if (slots_.size() >= limit) {
    auto oldest = std::min_element(slots_.begin(), slots_.end(), [](auto &a, auto &b) { return a.second->used < b.second->used; });
    dropped = std::move(oldest->second);
    slots_.erase(oldest);
  }
  auto slot = std::make_shared<Slot>();
  slot->key.assign(key.begin(), key.end());
  slot->used = ++uses_;
  slots_.emplace(hash, slot);
  return slot;
}

std::size_t KernelCache::size() const {
  std::lock_guard lock(mutex_);
  return slots_.size();
}
std::size_t KernelCache::size_for_testing() { return get().size(); }
void KernelCache::clear_for_testing() {
  decltype(slots_) dropped;
  std::lock_guard lock(get().mutex_);
  dropped.swap(get().slots_);
}

namespace {

enum Form : std::uint64_t { elementwise_form, reduction_form, exact_form };

/// One call as its kernel sees it.
struct Plan {
  SmallVector<std::uint64_t, 24> key;
  SmallVector<std::int64_t, 32> dims; // the open dimensions of all operands, in order
  Shape result;                       // the kernel's result, with its sizes
};

void append(Plan &p, AttrList attrs) {
  for (const Attr &a : attrs) {
    p.key.push_back(a.value.index());
    std::visit(
        [&](const auto &v) {
          using T = std::decay_t<decltype(v)>;
          if constexpr (std::is_same_v<T, Shape>) {
            p.key.push_back(v.size());
            for (std::int64_t d : v)
              p.key.push_back(static_cast<std::uint64_t>(d));
          } else if constexpr (std::is_same_v<T, std::string>) {
            p.key.push_back(v.size());
            for (char c : v)
              p.key.push_back(static_cast<unsigned char>(c));
          } else if constexpr (std::is_same_v<T, double>)
            p.key.push_back(std::bit_cast<std::uint64_t>(v));
          else
            p.key.push_back(static_cast<std::uint64_t>(v));
        },
        a.value);
  }
}

std::uint64_t header(OpId op, Form form, std::size_t operands, int groups, DType result) {
  return std::uint64_t(op) | form << 16 | std::uint64_t(result) << 20 | std::uint64_t(groups) << 28 | std::uint64_t(operands) << 32;
}

/// One operation as a function. Its errors have no place of their own: the caller's is used.
TracedFunction trace_kernel(OpId op, std::span<const TensorType> operands, AttrList attrs, const TensorType &result,
                            const SourceLocation &loc) {
  std::unique_ptr<Tracer> tracer = Compiler::get(loc).trace(std::string(info(op).name), {});
  TracerScope scope(tracer.get());
  std::vector<ValueRef> arguments;
  for (const TensorType &t : operands)
    arguments.push_back(tracer->argument(static_cast<int>(arguments.size()), t, {}));
  ValueRef r;
  tracer->op({op, arguments, attrs, result, {}}, std::span(&r, 1));
  return tracer->finish(std::span(&r, 1), {});
}

/// Runs a kernel on the operands' elements and gives its result the type of the call's. `trace` gives the kernel as a
/// function where there is no code of it.
template <class Trace>
ValueRef run_kernel(OpId op, const Plan &p, std::span<const ValueRef> operands, const TensorType &type, const SourceLocation &loc,
                    Trace trace) {
  std::shared_ptr<const CompiledCode> code = KernelCache::get().find(p.key, [&] {
    std::int64_t elements = type.shape.elements();
    for (const ValueRef &o : operands)
      elements = std::max(elements, o->type.shape.elements());
    std::string_view words(reinterpret_cast<const char *>(p.key.data()), p.key.size() * sizeof(std::uint64_t));
    FunctionOptions options;
    options.name = info(op).name;
    std::optional<TracedFunction> traced;
    try {
      return compile_tiered(program_key("kernel", words), options.name, static_cast<double>(elements), options,
                            [&]() -> const TracedFunction & { return traced.emplace(trace()); });
    } catch (const IoError &e) { // a library is missing
      raise(ErrorKind::Io, loc, e.what());
    }
  });
  SmallVector<const void *, 8> inputs;
  for (const ValueRef &o : operands)
    inputs.push_back(o->data);
  TensorType own{type.dtype, p.result};
  weft_result result;
  clear_result(result, own);
  FrameCall call;
  call.frame.inputs = inputs.data();
  call.frame.dims = p.dims.data();
  call.frame.results = &result;
  if (!call.run(*code)) {
    drop_result(result, own);
    call.fail(loc);
  }
  ValueRef v = take_result(result, own);
  v->type.shape = type.shape;
  return v;
}

/// An operand of an elementwise kernel, with its sizes: groups before the first along which it is not broadcast are left out.
template <class Dim> void operand_dims(const Groups &g, std::size_t k, Dim dim) {
  bool inside = false;
  for (int i = 0; i < g.count; ++i) {
    bool broadcast = g.flags[i] >> k & 1;
    inside |= !broadcast;
    if (inside)
      dim(broadcast ? 1 : g.sizes[i]);
  }
}

ValueRef run_elementwise(OpId op, std::span<const ValueRef> operands, AttrList attrs, const TensorType &type, const SourceLocation &loc) {
  Groups g = elementwise_groups(operands, type.shape);
  Plan p;
  p.key.push_back(header(op, elementwise_form, operands.size(), g.count, type.dtype));
  for (std::size_t k = 0; k < operands.size(); ++k) {
    std::uint64_t word = std::uint64_t(operands[k]->type.dtype);
    for (int i = 0; i < g.count; ++i)
      word |= std::uint64_t(g.flags[i] >> k & 1) << (8 + i);
    p.key.push_back(word);
    operand_dims(g, k, [&](std::int64_t d) {
      if (d != 1)
        p.dims.push_back(d);
    });
  }
  append(p, attrs);
  for (int i = 0; i < g.count; ++i)
    p.result.push_back(g.sizes[i]);
  return run_kernel(op, p, operands, type, loc, [&] {
    std::vector<TensorType> types;
    for (std::size_t k = 0; k < operands.size(); ++k) {
      types.push_back({operands[k]->type.dtype, {}});
      operand_dims(g, k, [&](std::int64_t d) { types.back().shape.push_back(d == 1 ? 1 : dynamic); });
    }
    TensorType result{type.dtype, {}};
    for (int i = 0; i < g.count; ++i)
      result.shape.push_back(dynamic);
    return trace_kernel(op, types, attrs, result, loc);
  });
}

ValueRef run_reduction(OpId op, const ValueRef &x, AttrList attrs, const TensorType &type, const SourceLocation &loc) {
  Groups g = reduction_groups(x->type.shape, std::get<Shape>(attribute(attrs, "axes")));
  // The groups stand for the axes, and `type` for keepdims; what else the operation has is its own.
  std::vector<Attr> own;
  std::ranges::copy_if(attrs, std::back_inserter(own), [](const Attr &a) { return a.name != "axes" && a.name != "keepdims"; });
  Plan p;
  p.key.push_back(header(op, reduction_form, 1, g.count, type.dtype));
  std::uint64_t word = std::uint64_t(x->type.dtype);
  for (int i = 0; i < g.count; ++i) {
    bool unit = g.sizes[i] == 1;
    word |= std::uint64_t(g.flags[i]) << (8 + i) | std::uint64_t(unit) << (24 + i);
    if (!unit)
      p.dims.push_back(g.sizes[i]);
    if (!g.flags[i])
      p.result.push_back(g.sizes[i]);
  }
  p.key.push_back(word);
  append(p, own);
  return run_kernel(op, p, std::span(&x, 1), type, loc, [&] {
    TensorType operand{x->type.dtype, {}}, result{type.dtype, {}};
    Shape reduced;
    for (int i = 0; i < g.count; ++i) {
      operand.shape.push_back(g.sizes[i] == 1 ? 1 : dynamic);
      if (g.flags[i])
        reduced.push_back(i);
      else
        result.shape.push_back(dynamic);
    }
    own.push_back({"axes", reduced});
    own.push_back({"keepdims", false});
    return trace_kernel(op, std::span(&operand, 1), own, result, loc);
  });
}

/// Any other operation: a kernel for exactly these types.
ValueRef run_exact(OpId op, std::span<const ValueRef> operands, AttrList attrs, const TensorType &type, const SourceLocation &loc) {
  Plan p;
  p.key.push_back(header(op, exact_form, operands.size(), 0, type.dtype));
  for (const ValueRef &o : operands) {
    p.key.push_back(std::uint64_t(o->type.dtype) | o->type.shape.size() << 8);
    for (std::int64_t d : o->type.shape)
      p.key.push_back(static_cast<std::uint64_t>(d));
  }
  append(p, attrs);
  p.result = type.shape;
  return run_kernel(op, p, operands, type, loc, [&] {
    std::vector<TensorType> types;
    for (const ValueRef &o : operands)
      types.push_back(o->type);
    return trace_kernel(op, types, attrs, type, loc);
  });
}

} // namespace

ValueRef run_eager(OpId op, std::span<const ValueRef> operands, AttrList attrs, const TensorType &type, const SourceLocation &loc) {
  if (ValueRef v = run_directly(op, operands, attrs, type, loc))
    return v;
  if (op == OpId::Cast && operands[0]->type == type)
    return operands[0];
  if (type.shape.elements() == 0)
    return make_uninitialized(type, loc);
  if (byte_size(type) == std::numeric_limits<std::int64_t>::max())
    raise(ErrorKind::OutOfMemory, loc, fmt::format("no memory for a tensor of {}", to_string(type)));
  if (info(op).elementwise)
    return run_elementwise(op, operands, attrs, type, loc);
  if (info(op).reduction)
    return run_reduction(op, operands[0], attrs, type, loc);
  return run_exact(op, operands, attrs, type, loc);
}

} // namespace weft::detail

// See verify.h.
#include "lib/function/verify.h"

#include "lib/function/effects.h"
#include "lib/function/writer_locks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace weft::detail {
namespace {

/// The tensor leaves of a result object, -1 of `leaf_results` left out.
class Leaves final : public LeafVisitor {
public:
  std::vector<ValueRef> values;
  void tensor(Tensor &t) override { values.emplace_back(t.value()); }
  void operand(Operand &o) override { values.push_back(o.value()); }
  void variable(Variable &) override {}
  void host(const Host &) override {}
  void structure(std::uint64_t) override {}
};

bool same_bits(const Value &a, const Value &b) {
  if (!(a.type == b.type))
    return false;
  if (a.type.dtype != DType::String)
    return std::memcmp(a.data, b.data, static_cast<std::size_t>(byte_size(a.type))) == 0;
  auto *x = static_cast<const void *const *>(a.data), *y = static_cast<const void *const *>(b.data);
  return std::equal(x, x + a.type.shape.elements(), y, [](auto *s, auto *t) { return text_of(s) == text_of(t); });
}

[[noreturn]] void differs(const FunctionImpl &f, const Signature &s, const std::string &what) {
  raise(ErrorKind::Trace, s.where(),
        fmt::format("verify: {} of {} differs between the compiled function and a run op by op; does it depend on host state, such "
                    "as a counter, the clock or random numbers?",
                    what, f.name));
}

/// The variables that the function writes: locked, and set back when asked.
class WrittenState {
public:
  explicit WrittenState(const TracedFunction &f) {
    for (const InputSlot &in : f.inputs)
      if (in.written)
        variables_.push_back(in.variable.get()); // held by the trace
    std::sort(variables_.begin(), variables_.end(), std::less<>());
    locks_.emplace(variables_);
    before_ = read();
  }
  std::vector<ValueRef> read() const {
    std::vector<ValueRef> values;
    for (VariableState *v : variables_)
      values.push_back(v->read());
    return values;
  }
  void undo() {
    for (std::size_t k = 0; k < variables_.size(); ++k)
      variables_[k]->publish(before_[k]);
  }
  const std::string &name(std::size_t k) const { return variables_[k]->name; }

private:
  std::vector<VariableState *> variables_;
  std::optional<WriterLocks> locks_;
  std::vector<ValueRef> before_;
};

} // namespace

void verify(FunctionImpl &f, const Entry &e, const Signature &s, void *args, std::span<ValueRef> results) {
  WrittenState state(e.traced);
  Leaves expected;
  bool failed = false;
  try {
    EagerRun quiet;
    if (std::shared_ptr<void> object = f.body.call(args))
      f.body.walk_result(object.get(), expected);
  } catch (...) {
    failed = true; // then the compiled function must fail too, with its own error
  }
  std::vector<ValueRef> expected_state = state.read();
  state.undo();

  e.run(s.leaves(), results, s.place());
  if (failed)
    differs(f, s, "the failure");
  for (std::size_t k = 0; k < e.leaf_results.size(); ++k) {
    int r = e.leaf_results[k];
    if (k >= expected.values.size() || (r < 0) != !expected.values[k] ||
        (r >= 0 && !same_bits(*results[static_cast<std::size_t>(r)], *expected.values[k])))
      differs(f, s, fmt::format("result {}", k));
  }
  std::vector<ValueRef> now = state.read();
  for (std::size_t k = 0; k < now.size(); ++k)
    if (!same_bits(*now[k], *expected_state[k]))
      differs(f, s, fmt::format("variable '{}'", state.name(k)));
}

} // namespace weft::detail

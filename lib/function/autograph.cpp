// Conditions, flags and branches of rewritten control flow: plain control flow eagerly, regions of the tracer while one
// runs.
#include "lib/function/compiler.h"
#include "lib/function/condition.h"
#include "lib/tensor/weak.h"

#include <weft/control_flow.h>
#include <weft/ops.h>

#include <fmt/format.h>

#include <array>
#include <optional>
#include <span>
#include <utility>

namespace weft {

using detail::Block;
using detail::ErrorKind;
using detail::FunctionRef;
using detail::raise;
using detail::Tracer;
using detail::Value;
using detail::ValueRef;

void loop_options(const LoopOptions &, std::source_location loc) {
  if (tracing())
    raise(
        ErrorKind::Trace, loc,
        "weft::loop_options has no effect here: it is for the loop in whose body it is the first statement, in code "
        "that weft-autograph has rewritten (weft-c++ or weft_autograph(target)); functional loops take a LoopOptions");
}

namespace ag {

void Names::add(const Tensor &t, std::string name, const SourceLocation &assigned) {
  names_.push_back({&t, std::move(name), assigned});
}

// --- conditions

Cond::Cond(const Tensor &t, const Site &site, const char *statement) : here_(site.here()) {
  Tracer *tracer = Tracer::current();
  ValueRef v = t.checked(site.loc());
  if (!tracer) {
    known_ = detail::holds(Operand(t, std::source_location{}), statement, site.loc());
    return;
  }
  if (!tracer->autograph)
    raise(
        ErrorKind::Trace, site.loc(),
        fmt::format("this {} depends on a traced tensor, and the function was made with autograph = false", statement));
  detail::check_condition(*v, statement, site.loc());
  traced_ = v->type.shape.rank() == 0 ? v : reshape(Operand(t, here_), Shape()).checked(site.loc());
}

Cond::operator Tensor() const { return known() ? Tensor(known_) : Tensor(traced_); }

Cond::operator Operand() const {
  Operand o(known_, here_);
  if (!known())
    o.bind(traced_);
  return o;
}

Cond::operator bool() const { return known() ? known_ : static_cast<bool>(Tensor(traced_)); }

// --- flags

namespace {

/// One value for each truth, so that flags which agree are seen to.
const ValueRef &constant(bool value) {
  static const std::array<ValueRef, 2> &values =
      *new std::array{detail::make_scalar(DType::Bool, std::array{false}.data()),
                      detail::make_scalar(DType::Bool, std::array{true}.data())};
  return values[value];
}

bool is_known(const Tensor &flag) { return flag.value()->kind == Value::Kind::Concrete; }

} // namespace

void Flag::trace() { traced_.emplace(constant(false)); }

void Flag::assign(bool value) {
  if (traced_)
    *traced_ = Tensor(constant(value));
  else
    known_ = value;
}

bool Flag::known_set() const { return is_known(*traced_) && *static_cast<const bool *>(traced_->value()->data); }

Cond Flag::cond() const {
  if (!traced_ || is_known(*traced_))
    return is_set();
  return Cond(*traced_, Site(SourceLocation{}), "flag");
}

Host::Host() {
  if (Tracer *t = Tracer::current())
    trace_ = t->id, depth_ = t->depth;
}

void Host::changed(std::string_view message, unsigned line, unsigned column, std::source_location file) const {
  Tracer *t = Tracer::current();
  // A trace that began since then runs this function's callee, whose regions are its own.
  if (!t || t->id != trace_ || t->depth <= depth_)
    return;
  SourceLocation where = file;
  where.line = line, where.column = column;
  raise(ErrorKind::Trace, where, std::string(message));
}

} // namespace ag

namespace detail {

using ag::Cond;
using ag::Flag;
using ag::Site;

namespace {

Operand at(const Tensor &t, const Site &site) { return Operand(t, site.here()); }

/// Names one tensor of the runtime's own.
auto naming(const Tensor &t, const char *text) {
  return [&t, text](ag::Names &names) { names(text, t); };
}

} // namespace

void if_stmt(const Site &site, const Cond &cond, Block then, Block otherwise) {
  Tracer *tracer = Tracer::current();
  if (!cond.known() && !tracer)
    outside_of_trace("if", site.loc());
  if (!cond.known())
    tracer->if_stmt(Operand(Tensor(cond), std::source_location{}), then, otherwise, site);
  else if (cond.value())
    then();
  else
    otherwise();
}

Tensor if_exp(const Site &site, const Cond &cond, FunctionRef<Tensor()> then, FunctionRef<Tensor()> otherwise) {
  if (cond.known())
    return cond.value() ? then() : otherwise();
  Tensor result;
  auto name = naming(result, "");
  if_stmt(Site(site, name), cond, [&] { result = then(); }, [&] { result = otherwise(); });
  return result;
}

Cond if_cond(const Site &site, const Cond &cond, FunctionRef<Cond()> then, FunctionRef<Cond()> otherwise) {
  if (cond.known())
    return cond.value() ? then() : otherwise();
  return Cond(if_exp(site, cond, [&] { return Tensor(then()); }, [&] { return Tensor(otherwise()); }), site, "?:");
}

namespace {

/// The right side of `a && b` (unless `decided`) or `a || b` where `a` is traced: what C++ knows of it decides for all
/// values of a.
Cond right_side(const Site &site, const Cond &a, FunctionRef<Cond()> b, bool decided) {
  Tensor merged;
  std::optional<bool> known;
  auto right = [&] {
    Cond r = b();
    if (r.known())
      known = r.value();
    else
      merged = Tensor(r);
  };
  auto left = [&] { merged = Tensor(decided); };
  if (decided)
    if_stmt(site, a, left, right);
  else
    if_stmt(site, a, right, left);
  if (known)
    return *known == decided ? Cond(decided) : a;
  return Cond(merged, site, "condition");
}

} // namespace

Cond and_cond(const Site &site, const Cond &a, FunctionRef<Cond()> b) {
  if (a.known())
    return a.value() ? b() : a;
  return right_side(site, a, b, false);
}

Cond or_cond(const Site &site, const Cond &a, FunctionRef<Cond()> b) {
  if (a.known())
    return a.value() ? a : b();
  return right_side(site, a, b, true);
}

Cond not_cond(const Site &site, const Cond &a) {
  return a.known() ? Cond(!a.value()) : Cond(logical_not(at(a, site)), site, "!");
}

Tensor not_tensor(const Operand &a) { return logical_not(a); }

ValueRef chosen_as(const ValueRef &number, DType dtype, const std::source_location &here) {
  return number->type.dtype == dtype ? number : ValueRef(cast(Operand(Tensor(number), here), dtype).value());
}

Cond number_cond(const Operand &number, const Site &site) { return Cond(not_equal(number, 0), site, "condition"); }

Cond clear_cond(std::initializer_list<const Flag *> flags) {
  Tensor any;
  for (const Flag *f : flags) {
    if (!f)
      continue;
    Cond set = f->cond();
    if (set.known() && set.value())
      return false;
    if (!set.known())
      any = any.defined()
                ? logical_or(Operand(any, std::source_location{}), Operand(Tensor(set), std::source_location{}))
                : Tensor(set);
  }
  Site nowhere{SourceLocation{}};
  return any.defined() ? not_cond(nowhere, Cond(any, nowhere, "flag")) : Cond(true);
}

void host_choice(const Site &site) {
  raise(ErrorKind::Trace, site.loc(),
        "this ?: chooses between C++ values by a traced tensor, and the values are neither tensors, numbers nor texts: "
        "make them tensors, or choose by a C++ bool");
}

namespace {

/// Which branch runs: the last one where no branch has that number.
std::size_t number_of(const Operand &index, std::size_t branches) {
  Integer k = read_integer(*index.value());
  return k < 0 || k >= static_cast<Integer>(branches) ? branches - 1 : static_cast<std::size_t>(k);
}

std::string disagreement(std::span<const TensorType> types) {
  bool same = true;
  std::string text;
  for (std::size_t k = 0; k < types.size(); ++k) {
    same &= types[k].dtype == types[0].dtype && types[k].shape.rank() == types[0].shape.rank();
    text += fmt::format("{}branch {} gives {}", k ? ", " : "", k, to_string(types[k]));
  }
  return same ? "" : text;
}

} // namespace

void switch_stmt(const Operand &index, std::size_t branches, FunctionRef<void(std::size_t)> run) {
  const ValueRef &v = index.value();
  if (!is_integer(v->type.dtype))
    raise(ErrorKind::DType, index.loc(),
          fmt::format("switch_case: the index is an integer, not {}", name(v->type.dtype)));
  if (v->type.shape.rank() != 0)
    raise(ErrorKind::Shape, index.loc(), fmt::format("switch_case: the index has rank 0, not {}", to_string(v->type)));
  if (!tracing() || (index.weak() && v->kind == Value::Kind::Concrete)) {
    if (v->kind != Value::Kind::Concrete)
      outside_of_trace("switch_case", index.loc());
    return run(number_of(index, branches));
  }
  Site site(index.source_location());
  Tensor k = cast(index, int64);
  auto from = [&](auto &&self, std::size_t branch) -> void {
    if (branch + 1 == branches)
      return run(branch);
    Cond is(equal(at(k, site), static_cast<std::int64_t>(branch)), site, "switch_case");
    if_stmt(site, is, [&] { run(branch); }, [&] { self(self, branch + 1); });
  };
  from(from, 0);
}

Tensor switch_case(const Operand &index, std::span<const FunctionRef<Tensor()>> branches) {
  Tensor result;
  std::vector<TensorType> types;
  switch_stmt(index, branches.size(), [&](std::size_t k) {
    result = branches[k]();
    types.push_back(result.checked(index.loc())->type);
    // While tracing the last one is traced before any two are merged.
    if (std::string text = types.size() < branches.size() ? "" : disagreement(types); !text.empty())
      raise(ErrorKind::Trace, index.loc(), "the branches of this switch_case disagree: " + text);
  });
  return result;
}

} // namespace detail
} // namespace weft

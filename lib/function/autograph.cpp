// The statements that native control flow is rewritten to: plain control flow eagerly, regions of the tracer while one
// runs.
#include "lib/function/compiler.h"
#include "lib/function/condition.h"

#include <weft/control_flow.h>
#include <weft/ops.h>

#include <fmt/format.h>

#include <array>
#include <deque>
#include <optional>
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
    raise(ErrorKind::Trace, loc,
          "weft::loop_options has no effect here: it is for the loop in whose body it is the first statement, in code "
          "that "
          "weft-autograph has rewritten (weft-c++ or weft_autograph(target)); functional loops take a LoopOptions");
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
using ag::Exits;
using ag::Flag;
using ag::Site;

namespace {

/// A host loop that a traced flag may leave runs all its turns while tracing: this many are enough to say so.
constexpr std::int64_t most_guarded_turns = 10000;

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
        "make them "
        "tensors, or choose by a C++ bool");
}

// --- loops

namespace {

Cond clear_of(const Exits &e) { return clear_cond({e.broken, e.returned}); }

/// At the start of a turn no flag is set, or the loop would have ended.
void reset(const Exits &e) {
  for (Flag *f : {e.broken, e.returned})
    if (f)
      f->assign(false);
}

/// The number of turns of a loop that has a bound, as a tensor of the trace.
class Turns {
public:
  Turns(const Exits &e, const Site &site) : site_(site), limit_(e.options.maximum_iterations) {
    if (limit_ >= 0)
      done_ = Tensor(std::int64_t{0});
  }
  Cond more() const { return limit_ < 0 ? Cond(true) : Cond(less(at(done_, site_), limit_), site_, "while"); }
  void count() {
    if (limit_ >= 0)
      done_ = add(at(done_, site_), 1);
  }

private:
  const Site &site_;
  const std::int64_t limit_;
  Tensor done_;
};

void eager_loop(const Exits &exits, FunctionRef<Cond()> cond, Block step, Block body) {
  for (std::int64_t turn = 0; exits.goes_on(turn); ++turn) {
    if (Cond c = cond(); !c.value())
      return;
    body();
    if (exits.left())
      return;
    step();
  }
}

} // namespace

void loop(const Site &site, const Exits &exits, FunctionRef<Cond()> cond, Block step, Block body) {
  Tracer *tracer = Tracer::current();
  if (!tracer)
    return eager_loop(exits, cond, step, body);
  if (exits.left())
    return;
  Turns turns(exits, site);
  tracer->while_stmt(
      [&] { return and_cond(site, clear_of(exits), [&] { return and_cond(site, turns.more(), cond); }); },
      [&] {
        reset(exits);
        body();
        if_stmt(site, clear_of(exits), step, [] {});
        turns.count();
      },
      exits.options.shape_invariants, site);
}

void do_loop(const Site &site, const Exits &exits, Block body, FunctionRef<Cond()> cond) {
  Tracer *tracer = Tracer::current();
  bool limited = exits.options.maximum_iterations >= 0;
  if (!tracer) {
    bool first = true;
    return eager_loop(exits, [&] { return std::exchange(first, false) ? Cond(true) : cond(); }, [] {}, body);
  }
  if (exits.left() || exits.options.maximum_iterations == 0)
    return;
  Turns turns(exits, site);
  // The body stands before the test, so it is traced where the test is: in the region that every turn begins with.
  tracer->while_stmt(
      [&] {
        reset(exits);
        body();
        turns.count();
        Cond clear = clear_of(exits);
        return limited ? and_cond(site, clear, [&] { return and_cond(site, turns.more(), cond); })
                       : and_cond(site, clear, cond);
      },
      [] {}, exits.options.shape_invariants, site);
}

bool HostTurns::run(Block turn) {
  if ((failed_ && failed_->is_set()) || !exits_.goes_on(turns_++))
    return false;
  Cond clear = clear_cond({exits_.broken, exits_.returned, failed_});
  if (!clear.known() && ++guarded_ > most_guarded_turns)
    raise(ErrorKind::Trace, site_.loc(),
          fmt::format(
              "this loop runs on the host and a traced break, return or condition may end it, so each of its turns is "
              "traced: more "
              "than {} of them; make its condition a Tensor, or loop over a range: for (Tensor i : weft::range(n))",
              most_guarded_turns));
  if_stmt(site_, clear, turn, [] {});
  return true;
}

void host_loop(const Site &site, const Exits &exits, FunctionRef<Cond()> cond, Block step, Block body) {
  Flag failed; // the condition's tensor part
  HostTurns turns(site, exits, &failed);
  bool ended = false;
  auto turn = [&] {
    body();
    Cond clear = clear_of(exits);
    if (clear.known() && !clear.value()) // on every way that comes here; on the others the loop was left before
      ended = true;
    else
      if_stmt(site, clear, step, [] {});
  };
  // The condition is evaluated in its turn: what it does happens only if the flags are clear.
  auto whole = [&] {
    if (Cond c = cond(); !c.known())
      if_stmt(site, c, turn, [&] { failed.set(); });
    else if (c.value())
      turn();
    else
      ended = true;
  };
  while (!ended && turns.run(whole)) {
  }
}

void host_do_loop(const Site &site, const Exits &exits, Block body, FunctionRef<bool()> cond) {
  bool first = true;
  auto again = [&] { return Cond(std::exchange(first, false) || cond()); };
  if (tracing())
    host_loop(site, exits, again, [] {}, body);
  else
    eager_loop(exits, again, [] {}, body);
}

namespace {

/// Whether a for loop of the graph is not one of a counted number of turns.
bool may_end_early(const Exits &e) { return e.broken || e.returned || e.options.maximum_iterations >= 0; }

void run(LoopCursor &cursor, const Exits &exits, FunctionRef<void(Tensor &&)> body) {
  for (std::int64_t turn = 0; cursor.more() && exits.goes_on(turn); ++turn) {
    body(cursor.current());
    cursor.advance();
  }
}

/// Turns of a traced loop that is left early: counted down to 0, which serves every number of 64 bits.
class CountDown {
public:
  CountDown(Tensor turns, const Site &site) : site_(site), left_(std::move(turns)) {}
  Cond more() const { return Cond(not_equal(at(left_, site_), std::int64_t{0}), site_, "for"); }
  void count() { left_ = subtract(at(left_, site_), std::int64_t{1}); }

private:
  const Site &site_;
  Tensor left_;
};

} // namespace

void for_range(const Site &site, const Exits &exits, const Range &range, FunctionRef<void(Tensor &&)> body) {
  Tracer *tracer = Tracer::current();
  if (!tracer || !may_end_early(exits)) {
    LoopCursor cursor(range, &site);
    return run(cursor, exits, body);
  }
  CountDown turns(Tensor(tracer->turns(range)), site);
  Tensor i = range.start();
  loop(
      site, exits, [&] { return turns.more(); },
      [&] {
        turns.count();
        i = add(at(i, site), at(range.step(), site));
      },
      [&] { body(Tensor(i)); });
}

void for_rows(const Site &site, const Exits &exits, const Tensor &rows, FunctionRef<void(Tensor &&)> body) {
  Tracer *tracer = Tracer::current();
  if (!tracer || !may_end_early(exits)) {
    LoopCursor cursor(rows, site.loc(), &site);
    return run(cursor, exits, body);
  }
  if (rows.checked(site.loc())->type.shape.rank() == 0)
    raise(ErrorKind::Shape, site.loc(), "a tensor of rank 0 has no rows to loop over");
  CountDown turns(dim(at(rows, site), 0), site);
  Tensor i = std::int64_t{0}, x = rows; // the loop is over the rows of now
  loop(
      site, exits, [&] { return turns.more(); },
      [&] {
        turns.count();
        i = add(at(i, site), std::int64_t{1});
      },
      [&] { body(x[at(i, site)]); });
}

// --- results

namespace {

/// The leaves of a result, and what else it is made of as bytes.
class ResultLeaves final : public LeafVisitor {
public:
  explicit ResultLeaves(const SourceLocation &where) : where_(where) {}
  std::vector<ValueRef> values;
  std::string rest;

  void tensor(Tensor &t) override {
    rest += 't';
    values.push_back(t.defined() ? t.checked(where_) : ValueRef());
    t = Tensor();
  }
  void operand(Operand &o) override {
    rest += 'o';
    values.push_back(o.value());
  }
  void variable(Variable &v) override { add('v', v.state()); }
  void host(const Host &h) override {
    add('h', h.size);
    rest.append(static_cast<const char *>(h.bytes), h.size);
  }
  void structure(std::uint64_t word) override { add('s', word); }

private:
  template <class T> void add(char kind, T word) {
    rest += kind;
    rest.append(reinterpret_cast<const char *>(&word), sizeof word);
  }
  const SourceLocation &where_;
};

class SlotFiller final : public LeafVisitor {
public:
  explicit SlotFiller(std::deque<Tensor> &slots) : next_(slots.begin()) {}
  void tensor(Tensor &t) override { t = *next_++; }
  void operand(Operand &o) override { o.bind(ValueRef((next_++)->value())); }
  void variable(Variable &) override {}
  void host(const Host &) override {}
  void structure(std::uint64_t) override {}

private:
  std::deque<Tensor>::iterator next_;
};

} // namespace

struct ResultSlots::State {
  SourceLocation first; // where it was set first
  std::string rest;
  std::vector<std::optional<TensorType>> types;
  std::deque<Tensor> slots;
};

ResultSlots::ResultSlots(const Site &site) : tracer_(Tracer::current()), where_(site.loc()) {
  if (tracer_)
    statements_ = tracer_->list.statements.size();
}

ResultSlots::~ResultSlots() {
  if (state_)
    for (const Tensor &t : state_->slots)
      tracer_->list.disown(t);
}

void ResultSlots::set(FunctionRef<void(LeafVisitor &)> walk, const SourceLocation &where) {
  ResultLeaves leaves(where);
  walk(leaves);
  if (!state_) {
    state_ = std::make_unique<State>();
    state_->first = where;
    state_->rest = leaves.rest;
    for (const ValueRef &v : leaves.values) {
      state_->types.push_back(v ? std::optional(v->type) : std::nullopt);
      tracer_->list.adopt(state_->slots.emplace_back(), statements_);
    }
  }
  State &s = *state_;
  auto place = [](const SourceLocation &loc) { return loc.line ? " at " + loc.str() : std::string(); };
  if (s.rest != leaves.rest)
    raise(ErrorKind::Trace, where,
          fmt::format("the value returned{} differs in structure or host values from the one returned{}: what a traced "
                      "condition chooses can "
                      "differ in the values of its tensors only",
                      place(where), place(s.first)));
  for (std::size_t k = 0; k < leaves.values.size(); ++k) {
    std::optional<TensorType> type = leaves.values[k] ? std::optional(leaves.values[k]->type) : std::nullopt;
    auto text = [](const std::optional<TensorType> &t) { return t ? to_string(*t) : std::string("an empty Tensor"); };
    if (type.has_value() != s.types[k].has_value() ||
        (type && (type->dtype != s.types[k]->dtype || type->shape.rank() != s.types[k]->shape.rank())))
      raise(
          ErrorKind::Trace, where,
          fmt::format("the value returned{} is {}, but{} {}; the results of a traced function have one dtype and rank",
                      place(s.first), text(s.types[k]), place(where), text(type)));
    s.slots[k] = Tensor(leaves.values[k]);
  }
}

void ResultSlots::set_host(bool known_type, const SourceLocation &where) const {
  if (tracer_->list.statements.size() <= statements_)
    return;
  raise(ErrorKind::Trace, where,
        known_type
            ? "a C++ value is returned under a traced condition, so it would be chosen while tracing: return a Tensor"
            : "a value is returned under a traced condition, and its type has no weft::Tree that tells its tensors: "
              "return a Tensor, a "
              "container or tuple of tensors, or specialise weft::Tree for the type");
}

void ResultSlots::take(FunctionRef<void(LeafVisitor &)> walk) {
  SlotFiller fill(state_->slots);
  walk(fill);
}

void ResultSlots::missing() const {
  raise(ErrorKind::Trace, where_,
        "the end of this function was reached without a return: return a value on every way through it");
}

} // namespace detail
} // namespace weft

// Loops of rewritten control flow. The flags that leave a loop are looked at before its condition.
#include "lib/function/compiler.h"

#include <weft/control_flow.h>
#include <weft/ops.h>

#include <fmt/format.h>

#include <utility>

namespace weft::detail {

using ag::Cond;
using ag::Exits;
using ag::Flag;
using ag::Site;

namespace {

/// A host loop that a traced flag may leave runs all its turns while tracing: this many are enough to say so.
constexpr std::int64_t most_guarded_turns = 10000;

Operand at(const Tensor &t, const Site &site) { return Operand(t, site.here()); }

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
          fmt::format("this loop runs on the host and a traced break, return or condition may end it, so each of its "
                      "turns is traced: more than {} of them; make its condition a Tensor, or loop over a range: for "
                      "(Tensor i : weft::range(n))",
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

/// Whether a for loop of the graph is one of a counted number of turns that keep their shapes.
bool is_counted(const Exits &e) {
  return !e.broken && !e.returned && e.options.maximum_iterations < 0 && e.options.shape_invariants.empty();
}

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
  if (!tracer || is_counted(exits)) {
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
  if (!tracer || is_counted(exits)) {
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

} // namespace weft::detail

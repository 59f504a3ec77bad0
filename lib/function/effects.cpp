// print and check: recorded while a function is traced, done at once otherwise.
#include "lib/function/effects.h"

#include "lib/function/compiler.h"
#include "lib/function/condition.h"

#include <weft/effects.h>

namespace weft::detail {

constinit std::atomic<int> EagerRun::running{0};
constinit thread_local int EagerRun::depth = 0;

namespace {

/// The arguments in tf.print's format, separated by blanks.
std::string text_of_arguments(std::initializer_list<Operand> args) {
  std::string line;
  for (const Operand &a : args) {
    if (&a != args.begin())
      line += ' ';
    const ValueRef &v = a.value();
    if (v->kind != Value::Kind::Concrete)
      outside_of_trace("print", a.loc());
    line += print_text(v->type, v->data);
  }
  return line;
}

} // namespace

void print(std::initializer_list<Operand> args, const SourceLocation &loc) {
  if (Tracer *t = Tracer::current())
    t->print({args.begin(), args.size()}, loc);
  else if (std::string line = text_of_arguments(args); !EagerRun::active())
    emit_line(line, print_sink());
}

void check(const Operand &cond, std::string_view message, std::initializer_list<Operand> args) {
  if (Tracer *t = Tracer::current()) {
    t->check(cond, message, {args.begin(), args.size()});
    return;
  }
  if (holds(cond, "check", cond.loc()))
    return;
  std::string text(message);
  if (args.size())
    text += ' ' + text_of_arguments(args);
  raise(ErrorKind::Check, cond.loc(), text);
}

} // namespace weft::detail

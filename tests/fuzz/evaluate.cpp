// Runs a program through the public API: eagerly, or traced when it is called inside a traced function.
#include "tests/fuzz/program.h"

namespace weft::fuzz {

const std::vector<Operator> binaries{
    {"$0 + $1", "if", false, weft::operator+},
    {"$0 - $1", "if", false, weft::operator-},
    {"$0 * $1", "if", false, weft::operator*},
    {"$0 / $1", "if", false, weft::operator/},
    {"$0 % $1", "if", false, weft::operator%},
    {"floor_divide($0, $1)", "i", false, weft::floor_divide},
    {"remainder($0, $1)", "if", false, weft::remainder},
    {"maximum($0, $1)", "if", false, weft::maximum},
    {"minimum($0, $1)", "if", false, weft::minimum},
    {"$0 & $1", "bi", false, weft::operator&},
    {"$0 | $1", "bi", false, weft::operator|},
    {"$0 ^ $1", "bi", false, weft::operator^},
    {"$0 << $1", "i", false, weft::operator<<},
    {"$0 >> $1", "i", false, weft::operator>>},
    {"logical_and($0, $1)", "b", false, weft::logical_and},
    {"logical_or($0, $1)", "b", false, weft::logical_or},
    {"$0 + $1", "s", false, weft::operator+},
    {"$0 == $1", "bifs", true, weft::operator==},
    {"$0 != $1", "bifs", true, weft::operator!=},
    {"$0 < $1", "if", true, weft::operator<},
    {"$0 <= $1", "if", true, weft::operator<=},
    {"$0 > $1", "if", true, weft::operator>},
    {"$0 >= $1", "if", true, weft::operator>=},
};
const std::vector<Function1> unaries{
    {"-", "if", weft::negative}, {"abs", "if", weft::abs},     {"~", "bi", weft::bitwise_invert}, {"!", "b", weft::logical_not},
    {"exp", "f", weft::exp},     {"log", "f", weft::log},      {"tanh", "f", weft::tanh},         {"sqrt", "f", weft::sqrt},
    {"floor", "f", weft::floor}, {"ceil", "f", weft::ceil},
};
const std::vector<Reduction> reductions{
    {"sum", "if", weft::sum}, {"prod", "if", weft::prod}, {"max", "if", weft::max},
    {"min", "if", weft::min}, {"any", "b", weft::any},    {"all", "b", weft::all},
};

char class_of(DType d) { return d == boolean ? 'b' : d == string ? 's' : is_floating(d) ? 'f' : 'i'; }

namespace {

Tensor constant(const Type &t, double number, const std::string &word) {
  return t.dtype == string ? full(t.shape, word) : full(t.shape, cast(number, t.dtype));
}

struct Machine {
  std::vector<Tensor> locals;
  const std::vector<weft::Variable> &variables;

  std::vector<Tensor> values(const std::vector<Expr> &exprs) {
    std::vector<Tensor> r;
    for (const Expr &e : exprs)
      r.push_back(value(e));
    return r;
  }

  Tensor literal(const Expr &e, const Tensor &x) {
    const Operator &op = binaries[e.index];
    return is_floating(x.dtype()) ? op.apply(x, e.number) : op.apply(x, static_cast<int>(e.number));
  }

  Tensor value(const Expr &e) {
    if (e.kind == Expr::Local)
      return locals[e.index];
    if (e.kind == Expr::Variable)
      return variables[e.index].value();
    if (e.kind == Expr::Constant)
      return constant(e.type, e.number, e.word);
    std::vector<Tensor> a = values(e.args);
    switch (e.kind) {
    case Expr::Unary: return unaries[e.index].apply(a[0]);
    case Expr::Binary: return binaries[e.index].apply(a[0], a[1]);
    case Expr::Literal: return literal(e, a[0]);
    case Expr::Where: return where(a[0], a[1], a[2]);
    case Expr::Cast: return cast(a[0], e.type.dtype);
    case Expr::Reduce: {
      std::vector<std::int64_t> axes(e.numbers.begin(), e.numbers.end());
      return reductions[e.index].apply(a[0], axes.empty() ? Axis(all_axes) : Axis(axes), e.number == 1);
    }
    case Expr::Row: return a[0][e.numbers[0]];
    case Expr::RowAt: return a[0][a[1]];
    case Expr::Reversed: return a[0](slice(none, none, -1));
    case Expr::Slice: return a[0](slice(e.numbers[0], e.numbers[1], e.numbers[2]));
    case Expr::Transpose: return permute_dims(a[0], {1, 0});
    case Expr::Reshape: return reshape(a[0], e.type.shape);
    case Expr::Broadcast: return broadcast_to(a[0], e.type.shape);
    case Expr::Stack: return stack({a[0], a[1]});
    case Expr::Concat: return concat({a[0], a[1]});
    case Expr::SetRow: return set(a[0], a[1], e.numbers[0]);
    default: return {};
    }
  }

  static Tensor bounded(const Tensor &t, int low, int high) { return minimum(maximum(t, low), high); }

  void loop(const Statement &s) {
    switch (s.kind) {
    case Statement::While: {
      Tensor turns = 0;
      ag::while_stmt([&] { return ag::and_(turns < s.other, [&] { return value(s.exprs[0]); }); }, [&] {
        run(s.bodies[0]);
        turns += 1;
      });
      break;
    }
    case Statement::For: {
      Tensor step = s.other ? Tensor(s.other) : where(value(s.exprs[2]) < 0, -2, 3);
      for (Tensor i : range(bounded(value(s.exprs[0]), -3, 5), bounded(value(s.exprs[1]), -2, 6), step)) {
        locals[s.index] = i;
        run(s.bodies[0]);
      }
      break;
    }
    default:
      for (Tensor row : value(s.exprs[0])) {
        locals[s.index] = row;
        run(s.bodies[0]);
      }
    }
  }

  void run(const std::vector<Statement> &body) {
    for (const Statement &s : body)
      switch (s.kind) {
      case Statement::Assign: locals[s.index] = value(s.exprs[0]); break;
      case Statement::Swap: std::swap(locals[s.index], locals[s.other]); break;
      case Statement::Store:
        s.other == 1 ? variables[s.index].assign_add(value(s.exprs[0])) : variables[s.index].assign(value(s.exprs[0]));
        break;
      case Statement::Print: {
        std::vector<Tensor> v = values(s.exprs);
        v.size() == 1 ? print(v[0]) : print("two:", v[0], v[1]);
        break;
      }
      case Statement::Check: check(value(s.exprs[0]), "check", s.index, value(s.exprs[1])); break;
      case Statement::If:
        ag::if_stmt(value(s.exprs[0]), [&] { run(s.bodies[0]); }, [&] { run(s.bodies[1]); });
        break;
      default: loop(s);
      }
  }
};

} // namespace

std::vector<Tensor> arguments(const Program &p) {
  std::vector<Tensor> r;
  for (std::size_t i = 0; i < p.locals.size(); ++i) {
    const Type &t = p.locals[i];
    if (t.dtype == string)
      r.push_back(full(t.shape, "s" + std::to_string(i)));
    else
      r.push_back(reshape(cast(from_span(p.initial[i]), t.dtype), t.shape));
  }
  return r;
}

std::vector<weft::Variable> make_variables(const Program &p) {
  std::vector<weft::Variable> r;
  for (const Type &t : p.variables)
    r.emplace_back(constant(t, 2, "v"), "v" + std::to_string(r.size()));
  return r;
}

std::vector<Tensor> run(const Program &p, std::vector<Tensor> locals, const std::vector<weft::Variable> &variables) {
  Machine m{std::move(locals), variables};
  m.run(p.statements);
  return m.locals;
}

} // namespace weft::fuzz

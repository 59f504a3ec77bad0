// Makes random programs: well typed, with bounded loops and short strings, but with everything that may fail at run time
// (an integer division by zero, an index out of range, a check) left in now and then.
#include "tests/fuzz/program.h"

#include <cstring>

namespace weft::fuzz {
namespace {

class Generator {
public:
  Generator(std::uint64_t seed, Kind kind)
      : random_(seed), control_flow_(kind != Kind::Graph), row_(kind == Kind::Row) {}

  Program program() {
    // One local of each common type first, so that every expression finds a leaf.
    p_.locals = {{boolean, {}}, {int32, {}}, {float32, {}}};
    if (!row_)
      p_.locals.insert(p_.locals.end(), {{int32, {3}}, {float32, {2, 3}}});
    for (int i = below(5); i >= 0; --i)
      p_.locals.push_back(type());
    for (const Type &t : p_.locals) {
      std::vector<double> values;
      for (std::int64_t k = row_ ? rows : t.shape.elements(); k > 0; --k)
        values.push_back(number(t.dtype));
      p_.initial.push_back(values);
    }
    for (int i = control_flow_ && !row_ ? below(3) : 0; i > 0; --i)
      p_.variables.push_back(type());
    p_.statements = body(control_flow_ ? 6 : 8, control_flow_ ? 3 : 0);
    return std::move(p_);
  }

private:
  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool one_in(int n) { return below(n) == 0; }

  Type type() {
    if (row_)
      return {std::vector<DType>{int32, int64, float32, float64, boolean, int8, uint8, int16, uint32}[below(9)], {}};
    static const std::vector<Type> types{
        {int32, {}},     {int64, {}},     {float32, {}},      {float64, {}},      {boolean, {}},      {string, {}},
        {int32, {3}},    {float32, {3}},  {float64, {3}},     {boolean, {3}},     {int32, {2, 3}},    {float32, {2, 3}},
        {float32, {67}}, {float64, {2, 1}}, {int64, {2, 3}},  {float32, {3, 2}},  {boolean, {2, 3}},  {string, {3}},
        {int8, {3}},     {uint8, {3}},    {int16, {2, 3}},    {uint32, {}},       {float32, {2, 3, 2}}, {float32, {70, 3}}};
    return types[below(static_cast<int>(types.size()))];
  }

  double number(DType d) {
    if (is_floating(d) && one_in(12))
      return std::vector<double>{0.0, -0.0, 1e30, -1e-30, INFINITY, NAN, 0.1}[below(7)];
    int small = below(is_unsigned_integer(d) ? 9 : 19) - (is_unsigned_integer(d) ? 0 : 9);
    return is_floating(d) ? small * 0.5 : d == boolean ? below(2) : small;
  }

  Expr node(Expr::Kind kind, const Type &t, std::vector<Expr> args = {}, int index = 0) {
    Expr e;
    e.kind = kind, e.type = t, e.args = std::move(args), e.index = index;
    return e;
  }

  Expr leaf(const Type &t) {
    std::vector<int> locals, variables;
    for (std::size_t i = 0; i < p_.locals.size(); ++i)
      if (p_.locals[i] == t)
        locals.push_back(static_cast<int>(i));
    for (std::size_t i = 0; i < p_.variables.size(); ++i)
      if (p_.variables[i] == t)
        variables.push_back(static_cast<int>(i));
    if (!variables.empty() && one_in(3))
      return node(Expr::Variable, t, {}, variables[below(static_cast<int>(variables.size()))]);
    if (!locals.empty() && !one_in(6))
      return node(Expr::Local, t, {}, locals[below(static_cast<int>(locals.size()))]);
    Expr e = node(Expr::Constant, t);
    e.number = number(t.dtype);
    e.word = std::string(static_cast<std::size_t>(below(3)), 'w');
    return e;
  }

  /// A shape that broadcasts to `s`.
  Shape narrower(const Shape &s) {
    if (s.rank() == 0 || one_in(3))
      return {};
    Shape r;
    for (int d = below(s.rank()); d < s.rank(); ++d)
      r.push_back(one_in(3) ? 1 : s[d]);
    return r;
  }

  /// An operator for operands of class `c`.
  int pick(bool comparison, char c) {
    for (;;) {
      int k = below(static_cast<int>(binaries.size()));
      if (binaries[k].comparison == comparison && std::strchr(binaries[k].classes, c))
        return k;
    }
  }

  Expr binary(const Type &t, DType operands, bool comparison, int depth) {
    int k = pick(comparison, class_of(operands));
    bool divides = std::strpbrk(binaries[k].text, "/%") || std::strncmp(binaries[k].text, "remainder", 9) == 0 ||
                   std::strncmp(binaries[k].text, "floor", 5) == 0;
    Expr left = expr({operands, t.shape}, depth - 1);
    if (operands == string) { // only a literal is added: texts must not double in loops
      Expr word = node(Expr::Constant, {string, {}});
      word.word = "+";
      return node(Expr::Binary, t, {left, comparison ? leaf({string, {}}) : word}, k);
    }
    if (is_number(operands) &&
        (one_in(3) || (row_ && divides && !one_in(25)))) { // what may fail is not for vectors of rows
      Expr e = node(Expr::Literal, t, {left}, k);
      e.number = std::vector<double>{1, 2, 3, 7, 100}[below(5)];
      return e;
    }
    Expr right = expr({operands, one_in(3) ? narrower(t.shape) : t.shape}, depth - 1);
    if (divides && is_integer(operands) && !one_in(5)) { // mostly not by zero
      Expr one = node(Expr::Constant, {operands, {}});
      one.number = 1;
      right = node(Expr::Binary, right.type, {right, one}, 10); // right | 1
    }
    return one_in(2) && !divides ? node(Expr::Binary, t, {right, left}, k) : node(Expr::Binary, t, {left, right}, k);
  }

  Expr unary(const Type &t, int depth) {
    for (;;) {
      int k = below(static_cast<int>(unaries.size()));
      if (std::strchr(unaries[k].classes, class_of(t.dtype)))
        return node(Expr::Unary, t, {expr(t, depth - 1)}, k);
    }
  }

  /// A reduction that gives `t`, or a leaf where there is none.
  Expr reduce(const Type &t, int depth) {
    bool keeps = t.dtype == boolean || t.dtype == int32 || t.dtype == int64 || is_floating(t.dtype);
    if (!keeps || t.shape.rank() > 1 || (t.shape.rank() == 1 && t.shape[0] != 3))
      return leaf(t);
    static const std::vector<Shape> scalars{{3}, {2, 3}, {67}, {2, 3, 2}, {70, 3}, {5000}};
    Shape from = t.shape.rank() ? (one_in(2) ? Shape{2, 3} : Shape{70, 3}) : scalars[below(t.dtype == float32 ? 6 : 5)];
    int k;
    do
      k = below(static_cast<int>(reductions.size()));
    while (!std::strchr(reductions[k].classes, class_of(t.dtype)));
    Expr e = node(Expr::Reduce, t, {from == Shape{5000} ? spread(t.dtype) : expr({t.dtype, from}, depth - 1)}, k);
    if (t.shape.rank())
      e.numbers = {0};
    return e;
  }

  /// More elements than a block of a reduction has.
  Expr spread(DType d) { return node(Expr::Broadcast, {d, {5000}}, {expr({d, {}}, 1)}); }

  Expr moved(const Type &t, int depth) {
    const Shape &s = t.shape;
    auto part = [&](Shape from) { return expr({t.dtype, from}, depth - 1); };
    if (s.rank() == 0) {
      Expr e = node(one_in(3) ? Expr::RowAt : Expr::Row, t, {part({3})});
      e.numbers = {below(6) - 3};
      if (e.kind == Expr::RowAt)
        e.args.push_back(expr({int32, {}}, depth - 1));
      return e;
    }
    switch (below(7)) {
    case 0: return node(Expr::Reversed, t, {part(s)});
    case 1: return s.rank() == 2 ? node(Expr::Transpose, t, {part({s[1], s[0]})}) : node(Expr::Reversed, t, {part(s)});
    case 2: return node(Expr::Reshape, t, {part({s.elements()})});
    case 3: return node(Expr::Broadcast, t, {part(narrower(s))});
    case 4: {
      Shape row;
      for (int d = 1; d < s.rank(); ++d)
        row.push_back(s[d]);
      if (s[0] == 2)
        return node(Expr::Stack, t, {part(row), part(row)});
      Expr e = node(Expr::SetRow, t, {part(s), part(row)});
      e.numbers = {below(static_cast<int>(s[0]))};
      return e;
    }
    case 5: {
      Shape longer = s;
      longer[0] = s[0] * 2 + 1;
      Expr e = node(Expr::Slice, t, {node(Expr::Concat, {t.dtype, longer}, {part(s), tail(part(s))})});
      e.numbers = {1, static_cast<int>(longer[0]), 2};
      return e;
    }
    default: {
      if (s.rank() != 1 || s[0] != 3)
        return node(Expr::Reversed, t, {part(s)});
      Expr e = node(Expr::Row, t, {part({2, 3})});
      e.numbers = {below(2)};
      return e;
    }
    }
  }

  /// `e` with one more row, so that a joined tensor has an odd number of them.
  Expr tail(Expr e) {
    Type t = e.type;
    Shape one = t.shape;
    one[0] = 1;
    t.shape[0] += 1;
    Expr row = node(Expr::Constant, {t.dtype, one});
    row.number = 1, row.word = "t";
    return node(Expr::Concat, t, {std::move(e), row});
  }

  Expr expr(const Type &t, int depth) {
    if (depth <= 0 || one_in(8))
      return leaf(t);
    int choice = below(row_ ? 9 : 12);
    if (choice < 5)
      return t.dtype == boolean && one_in(2) ? binary(t, comparable(), true, depth) : binary(t, t.dtype, false, depth);
    if (choice < 6)
      return node(Expr::Where, t, {expr({boolean, one_in(2) ? t.shape : Shape()}, depth - 1), expr(t, depth - 1), expr(t, depth - 1)});
    if (choice < 8)
      return t.dtype == string ? leaf(t) : unary(t, depth);
    if (choice < 9 && t.dtype != string)
      return node(Expr::Cast, t, {expr({comparable_number(), t.shape}, depth - 1)});
    return choice < 10 ? reduce(t, depth) : moved(t, depth);
  }

  DType comparable() {
    return std::vector<DType>{int32, int64, float32, float64, boolean, uint8, string}[below(row_ ? 6 : 7)];
  }
  DType comparable_number() { return std::vector<DType>{int32, int64, float32, float64, int8, uint8, boolean, uint32}[below(8)]; }

  /// A local of this type; made if there is none. Loop variables are ordinary locals of the program.
  int local(const Type &t) {
    for (std::size_t i = 0; i < p_.locals.size(); ++i)
      if (p_.locals[i] == t)
        return static_cast<int>(i);
    return -1;
  }

  std::vector<Statement> body(int length, int depth) {
    std::vector<Statement> r;
    for (int i = 1 + below(length); i > 0; --i)
      r.push_back(statement(depth));
    return r;
  }

  Statement assign() {
    Statement s;
    s.index = below(static_cast<int>(p_.locals.size()));
    s.exprs = {expr(p_.locals[s.index], 3)};
    return s;
  }

  Statement effect() {
    Statement s = assign();
    int choice = below(4);
    if (choice == 0 && !p_.variables.empty()) {
      s.kind = Statement::Store;
      s.index = below(static_cast<int>(p_.variables.size()));
      const Type &t = p_.variables[s.index];
      s.other = is_number(t.dtype) && one_in(2);
      s.exprs = {expr(t, 3)};
    } else if (choice == 1 && one_in(3)) {
      s.kind = Statement::Check;
      s.exprs = {expr({boolean, {}}, 2), leaf(type())};
    } else if (choice == 2) {
      s.kind = Statement::Swap;
      for (std::size_t k = 0; k < p_.locals.size(); ++k)
        if (p_.locals[k] == p_.locals[s.index])
          s.other = static_cast<int>(k);
    } else {
      s.kind = Statement::Print;
      s.exprs = {expr(type(), 2)};
      if (one_in(2))
        s.exprs.push_back(leaf(type()));
    }
    return s;
  }

  Statement statement(int depth) {
    if (!control_flow_)
      return assign();
    int choice = below(10);
    if (depth == 0 || choice < 4)
      return assign();
    if (row_ && choice < 6)
      choice += 4;
    if (choice < 6)
      return effect();
    Statement s;
    if (choice < 8) {
      s.kind = Statement::If;
      s.exprs = {expr({boolean, {}}, 2)};
      s.bodies = {body(3, depth - 1), one_in(3) ? std::vector<Statement>{} : body(3, depth - 1)};
    } else if (choice == 8) {
      s.kind = Statement::While;
      s.other = 1 + below(6);
      s.exprs = {expr({boolean, {}}, 2)};
      s.bodies = {body(3, depth - 1)};
    } else {
      int rows = local({float32, {2, 3}}), row = local({float32, {3}});
      bool over_rows = row >= 0 && rows >= 0 && one_in(2);
      s.kind = over_rows ? Statement::Rows : Statement::For;
      s.index = over_rows ? row : local({int32, {}});
      if (over_rows)
        s.exprs = {expr({float32, {2, 3}}, 2)};
      else
        s.exprs = {expr({int32, {}}, 2), expr({int32, {}}, 2), expr({int32, {}}, 2)};
      s.other = one_in(2) ? 1 : one_in(2) && !row_ ? 0 : one_in(2) ? -1 : 2; // 0: a step that is a tensor, and may fail
      s.bodies = {body(3, depth - 1)};
    }
    return s;
  }

  std::mt19937_64 random_;
  bool control_flow_, row_;
  Program p_;
};

} // namespace

Program generate(std::uint64_t seed, Kind kind) { return Generator(seed, kind).program(); }

} // namespace weft::fuzz

// A program as C++ that can be pasted into a test.
#include "tests/fuzz/program.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace weft::fuzz {
namespace {

std::string type_text(const Type &t) { return fmt::format("{} {}", name(t.dtype), to_string(t.shape)); }

std::string shape_text(const Shape &s) { return fmt::format("{{{}}}", fmt::join(s.begin(), s.end(), ", ")); }

std::string expr_text(const Expr &e) {
  std::vector<std::string> a;
  for (const Expr &arg : e.args)
    a.push_back(expr_text(arg));
  auto filled = [&](const Operator &op, const std::string &right) {
    std::string s = op.text;
    s.replace(s.find("$0"), 2, a[0]);
    s.replace(s.rfind("$1"), 2, right);
    return "(" + s + ")";
  };
  switch (e.kind) {
  case Expr::Local: return fmt::format("x{}", e.index);
  case Expr::Variable: return fmt::format("v{}", e.index);
  case Expr::Constant:
    return e.type.dtype == string ? fmt::format("full({}, \"{}\")", shape_text(e.type.shape), e.word)
                                  : fmt::format("full({}, cast({}, {}))", shape_text(e.type.shape), e.number, name(e.type.dtype));
  case Expr::Unary: return fmt::format("{}({})", unaries[e.index].name, a[0]);
  case Expr::Binary: return filled(binaries[e.index], a[1]);
  case Expr::Literal: return filled(binaries[e.index], fmt::format("{}", e.number));
  case Expr::Where: return fmt::format("where({}, {}, {})", a[0], a[1], a[2]);
  case Expr::Cast: return fmt::format("cast({}, {})", a[0], name(e.type.dtype));
  case Expr::Reduce:
    return fmt::format("{}({}, {})", reductions[e.index].name, a[0], e.numbers.empty() ? "all_axes" : fmt::format("{{{}}}", fmt::join(e.numbers, ", ")));
  case Expr::Row: return fmt::format("{}[{}]", a[0], e.numbers[0]);
  case Expr::RowAt: return fmt::format("{}[{}]", a[0], a[1]);
  case Expr::Reversed: return fmt::format("{}(slice(none, none, -1))", a[0]);
  case Expr::Slice: return fmt::format("{}(slice({}))", a[0], fmt::join(e.numbers, ", "));
  case Expr::Transpose: return fmt::format("permute_dims({}, {{1, 0}})", a[0]);
  case Expr::Reshape: return fmt::format("reshape({}, {})", a[0], shape_text(e.type.shape));
  case Expr::Broadcast: return fmt::format("broadcast_to({}, {})", a[0], shape_text(e.type.shape));
  case Expr::Stack: return fmt::format("stack({{{}, {}}})", a[0], a[1]);
  case Expr::Concat: return fmt::format("concat({{{}, {}}})", a[0], a[1]);
  case Expr::SetRow: return fmt::format("set({}, {}, {})", a[0], a[1], e.numbers[0]);
  }
  return "";
}

void append(std::string &out, const std::vector<Statement> &body, int indent);

void append_block(std::string &out, const std::vector<Statement> &body, int indent) {
  out += "{\n";
  append(out, body, indent + 2);
  out += std::string(indent, ' ') + "}";
}

void append(std::string &out, const std::vector<Statement> &body, int indent) {
  for (const Statement &s : body) {
    std::vector<std::string> e;
    for (const Expr &x : s.exprs)
      e.push_back(expr_text(x));
    out += std::string(indent, ' ');
    switch (s.kind) {
    case Statement::Assign: out += fmt::format("x{} = {};", s.index, e[0]); break;
    case Statement::Swap: out += fmt::format("std::swap(x{}, x{});", s.index, s.other); break;
    case Statement::Store: out += fmt::format("v{}.{}({});", s.index, s.other == 1 ? "assign_add" : "assign", e[0]); break;
    case Statement::Print: out += fmt::format("print({});", fmt::join(e, ", ")); break;
    case Statement::Check: out += fmt::format("check({}, \"check\", {}, {});", e[0], s.index, e[1]); break;
    case Statement::If:
      out += fmt::format("ag::if_stmt({}, [&] ", e[0]);
      append_block(out, s.bodies[0], indent);
      out += ", [&] ";
      append_block(out, s.bodies[1], indent);
      out += ");";
      break;
    case Statement::While:
      out += fmt::format("while_at_most({}, {}) ", s.other, e[0]);
      append_block(out, s.bodies[0], indent);
      break;
    case Statement::For:
      out += fmt::format("for (x{} : range(bounded {}, bounded {}, {})) ", s.index, e[0], e[1],
                         s.other ? std::to_string(s.other) : "where(" + e[2] + " < 0, -2, 3)");
      append_block(out, s.bodies[0], indent);
      break;
    case Statement::Rows:
      out += fmt::format("for (x{} : {}) ", s.index, e[0]);
      append_block(out, s.bodies[0], indent);
      break;
    }
    out += '\n';
  }
}

} // namespace

std::string text(const Program &p) {
  std::string out;
  for (std::size_t i = 0; i < p.locals.size(); ++i)
    out += fmt::format("Tensor x{} = {}; // {}\n", i, p.initial[i], type_text(p.locals[i]));
  for (std::size_t i = 0; i < p.variables.size(); ++i)
    out += fmt::format("Variable v{}; // {}\n", i, type_text(p.variables[i]));
  append(out, p.statements, 0);
  return out;
}

} // namespace weft::fuzz

// Makes a failing program smaller, one step at a time: a statement goes, a block takes its statement's place, an expression
// becomes one of its operands or a constant. The caller keeps what still fails.
#include "tests/fuzz/program.h"

namespace weft::fuzz {
namespace {

/// Walks over all steps in a fixed order and takes the k-th.
class Shrinker {
public:
  explicit Shrinker(int k) : left_(k) {}

  bool body(std::vector<Statement> &statements) {
    for (std::size_t i = 0; i < statements.size(); ++i) {
      if (hit()) {
        statements.erase(statements.begin() + static_cast<std::ptrdiff_t>(i));
        return true;
      }
      for (std::size_t b = 0; b < statements[i].bodies.size(); ++b)
        if (hit()) {
          std::vector<Statement> inner = std::move(statements[i].bodies[b]);
          statements.erase(statements.begin() + static_cast<std::ptrdiff_t>(i));
          statements.insert(statements.begin() + static_cast<std::ptrdiff_t>(i), inner.begin(), inner.end());
          return true;
        }
      for (std::vector<Statement> &inner : statements[i].bodies)
        if (body(inner))
          return true;
      for (Expr &e : statements[i].exprs)
        if (expression(e))
          return true;
    }
    return false;
  }

private:
  bool hit() { return left_-- == 0; }

  bool expression(Expr &e) {
    for (const Expr &arg : e.args)
      if (arg.type == e.type && hit()) {
        Expr kept = arg;
        e = std::move(kept);
        return true;
      }
    if (e.kind != Expr::Constant && e.kind != Expr::Local && hit()) {
      Expr constant;
      constant.type = e.type;
      constant.number = 1;
      e = constant;
      return true;
    }
    for (Expr &arg : e.args)
      if (expression(arg))
        return true;
    return false;
  }

  int left_;
};

} // namespace

bool shrink(Program &p, int k) { return Shrinker(k).body(p.statements); }

} // namespace weft::fuzz

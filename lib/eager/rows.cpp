// The tensor side of scan and map: rows taken from trees of tensors, and results put together to rows again.
#include "lib/eager/open_shape.h"
#include "lib/eager/place.h"
#include "lib/function/compiler.h"
#include "lib/function/tracer_scope.h"
#include "lib/tensor/rules.h"

#include <weft/control_flow.h>
#include <weft/effects.h>

#include <fmt/format.h>

namespace weft::detail {
namespace {

/// The tensors of a tree in their order; what else it holds stays as it is.
class Tensors final : public LeafVisitor {
public:
  explicit Tensors(FunctionRef<void(LeafVisitor &)> tree) { tree(*this); }
  std::vector<Tensor *> all;

  void tensor(Tensor &t) override { all.push_back(&t); }
  void operand(Operand &) override {}
  void variable(Variable &) override {}
  void host(const Host &) override {}
  void structure(std::uint64_t) override {}
};

} // namespace

Tensor row_count(FunctionRef<void(LeafVisitor &)> rows, const char *function, const std::source_location &loc) {
  Tensors leaves(rows);
  if (leaves.all.empty())
    raise(ErrorKind::Shape, loc, fmt::format("{}: there is no tensor to take rows from", function));
  const Tensor *first = nullptr;
  for (const Tensor *t : leaves.all) {
    Operand x(*t, loc);
    if (x.shape().rank() == 0)
      raise(ErrorKind::Shape, loc, fmt::format("{}: {} has no rows", function, to_string(x.value()->type)));
    std::int64_t n = x.shape()[0];
    if (n == dynamic) // the type rule asks for one row: else the first one could not be taken
      max(Operand(positions(x, 0), loc));
    if (!first) {
      first = t;
      continue;
    }
    Operand other(*first, loc);
    std::int64_t m = other.shape()[0];
    if (!may_equal(n, m))
      raise(ErrorKind::Shape, loc, fmt::format("{}: {} rows beside {}", function, n, m));
    if (n == dynamic || m == dynamic)
      check(Operand(equal(Operand(dim(x, 0), loc), Operand(dim(other, 0), loc)), loc),
            "scan and map take as many rows from each tensor");
  }
  return dim(Operand(*first, loc), 0);
}

bool has_no_row(FunctionRef<void(LeafVisitor &)> rows) {
  return Tensors(rows).all.front()->checked({})->type.shape[0] == 0;
}

void without_rows(FunctionRef<void(LeafVisitor &)> rows, FunctionRef<void()> make,
                  FunctionRef<void(LeafVisitor &)> result, const std::source_location &loc) {
  auto at = [&](const Tensor &t) { return Operand(t, loc); };
  for (Tensor *t : Tensors(rows).all) {
    OpenShape row;
    row.add(at(*t), 1, at(*t).shape().rank());
    *t = full(row, at(zeros({}, at(*t).dtype(), loc)));
  }
  std::vector<TensorType> types;
  auto look = [&] {
    make();
    for (Tensor *t : Tensors(result).all)
      types.push_back(at(*t).value()->type);
  };
  if (tracing()) { // a branch that is not taken
    ag::Site site(loc);
    if_stmt(site, ag::Cond(logical_not(at(Tensor(true))), site, "if"), look, [] {});
  } else { // a trace of which nothing is made
    std::unique_ptr<Tracer> aside = Compiler::get(loc).trace("rows", {});
    TracerScope scope(aside.get());
    look();
  }
  auto type = types.begin();
  for (Tensor *t : Tensors(result).all) {
    Shape none{0};
    for (std::int64_t d : type->shape)
      none.push_back(d);
    if (!none.is_static())
      raise(ErrorKind::Trace, loc, "without a row to look at, the sizes of what the function gives must be known");
    *t = zeros(none, (type++)->dtype, loc);
  }
}

const Tensor &first_tensor(FunctionRef<void(LeafVisitor &)> tree) { return *Tensors(tree).all.front(); }

void take_rows(FunctionRef<void(LeafVisitor &)> rows, const Operand &i) {
  Tensors leaves(rows);
  for (Tensor *t : leaves.all)
    *t = (*t)[i];
}

void spread_rows(FunctionRef<void(LeafVisitor &)> first, const Tensor &rows, const std::source_location &loc) {
  auto at = [&](const Tensor &t) { return Operand(t, loc); };
  Tensors leaves(first);
  Tensor every = greater_equal(at(positions(at(rows), 0)), Operand(0, loc));
  for (Tensor *t : leaves.all) {
    // As many rows as there are, open or not: each is the first one until it is written.
    Shape column{-1};
    for (int d = 0; d < at(*t).shape().rank(); ++d)
      column.push_back(1);
    *t = where(at(reshape(at(every), column)), at(*t), at(*t));
  }
}

void write_rows(FunctionRef<void(LeafVisitor &)> all, FunctionRef<void(LeafVisitor &)> row, const Operand &i) {
  Tensors to(all), from(row);
  if (to.all.size() != from.all.size())
    raise(ErrorKind::Trace, i.loc(), "the function of scan or map gives another structure than for the first row");
  for (std::size_t k = 0; k < to.all.size(); ++k)
    *to.all[k] = set(Operand(*to.all[k], i.source_location()), Operand(*from.all[k], i.source_location()), i);
}

void stack_rows(FunctionRef<void(LeafVisitor &)> result, std::span<const FunctionRef<void(LeafVisitor &)>> rows,
                const std::source_location &loc) {
  std::vector<Tensors> parts(rows.begin(), rows.end());
  Tensors to(result);
  for (std::size_t k = 0; k < to.all.size(); ++k) {
    std::vector<Tensor> column;
    for (const Tensors &p : parts) {
      if (p.all.size() != to.all.size())
        raise(ErrorKind::Shape, loc, "the function of scan or map gives another structure than for the first row");
      column.push_back(*p.all[k]);
    }
    *to.all[k] = stack(column, 0, loc);
  }
}

} // namespace weft::detail

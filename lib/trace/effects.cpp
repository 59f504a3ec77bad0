// Effects of a trace: prints, checks and variables, in program order. A variable that is only read in the end becomes a
// plain input; one that is written is reached through the call's frame.
#include "lib/trace/tracer.h"

#include "lib/tensor/variable_state.h"

#include <fmt/format.h>

namespace weft::trace {

using namespace detail;

int TracerImpl::variable_index(VariableState &v) {
  for (std::size_t k = 0; k < variables_.size(); ++k)
    if (variables_[k].state.get() == &v)
      return static_cast<int>(k);
  variables_.push_back({Ref<VariableState>(&v)});
  return static_cast<int>(variables_.size() - 1);
}

ValueRef TracerImpl::variable_read(VariableState &v, const SourceLocation &loc) {
  throw_pending();
  list.last = loc;
  mlir::Value r = VariableReadOp::create(builder_, locate(loc), tensor_type(context_, v.type),
                                         variable_index(v), v.name);
  return symbol(r, v.type, loc);
}

void TracerImpl::variable_assign(VariableState &v, const ValueRef &value, const SourceLocation &loc) {
  throw_pending();
  list.last = loc;
  int k = variable_index(v);
  variables_[k].written = true;
  VariableAssignOp::create(builder_, locate(loc), use(value, loc), k, v.name);
}

void TracerImpl::settle_variables() {
  llvm::SmallVector<int> slot(variables_.size(), -1); // of written variables
  llvm::SmallVector<mlir::Value> input(variables_.size());
  int written = 0;
  for (std::size_t k = 0; k < variables_.size(); ++k)
    if (variables_[k].written)
      slot[k] = written++;
    else {
      InputSlot in{InputSlot::Kind::Variable, variables_[k].state->type};
      in.variable = variables_[k].state;
      input[k] = new_input(std::move(in), variables_[k].state->where);
    }
  function_.walk([&](mlir::Operation *o) {
    if (auto read = llvm::dyn_cast<VariableReadOp>(o)) {
      auto k = read.getVariable();
      if (variables_[k].written)
        read.setVariable(slot[k]);
      else {
        read.replaceAllUsesWith(input[k]);
        read.erase();
      }
    } else if (auto assign = llvm::dyn_cast<VariableAssignOp>(o))
      assign.setVariable(slot[assign.getVariable()]);
  });
}

void TracerImpl::print(std::span<const Operand> args, const SourceLocation &loc) {
  throw_pending();
  SourceLocation where = args.empty() ? loc : args.front().loc();
  list.last = where;
  llvm::SmallVector<mlir::Value> values;
  for (const Operand &a : args)
    values.push_back(use(a.value(), a.loc()));
  PrintOp::create(builder_, locate(where), values);
}

void TracerImpl::check(const Operand &cond, std::string_view message, std::span<const Operand> args, ErrorKind kind) {
  mlir::Value c = condition(cond, "check", cond.loc());
  list.last = cond.loc();
  llvm::SmallVector<mlir::Value> values;
  for (const Operand &a : args)
    values.push_back(use(a.value(), a.loc()));
  CheckOp::create(builder_, locate(cond.loc()), c, values, llvm::StringRef(message.data(), message.size()),
                  static_cast<std::int32_t>(kind));
}

} // namespace weft::trace

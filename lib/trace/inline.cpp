// A traced function called while another is traced: its finished trace is copied into the caller's, bound to the
// caller's values, captures and variables. So it is traced once, whoever calls it.
#include "lib/trace/tracer.h"

#include "lib/tensor/variable_state.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/Parser/Parser.h"

#include <fmt/format.h>

namespace weft::trace {

using namespace detail;

bool TracerImpl::finds_sizes(std::span<const ValueRef> values) const {
  return llvm::any_of(values, [&](const ValueRef &v) { return shapes_.is_found(open_shape(v)); });
}

std::vector<ValueRef> TracerImpl::inline_call(const TracedFunction &f, std::span<const ValueRef> arguments,
                                              const SourceLocation &loc) {
  throw_pending();
  lines_.count(loc);
  mlir::OwningOpRef<mlir::ModuleOp> callee = mlir::parseSourceString<mlir::ModuleOp>(f.bytecode, context_);
  if (!callee)
    raise(ErrorKind::Internal, loc, fmt::format("the trace of '{}' cannot be read back", f.name));
  lease_.grew(f.bytecode.size());
  auto function = *callee->getOps<mlir::func::FuncOp>().begin();
  mlir::Block &body = function.getBody().front();

  mlir::IRMapping map;
  llvm::SmallVector<int> variables(f.variables, -1); // the callee's written variables by our index
  unsigned next = 0;
  for (const InputSlot &in : f.inputs) {
    if (in.written) {
      variables[in.variable_index] = variable_index(*in.variable);
      variables_[variables[in.variable_index]].written = true;
      continue;
    }
    mlir::Value v;
    switch (in.kind) {
    case InputSlot::Kind::Argument:
      v = use(arguments[in.argument], loc);
      break;
    case InputSlot::Kind::Captured:
      v = captured(in.captured, loc);
      break;
    case InputSlot::Kind::Variable:
      v = mlir::Value::getFromOpaquePointer(static_cast<const SymbolicValue &>(*variable_read(*in.variable, loc)).ir);
      break;
    }
    map.map(body.getArgument(next++), v);
  }
  std::size_t checks = checks_.size();
  checks_.insert(checks_.end(), f.size_checks.begin(), f.size_checks.end());
  for (mlir::Operation &o : body.without_terminator()) {
    mlir::Operation *copy = builder_.clone(o, map);
    copy->walk([&](mlir::Operation *inner) {
      if (auto numbered = llvm::dyn_cast<mlir::FileLineColLoc>(inner->getLoc());
          numbered && numbered.getFilename() == numbered_lines)
        inner->setLoc(locate(f.sites[numbered.getLine() - 1]));
      if (auto read = llvm::dyn_cast<VariableReadOp>(inner))
        read.setVariable(variables[read.getVariable()]);
      else if (auto check = llvm::dyn_cast<CheckSizesOp>(inner))
        check.setCheck(check.getCheck() + static_cast<std::int32_t>(checks));
      else if (auto assign = llvm::dyn_cast<VariableAssignOp>(inner))
        assign.setVariable(variables[assign.getVariable()]);
    });
  }
  llvm::SmallVector<int> leaves = llvm::map_to_vector(arguments, open_shape);
  std::vector<int> shapes = shapes_.join(f.shapes, leaves);
  std::vector<ValueRef> results;
  for (const ResultSlot &r : f.results)
    switch (r.kind) {
    case ResultSlot::Kind::Computed:
      results.push_back(symbol(map.lookup(body.getTerminator()->getOperand(r.index)), r.type, loc,
                               r.shape < 0 ? -1 : shapes[static_cast<std::size_t>(r.shape)]));
      break;
    case ResultSlot::Kind::Argument:
      results.push_back(arguments[r.index]);
      break;
    case ResultSlot::Kind::Constant:
      results.push_back(r.constant);
      break;
    }
  list.last = loc;
  return results;
}

} // namespace weft::trace
